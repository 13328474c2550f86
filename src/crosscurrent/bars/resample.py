"""Days from intraday bars, weeks and months from daily ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Sessions
from crosscurrent.errors import BrokenRule
from crosscurrent.markets import calendar

__all__ = ["daily", "monthly", "weekly"]

DAY = np.timedelta64(1, "D")


def daily(bars: Bars) -> Bars:
    """Return daily bars from intraday ones, by trade date: the evening session belongs to the next day, a merged one to the next session.

    Known at the close of the exchange's session, whatever the last intraday bar's; unfinished until that close is there.
    """
    if bars.interval in ("1d", "1w", "1mo"):
        raise BrokenRule("days are made of intraday bars", interval=bars.interval)
    whole = _grouped(bars, bars.session.astype(np.int64), "1d")
    closed_at = calendar(bars.instrument.exchange).closed_at(whole.session)
    is_over = not len(bars) or bool(bars.closed_at[-1] >= closed_at[-1])
    return replace(whole, closed_at=closed_at, is_complete=bars.is_complete and is_over)


def weekly(bars: Bars) -> Bars:
    """Return weekly bars, each labelled with its last session: weeks end on Friday, or on the last session before it.

    A week's open is its first session's, its close its last's. Traded weeks are taken as charts show them; on the adjusted basis
    highs and lows on both sides of a roll are on one scale, and `shift` is that of the week's last contract. The last week is
    unfinished (`is_complete` False) until its last session, by the exchange's calendar, is there. Known at the close of its last
    session; volume is NaN where any day's is.
    """
    # Day 0 was a Thursday: adding three makes weeks that begin on Monday.
    week = (_days(bars).astype(np.int64) + 3) // 7
    return _finished(_grouped(bars, week, "1w"), lambda day: day + DAY * (7 - (int(day.astype(np.int64)) + 3) % 7))


def monthly(bars: Bars) -> Bars:
    """Return monthly bars, each labelled with its last session; unfinished until the month's last session is there."""
    month = _days(bars).astype("datetime64[M]").astype(np.int64)
    return _finished(
        _grouped(bars, month, "1mo"), lambda day: (day.astype("datetime64[M]") + 1).astype("datetime64[D]")
    )


def _days(bars: Bars) -> Sessions:
    if bars.interval != "1d":
        raise BrokenRule("weeks and months are made of daily bars", interval=bars.interval)
    return bars.session


def _grouped(bars: Bars, group: NDArray[np.int64], interval: str) -> Bars:
    """Return one bar for each run of equal group numbers."""
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
        gap=None if bars.gap is None else np.add.reduceat(bars.gap, start),
    )


def _finished(bars: Bars, next_start: Callable[[np.datetime64], np.datetime64]) -> Bars:
    """Return the bars with `is_complete` set: whether no session is left before the next week or month starts.

    By what was expected then: on Monday 10 September 2001 the week still had four sessions to come.
    """
    if not len(bars):
        return bars
    last = bars.session[-1]
    left = calendar(bars.instrument.exchange).expected(last + DAY, next_start(last) - DAY)
    return replace(bars, is_complete=bars.is_complete and len(left) == 0)
