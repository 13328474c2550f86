"""Crosses of the MACD line: of its signal line, and of zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.curves import crossings, hair_on, in_atr, macd_on, nothing_crossed
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["MacdCrosses"]


@dataclass(frozen=True, slots=True)
class MacdCrosses(Detector):
    r"""Find where the MACD line crosses its signal line or zero: momentum turns, then the trend of the averages does.

        line   /\                  A signal cross says that the lead of the fast average over the slow one grows again or
              /  \ . signal        shrinks; a zero cross that the fast average itself has passed the slow one.
        ---- / -- .\----- zero
            /   .   \

    Known at the close that puts the line on the other side by more than rounding; equality is no cross. Silent while both lines
    warm up (33 bars with the defaults); they remember where the data began for about 270 bars (`macd_warm_up`).

    Readings: `macd`, `signal` and `histogram` in price; `histogram_atr`, the histogram in ATR; `sessions_since`, the bars
    since the line was last on that side; `close`.

    Parameters
    ----------
    fast, slow, smooth
        Lengths of the two averages and of the signal line.

    References
    ----------
    Appel, Technical Analysis: Power Tools for Active Investors (2005).
    """

    fast: int = 12
    slow: int = 26
    smooth: int = 9

    layout = Layout(
        kinds=("macd_signal_cross", "macd_zero_cross"),
        readings=("macd", "signal", "histogram", "histogram_atr", "sessions_since", "close"),
        prices=frozenset({"close"}),
        spans=frozenset({"macd", "signal", "histogram"}),
        anchors=1,
        price_anchors=False,
    )
    needs = "close"
    bases = ("adjusted",)
    phrases = {
        "macd_signal_cross": "MACD, {macd}, crosses its signal line, {signal}",
        "macd_zero_cross": "MACD crosses zero, {sessions_since} sessions after it left that side",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return both sorts of crosses, told with the state of both lines."""
        line, signal, histogram = macd_on(tape, self.fast, self.slow, self.smooth)
        of_signal, of_zero = tape.resumed(("macd crosses", self), lambda: nothing_crossed(2), self._go_on)
        crosses = np.concatenate([of_signal, of_zero])
        if not len(crosses):
            return FactTable.empty(self.layout)
        at = crosses[:, 0].astype(np.int64)
        return FactTable.of(
            self.layout, at, np.repeat([0, 1], [len(of_signal), len(of_zero)]), crosses[:, 1].astype(np.int64),
            macd=line[at], signal=signal[at], histogram=histogram[at], histogram_atr=in_atr(histogram[at], tape.atr[at]),
            sessions_since=crosses[:, 2], close=tape.bars.close[at], anchors=((at, line[at]),),
        )  # fmt: skip

    def _go_on(self, tape: Tape, carried: State) -> tuple[tuple[Floats, Floats], State]:
        new = slice(tape.start, None)
        line, _, histogram = macd_on(tape, self.fast, self.slow, self.smooth)
        hair, (of_signal, of_zero) = hair_on(tape)[new], carried[0]
        crossed = crossings(histogram[new], hair, tape.start, of_signal)
        return (crossed, crossings(line[new], hair, tape.start, of_zero)), carried

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return a point on the MACD line."""
        return tuple(Point(a.session, a.price, fact.kind, fact.kind, pane="macd") for a in fact.anchors)
