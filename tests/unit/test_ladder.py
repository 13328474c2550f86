"""The ladder: highest first, prices on the tick, distances and probabilities that agree, shelves apart."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.errors import RequestError
from crosscurrent.markets import instrument
from crosscurrent.setups.ladder import APART, ladder
from crosscurrent.setups.sizing import Account, size_of
from crosscurrent.setups.touch import Touch
from crosscurrent.setups.triggers import Eve
from crosscurrent.structure import DETECTORS, Tape
from crosscurrent.structure.look import look_at
from strategies import bars_of, random_bars


@pytest.fixture(scope="module", params=range(6))
def climbed(request):
    bars = random_bars(request.param, 400)
    return ladder(Eve(look_at(bars, bars, DETECTORS)))


def test_rungs_run_from_above_to_below(climbed):
    prices = [rung.price for rung in climbed.rungs]
    assert prices == sorted(prices, reverse=True)
    assert prices[0] > climbed.close > prices[-1]
    assert all(abs(p / 0.01 - round(p / 0.01)) < 1e-6 for p in prices)


def test_the_nearest_price_on_the_tick_makes_the_trigger_true(climbed):
    for rung in climbed.rungs:
        if rung.trigger.at == "close":
            side = 1 if rung.trigger.beyond == "above" else -1
            assert 0 < side * (rung.price - rung.trigger.price) <= 0.01 + 1e-9


def test_farther_is_less_likely_and_a_week_more_likely_than_a_day(climbed):
    for rung in climbed.rungs:
        assert 0 < rung.probability_next <= rung.probability_week < 1
        assert rung.distance_atr == pytest.approx((rung.price - climbed.close) / climbed.unit)
    for is_above in (True, False):
        side = sorted((r for r in climbed.rungs if r.is_above == is_above), key=lambda r: abs(r.distance))
        assert all(a.probability_week >= b.probability_week for a, b in itertools.pairwise(side))


def test_shelves_are_few_named_and_apart(climbed):
    for name, shelves in (("RES", climbed.resistance), ("SUP", climbed.support)):
        assert [s.name for s in shelves] == [f"{name} {i}" for i in range(1, len(shelves) + 1)]
        prices = [s.price for s in shelves]
        assert all(abs(a - b) >= APART * climbed.unit - 0.02 for i, a in enumerate(prices) for b in prices[i + 1 :])
        assert len(shelves) <= 4


def test_a_ladder_without_an_average_range_says_why():
    for bars in (random_bars(1, 5), bars_of(*[np.full(60, 50.0)] * 4)):
        found = ladder(Eve(look_at(bars, bars, DETECTORS)))
        assert found.rungs == ()
        assert found.reason
        assert found.to_json()["reason"] == found.reason


def test_touch_is_calibrated_on_a_walk():
    """A third of the walk teaches, the rest is asked: of what is called 40 % to 60 % likely about that share comes."""
    bars = random_bars(5, 2400)
    said, came = [], []
    for t in range(800, 2390, 9):
        past = Touch(Tape(bars.first(t + 1)))
        distance = 0.55 * past.unit
        said.append(past.within(np.array([distance]), 1)[0])
        came.append(bars.high[t + 1] >= bars.close[t] + distance)
    assert abs(np.mean(said) - np.mean(came)) < 0.09


def test_under_a_year_of_history_a_walk_stands_in():
    touch = Touch(Tape(random_bars(2, 100)))
    near, far = touch.within(np.array([0.1, 2.0]) * touch.unit, 5)
    assert 0.9 < near <= 1
    assert 0 < far < near


def test_size_costs_no_more_than_the_share():
    nq = instrument("NQ")
    size = size_of(21_548.25, 21_348.75, nq, Account(1_000_000, 0.01))
    assert (size.units, size.per_unit, size.at_risk) == (2, 3990.0, 7980.0)
    small = size_of(21_548.25, 21_348.75, nq, Account(100_000, 0.01))
    assert small.units == 0
    assert "already risks more" in small.reason


@pytest.mark.parametrize(
    ("symbol", "tick"),
    [("NQ", 5.0), ("ES", 12.5), ("RTY", 5.0), ("ZN", 15.625), ("ZB", 31.25), ("CL", 10.0), ("GC", 10.0)],
)
def test_a_tick_is_worth_what_the_exchange_says(symbol, tick):
    """CME Group, contract specifications."""
    size = size_of(100.0, 99.0, instrument(symbol), Account(1e6))
    assert size.tick_value == pytest.approx(tick)
    assert size.to_json()["tick_value"] == size.tick_value


def test_a_price_where_a_point_has_no_worth_has_no_size():
    assert size_of(4.61, 4.50, instrument("DGS10"), Account(1e6)) is None
    assert size_of(100.0, 100.0, instrument("NQ"), Account(1e6)) is None


def test_the_next_session_leaves_out_holidays_and_so_do_the_prices_for_it():
    """Friday before Martin Luther King Day 2025: futures trade on Monday into Tuesday's session, whose line is one bar on."""
    bars = replace(random_bars(4, 300, start="2023-11-27"), instrument=instrument("NQ")).until(
        np.datetime64("2025-01-17")
    )
    assert str(bars.session[-1]) == "2025-01-17"
    eve = Eve(look_at(bars, bars, DETECTORS))
    assert str(eve.next_session) == "2025-01-21"
    assert [str(eve.ahead(n)) for n in (1, 4)] == ["2025-01-21", "2025-01-24"]
    lines = {f.subject: f for f in eve.look.forming("trendline")}
    found = [r.trigger for r in ladder(eve).rungs if r.trigger.kind == "trendline_break"]
    assert found
    for trigger in found:
        fact = lines[trigger.subject]
        one_on = float(fact.readings["price"]) + float(fact.readings["slope_atr"]) * float(eve.look.traded.atr[-1])
        assert trigger.value == pytest.approx(one_on)


def test_leverage_limits_a_cfd():
    size = size_of(100.0, 99.9, instrument("NQ"), Account(10_000, 0.02, leverage=20, is_cfd=True))
    assert size.units == pytest.approx(2000)
    assert size_of(100.0, 99.99, instrument("NQ"), Account(10_000, 0.02, 20, True)).notional <= 200_000


@pytest.mark.parametrize("stated", [(0, 0.01), (-5, 0.01), (1000, 0), (1000, -0.1), (1000, 2), (1000, 0.01, 0)])
def test_no_money_no_risk_no_leverage_is_refused(stated):
    with pytest.raises(RequestError):
        Account(*stated)
