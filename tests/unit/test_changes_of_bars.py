"""Changes: per cent of the price then quoted, basis points for yields."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.bars import change_between, change_over, returns
from crosscurrent.markets import find
from strategies import bars_of, random_bars


def closes(close, symbol="NQ", shift=None):
    bars = bars_of(close, close, close, close, instrument=find(symbol))
    return bars if shift is None else replace(bars, basis="adjusted", shift=np.array(shift, float))


def test_prices_change_in_per_cent():
    np.testing.assert_allclose(returns(closes([100.0, 110.0, 99.0])), [np.nan, 10.0, -10.0])
    np.testing.assert_allclose(change_over(closes([100.0, 110.0, 99.0]), 2), [np.nan, np.nan, -1.0])


def test_yields_change_in_basis_points():
    np.testing.assert_allclose(returns(closes([4.77, 4.61, -0.02], "DGS10")), [np.nan, -16.0, -463.0])


def test_the_base_is_in_the_prices_of_the_current_contract():
    """Traded 100, 110 | roll, gap 10 | 121: adjusted 100, 110, 111; the move of 1 is told of 120, the new contract's base."""
    bars = closes([100.0, 110.0, 111.0], shift=[0, 0, 10])
    np.testing.assert_allclose(returns(bars), [np.nan, 10.0, 100 / 120])
    assert change_between(bars, 0, 2) == pytest.approx(1100 / 110)
    assert change_between(bars, 2, 2) == 0.0


def test_no_base_above_zero_no_percentage():
    np.testing.assert_array_equal(np.isnan(returns(closes([17.0, -37.63, 10.0], "CL"))), [True, False, True])
    np.testing.assert_array_equal(np.isnan(returns(closes([0.0, 5.0]))), [True, True])


@pytest.mark.parametrize("n", [0, -1, 5, 99])
def test_too_few_bars_no_change(n):
    assert np.isnan(change_over(random_bars(1, 5), n)).all()


def test_changes_are_causal():
    bars = random_bars(2, 50)
    for cut in range(1, 50):
        np.testing.assert_array_equal(change_over(bars.first(cut), 3), change_over(bars, 3)[:cut])
