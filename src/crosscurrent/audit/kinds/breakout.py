"""Breakouts: through a level, on a close or within the day; or through a line or a pattern's edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.volume import strength_of
from crosscurrent.audit.says import Fields, Quote, Says, Words
from crosscurrent.audit.spoken import days_in, prices_in, window_in
from crosscurrent.audit.tolerance import figure_of, spelling
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RequestError
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Band

__all__ = ["BREAKOUT", "PATTERNS"]

LATE = 5
"""A break that came up to so many sessions earlier than said is a near miss."""
LINES = ("trendline_break",)
PATTERNS = (
    "falling_wedge", "rising_wedge", "ascending_triangle", "descending_triangle", "symmetrical_triangle", "rectangle", "bull_flag", "bear_flag",
    "pennant", "double_top", "double_bottom", "triple_top", "triple_bottom", "head_and_shoulders", "inverse_head_and_shoulders",
)  # fmt: skip
INTRADAY = re.compile(r"intraday|\bhigh\b|\blow\b|touch|trad|within|wick")
DULL = "Lines through swings can be drawn on random walks too; their breaks alone are no edge."


class BreakoutSays(Says):
    """A break of a level (a price) or through a line (in words), its direction, on a close unless said, within how long, on what volume."""

    level: Quote | None = None
    through: Words | None = None
    direction: Words | None = None
    on: Words | None = None
    within: Quote | None = None
    volume: Words | None = None
    state: Words | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The level that a claim speaks of, which way it is broken, and on which price."""

    price: float
    sign: int
    intraday: bool
    bars: Bars

    @property
    def word(self) -> str:
        """Above or below."""
        return "above" if self.sign > 0 else "below"

    @property
    def how(self) -> str:
        """On a close, or in trade."""
        return "in trade" if self.intraday else "on a close"

    @property
    def reached(self) -> np.ndarray:
        """The price of each bar that decides."""
        return np.asarray((self.bars.high if self.sign > 0 else self.bars.low) if self.intraday else self.bars.close)

    @property
    def crossed(self) -> np.ndarray:
        """The bars that broke it: beyond, with the close before on the other side or at it."""
        before = np.concatenate([[False], self.sign * (self.bars.close[:-1] - self.price) <= 0])
        return np.asarray((self.sign * (self.reached - self.price) > 0) & before)


def judge(case: Case, says: BreakoutSays) -> Iterator[Part]:
    """Yield the verdicts on a breakout."""
    first = case.since(says.within, 1) if says.within else case.back(1)
    level = says.level or (says.through if says.through and _is_price(case, says.through) else None)
    if level is not None:
        part, at = _through_level(case, says, level, first)
    elif says.through:
        part, at = _through_line(case, says, says.through, first)
    else:
        part, at = undecidable("The claim names neither a level nor a line.", code="says_nothing"), None
    yield part
    if says.volume and not case.traded.has_volume:
        yield undecidable(f"{case.market} has no volume in the data", code="no_data")
    elif says.volume:
        yield strength_of(case.traded, len(case.traded) - 1 if at is None else at, says.volume)


def _is_price(case: Case, text: str) -> bool:
    try:
        figure_of(text.replace("'", "").replace(" ", ""))
    except RequestError:
        return case.worded(text) is not None
    return True


def _through_level(case: Case, says: BreakoutSays, level: str, first: np.datetime64) -> tuple[Part, int | None]:
    price, bars = case.price(level, "level").value, case.traded
    sign = direction_of(says.direction) or (1 if bars.close[-1] > price else -1)
    broke = Break(price, sign, bool(INTRADAY.search(f"{says.on or ''} {says.state or ''}")), bars)
    shown, rows = case.show(price), np.flatnonzero(broke.crossed & (bars.session >= first))
    told = f"break {broke.how} {broke.word} {shown}: the close before on the other side or at it; {case.market}, {dated(first)} to {bars.session[-1]}"
    measured: Measured = {"close": float(bars.close[-1]), "level": price}
    mark = Band(case.back(30), price, price, "level", f"claimed level {shown}")
    if not len(rows):
        return _not_broken(case, broke, measured).with_definition(told).with_more({}, mark), None
    at, reached = int(rows[-1]), float(broke.reached[rows[-1]])
    is_back = sign * (float(bars.close[-1]) - price) <= 0
    back = f", but by {bars.session[-1]} it had closed back at {case.show(float(bars.close[-1]))}" if is_back else ""
    said = f"{case.market} broke {broke.word} {shown} {broke.how} on {dated(bars.session[at])}, at {case.show(reached)}{back}"
    return holds(
        said, {**measured, "break_on": dated(bars.session[at]), "value": reached}, definition=told, marks=(mark,)
    ), at


def _not_broken(case: Case, broke: Break, measured: Measured) -> Part:
    bars, shown = broke.bars, case.show(broke.price)
    close, extreme = float(bars.close[-1]), float((bars.high if broke.sign > 0 else bars.low)[-1])
    if broke.sign * (close - broke.price) > 0:
        earlier = np.flatnonzero(broke.crossed)
        since = int(earlier[-1]) if len(earlier) else 0
        make = near_miss if len(bars) - 1 - since <= LATE else fails
        said = f"It closed {broke.word} {shown}, but had done so since {dated(bars.session[since])}"
        return make(said, {**measured, "break_on": dated(bars.session[since])}, code="earlier")
    if not broke.intraday and broke.sign * (extreme - broke.price) > 0:
        said = f"It traded {broke.word} {shown}, at {case.show(extreme)}, but closed at {case.show(close)}"
        return near_miss(said, {**measured, "value": extreme}, code="not_on_a_close")
    said = f"It closed at {case.show(close)}, not {broke.word} {shown}; the extreme was {case.show(extreme)}"
    return fails(said, measured, code="wrong_side")


