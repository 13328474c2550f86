"""Golden and death crosses: the fast average passes the slow one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.changes import change
from crosscurrent.structure.curves import average_on, crossings, hair_on, in_atr, nothing_crossed
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["AverageCrosses"]


@dataclass(frozen=True, slots=True)
class AverageCrosses(Detector):
    r"""Find golden and death crosses, because a long trend is said to turn when its fast average passes its slow one.

             ____---- fast           golden: from below to above
        ----/--------- slow          death: from above to below
        ___/

    Known at the close that puts the fast average on the other side by more than rounding; equality is no cross. Silent while the
    slow average warms up. Averages are told on prices as charts show them, so a roll gap moves both.

    Readings: `fast`, `slow` and `close` in price; `sessions_since`, the bars since the fast average was last on this side;
    `slope_atr`, the slow average's change over as many bars as the fast one has, in ATR: a golden cross over a falling average is
    the weaker one; `fast_length`, `slow_length`.

    Parameters
    ----------
    fast, slow
        Lengths of the two simple averages.

    References
    ----------
    Murphy, Technical Analysis of the Financial Markets, ch. 9: the double crossover method.
    """

    fast: int = 50
    slow: int = 200

    layout = Layout(
        kinds=("golden_cross", "death_cross"),
        readings=("fast", "slow", "close", "sessions_since", "slope_atr", "fast_length", "slow_length"),
        prices=frozenset({"fast", "slow", "close"}),
        anchors=1,
    )
    needs = "close"
    mirror = {"golden_cross": "death_cross", "death_cross": "golden_cross"}
    phrases = {
        "golden_cross": "the {fast_length}-day average, {fast}, rose above the {slow_length}-day average, {slow}",
        "death_cross": "the {fast_length}-day average, {fast}, fell below the {slow_length}-day average, {slow}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return the crosses, each anchored at the slow average."""
        fast, slow = average_on(tape, self.fast), average_on(tape, self.slow)
        found = tape.resumed(("average crosses", self), nothing_crossed, self._go_on)
        if not len(found):
            return FactTable.empty(self.layout)
        at, side = found[:, 0].astype(np.int64), found[:, 1].astype(np.int64)
        slope = in_atr(change(slow, self.fast), tape.atr)
        return FactTable.of(
            self.layout, at, np.where(side > 0, 0, 1), side, anchors=((at, slow[at]),),
            fast=fast[at], slow=slow[at], close=tape.bars.close[at], sessions_since=found[:, 2], slope_atr=slope[at],
            fast_length=self.fast, slow_length=self.slow,
        )  # fmt: skip

    def _go_on(self, tape: Tape, carried: State) -> tuple[Floats, State]:
        new = slice(tape.start, None)
        gap = average_on(tape, self.fast)[new] - average_on(tape, self.slow)[new]
        return crossings(gap, hair_on(tape)[new], tape.start, carried[0][0]), carried
