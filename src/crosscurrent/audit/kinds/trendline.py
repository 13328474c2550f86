"""Trendlines: drawn from a swing, resistance or support, standing, retested or broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.spoken import days_in
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.facts.marks import Segment

__all__ = ["TRENDLINE"]

BEYOND = 0.1
"""A close this far past a line breaks it, in ATR."""
RETEST = 0.25
"""How near a bar comes to a line that it retests, in ATR."""
LATELY = 5
BROKEN = r"brok|break|breach|above|violat|gave"
APART = 5
"""Fewest sessions between the two swings that a line is drawn through."""
BACK = 130
DULL = "Two swings always make a line: by itself it says little."


class TrendlineSays(Says):
    """A trendline: resistance or support, the swing it starts from and one it goes through, its value, its state, its touches."""

    role: Words | None = None
    direction: Words | None = None
    start: Quote | None = None
    through: Quote | None = None
    state: Words = "intact"
    value: Quote | None = None
    touches: Number | None = None
    within: Quote | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line through two extremes of one side: places, value at the last bar, touches, and the first close beyond (None while it stands)."""

    first: int
    second: int
    slope: float
    origin: float
    touches: int
    broken: int | None
    basis: str

    def at(self, place: int) -> float:
        """Return the line's value at a bar."""
        return self.origin + self.slope * (place - self.first)


def judge(case: Case, says: TrendlineSays) -> Iterator[Part]:
    """Yield the verdicts on a trendline."""
    if says.value is not None:
        case.price(says.value, "price")
    if case.traded.is_close_only:
        yield undecidable(
            f"{case.market} has closes alone: no line can be drawn through its highs or lows", code="no_data"
        )
        return
    side = _side(says)
    lines = _lines(case, says, side)
    word = "resistance, through highs" if side > 0 else "support, through lows"
    told = (
        f"lines of {case.market} ({word}), no close more than {BEYOND} ATR beyond between its swings, on traded and"
        " on adjusted prices"
    )
    if not lines:
        yield fails(
            f"No such line{f' from {says.start}' if says.start else ''} can be drawn: closes lie beyond every line"
            " through two of its swings",
            {"lines": 0.0},
            code="no_line",
            definition=told,
        )
        return
    first = case.since(says.within, LATELY)
    judged = [(line, _state(case, says.state, line, side, first)) for line in lines]
    order = ("holds", "near_miss", "fails", "undecidable")
    line, part = min(judged, key=lambda one: (order.index(one[1].verdict), _miss(case, says, one[0]), -one[0].touches))
    bars, last = case.bars(basis="adjusted" if line.basis == "adjusted" else "traded"), len(case.traded) - 1
    shift = float(bars.shift[-1]) if line.basis == "adjusted" else 0.0
    value, days = line.at(last) + shift, [dated(bars.session[k]) for k in (line.first, line.second)]
    drawn = f"the line from {days[0]} through {days[1]} stands at {case.show(value)} ({line.basis} prices)"
    measured: Measured = {
        "line": value,
        "from": days[0],
        "through": days[1],
        "touches": float(line.touches),
        "basis": line.basis,
    }
    mark = Segment(
        bars.session[line.first], line.origin + shift, bars.session[line.second], line.at(line.second) + shift, "trendline", "claimed line",
        extends=True,
    )  # fmt: skip
    told_more = replace(
        part, reason=f"{part.reason}; {drawn}", definition=told, remark=DULL if part.verdict == "holds" else ""
    )
    yield told_more.with_more(measured, mark)
    if says.value is not None:
        yield compared(
            case.price(says.value).figure,
            value,
            "The line",
            case.show,
            near=0.25 * case.atr,
            definition=told,
            name="line",
        )
    if says.touches is not None:
        yield compared(
            says.touches,
            float(line.touches),
            "The number of touches",
            lambda v: f"{v:.0f}",
            definition=told,
            name="touches",
        )


def _side(says: TrendlineSays) -> float:
    words = f"{says.role or ''} {says.direction or ''}"
    if re.search(r"support|uptrend|floor|lows|rising|ascending", words) and "resistance" not in words:
        return -1.0
    return 1.0


def _slope(says: TrendlineSays) -> int:
    words = f"{says.role or ''} {says.direction or ''}"
    return (
        -1
        if re.search(r"downtrend|down|falling|descending|bearish", words)
        else 1
        if re.search(r"uptrend|up\b|rising|ascending|bullish", words)
        else 0
    )


def _miss(case: Case, says: TrendlineSays, line: Line) -> float:
    if says.value is None:
        return 0.0
    bars = case.bars(basis="adjusted" if line.basis == "adjusted" else "traded")
    return abs(line.at(len(bars) - 1) + float(bars.shift[-1]) - case.price(says.value).value)


def _lines(case: Case, says: TrendlineSays, side: float) -> list[Line]:
    found = []
    for basis in ("traded", "adjusted"):
        bars = case.bars(basis=basis)
        if basis == "adjusted" and bars.basis != "adjusted":
            continue
        found += _drawn(case, says, bars, side, basis)
    wanted = _slope(says)
    return [line for line in found if not wanted or line.slope * wanted > 0]


