"""What came after breakouts, over a whole universe at once: one pass, so that thousands of markets cost milliseconds.

A breakout here is a close above every close of the sessions before it, the first of its run: the plainest event there is. Beside its
mean stands that of all bars of the same markets, because stocks rise on most days and an event must beat that, not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.errors import RequestError

__all__ = ["EventStudy", "breakout_study"]


@dataclass(frozen=True, slots=True, eq=False)
class EventStudy:
    """Mean returns after events, beside those after any bar.

    Parameters
    ----------
    horizons
        Bars after the event.
    n, every : int64 of shape (h,)
        How many events, and how many bars, have a close that many bars on.
    after, null : float64 of shape (h,)
        Mean simple return after events and after any bar; NaN where there is none.
    """

    horizons: tuple[int, ...]
    n: NDArray[np.int64]
    every: NDArray[np.int64]
    after: Floats
    null: Floats

    @property
    def edge(self) -> Floats:
        """What events add."""
        return self.after - self.null


def breakout_study(close: Floats, lookback: int = 20, horizons: Sequence[int] = (1, 5, 10, 20)) -> EventStudy:
    """Return what came after closes above the highest of the `lookback` closes before, the first in a row of such closes.

    Parameters
    ----------
    close : float64 of shape (markets, bars)
        Rows of a shorter history begin or end with NaN; a NaN inside is no close, and no event is read across one.
    """
    if lookback < 1 or not horizons or min(horizons) < 1:
        raise RequestError(f"A breakout needs bars before and after: lookback {lookback}, horizons {tuple(horizons)}.")
    counts, sums = _studied(np.ascontiguousarray(close, np.float64), lookback, np.array(horizons))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums / counts
    return EventStudy(tuple(horizons), counts[0], counts[1], means[0], means[1])


@numba.njit(cache=True, nogil=True)
def _studied(close: Floats, lookback: int, horizons: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    counts, sums = np.zeros((2, len(horizons)), np.int64), np.zeros((2, len(horizons)))
    for row in range(close.shape[0]):
        breaks = _breakouts(close[row], lookback)
        for h in range(len(horizons)):
            ahead, n, total, m, after = horizons[h], 0, 0.0, 0, 0.0
            for t in range(close.shape[1] - ahead):
                went = close[row, t + ahead] / close[row, t] - 1.0
                if np.isfinite(went):
                    n, total = n + 1, total + went
                    if breaks[t]:
                        m, after = m + 1, after + went
            counts[0, h], counts[1, h] = counts[0, h] + m, counts[1, h] + n
            sums[0, h], sums[1, h] = sums[0, h] + after, sums[1, h] + total
    return counts, sums


@numba.njit(cache=True, nogil=True)
def _breakouts(close: Floats, lookback: int) -> NDArray[np.bool_]:
    """Return the first closes above the highest of the closes before: a falling queue of candidates gives that highest in one pass."""
    n = len(close)
    found, queue = np.zeros(n, np.bool_), np.empty(n, np.int64)
    head, tail, known, was_above = 0, 0, 0, False
    for t in range(n):
        if np.isnan(close[t]):
            head, tail, known, was_above = 0, 0, 0, False
            continue
        while head < tail and queue[head] < t - lookback:
            head += 1
        is_above = known >= lookback and close[t] > close[queue[head]]
        found[t] = is_above and not was_above
        was_above, known = is_above, known + 1
        while head < tail and close[queue[tail - 1]] <= close[t]:
            tail -= 1
        queue[tail], tail = t, tail + 1
    return found
