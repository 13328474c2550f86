"""Divergences: drawn so that price and momentum part, and so that they do not."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.indicators.momentum import rsi
from crosscurrent.structure import Tape
from crosscurrent.structure.divergence import Divergences
from strategies import path_bars, random_bars

CALM = np.full(40, 100.0)


def legs(*corners, start=100.0):
    """Return a path of legs, (bars, price at the end) each, that zigzags by the bar, so that RSI has losses to weigh."""
    parts, now = [CALM], start
    for n, price in corners:
        parts.append(np.linspace(now, price, n + 1)[1:])
        now = price
    path = np.concatenate(parts)
    return path + 0.8 * (-1.0) ** np.arange(len(path))


TIRED = legs((8, 116.0), (6, 108.0), (22, 118.0), (5, 111.0))
"""A fast rise, a pullback, and a slow rise to a higher high."""
EAGER = legs((22, 110.0), (6, 106.0), (6, 122.0), (5, 115.0))
"""A slow rise, a pullback, and a fast one: momentum follows."""
SPENT = legs((12, 80.0), (4, 88.0), (25, 82.0), (4, 87.0), (5, 80.0))
"""A fall, a rebound out of its depth, a slow drift, and a rebound to a lower high that moves RSI further."""


def told(path, **more):
    bars = path_bars(path, wick=0.1)
    return [(f.kind, f.stage, f.direction) for f in Divergences(**more).sweep(Tape(bars)).facts(bars) if f.at > 50]


def test_a_tired_rise():
    assert ("bearish_divergence", "confirmed", "bearish") in told(TIRED)
    assert ("bullish_divergence", "confirmed", "bullish") in told(200 - TIRED)


def test_a_rise_that_momentum_follows_is_none():
    assert not [kind for kind, *_ in told(EAGER) if kind == "bearish_divergence"]


def test_a_rebound_that_spends_its_strength():
    assert ("hidden_bearish_divergence", "confirmed", "bearish") in told(SPENT)
    assert ("hidden_bullish_divergence", "confirmed", "bullish") in told(200 - SPENT)


def test_swings_too_far_apart_are_not_compared():
    assert told(TIRED, longest=20) == []


def test_it_is_known_after_the_second_swing():
    bars = path_bars(TIRED, wick=0.1)
    table = Divergences().sweep(Tape(bars)).of_kind("bearish_divergence")
    fact = table.fact(0, bars)
    assert fact.anchors[1].session < fact.session
    assert fact.at - bars.index_of(fact.anchors[1].session) <= 5
    assert fact.readings["second"] > fact.readings["first"]
    assert fact.readings["rsi_second"] < fact.readings["rsi_first"]
    price, momentum = Divergences().marks(fact)
    assert (price.pane, momentum.pane) == ("price", "rsi")
    assert momentum.start_price == fact.readings["rsi_first"]


def test_before_the_turn_it_is_only_forming():
    known = Divergences().sweep(Tape(path_bars(TIRED, wick=0.1))).of_kind("bearish_divergence").at[0]
    bars = path_bars(TIRED, wick=0.1).first(int(known))
    assert len(Divergences().sweep(Tape(bars)).of_kind("bearish_divergence")) == 0
    (fact,) = Divergences().forming(Tape(bars)).facts(bars)
    assert (fact.kind, fact.stage, fact.session) == ("bearish_divergence", "forming", bars.session[-1])
    assert Divergences().forming(Tape(path_bars(EAGER, wick=0.1).first(80))).of_kind("bearish_divergence").at.size == 0
    assert len(Divergences().forming(Tape(bars.first(3)))) == 0


def test_a_higher_close_cancels_it():
    again = np.concatenate([TIRED, np.linspace(112, 125, 10)])
    assert ("bearish_divergence", "failed", "bearish") in told(again)
    assert ("bearish_divergence", "failed", "bearish") not in told(TIRED)


@pytest.mark.parametrize("seed", range(3))
def test_every_divergence_is_one_and_fails_where_it_says(seed):
    bars = random_bars(seed, 3000)
    values = rsi(bars.close)
    table = Divergences().sweep(Tape(bars))
    assert len(table)
    for fact in table.facts(bars):
        r, side = fact.readings, 1 if fact.direction == "bearish" else -1
        hidden = fact.kind.startswith("hidden")
        assert ((r["second"] - r["first"]) * side > 0) != hidden
        assert ((r["rsi_second"] - r["rsi_first"]) * side < 0) != hidden
        if fact.stage == "failed":
            beyond = (bars.close[fact.at] - r["cancel_price"]) * side > 0
            assert beyond or (values[fact.at] - r["cancel_rsi"]) * side > 0
    assert (table.stage == CONFIRMED).sum() == len(np.unique(table.subject))
