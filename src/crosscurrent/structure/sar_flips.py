"""Flips of the parabolic stop and reverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.volatility import sar
from crosscurrent.structure.curves import crossings, hair_on, in_atr
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["SarFlips"]


@dataclass(frozen=True, slots=True)
class SarFlips(Detector):
    r"""Find where the parabolic stop is hit and turns to the other side of price.

        . .                 the stop follows the trend, faster with each new extreme; when a bar reaches it,
           ` .   /\         it jumps to the far side of the trend's extreme
        \     `./  \
         \  /\ /  .` stop
          \/  x flip

    Known at the close of the bar that hit the stop. Wilder's rule needs a trend to begin with, and nothing says which. So the
    stop is followed from both, and a flip is told once both have come to the same stop: from then on the beginning is forgotten.

    Readings: `sar`, the new stop, and `close`, in price; `distance_atr` between them; `sessions`, how long the
    ended trend had lasted.

    Parameters
    ----------
    acceleration, maximum
        By how much the stop's pace grows with each new extreme, and its limit.

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section II.
    """

    acceleration: float = 0.02
    maximum: float = 0.2

    layout = Layout(
        kinds=("sar_flip",),
        readings=("sar", "close", "distance_atr", "sessions"),
        prices=frozenset({"sar", "close"}),
        anchors=1,
    )
    bases = ("adjusted",)
    phrases = {"sar_flip": "the parabolic stop turned after {sessions} sessions and now stands at {sar}"}

    def sweep(self, tape: Tape) -> FactTable:
        """Return the flips, each anchored at its new stop."""
        bars = tape.bars
        one, other = (self._begun(bars, side) for side in (-1.0, 1.0))
        middle = (bars.high + bars.low) / 2
        found, others = (crossings(middle - stop, hair_on(tape)) for stop in (one, other))
        at = found[:, 0].astype(np.int64)
        # The first flip that both share is where they meet; how long the trend before it had lasted depends on the beginning.
        shared = np.flatnonzero(np.isin(at, others[:, 0]) & (one[at] == other[at]))[1:]
        shared = shared[at[shared] >= tape.start]
        at, distance = at[shared], in_atr(np.abs(bars.close - one), tape.atr)
        return FactTable.of(
            self.layout, at, 0, found[shared, 1].astype(np.int64), anchors=((at, one[at]),), sar=one[at], close=bars.close[at],
            distance_atr=distance[at], sessions=found[shared, 3],
        )  # fmt: skip

    def _begun(self, bars: Bars, side: float) -> Floats:
        """Return the stop as if a bar before the first had stood below it (side -1), so that a rise began, or above it."""
        away = side * np.maximum(bars.high[:1] - bars.low[:1], 1e-6 * np.abs(bars.close[:1]))
        high, low = (np.concatenate([column[:1] + away, column]) for column in (bars.high, bars.low))
        return sar(high, low, self.acceleration, self.maximum)[1:]
