"""Highs and lows of a window, records, and since when a value is the highest."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.indicators._talib import talib

__all__ = ["is_record_high", "is_record_low", "last_at_least", "last_at_most", "rolling_high", "rolling_low"]


def rolling_high(values: Floats, timeperiod: int = 30) -> Floats:
    """Return the highest of the last `timeperiod` values, the bar's own among them.

    Shapes `(n,)` in and out; NaN for the first `timeperiod - 1` bars, all NaN on a shorter series. Source: TA-Lib's MAX.
    """
    return talib().MAX(values, timeperiod)  # type: ignore[no-any-return]


def rolling_low(values: Floats, timeperiod: int = 30) -> Floats:
    """Return the lowest of the last `timeperiod` values, the bar's own among them; shapes and NaN as `rolling_high`."""
    return talib().MIN(values, timeperiod)  # type: ignore[no-any-return]


def is_record_high(values: Floats) -> NDArray[np.bool_]:
    """Return where a value is above all that came before it; the first value is no record, for it beat nothing."""
    return _beyond_all_before(values)


def is_record_low(values: Floats) -> NDArray[np.bool_]:
    """Return where a value is below all that came before it; the first value is no record."""
    return _beyond_all_before(-values)


def _beyond_all_before(values: Floats) -> NDArray[np.bool_]:
    beyond = np.zeros(len(values), np.bool_)
    beyond[1:] = values[1:] > np.maximum.accumulate(values)[:-1]
    return beyond


@numba.njit(cache=True, nogil=True)
def last_at_least(values: Floats) -> NDArray[np.int64]:
    """Return for each value the place of the latest earlier one at least as high, -1 where there is none.

    That place is what "the highest since" names; -1 is a record. Shapes `(n,)` in and out. A NaN has no such place and is nobody's.
    One pass with a stack: whatever a later, higher value hides can never be asked for again.
    """
    found = np.full(len(values), -1)
    stack, height = np.empty(len(values), np.int64), 0
    for t in range(len(values)):
        if np.isnan(values[t]):
            continue
        while height > 0 and values[stack[height - 1]] < values[t]:
            height -= 1
        if height > 0:
            found[t] = stack[height - 1]
        stack[height] = t
        height += 1
    return found


def last_at_most(values: Floats) -> NDArray[np.int64]:
    """Return for each value the place of the latest earlier one at least as low, -1 where there is none."""
    return last_at_least(-values)
