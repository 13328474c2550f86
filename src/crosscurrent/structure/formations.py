"""Formations: swings between an upper and a lower boundary line, whatever pattern they turn out to be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.swings import reversal_swings
from crosscurrent.structure.tape import Tape

__all__ = [
    "MOST_TOUCHES",
    "Formations",
    "closed_outside",
    "joined",
    "measured",
    "mirrored",
    "sound",
    "swings_at",
    "upright",
]

(BORN, START, END, UPPER, UPPER_ZERO, LOWER, LOWER_ZERO, FIRST, TOUCHES, MISS, PACE, EVENNESS, ATR, ABOVE, BELOW, BROKEN,
 SIDE) = range(17)  # fmt: skip
WIDTH = 17
MOST_TOUCHES = 9


@dataclass(frozen=True, slots=True, eq=False)
class Formations:
    """Candidates for a pattern, one a row: what was known of each when its last swing was confirmed, and its first close outside.

    Columns, each float64 of shape (n,): `born`, the bar that confirmed the last swing; `start` and `end`, the bars of the first
    and last swing; slope and value at bar zero of both lines; `first`, the place of the first swing in `swings`; `touches`;
    `miss`, by how much the swings miss their lines, all together, in price; the pace of the legs between them (the mean logarithm
    of a leg over how far a walk would come in its bars); the evenness of their times
    (one less the coefficient of variation of the gaps); the ATR at `born`; by how much a close must be above or below a line to
    break it; the bar of the first close outside, -1 when there is none yet, and its side (1 above, -1 below).
    """

    rows: Floats
    swings: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def start(self) -> Floats:
        """The bar of the first swing."""
        return self.rows[:, START]

    @property
    def end(self) -> Floats:
        """The bar of the last swing."""
        return self.rows[:, END]

    @property
    def touches(self) -> Floats:
        """How many swings there are."""
        return self.rows[:, TOUCHES]

    @property
    def first(self) -> NDArray[np.int64]:
        """The place of the first swing in `swings`."""
        return self.rows[:, FIRST].astype(np.int64)

    @property
    def atr(self) -> Floats:
        """The ATR at the bar that confirmed the last swing: the yardstick of the formation."""
        return self.rows[:, ATR]

    @property
    def broken(self) -> Floats:
        """The bar of the first close outside, -1 when there is none yet."""
        return self.rows[:, BROKEN]

    @property
    def side(self) -> Floats:
        """The side of that close: 1 above, -1 below."""
        return self.rows[:, SIDE]

    def moves(self) -> tuple[Floats, Floats]:
        """Return how far the upper and the lower line move from first to last swing, as shares of the height."""
        share = (self.end - self.start) / self.height
        return self.rows[:, UPPER] * share, self.rows[:, LOWER] * share

    def upper(self, at: Floats) -> Floats:
        """Return the upper lines at these bars."""
        return self.rows[:, UPPER_ZERO] + self.rows[:, UPPER] * at

    def lower(self, at: Floats) -> Floats:
        """Return the lower lines at these bars."""
        return self.rows[:, LOWER_ZERO] + self.rows[:, LOWER] * at

    def trigger(self, side: Floats, at: Floats) -> Floats:
        """Return the prices that a close at these bars must be beyond to break the line on that side."""
        above, below = self.upper(at) + self.rows[:, ABOVE], self.lower(at) - self.rows[:, BELOW]
        return np.asarray(np.where(side > 0, above, below))

    @property
    def height(self) -> Floats:
        """The width between the lines at the first swing, in price."""
        return self.upper(self.start) - self.lower(self.start)

    def where(self, mask: NDArray[np.bool_] | NDArray[np.integer]) -> Formations:
        """Return the rows that the mask or the places choose."""
        return replace(self, rows=self.rows[mask])

    def touched(self, most: int) -> tuple[Floats, Floats]:
        """Return bars and prices of the swings of each formation, shape (n, most), -1 and NaN where there are fewer."""
        place = np.arange(most)
        there = place < self.touches[:, None]
        swings = (self.first[:, None] + place)[there]
        at, price = np.full(there.shape, -1.0), np.full(there.shape, np.nan)
        at[there], price[there] = self.swings[swings, 1], self.swings[swings, 2]
        return at, price

    def extreme(self, side: Floats) -> Floats:
        """Return the highest touch of each formation where `side` is above zero, else the lowest."""
        _, price = self.touched(MOST_TOUCHES)
        highest, lowest = np.fmax.reduce(price, axis=1), np.fmin.reduce(price, axis=1)
        return np.asarray(np.where(side > 0, highest, lowest))


def swings_at(tape: Tape, k: float) -> Floats:
    """Return the tape's swings by a reversal of `k` ATR, computed once."""
    bars = tape.bars
    return tape.once(("swings", k), lambda: reversal_swings(bars.high, bars.low, bars.close, tape.atr, k))


