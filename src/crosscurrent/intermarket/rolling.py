"""Rolling correlation, exact in every window: no running sums, so that no bad tick outlives the windows that hold it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.errors import RequestError

__all__ = [
    "correlation",
    "pair_places",
    "ranks",
    "rolling_all_pairs",
    "rolling_blocks",
    "rolling_correlation",
    "rolling_rows",
]

BLOCK = 256  # windows at a time: two standardised blocks of ten rows then stay in the first-level cache


def correlation(a: Floats, b: Floats) -> float:
    """Return Pearson's correlation of two equally long series; NaN when either is constant, shorter than two or holds a NaN."""
    return (
        float(_correlation(np.ascontiguousarray(a, float), np.ascontiguousarray(b, float), 0, len(a)))
        if len(a) > 1
        else np.nan
    )


def ranks(values: Floats) -> Floats:
    """Return the ranks of values, ties sharing their mean rank: Pearson of ranks is Spearman."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place], float)


def rolling_correlation(a: Floats, b: Floats, window: int) -> Floats:
    """Return the correlation over each window of closes, because one figure hides how it came about.

    Parameters
    ----------
    a, b : float64 of shape (n,)
    window
        Closes a window, at least 2 (`RequestError`).

    Returns
    -------
    float64 of shape (n,)
        Known at its own bar. NaN in the warm-up and exactly where the figure is undefined: a constant window or a NaN in it.
        Never beyond 1, within 1e-9 of `numpy.corrcoef`.
    """
    _refuse_short(window)
    rows: Floats = rolling_rows(np.ascontiguousarray(a, float)[None], np.ascontiguousarray(b, float)[None], window)
    return np.asarray(rows[0])


def _refuse_short(window: int) -> None:
    if window < 2:
        raise RequestError(f"A correlation needs a window of at least 2 sessions, not {window}.", window=window)


@numba.njit(cache=True, nogil=True)
def rolling_rows(a: Floats, b: Floats, window: int) -> Floats:
    """Return the rolling correlation of each row of `a` with the same row of `b`; shape (rows, n), NaN in the warm-up."""
    found = np.full(a.shape, np.nan)
    for row in range(a.shape[0]):
        for t in range(window - 1, a.shape[1]):
            found[row, t] = _correlation(a[row], b[row], t + 1 - window, t + 1)
    return found


@numba.njit(cache=True, nogil=True)
def _held_to_one(r: float) -> float:
    """Return `r` without the last bit of rounding beyond 1; NaN stays NaN, which the built-in min and max do not promise."""
    if r > 1.0:
        return 1.0
    return -1.0 if r < -1.0 else r


@numba.njit(cache=True, nogil=True)
def _correlation(a: Floats, b: Floats, start: int, stop: int) -> float:
    mean_a, far_a = _mean_and_reach(a, start, stop)
    mean_b, far_b = _mean_and_reach(b, start, stop)
    # A reach that is zero (constant) or NaN leaves the figure undefined.
    if not (far_a > 0.0 and far_b > 0.0 and far_a < np.inf and far_b < np.inf):
        return np.nan
    aa, bb, ab = 0.0, 0.0, 0.0
    for t in range(start, stop):
        # Scaled by the farthest deviation, so that neither tiny nor huge units under- or overflow when squared.
        x, y = (a[t] - mean_a) / far_a, (b[t] - mean_b) / far_b
        aa += x * x
        bb += y * y
        ab += x * y
    return _held_to_one(ab / np.sqrt(aa * bb))


@numba.njit(cache=True, nogil=True)
def _mean_and_reach(values: Floats, start: int, stop: int) -> tuple[float, float]:
    """Return the mean and the largest distance from it; a distance of 0 when all values are equal, NaN when one is NaN."""
    first, total, same = values[start], 0.0, True
    for t in range(start, stop):
        total += values[t] - first
        same = same and values[t] == first
    if same:
        return first, 0.0
    mean, reach = first + total / (stop - start), 0.0
    for t in range(start, stop):
        distance = abs(values[t] - mean)
        if not distance <= reach:
            reach = distance
        if np.isnan(distance):
            return mean, np.nan
    return mean, reach


def pair_places(markets: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of every pair, in the order in which `rolling_all_pairs` lists them."""
    return np.triu_indices(markets, 1)


