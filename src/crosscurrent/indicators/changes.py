"""How much a series has changed, and how unusual that is in its own past."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from crosscurrent.bars.bars import Floats

__all__ = ["bp_change", "change", "pct_change", "percentile", "rank"]


def change(values: Floats, bars: int = 1) -> Floats:
    """Return how far a series has moved over so many bars, in its own unit.

    Shapes `(n,)` in and out; NaN for the first `bars` places, and where either end is.
    """
    moved = np.full(len(values), np.nan)
    moved[bars:] = values[bars:] - values[: max(len(values) - bars, 0)]
    return moved


def pct_change(close: Floats, bars: int = 1) -> Floats:
    """Return the simple change of a price over so many bars, in per cent.

    Shapes `(n,)` in and out; NaN for the first `bars` places, and where the price it is measured from is not above zero, because a
    share of that means nothing (crude oil in April 2020).
    """
    moved = change(close, bars)
    base: Floats = np.full(len(close), np.nan)
    base[bars:] = close[: max(len(close) - bars, 0)]
    base[~(base > 0)] = np.nan
    return 100.0 * (moved / base)


def bp_change(yields: Floats, bars: int = 1) -> Floats:
    """Return the change of a yield over so many bars, in basis points; the yields are in per cent.

    Shapes `(n,)` in and out; NaN for the first `bars` places.
    """
    return 100.0 * change(yields, bars)


def rank(values: Floats, window: int = 252) -> Floats:
    """Return the place of each value among the last `window`, itself among them: 1 is the largest, equals share the better place.

    Shapes `(n,)` in and out; NaN for the first `window - 1` places. A NaN in the window makes the rank NaN: a place among an unknown
    number of rivals is none.
    """
    return _counted(values, window, lambda rivals, own: 1.0 + (rivals > own).sum(axis=1))


def percentile(values: Floats, window: int = 252) -> Floats:
    """Return the share of the last `window` values, itself among them, that are no larger than each value, from 0 to 1.

    Shapes `(n,)` in and out; NaN for the first `window - 1` places and where the window holds a NaN.
    """
    return _counted(values, window, lambda rivals, own: (rivals <= own).mean(axis=1))


def _counted(values: Floats, window: int, count) -> Floats:  # type: ignore[no-untyped-def]
    found = np.full(len(values), np.nan)
    if window < 1 or len(values) < window:
        return found
    rivals = sliding_window_view(values, window)
    known = ~np.isnan(rivals).any(axis=1)
    found[window - 1 :][known] = count(rivals[known], values[window - 1 :][known, None])
    return found
