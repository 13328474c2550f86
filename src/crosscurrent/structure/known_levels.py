"""Levels that everybody knows without looking for them: records, prior extremes, averages, round numbers, retracements, floor pivots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.facts.stage import FORMING, NEUTRAL
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.curves import average_on
from crosscurrent.structure.levels import standing_levels
from crosscurrent.structure.swings import HIGH, reversals_on
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.trendlines import standing_lines

__all__ = ["KNOWN_LEVELS", "confluence", "floor_pivots", "known_levels", "retracements", "round_numbers"]

KNOWN_LEVELS = Layout(
    kinds=(
        "record_high", "record_low", "year_high", "year_low", "prior_day_high", "prior_day_low", "prior_week_high", "prior_week_low",
        "prior_month_high", "prior_month_low", "average", "round_number", "fibonacci_retracement", "fibonacci_extension", "floor_pivot",
    ),
    readings=("price", "distance_atr", "ratio", "length", "confluence"),
    prices=frozenset({"price"}),
    anchors=1,
)  # fmt: skip
"""`ratio` is of the leg a retracement or extension measures; `length` of an average; `confluence` counts the other levels and lines,
each source once, within a quarter ATR."""

YEAR = 252
MAJOR = 6.0
RETRACED = (0.236, 0.382, 0.5, 0.618, 0.786)
EXTENDED = (1.272, 1.618)
AVERAGES = (50, 200)
NEAR = 0.25
ROUND_STEPS = (1.0, 2.0, 5.0)


Places = NDArray[np.int64]


class Found(NamedTuple):
    """One level, and the bar it comes from (-1 when none)."""

    kind: str
    price: float
    ratio: float = np.nan
    length: float = np.nan
    at: int = -1
    anchor: float = np.nan


def known_levels(tape: Tape) -> FactTable:
    """Return the levels that everybody will watch in the next session: stage FORMING, about the present only.

    Prior day, week and month are as the next weekday sees them: after a Friday's close the prior week is the one just ended.
    Empty without a range (close-only) and while the ATR warms up.
    """
    bars = tape.bars
    if not len(bars) or bars.is_close_only or not tape.atr[-1] > 0:
        return FactTable.empty(KNOWN_LEVELS)
    unit, close = tape.atr[-1], bars.close[-1]
    found = [*_extremes(bars), *_averages(tape), *_measured(tape), *_arithmetic(bars, unit)]
    kinds = [each.kind for each in found]
    columns = np.array([each[1:] for each in found])
    price = columns[:, 0]
    return FactTable.of(
        KNOWN_LEVELS, np.full(len(found), len(bars) - 1), np.array([KNOWN_LEVELS.kind(k) for k in kinds]), NEUTRAL, FORMING,
        anchors=((columns[:, 3].astype(np.int64), columns[:, 4]),),
        price=price, distance_atr=np.abs(close - price) / unit, ratio=columns[:, 1], length=columns[:, 2],
        confluence=_others_near(tape, kinds, price, unit),
    )  # fmt: skip


def confluence(price: Floats, others: Floats, source: Floats, within: float) -> Floats:
    """Return for each price how many sources have at least one of `others` within that distance.

    Shapes `(n,)` and `(m,)`, `(m,)`: `source` names where each of the others comes from, so that five lines through one swing count once.
    """
    near = np.abs(price[:, None] - others[None, :]) <= within
    return np.array([float(len(np.unique(source[row]))) for row in near])


def _others_near(tape: Tape, kinds: list[str], price: Floats, unit: float) -> Floats:
    lines, levels = standing_lines(tape), standing_levels(tape)
    found = np.concatenate([lines.reading("next_price"), levels.reading("price"), price])
    source = np.concatenate([np.full(len(lines), -2), np.full(len(levels), -1), [KNOWN_LEVELS.kind(k) for k in kinds]])
    # Each level is among the others too, so its own source is taken off.
    return confluence(price, found, source, NEAR * unit) - 1


def _extremes(bars: Bars) -> Iterator[Found]:
    spans = [
        ("record", 0, len(bars)),
        ("year", max(len(bars) - YEAR, 0), len(bars)),
        ("prior_day", len(bars) - 1, len(bars)),
    ]
    spans += [
        (f"prior_{name}", *span)
        for name, span in (("week", _prior(_weeks, bars)), ("month", _prior(_months, bars)))
        if span
    ]
    for name, start, stop in spans:
        top, bottom = start + int(np.argmax(bars.high[start:stop])), start + int(np.argmin(bars.low[start:stop]))
        yield Found(f"{name}_high", bars.high[top], at=top, anchor=bars.high[top])
        yield Found(f"{name}_low", bars.low[bottom], at=bottom, anchor=bars.low[bottom])


def _weeks(days: Sessions) -> Places:
    return (days.astype("datetime64[D]").astype(np.int64) + 3) // 7


def _months(days: Sessions) -> Places:
    return days.astype("datetime64[M]").astype(np.int64)


def _prior(period_of: Callable[[Sessions], Places], bars: Bars) -> tuple[int, int] | None:
    """Return where the last period before that of the next weekday starts and stops; None when there is none yet."""
    upcoming = np.busday_offset(bars.session[-1].astype("datetime64[D]"), 1, roll="backward")
    period = period_of(bars.session)
    stop = int(np.searchsorted(period, period_of(np.array([upcoming]))[0]))
    return (int(np.searchsorted(period, period[stop - 1])), stop) if stop else None


def _averages(tape: Tape) -> Iterator[Found]:
    for length in AVERAGES:
        value = float(average_on(tape, length)[-1])
        if np.isfinite(value):
            yield Found("average", value, length=length)


def _measured(tape: Tape) -> Iterator[Found]:
    """Measure the leg that began at the last major swing, up to the furthest it has come."""
    swings = reversals_on(tape, MAJOR)
    if not len(swings):
        return
    began, start, side = int(swings[-1, 1]), swings[-1, 2], swings[-1, 3]
    reached = tape.bars.low if side == HIGH else tape.bars.high
    end = began + int(reached[began:].argmin() if side == HIGH else reached[began:].argmax())
    for ratio, price in retracements(start, reached[end]):
        kind = "fibonacci_retracement" if ratio < 1 else "fibonacci_extension"
        yield Found(kind, price, ratio, at=end, anchor=reached[end])


def retracements(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Yield ratio and price of the retracements of a leg from its end back, and of its extensions past its end.

    The ratios are those of custom (from the golden section, and one half); no theory is claimed for them. A retracement of 0.382 gives
    back that share of the leg; an extension of 1.618 carries the leg to that multiple of itself.
    """
    for ratio in RETRACED:
        yield ratio, float(end + ratio * (start - end))
    for ratio in EXTENDED:
        yield ratio, float(start + ratio * (end - start))


