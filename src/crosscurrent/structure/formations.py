"""Formations: swings between an upper and a lower boundary line, whatever pattern they turn out to be."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats

__all__ = [
    "MOST_TOUCHES", "NO_FORMATIONS", "Formations", "closed_outside", "height_of", "lower_at", "measured", "mirrored", "noted", "sound",
    "trigger_at", "upper_at", "upright",
]  # fmt: skip

(BORN, START, END, UPPER, UPPER_ZERO, LOWER, LOWER_ZERO, TOUCHES, MISS, PACE, EVENNESS, ATR, ABOVE, BELOW, BROKEN, SIDE, KIND,
 OWN_SIDE, BEFORE, BEFORE_PRICE, TOUCHED) = range(21)  # fmt: skip
MOST_TOUCHES = 9
WIDTH = TOUCHED + 2 * MOST_TOUCHES
NO_FORMATIONS = np.empty((0, WIDTH))


@dataclass(frozen=True, slots=True, eq=False)
class Formations:
    """Candidates for a pattern, one a row: what was known of each when its last swing was confirmed, and its first close outside.

    Columns, each float64 of shape (n,): `born`, the bar that confirmed the last swing; `start` and `end`, the bars of the first
    and last swing; slope and value at bar zero of both lines; `touches`; `miss`, by how much the swings miss their lines, all
    together, in price; the pace of the legs between them (the mean logarithm of a leg over how far a walk would come in its bars);
    the evenness of their times (one less the coefficient of variation of the gaps); the ATR at `born`; by how much a close must be
    above or below a line to break it; the bar of the first close outside, -1 when there is none yet, and its side (1 above, -1 below),
    or the bar at which it went stale, with no side; the kind and the side that a detector's rule gives it; the swing before the first,
    and the swings, each as bar and price, -1 and NaN where there are fewer.
    """

    rows: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def start(self) -> Floats:
        """The bar of the first swing."""
        return self.rows[:, START]

    @property
    def touches(self) -> Floats:
        """How many swings there are."""
        return self.rows[:, TOUCHES]

    @property
    def begins_high(self) -> NDArray[np.bool_]:
        """Whether the first swing is a high."""
        return np.asarray(self.price(0) > self.price(1))

    @property
    def atr(self) -> Floats:
        """The ATR at the bar that confirmed the last swing: the yardstick of the formation."""
        return self.rows[:, ATR]

    @property
    def broken(self) -> Floats:
        """The bar of the first close outside, or at which it went stale; -1 while it is open."""
        return self.rows[:, BROKEN]

    def moves(self) -> tuple[Floats, Floats]:
        """Return how far the upper and the lower line move from first to last swing, as shares of the height."""
        moves: tuple[Floats, Floats] = moved(self.rows)
        return moves

    def upper(self, at: Floats) -> Floats:
        """Return the upper lines at these bars."""
        return self.rows[:, UPPER_ZERO] + self.rows[:, UPPER] * at

    def lower(self, at: Floats) -> Floats:
        """Return the lower lines at these bars."""
        return self.rows[:, LOWER_ZERO] + self.rows[:, LOWER] * at

    @property
    def height(self) -> Floats:
        """The width between the lines at the first swing, in price."""
        return self.upper(self.start) - self.lower(self.start)

    def where(self, mask: NDArray[np.bool_] | NDArray[np.integer]) -> Formations:
        """Return the rows that the mask or the places choose."""
        return Formations(self.rows[mask])

    def touched(self) -> tuple[Floats, Floats]:
        """Return bars and prices of the swings, shape (n, MOST_TOUCHES), -1 and NaN where there are fewer."""
        return self.rows[:, TOUCHED::2], self.rows[:, TOUCHED + 1 :: 2]

    def price(self, place: int) -> Floats:
        """Return the prices of the swings at this place, the one before the first at -1."""
        return self.rows[:, TOUCHED + 2 * place + 1] if place >= 0 else self.rows[:, BEFORE_PRICE]

    def at(self, place: int) -> Floats:
        """Return the bars of the swings at this place, the one before the first at -1."""
        return self.rows[:, TOUCHED + 2 * place] if place >= 0 else self.rows[:, BEFORE]

    def span(self) -> Floats:
        """Return how far the highest touch of each formation lies above the lowest."""
        _, price = self.touched()
        return np.asarray(np.fmax.reduce(price, axis=1) - np.fmin.reduce(price, axis=1))


@numba.njit(cache=True, nogil=True)
def mirrored(swings: Floats) -> Floats:
    """Return the swings upside down, so that one rule finds tops and bottoms."""
    turned = np.empty_like(swings)
    for i in range(len(swings)):
        turned[i, 0], turned[i, 1], turned[i, 2] = swings[i, 0], swings[i, 1], -swings[i, 2]
        turned[i, 3] = 1.0 - swings[i, 3]
    return turned


@numba.njit(cache=True, nogil=True)
def upright(rows: Floats) -> Floats:
    """Return formations found upside down the right way up."""
    turned = rows.copy()
    for i in range(len(rows)):
        row, found = turned[i], rows[i]
        row[UPPER], row[UPPER_ZERO], row[LOWER] = -found[LOWER], -found[LOWER_ZERO], -found[UPPER]
        row[LOWER_ZERO], row[ABOVE], row[BELOW] = -found[UPPER_ZERO], found[BELOW], found[ABOVE]
        for place in range(BEFORE_PRICE, WIDTH, 2):
            row[place] = -found[place]
    return turned


@numba.njit(cache=True, nogil=True)
def upper_at(row: Floats, at: float) -> float:
    """Return a formation's upper line at a bar."""
    return float(row[UPPER_ZERO] + row[UPPER] * at)


