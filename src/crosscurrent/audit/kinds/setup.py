"""Setups: whether they hang together, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import AVERAGE, Case, Price
from crosscurrent.audit.compare import dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Quote, Quotes, Says, Words
from crosscurrent.audit.spoken import prices_in
from crosscurrent.audit.verdicts import Part, fails, holds, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RequestError
from crosscurrent.indicators.averages import average

__all__ = ["SETUP"]

EXPIRES = 20
"""Sessions after which an entry that was not taken, or a trade that met nothing, is closed."""
UNPRICED = "names no price: the convention is unstated"


class SetupSays(Says):
    """A setup: its side, the price that enters it (a close beyond, unless touched), its stop, targets, what invalidates it, its expiry."""

    side: Words
    entry: Quote | None = None
    entry_on: Words = "close"
    stop: Quote | None = None
    targets: Quotes = ()
    invalid: Quote | None = None
    expiry: Quote | None = None
    outcome: Words | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a setup: the sessions of entry and exit, and which of target, stop and invalidation came first."""

    entered: np.datetime64 | None
    left: np.datetime64 | None
    what: str
    entry: float
    result: float


def judge(case: Case, says: SetupSays) -> Iterator[Part]:
    """Yield whether the prices hang together, and the outcome."""
    sign = direction_of(says.side)
    if not sign:
        raise RequestError(f"side: {says.side[:40]!r} is neither long nor short.")
    if case.traded.is_close_only:
        yield undecidable(f"{case.market} has closes alone: what was reached in trade is not known", code="no_data")
        return
    targets = [t for raw in says.targets if (t := _priced(case, raw, "target")) is not None]
    entry = _priced(case, says.entry, "entry") if says.entry else None
    stop = _priced(case, says.stop, "stop") if says.stop else None
    invalid = _priced(case, says.invalid, "invalidation") if says.invalid else None
    if says.entry and entry is None:
        yield undecidable(
            f"The entry, {says.entry[:60]!r}, {UNPRICED}",
            {"targets": ", ".join(case.show(t.value) for t in targets)},
            code="ambiguous",
            definition="a setup is followed from its entry price on",
        )
        return
    wrong = _order(case, sign, entry, stop or invalid, targets)
    if wrong is not None:
        yield wrong
        return
    if not targets or (stop is None and invalid is None):
        lacks = "no target with a price" if not targets else "no stop and no invalidation with a price"
        yield undecidable(
            f"The setup names {lacks}: its outcome depends on what is not said",
            {"close": float(case.traded.close[-1])},
            code="ambiguous",
        )
        return
    yield _outcome(case, says, sign, entry, stop, invalid, targets)


def _priced(case: Case, raw: str, what: str) -> Price | None:
    try:
        return case.price(raw, what)
    except RequestError:
        return None


def _order(case: Case, sign: int, entry: Price | None, stop: Price | None, targets: list[Price]) -> Part | None:
    """Return a failure when stop, entry and targets lie on the wrong sides of one another."""
    start = entry.value if entry else float(case.traded.close[-1])
    told = {"entry": start, "stop": stop.value if stop else None, "target": targets[0].value if targets else None}
    if stop is not None and sign * (start - stop.value) <= 0:
        return fails(
            f"The stop, {case.show(stop.value)}, lies on the wrong side of the entry, {case.show(start)}",
            told,
            code="wrong_side",
        )
    for target in targets:
        if sign * (target.value - start) <= 0:
            return fails(
                f"The target, {case.show(target.value)}, lies on the wrong side of the entry, {case.show(start)}",
                told,
                code="wrong_side",
            )
    return None


def _outcome(
    case: Case,
    says: SetupSays,
    sign: int,
    entry: Price | None,
    stop: Price | None,
    invalid: Price | None,
    targets: list[Price],
) -> Part:
    whole = case.bench.whole(case.market)
    after = case.traded.session[-1]
    at = whole.index_of(after)
    horizon = case.window(says.expiry).sessions if says.expiry else EXPIRES
    ahead = whole.slice(at + 1, min(at + 1 + 2 * horizon, len(whole)))
    target = min((t.value for t in targets), key=lambda v: sign * v)
    told = (
        f"{'long' if sign > 0 else 'short'} from the first"
        f" {'close' if says.entry_on.startswith('close') else 'trade'} beyond the entry within {horizon} sessions of"
        f" {after}, then whichever comes first of the nearest target, the stop (in trade) and the invalidation (on a"
        f" close) within {horizon} more; where one bar holds both, the stop counts; prices of {case.market} as"
        " charted"
    )
    result = _followed(case, says, ahead, sign, entry, stop, invalid, target, horizon)
    measured: dict[str, float | str | bool | None] = {
        "entered": None if result.entered is None else dated(result.entered),
        "left": None if result.left is None else dated(result.left),
        "outcome": result.what,
        "entry": result.entry,
        "exit": result.result,
        "target": target,
        "stop": stop.value if stop else None,
    }
    if result.entered is None:
        return undecidable(
            f"It was not entered: no {'close' if says.entry_on.startswith('close') else 'trade'} beyond"
            f" {case.show(entry.value if entry else np.nan)} within {len(ahead)} sessions",
            measured,
            code="not_triggered",
            definition=told,
        )
    said = f"Entered on {dated(result.entered)} at {case.show(result.entry)}"
    if result.what == "open":
        return undecidable(
            f"{said}; neither target nor stop was met, last {case.show(result.result)}",
            measured,
            code="open",
            definition=told,
        )
    said += f"; {result.what} on {dated(result.left)} at {case.show(result.result)}"
    wanted = not (says.outcome and re.search(r"stop|fail|los|invalid", says.outcome))
    is_so = (result.what == "target reached") == wanted
    away = abs(result.entry - (stop or invalid or Price(targets[0].figure)).value)
    odds = away / (away + abs(target - result.entry)) if stop is not None and away > 0 else None
    remark = (
        f"True, and unremarkable: without any drift the target comes before the stop in {odds:.0%} of cases."
        if is_so and odds is not None and wanted
        else ""
    )
    return (holds if is_so else fails)(
        said,
        measured,
        definition=told,
        remark=remark,
        code="" if is_so else "stopped" if result.what != "target reached" else "reached",
    )


