"""Scenes that are heads and shoulders, and near misses that are not."""

from __future__ import annotations

import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.head_and_shoulders import HeadAndShoulders
from drawings import confirmed, drawn, told
from strategies import random_bars


def scene(*, left=6.0, head=10.0, right=6.2, lows=(1.0, 1.2), before=-8.0, ending=((9, -2.0),), **more):
    """Return a rise, two shoulders and a head above a neckline, and what comes after."""
    low, second = lows
    turns = [(8, before), (14, left), (7, low), (9, head), (9, second), (7, right)]
    return drawn(*turns, *ending, **more)


def test_a_head_and_shoulders_is_confirmed_below_its_neckline():
    bars = scene(ending=((9, -2.0), (8, -10.0)))
    assert told(HeadAndShoulders(), bars) == [
        ("head_and_shoulders", "confirmed", "bearish"),
        ("head_and_shoulders", "reached", "bearish"),
    ]
    fact = next(iter(HeadAndShoulders().sweep(Tape(bars)).facts(bars)))
    assert bars.close[fact.at] < fact.readings["trigger"] <= bars.close[fact.at - 1]
    height = fact.readings["trigger"] - fact.readings["target"]
    assert height == pytest.approx(fact.readings["top"] - fact.readings["trigger"], abs=0.6)
    assert fact.readings["invalidation"] == fact.anchors[-1].price


def test_its_inverse_is_its_image():
    assert confirmed(HeadAndShoulders(), scene(upside_down=True)) == [("inverse_head_and_shoulders", "bullish")]


def test_a_sloping_neckline_is_broken_where_it_runs():
    bars = scene(lows=(0.0, 1.6), ending=((12, -3.0),))
    fact = next(iter(HeadAndShoulders().sweep(Tape(bars)).facts(bars)))
    assert fact.readings["trigger"] > max(fact.anchors[1].price, fact.anchors[3].price)


@pytest.mark.parametrize(
    "changes",
    [
        {"ending": ()},
        {"ending": ((5, 2.5), (6, 8.0))},
        {"head": 5.0},
        {"head": 6.3},
        {"right": 2.6},
        {"lows": (-3.0, 4.0)},
        {"before": 9.0},
    ],
    ids=[
        "unbroken",
        "neckline held",
        "head lowest",
        "head no higher",
        "shoulders unlike",
        "neckline steep",
        "no rise before",
    ],
)
def test_near_misses_are_no_head_and_shoulders(changes):
    assert confirmed(HeadAndShoulders(), scene(**changes)) == []


def test_a_close_above_the_head_invalidates_it():
    found = told(HeadAndShoulders(), scene(ending=((5, 3.0), (8, 13.0))))
    assert found == [("head_and_shoulders", "invalidated", "bearish")]


def test_a_close_back_above_the_right_shoulder_fails_it():
    found = told(HeadAndShoulders(), scene(ending=((9, -1.0), (9, 8.0))))
    assert [stage for _, stage, _ in found] == ["confirmed", "failed"]


def test_random_walks_hold_next_to_none():
    assert sum(len(confirmed(HeadAndShoulders(), random_bars(seed, 1000))) for seed in range(40)) <= 40
