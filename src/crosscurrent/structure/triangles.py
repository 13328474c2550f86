"""Ascending, descending and symmetrical triangles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.formations import Formations
from crosscurrent.structure.patterns import Patterns, Plan, pattern_layout
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.two_lines import SCALES, two_lines

__all__ = ["Triangles"]

ASCENDING, DESCENDING, SYMMETRICAL = range(3)
SIDE_OF = np.array([1, -1, 0, 0])
"""On which side a close confirms each kind; the last stands for none."""


@dataclass(frozen=True, slots=True)
class Triangles(Patterns):
    r"""Find triangles: buyers and sellers agree ever more closely, until one side gives way.

          ________ /              ascending: flat highs, rising lows;
         /\  /\  //               descending: falling highs, flat lows;
        /  \/  \/                 symmetrical: falling highs, rising lows.
           /    rising lows
                                  Confirmed by a close outside: a symmetrical one on either side, an ascending one
                                  above, a descending one below; a first close on the other side invalidates those.

    Known at the close that breaks a line; before that it is only forming. The apex must lie ahead. Direction is that of the break.
    Target: the height at the first touch, measured from the break.

    Parameters
    ----------
    least_odds
        How unlike a random walk's the formation must be, in log odds; see `quality.log_odds`.
    min_bars
        From the first touch to the break: three weeks.
    scales
        Reversals in ATR at which swings are read.
    flat
        How far a flat line may move from first to last touch, as a share of the opening width.
    share
        How far it may move where that is more: as a share of what the other line moves. Noise tilts every line a little, and
        beside a steep one it still looks flat.
    slope
        How far a sloping line must move at least, as a share of the opening width.
    convergence
        By what share the width must have narrowed from first to last touch.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 8. Bulkowski, Encyclopedia of Chart Patterns.
    """

    least_odds: float = -0.25
    min_bars: int = 15
    scales: tuple[float, ...] = SCALES
    flat: float = 0.15
    share: float = 0.4
    slope: float = 0.1
    convergence: float = 0.2

    layout = pattern_layout("ascending_triangle", "descending_triangle", "symmetrical_triangle")
    mirror = {"ascending_triangle": "descending_triangle", "descending_triangle": "ascending_triangle"}
    phrases = {
        "ascending_triangle": "an ascending triangle, its trigger at {trigger} and its target at {target}",
        "descending_triangle": "a descending triangle, its trigger at {trigger} and its target at {target}",
        "symmetrical_triangle": "a symmetrical triangle, its trigger at {trigger} and its target at {target}",
    }

    def formations(self, tape: Tape) -> Formations:
        """Return all new formations between two lines."""
        return two_lines(tape, self.scales)

    def plan(self, found: Formations) -> Plan:
        """Name those whose lines come together with at most one of them flat, and that one hardly moving with the other."""
        upper, lower = found.moves()
        converge = lower - upper >= self.convergence
        is_ascending = (np.abs(upper) < self._flat(lower)) & (lower >= self.slope) & converge
        is_descending = (np.abs(lower) < self._flat(upper)) & (upper <= -self.slope) & converge
        is_symmetrical = (upper <= -self.slope) & (lower >= self.slope)
        sloping = np.where(is_descending, DESCENDING, np.where(is_ascending, ASCENDING, -1))
        kind = np.where(is_symmetrical, SYMMETRICAL, sloping)
        return Plan(kind, SIDE_OF[kind])

    def _flat(self, other: Floats) -> Floats:
        """Return how far a line may move, where the other moves this far."""
        return np.maximum(self.flat, self.share * np.abs(other))
