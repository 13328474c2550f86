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
    return _readable(is_bare(tape)[first:], repeats_its_open(tape.bars, first), tape.cut[first:], most)


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


def is_bare(tape: Tape) -> NDArray[np.bool_]:
    """Whether each bar can be no part of a candle: it has no range, or its close is not where its market ended."""
    return np.asarray((tape.bars.high <= tape.bars.low) | tape.settled_early)


def repetitions(bars: Bars, first: int = 0) -> NDArray[np.bool_]:
    """Whether each bar from one on closes where it opened, as nearly as makes no body."""
    body, span = bars.close[first:] - bars.open[first:], bars.high[first:] - bars.low[first:]
    return np.asarray(np.abs(body) <= REPEATED * span)


def repeats_its_open(bars: Bars, first: int = 0) -> NDArray[np.bool_]:
    """Whether at each bar from one on most of the last bars close where they opened: a defect that must not be read as dojis."""
    before = max(first - CHECKED, 0)
    count = np.concatenate([[0], np.cumsum(repetitions(bars, before))])
    defective = np.zeros(len(bars) - before, bool)
    defective[CHECKED - 1 :] = 2 * (count[CHECKED:] - count[:-CHECKED]) > CHECKED
    return defective[first - before :]
