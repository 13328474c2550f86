"""Whether the days and the weeks of a market point the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import BEARISH, BULLISH, CONFIRMED, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.indicators.averages import sma
from crosscurrent.structure.curves import average_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.tape import State, Tape

__all__ = ["IntervalAgreement"]


TINY = float(np.finfo(float).tiny)
"""The least that is not nothing."""


@dataclass(frozen=True, slots=True)
class IntervalAgreement(Detector):
    r"""Find when the daily and the weekly trend come to agree, and when they part.

        weeks   ______/------------------    side of the week's close against its 50-week average
        days    ___/---\___/-------------    side of the close against its 50-day average
                   |    |    |
              disagree  |   agree            a fact at each change, none in between

    The day's side changes with a close at least `beyond` ATR past the average, so that a market that hugs it is not told daily. The
    week's side is that of the last week that is over: a running week says nothing yet. Known at the close of the day that changes
    either. Daily bars alone: on others the detector is silent. On a disagreement the direction is that of the days.

    Parameters
    ----------
    length
        Bars of the average, the same on both intervals.
    beyond
        How far past the average a close must be, in ATR.

    References
    ----------
    Elder, Trading for a Living (1993), ch. 43: the higher interval first, because it decides which signals of the lower one to take.
    """

    length: int = 50
    beyond: float = 0.5

    layout = Layout(
        kinds=("interval_agreement", "interval_disagreement"),
        readings=("close", "daily_average", "weekly_average"),
        prices=frozenset({"close", "daily_average", "weekly_average"}),
    )
    needs = "close"
    bases = ("adjusted",)
    phrases = {
        "interval_agreement": "days and weeks point the same way",
        "interval_disagreement": "days and weeks point different ways",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return a fact at each change between agreement and disagreement, or of the direction agreed on."""
        bars = tape.bars
        if bars.interval != "1d" or not len(bars):
            return FactTable.empty(self.layout)
        return FactTable.from_rows(self.layout, tape.resumed(("agreement", self), self._nothing_yet, self._go_on))

    @staticmethod
    def _nothing_yet() -> State:
        return (np.array([np.nan, 0.0]),)

    def _go_on(self, tape: Tape, carried: State) -> tuple[Floats, State]:
        """Return the fact rows of the changes; carried is the side of the days, and both together."""
        bars, daily = tape.bars, average_on(tape, self.length)
        ends, before = weeks_of(bars.session.astype("datetime64[D]").astype(np.int64), tape.start)
        week_close = bars.close[ends]
        weekly = sma(week_close, self.length)
        return changes(
            bars.close, daily, tape.atr, week_close, weekly, before, self.beyond, tape.start, carried[0]
        ), carried


WIDTH = IntervalAgreement.layout.width
"""Numbers in a fact row."""


@numba.njit(cache=True, nogil=True)
def weeks_of(days: NDArray[np.int64], start: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places at which weeks end, and for each day from one on the number of the last week before its own."""
    ends, before, n = np.empty(len(days), np.int64), np.empty(len(days) - start, np.int64), 0
    for t in range(len(days)):
        if t > 0 and (days[t] + 5) // 7 != (days[t - 1] + 5) // 7:
            ends[n] = t - 1
            n += 1
        if t >= start:
            before[t - start] = n - 1
    if len(days):
        ends[n] = len(days) - 1
        n += 1
    return ends[:n].copy(), before


@numba.njit(cache=True, nogil=True)
def changes(
    close: Floats, daily: Floats, atr: Floats, week_close: Floats, weekly: Floats, before: NDArray[np.int64], beyond: float, start: int,
    carried: Floats,
) -> Floats:  # fmt: skip
    """Return fact rows where days and weeks come to agree or part, of the days from one on.

    `before` is each day's last week that is over. `carried`, the side of the days and what both say together, changes.
    """
    rows, n = np.empty((16, WIDTH)), 0
    for t in range(start, len(close)):
        gap, week = close[t] - daily[t], before[t - start]
        if abs(gap) >= max(beyond * atr[t], TINY):
            carried[0] = np.sign(gap)
        day_side = carried[0]
        week_side = np.sign(week_close[week] - weekly[week]) if week >= 0 else np.nan
        # A number for what both say together; where one of them says nothing there is none.
        both = 3 * day_side + week_side if np.isfinite(day_side) and abs(week_side) == 1 else 0.0
        if both not in (0.0, carried[1]):
            if n == len(rows):
                rows = grown(rows)
            _write(rows[n], t, day_side, week_side, close[t], daily[t], weekly[week])
            n += 1
        carried[1] = both
    return rows[:n].copy()


@kernel
def _write(row: Floats, at: int, day_side: float, week_side: float, close: float, daily: float, weekly: float) -> None:
    """Write the fact row of one change."""
    row[0], row[1], row[2], row[3] = at, day_side != week_side, CONFIRMED, BULLISH if day_side > 0 else BEARISH
    row[4], row[5], row[HEAD], row[HEAD + 1], row[HEAD + 2] = NO_STRICTNESS, -1, close, daily, weekly
