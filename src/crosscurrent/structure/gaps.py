"""Gaps: opened, filled, exhausted, and the islands that two of them leave."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Band, Mark
from crosscurrent.facts.stage import BEARISH, BULLISH, CONFIRMED, NO_STRICTNESS
from crosscurrent.facts.table import FactTable, Layout, grown
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.tape import State, Tape

__all__ = ["Gaps"]

OPENED, FILLED, EXHAUSTED = 0, 1, 2
GAP_UP, GAP_DOWN, FILL, EXHAUSTION, ISLAND = range(5)


@dataclass(frozen=True, slots=True)
class Gaps(Detector):
    r"""Find gaps: prices at which nothing was traded between one bar's range and the next.

               |                     |  |            island: the bars that a gap up
            |  |  <- gap_up        |_|__|_           and then a gap down cut off
            |___________          |       |  |
        |                        |           |
       ||      \_ gap_filled: a later bar comes back to the far edge

    A gap is known at the close of the bar that leaves it, because until then it may still be filled. It is filled by the
    first later bar that reaches its far edge; a gap in the direction of a new extreme that is filled within days was
    exhaustion, told at the fill. An island is known at the second gap. The first bar of a new contract opens no gap, and
    where its prices cannot be compared with the old one's the open ones are forgotten, since they fill nothing. A gap
    keeps its subject; `low` and `high` are its edges (of an island, its range).

    Parameters
    ----------
    least
        The smallest gap, in ATR of the bar before it.
    extreme
        Over how many bars a gap must make a new extreme to be exhaustion when filled.
    soon
        Within how many bars it must then be filled.
    widest
        How many bars an island may hold.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 12: a gap proper lies between ranges; an exhaustion gap is closed within
    two to five days.
    """

    least: float = 0.1
    extreme: int = 20
    soon: int = 5
    widest: int = 20

    layout = Layout(
        kinds=("gap_up", "gap_down", "gap_filled", "exhaustion_gap", "island"),
        readings=("low", "high", "size_atr", "sessions"),
        prices=frozenset({"low", "high"}),
        anchors=2,
    )
    mirror = {"gap_up": "gap_down", "gap_down": "gap_up"}
    phrases = {
        "gap_up": "a gap up between {low} and {high}",
        "gap_down": "a gap down between {low} and {high}",
        "gap_filled": "the gap between {low} and {high} filled after {sessions} sessions",
        "exhaustion_gap": "an exhaustion gap between {low} and {high}, filled after {sessions} sessions",
        "island": "an island of {sessions} sessions between {low} and {high}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return every gap, its fill, and every island."""
        bars = tape.bars
        if len(bars) < 2 or not self.can_read(tape):
            return FactTable.empty(self.layout)
        up, down, last_up, last_down = tape.resumed(("gaps", self), self._nothing_yet, self._go_on)
        if not len(up) and not len(down):
            return FactTable.empty(self.layout)
        islands = self._islands(tape, (up, last_up), (down, last_down))
        return FactTable.from_rows(self.layout, np.concatenate([told(up, BULLISH), told(down, BEARISH), islands]))

    @staticmethod
    def _nothing_yet() -> State:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.array([-1, -1])

    def _go_on(self, tape: Tape, carried: State) -> tuple[tuple[Floats, Floats, int, int], State]:
        bars, (open_up, open_down, last) = tape.bars, carried
        limits = (tape.start, self.least, self.extreme, self.soon)
        up, open_up = upward_gaps(bars.high, bars.low, tape.atr, tape.rolled, tape.cut, open_up, *limits)
        down, open_down = upward_gaps(-bars.low, -bars.high, tape.atr, tape.rolled, tape.cut, open_down, *limits)
        now = np.array([_last_opened(gaps, before) for gaps, before in zip((up, down), last, strict=True)])
        return (up, down, int(last[0]), int(last[1])), (open_up, open_down, now)

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the band that was not traded."""
        low, high = float(fact.readings["low"]), float(fact.readings["high"])
        return (Band(fact.anchors[0].session, low, high, fact.kind, fact.kind.replace("_", " ")),)

    def _islands(self, tape: Tape, up: tuple[Floats, int], down: tuple[Floats, int]) -> Floats:
        """Return fact rows of islands above (bearish) and below (bullish), of gaps and the last ones opened before."""
        bars = tape.bars
        tops = islands(bars.high, bars.low, tape.atr, *up, down[0], self.least, self.widest)
        bottoms = islands(-bars.low, -bars.high, tape.atr, *down, up[0], self.least, self.widest)
        return np.concatenate([told_islands(tops, BEARISH), told_islands(bottoms, BULLISH)])


WIDTH = Gaps.layout.width
"""Numbers in a fact row."""


@numba.njit(cache=True, nogil=True)
def told(gaps: Floats, side: int) -> Floats:
    """Return fact rows of gap events (at, what, opened at, near edge, far edge, size), turned back from upside down."""
    rows = np.empty((len(gaps), WIDTH))
    for i in range(len(gaps)):
        row, (at, what, opened, near, far, size) = rows[i], gaps[i]
        row[0], row[2], row[4], row[5] = at, CONFIRMED, NO_STRICTNESS, 2 * opened + (side == BEARISH)
        row[1] = (GAP_UP if side == BULLISH else GAP_DOWN) if what == OPENED else FILL if what == FILLED else EXHAUSTION
        row[3] = side if what == OPENED else -side
        row[6], row[7], row[8] = min(side * near, side * far), max(side * near, side * far), size
        row[9] = np.nan if what == OPENED else at - opened
        row[10], row[11], row[12], row[13] = opened - 1, side * near, opened, side * far
    return rows


@numba.njit(cache=True, nogil=True)
def told_islands(found: Floats, side: int) -> Floats:
    """Return fact rows of islands (known, first bar, low, high), turned back from upside down."""
    rows = np.empty((len(found), WIDTH))
    for i in range(len(found)):
        row, (at, first, low, high) = rows[i], found[i]
        row[0], row[1], row[2], row[3], row[4], row[5] = at, ISLAND, CONFIRMED, side, NO_STRICTNESS, -1
        row[6], row[7] = min(-side * low, -side * high), max(-side * low, -side * high)
        row[8], row[9] = np.nan, at - first
        row[10], row[11], row[12], row[13] = first, -side * low, at - 1, -side * low
    return rows


@numba.njit(cache=True, nogil=True)
def upward_gaps(
    high: Floats,
    low: Floats,
    atr: Floats,
    rolled: NDArray[np.bool_],
    forgets: NDArray[np.bool_],
    were_open: NDArray[np.int64],
    begin: int,
    least: float,
    extreme: int,
    soon: int,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return events of gaps up from bar `begin` on as rows (at, what, opened at, lower edge, upper edge, size in ATR).

    Open gaps are a stack, which is returned beside them: each lies above all earlier ones still open, so the last opened is filled
    first.
    """
    found, n = np.empty((16, 6)), 0
    is_open, count = np.empty(len(were_open) + len(high) - begin, np.int64), len(were_open)
    is_open[:count] = were_open
    for t in range(max(begin, 1), len(high)):
        count = 0 if forgets[t] else count
        while count > 0 and low[t] <= high[is_open[count - 1] - 1]:
            count -= 1
            at = is_open[count]
            if n + 2 > len(found):
                found = grown(found)
            size = (low[at] - high[at - 1]) / atr[at - 1]
            _put(found[n], t, FILLED, at, high[at - 1], low[at], size)
            n += 1
            if t - at <= soon and _is_highest(high, at, extreme):
                _put(found[n], t, EXHAUSTED, at, high[at - 1], low[at], size)
                n += 1
        room = low[t] - high[t - 1]
        if not rolled[t] and atr[t - 1] > 0 and room >= least * atr[t - 1]:
            if n == len(found):
                found = grown(found)
            _put(found[n], t, OPENED, t, high[t - 1], low[t], room / atr[t - 1])
            n += 1
            is_open[count] = t
            count += 1
    return found[:n].copy(), is_open[:count].copy()


