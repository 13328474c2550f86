"""Streaks: closes that keep going one way."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Segment
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, NO_STRICTNESS
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["Streaks"]


@dataclass(frozen=True, slots=True)
class Streaks(Detector):
    r"""Find runs of higher or lower closes.

                 _|        confirmed at each close from the `least`-th on, with its length so far;
              _|           expired at the first close that does not go on.
           _|
        _|

    Bullish when closes rise. An unchanged close ends a streak. Told on adjusted prices, where a roll is no move; on traded ones the
    first bar of a new contract ends a streak silently, since what it would have added cannot be known.

    Parameters
    ----------
    least
        The shortest streak worth telling; of a coin's tosses one in eight ends a run of four or more, one in sixteen completes one.

    References
    ----------
    Wald & Wolfowitz (1940), On a test whether two samples are from the same population, for the chance of runs.
    """

    least: int = 4

    layout = Layout(
        kinds=("streak",), readings=("length", "change_atr", "price"), prices=frozenset({"price"}), anchors=2
    )
    needs = "close"
    bases = ("adjusted",)
    phrases = {"streak": "{length} closes in a row one way, to {price}"}

    def sweep(self, tape: Tape) -> FactTable:
        """Return every streak at each of its lengths, and where it ended."""
        bars = tape.bars
        if len(bars) < 2:
            return FactTable.empty(self.layout)
        way, length = runs(bars.close, tape.cut)
        new = slice(tape.start, None)
        before = np.append(0, length[:-1])[new]
        goes_on = tape.start + np.flatnonzero(length[new] >= self.least)
        stops = tape.start + np.flatnonzero((before >= self.least) & (length[new] <= 1) & ~tape.cut[new])
        if not len(goes_on) and not len(stops):
            return FactTable.empty(self.layout)
        on = self._rows(tape, goes_on, goes_on, length, way, CONFIRMED)
        off = self._rows(tape, stops, stops - 1, length, way, EXPIRED)
        return FactTable.from_rows(self.layout, np.concatenate([off, on]))

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return a line along the run."""
        first, last = fact.anchors
        return (Segment(first.session, first.price, last.session, last.price, "streak", "streak"),)

    def _rows(
        self,
        tape: Tape,
        at: NDArray[np.intp],
        last: NDArray[np.intp],
        length: NDArray[np.intp],
        way: NDArray[np.intp],
        stage: int,
    ) -> Floats:
        """Return fact rows known at `at` about runs whose last close is `last`."""
        close, atr = tape.bars.close, tape.atr
        start = last - length[last]
        rows = np.full((len(at), self.layout.width), np.nan)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4] = at, 0, stage, way[last], NO_STRICTNESS
        rows[:, 5], rows[:, 6], rows[:, 8] = start, length[last], close[last]
        change = np.abs(close[last] - close[start])
        rows[:, 7] = np.divide(change, atr[last], out=np.full(len(at), np.nan), where=atr[last] > 0)
        rows[:, 9], rows[:, 10], rows[:, 11], rows[:, 12] = start, close[start], last, close[last]
        return rows


@numba.njit(cache=True, nogil=True)
def runs(close: Floats, cut: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each bar which way its close went (1, 0, -1) and how many closes in a row have gone that way.

    Where `cut` says that a close cannot be compared with the one before, it went no way.
    """
    way, length = np.zeros(len(close), np.int64), np.zeros(len(close), np.int64)
    for t in range(1, len(close)):
        if not cut[t] and close[t] != close[t - 1]:
            way[t] = 1 if close[t] > close[t - 1] else -1
            length[t] = length[t - 1] + 1 if way[t] == way[t - 1] else 1
    return way, length
