"""Swing highs and lows, at several scales."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import BEARISH, BULLISH, CONFIRMED, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = [
    "REMEMBERED", "Swings", "count_of_reversals", "reversal_swings", "reversals_on", "sided_on", "sided_swings",
]  # fmt: skip

HIGH, LOW = 0, 1
REMEMBERED = 64
"""How many swings are carried from day to day: a formation reaches back over ten, and two months' bars reveal fewer."""
COUNT = 3
"""The place of the number of swings so far."""
ANCHOR = HEAD + 3


@dataclass(frozen=True, slots=True)
class Swings(Detector):
    r"""Find swing highs and lows: the turning points on which levels, lines and patterns rest.

          swing high
             /\            by reversal: price has come back from its extreme by k ATR;
            /  \  /        by sides: n bars on either side have lower highs.
           /    \/
              swing low

    Known at the bar that completes the reversal or the last bar of the right side, never at the extreme itself. Of equal extremes
    the first is the swing. Silent while the ATR warms up (reversal swings only).

    Parameters
    ----------
    reversals
        Scales in ATR of the reversing bar.
    sides
        Numbers of bars on each side.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, on minor and intermediate tops and bottoms.
    """

    reversals: tuple[float, ...] = (1.5, 3.0, 6.0)
    sides: tuple[int, ...] = (2, 5)

    layout = Layout(
        kinds=("swing_high", "swing_low"),
        readings=("price", "atr_reversal", "bars_each_side"),
        prices=frozenset({"price"}),
        anchors=1,
    )
    mirror = {"swing_high": "swing_low", "swing_low": "swing_high"}
    phrases = {"swing_high": "a swing high at {price}", "swing_low": "a swing low at {price}"}

    def sweep(self, tape: Tape) -> FactTable:
        """Return the swings of every scale."""
        found = [(tape.since(reversals_on(tape, k)), 1, k) for k in self.reversals]
        found += [(sided_on(tape, n), 2, float(n)) for n in self.sides]
        rows = [_rows(*each) for each in found if len(each[0])]
        return FactTable.from_rows(self.layout, np.concatenate(rows)) if rows else FactTable.empty(self.layout)


WIDTH = Swings.layout.width
"""Numbers in a fact row."""


def reversals_on(tape: Tape, k: float) -> Floats:
    """Return the tape's swings by a reversal of `k` ATR, as `reversal_swings` does: all, or on an appended tape the new and `REMEMBERED`."""
    bars = tape.bars

    def go_on(tape: Tape, carried: State) -> tuple[Floats, State]:
        before, extremes = carried
        found = turns(bars.high, bars.low, bars.close, tape.atr, k, tape.start, extremes)
        swings = np.concatenate([before, found]) if len(found) else before
        return swings, (swings[-REMEMBERED:], extremes)

    return tape.resumed(("swings", k), no_reversals, go_on)


def count_of_reversals(tape: Tape, k: float) -> int:
    """Return how many swings there have been by a reversal of `k` ATR, those included that an appended tape does not remember."""
    reversals_on(tape, k)
    return int(tape.carrying(("swings", k))[1][COUNT])


def sided_on(tape: Tape, sides: int) -> Floats:
    """Return the tape's new swings by bars on each side, as `sided_swings` does."""
    bars = tape.bars
    return tape.once(("sided swings", sides), lambda: sided_swings(bars.high, bars.low, sides, tape.start))


@numba.njit(cache=True, nogil=True)
def _rows(swings: Floats, place: int, scale: float) -> Floats:
    """Return fact rows of swings (known, at, price, side), with their scale in the reading at `place`."""
    rows = np.full((len(swings), WIDTH), np.nan)
    for i in range(len(swings)):
        row, (known, at, price, side) = rows[i], swings[i]
        row[0], row[1], row[2], row[4], row[5] = known, side, CONFIRMED, NO_STRICTNESS, -1
        row[3] = BEARISH if side == HIGH else BULLISH
        row[HEAD], row[HEAD + place], row[ANCHOR], row[ANCHOR + 1] = price, scale, at, price
    return rows


