"""Warm-ups, short and odd input, changes, ranks, extremes, volume."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crosscurrent.indicators import averages, changes, extremes, momentum, volatility, volume
from crosscurrent.indicators.warm_up import smoothing_memory, wilder_memory
from strategies import needs_shared, random_bars, shared_bars

INDICATORS = {
    "sma": (lambda b: averages.sma(b.close, 20), averages.sma_warm_up(20)),
    "ema": (lambda b: averages.ema(b.close, 20), averages.ema_warm_up(20)),
    "rsi": (lambda b: momentum.rsi(b.close), momentum.rsi_warm_up()),
    "macd": (lambda b: momentum.macd(b.close)[1], momentum.macd_warm_up()),
    "stochastic": (lambda b: momentum.stochastic(b.high, b.low, b.close)[1], momentum.stochastic_warm_up()),
    "adx": (lambda b: momentum.adx(b.high, b.low, b.close), momentum.adx_warm_up()),
    "atr": (lambda b: volatility.atr(b.high, b.low, b.close), volatility.atr_warm_up()),
    "bollinger": (lambda b: volatility.bollinger(b.close)[0], volatility.bollinger_warm_up()),
}
by_name = pytest.mark.parametrize("name", INDICATORS)


@by_name
def test_the_first_value_comes_when_declared(name):
    indicator, warm_up = INDICATORS[name]
    bars = random_bars(2, warm_up.defined + 5)
    assert np.isnan(indicator(bars)).sum() == warm_up.defined
    assert np.isfinite(indicator(bars)[warm_up.defined :]).all()


@by_name
def test_a_series_within_its_warm_up_is_all_nan(name):
    indicator, warm_up = INDICATORS[name]
    for n in (0, 1, 2, warm_up.defined):
        values = indicator(random_bars(2, n))
        assert len(values) == n
        assert np.isnan(values).all()


def apart_after(name, bars, start):
    """Return how far two beginnings of one series are apart, in RSI points or as a share of the spread of the closes."""
    indicator, _ = INDICATORS[name]
    late = indicator(bars.slice(start, len(bars)))
    unit = 1.0 if name in ("rsi", "adx", "stochastic") else float(bars.close.std())
    return np.abs(late - indicator(bars)[start:]) / unit


@by_name
def test_settled_values_agree_to_four_decimals(name):
    bars = random_bars(5, 1500)
    settled = INDICATORS[name][1].settled
    for start in (100, 333, 700):
        assert (apart_after(name, bars, start)[settled:] < 5e-5).all()


@needs_shared
@pytest.mark.parametrize("market", ["NQ", "CL", "ZN", "BTCUSD"])
def test_settled_rsi_agrees_on_real_markets(market):
    bars = shared_bars(market)
    for start in (200, 1500):
        assert (apart_after("rsi", bars, start)[250:] < 5e-5).all()


def test_an_unsettled_rsi_does_not_agree():
    assert apart_after("rsi", random_bars(5, 1500), 100)[20:60].max() > 0.05


def test_memories():
    assert wilder_memory(14) == 249
    assert smoothing_memory(1.0) == 0
    assert smoothing_memory(0.5, 1 / 1024) == 10


@by_name
def test_a_cut_series_has_the_same_values(name):
    """Exactly the same: the equation of the detectors rests on it."""
    indicator, _ = INDICATORS[name]
    bars = random_bars(9, 700)
    whole = indicator(bars)
    for cut in (30, 200, 451, 699):
        assert np.array_equal(indicator(bars.first(cut)), whole[:cut], equal_nan=True)


def test_changes():
    close = np.array([100.0, 110.0, 99.0, -5.0, 5.0])
    np.testing.assert_allclose(changes.pct_change(close), [np.nan, 10, -10, -105.0505, np.nan], rtol=1e-6)
    np.testing.assert_allclose(changes.change(close, 2), [np.nan, np.nan, -1, -115, -94])
    np.testing.assert_allclose(changes.bp_change(np.array([4.0, 4.16]))[1], 16.0)
    assert np.isnan(changes.change(close, 9)).all()
    assert len(changes.pct_change(np.empty(0))) == 0


values = arrays(np.float64, st.integers(0, 60), elements=st.integers(-5, 5).map(float))


@given(values, st.integers(1, 12))
def test_rank_and_percentile_are_counted_in_the_window(series, window):
    ranks, shares = changes.rank(series, window), changes.percentile(series, window)
    for t in range(len(series)):
        seen = series[max(t - window + 1, 0) : t + 1]
        if len(seen) < window:
            assert np.isnan(ranks[t])
            assert np.isnan(shares[t])
        else:
            assert ranks[t] == 1 + sum(seen > series[t])
            assert shares[t] == pytest.approx(sum(seen <= series[t]) / window)


def test_a_gap_in_the_window_has_no_rank():
    series = np.array([1.0, np.nan, 3.0, 2.0, 5.0])
    assert np.isnan(changes.rank(series, 3)).tolist() == [True, True, True, True, False]


@given(values)
def test_last_at_least_is_the_latest_rival(series):
    for t, (above, below) in enumerate(zip(extremes.last_at_least(series), extremes.last_at_most(series), strict=True)):
        assert above == max([j for j in range(t) if series[j] >= series[t]], default=-1)
        assert below == max([j for j in range(t) if series[j] <= series[t]], default=-1)


@given(values)
def test_records_beat_all_before(series):
    for t, (high, low) in enumerate(zip(extremes.is_record_high(series), extremes.is_record_low(series), strict=True)):
        assert high == (t > 0 and all(series[:t] < series[t]))
        assert low == (t > 0 and all(series[:t] > series[t]))


def test_rolling_extremes():
    series = np.array([3.0, 1.0, 2.0, 5.0, 4.0])
    np.testing.assert_array_equal(extremes.rolling_high(series, 3), [np.nan, np.nan, 3, 5, 5])
    np.testing.assert_array_equal(extremes.rolling_low(series, 3), [np.nan, np.nan, 1, 1, 2])


def test_relative_volume_leaves_the_bar_out_of_its_norm():
    traded = np.array([10.0, 20.0, 30.0, 100.0, np.nan, 0.0, 0.0, 0.0, 0.0])
    got = volume.relative_volume(traded, 3)
    np.testing.assert_array_equal(got[:4], [np.nan, np.nan, np.nan, 5.0])
    assert np.isnan(got[4:]).all()
    assert np.isnan(volume.relative_volume(traded[:2], 3)).all()


def test_on_balance_volume():
    got = volume.on_balance_volume(np.array([1.0, 2.0, 1.5, 1.5, 3.0]), np.array([5.0, 10.0, 4.0, 7.0, np.nan]))
    assert got.tolist() == [0.0, 10.0, 6.0, 6.0, 6.0]
    assert len(volume.on_balance_volume(np.empty(0), np.empty(0))) == 0


def test_talib_is_imported_only_when_a_number_is_wanted():
    code = "import sys, crosscurrent.indicators.momentum as m; assert 'talib' not in sys.modules; m.rsi; print('ok')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "ok\n"
