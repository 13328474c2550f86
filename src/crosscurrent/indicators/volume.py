"""Volume against its norm, and volume with the sign of the day."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from crosscurrent.bars.bars import Floats

__all__ = ["on_balance_volume", "relative_volume"]


def relative_volume(volume: Floats, timeperiod: int = 20) -> Floats:
    """Return each bar's volume as a multiple of the median of the `timeperiod` bars before it: was it busy for its time?

    Shapes `(n,)` in and out. The bar itself is not in its own norm, and a median is not moved by one roll or expiry. NaN for the first
    `timeperiod` bars, where the bar's volume or any of its norm is unknown, and where the norm is zero.
    """
    multiple = np.full(len(volume), np.nan)
    if len(volume) > timeperiod:
        norm = np.median(sliding_window_view(volume[:-1], timeperiod), axis=1)
        np.divide(volume[timeperiod:], norm, out=multiple[timeperiod:], where=norm > 0)
    return multiple


def on_balance_volume(close: Floats, volume: Floats) -> Floats:
    """Return the running sum of volume, added on a higher close and taken off on a lower one.

    Shapes `(n,)` in and out, from zero on the first bar. Only its changes mean anything, since it depends on where the data began. An
    unknown volume counts as none, so that one gap does not end the series.

    References
    ----------
    Granville, Granville's New Key to Stock Market Profits (1963). TA-Lib's OBV begins with the first bar's volume instead of zero.
    """
    signed = np.sign(np.diff(close, prepend=close[:1])) * np.nan_to_num(volume)
    return np.cumsum(signed)
