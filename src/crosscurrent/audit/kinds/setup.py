"""Setups: whether their prices hang together, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import AVERAGE, Case, Price
from crosscurrent.audit.compare import dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.following import End, Plan, follow
from crosscurrent.audit.says import Fields, Quote, Quotes, Says, Words
from crosscurrent.audit.spoken import prices_in
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, undecidable
from crosscurrent.bars.bars import Floats
from crosscurrent.errors import RequestError
from crosscurrent.facts.marks import Band, Mark
from crosscurrent.indicators.averages import average

__all__ = ["SETUP"]

EXPIRES = 20
"""Sessions after which an entry that was not taken, or a trade that met nothing, is closed."""
LOST = r"stop|fail|los|invalid"


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


def judge(case: Case, says: SetupSays) -> Iterator[Part]:
    """Yield whether the prices hang together, and the outcome."""
    sign = direction_of(says.side)
    if not sign:
        raise RequestError(f"side: {says.side[:40]!r} is neither long nor short.")
    if case.traded.is_close_only:
        yield undecidable(f"{case.market} has closes alone: what was reached in trade is not known", code="no_data")
        return
    entry, stop, invalid = (
        _priced(case, raw, what)
        for raw, what in ((says.entry, "entry"), (says.stop, "stop"), (says.invalid, "invalidation"))
    )
    targets = tuple(t.value for raw in says.targets if (t := _priced(case, raw, "target")) is not None)
    unclear = _unclear(case, says, entry, stop or invalid, targets) or _out_of_order(case, sign, entry, stop, targets)
    if unclear is not None:
        yield unclear.with_more({}, *_marks(case, entry, stop, targets))
        return
    plan = Plan(
        sign, entry.value if entry else None, says.entry_on.startswith("close"), stop.value if stop else None, targets,
        _invalidation(case, says, invalid), case.window(says.expiry).sessions if says.expiry else EXPIRES,
    )  # fmt: skip
    yield (
        _judged(case, says, plan, follow(case, plan))
        .with_definition(_rules(case, plan))
        .with_more({}, *_marks(case, entry, stop, targets))
    )


def _priced(case: Case, raw: str | None, what: str) -> Price | None:
    try:
        return None if raw is None else case.price(raw, what)
    except RequestError:
        return None


def _unclear(
    case: Case, says: SetupSays, entry: Price | None, away: Price | None, targets: tuple[float, ...]
) -> Part | None:
    """Return why nothing can be followed: an entry in words without a price, or no target, or nothing that would end it badly."""
    shown = ", ".join(case.show(t) for t in targets)
    if says.entry and entry is None:
        told = f"The entry, {says.entry[:60]!r}, names no price: the convention is unstated"
        return undecidable(told, {"targets": shown, "close": float(case.traded.close[-1])}, code="ambiguous")
    if not targets or away is None:
        lacks = "no target with a price" if not targets else "no stop and no invalidation with a price"
        told = f"The setup names {lacks}: its outcome depends on what is not said"
        return undecidable(told, {"targets": shown, "close": float(case.traded.close[-1])}, code="ambiguous")
    return None


def _out_of_order(
    case: Case, sign: int, entry: Price | None, stop: Price | None, targets: tuple[float, ...]
) -> Part | None:
    """Return a failure when stop, entry and targets lie on the wrong sides of one another."""
    start = entry.value if entry else float(case.traded.close[-1])
    wrong = [("stop", stop.value)] if stop is not None and sign * (start - stop.value) <= 0 else []
    wrong += [("target", t) for t in targets if sign * (t - start) <= 0]
    if not wrong:
        return None
    name, price = wrong[0]
    told = f"The {name}, {case.show(price)}, lies on the wrong side of the entry, {case.show(start)}"
    return fails(told, {"entry": start, name: price}, code="wrong_side")


def _invalidation(case: Case, says: SetupSays, invalid: Price | None) -> Floats | None:
    """Return the price that invalidates at each bar ahead: an average moves on with the closes, a level stays."""
    if invalid is None or says.invalid is None:
        return None
    whole = case.bench.whole(case.market)
    at = whole.index_of(case.session)
    moving = AVERAGE.fullmatch(re.sub(r"\s+", " ", says.invalid.strip().lower()))
    if not moving:
        return np.full(len(whole) - at - 1, invalid.value)
    is_ema = moving["what"] == "ema" or moving["kind"] == "exponential"
    return np.asarray(average(whole.close, int(moving["n"]), is_ema)[at + 1 :])


def _rules(case: Case, plan: Plan) -> str:
    return (
        f"{'long' if plan.sign > 0 else 'short'} from the first {'close' if plan.on_close else 'trade'} beyond the entry within {plan.horizon} "
        f"sessions of {case.session}, then whichever comes first of the nearest target, the stop (in trade) and the invalidation (on a close) "
        f"within {plan.horizon} more; where one bar holds both, the stop counts; prices of {case.market} as charted, carried over rolls"
    )


def _judged(case: Case, says: SetupSays, plan: Plan, end: End) -> Part:
    measured: Measured = {
        "outcome": end.what, "entered": None if end.entered is None else dated(end.entered), "left": None if end.left is None else dated(end.left),
        "entry": end.entry, "exit": end.price, "stop": plan.stop, "targets_reached": float(end.reached), "targets": float(len(plan.targets)),
    }  # fmt: skip
    if end.entered is None:
        how = "close" if plan.on_close else "trade"
        told = f"It was not entered: no {how} beyond {case.show(plan.entry or float('nan'))} within {plan.horizon} sessions"
        return undecidable(told, measured, code="not_triggered")
    said = f"Entered on {dated(end.entered)} at {case.show(end.entry)}"
    if end.left is None:
        told = f"{said}; neither target nor stop was met, last {case.show(end.price)}"
        return undecidable(told, measured, code="open")
    several = f", {end.reached} of {len(plan.targets)} targets in all" if end.reached and len(plan.targets) > 1 else ""
    said = f"{said}; {end.what} on {dated(end.left)} at {case.show(end.price)}{several}"
    is_reached, expects_loss = end.reached > 0, bool(says.outcome and re.search(LOST, says.outcome))
    if is_reached != expects_loss:
        return holds(said, measured, remark="" if expects_loss else _odds(plan, end))
    return fails(said, measured, code="reached" if is_reached else "stopped")


def _odds(plan: Plan, end: End) -> str:
    """Say how often chance alone would have reached the target first: the stop's distance against both."""
    if plan.stop is None:
        return ""
    away, ahead = abs(end.entry - plan.stop), min(abs(t - end.entry) for t in plan.targets)
    return f"True, and unremarkable: without any drift the target comes before the stop in {away / max(away + ahead, 1e-12):.0%} of cases."


