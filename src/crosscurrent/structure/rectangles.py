"""Rectangles: trading ranges between two flat lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.structure.formations import Formations
from crosscurrent.structure.patterns import Patterns, Plan, pattern_layout
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.two_lines import SCALES, two_lines

__all__ = ["Rectangles"]


@dataclass(frozen=True, slots=True)
class Rectangles(Patterns):
    r"""Find rectangles: a market sold at one price and bought at another, until one side is spent.

         _/\____/\____/\__/_
         /  \  /  \  /  \/        Two flat lines, touched by turns.
        /____\/____\/______       Confirmed by a close outside, on either side.

    Known at the close that breaks a line; before that it is only forming. Direction is that of the break. Target: the height from
    the break.

    Parameters
    ----------
    least_odds
        How unlike a random walk's the formation must be, in log odds; see `quality.log_odds`.
    min_bars
        From the first touch to the break: three weeks.
    scales
        Reversals in ATR at which swings are read.
    flat
        How far each line may move from first to last touch, as a share of the width.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 9. Bulkowski, Encyclopedia of Chart Patterns.
    """

    least_odds: float = -2.0
    min_bars: int = 15
    scales: tuple[float, ...] = SCALES
    flat: float = 0.15

    layout = pattern_layout("rectangle")
    phrases = {"rectangle": "a rectangle, its trigger at {trigger} and its target at {target}"}

    def formations(self, tape: Tape) -> Formations:
        """Return all new formations between two lines."""
        return two_lines(tape, self.scales)

    def plan(self, found: Formations) -> Plan:
        """Name those whose lines are both flat and do not come together."""
        upper, lower = found.moves()
        is_flat = (np.abs(upper) < self.flat) & (np.abs(lower) < self.flat) & (np.abs(upper - lower) < self.flat)
        return Plan(np.where(is_flat, 0, -1), np.zeros(len(found), np.int64))
