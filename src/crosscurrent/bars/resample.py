"""Weeks and months from daily bars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import BrokenRule
from crosscurrent.markets import calendar

__all__ = ["monthly", "weekly"]

DAY = np.timedelta64(1, "D")


def weekly(bars: Bars) -> Bars:
    """Return weekly bars, each labelled with its last session: weeks end on Friday, or on the last session before it.

    A week's open is its first session's, its close its last's. Traded weeks are taken as charts show them; on the adjusted basis
    highs and lows on both sides of a roll are on one scale, and `shift` is that of the week's last contract. The last week is
    unfinished (`is_complete` False) until its last session, by the exchange's calendar, is there. Known at the close of its last
    session; volume is NaN where any day's is.
    """
    # Day 0 was a Thursday: adding three makes weeks that begin on Monday.
    week = (bars.session.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return _grouped(bars, week, "1w", lambda day: day + DAY * (7 - (int(day.astype(np.int64)) + 3) % 7))


def monthly(bars: Bars) -> Bars:
    """Return monthly bars, each labelled with its last session; unfinished until the month's last session is there."""
    month = bars.session.astype("datetime64[M]").astype(np.int64)
    return _grouped(bars, month, "1mo", lambda day: (day.astype("datetime64[M]") + 1).astype("datetime64[D]"))


def _grouped(bars: Bars, group: NDArray[np.int64], interval: str, next_start: object) -> Bars:
    if bars.interval != "1d":
        raise BrokenRule("weeks and months are made of daily bars", interval=bars.interval)
    if not len(bars):
        return replace(bars, interval=interval)
    start = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    end = np.append(start[1:], len(bars)) - 1
    return replace(
        bars,
        interval=interval,
        session=bars.session[end],
        closed_at=bars.closed_at[end],
        open=bars.open[start],
        high=np.maximum.reduceat(bars.high, start),
        low=np.minimum.reduceat(bars.low, start),
        close=bars.close[end],
        volume=np.add.reduceat(bars.volume, start),
        shift=bars.shift[end],
        rolled=np.logical_or.reduceat(bars.rolled, start),
        is_complete=bars.is_complete and _is_over(bars, next_start(bars.session[-1])),  # type: ignore[operator]
    )


def _is_over(bars: Bars, next_start: np.datetime64) -> bool:
    """Whether no session of the exchange is left between the last bar and the start of the next week or month."""
    left = calendar(bars.instrument.exchange).sessions(bars.session[-1] + DAY, next_start - DAY)
    return len(left) == 0
