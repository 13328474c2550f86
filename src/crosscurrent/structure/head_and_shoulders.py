"""Head and shoulders, and its inverse."""

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
from crosscurrent.structure.pattern_facts import TRIGGER
from crosscurrent.structure.patterns import Patterns, Plan, pattern_layout
from crosscurrent.structure.swings import HIGH
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.two_lines import SCALES

__all__ = ["HeadAndShoulders"]


@dataclass(frozen=True, slots=True)
class HeadAndShoulders(Patterns):
    r"""Find head and shoulders: a last high that the next rise no longer reaches; and its inverse.

               head
                /\                Three highs after a rise, the middle one highest, the outer two alike;
        left   /  \   right       the neckline joins the two lows between them.
         /\   /    \   /\
        /  \ /      \ /  \        Confirmed by a close below the neckline; a close above the head invalidates it.
       / ---neckline-------\

    Known at the close that breaks the neckline; before that it is only forming. Target: from the break, the distance from head to
    neckline. Failed when price closes back above the right shoulder.

    Parameters
    ----------
    least_odds
        How unlike a random walk's the formation must be, in log odds; see `quality.log_odds`.
    min_bars
        From the left shoulder to the break: three weeks.
    scales
        Reversals in ATR at which swings are read.
    shoulder
        The least and the most that a shoulder may rise above the neckline, as shares of the head's height.
    unlike
        How far the shoulders' heights above the neckline may differ, as a share of the head's.
    tilt
        How far the neckline may move from shoulder to shoulder, as a share of the head's height.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 6. Lo, Mamaysky & Wang (2000), Foundations of Technical Analysis, J. of
    Finance: shoulders and lows within 1.5 % of their averages. Osler & Chang (1995), FRBNY Staff Report 4.
    """

    least_odds: float = -1.5
    min_bars: int = 15
    scales: tuple[float, ...] = SCALES
    shoulder: tuple[float, float] = (0.25, 0.85)
    unlike: float = 0.3
    tilt: float = 0.4

    layout = pattern_layout("head_and_shoulders", "inverse_head_and_shoulders")
    mirror = {"head_and_shoulders": "inverse_head_and_shoulders", "inverse_head_and_shoulders": "head_and_shoulders"}
    phrases = {
        "head_and_shoulders": "a head and shoulders, its neckline at {trigger} and its target at {target}",
        "inverse_head_and_shoulders": "an inverse head and shoulders, its neckline at {trigger} and its target at {target}",
    }

    def formations(self, tape: Tape) -> Formations:
        """Return the new heads and shoulders of every scale."""
        limits = (*self.shoulder, self.unlike, self.tilt)
        return formed_both_ways(tape, self.scales, heads, limits)

    def plan(self, found: Formations) -> Plan:
        """Name them by their first swing."""
        is_top = found.begins_high
        return Plan(np.where(is_top, 0, 1), np.where(is_top, -1, 1))

    def target(self, found: Formations, side: Floats, facts: Floats) -> Floats:
        """Return the distance from head to neckline, measured from the break."""
        at, price = found.at(2), found.price(2)
        neckline = np.where(side < 0, found.lower(at), found.upper(at))
        return np.asarray(facts[:, TRIGGER] + side * np.abs(price - neckline))

    def invalidation(self, found: Formations, side: Floats, facts: Floats) -> Floats:
        """Return the right shoulder."""
        return found.price(4)


@numba.njit(cache=True, nogil=True)
def heads(
    swings: Floats, close: Floats, way: Floats, atr: Floats, limits: tuple[float, float, float, float], first_new: int
) -> Floats:
    """Return the heads and shoulders of one scale, in the order in which the right shoulder was confirmed, from the first new one on."""
    found, n = np.empty((len(swings) - first_new + 1, WIDTH)), 0
    for last in range(max(4, first_new), len(swings)):
        first = last - 4
        if swings[last, 3] != HIGH or not shouldered(swings, first, atr, limits, found[n]):
            continue
        before = swings[first - 1, 2] if first else close[0]
        if before < swings[first + 1, 2] and sound(close, found[n], 0.25 * found[n, ATR]):
            measured(swings[max(first - 1, 0) : last + 1], min(first, 1), way, found[n])
            noted(swings, first, last, found[n])
            n += 1
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def shouldered(swings: Floats, first: int, atr: Floats, limits: tuple[float, float, float, float], row: Floats) -> bool:
    """Write the neckline and the head's price as lines, and say whether head and shoulders have their proportions."""
    least, most, unlike, tilt = limits
    slope = (swings[first + 3, 2] - swings[first + 1, 2]) / (swings[first + 3, 1] - swings[first + 1, 1])
    zero = swings[first + 1, 2] - slope * swings[first + 1, 1]
    row[UPPER], row[UPPER_ZERO], row[LOWER], row[LOWER_ZERO] = 0.0, swings[first + 2, 2], slope, zero
    row[BORN], row[START], row[END] = swings[first + 4, 0], swings[first, 1], swings[first + 4, 1]
    row[TOUCHES], row[ATR] = 5, atr[int(swings[first + 4, 0])]
    head = swings[first + 2, 2] - zero - slope * swings[first + 2, 1]
    left = swings[first, 2] - zero - slope * swings[first, 1]
    right = swings[first + 4, 2] - zero - slope * swings[first + 4, 1]
    row[MISS], row[ABOVE], row[BELOW] = abs(left - right), 0.0, 0.0
    is_level = abs(slope) * (row[END] - row[START]) <= tilt * head
    return bool(
        is_level and least * head <= min(left, right) <= max(left, right) <= most * head and row[MISS] <= unlike * head
    )
