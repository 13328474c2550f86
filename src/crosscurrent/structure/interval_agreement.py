"""Whether the days and the weeks of a market point the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.facts.stage import BEARISH, BULLISH
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.averages import sma
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

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
        if bars.interval != "1d" or len(bars) <= self.length:
            return FactTable.empty(self.layout)
        average = sma(bars.close, self.length)
        weekly, week_side = _last_week(bars.session, bars.close, self.length)
        day_side = _settled(bars.close - average, self.beyond * tape.atr)
        at = _changes(day_side, week_side)
        at = at[at >= tape.start]
        kind = (day_side[at] != week_side[at]).astype(int)
        direction = np.where(day_side[at] > 0, BULLISH, BEARISH)
        return FactTable.of(
            self.layout, at, kind, direction, close=bars.close[at], daily_average=average[at], weekly_average=weekly[at]
        )


def _last_week(sessions: Sessions, close: Floats, length: int) -> tuple[Floats, Floats]:
    """Return, for each day, the average over the weeks that are over and the side of the last one's close; NaN before there are enough."""
    week = (sessions.astype("datetime64[D]").astype(np.int64) + 5) // 7
    ends = np.flatnonzero(np.append(week[1:] != week[:-1], True))
    average = sma(close[ends], length)
    before = np.searchsorted(week[ends], week) - 1  # the place of the last week before each day's own
    known = before >= 0
    place = np.maximum(before, 0)
    side = np.sign(close[ends] - average)
    return np.where(known, average[place], np.nan), np.where(known, side[place], np.nan)


def _settled(gap: Floats, room: Floats) -> Floats:
    """Return the side of each close, which changes only with a gap of at least `room`; NaN before the first."""
    with np.errstate(invalid="ignore"):
        is_told = np.abs(gap) >= np.maximum(room, np.finfo(float).tiny)
    last = np.maximum.accumulate(np.where(is_told, np.arange(len(gap)), -1))
    return np.where(last >= 0, np.sign(gap[np.maximum(last, 0)]), np.nan)


def _changes(day_side: Floats, week_side: Floats) -> NDArray[np.intp]:
    """Return the places at which the two sides together say something other than at the bar before."""
    known = np.isfinite(day_side) & np.isfinite(week_side) & (week_side != 0)
    both = np.where(known, 3 * day_side + week_side, 0.0)
    return np.flatnonzero((both != 0) & (np.append(0.0, both[:-1]) != both))
