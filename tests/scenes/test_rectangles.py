"""Scenes that are rectangles, and near misses that are not."""

from __future__ import annotations

import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.rectangles import Rectangles
from drawings import between_lines, confirmed, drawn
from strategies import random_bars

FLAT = (lambda t: 6.0, lambda t: 0.0)


@pytest.mark.parametrize(("ending", "direction"), [((8, 9.0), "bullish"), ((14, -5.0), "bearish")])
def test_a_rectangle_breaks_either_way(ending, direction):
    touches = between_lines(*FLAT, 6) if direction == "bullish" else between_lines(*FLAT, 7)
    assert confirmed(Rectangles(), drawn(*touches, ending)) == [("rectangle", direction)]


def test_the_target_is_the_height_from_the_break():
    bars = drawn(*between_lines(*FLAT, 6), (8, 9.0))
    fact = next(iter(Rectangles().sweep(Tape(bars)).facts(bars)))
    assert fact.readings["target"] - fact.readings["trigger"] == pytest.approx(
        fact.readings["upper_from"] - fact.readings["lower_from"]
    )


@pytest.mark.parametrize(
    "lines",
    [(lambda t: 6.0 + 0.2 * t, lambda t: 0.2 * t), (lambda t: 7.0, lambda t: 0.12 * t)],
    ids=["rising channel", "ascending triangle"],
)
def test_sloping_lines_are_no_rectangle(lines):
    assert confirmed(Rectangles(), drawn(*between_lines(*lines, 6), (8, lines[0](36) + 3.0))) == []


def test_a_range_that_holds_is_only_forming():
    bars = drawn(*between_lines(*FLAT, 6))
    assert confirmed(Rectangles(), bars) == []
    assert {f.stage for f in Rectangles().forming(Tape(bars)).facts(bars)} == {"forming"}


def test_random_walks_hold_next_to_none():
    assert sum(len(confirmed(Rectangles(), random_bars(seed, 1000))) for seed in range(40)) <= 40
