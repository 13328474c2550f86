"""Directional movement: a trend strong enough to count, and the side it is on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import NEUTRAL
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.momentum import adx, minus_di, plus_di
from crosscurrent.structure.curves import crossings, measured, nothing_crossed
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["AdxCrosses"]


@dataclass(frozen=True, slots=True)
class AdxCrosses(Detector):
    r"""Find where ADX says that there is a trend, or none any more, and where directional movement changes sides.

               ___ ADX             adx_cross upward: a trend, in the direction of the larger DI; downward: none any more, neutral
        25 ---/---\----
             /     \    +DI        di_cross: +DI passes -DI, told only where ADX is above its lower threshold, since without a
        ____/    x-----            trend the two cross all the time
               -DI

    Known at the close of the cross. Silent while the lines warm up (27 bars) and while the market does not move.

    Readings: `adx`, `plus_di`, `minus_di`; `level`, the threshold that ADX crossed; `sessions_since`, the bars since
    that side was last held; `close`. Anchor: the close.

    Parameters
    ----------
    length
        Bars of Wilder's smoothing.
    trend
        The ADX that counts as a trend.
    some_trend
        The ADX below which crosses of the two DI are passed over.

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section V. The thresholds of 25 and 20 are the custom of the field.
    """

    length: int = 14
    trend: float = 25.0
    some_trend: float = 20.0

    layout = Layout(
        kinds=("adx_cross", "di_cross"),
        readings=("adx", "plus_di", "minus_di", "level", "sessions_since", "close"),
        prices=frozenset({"close"}),
        anchors=1,
    )
    bases = ("adjusted",)
    phrases = {
        "adx_cross": "ADX, {adx}, crossed its trend threshold of {level}",
        "di_cross": "directional movement changed sides, +DI {plus_di} against -DI {minus_di}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return crosses of ADX with its threshold and of +DI with -DI."""
        of_adx, of_di = tape.resumed(("adx crosses", self), lambda: nothing_crossed(2), self._go_on)
        if not len(of_adx) and not len(of_di):
            return FactTable.empty(self.layout)
        bars, (strength, up, down) = tape.bars, self._lines(tape)
        of_di = of_di[strength[of_di[:, 0].astype(np.int64)] >= self.some_trend]
        found, kind = np.concatenate([of_adx, of_di]), np.repeat([0, 1], [len(of_adx), len(of_di)])
        at, side = found[:, 0].astype(np.int64), found[:, 1].astype(np.int64)
        leader = np.sign(up[at] - down[at]).astype(np.int64)
        direction = np.where(kind == 1, side, np.where(side > 0, leader, NEUTRAL))
        return FactTable.of(
            self.layout, at, kind, direction, anchors=((at, bars.close[at]),), adx=strength[at], plus_di=up[at],
            minus_di=down[at], level=np.where(kind == 0, self.trend, np.nan), sessions_since=found[:, 2],
            close=bars.close[at],
        )  # fmt: skip

    def _lines(self, tape: Tape) -> tuple[Floats, ...]:
        bars = tape.bars

        return tape.once(
            ("directional movement", self.length),
            lambda: tuple(line(bars.high, bars.low, bars.close, self.length) for line in (adx, plus_di, minus_di)),
        )

    def _go_on(self, tape: Tape, carried: State) -> tuple[tuple[Floats, Floats], State]:
        strength, up, down = (measured(tape, line, tape.start) for line in self._lines(tape))
        hair, (of_adx, of_di) = np.full(len(strength), 1e-7), carried[0]
        crossed = crossings(strength - self.trend, hair, tape.start, of_adx)
        return (crossed, crossings(up - down, hair, tape.start, of_di)), carried