def _arithmetic(bars: Bars, unit: float) -> Iterator[Found]:
    for price in round_numbers(float(bars.close[-1]), unit):
        yield Found("round_number", price)
    for price in floor_pivots(float(bars.high[-1]), float(bars.low[-1]), float(bars.close[-1])):
        yield Found("floor_pivot", price)


def round_numbers(price: float, unit: float) -> tuple[float, ...]:
    """Return the two round numbers below a price (or at it) and the two above, a step apart that is a day's move or more.

    The step is the least of one, two or five times a power of ten that is not below `unit`, the ATR: the exception to the rule that
    doubled prices double the facts, because what is round is a matter of digits.
    """
    power = 10.0 ** np.floor(np.log10(unit))
    step = next(s * p for p in (power, 10 * power) for s in ROUND_STEPS if s * p >= unit)
    below = np.floor(price / step)
    return tuple(float(step * (below + i)) for i in (-1, 0, 1, 2))


def floor_pivots(high: float, low: float, close: float) -> tuple[float, ...]:
    """Return the floor traders' pivot of a session and its two supports and resistances: second support first.

    The pivot is the mean of high, low and close; the first resistance mirrors the low in it, the second adds the range.
    """
    middle, spread = (high + low + close) / 3, high - low
    return middle - spread, 2 * middle - high, middle, 2 * middle - low, middle + spread
