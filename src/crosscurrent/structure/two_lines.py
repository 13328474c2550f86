"""Two boundary lines through the swings: what wedges, triangles and rectangles have in common; their shape names the kind."""

from __future__ import annotations

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.formations import (
    ABOVE,
    ATR,
    BELOW,
    BORN,
    END,
    LOWER,
    LOWER_ZERO,
    MISS,
    START,
    TOUCHES,
    UPPER,
    UPPER_ZERO,
    WIDTH,
    Formations,
    measured,
    noted,
    sound,
)  # fmt: skip
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.new_formations import newly_formed
from crosscurrent.structure.swings import HIGH, LOW
from crosscurrent.structure.tape import Tape

__all__ = ["SCALES", "two_lines"]

Line = tuple[float, float, float, float]
"""A slope, the value at bar zero, the largest miss of the swings along it, and the sum of their misses."""

SCALES = (1.25, 2.0, 3.0, 4.0, 6.0, 9.0)
"""Reversals in ATR at which swings are read: a pattern is seen at the scale whose swings are its touches."""


def two_lines(tape: Tape, scales: tuple[float, ...] = SCALES, *, fewest: int = 5, most: int = 9) -> Formations:
    r"""Return every new formation of `fewest` to `most` consecutive swings whose highs lie on one line and whose lows on another.

         \  /\                    Each line runs along its swings and misses none by more than the larger of 0.9 ATR and 8 % of
          \/  \    /\             the height; its touches span at least a third of the formation; until the last swing is known
               \  /  \  /         no close lies more than a quarter ATR beyond a line. Swings alternate, so five touches are three
                \/    \/          on one side and two on the other, as Bulkowski asks.

    A line of three touches is broken by a close a tenth of an ATR beyond it; one of two, whose slope is a guess, by a close three
    quarters of an ATR beyond, or 15 % of the height where that is less.

    Computed once a tape: all two-line detectors read the same rows.
    """

    return tape.once(("two lines", scales, fewest, most), lambda: newly_formed(tape, scales, lined, fewest, most))


@numba.njit(cache=True, nogil=True)
def lined(swings: Floats, close: Floats, way: Floats, atr: Floats, fewest: int, most: int, first_new: int) -> Floats:
    """Return the formations of one scale, in the order in which their last swing was confirmed, from the first new swing on."""
    found, n = np.empty((max(1, (len(swings) - first_new) * (most - fewest + 1)), WIDTH)), 0
    for last in range(max(fewest - 1, first_new), len(swings)):
        upper, lower = boundaries(swings, last - fewest + 1, last)
        for first in range(last - fewest + 1, max(last - most, -1), -1):
            # One swing more has a line of its own side alone to change.
            if first <= last - fewest and swings[first, 3] == HIGH:
                upper = boundary(swings, first, last, 1)
            elif first <= last - fewest:
                lower = boundary(swings, first, last, -1)
            if fitted(swings, first, last, upper, lower, atr, found[n]) and sound(
                close, found[n], 0.25 * found[n, ATR]
            ):
                measured(swings[first : last + 1], 0, way, found[n])
                noted(swings, first, last, found[n])
                n += 1
    return found[:n].copy()


@kernel
def boundaries(swings: Floats, first: int, last: int) -> tuple[Line, Line]:
    """Return the upper and the lower boundary of these swings, as `boundary` does."""
    high, low = first_of_side(swings, first, HIGH), first_of_side(swings, first, LOW)
    return boundary(swings, high, last, 1), boundary(swings, low, last, -1)


@kernel
def fitted(swings: Floats, first: int, last: int, upper: Line, lower: Line, atr: Floats, row: Floats) -> bool:
    """Write the two lines of these swings, if the swings lie on them; say whether they do."""
    start, end, unit = swings[first, 1], swings[last, 1], atr[int(swings[last, 0])]
    height = upper[1] + upper[0] * start - lower[1] - lower[0] * start
    if not max(upper[2], lower[2]) <= max(0.9 * unit, 0.08 * height):
        return False
    high, low = first_of_side(swings, first, HIGH), first_of_side(swings, first, LOW)
    if min(spread(swings, high, last), spread(swings, low, last)) < (end - start) / 3:
        return False
    row[UPPER], row[UPPER_ZERO], row[LOWER], row[LOWER_ZERO] = upper[0], upper[1], lower[0], lower[1]
    row[BORN], row[START], row[END], row[ATR] = swings[last, 0], start, end, unit
    row[TOUCHES], row[MISS] = last - first + 1, upper[3] + lower[3]
    row[ABOVE], row[BELOW] = clearance(last - high, unit, height), clearance(last - low, unit, height)
    return True


@kernel
def spread(swings: Floats, first: int, last: int) -> float:
    """Return how many bars the touches first, first + 2 ... last span: touches that lie close together say little of a slope."""
    return float(swings[last - (last - first) % 2, 1] - swings[first, 1])


@kernel
def clearance(span: int, atr: float, height: float) -> float:
    """Return how far a close must be beyond a line to break it: more where two touches alone have set its slope."""
    return 0.1 * atr if span >= 4 else min(0.75 * atr, 0.15 * height)


@kernel
def first_of_side(swings: Floats, start: int, side: int) -> int:
    """Return the place of the first swing of a side from `start` on; swings alternate."""
    return start if swings[start, 3] == side else start + 1


@kernel
def boundary(swings: Floats, first: int, last: int, side: int) -> Line:
    """Return the line along the swings first, first + 2 ... last: its slope runs through the two that miss the others least.

    Least absolute deviations, because an analyst draws a line through touches, not between them, and the best such line always runs
    through two of them; then moved outward (`side`) until no touch lies beyond it, because a close no further out than a touch breaks
    nothing.
    """
    slope, through, total = 0.0, first, np.inf
    for i in range(first, last + 1, 2):
        for j in range(i + 2, last + 1, 2):
            tried = (swings[j, 2] - swings[i, 2]) / (swings[j, 1] - swings[i, 1])
            missed = 0.0
            for k in range(first, last + 1, 2):
                missed += abs(_miss(swings, k, i, tried))
            if missed < total:
                slope, through, total = tried, i, missed
    largest, outside = 0.0, 0.0
    for k in range(first, last + 1, 2):
        miss = _miss(swings, k, through, slope)
        largest, outside = max(largest, abs(miss)), max(outside, side * miss)
    return slope, swings[through, 2] - slope * swings[through, 1] + side * outside, largest, total


@kernel
def _miss(swings: Floats, k: int, through: int, slope: float) -> float:
    """Return how far a swing lies above a line through another one."""
    return swings[k, 2] - swings[through, 2] - slope * (swings[k, 1] - swings[through, 1])  # type: ignore[no-any-return]
