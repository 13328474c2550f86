"""Trendlines drawn on the RSI's own panel: momentum often breaks its line before price does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.curves import rsi_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.line_facts import READINGS, RULES, line_table, standing_table
from crosscurrent.structure.line_state import LineRules, LineSweep
from crosscurrent.structure.series_lines import lines_of, yardstick_of
from crosscurrent.structure.tape import State, Tape
from crosscurrent.structure.trendlines import line_marks

__all__ = ["RsiTrendlines"]

OF_RSI = LineRules(keep=2)
NAMES = {"price": "rsi", "next_price": "next_rsi"}


@dataclass(frozen=True, slots=True)
class RsiTrendlines(Detector):
    r"""Find trendlines of the RSI, by the same finder as those of price.

        70 ---\/\---------------------   Its swing highs fall along a line; a close of the RSI above it is the break.
                 \  /\        /          Nothing is said of price.
                  \/  \  /\  /
                       \/  \/ break

    Known as in `Trendlines`. The RSI has one value a bar, so extremes and closes are the same, and the yardstick is Wilder's
    average of its own absolute change: readings that end in `_atr` count in that. Anchors and the reading `rsi` are index values.
    Silent while the RSI and that average warm up; both remember where the data began for about 250 bars.

    Parameters
    ----------
    length
        Of the RSI.
    rules
        Tolerances, spans and numbers; see `LineRules`.
    sides
        Bars on each side of a swing.

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section VI: chart formations may show on the RSI that price lacks.
    """

    length: int = 14
    rules: LineRules = OF_RSI
    sides: tuple[int, ...] = (2, 5)

    layout = Layout(
        kinds=(
            "rsi_trendline",
            "rsi_trendline_touch",
            "rsi_trendline_break",
            "rsi_trendline_retest",
            "rsi_failed_break",
        ),
        readings=tuple(NAMES.get(name, name) for name in READINGS),
        anchors=3,
        rules=RULES,
        price_anchors=False,
    )
    needs = "close"
    bases = ("traded", "adjusted")
    phrases = {
        "rsi_trendline": "a trendline of the RSI at {rsi}, with {touches} touches over {span} sessions",
        "rsi_trendline_touch": "the RSI touches its trendline at {rsi}",
        "rsi_trendline_break": "the RSI closes beyond its trendline at {rsi}",
        "rsi_trendline_retest": "the RSI comes back to its trendline at {rsi}",
        "rsi_failed_break": "the RSI closes back inside its trendline at {rsi}, {since_break} sessions after breaking it",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return the life of every line on both sides of the RSI."""
        return line_table(self.layout, self._lines(tape), self._curve(tape), self._yardstick(tape))

    def forming(self, tape: Tape) -> FactTable:
        """Return the lines that stand at the last bar, the strongest first, with their value at the next bar."""
        return standing_table(self.layout, self._lines(tape), self._curve(tape), self._yardstick(tape))

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the line on the RSI's panel."""
        return line_marks(fact, "rsi", "rsi")

    def _curve(self, tape: Tape) -> Floats:
        # An unchanged close leaves the RSI unchanged but for rounding, and rounding must not decide which of two equals is a swing.
        return tape.once(("rounded rsi", self.length), lambda: np.round(rsi_on(tape, self.length), 8))

    def _yardstick(self, tape: Tape) -> Floats:
        rsi = self._curve(tape)
        return tape.once(("rsi yardstick", self.length), lambda: yardstick_of(rsi))

    def _lines(self, tape: Tape) -> tuple[LineSweep, LineSweep]:
        def go_on(tape: Tape, carried: State) -> tuple[tuple[LineSweep, LineSweep], State]:
            found = lines_of(self._curve(tape), self._yardstick(tape), self.sides, self.rules, carried, tape.start)
            return found, (*found[0].state, *found[1].state)

        return tape.resumed(("lines", self), tuple, go_on)