def _last_opened(gaps: Floats, before: int) -> int:
    """Return the bar of the gap opened last, among these or before."""
    opened = gaps[gaps[:, 1] == OPENED, 0]
    return int(opened[-1]) if len(opened) else int(before)


@kernel
def _put(row: Floats, at: int, what: int, opened: int, lower: float, upper: float, size: float) -> None:
    row[0], row[1], row[2], row[3], row[4], row[5] = at, what, opened, lower, upper, size


@numba.njit(cache=True, nogil=True)
def _is_highest(high: Floats, at: int, bars: int) -> bool:
    """Whether a bar is higher than so many before it; never while there are fewer."""
    if at < bars:
        return False
    return bool(high[at - bars : at].max() < high[at])


@numba.njit(cache=True, nogil=True)
def islands(
    high: Floats, low: Floats, atr: Floats, up: Floats, last: int, down: Floats, least: float, widest: int
) -> Floats:
    """Return island tops as rows (known, first bar, lowest low, highest high): bars between a gap up and a gap down that overlap.

    `last` is the last gap up before all these, -1 for none.
    """
    found, n, u = np.empty((16, 4)), 0, 0
    for d in range(len(down)):
        if down[d, 1] != OPENED:
            continue
        t = int(down[d, 0])
        while u < len(up) and up[u, 0] < t:
            last = int(up[u, 0]) if up[u, 1] == OPENED else last
            u += 1
        if last < 1 or t - last > widest:
            continue
        bottom, top = low[last:t].min(), high[last:t].max()
        if bottom - max(high[last - 1], high[t]) >= least * atr[t - 1]:
            if n == len(found):
                found = grown(found)
            found[n, 0], found[n, 1], found[n, 2], found[n, 3] = t, last, bottom, top
            n += 1
    return found[:n].copy()
