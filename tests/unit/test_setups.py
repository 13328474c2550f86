"""Setups keep their invariants on any bars: order of prices, ticks, reward to risk, mirror."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crosscurrent.evaluate.no_repaint import mirrored
from crosscurrent.setups import plan_market
from crosscurrent.setups.parting import contradiction
from crosscurrent.setups.sizing import Account
from crosscurrent.setups.triggers import Eve
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from crosscurrent.units import Notation
from drawings import drawn
from strategies import SHARED, TOY, bars_of, needs_shared, random_bars


def setups_of(bars):
    return plan_market(Eve(look_at(bars, bars, DETECTORS))).setups


@pytest.fixture(scope="module")
def found():
    return [(bars, setup) for seed in range(40) for bars in [random_bars(seed, 300)] for setup in setups_of(bars)]


def test_there_are_setups_to_judge(found):
    assert len(found) > 20
    assert {setup.side for _, setup in found} == {"long", "short"}


def test_prices_stand_in_order(found):
    for _, setup in found:
        sign = 1 if setup.side == "long" else -1
        prices = [setup.stop, setup.entry.price, *(t.price for t in setup.targets)]
        assert all(sign * (b - a) > 0 for a, b in itertools.pairwise(prices)), setup
        assert sign * (setup.stop - setup.invalidation.price) >= 0
        beyond, from_there = ("above", "from_above") if sign > 0 else ("below", "from_below")
        assert setup.entry.condition.endswith(beyond) or setup.entry.condition.endswith(from_there)


def test_prices_lie_on_the_tick(found):
    for bars, setup in found:
        tick = bars.instrument.notation.tick
        for price in (setup.entry.price, setup.stop, setup.invalidation.price, *(t.price for t in setup.targets)):
            assert abs(price / tick - round(price / tick)) < 1e-6


def test_reward_to_risk_is_as_stated(found):
    for _, setup in found:
        for target in setup.targets:
            assert target.r == pytest.approx(abs(target.price - setup.entry.price) / setup.risk)


def test_setups_expire_after_their_session(found):
    assert all(setup.expiry > setup.session for _, setup in found)


def test_the_same_input_gives_the_same_setups():
    bars = random_bars(3, 300)
    assert [s.to_json() for s in setups_of(bars)] == [s.to_json() for s in setups_of(bars)]


def test_upside_down_a_long_becomes_a_short():
    for seed in range(12):
        bars = random_bars(seed, 300)
        grid = bars_of(*(np.round(getattr(bars, c) * 64) / 64 for c in ("open", "high", "low", "close")), bars.volume)
        turned = mirrored(grid, 512.0)
        one = {(s.side, round(s.entry.price, 2)) for s in setups_of(grid)}
        other = {
            ({"long": "short", "short": "long"}[s.side], round(512.0 - s.entry.price, 2)) for s in setups_of(turned)
        }
        assert one == other, seed


def markets():
    """Bars of many kinds: long and short walks, calm and wild, coarse ticks and fine, scenes that end anywhere."""
    walk = st.builds(
        lambda seed, n, volatility: random_bars(seed, n, volatility=volatility),
        st.integers(0, 100_000), st.integers(15, 320), st.sampled_from([0.002, 0.01, 0.04]),
    )  # fmt: skip
    turns = st.lists(st.tuples(st.integers(2, 12), st.floats(-15, 15)), min_size=4, max_size=14)
    notation = st.sampled_from([Notation(0.01), Notation(0.25), Notation(1 / 64, parts=2), Notation(1.0, digits=0)])
    return st.builds(
        lambda bars, written: replace(bars, instrument=replace(bars.instrument, notation=written)),
        st.one_of(walk, turns.map(lambda drawing: drawn(*drawing))), notation,
    )  # fmt: skip


@example(replace(random_bars(19, 42, volatility=0.002), instrument=replace(TOY, notation=Notation(0.25))))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(markets())
def test_whatever_the_market_has_drawn_the_invariants_hold(bars):
    planned = plan_market(Eve(look_at(bars, bars, DETECTORS)), Account(1e6, 0.01))
    assert bool(planned.setups) != bool(planned.reason)
    tick = bars.instrument.notation.tick
    for setup in planned.setups:
        prices = [setup.stop, setup.entry.price, *(t.price for t in setup.targets)]
        assert all(setup.sign * (b - a) > 0 for a, b in itertools.pairwise(prices))
        assert all(abs(p / tick - round(p / tick)) < 1e-6 for p in (*prices, setup.invalidation.price))
        assert setup.sign * (setup.stop - setup.invalidation.price) >= 0
        assert all(t.r == pytest.approx(abs(t.price - setup.entry.price) / setup.risk) for t in setup.targets)
        assert all(setup.sign * (t.price - bars.close[-1]) > 0 for t in setup.targets)
        assert setup.size.at_risk <= 1e4 + 1e-6
        assert contradiction(setup, planned.setups, bars.instrument.notation) is None


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 100_000))
def test_whatever_the_market_its_mirror_gives_the_mirrored_setups(seed):
    bars = random_bars(seed, 220)
    grid = bars_of(*(np.round(getattr(bars, c) * 64) / 64 for c in ("open", "high", "low", "close")), bars.volume)

    def told(setup, axis=0.0, sign=1.0, sides=("long", "short")):
        prices = (setup.entry.price, setup.stop, setup.invalidation.price, *(t.price for t in setup.targets))
        return (setup.plan, sides[setup.side == "short"], *(round(axis + sign * p, 2) for p in prices))

    one = sorted(told(s, 512.0, -1.0, ("short", "long")) for s in setups_of(grid))
    assert one == sorted(told(s) for s in setups_of(mirrored(grid, 512.0)))


def test_nothing_comes_of_flat_or_short_bars():
    for bars in (bars_of(*[np.full(300, 50.0)] * 4), random_bars(1, 5)):
        planned = plan_market(Eve(look_at(bars, bars, DETECTORS)))
        assert planned.setups == ()
        assert planned.reason


@pytest.fixture(scope="module")
def origin_week():
    from crosscurrent.pipeline import look
    from crosscurrent.sources import open_source
    from crosscurrent.sources.taking import snapshot

    taken = snapshot(open_source(str(SHARED)), ["NQ", "RTY", "ZN"], "2025-01-17")
    looks = look(taken, ["NQ", "RTY", "ZN"])
    return {market: plan_market(Eve(looks[market], looks["ZN"])).setups for market in ("NQ", "RTY")}


@needs_shared
def test_the_origin_week_gives_the_long_that_a_desk_would_write(origin_week):
    """Above the wedge, with the highs of 6 and 26 December and the December record as targets, wrong below the 50-day average."""
    long = next(s for s in origin_week["NQ"] if s.side == "long")
    assert 21_389 <= long.entry.price < 21_594.75  # above the line, and no higher than that day's close
    assert long.entry.condition == "close_above"
    assert any(abs(t.price - 22_111.25) < 1 for t in long.targets)
    assert any("record high of 16 December 2024" in t.reason for t in long.targets)
    assert long.invalidation.reason == "50-day average"
    assert long.filter == "aligned"


@needs_shared
def test_the_other_long_waits_for_its_line(origin_week):
    """Conditional on the line from 25 November, with the 50-day average as first target and the November record after it."""
    long = next(s for s in origin_week["RTY"] if s.side == "long")
    assert "25 November 2024" in long.entry.reason
    assert long.entry.price == pytest.approx(2310, abs=6)
    assert long.targets[0].reason == "50-day average"
    assert any("25 November 2024" in t.reason for t in long.targets)
