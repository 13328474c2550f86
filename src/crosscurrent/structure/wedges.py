"""Falling and rising wedges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.formations import Formations
from crosscurrent.structure.pattern_facts import BOTTOM, TOP
from crosscurrent.structure.patterns import Patterns, Plan, pattern_layout
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.two_lines import SCALES, two_lines

__all__ = ["Wedges"]

FALLING, RISING = 0, 1


@dataclass(frozen=True, slots=True)
class Wedges(Patterns):
    r"""Find falling and rising wedges: a market that still falls, but less and less willingly; and its mirror.

         \  /\                    Both lines fall, the upper faster, and meet ahead.
          \/  \    /\        /
               \  /  \  /\  /     Confirmed by a close above the upper line.
                \/    \/  \/

    Known at the close that breaks a line; before that it is only forming. The apex must lie ahead, because lines that have already
    met describe nothing. A falling wedge is bullish: a first close below its lower line invalidates it. Target: after an upward
    break of a falling wedge its top, the highest touch; of a rising wedge its bottom.

    Parameters
    ----------
    least_odds
        How unlike a random walk's the formation must be, in log odds; see `quality.log_odds`.
    min_bars
        From the first touch to the break: three weeks.
    scales
        Reversals in ATR at which swings are read.
    slope
        How far the flatter line must move from first to last touch, as a share of the opening width; less is a triangle.
    convergence
        By what share the width must have narrowed from first to last touch; less is a channel.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 8. Bulkowski, Encyclopedia of Chart Patterns: at least five touches,
    three weeks or more, target at the pattern's top.
    """

    least_odds: float = -0.1
    min_bars: int = 15
    scales: tuple[float, ...] = SCALES
    slope: float = 0.15
    convergence: float = 0.15

    layout = pattern_layout("falling_wedge", "rising_wedge")
    mirror = {"falling_wedge": "rising_wedge", "rising_wedge": "falling_wedge"}
    phrases = {
        "falling_wedge": "a falling wedge, its trigger at {trigger} and its target at {target}",
        "rising_wedge": "a rising wedge, its trigger at {trigger} and its target at {target}",
    }

    def formations(self, tape: Tape) -> Formations:
        """Return all new formations between two lines."""
        return two_lines(tape, self.scales)

    def plan(self, found: Formations) -> Plan:
        """Name those whose lines slope the same way and converge."""
        upper, lower = found.moves()
        converge = lower - upper >= self.convergence
        kind = np.full(len(found), -1)
        kind[(lower <= -self.slope) & converge] = FALLING
        kind[(upper >= self.slope) & converge] = RISING
        return Plan(kind, np.where(kind == FALLING, 1, -1))

    def target(self, found: Formations, side: Floats, facts: Floats) -> Floats:
        """Return the wedge's top after an upward break, its bottom after a downward one."""
        return np.where(side > 0, facts[:, TOP], facts[:, BOTTOM])
