"""Indicators against numbers that others published, and against plain loops written from the books."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crosscurrent.indicators import averages, momentum, volatility
from crosscurrent.indicators.solve import wilder_averages
from strategies import random_bars

BARS = random_bars(17, 400)
HIGH, LOW, CLOSE = BARS.high, BARS.low, BARS.close

PUBLISHED_CLOSES = np.array([
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.6140, 46.2820,
    46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783,
    44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
])  # fmt: skip
PUBLISHED_RSI = [
    70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46, 37.30, 33.08,
    37.77,
]  # fmt: skip
"""The worked example of RSI(14) in StockCharts' ChartSchool."""


def smoothed(values, n, weight, start):
    """Return an exponential smoothing by a plain loop, begun with the mean of the first n values from `start` on."""
    out = np.full(len(values), np.nan)
    now = sum(values[start : start + n]) / n
    out[start + n - 1] = now
    for t in range(start + n, len(values)):
        now = now + weight * (values[t] - now)
        out[t] = now
    return out


def moves():
    return [0.0] + [CLOSE[t] - CLOSE[t - 1] for t in range(1, len(CLOSE))]


def true_ranges():
    return [HIGH[0] - LOW[0]] + [max(HIGH[t], CLOSE[t - 1]) - min(LOW[t], CLOSE[t - 1]) for t in range(1, len(CLOSE))]


def same(ours, reference, rtol=1e-10):
    np.testing.assert_allclose(ours, reference, rtol=rtol, atol=1e-9, equal_nan=True)


def test_rsi_is_the_published_one():
    assert np.round(momentum.rsi(PUBLISHED_CLOSES)[14:], 2).tolist() == PUBLISHED_RSI


def test_rsi_is_wilders():
    gain = smoothed([max(m, 0) for m in moves()], 14, 1 / 14, 1)
    loss = smoothed([max(-m, 0) for m in moves()], 14, 1 / 14, 1)
    same(momentum.rsi(CLOSE), 100 * gain / (gain + loss))
    assert wilder_averages(CLOSE, 14) == pytest.approx((gain[-1], loss[-1]), rel=1e-12)


def test_sma_is_the_mean_of_its_window():
    same(averages.sma(CLOSE, 50), pd.Series(CLOSE).rolling(50).mean().to_numpy())


def test_ema_starts_with_a_mean():
    same(averages.ema(CLOSE, 20), smoothed(CLOSE, 20, 2 / 21, 0))


def test_macd_is_the_gap_of_two_averages_begun_together():
    line = smoothed(CLOSE, 12, 2 / 13, 14) - smoothed(CLOSE, 26, 2 / 27, 0)
    signal = smoothed(line, 9, 2 / 10, 25)
    ours = momentum.macd(CLOSE)
    same(ours[0], np.where(np.isnan(signal), np.nan, line))
    same(ours[1], signal)
    same(ours[2], line - signal)


def test_atr_is_wilders():
    reference = smoothed(true_ranges(), 14, 1 / 14, 1)
    same(volatility.atr(HIGH, LOW, CLOSE), reference)


def test_bollinger_divides_by_n():
    window = pd.Series(CLOSE).rolling(20)
    upper, middle, lower = volatility.bollinger(CLOSE)
    same(middle, window.mean().to_numpy())
    same(upper, (window.mean() + 2 * window.std(ddof=0)).to_numpy(), 1e-9)
    same(lower, (window.mean() - 2 * window.std(ddof=0)).to_numpy(), 1e-9)


def test_stochastic_is_lanes():
    high, low = pd.Series(HIGH).rolling(14).max(), pd.Series(LOW).rolling(14).min()
    k = (100 * (pd.Series(CLOSE) - low) / (high - low)).rolling(3).mean()
    ours = momentum.stochastic(HIGH, LOW, CLOSE, 14, 3, 3)
    d = k.rolling(3).mean()
    same(ours[1], d.to_numpy(), 1e-9)
    same(ours[0], k.where(d.notna()).to_numpy(), 1e-9)


def summed(values, n):
    """Return Wilder's running sum: n - 1 values to begin with, then each bar takes off an nth and adds the new value."""
    out = np.full(len(values), np.nan)
    now = sum(values[1:n])
    for t in range(n, len(values)):
        now = now - now / n + values[t]
        out[t] = now
    return out


def test_directional_movement_is_wilders():
    up, down = np.diff(HIGH, prepend=HIGH[0]), -np.diff(LOW, prepend=LOW[0])
    plus = np.where((up > down) & (up > 0), up, 0.0)
    minus = np.where((down > up) & (down > 0), down, 0.0)
    ranges = summed(true_ranges(), 14)
    plus_di, minus_di = 100 * summed(plus, 14) / ranges, 100 * summed(minus, 14) / ranges
    same(momentum.plus_di(HIGH, LOW, CLOSE), plus_di)
    same(momentum.minus_di(HIGH, LOW, CLOSE), minus_di)
    dx = 100 * np.abs(plus_di - minus_di) / (plus_di + minus_di)
    same(momentum.adx(HIGH, LOW, CLOSE), smoothed(dx, 14, 1 / 14, 14))


def wilders_stop(high, low, is_long):
    """Return the stop and reverse by a plain loop, begun on the second bar in a given direction."""
    out = np.full(len(high), np.nan)
    sar, point, step = (low[0], high[1], 0.02) if is_long else (high[0], low[1], 0.02)
    for t in range(1, len(high)):
        if low[t] <= sar if is_long else high[t] >= sar:
            sar = max(point, high[t - 1], high[t]) if is_long else min(point, low[t - 1], low[t])
            is_long, step = not is_long, 0.02
            point = high[t] if is_long else low[t]
        elif high[t] > point if is_long else low[t] < point:
            point, step = high[t] if is_long else low[t], min(step + 0.02, 0.2)
        out[t] = sar
        sar = sar + step * (point - sar)
        before = max(t - 1, 1)  # TA-Lib does not yet know the first bar when it limits the first stop.
        sar = min(sar, low[before], low[t]) if is_long else max(sar, high[before], high[t])
    return out


def test_sar_is_wilders():
    ours = volatility.sar(HIGH, LOW)
    same(ours, wilders_stop(HIGH, LOW, ours[1] < LOW[1]))
