"""Scales: the range a pane covers, the values and sessions its axes name."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.charts.spec import MONTHS, Candles, Columns, Line, Pane, Series
from crosscurrent.facts.marks import Band, Segment
from crosscurrent.units import Notation

__all__ = ["Tick", "limits", "session_ticks", "value_ticks"]

ROOM = 0.05
"""How much empty scale is left above and below what is drawn."""
VALUE_ROOM = 0.17
"""The same where the last column bears its value beyond its end."""
STRETCH = 0.35
"""By how much of the price's range averages and marks may stretch the scale, on either side."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what is written there."""

    at: float
    label: str
    is_major: bool = False


def limits(pane: Pane, sessions: Sessions) -> tuple[float, float]:
    """Return the range of a pane's scale: what is drawn, with a little room; never empty and always finite.

    A chart is about the price: averages and marks that lie far from it stretch the scale by about a third at most, and what is still
    beyond is named at the edge.
    """
    own = _finite([values for series in pane.series if not _is_guest(series) for values in _extents(series)])
    guests = _finite([values for series in pane.series if _is_guest(series) for values in _extents(series)])
    own = own if len(own) else guests
    low, high = (float(own.min()), float(own.max())) if len(own) else (0.0, 1.0)
    reach = STRETCH * (high - low)
    near = np.concatenate([guests, _marked(pane, sessions)])
    near = near[(near >= low - reach) & (near <= high + reach)]
    low, high = min([low, *near]), max([high, *near])
    if pane.limits:
        low, high = min(low, pane.limits[0]), max(high, pane.limits[1])
    return _with_room(low, high, pane)


def _is_guest(series: Series) -> bool:
    return isinstance(series, Line) and series.ink in ("fast", "slow")


def _finite(columns: Sequence[Floats]) -> Floats:
    every = np.concatenate([*columns, np.empty(0)])
    return np.asarray(every[np.isfinite(every)])


def _extents(series: Series) -> Iterator[Floats]:
    if isinstance(series, Candles):
        yield from (series.low, series.high)
    elif isinstance(series, Columns):
        yield from (series.values, np.zeros(1))
    else:
        yield series.values


def _marked(pane: Pane, sessions: Sessions) -> Floats:
    """Return the values of marks inside the sessions in view."""
    if not len(sessions):
        return np.empty(0)
    found: list[tuple[np.datetime64, float]] = []
    for mark in pane.marks:
        if isinstance(mark, Segment):
            found += [(mark.start, mark.start_price), (mark.end, mark.end_price)]
        elif isinstance(mark, Band):
            found += [(sessions[-1], mark.low), (sessions[-1], mark.high)]
        else:
            found.append((mark.at, mark.price))
    return _finite([np.array([value for day, value in found if day >= sessions[0]])])


def _with_room(low: float, high: float, pane: Pane) -> tuple[float, float]:
    if not high > low:
        reach = abs(high) * 0.01 or 1.0
        return low - reach, high + reach
    stands = low == 0.0 and pane.unit == "volume"
    bears_value = any(isinstance(series, Columns) and series.is_last_bold for series in pane.series)
    room = (VALUE_ROOM if bears_value else ROOM) * (high - low)
    return (low if stands else low - room), high + room


def value_ticks(low: float, high: float, at_most: int, pane: Pane) -> tuple[Tick, ...]:
    """Return round values within a range, at most so many; labels that would repeat are written with more digits."""
    steps = _round_steps((high - low) / max(at_most, 1) / 2, pane.notation)
    values = next(found for found in (_multiples(low, high, step) for step in steps) if len(found) <= at_most)
    labels = [pane.format(v) for v in values]
    if len(set(labels)) < len(labels):
        labels = _distinct(values)
    elif pane.unit in ("price", "yield", "move") and not pane.notation.parts:
        labels = _without_idle_zeros(labels)
    return tuple(Tick(v, label) for v, label in zip(values, labels, strict=True))


def _multiples(low: float, high: float, step: float) -> list[float]:
    reach = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [k * step for k in reach]


def _distinct(values: list[float]) -> list[str]:
    """Return labels with as many digits as tell the values apart: an axis finer than the market's own notation."""
    written = ([f"{value:.{digits}g}".replace("-", "−") for value in values] for digits in range(4, 18))
    return next(labels for labels in written if len(set(labels)) == len(labels))


def _without_idle_zeros(labels: list[str]) -> list[str]:
    """Return labels without the decimals that are zero in all of them: an axis of thousands needs no cents."""
    while labels and all("." in label and label.rstrip("%")[-1] == "0" for label in labels):
        labels = [label.rstrip("%")[:-1].rstrip(".") + "%" * label.endswith("%") for label in labels]
    return labels


def _round_steps(least: float, notation: Notation) -> Iterator[float]:
    """Yield steps from about `least` upward: below a point of a market in 32nds they are halves, quarters, eighths."""
    if notation.parts and least < 1.0:
        power = math.floor(math.log2(least))
        yield from (2.0**k for k in range(power, 1))
    power = math.floor(math.log10(least)) if least > 0 else 0
    for k in range(power, power + 3):
        yield from (round(m * 10.0**k, 12) if k > -12 else m * 10.0**k for m in (1.0, 2.0, 2.5, 5.0))


def session_ticks(sessions: Sessions, at_most: int) -> tuple[Tick, ...]:
    """Return the sessions an axis names: firsts of months, of quarters or years on long charts, of weeks or days on short ones.

    The first session of a year bears the year and is major. At most `at_most` ticks.
    """
    if not len(sessions):
        return ()
    months = sessions.astype("datetime64[M]").astype(int)
    for periods in (months, months // 3, months // 6, months // 12, months // 60, months // 240):
        starts = np.flatnonzero(np.diff(periods)) + 1
        if len(starts) <= at_most:
            break
    if len(starts) < 2:
        return _day_ticks(sessions, at_most)
    ticks = [_month_tick(sessions, int(at)) for at in starts[-at_most:]]
    if not ticks[0].is_major:
        ticks[0] = replace(ticks[0], label=f"{ticks[0].label} {str(sessions[starts[0]])[:4]}")
    return tuple(ticks)


def _month_tick(sessions: Sessions, at: int) -> Tick:
    year, month = str(sessions[at].astype("datetime64[M]")).rsplit("-", 1)
    is_year = bool(sessions[at].astype("datetime64[Y]") > sessions[at - 1].astype("datetime64[Y]"))
    return Tick(float(at), year if is_year else MONTHS[int(month) - 1], is_year)


def _day_ticks(sessions: Sessions, at_most: int) -> tuple[Tick, ...]:
    every = max(math.ceil(len(sessions) / max(at_most, 1)), 1)
    places = range(len(sessions) - 1, -1, -every)
    return tuple(Tick(float(at), _day_label(sessions[at])) for at in reversed(places))


def _day_label(day: np.datetime64) -> str:
    _, month, number = str(day.astype("datetime64[D]")).rsplit("-", 2)
    return f"{int(number)} {MONTHS[int(month) - 1]}"