def no_reversals() -> tuple[Floats, NDArray[np.int64]]:
    """Return what is carried into the first bar: the last swings, the side of the last one, the bars of the extremes since, their count."""
    return np.empty((0, 4)), np.array([-1, 0, 0, 0])


def reversal_swings(high: Floats, low: Floats, close: Floats, atr: Floats, k: float) -> Floats:
    """Return swings by reversal, as rows (known, at, price, side): alternating highs (side 0) and lows (side 1)."""
    return turns(high, low, close, atr, k, 0, no_reversals()[1])


@numba.njit(cache=True, nogil=True)
def turns(
    high: Floats, low: Floats, close: Floats, atr: Floats, k: float, begin: int, extremes: NDArray[np.int64]
) -> Floats:
    """Return the swings by reversal that the bars from `begin` on reveal; `extremes` is carried from bar to bar.

    A bar that makes a new extreme can reverse it only by its close, because the order of its high and low is unknown.
    """
    found, n = np.empty((64, 4)), 0
    side, top, bottom = extremes[0], extremes[1], extremes[2]
    for t in range(begin, len(close)):
        if np.isnan(atr[t]):
            top = t if high[t] > high[top] else top
            bottom = t if low[t] < low[bottom] else bottom
            continue
        reach = k * atr[t]
        if high[t] > high[top]:
            top = t
        if low[t] < low[bottom]:
            bottom = t
        down = close[t] if top == t else low[t]
        up = close[t] if bottom == t else high[t]
        turned_down = side != LOW and reach > 0 and high[top] - down >= reach
        turned_up = side != HIGH and reach > 0 and up - low[bottom] >= reach
        if side == -1 and turned_down and turned_up:
            turned_up, turned_down = top < bottom, top >= bottom
        if not (turned_down or turned_up):
            continue
        if n == len(found):
            found = grown(found)
        at, price, side_found = (top, high[top], HIGH) if turned_down else (bottom, low[bottom], LOW)
        found[n, 0], found[n, 1], found[n, 2], found[n, 3] = t, at, price, side_found
        n += 1
        # What is hunted next: after a swing high, a low; it may be any bar since that high.
        side = LOW if turned_down else HIGH
        if turned_down:
            bottom = _lowest(low, top, t)
        else:
            top = _highest(high, bottom, t)
    extremes[0], extremes[1], extremes[2] = side, top, bottom
    extremes[COUNT] += n
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def _lowest(low: Floats, start: int, stop: int) -> int:
    best = start + 1 if start < stop else start
    for t in range(best, stop + 1):
        if low[t] < low[best]:
            best = t
    return best


@numba.njit(cache=True, nogil=True)
def _highest(high: Floats, start: int, stop: int) -> int:
    best = start + 1 if start < stop else start
    for t in range(best, stop + 1):
        if high[t] > high[best]:
            best = t
    return best


@numba.njit(cache=True, nogil=True)
def sided_swings(high: Floats, low: Floats, sides: int, begin: int = 0) -> Floats:
    """Return swings by bars on each side that the bars from `begin` on reveal, as rows (known, at, price, side).

    Earlier bars must be strictly beyond, later ones not.
    """
    found, n = np.empty((64, 4)), 0
    for t in range(max(2 * sides, begin), len(high)):
        at = t - sides
        is_high, is_low = True, True
        for step in range(1, sides + 1):
            is_high = is_high and high[at - step] < high[at] and high[at + step] <= high[at]
            is_low = is_low and low[at - step] > low[at] and low[at + step] >= low[at]
        if n + 2 > len(found):
            found = grown(found)
        if is_high:
            found[n, 0], found[n, 1], found[n, 2], found[n, 3] = t, at, high[at], HIGH
            n += 1
        if is_low:
            found[n, 0], found[n, 1], found[n, 2], found[n, 3] = t, at, low[at], LOW
            n += 1
    return found[:n].copy()