def _marks(case: Case, entry: Price | None, stop: Price | None, targets: tuple[float, ...]) -> Iterator[Mark]:
    since = case.back(20)
    named = [
        ("entry", entry.value if entry else None),
        ("stop", stop.value if stop else None),
        *(("target", t) for t in targets),
    ]
    for label, price in named:
        if price is not None:
            yield Band(since, price, price, "level", label)


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Let the kind's own name, or the name of the entry, say the side; several targets may be numbered."""
    words = f"{spoken} {' '.join(fields)}".lower()
    side = "long" if re.search(r"\blong|\bbuy", words) else "short" if re.search(r"\bshort|\bsell", words) else None
    return ({"side": side} if side else {}) | fields


def _folded(key: str, value: object) -> Fields:
    """Read `buy_above: 2,100` and `sell_below` with their side, and `short: true`."""
    side = "long" if key.startswith(("buy", "long")) else "short" if key.startswith(("sell", "short")) else None
    if side is None:
        return {}
    return {"side": side} | ({} if str(value).lower() in ("true", "yes") else {"entry": value})


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
    folded=_folded,
    prepared=_prepared,
    subject=("side", "entry"),
    aliases="trade trade_setup trade_idea idea long_setup short_setup recommendation position long short setups",
    names={
        "side": "direction trade",
        "entry": "entry_above entry_below enter enter_above enter_below entry_price trigger above below entry_level",
        "targets": "target objective objectives take_profit tp target_1 profit_target",
        "stop": "stop_loss sl protective_stop stop_below stop_above stop_at",
        "invalid": "invalid_below invalid_above invalidation invalidated_below invalidated_above invalidates",
        "expiry": "expires within horizon window",
        "outcome": "result",
        "entry_on": "entry_condition condition",
    },
)
