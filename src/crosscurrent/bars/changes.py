"""Changes over bars, in per cent of the price then quoted, in basis points for yields; free of roll gaps on adjusted bars."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Bars, Floats

__all__ = ["change_between", "change_over", "returns"]


def change_over(bars: Bars, n: int) -> Floats:
    """Return at each bar the change over the last n bars, shape (len(bars),): per cent, or basis points for yields.

    The base of a percentage is the earlier close in the prices of the contract that is current at the later bar, because a
    difference-adjusted scale drifts away from what the market costs: 100 (adj[t] - adj[t-n]) / (adj[t-n] + shift[t]). On traded
    bars the shift is zero and this is the plain percentage. NaN for the first n bars and where the base is not above zero.
    """
    change = np.full(len(bars), np.nan)
    if 0 < n < len(bars):
        change[n:] = _change(bars, np.arange(len(bars) - n), np.arange(n, len(bars)))
    return change


def returns(bars: Bars) -> Floats:
    """Return the one-bar changes: per cent, or basis points for yields; NaN at the first bar."""
    return change_over(bars, 1)


def change_between(bars: Bars, i: int, j: int) -> float:
    """Return the change from the close of bar `i` to that of bar `j`: per cent, or basis points for yields; NaN if undefined."""
    return float(_change(bars, np.array([i]), np.array([j]))[0])


def _change(
    bars: Bars, start: np.ndarray[tuple[int], np.dtype[np.int64]], end: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Floats:
    moved = bars.close[end] - bars.close[start]
    if bars.instrument.quoted_as == "yield":
        return np.asarray(100.0 * moved)
    base = bars.close[start] + bars.shift[end]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(base > 0, 100.0 * moved / base, np.nan)
