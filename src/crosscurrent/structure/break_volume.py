"""How much was traded at a break, against what had been usual."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.tape import Tape

__all__ = ["volume_ratio_on"]

WINDOW = 20


def volume_ratio_on(tape: Tape) -> Floats:
    """Return each bar's volume over the mean of the twenty bars before it: a break with conviction stands out.

    Shape `(n,)`; known at the bar's close. NaN where the bar's volume is unknown, where fewer than twenty bars came before, or where
    those traded nothing.
    """
    return tape.once("volume_ratio", lambda: _ratio(tape.bars.volume))


def _ratio(volume: Floats) -> Floats:
    ratio = np.full(len(volume), np.nan)
    if len(volume) <= WINDOW:
        return ratio
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(volume))])
    known = np.concatenate([[0], np.cumsum(~np.isnan(volume))])
    before, count = total[WINDOW:-1] - total[: -WINDOW - 1], known[WINDOW:-1] - known[: -WINDOW - 1]
    np.divide(volume[WINDOW:] * count, before, out=ratio[WINDOW:], where=before > 0)
    return ratio
