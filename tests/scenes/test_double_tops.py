"""Scenes that are double and triple tops and bottoms, and near misses that are not."""

from __future__ import annotations

import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.double_tops import DoubleTops
from drawings import confirmed, drawn, told
from strategies import random_bars

RISE = ((8, -4.0), (14, 10.0))
TWO = (*RISE, (9, 3.0), (9, 10.1))
BREAK = (10, 1.0)


def test_a_double_top_is_confirmed_below_its_valley_and_reaches_its_measured_move():
    bars = drawn(*TWO, BREAK, (10, -8.0))
    assert told(DoubleTops(), bars) == [("double_top", "confirmed", "bearish"), ("double_top", "reached", "bearish")]
    fact = next(iter(DoubleTops().sweep(Tape(bars)).facts(bars)))
    readings = fact.readings
    assert readings["trigger"] == readings["bottom"] == fact.anchors[1].price
    assert readings["target"] == pytest.approx(readings["trigger"] - (readings["top"] - readings["bottom"]))
    assert bars.close[fact.at] < readings["trigger"] <= bars.close[fact.at - 1]


def test_a_double_bottom_is_its_image():
    assert confirmed(DoubleTops(), drawn(*TWO, BREAK, upside_down=True)) == [("double_bottom", "bullish")]


def test_a_triple_top():
    bars = drawn(*RISE, (9, 3.0), (9, 10.1), (9, 3.6), (9, 9.9), BREAK)
    assert confirmed(DoubleTops(), bars) == [("triple_top", "bearish")]


def test_a_failed_double_top_closes_back_above_its_tops():
    found = told(DoubleTops(), drawn(*TWO, BREAK, (12, 13.0)))
    assert found[:2] == [("double_top", "confirmed", "bearish"), ("double_top", "failed", "bearish")]


@pytest.mark.parametrize(
    "turns",
    [
        TWO,
        (*TWO, (7, 3.6), (7, 9.0)),
        (*RISE, (9, 3.0), (9, 7.0), BREAK),
        ((8, 12.0), (14, 10.0), (9, 3.0), (9, 10.1), BREAK),
        ((8, 9.5), (8, 10.0), (4, 9.2), (4, 10.0), (8, 7.5)),
    ],
    ids=["unbroken", "valley held", "second top lower", "no rise before", "too small"],
)
def test_near_misses_are_no_double_top(turns):
    assert confirmed(DoubleTops(), drawn(*turns)) == []


def test_a_close_above_the_tops_invalidates_it():
    assert ("double_top", "invalidated", "bearish") in told(DoubleTops(), drawn(*TWO, (6, 6.0), (8, 13.0)))


def test_random_walks_hold_few():
    assert sum(len(confirmed(DoubleTops(), random_bars(seed, 1000))) for seed in range(40)) <= 80
