"""Detectors that look ahead on purpose, each in a way found in the wild: the checks must catch every one."""

from __future__ import annotations

import numpy as np

from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.swings import reversal_swings, sided_swings
from crosscurrent.structure.tape import Tape

ONE = Layout(kinds=("leak",), readings=("price",), prices=frozenset({"price"}), anchors=1)


class Leaky(Detector):
    layout = ONE
    needs = "close"

    def sweep(self, tape: Tape) -> FactTable:
        at = np.flatnonzero(self.found(tape)) if len(tape) else np.empty(0, int)
        return FactTable.of(ONE, at, price=tape.bars.close[at])


class ShiftMinusOne(Leaky):
    """Tomorrow's high, today: `High.shift(-1)`."""

    def found(self, tape):
        high = tape.bars.high
        return high > np.append(high[1:], np.inf)


class CentredAverage(Leaky):
    """A rolling mean with `center=True`."""

    def found(self, tape):
        close = tape.bars.close
        if len(close) < 21:
            return np.zeros(len(close), bool)
        mean = np.convolve(close, np.ones(21) / 21, mode="same")
        return close > mean * 1.01


class SwingAtItsExtreme(Leaky):
    """A swing told at the extreme instead of at its confirmation."""

    def sweep(self, tape):
        swings = sided_swings(tape.bars.high, tape.bars.low, 3)
        return FactTable.of(ONE, swings[:, 1].astype(int), price=swings[:, 2])


class RunningLeg(Leaky):
    """The unconfirmed last leg of a zigzag, told as a swing."""

    def sweep(self, tape):
        bars = tape.bars
        swings = reversal_swings(bars.high, bars.low, bars.close, tape.atr, 3.0)
        if not len(swings):
            return FactTable.empty(ONE)
        last = int(swings[-1, 1])
        leg = last + int(np.argmax(bars.high[last:]))
        at = np.append(swings[:, 0], max(leg, swings[-1, 0])).astype(int)
        return FactTable.of(ONE, at, price=np.append(swings[:, 2], bars.high[leg]))


class WholeSampleScore(Leaky):
    """A z-score by the mean and deviation of the whole sample."""

    def found(self, tape):
        close = tape.bars.close
        return (close - close.mean()) / (close.std() or 1.0) > 1.0


class BackFilled(Leaky):
    """A warm-up filled backwards from the first value."""

    def found(self, tape):
        close = tape.bars.close
        mean = np.convolve(close, np.ones(50) / 50)[: len(close)]
        mean[:49] = mean[49] if len(close) > 49 else 0.0
        return close > mean


class WeeksCloseFromMonday(Leaky):
    """The week's close, used from its Monday on."""

    def found(self, tape):
        week = (tape.bars.session.astype("datetime64[D]").astype(int) + 3) // 7
        last = np.searchsorted(week, week, side="right") - 1
        return tape.bars.close[last] > tape.bars.open


class Renumbering(Leaky):
    """True facts whose subject counts from the end, so that each new bar renames all."""

    def sweep(self, tape):
        swings = sided_swings(tape.bars.high, tape.bars.low, 3)
        return FactTable.of(ONE, swings[:, 0].astype(int), subject=np.arange(len(swings))[::-1], price=swings[:, 2])


class FutureTolerance(Leaky):
    """A tolerance taken from the volatility of the whole history."""

    def found(self, tape):
        move = np.diff(tape.bars.close, prepend=tape.bars.close[:1])
        return np.abs(move) > 2 * np.std(move)


LEAKY = (
    ShiftMinusOne(), CentredAverage(), SwingAtItsExtreme(), RunningLeg(), WholeSampleScore(), BackFilled(),
    WeeksCloseFromMonday(), Renumbering(), FutureTolerance(),
)  # fmt: skip
