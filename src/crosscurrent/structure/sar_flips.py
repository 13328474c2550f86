"""Flips of the parabolic stop and reverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.volatility import sar
from crosscurrent.structure.curves import crossings, hair_on, in_atr, nothing_crossed
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

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
        found = tape.resumed(("sar flips", self), lambda: (*nothing_crossed(2), np.zeros(1)), self._go_on)
        if not len(found):
            return FactTable.empty(self.layout)
        bars, stop, at = tape.bars, self._begun(tape, -1.0), found[:, 0].astype(np.int64)
        return FactTable.of(
            self.layout, at, 0, found[:, 1].astype(np.int64), anchors=((at, stop[at]),), sar=stop[at], close=bars.close[at],
            distance_atr=in_atr(np.abs(bars.close[at] - stop[at]), tape.atr[at]), sessions=found[:, 3],
        )  # fmt: skip

    def _go_on(self, tape: Tape, carried: State) -> tuple[Floats, State]:
        """Return the flips that both stops share; once they have met they are one."""
        bars, new, (crossed, has_met) = tape.bars, slice(tape.start, None), carried
        one, hair = self._begun(tape, -1.0), hair_on(tape)[new]
        middle = (bars.high[new] + bars.low[new]) / 2
        found = crossings(middle - one[new], hair, tape.start, crossed[0])
        if not has_met[0]:
            other = self._begun(tape, 1.0)
            others, at = crossings(middle - other[new], hair, tape.start, crossed[1]), found[:, 0].astype(np.int64)
            shared = found[np.isin(at, others[:, 0]) & (one[at] == other[at])]
            # The first flip that both share is where they meet; how long the trend before it had lasted depends on the beginning.
            has_met[0], found = len(shared) > 0, shared[1:]
        return found, carried

    def _begun(self, tape: Tape, side: float) -> Floats:
        """Return the stop as if a bar before the first had stood below it (side -1), so that a rise began, or above it."""
        return tape.once(("sar", self, side), lambda: self._followed(tape.bars, side))

    def _followed(self, bars: Bars, side: float) -> Floats:
        away = side * np.maximum(bars.high[:1] - bars.low[:1], 1e-6 * np.abs(bars.close[:1]))
        high, low = (np.concatenate([column[:1] + away, column]) for column in (bars.high, bars.low))
        return sar(high, low, self.acceleration, self.maximum)[1:]
