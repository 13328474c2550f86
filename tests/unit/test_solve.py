"""Every solved price is true: a bar is appended at the price and just to either side, and the indicator is asked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscurrent.indicators import solve, volatility
from crosscurrent.indicators.averages import ema, sma
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.indicators.volatility import bollinger
from strategies import random_bars

CASES = 10_000


def walks(rng, cases=CASES):
    """Yield closes of many kinds: long and short, calm and wild, trending and turning, high, low and below zero."""
    for _ in range(cases):
        n = int(rng.integers(40, 320))
        steps = rng.standard_normal(n) * 10.0 ** rng.uniform(-2, 1) + rng.normal() * 0.05
        level = float(rng.choice([100.0, 21500.0, 1.05, -3.0, 0.0]))
        close = level + np.cumsum(steps) * max(abs(level), 1.0) / 100
        grid = np.ptp(close) / 256
        yield np.round(close / grid) * grid if rng.random() < 0.3 else close


def after(close, price):
    return np.append(close, price)


def gap_to_sma(close, n=20):
    return close[-1] - sma(close, n)[-1]


def gap_to_ema(close, n=20):
    return close[-1] - ema(close, n)[-1]


def gap_of_averages(close):
    return sma(close, 10)[-1] - sma(close, 30)[-1]


def gap_to_signal(close):
    return macd(close)[2][-1]


def macd_line(close):
    return macd(close)[0][-1]


def gap_to_upper(close):
    return close[-1] - bollinger(close)[0][-1]


def gap_to_lower(close):
    return close[-1] - bollinger(close)[2][-1]


TRIGGERS = {
    "close_above_sma": (lambda c: solve.close_above_sma(c, 20), gap_to_sma),
    "close_above_ema": (lambda c: solve.close_above_ema(c, 20), gap_to_ema),
    "golden_cross": (lambda c: solve.sma_above_sma(c, 10, 30), gap_of_averages),
    "macd_above_signal": (solve.macd_above_signal, gap_to_signal),
    "macd_above_zero": (solve.macd_above_zero, macd_line),
    "upper_band": (solve.close_above_upper_band, gap_to_upper),
    "lower_band": (solve.close_above_lower_band, gap_to_lower),
    "rsi_30": (lambda c: solve.rsi_above(c, 30), lambda c: rsi(c)[-1] - 30),
    "rsi_50": (lambda c: solve.rsi_above(c, 50), lambda c: rsi(c)[-1] - 50),
    "rsi_70": (lambda c: solve.rsi_above(c, 70), lambda c: rsi(c)[-1] - 70),
    "sma_level": (lambda c: solve.sma_above(c, 20, c[-9]), lambda c: sma(c, 20)[-1] - c[-10]),
    "ema_level": (lambda c: solve.ema_above(c, 20, c[-9]), lambda c: ema(c, 20)[-1] - c[-10]),
}


def wrong_about(solved, gap, close, shove=0.0):
    """Return whether a solved price (shoved aside by a share of the market's range, to see the test fail) is not on the edge."""
    reach = float(np.ptp(close)) + 1e-9
    price = solved(close) + shove * reach
    hair = 1e-7 * reach + 1e-12 * float(np.abs(close).max())
    return not (gap(after(close, price - hair)) < 0 < gap(after(close, price + hair)))


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_price_is_the_edge(name):
    solved, gap = TRIGGERS[name]
    wrong = [c for c in walks(np.random.default_rng(7)) if not math.isnan(solved(c)) and wrong_about(solved, gap, c)]
    assert not wrong


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_price_beside_the_edge_is_caught(name):
    solved, gap = TRIGGERS[name]
    close = next(walks(np.random.default_rng(1)))
    assert wrong_about(solved, gap, close, shove=1e-3)
    assert wrong_about(solved, gap, close, shove=-1e-3)


@pytest.mark.parametrize("name", TRIGGERS)
def test_almost_every_market_has_a_price(name):
    solved, _ = TRIGGERS[name]
    assert np.mean([math.isnan(solved(c)) for c in walks(np.random.default_rng(2), 200)]) < 0.02


@settings(max_examples=60)
@given(
    st.lists(st.floats(-1e4, 1e4, allow_subnormal=False), min_size=60, max_size=90),
    st.floats(-1e4, 1e4, allow_subnormal=False),
)
def test_the_next_value_is_the_indicators(closes, price):
    close = np.array(closes)
    following = after(close, price)
    near = {"rel": 1e-9, "abs": 1e-7}
    assert solve.sma_next(close, 20, price) == pytest.approx(sma(following, 20)[-1], **near)
    assert solve.ema_next(close, 20, price) == pytest.approx(ema(following, 20)[-1], **near)
    line, signal, _ = (column[-1] for column in macd(following))
    assert solve.macd_next(close, price) == pytest.approx((line, signal), **near)
    if np.abs(np.diff(following)).sum() > 1e-3:
        assert solve.rsi_next(close, 14, price) == pytest.approx(rsi(following)[-1], **near)


@settings(max_examples=60)
@given(st.lists(st.floats(-100, 100), min_size=9, max_size=9), st.lists(st.floats(-100, 100), min_size=10, max_size=10))
def test_covariance_vanishes_at_its_price(values, others):
    values, others = np.array(values), np.array(others)
    apart = others[-1] - others.mean()
    if abs(apart) < 1e-3 * max(np.ptp(others), 1e-9):
        return
    price = solve.covariance_positive(values, others)
    for step in (-1.0, 1.0):
        together = np.cov(np.append(values, price + step), others)[0, 1]
        assert np.sign(together) == np.sign(step * apart)


def test_the_next_stop_turns_just_where_it_is_reached():
    for seed in range(1000):
        bars = random_bars(seed, 40 + seed % 60)
        stop = solve.sar_next(bars.high, bars.low)
        is_long = stop <= bars.low[-1]
        assert is_long or stop >= bars.high[-1]
        for share, turns in ((1e-9, False), (-1e-9, True)):
            reached = stop * (1 + share) if is_long else stop * (1 - share)
            low, high = (reached, bars.high[-1]) if is_long else (bars.low[-1], reached)
            following = volatility.sar(np.append(bars.high, max(high, low)), np.append(bars.low, min(high, low)))[-1]
            assert (following >= bars.high[-1] if is_long else following <= bars.low[-1]) == turns
    assert math.isnan(solve.sar_next(np.ones(1), np.ones(1)))


@pytest.mark.parametrize("name", TRIGGERS)
@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_closes_have_no_price(name, n):
    solved, _ = TRIGGERS[name]
    assert "level" in name or math.isnan(solved(np.linspace(1, 2, n)))


def test_a_flat_market_has_no_rsi_price_and_no_band():
    flat = np.full(60, 5.0)
    assert math.isnan(solve.rsi_above(flat, 50))
    assert math.isnan(solve.close_above_upper_band(flat))
    assert solve.close_above_sma(flat, 20) == 5.0


def test_an_rsi_of_zero_or_hundred_is_out_of_reach():
    close = 100 + np.cumsum(np.random.default_rng(0).normal(size=80))
    assert math.isnan(solve.rsi_above(close, 0))
    assert math.isnan(solve.rsi_above(close, 100))
    falling = np.linspace(100, 50, 60)
    assert solve.rsi_above(falling, 30) > falling[-1]
    assert solve.rsi_above(falling[::-1].copy(), 70) < falling[0]