def _drawn(case: Case, says: TrendlineSays, bars: Bars, side: float, basis: str) -> list[Line]:
    extreme = bars.high if side > 0 else bars.low
    swings = _swings(extreme * side)
    firsts = _near(case, says.start, bars, extreme * side) if says.start else swings[swings >= len(bars) - BACK]
    seconds = _near(case, says.through, bars, extreme * side) if says.through else swings
    if not says.through and re.search(BROKEN, says.state):
        seconds = seconds[bars.session[seconds] < case.since(says.within, LATELY)]
    lines = (
        _through(bars, extreme, i, j, side, case.atr, basis)
        for i in firsts
        for j in seconds
        if j >= i + (1 if says.start and says.through else APART)
    )
    found = [line for line in lines if line is not None]
    # From one swing many lines can be drawn; the one that bounds all others is meant.
    outermost = max(found, key=lambda line: side * line.at(len(bars) - 1), default=None)
    return found if outermost is None or not says.start or says.through else [outermost]


def _swings(values: np.ndarray) -> np.ndarray:
    """Return the bars that stand out from the two on either side; of equal ones the first."""
    n = len(values)
    at = np.arange(2, n - 2)
    peak = (
        (values[at] > values[at - 1])
        & (values[at] > values[at - 2])
        & (values[at] >= values[at + 1])
        & (values[at] >= values[at + 2])
    )
    return np.asarray(at[peak])


def _near(case: Case, raw: str, bars: Bars, values: np.ndarray) -> np.ndarray:
    """Return the extreme bar of the days that a text names, one session more on either side of a single day."""
    span = case.when(raw)
    low, high = np.searchsorted(bars.session, span.start), np.searchsorted(bars.session, span.end, side="right")
    rows = np.arange(max(int(low) - span.is_day, 0), min(int(high) + span.is_day, len(bars)))
    return np.asarray(rows[[int(np.argmax(values[rows]))]] if len(rows) else rows)


def _through(bars: Bars, extreme: np.ndarray, i: int, j: int, side: float, atr: float, basis: str) -> Line | None:
    slope = float(extreme[j] - extreme[i]) / float(j - i)
    places = np.arange(i, len(bars))
    line = float(extreme[i]) + slope * (places - i)
    past = side * (bars.close[i:] - line) > BEYOND * atr
    if past[: j - i + 1].any():
        return None
    broken = np.flatnonzero(past)
    end = int(broken[0]) if len(broken) else len(past)
    touches = int(np.sum(np.abs(extreme[i : i + end] - line[:end]) <= BEYOND * atr))
    return Line(
        int(i), int(j), slope, float(extreme[i]), max(touches, 2), int(i + broken[0]) if len(broken) else None, basis
    )


def _state(case: Case, words: str, line: Line, side: float, first: np.datetime64) -> Part:
    bars = case.bars(basis="adjusted" if line.basis == "adjusted" else "traded")
    rows = np.flatnonzero(bars.session >= first)
    rows = rows[rows > line.second]
    if re.search(BROKEN, words):
        if line.broken is not None and bars.session[line.broken] >= first:
            return holds(
                f"It was first closed beyond on {dated(bars.session[line.broken])}",
                {"broken_on": dated(bars.session[line.broken])},
            )
        if line.broken is not None:
            return near_miss(
                f"It was broken earlier, on {dated(bars.session[line.broken])}",
                {"broken_on": dated(bars.session[line.broken])},
                code="earlier",
            )
        return fails("It stands: no close lies beyond it", {"broken_on": None}, code="other_state")
    if line.broken is not None:
        return fails(
            f"It was broken on {dated(bars.session[line.broken])}",
            {"broken_on": dated(bars.session[line.broken])},
            code="other_state",
        )
    if re.search(r"test|touch|approach|reject|held|hold|resist|cap|near", words):
        extreme = bars.high if side > 0 else bars.low
        gaps = np.array([abs(float(extreme[k]) - line.at(int(k))) for k in rows])
        if not len(gaps):
            return fails("No session after its second swing was in that time", {}, code="never_tested")
        k = int(np.argmin(gaps))
        said = f"The nearest price to it was that of {dated(bars.session[rows[k]])}, {gaps[k] / case.atr:.2f} ATR away"
        measured: dict[str, float | str | bool | None] = {
            "distance_atr": float(gaps[k] / case.atr),
            "tested_on": dated(bars.session[rows[k]]),
        }
        tolerance = f"a test comes within {RETEST} ATR"
        if gaps[k] <= RETEST * case.atr:
            return holds(said, measured, tolerance=tolerance)
        return (near_miss if gaps[k] <= 2 * RETEST * case.atr else fails)(
            said, measured, tolerance=tolerance, code="never_tested"
        )
    return holds("No close lies beyond it", {"broken_on": None})


def _worded(text: str) -> Fields:
    """Read "retested downtrend resistance from November 25"."""
    since = days_in(re.sub(r"\b(?:established|drawn|starting|dating)\b", "from", text))
    return {"role": text[:200], "state": text[:200]} | ({"start": since} if since else {})


TRENDLINE = ClaimKind(
    "trendline",
    TrendlineSays,
    judge,
    bare="role",
    worded=_worded,
    subject=("role", "start", "direction"),
    aliases=(
        "trend_line line downtrend uptrend downtrend_line uptrend_line trend trendlines "
        "descending_trendline ascending_trendline"
    ),
    names={
        "start": "from since begins anchor started established first",
        "through": "to second via",
        "value": "price at level",
        "state": "status stage tested is",
        "direction": "slope trend",
        "role": "type acted_as name",
        "within": "window over",
        "touches": "count",
    },
    prepared=lambda fields, spoken: (
        ({"direction": spoken} if re.search(r"up|down|desc|asc", spoken.lower()) else {}) | fields
    ),
)
