"""New highs and lows: of the whole history, and of a year."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import BEARISH, BULLISH
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["Records"]


Places = NDArray[np.int64]

EVER = 2**62
SIGNS = (1, -1, 1, -1)
"""Which way each kind is beyond."""


@dataclass(frozen=True, slots=True)
class Records(Detector):
    r"""Find new highs and lows, where nobody who bought (or sold) before is left with a loss (or a gain).

                        /   above all before it: a record high;
           /\    /\    /    above a year's bars: a year's high.
          /  \/\/  \/\/

    Known at the close of the bar that goes beyond. In a run of new highs only the first is told: the one before must lie `quiet` bars
    back. A record is also a year's high. Silent in the first year. `price` is the new extreme, `beaten` the old one, `sessions_since`
    the bars since that stood.

    Parameters
    ----------
    year
        Bars of a year.
    quiet
        How long no such extreme must have been made.

    References
    ----------
    George & Hwang, The 52-Week High and Momentum Investing, Journal of Finance 59 (2004).
    """

    year: int = 252
    quiet: int = 21

    layout = Layout(
        kinds=("record_high", "record_low", "year_high", "year_low"),
        readings=("price", "beaten", "sessions_since"),
        prices=frozenset({"price", "beaten"}),
        anchors=1,
    )
    needs = "ohlc"
    mirror = {
        "record_high": "record_low",
        "record_low": "record_high",
        "year_high": "year_low",
        "year_low": "year_high",
    }
    phrases = {
        "record_high": "a record high at {price}, {sessions_since} sessions after the last",
        "record_low": "a record low at {price}, {sessions_since} sessions after the last",
        "year_high": "the highest price of a year, {price}",
        "year_low": "the lowest price of a year, {price}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return the first of each run of new extremes."""
        found = tape.resumed(("records", self), self._nothing_yet, self._go_on)
        told = [
            self._told(rows, kind, sign)
            for kind, (rows, sign) in enumerate(zip(found, SIGNS, strict=True))
            if len(rows)
        ]
        return FactTable.from_rows(self.layout, np.concatenate(told)) if told else FactTable.empty(self.layout)

    @staticmethod
    def _nothing_yet() -> State:
        return np.array([-1] * len(SIGNS)), *(np.empty(0, np.int64) for _ in SIGNS)

    def _go_on(self, tape: Tape, carried: State) -> tuple[list[Floats], State]:
        high, low, (last, *queues) = tape.bars.high, -tape.bars.low, carried
        found = [
            new_highs(extreme, span, self.year, self.quiet, tape.start, last[place : place + 1], queues[place])
            for place, (extreme, span) in enumerate(((high, EVER), (low, EVER), (high, self.year), (low, self.year)))
        ]
        return [rows for rows, _ in found], (last, *(queue for _, queue in found))

    def _told(self, found: Floats, kind: int, sign: int) -> Floats:
        rows = np.full((len(found), self.layout.width), np.nan)
        rows[:, 0], rows[:, 1:6] = found[:, 0], (kind, 1, BULLISH if sign > 0 else BEARISH, -1, -1)
        rows[:, 6], rows[:, 7], rows[:, 8] = sign * found[:, 2], sign * found[:, 3], found[:, 0] - found[:, 1]
        rows[:, 9], rows[:, 10] = found[:, 1], sign * found[:, 3]
        return rows


@numba.njit(cache=True, nogil=True)
def new_highs(
    extreme: Floats, span: int, start: int, quiet: int, begin: int, last: Places, waiting: Places
) -> tuple[Floats, Places]:
    """Return bars beyond every one of the `span` before, the first of each run, as rows (at, beaten at, price, beaten price).

    A queue of bars, each below the one before it, holds the highest of the window at its head. Only bars from `begin` on are told;
    `last`, the last bar beyond before, changes, and the queue, which was `waiting`, is returned as it is at the end.
    """
    queue, head, tail = np.empty(len(waiting) + len(extreme) - begin, np.int64), 0, len(waiting)
    queue[:tail] = waiting
    found, n = np.empty((len(extreme) - begin, 4)), 0
    for t in range(begin, len(extreme)):
        while head < tail and queue[head] < t - span:
            head += 1
        if head < tail and extreme[t] > extreme[queue[head]]:
            if t >= start and t - last[0] > quiet:
                found[n, 0], found[n, 1], found[n, 2], found[n, 3] = t, queue[head], extreme[t], extreme[queue[head]]
                n += 1
            last[0] = t
        while head < tail and extreme[queue[tail - 1]] < extreme[t]:
            tail -= 1
        queue[tail] = t
        tail += 1
    return found[:n].copy(), queue[head:tail].copy()
