"""Breakouts: through a level or a line, on a close or within the day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.volume import strength_of
from crosscurrent.audit.says import Quote, Says, Words
from crosscurrent.audit.tolerance import figure_of
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RequestError
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Band

__all__ = ["BREAKOUT"]

LATE = 5
"""A break that came up to so many sessions earlier than said is a near miss."""
LINES = ("trendline_break",)
PATTERNS = (
    "falling_wedge",
    "rising_wedge",
    "ascending_triangle",
    "descending_triangle",
    "symmetrical_triangle",
    "rectangle",
    "bull_flag",
    "bear_flag",
    "pennant",
    "double_top",
    "double_bottom",
    "triple_top",
    "triple_bottom",
    "head_and_shoulders",
    "inverse_head_and_shoulders",
)


class BreakoutSays(Says):
    """A break of a level (a price) or through a line (in words), its direction, on a close unless said, within how long, on what volume."""

    level: Quote | None = None
    through: Words | None = None
    direction: Words | None = None
    on: Words | None = None
    within: Quote | None = None
    volume: Words | None = None
    state: Words | None = None


def judge(case: Case, says: BreakoutSays) -> Iterator[Part]:
    """Yield the verdicts on a breakout."""
    window = case.window(says.within) if says.within else None
    first = case.back(1) if window is None else case.since(says.within, 1)
    at = None
    if says.level is None and says.through:
        priced = case.worded(says.through) if not _is_number(says.through) else case.price(says.through, "level")
        says = says if priced is None else says.model_copy(update={"level": says.through})
    if says.level is not None:
        part, at = _through_level(case, says, first)
        yield part
    elif says.through:
        part, at = _through_line(case, says, first if window else case.back(1))
        yield part
    else:
        yield undecidable("The claim names neither a level nor a line.", code="says_nothing")
    if says.volume:
        yield _on_volume(case, says.volume, at)


def _is_number(text: str) -> bool:
    try:
        figure_of(text.replace("'", "").replace(" ", ""))
    except RequestError:
        return False
    return True


def _through_level(case: Case, says: BreakoutSays, first: np.datetime64) -> tuple[Part, int | None]:
    price, bars = case.price(says.level or "", "level").value, case.traded
    sign = direction_of(says.direction) or (1 if bars.close[-1] > price else -1)
    intraday = bool(says.on and any(w in says.on for w in ("intraday", "high", "low", "touch", "trade", "within")))
    crossed = _crossings(bars, price, sign, intraday)
    asked = np.flatnonzero(crossed & (bars.session >= first))
    word, how = "above" if sign > 0 else "below", "in trade" if intraday else "on a close"
    told = (
        f"break {how} {word} {case.show(price)}: the close before on the other side or at it; {case.market} as"
        f" charted, {dated(first)} to {bars.session[-1]}"
    )
    measured: dict[str, float | str | bool | None] = {"close": float(bars.close[-1]), "level": price}
    marks = (Band(bars.session[max(len(bars) - 30, 0)], price, price, "level", f"claimed level {case.show(price)}"),)
    if len(asked):
        at = int(asked[-1])
        extreme = float((bars.high if sign > 0 else bars.low)[at]) if intraday else float(bars.close[at])
        measured |= {"break_on": dated(bars.session[at]), "value": extreme}
        back = (
            ""
            if sign * (float(bars.close[-1]) - price) > 0
            else f", but by {bars.session[-1]} it had closed back at {case.show(float(bars.close[-1]))}"
        )
        return (
            holds(
                f"{case.market} broke {word} {case.show(price)} {how} on {dated(bars.session[at])}, at"
                f" {case.show(extreme)}{back}",
                measured,
                definition=told,
                marks=marks,
            ),
            at,
        )
    return _not_broken(case, bars, price, sign, crossed, intraday, measured, told), None


def _crossings(bars: Bars, price: float, sign: int, intraday: bool) -> np.ndarray:
    beyond = sign * ((bars.high if sign > 0 else bars.low) - price) > 0 if intraday else sign * (bars.close - price) > 0
    before = np.concatenate([[False], sign * (bars.close[:-1] - price) <= 0])
    return np.asarray(beyond & before)


def _not_broken(
    case: Case,
    bars: Bars,
    price: float,
    sign: int,
    crossed: np.ndarray,
    intraday: bool,
    measured: dict[str, float | str | bool | None],
    told: str,
) -> Part:
    close, word = float(bars.close[-1]), "above" if sign > 0 else "below"
    extreme = float((bars.high if sign > 0 else bars.low)[-1])
    if sign * (close - price) > 0:
        earlier = np.flatnonzero(crossed)
        since = int(earlier[-1]) if len(earlier) else 0
        said = f"It closed {word} {case.show(price)}, but had done so since {dated(bars.session[since])}"
        return (near_miss if len(bars) - 1 - since <= LATE else fails)(
            said, measured | {"break_on": dated(bars.session[since])}, code="earlier", definition=told
        )
    if not intraday and sign * (extreme - price) > 0:
        return near_miss(
            f"It traded {word} {case.show(price)}, at {case.show(extreme)}, but closed at {case.show(close)}",
            measured | {"value": extreme},
            code="not_on_a_close",
            definition=told,
        )
    return fails(
        f"It closed at {case.show(close)}, not {word} {case.show(price)}; the extreme was {case.show(extreme)}",
        measured,
        code="wrong_side",
        definition=told,
    )


def _through_line(case: Case, says: BreakoutSays, first: np.datetime64) -> tuple[Part, int | None]:
    words = says.through or ""
    sign = direction_of(says.direction) or (
        -1 if any(w in words for w in ("support", "uptrend", "neckline support", "floor")) else 1
    )
    kinds = tuple(k for k in PATTERNS if k.replace("_", " ") in words or k.split("_")[-1] in words.split())
    facts = _breaks(case, kinds or LINES, sign, first)
    slope = (
        "downtrend"
        if "downtrend" in words or "falling" in words or "descending" in words
        else "uptrend"
        if "uptrend" in words or "rising" in words or "ascending" in words
        else ""
    )
    fitting = [
        f
        for f in facts
        if not slope
        or kinds
        or f.readings.get("rule") == ("a falling line" if slope == "downtrend" else "a rising line")
    ]
    told = (
        f"a close beyond {words} drawn through swings, on traded or adjusted prices, {dated(first)} to {case.session}"
    )
    if fitting:
        fact = max(
            fitting,
            key=lambda f: (float(f.readings.get("strength", 0) or 0), float(f.readings.get("quality", 0) or 0)),
        )
        line = float(fact.readings.get("price", fact.readings.get("trigger", np.nan)))
        at = case.traded.index_of(fact.session)
        measured: dict[str, float | str | bool | None] = {
            "break_on": dated(fact.session),
            "line": line,
            "close": float(case.traded.close[at]),
            "basis": fact.basis,
        }
        anchors = " and ".join(dated(a.session) for a in fact.anchors[:2])
        return (
            holds(
                f"The close of {dated(fact.session)}, {case.show(float(case.traded.close[at]))}, was the first beyond"
                f" the line through {anchors}, at {case.show(line)}",
                measured,
                definition=f"{told}; found on {fact.basis} prices",
                remark="Lines through swings can be drawn on random walks too; their breaks alone are no edge.",
                marks=case.look(*(kinds or LINES)).marks(fact),
            ),
            at,
        )
    earlier = _breaks(case, kinds or LINES, sign, case.back(LATE + 6))
    if earlier:
        return (
            near_miss(
                f"No such break then; the last was on {dated(earlier[-1].session)}",
                {"break_on": dated(earlier[-1].session)},
                code="earlier",
                definition=told,
            ),
            None,
        )
    return (
        fails(
            f"No close beyond such a line between {dated(first)} and {case.session}",
            {"close": float(case.traded.close[-1])},
            code="no_break",
            definition=told,
        ),
        None,
    )


def _breaks(case: Case, kinds: tuple[str, ...], sign: int, first: np.datetime64) -> list[Fact]:
    wanted = "bullish" if sign > 0 else "bearish"
    found = case.facts(*kinds, since=first, stage="confirmed")
    return [f for f in found if f.direction == wanted]


def _on_volume(case: Case, words: str, at: int | None) -> Part:
    if not case.traded.has_volume:
        return undecidable(f"{case.market} has no volume in the data", code="no_data")
    return strength_of(case.traded, len(case.traded) - 1 if at is None else at, words, case.market)


BREAKOUT = ClaimKind(
    "breakout",
    BreakoutSays,
    judge,
    bare="level",
    subject=("level", "through"),
    aliases=(
        "break breakdown breakouts broke break_out close_above close_below breached push_above "
        "break_above break_below breach"
    ),
    names={
        "level": "price value above below through_level",
        "through": "line of what pattern",
        "direction": "way side",
        "on": "basis_on by when confirmed_on type measure confirmation",
        "within": "window over period since",
        "volume": "on_volume volumes",
    },
    prepared=lambda fields, spoken: (
        fields
        if "direction" in fields
        else fields
        | (
            {"direction": "down"}
            if "below" in spoken or "breakdown" in spoken
            else {"direction": "up"}
            if "above" in spoken
            else {}
        )
    ),
)
