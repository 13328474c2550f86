"""The chance of a return: how often price came back as far within as many sessions, whatever had been broken or had not.

Why: a close just past a line is soon back on its other side because it is near, line or no line. A model that knows the distance
beats the base rate on random walks too. So each break stands beside the closes of its own market, in the same state of volatility, whose
following sessions were known at the break: the share of them after which price came back through a line drawn as far behind and as
steep. What a break's odds say beyond that is about the break.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats

__all__ = ["chance_of_return"]

FEWEST = 100
"""Fewer earlier bars in the same state say nothing."""


@numba.njit(cache=True, nogil=True)
def chance_of_return(
    close: Floats, atr: Floats, state: NDArray[np.int64], at: NDArray[np.int64], side: Floats, gap: Floats, slope: Floats, within: int
) -> Floats:  # fmt: skip
    """Return for each break the share of earlier bars after which a line `gap` behind, moving `slope` a bar with the break, is recrossed.

    Both in ATR of the bar; only bars whose `within` sessions were over at the break count. Shape `(n,)`; NaN below `FEWEST` of them.
    """
    chance = np.full(len(at), np.nan)
    for i in range(len(at)):
        t, known, back = at[i], 0, 0
        if state[t] < 0 or not np.isfinite(gap[i] + slope[i]):
            continue
        for u in range(t - within + 1):
            if state[u] != state[t]:
                continue
            known += 1
            for k in range(1, within + 1):
                if side[i] * (close[u + k] - close[u]) < (slope[i] * k - gap[i]) * atr[u]:
                    back += 1
                    break
        if known >= FEWEST:
            chance[i] = back / known
    return chance
