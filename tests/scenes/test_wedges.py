"""Scenes that are wedges, and near misses that are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.bars.continuous import adjusted
from crosscurrent.markets import instrument
from crosscurrent.structure import Tape
from crosscurrent.structure.wedges import Wedges
from drawings import between_lines, confirmed, drawn, told
from strategies import needs_shared, random_bars, shared_bars


def upper(t):
    return 10.0 - 0.32 * t


def lower(t):
    return 3.0 - 0.17 * t


def falling(*ending, count=6, **more):
    """Return a falling wedge whose last touch is a low, and what comes after it."""
    turns = between_lines(upper, lower, count, top_first=count % 2 == 0)
    return drawn(*turns, *ending, **more)


OUT = ((6, upper(36) + 1.0), (6, upper(36) + 6.0))
"""A rise through the upper line."""


def test_a_falling_wedge_is_confirmed_by_the_close_above_and_reaches_its_top():
    bars = falling(*OUT, (10, 16.0))
    assert told(Wedges(), bars) == [("falling_wedge", "confirmed", "bullish"), ("falling_wedge", "reached", "bullish")]
    fact = next(iter(Wedges().sweep(Tape(bars)).facts(bars)))
    at = fact.at
    fall = (fact.readings["upper_from"] - fact.readings["upper_to"]) / (fact.readings["bars"] - 1)
    assert bars.close[at] > fact.readings["trigger"]
    assert bars.close[at - 1] <= fact.readings["trigger"] + fall
    assert fact.readings["target"] == fact.readings["top"] == max(a.price for a in fact.anchors)
    assert fact.readings["touches"] == len(fact.anchors) == 6
    assert np.datetime64(fact.readings["apex"]) > fact.session


def test_a_rising_wedge_is_its_image():
    assert confirmed(Wedges(), falling(*OUT, upside_down=True)) == [("rising_wedge", "bearish")]


def test_five_touches_are_enough():
    assert confirmed(Wedges(), falling(*OUT, count=5)) == [("falling_wedge", "bullish")]


def test_known_only_at_the_close_outside():
    bars = falling(*OUT)
    at = int(Wedges().sweep(Tape(bars)).at[0])
    before = bars.first(at)
    assert told(Wedges(), before) == []
    forming = Wedges().forming(Tape(before))
    assert [f.kind for f in forming.facts(before)] == ["falling_wedge"]
    assert forming.reading("trigger")[0] == pytest.approx(Wedges().sweep(Tape(bars)).reading("trigger")[0], abs=0.01)


@pytest.mark.parametrize("ending", [(), ((3, -1.8), (4, -5.0))], ids=["still inside", "turned back inside"])
def test_no_close_outside_is_no_wedge(ending):
    assert confirmed(Wedges(), falling(*ending)) == []


def test_a_close_on_the_wrong_side_invalidates_it():
    assert ("falling_wedge", "invalidated", "bullish") in told(Wedges(), falling((8, -14.0)))


@pytest.mark.parametrize(
    ("high", "low"),
    [
        (upper, lambda t: upper(t) - 7),  # a channel
        (lambda t: 10.0 - 0.1 * t, lambda t: 3.0 - 0.3 * t),  # broadening
        (lambda t: 10.0 - 0.15 * t, lambda t: 3.0),  # a descending triangle
        (lambda t: 10.0, lambda t: 3.0),  # a rectangle
    ],
    ids=["parallel", "broadening", "one flat", "both flat"],
)
def test_other_lines_are_no_wedge(high, low):
    bars = drawn(*between_lines(high, low, 6), (6, high(36) + 1.0), (6, high(36) + 6.0))
    assert confirmed(Wedges(), bars) == []


def test_four_touches_are_too_few():
    assert confirmed(Wedges(), drawn(*between_lines(upper, lower, 4), (6, upper(24) + 1), (6, upper(24) + 6))) == []


def test_random_walks_hold_next_to_none():
    walks = [random_bars(seed, 1000) for seed in range(40)]
    assert sum(len(confirmed(Wedges(), bars)) for bars in walks) <= 40


def shared_named(market, until):
    """Return shared bars under the instrument of their name."""
    return replace(shared_bars(market, until), instrument=instrument(market))


@needs_shared
def test_the_wedge_of_january_2025():
    bars = adjusted(shared_named("NQ", "2025-02-28"), shared_named("NDX", "2025-02-28"))
    facts = [f for f in Wedges().sweep(Tape(bars)).facts(bars) if f.session >= np.datetime64("2024-12-01")]
    assert [(f.kind, f.stage, str(f.session)) for f in facts[:1]] == [("falling_wedge", "confirmed", "2025-01-17")]
    assert 21_380 < facts[0].readings["trigger"] < 21_594.75
    assert str(facts[0].anchors[0].session) == "2024-12-16"
