"""The arithmetic under the candles: shapes, margins, misses, and the words of a rule upside down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.facts.stage import FUTURES, NEAR_MISS, STRICT
from crosscurrent.structure.candles import CANDLES, Candles
from crosscurrent.structure.candles.compiled import Margins
from crosscurrent.structure.candles.inequality import GAP_TOLERANCE, MOST_MISSED, Inequality, mirrored_words
from crosscurrent.structure.candles.judge import Rulebook, keeps
from crosscurrent.structure.candles.shape import DEPTH, Shape, sum_of_five, sum_of_ten
from crosscurrent.structure.tape import Tape
from strategies import random_bars


def shape_of(bars):
    return Shape.of(bars.open, bars.high, bars.low, bars.close, Tape(bars).atr)


def test_sums_and_extremes_are_those_of_plain_loops():
    values = np.random.default_rng(2).random(60)
    shape = Shape.of(values, values + 1, values - 1, values, values)
    for t in range(20, 60):
        assert sum_of_ten(values, t) == pytest.approx(values[t - 9 : t + 1].sum())
        assert sum_of_five(values, t) == pytest.approx(values[t - 4 : t + 1].sum())
        assert shape.lowest.values[t] == values[t - 20 : t].min() - 1
        assert shape.highest.values[t] == values[t - 20 : t].max() + 1
        assert shape.average_close.values[t] == pytest.approx(values[t - 9 : t + 1].mean())
    assert np.isnan(shape.average_close.values[:9]).all() and np.isnan(shape.lowest.values[:20]).all()


def test_the_shape_of_many_histories_is_that_of_each():
    bars = [random_bars(seed, 60) for seed in (1, 2)]
    columns = [np.array([getattr(b, c) for b in bars]) for c in ("open", "high", "low", "close", "close")]
    both = Shape.of(*columns)
    for k in range(2):
        one = Shape.of(*(column[k] for column in columns))
        for name in ("body", "usual_span", "recent_span", "lowest", "highest"):
            assert np.array_equal(getattr(both, name).values[k], getattr(one, name).values, equal_nan=True), name


def test_margins_weighed_are_margins_asked_one_by_one():
    keys = tuple({(i, c.is_mirrored): None for c in CANDLES for i in c.rule()})
    shape = shape_of(random_bars(4, 400))
    upside_down, weighed = shape.mirrored(), Margins.of(keys).weigh(shape)
    for (inequality, is_mirrored), margin in zip(keys, weighed, strict=True):
        asked = inequality.margin(upside_down if is_mirrored else shape)
        assert np.allclose(margin, asked, rtol=0, atol=1e-12, equal_nan=True), inequality.rule


def test_averages_do_not_depend_on_where_the_history_starts():
    bars = random_bars(3, 300)
    whole, late = shape_of(bars), shape_of(bars.slice(150, 300))
    for name in ("usual_body", "usual_span", "recent_span", "average_close", "lowest"):
        assert np.array_equal(getattr(whole, name)()[-100:], getattr(late, name)()[-100:]), name


def test_a_lag_looks_back():
    bars = random_bars(3, 50)
    shape = shape_of(bars)
    assert np.array_equal(shape.close(0), bars.close[DEPTH:])
    assert np.array_equal(shape.close(2), bars.close[DEPTH - 2 : -2])
    assert np.allclose(shape.upper(1) + shape.body(1) + shape.lower(1), shape.span(1))


def test_upside_down_twice_is_as_it_was():
    shape = shape_of(random_bars(3, 80))
    again = shape.mirrored().mirrored()
    assert np.array_equal(again.upper(), shape.upper()) and np.array_equal(again.close(), shape.close())


def test_ties_hold_only_where_the_rule_lets_them():
    margin, atr = np.array([1e-12, -1e-12, 1e-6, -1e-6, np.nan]), np.ones(5)
    assert Inequality("x", lambda s: s, is_open=True).holds(margin, atr, False).tolist() == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert Inequality("x", lambda s: s, is_open=False).holds(margin, atr, False).tolist() == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_tolerance_holds_only_by_the_futures_rule():
    gap = Inequality("x", lambda s: s, relaxed=GAP_TOLERANCE)
    margin, atr = np.array([-0.4, -0.6]), np.full(2, 2.0)
    assert gap.holds(margin, atr, False).tolist() == [False, False]
    assert gap.holds(margin, atr, True).tolist() == [True, False]


@given(
    st.lists(
        st.sampled_from(
            ["upper", "lower", "high", "low", "rise", "fall", "white", "black", "above", "below", "body", "the"]
        ),
        max_size=12,
    )
)
def test_words_upside_down_twice_are_the_words(words):
    sentence = " ".join(words)
    assert mirrored_words(mirrored_words(sentence)) == sentence


def test_no_rule_holds_a_digit():
    assert not any(c.isdigit() for rule in Candles.layout.rules for c in rule)


@pytest.mark.parametrize("candle", CANDLES, ids=lambda c: f"{c.kind}{c.direction:+d}")
def test_strictness_is_an_order_and_misses_are_bounded(candle):
    bars = random_bars(8, 3000)
    shape = shape_of(bars)
    found = Rulebook.of((candle,)).judge(shape, np.ones((3, len(bars) - DEPTH), bool))
    at, strictness, missed, missed_by = found[:, 1].astype(int), found[:, 2], found[:, 3].astype(int), found[:, 4]
    strict, relaxed = keeps(candle, shape, False), keeps(candle, shape, True)
    assert not np.any(strict & ~relaxed)
    assert np.array_equal(np.flatnonzero(strict), at[strictness == STRICT])
    assert np.array_equal(np.flatnonzero(relaxed & ~strict), at[strictness == FUTURES])
    near = strictness == NEAR_MISS
    assert not np.any(relaxed[at[near]])
    assert np.isnan(missed_by[~near]).all() and (missed[~near] == -1).all()
    for t, place, amount in zip(at[near], missed[near], missed_by[near], strict=True):
        inequality = candle.rule()[place]
        short = max(-inequality.margin(shape.mirrored() if candle.is_mirrored else shape)[t], 0.0)
        unit = shape.atr()[t] if inequality.unit == "atr" else shape.span()[t]
        assert inequality.may_be_missed and short <= MOST_MISSED[inequality.unit] * unit
        assert amount == pytest.approx(short / shape.span()[t])


def test_a_miss_is_measured_as_by_hand():
    bars = random_bars(8, 6000)
    table = Candles().sweep(Tape(bars)).of_kind("shooting_star")
    near = table.where(table.strictness == NEAR_MISS)
    checked = 0
    for row in range(len(near)):
        fact = near.fact(row, bars)
        if "lower shadow" in fact.readings["rule"]:
            t, span = fact.at, bars.high[fact.at] - bars.low[fact.at]
            usual = np.mean(bars.high[t - 10 : t] - bars.low[t - 10 : t])
            by_hand = (min(bars.open[t], bars.close[t]) - bars.low[t] - 0.1 * usual) / span
            assert fact.readings["missed_by"] == pytest.approx(by_hand)
            checked += 1
    assert checked > 10
