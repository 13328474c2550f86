"""Whether the days and the weeks of a market point the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.facts.stage import BEARISH, BULLISH
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.averages import sma
from crosscurrent.structure.curves import average_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["IntervalAgreement"]


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
        at, day_side, week_side, weekly = tape.resumed(("agreement", self), self._nothing_yet, self._go_on)
        if not len(at):
            return FactTable.empty(self.layout)
        return FactTable.of(
            self.layout, at, (day_side != week_side).astype(int), np.where(day_side > 0, BULLISH, BEARISH),
            close=bars.close[at], daily_average=average_on(tape, self.length)[at], weekly_average=weekly,
        )  # fmt: skip

    @staticmethod
    def _nothing_yet() -> State:
        return (np.array([np.nan, 0.0]),)

    def _go_on(self, tape: Tape, carried: State) -> tuple[tuple[NDArray[np.intp], Floats, Floats, Floats], State]:
        """Return places, both sides and the weekly average of the changes; carried is the side of the days, and both together."""
        bars, new, (before,) = tape.bars, slice(tape.start, None), carried
        weekly, week_side = _last_week(bars.session, bars.close, self.length, tape.start)
        gap = bars.close[new] - average_on(tape, self.length)[new]
        day_side = _settled(gap, self.beyond * tape.atr[new], before[0])
        both = _both(day_side, week_side)
        at = np.flatnonzero((both != 0) & (np.append(before[1], both[:-1]) != both))
        carried = (np.array([day_side[-1], both[-1]]) if len(both) else before,)
        return (tape.start + at, day_side[at], week_side[at], weekly[at]), carried


def _last_week(sessions: Sessions, close: Floats, length: int, start: int) -> tuple[Floats, Floats]:
    """Return, for each day from one on, the average over the weeks that are over and the side of the last one's close.

    NaN before there are enough.
    """
    ends, before = weeks_of(sessions.astype("datetime64[D]").astype(np.int64), start)
    average = sma(close[ends], length)
    known, place = before >= 0, np.maximum(before, 0)
    side = np.sign(close[ends[place]] - average[place])
    return np.where(known, average[place], np.nan), np.where(known, side, np.nan)


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


def _settled(gap: Floats, room: Floats, before: float) -> Floats:
    """Return the side of each close, which changes only with a gap of at least `room`; `before` until the first such."""
    with np.errstate(invalid="ignore"):
        is_told = np.abs(gap) >= np.maximum(room, np.finfo(float).tiny)
    last = np.maximum.accumulate(np.where(is_told, np.arange(len(gap)), -1))
    return np.where(last >= 0, np.sign(gap[np.maximum(last, 0)]), before)


def _both(day_side: Floats, week_side: Floats) -> Floats:
    """Return a number for what both sides say together, 0 where one of them says nothing."""
    known = np.isfinite(day_side) & np.isfinite(week_side) & (week_side != 0)
    return np.where(known, 3 * day_side + week_side, 0.0)
