"""Where candles may be read at all."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars
from crosscurrent.structure.candles.shape import DEPTH
from crosscurrent.structure.tape import Tape

__all__ = ["CHECKED", "REPEATED", "is_bare", "readable_bars", "repeats_its_open", "repetitions"]

REPEATED = 0.05
"""A body of at most this share of its range repeats the open."""
CHECKED = 60
"""How many bars are asked whether most of them do. Of sound daily bars one in twenty does, 13 % in the worst such window; of defective
ones nearly all."""


def readable_bars(tape: Tape, first: int, most: int) -> NDArray[np.bool_]:
    """Whether candles of one, two, ... bars, a row each, may be read at each bar more than `DEPTH` bars after the first to be seen."""
    return _readable(is_bare(tape, first), repeats_its_open(tape.bars, first), tape.cut[first:], most)


@numba.njit(cache=True, nogil=True)
def _readable(
    bare: NDArray[np.bool_], repeats: NDArray[np.bool_], cut: NDArray[np.bool_], most: int
) -> NDArray[np.bool_]:
    """Whether no bar of each candle is bare, its last one repeats no open, and it spans no cut."""
    readable = np.empty((most, len(bare) - DEPTH), np.bool_)
    for i in range(readable.shape[1]):
        t = i + DEPTH
        readable[0, i] = not (bare[t] or repeats[t])
        for lag in range(1, most):
            readable[lag, i] = readable[lag - 1, i] and not (bare[t - lag] or cut[t - lag + 1])
    return readable


def is_bare(tape: Tape, first: int = 0) -> NDArray[np.bool_]:
    """Whether each bar from one on can be no part of a candle: it has no range, or its close is not where its market ended."""
    return np.asarray((tape.bars.high[first:] <= tape.bars.low[first:]) | tape.settled_early[first:])


def repetitions(bars: Bars, first: int = 0) -> NDArray[np.bool_]:
    """Whether each bar from one on closes where it opened, as nearly as makes no body."""
    body, span = bars.close[first:] - bars.open[first:], bars.high[first:] - bars.low[first:]
    return np.asarray(np.abs(body) <= REPEATED * span)


def repeats_its_open(bars: Bars, first: int = 0) -> NDArray[np.bool_]:
    """Whether at each bar from one on most of the last bars close where they opened: a defect that must not be read as dojis."""
    before = max(first - CHECKED, 0)
    defective: NDArray[np.bool_] = _mostly(repetitions(bars, before), CHECKED)[first - before :]
    return defective


@numba.njit(cache=True, nogil=True)
def _mostly(said: NDArray[np.bool_], bars: int) -> NDArray[np.bool_]:
    """Whether it is said of most of the last bars, as of each; never while there are fewer."""
    mostly, count = np.zeros(len(said), np.bool_), 0
    for t in range(len(said)):
        count += said[t]
        count -= t >= bars and said[t - bars]
        mostly[t] = t >= bars - 1 and 2 * count > bars
    return mostly
