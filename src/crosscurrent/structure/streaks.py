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
from crosscurrent.facts.table import FactTable, Layout, grown
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.kernel import kernel
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
        return FactTable.from_rows(self.layout, streaks(bars.close, tape.cut, tape.atr, self.least, tape.start))

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return a line along the run."""
        first, last = fact.anchors
        return (Segment(first.session, first.price, last.session, last.price, "streak", "streak"),)


WIDTH = Streaks.layout.width
"""Numbers in a fact row."""


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


@numba.njit(cache=True, nogil=True)
def streaks(close: Floats, cut: NDArray[np.bool_], atr: Floats, least: int, begin: int) -> Floats:
    """Return fact rows of the runs that the bars from `begin` on end or carry on; what a cut ends is not told."""
    since = _run_from(close, cut, max(begin, 1) - 1)
    way, length = runs(close[since:], cut[since:])
    rows, n = np.empty((16, WIDTH)), 0
    for t in range(max(begin, 1), len(close)):
        now = t - since
        if n + 2 > len(rows):
            rows = grown(rows)
        if length[now - 1] >= least and length[now] <= 1 and not cut[t]:
            _write(rows[n], t, t - 1, length[now - 1], way[now - 1], EXPIRED, close, atr)
            n += 1
        if length[now] >= least:
            _write(rows[n], t, t, length[now], way[now], CONFIRMED, close, atr)
            n += 1
    return rows[:n].copy()


@kernel
def _run_from(close: Floats, cut: NDArray[np.bool_], last: int) -> int:
    """Return the bar from which on closes have gone one way until a last one."""
    first, rises = last, last > 0 and close[last] > close[last - 1]
    while first > 0 and not cut[first] and close[first] != close[first - 1]:
        if (close[first] > close[first - 1]) != rises:
            break
        first -= 1
    return first


@kernel
def _write(row: Floats, at: int, last: int, length: int, way: int, stage: int, close: Floats, atr: Floats) -> None:
    """Write the fact row known at a bar about a run whose last close is `last`."""
    start = last - length
    row[0], row[1], row[2], row[3], row[4], row[5] = at, 0, stage, way, NO_STRICTNESS, start
    row[6], row[8] = length, close[last]
    row[7] = abs(close[last] - close[start]) / atr[last] if atr[last] > 0 else np.nan
    row[9], row[10], row[11], row[12] = start, close[start], last, close[last]
