"""Rolling correlation is exact in every window, whatever the prices."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rolling import (
    correlation,
    pair_places,
    ranks,
    rolling_all_pairs,
    rolling_blocks,
    rolling_correlation,
)


def by_hand(a, b, window):
    """Return the rolling correlation by `numpy.corrcoef`, NaN where a window is constant."""
    found = np.full(len(a), np.nan)
    for t in range(window - 1, len(a)):
        x, y = a[t + 1 - window : t + 1], b[t + 1 - window : t + 1]
        if np.ptp(x) > 0 and np.ptp(y) > 0:
            found[t] = np.corrcoef(x, y)[0, 1]
    return found


def walks(seed, n=300, markets=2, level=1e5):
    return level + np.cumsum(np.random.default_rng(seed).standard_normal((n, markets)), axis=0)


@given(st.integers(0, 10_000), st.integers(3, 60), st.sampled_from([1.0, 1e5, 1e9]))
def test_equals_numpy_in_every_window(seed, window, level):
    a, b = walks(seed, 120, level=level).T
    assert np.allclose(rolling_correlation(a, b, window), by_hand(a, b, window), rtol=0, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("tick", [1e12, -1e12, 1e-300])
def test_a_bad_tick_leaves_with_its_windows(tick):
    a, b = walks(1).T
    bad = a.copy()
    bad[100] = tick
    clean, spoiled = rolling_correlation(a, b, 10), rolling_correlation(bad, b, 10)
    assert np.array_equal(clean[110:], spoiled[110:])
    assert np.allclose(spoiled, by_hand(bad, b, 10), rtol=0, atol=1e-9, equal_nan=True)


def test_constant_windows_are_undefined_and_no_others():
    a, b = walks(2).T
    a[50:75] = 0.1  # a value whose sum is not exact
    found = rolling_correlation(a, b, 10)
    undefined = np.flatnonzero(np.isnan(found))
    assert list(undefined) == [*range(9), *range(59, 75)]
    assert np.array_equal(np.isnan(rolling_all_pairs(np.column_stack([a, b]), 10)[0]), np.isnan(found[9:]))


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1.0, 1e150])
def test_never_beyond_one_at_any_scale(scale):
    a = np.arange(50.0) * scale
    found = rolling_correlation(a, 3.0 * a, 5)[4:]
    assert np.all(found <= 1.0) and np.all(found > 1.0 - 1e-12)
    assert np.all(rolling_correlation(a, -a, 5)[4:] >= -1.0)


def test_a_nan_is_undefined_only_where_it_lies():
    a, b = walks(3).T
    a[20] = np.nan
    assert list(np.flatnonzero(np.isnan(rolling_correlation(a, b, 5)))) == [0, 1, 2, 3, 20, 21, 22, 23, 24]


@pytest.mark.parametrize("threads", [1, 3])
def test_all_pairs_equal_each_pair(threads):
    columns = walks(4, n=700, markets=5)
    columns[100:140, 2] = 7.0
    found = rolling_all_pairs(columns, 10, threads=threads)
    assert found.shape == (10, 691)
    for row, i, j in zip(found, *pair_places(5), strict=True):
        assert np.allclose(
            row, rolling_correlation(columns[:, i], columns[:, j], 10)[9:], rtol=0, atol=1e-12, equal_nan=True
        )


def test_all_pairs_fill_the_array_they_are_given():
    columns = walks(5, n=40, markets=3)
    out = np.empty((3, 31))
    assert rolling_all_pairs(columns, 10, out=out) is out


@pytest.mark.parametrize("threads", [1, 3])
def test_blocks_are_all_pairs_in_pieces(threads):
    columns = walks(7, n=330, markets=7)
    whole = rolling_all_pairs(columns, 10)
    pieces = [(start, block.copy()) for start, block in rolling_blocks(columns, 10, threads=threads, width=100)]
    assert [start for start, _ in pieces] == [0, 100, 200, 300]
    assert np.array_equal(np.concatenate([block for _, block in pieces], axis=1), whole)


def test_windows_longer_than_history_give_nothing():
    columns = walks(6, n=5)
    assert np.isnan(rolling_correlation(*columns.T, 10)).all()
    assert rolling_all_pairs(columns, 10).shape == (1, 0)
    assert list(rolling_blocks(columns, 10)) == []


def test_a_window_of_one_is_refused():
    with pytest.raises(RequestError, match="at least 2"):
        rolling_correlation(np.ones(5), np.ones(5), 1)


def test_a_single_correlation_of_nothing_is_undefined():
    assert np.isnan(correlation(np.array([1.0]), np.array([2.0])))
    assert np.isnan(correlation(np.ones(5), np.arange(5.0)))


@given(st.lists(st.integers(-5, 5), min_size=3, max_size=30), st.integers(0, 100))
def test_ranks_are_those_of_scipy(values, seed):
    from scipy.stats import rankdata

    assert np.array_equal(ranks(np.array(values, float)), rankdata(values))


def test_numpy_itself_would_warn_on_a_constant_window():
    """The counter-example: what `numpy.corrcoef` does where ours says undefined."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        np.corrcoef(np.ones(5), np.arange(5.0))
    assert told