def _through_line(case: Case, says: BreakoutSays, words: str, first: np.datetime64) -> tuple[Part, int | None]:
    sign = direction_of(says.direction) or (-1 if re.search(r"support|uptrend|floor", words) else 1)
    kinds = tuple(k for k in PATTERNS if k.replace("_", " ") in words or k.split("_")[-1] in words.split()) or LINES
    told = (
        f"a close beyond {words} drawn through swings, on traded or adjusted prices, {dated(first)} to {case.session}"
    )
    fitting = [f for f in _breaks(case, kinds, sign, first) if kinds != LINES or _slopes(f, words)]
    if fitting:
        part, at = _broken(case, max(fitting, key=_weight))
        return part.with_definition(told), at
    earlier = _breaks(case, kinds, sign, case.back(LATE + 6))
    if earlier:
        on = dated(earlier[-1].session)
        return near_miss(
            f"No such break then; the last was on {on}", {"break_on": on}, code="earlier", definition=told
        ), None
    said, close = f"No close beyond such a line between {dated(first)} and {case.session}", float(case.traded.close[-1])
    return fails(said, {"close": close}, code="no_break", definition=told), None


def _slopes(fact: Fact, words: str) -> bool:
    """Whether a line slopes as words say, if they do."""
    wanted = (
        "falling"
        if re.search(r"downtrend|falling|descending", words)
        else "rising"
        if re.search(r"uptrend|rising|ascending", words)
        else ""
    )
    return not wanted or fact.readings.get("rule") == f"a {wanted} line"


def _weight(fact: Fact) -> tuple[float, float]:
    return float(fact.readings.get("strength", 0) or 0), float(fact.readings.get("quality", 0) or 0)


def _broken(case: Case, fact: Fact) -> tuple[Part, int]:
    line, at = (
        float(fact.readings.get("price", fact.readings.get("trigger", np.nan))),
        case.traded.index_of(fact.session),
    )
    close, anchors = float(case.traded.close[at]), " and ".join(dated(a.session) for a in fact.anchors[:2])
    said = f"The close of {dated(fact.session)}, {case.show(close)}, was the first beyond the line through {anchors}, at {case.show(line)}"
    measured: Measured = {"break_on": dated(fact.session), "line": line, "close": close, "basis": fact.basis}
    marks = case.look(fact.kind).marks(fact)
    return holds(said, measured, definition=f"found on {fact.basis} prices", remark=DULL, marks=marks), at


def _breaks(case: Case, kinds: tuple[str, ...], sign: int, first: np.datetime64) -> list[Fact]:
    wanted = "bullish" if sign > 0 else "bearish"
    return [f for f in case.facts(*kinds, since=first, stage="confirmed") if f.direction == wanted]


def _folded(key: str, value: object) -> Fields:
    """Read `above: 2100` and `closed_below: 4,000` with their direction, `intraday: true`, `on_close: true`."""
    side = re.fullmatch(r"(?:close[sd]?_|broke_|break_|traded_|push(?:ed)?_)?(above|below|over|under)", key)
    if side:
        return {"level": value, "direction": side[1]} | ({"on": "intraday"} if "traded" in key else {})
    said_yes = spelling(value).lower() in ("true", "yes")
    if key in ("intraday", "on_close", "close", "on_a_close", "closing"):
        return {"on": "intraday" if said_yes == (key == "intraday") else "close"}
    return {"direction": key} if key in ("up", "down", "upside", "downside") else {}


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Let the kind's own name say the direction: `breakdown`, `close_above`."""
    sign = direction_of(spoken.replace("_", " "))
    return ({"direction": "up" if sign > 0 else "down"} if sign else {}) | fields


def _worded(text: str) -> Fields:
    """Read "closed above 4,200 on Friday" and "broke downtrend resistance from November on heavy volume"."""
    tidy, prices = text.lower(), prices_in(text)
    sign, window = direction_of(tidy), window_in(text)
    found: Fields = {"direction": "up" if sign > 0 else "down"} if sign else {}
    found |= {"level": prices[0]} if prices and not days_in(text) else {"through": tidy}
    volume = re.search(r"(\w+) volumes?", tidy)
    found |= {"volume": volume[1]} if volume else {}
    return found | ({"within": window} if window else {}) | ({"on": "intraday"} if INTRADAY.search(tidy) else {})


BREAKOUT = ClaimKind(
    "breakout",
    BreakoutSays,
    judge,
    bare="level",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("level", "through"),
    aliases="break breakdown breakouts broke break_out close_above close_below breached push_above break_above break_below breach level_break",
    names={
        "level": "price value through_level of_level",
        "through": "line of what pattern",
        "direction": "way side",
        "on": "basis_on by when confirmed_on type measure confirmation how",
        "within": "window over period since",
        "volume": "on_volume volumes",
    },
)
