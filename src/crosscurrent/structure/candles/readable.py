"""Where candles may be read at all."""

from __future__ import annotations

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


def readable_bars(tape: Tape, most: int) -> dict[int, NDArray[np.bool_]]:
    """Whether candles of one, two, ... bars may be read at each bar after the first `DEPTH`."""
    bars, cut = tape.bars, tape.cut
    bare = is_bare(tape)
    broken = bare | repeats_its_open(bars)
    readable = {1: ~broken[DEPTH:]}
    for n in range(2, most + 1):
        broken = broken.copy()
        broken[n - 1 :] |= bare[: len(bars) - n + 1]
        broken[n - 2 :] |= cut[: len(bars) - n + 2]
        readable[n] = ~broken[DEPTH:]
    return readable


def is_bare(tape: Tape) -> NDArray[np.bool_]:
    """Whether each bar can be no part of a candle: it has no range, or its close is not where its market ended."""
    return np.asarray((tape.bars.high <= tape.bars.low) | tape.settled_early)


def repetitions(bars: Bars) -> NDArray[np.bool_]:
    """Whether each bar closes where it opened, as nearly as makes no body."""
    return np.abs(bars.close - bars.open) <= REPEATED * (bars.high - bars.low)


def repeats_its_open(bars: Bars) -> NDArray[np.bool_]:
    """Whether most of the last bars close where they opened: a defect of the data that must not be read as dojis."""
    count = np.concatenate([[0], np.cumsum(repetitions(bars))])
    defective = np.zeros(len(bars), bool)
    defective[CHECKED - 1 :] = 2 * (count[CHECKED:] - count[:-CHECKED]) > CHECKED
    return defective
