"""Flips of the parabolic stop and reverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

    Known at the close of the bar that hit the stop. Wilder's rule needs a trend to begin with, and the library guesses the first
    one; what came of that guess is forgotten after two flips, so the first two are passed over.

    Readings: `sar`, the new stop, and `close`, in price; `distance_atr` between them; `sessions`, how long the ended trend had lasted.

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
        stop = sar(bars.high, bars.low, self.acceleration, self.maximum)
        found = crossings((bars.high + bars.low) / 2 - stop, hair_on(tape))[2:]
        at = found[:, 0].astype(np.int64)
        distance = in_atr(np.abs(bars.close - stop), tape.atr)
        return FactTable.of(
            self.layout, at, 0, found[:, 1].astype(np.int64), anchors=((at, stop[at]),), sar=stop[at], close=bars.close[at],
            distance_atr=distance[at], sessions=found[:, 3],
        )  # fmt: skip