def joined(parts: list[Formations]) -> Formations:
    """Return the formations of several scales as one."""
    offset, rows = 0, []
    for part in parts:
        moved = part.rows.copy()
        moved[:, FIRST] += offset
        offset += len(part.swings)
        rows.append(moved)
    return Formations(np.concatenate(rows), np.concatenate([part.swings for part in parts]))


def mirrored(swings: Floats) -> Floats:
    """Return the swings upside down, so that one rule finds tops and bottoms."""
    turned = swings.copy()
    turned[:, 2], turned[:, 3] = -swings[:, 2], 1.0 - swings[:, 3]
    return turned


def upright(rows: Floats) -> Floats:
    """Return formations found upside down the right way up."""
    turned = rows.copy()
    turned[:, [UPPER, UPPER_ZERO]] = -rows[:, [LOWER, LOWER_ZERO]]
    turned[:, [LOWER, LOWER_ZERO]] = -rows[:, [UPPER, UPPER_ZERO]]
    turned[:, [ABOVE, BELOW]] = rows[:, [BELOW, ABOVE]]
    return turned


@numba.njit(cache=True, nogil=True)
def measured(swings: Floats, before: int, way: Floats, row: Floats) -> None:
    """Write what tells a drawn formation from a walked one: the pace of its legs and the evenness of its times.

    `way` is how far the market comes in a bar, where a walk would. The first `before` swings lead into the formation: their legs
    count, their times do not.
    """
    pace, squares, legs = 0.0, 0.0, len(swings) - 1 - before
    mean, far = (swings[-1, 1] - swings[before, 1]) / legs, way[int(row[BORN])]
    for i in range(1, len(swings)):
        bars = swings[i, 1] - swings[i - 1, 1]
        pace += np.log(abs(swings[i, 2] - swings[i - 1, 2]) / far / np.sqrt(max(bars, 1.0)))
        squares += (bars - mean) ** 2 if i > before else 0.0
    row[PACE] = pace / (len(swings) - 1)
    row[EVENNESS] = 1.0 - np.sqrt(squares / legs) / mean


@numba.njit(cache=True, nogil=True)
def sound(close: Floats, row: Floats, tolerance: float) -> bool:
    """Whether the lines stay apart and no close was beyond them, by more than `tolerance`, before the last swing was known."""
    start, born = int(row[START]), int(row[BORN])
    if row[UPPER_ZERO] + row[UPPER] * start <= row[LOWER_ZERO] + row[LOWER] * start:
        return False
    if row[UPPER_ZERO] + row[UPPER] * born <= row[LOWER_ZERO] + row[LOWER] * born:
        return False
    for t in range(start, born):
        above = close[t] - row[UPPER_ZERO] - row[UPPER] * t
        below = row[LOWER_ZERO] + row[LOWER] * t - close[t]
        if above > tolerance or below > tolerance:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def closed_outside(close: Floats, rows: Floats, patience: float) -> None:
    """Write each formation's first close outside its lines: at or after `born`, before they meet, and before patience ends.

    A formation goes stale when `patience` times its length has passed since its last swing.
    """
    for i in range(len(rows)):
        row = rows[i]
        row[BROKEN], row[SIDE] = -1.0, 0.0
        stale = row[END] + patience * (row[END] - row[START])
        for t in range(int(row[BORN]), min(len(close), int(stale) + 1)):
            upper, lower = row[UPPER_ZERO] + row[UPPER] * t, row[LOWER_ZERO] + row[LOWER] * t
            if upper <= lower:
                break
            if close[t] > upper + row[ABOVE] or close[t] < lower - row[BELOW]:
                row[BROKEN], row[SIDE] = t, 1.0 if close[t] > upper else -1.0
                break