@numba.njit(cache=True, nogil=True)
def lower_at(row: Floats, at: float) -> float:
    """Return a formation's lower line at a bar."""
    return float(row[LOWER_ZERO] + row[LOWER] * at)


@numba.njit(cache=True, nogil=True)
def height_of(row: Floats) -> float:
    """Return the width between a formation's lines at the first swing, in price."""
    return upper_at(row, row[START]) - lower_at(row, row[START])


@numba.njit(cache=True, nogil=True)
def moved(rows: Floats) -> tuple[Floats, Floats]:
    """Return how far both lines of each formation move from first to last swing, as shares of its height."""
    upper, lower = np.empty(len(rows)), np.empty(len(rows))
    for i in range(len(rows)):
        row = rows[i]
        share = (row[END] - row[START]) / height_of(row)
        upper[i], lower[i] = row[UPPER] * share, row[LOWER] * share
    return upper, lower


@numba.njit(cache=True, nogil=True)
def trigger_at(row: Floats, side: float, at: float) -> float:
    """Return the price that a close at a bar must be beyond to break the line on that side."""
    return float(upper_at(row, at) + row[ABOVE] if side > 0 else lower_at(row, at) - row[BELOW])


@numba.njit(cache=True, nogil=True)
def noted(swings: Floats, first: int, last: int, row: Floats) -> None:
    """Write a formation's swings and the one before them; nothing has ended it yet."""
    row[BROKEN], row[SIDE], row[KIND], row[OWN_SIDE] = -1, 0, -1, 0
    row[BEFORE], row[BEFORE_PRICE] = -1, np.nan
    if first > 0:
        row[BEFORE], row[BEFORE_PRICE] = swings[first - 1, 1], swings[first - 1, 2]
    for i in range(MOST_TOUCHES):
        row[TOUCHED + 2 * i], row[TOUCHED + 2 * i + 1] = -1, np.nan
        if first + i <= last:
            row[TOUCHED + 2 * i], row[TOUCHED + 2 * i + 1] = swings[first + i, 1], swings[first + i, 2]


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
def closed_outside(close: Floats, rows: Floats, patience: float, begin: int = 0) -> None:
    """Write what the closes from bar `begin` on end: the first outside breaks a formation, at or after `born`.

    It goes stale, on no side, at the last close that could break it: before its lines meet, and before `patience` times its length
    has passed since its last swing.
    """
    for i in range(len(rows)):
        row = rows[i]
        stale = row[END] + patience * (row[END] - row[START])
        for t in range(max(int(row[BORN]), begin), len(close)):
            upper, lower = row[UPPER_ZERO] + row[UPPER] * t, row[LOWER_ZERO] + row[LOWER] * t
            is_open = t <= stale and upper > lower
            if is_open and (close[t] > upper + row[ABOVE] or close[t] < lower - row[BELOW]):
                row[BROKEN], row[SIDE] = t, 1.0 if close[t] > upper else -1.0
                break
            if not is_open or t + 1 > stale or upper + row[UPPER] <= lower + row[LOWER]:
                row[BROKEN], row[SIDE] = t, 0.0
                break