def rolling_all_pairs(columns: Floats, window: int, *, threads: int = 2, out: Floats | None = None) -> Floats:
    """Return the rolling correlation of all pairs of many markets, each window standardised once and then only multiplied.

    The whole result of 500 markets over ten years is 2.5 GB; `rolling_blocks` gives the same without keeping it.

    Parameters
    ----------
    columns : float64 of shape (n, markets)
    window
        Closes a window.
    threads
        The result does not depend on it.
    out : float64 of shape (pairs, n - window + 1), optional
        Filled and returned, so that repeated calls need no new memory.

    Returns
    -------
    float64 of shape (pairs, n - window + 1)
        Row `k` belongs to the pair `pair_places(markets)[:, k]`; NaN exactly where undefined.
    """
    series = _series(columns, window)
    markets, windows = len(series), max(series.shape[1] - window + 1, 0)
    found = np.empty((markets * (markets - 1) // 2, windows)) if out is None else out

    def fill(start: int) -> None:
        _multiply(_standardised(series, window, start, min(start + BLOCK, windows)), 0, markets, found[:, start:])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, windows, BLOCK)))
    return found


def rolling_blocks(
    columns: Floats, window: int, *, threads: int = 2, width: int = BLOCK
) -> Iterator[tuple[int, Floats]]:
    """Yield what `rolling_all_pairs` returns in blocks of `width` windows, because all of it is more than a laptop wants to hold.

    Each item is the number of the block's first window and an array of shape (pairs, width or fewer), which the next item overwrites:
    take from it what is needed, or copy it. Window `w` ends at bar `w + window - 1`.
    """
    series = _series(columns, window)
    markets, windows = len(series), max(series.shape[1] - window + 1, 0)
    kept = np.empty((markets * (markets - 1) // 2, width))
    parts = _equal_parts(markets, 4 * threads)
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, windows, width):
            unit = _standardised(series, window, start, min(start + width, windows))
            list(pool.map(lambda part, unit=unit: _multiply(unit, part[0], part[1], kept), parts))
            yield start, kept[:, : unit.shape[2]]


def _series(columns: Floats, window: int) -> Floats:
    _refuse_short(window)
    return np.ascontiguousarray(np.asarray(columns, float).T)


def _equal_parts(markets: int, parts: int) -> list[tuple[int, int]]:
    """Return ranges of first markets that hold about equally many pairs each."""
    done = np.cumsum(np.arange(markets - 1, -1, -1)) / max(markets * (markets - 1) // 2, 1)
    edges = np.unique([0, *np.searchsorted(done, np.arange(1, parts) / parts), markets])
    return [(int(first), int(last)) for first, last in itertools.pairwise(edges)]


@numba.njit(cache=True, nogil=True)
def _standardised(series: Floats, window: int, start: int, stop: int) -> Floats:
    """Return each window from `start` to `stop` centred and of unit length; shape (markets, window, stop - start)."""
    unit = np.empty((series.shape[0], window, stop - start))
    for m in range(series.shape[0]):
        for t in range(start, stop):
            mean, reach = _mean_and_reach(series[m], t, t + window)
            square = 0.0
            for k in range(window):
                square += ((series[m, t + k] - mean) / reach) ** 2 if reach > 0.0 else np.nan
            length = reach * np.sqrt(square)
            for k in range(window):
                unit[m, k, t - start] = (series[m, t + k] - mean) / length
    return unit


@numba.njit(cache=True, nogil=True)
def _multiply(unit: Floats, first: int, last: int, found: Floats) -> None:
    """Write the inner products of the standardised windows of the markets from `first` to `last` with all later ones."""
    markets, window, width = unit.shape
    total, row = np.empty(width), first * (2 * markets - first - 1) // 2
    for i in range(first, last):
        for j in range(i + 1, markets):
            total[:] = 0.0
            for k in range(window):
                for t in range(width):
                    total[t] += unit[i, k, t] * unit[j, k, t]
            for t in range(width):
                found[row, t] = _held_to_one(total[t])
            row += 1
