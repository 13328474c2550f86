"""The event study agrees with pandas, row by row, and reads nothing across a hole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crosscurrent.errors import RequestError
from crosscurrent.evaluate.event_study import breakout_study


def by_pandas(close: np.ndarray, lookback: int, horizon: int) -> tuple[int, float, int, float]:
    """Return counts and means as a reader of the definition would compute them."""
    events, every = [], []
    for row in close:
        series = pd.Series(row)
        above = series > series.rolling(lookback).max().shift(1)
        went = series.shift(-horizon) / series - 1
        events.append(went[above & ~above.shift(1, fill_value=False)].dropna())
        every.append(went.dropna())
    found, base = pd.concat(events), pd.concat(every)
    return len(found), found.mean(), len(base), base.mean()


def walks(seed: int, markets: int = 12, bars: int = 400) -> np.ndarray:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal((markets, bars)), axis=1)).round(4)
    close[0, :50], close[1, -60:], close[2, 100:103] = np.nan, np.nan, np.nan
    return close


@pytest.mark.parametrize("lookback", [1, 5, 20])
def test_it_is_what_pandas_says(lookback):
    close = walks(lookback)
    found = breakout_study(close, lookback)
    for h, horizon in enumerate(found.horizons):
        n, after, every, null = by_pandas(close, lookback, horizon)
        assert (found.n[h], found.every[h]) == (n, every)
        assert found.after[h] == pytest.approx(after, abs=1e-12)
        assert found.null[h] == pytest.approx(null, abs=1e-12)


def test_a_drift_after_breakouts_is_found_and_none_where_there_is_none():
    plain = walks(3, markets=200)
    assert abs(breakout_study(plain).edge[1]) < 0.002
    planted = np.where(np.arange(400) % 40 >= 20, 1.002, 0.998).cumprod() * 100 * np.ones((3, 1))
    assert breakout_study(planted, 5).edge[1] > 0.005


def test_nothing_to_study_is_no_number_and_no_fault():
    found = breakout_study(np.full((2, 30), 5.0))
    assert found.n.tolist() == [0] * 4
    assert np.isnan(found.after).all()
    for wrong in ({"lookback": 0}, {"horizons": ()}, {"horizons": (0,)}):
        with pytest.raises(RequestError):
            breakout_study(np.ones((1, 30)), **wrong)