def _followed(
    case: Case,
    says: SetupSays,
    ahead: Bars,
    sign: int,
    entry: Price | None,
    stop: Price | None,
    invalid: Price | None,
    target: float,
    horizon: int,
) -> Outcome:
    """Follow the bars after the claim from entry to exit."""
    close = float(case.traded.close[-1])
    on_close = says.entry_on.startswith("close")
    entered = price = None
    if entry is None or (on_close and sign * (close - entry.value) > 0):
        entered, price, k = case.traded.session[-1], close, 0
    else:
        extreme = ahead.close if on_close else ahead.high if sign > 0 else ahead.low
        hits = np.flatnonzero(sign * (extreme[:horizon] - entry.value) > 0)
        if not len(hits):
            return Outcome(None, None, "not entered", np.nan, float(ahead.close[-1]) if len(ahead) else close)
        first = int(hits[0])
        gap = sign * (float(ahead.open[first]) - entry.value) > 0
        price = float(ahead.close[first]) if on_close else float(ahead.open[first]) if gap else entry.value
        entered, k = ahead.session[first], first + on_close
    lines = _invalidation(case, says, ahead, invalid)
    for j in range(k, min(k + horizon, len(ahead))):
        worst, best = (ahead.low[j], ahead.high[j]) if sign > 0 else (ahead.high[j], ahead.low[j])
        if stop is not None and sign * (worst - stop.value) <= 0:
            return Outcome(
                entered,
                ahead.session[j],
                "stopped",
                price,
                float(min(sign * stop.value, sign * ahead.open[j]) * sign),
            )
        if sign * (best - target) >= 0:
            return Outcome(entered, ahead.session[j], "target reached", price, target)
        if lines is not None and sign * (ahead.close[j] - lines[j]) < 0:
            return Outcome(entered, ahead.session[j], "invalidated", price, float(ahead.close[j]))
    return Outcome(
        entered, None, "open", price, float(ahead.close[min(k + horizon, len(ahead)) - 1]) if len(ahead) else close
    )


def _invalidation(case: Case, says: SetupSays, ahead: Bars, invalid: Price | None) -> np.ndarray | None:
    """Return the price that invalidates at each bar ahead: an average moves on with the closes, a level stays."""
    if invalid is None or says.invalid is None:
        return None
    moving = AVERAGE.fullmatch(re.sub(r"\s+", " ", says.invalid.strip().lower()))
    if not moving:
        return np.full(len(ahead), invalid.value)
    closes = np.concatenate([case.traded.close, ahead.close])
    is_ema = moving["what"] == "ema" or moving["kind"] == "exponential"
    line = average(closes, int(moving["n"]), is_ema)
    return np.asarray(line[len(case.traded) :])


def _prepared(fields: Fields, spoken: str) -> Fields:
    words = spoken.lower()
    side = "long" if "long" in words or "buy" in words else "short" if "short" in words or "sell" in words else None
    return ({"side": side} if side else {}) | fields


def _worded(text: str) -> Fields:
    """Read "long above 21,480, stop 21,200, targets 21,875 and 22,111"."""
    tidy = text.lower()
    side = "long" if re.search(r"\b(long|buy)", tidy) else "short" if re.search(r"\b(short|sell)", tidy) else ""
    entry = re.search(r"\b(?:above|below|at|entry)\s+([0-9][0-9,.']*)", tidy)
    stop = re.search(r"\bstop\w*\s+(?:loss\s+)?(?:at |above |below |of )?([0-9][0-9,.']*)", tidy)
    targets = re.search(r"\btargets?\s+(.+)", tidy)
    found: Fields = {"side": side} if side else {}
    found |= {"entry": entry[1].rstrip(",.")} if entry else {}
    found |= {"stop": stop[1].rstrip(",.")} if stop else {}
    return found | ({"targets": prices_in(targets[1])} if targets else {}) if side else {}


SETUP = ClaimKind(
    "setup",
    SetupSays,
    judge,
    worded=_worded,
    prepared=_prepared,
    subject=("side", "entry"),
    aliases="trade trade_setup trade_idea idea long_setup short_setup recommendation position long short",
    names={
        "side": "direction trade",
        "entry": (
            "entry_above entry_below enter enter_above enter_below buy_above sell_below buy sell entry_price trigger above "
            "below buy_at sell_at entry_level"
        ),
        "targets": "target objective objectives take_profit tp target_1 profit_target",
        "stop": "stop_loss sl protective_stop stop_below stop_above",
        "invalid": "invalid_below invalid_above invalidation invalidated_below invalidated_above",
        "expiry": "expires within horizon window",
        "outcome": "result",
        "entry_on": "entry_condition condition",
    },
)
