"""Double and triple tops and bottoms."""

from __future__ import annotations

from dataclasses import dataclass

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
    PACE,
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
from crosscurrent.structure.new_formations import formed_both_ways
from crosscurrent.structure.patterns import Patterns, Plan, pattern_layout
from crosscurrent.structure.quality import log_odds
from crosscurrent.structure.swings import HIGH
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.two_lines import SCALES

__all__ = ["DoubleTops"]

DOUBLE = 3
"""The most touches of a double one: a triple one has more."""


@dataclass(frozen=True, slots=True)
class DoubleTops(Patterns):
    r"""Find double and triple tops and bottoms: a price refused twice, and then the valley between gives way.

           /\      /\             Two (three) highs at one price after a rise from below the valley.
          /  \    /  \
         /    \  /    \           Confirmed by a close below the valley (the lower valley);
        /      \/      \          a close above the higher top invalidates it.
       /                \

    Known at the close that breaks the valley; before that it is only forming. Bottoms are the same upside down. Target: the height
    from the break; failed when price closes back above the tops.

    Parameters
    ----------
    least_odds
        How unlike a random walk's the formation must be, in log odds; see `quality.log_odds`.
    pace
        By how much the pace of the legs raises the log odds once more: with three touches there is little else to go by.
    third
        By how much a third top raises the log odds, so that three are told as three; walks draw a triple top seldom.
    min_bars
        From the first top to the break.
    scales
        Reversals in ATR at which swings are read.
    miss
        How far the tops may lie apart, as a share of the height.
    rise
        How far the market must have risen into the first top, as a share of the height.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 9. Bulkowski, Encyclopedia of Chart Patterns.
    """

    least_odds: float = 5.5
    third: float = 3.0
    pace: float = 8.0
    min_bars: int = 10
    scales: tuple[float, ...] = SCALES
    miss: float = 0.2
    rise: float = 0.8

    patience = 1.0
    layout = pattern_layout("double_top", "double_bottom", "triple_top", "triple_bottom")
    mirror = {
        "double_top": "double_bottom",
        "triple_top": "triple_bottom",
        "double_bottom": "double_top",
        "triple_bottom": "triple_top",
    }
    phrases = {
        "double_top": "a double top, its trigger at {trigger} and its target at {target}",
        "double_bottom": "a double bottom, its trigger at {trigger} and its target at {target}",
        "triple_top": "a triple top, its trigger at {trigger} and its target at {target}",
        "triple_bottom": "a triple bottom, its trigger at {trigger} and its target at {target}",
    }

    def formations(self, tape: Tape) -> Formations:
        """Return the new tops and bottoms of every scale."""
        return formed_both_ways(tape, self.scales, equal_tops, self.miss, self.rise)

    def plan(self, found: Formations) -> Plan:
        """Name them by their first swing and their touches."""
        is_top = found.begins_high
        kind = np.where(is_top, 0, 1) + 2 * (found.touches > DOUBLE)
        return Plan(kind, np.where(is_top, -1, 1))

    def odds(self, found: Formations) -> Floats:
        """Return the log odds, the legs' pace counted again, higher by `third` where a third top came to the price of two."""
        return log_odds(found.rows) + self.pace * found.rows[:, PACE] + self.third * (found.touches > DOUBLE)


@numba.njit(cache=True, nogil=True)
def equal_tops(
    swings: Floats, close: Floats, way: Floats, atr: Floats, miss: float, rise: float, first_new: int
) -> Floats:
    """Return the double and triple tops of one scale, in the order in which their last top was confirmed, from the first new one on."""
    found, n = np.empty((2 * (len(swings) - first_new) + 1, WIDTH)), 0
    for last in range(max(2, first_new), len(swings)):
        for tops in (2, 3):
            first = last - 2 * tops + 2
            if swings[last, 3] != HIGH or first < 0 or not levelled(swings, first, last, atr, found[n]):
                continue
            height = found[n, UPPER_ZERO] - found[n, LOWER_ZERO]
            before = swings[first - 1, 2] if first else close[0]
            has_risen = swings[first, 2] - before >= rise * height
            if has_risen and found[n, MISS] <= miss * height and sound(close, found[n], 0.25 * found[n, ATR]):
                measured(swings[max(first - 1, 0) : last + 1], min(first, 1), way, found[n])
                noted(swings, first, last, found[n])
                n += 1
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def levelled(swings: Floats, first: int, last: int, atr: Floats, row: Floats) -> bool:
    """Write the flat lines through the highest top and the lowest valley, and say whether there is room between them."""
    top, valley, lowest_top = swings[first, 2], swings[first + 1, 2], swings[first, 2]
    for i in range(first + 2, last + 1, 2):
        top, lowest_top = max(top, swings[i, 2]), min(lowest_top, swings[i, 2])
        valley = min(valley, swings[i - 1, 2])
    row[UPPER], row[UPPER_ZERO], row[LOWER], row[LOWER_ZERO] = 0.0, top, 0.0, valley
    row[BORN], row[START], row[END] = swings[last, 0], swings[first, 1], swings[last, 1]
    row[TOUCHES], row[MISS], row[ABOVE], row[BELOW] = last - first + 1, top - lowest_top, 0.0, 0.0
    row[ATR] = atr[int(swings[last, 0])]
    return bool(lowest_top > valley)
