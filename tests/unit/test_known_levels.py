"""Levels that need no finding: their arithmetic, and what counts as the prior period."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.structure import Tape
from crosscurrent.structure.known_levels import confluence, floor_pivots, known_levels, retracements, round_numbers
from strategies import bars_of, needs_shared, random_bars, shared_bars


def told(bars, kind):
    return [f.readings["price"] for f in known_levels(Tape(bars)).facts(bars) if f.kind == kind]


@needs_shared
def test_the_prior_week_after_a_friday_is_the_one_just_ended():
    friday = shared_bars("NQ", "2025-01-17")
    week = friday.last(5)
    assert told(friday, "prior_week_high") == [week.high.max()]
    thursday = shared_bars("NQ", "2025-01-16")
    before = thursday.until(np.datetime64("2025-01-10")).last(5)
    assert told(thursday, "prior_week_low") == [before.low.min()]
    assert told(thursday, "prior_day_high") == [thursday.high[-1]]


@needs_shared
def test_prior_month_and_records():
    bars = shared_bars("NQ", "2025-01-17")
    december = (bars.session >= np.datetime64("2024-12-01")) & (bars.session < np.datetime64("2025-01-01"))
    assert told(bars, "prior_month_low") == [bars.low[december].min()]
    assert told(bars, "record_high") == [bars.high.max()] == [22152.5]


def test_floor_pivots():
    assert floor_pivots(110.0, 100.0, 108.0) == pytest.approx((96.0, 102.0, 106.0, 112.0, 116.0))


def test_retracements_lie_on_the_leg_and_extensions_beyond_it():
    of = dict(retracements(100.0, 200.0))
    assert of[0.5] == 150
    assert of[0.382] == pytest.approx(161.8)
    assert of[1.618] == pytest.approx(261.8)
    assert dict(retracements(200.0, 100.0))[0.236] == pytest.approx(123.6)


@given(st.floats(-1e4, 1e6), st.floats(1e-3, 1e3))
def test_round_numbers_surround_the_price_a_step_apart(price, unit):
    numbers = np.array(round_numbers(price, unit))
    step = np.diff(numbers)
    assert numbers[1] <= price + 1e-6 * step[0] and price < numbers[2] + 1e-6 * step[0]
    assert np.all(step >= unit * (1 - 1e-6))
    assert step[0] <= 10 * unit


def test_round_numbers_of_an_index():
    assert round_numbers(21594.75, 398.0) == (21000, 21500, 22000, 22500)
    assert round_numbers(108.55, 0.55) == (107, 108, 109, 110)


def test_confluence_counts_each_source_once():
    price, others = np.array([100.0, 105.0]), np.array([100.1, 99.9, 100.2, 105.1])
    assert confluence(price, others, np.array([1, 1, 2, 3]), 0.25).tolist() == [2, 1]
    assert confluence(price, others, np.array([1, 1, 2, 3]), 0.01).tolist() == [0, 0]


def test_silent_without_a_range_and_in_the_warm_up():
    close = random_bars(1, 300).close
    assert not len(known_levels(Tape(bars_of(close, close, close, close, is_close_only=True))))
    assert not len(known_levels(Tape(random_bars(1, 10))))
    flat = np.full(100, 5.0)
    assert not len(known_levels(Tape(bars_of(flat, flat, flat, flat))))


def test_every_price_scales_but_the_round_ones():
    bars = random_bars(2, 600)
    double = bars_of(2 * bars.open, 2 * bars.high, 2 * bars.low, 2 * bars.close, bars.volume)
    for kind in ("record_high", "year_low", "prior_month_high", "average", "fibonacci_retracement", "floor_pivot"):
        assert np.allclose(2 * np.array(told(bars, kind)), told(double, kind)), kind
