"""RSI entering and leaving its overbought and oversold regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point
from crosscurrent.facts.stage import BEARISH, NEUTRAL
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.curves import crossings, measured_rsi, nothing_crossed
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["RsiThresholds"]


@dataclass(frozen=True, slots=True)
class RsiThresholds(Detector):
    r"""Find where RSI becomes overbought or oversold, and where it ceases to be.

                _                   Entering is no turn: in a strong trend RSI stays there for weeks, so an entry is neutral.
        70 ----/-\------- entry     Leaving is the classical warning: bearish from overbought, bullish from oversold.
              /   \      and exit
        30 ---------\-/--

    Known at the close that takes RSI across the threshold; RSI exactly on it is on neither side. Silent while RSI warms up (14
    bars), and while the market does not move; until about 250 bars are there, platforms that began elsewhere may differ.

    Readings: `rsi`; `level`, the threshold; `is_entry`, one on entering and zero on leaving; `sessions_inside`, when leaving, how
    many bars it lasted; `close`.

    Parameters
    ----------
    length
        Bars of Wilder's RSI.
    overbought, oversold
        The thresholds.

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section VI.
    """

    length: int = 14
    overbought: float = 70.0
    oversold: float = 30.0

    layout = Layout(
        kinds=("rsi_overbought", "rsi_oversold"),
        readings=("rsi", "level", "is_entry", "sessions_inside", "close"),
        prices=frozenset({"close"}),
        anchors=1,
        price_anchors=False,
    )
    needs = "close"
    bases = ("adjusted",)
    mirror = {"rsi_overbought": "rsi_oversold", "rsi_oversold": "rsi_overbought"}
    phrases = {
        "rsi_overbought": "RSI, {rsi}, crosses its overbought threshold of {level}",
        "rsi_oversold": "RSI, {rsi}, crosses its oversold threshold of {level}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return entries and exits of both regions."""
        above, below = tape.resumed(("rsi thresholds", self), lambda: nothing_crossed(2), self._go_on)
        if not len(above) and not len(below):
            return FactTable.empty(self.layout)
        kind = np.repeat([0, 1], [len(above), len(below)])
        return self._told(tape, measured_rsi(tape, self.length), np.concatenate([above, below]), kind)

    def _go_on(self, tape: Tape, carried: State) -> tuple[tuple[Floats, Floats], State]:
        rsi = measured_rsi(tape, self.length)[tape.start :]
        hair, (above, below) = np.full(len(rsi), 1e-7), carried[0]
        entered = crossings(rsi - self.overbought, hair, tape.start, above)
        return (entered, crossings(self.oversold - rsi, hair, tape.start, below)), carried

    def _told(self, tape: Tape, rsi: Floats, found: Floats, kind: np.typing.NDArray[np.int64]) -> FactTable:
        at, is_entry = found[:, 0].astype(np.int64), found[:, 1] > 0
        return FactTable.of(
            self.layout, at, kind, np.where(is_entry, NEUTRAL, np.where(kind == 0, BEARISH, -BEARISH)),
            anchors=((at, rsi[at]),), rsi=rsi[at], level=np.where(kind == 0, self.overbought, self.oversold),
            is_entry=is_entry.astype(float), sessions_inside=np.where(is_entry, np.nan, found[:, 3]),
            close=tape.bars.close[at],
        )  # fmt: skip

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return a point on the RSI."""
        return tuple(Point(a.session, a.price, fact.kind, fact.kind, pane="rsi") for a in fact.anchors)
