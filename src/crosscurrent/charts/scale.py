"""Scales: the range a pane covers, the values and sessions its axes name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.charts.spec import MONTHS, Candles, Columns, Pane
from crosscurrent.units import Notation

__all__ = ["Tick", "limits", "session_ticks", "value_ticks"]

ROOM = 0.05
"""How much empty scale is left above and below what is drawn."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what is written there."""

    at: float
    label: str
    is_major: bool = False


def limits(pane: Pane) -> tuple[float, float]:
    """Return the range of a pane's scale: what is drawn, with a little room; never empty and always finite.

    The price or the first series decides. Averages far from it may stretch the range by a half at most: a chart is about the price,
    and what lies beyond the scale is named at its edge.
    """
    drawn = [v[np.isfinite(v)] for v in _extents(pane)]
    first = drawn[0] if drawn and len(drawn[0]) else np.concatenate([*drawn, np.zeros(0)])
    low, high = (float(first.min()), float(first.max())) if len(first) else (0.0, 1.0)
    reach = 0.5 * (high - low)
    for values in drawn[1:]:
        if len(values):
            low, high = min(low, max(values.min(), low - reach)), max(high, min(values.max(), high + reach))
    if pane.limits:
        low, high = min(low, pane.limits[0]), max(high, pane.limits[1])
    return _with_room(low, high, pane)


def _extents(pane: Pane) -> Iterator[Floats]:
    for series in pane.series:
        if isinstance(series, Candles):
            yield np.concatenate([series.low, series.high])
        elif isinstance(series, Columns):
            yield np.append(series.values, 0.0)
        else:
            yield series.values


def _with_room(low: float, high: float, pane: Pane) -> tuple[float, float]:
    if not high > low:
        reach = abs(high) * 0.01 or 1.0
        return low - reach, high + reach
    stands = low == 0.0 and pane.unit == "volume"
    room = ROOM * (high - low)
    return (low if stands else low - room), high + room


def value_ticks(low: float, high: float, at_most: int, pane: Pane) -> tuple[Tick, ...]:
    """Return round values within a range, at most so many; labels that would repeat are written with more digits."""
    step = next(s for s in _round_steps((high - low) / max(at_most, 1), pane.notation) if (high - low) / s <= at_most)
    first = math.ceil(low / step - 1e-9)
    values = [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]
    labels = [pane.format(v) for v in values]
    if len(set(labels)) < len(labels):
        labels = [f"{v:.6g}".replace("-", "−") for v in values]
    return tuple(Tick(v, label) for v, label in zip(values, labels, strict=True))


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
    return tuple(_month_tick(sessions, int(at)) for at in starts[-at_most:])


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
