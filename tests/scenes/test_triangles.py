"""Scenes that are triangles, and near misses that are not."""

from __future__ import annotations

import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.triangles import Triangles
from drawings import between_lines, confirmed, drawn, told
from strategies import random_bars

FLAT_TOP = (lambda t: 8.0, lambda t: 0.14 * t)
BOTH = (lambda t: 9.0 - 0.1 * t, lambda t: 0.1 * t)


def scene(lines, *ending, count=6, top_first=True, **more):
    """Return six touches on two lines and what comes after them."""
    return drawn(*between_lines(*lines, count, top_first=top_first), *ending, **more)


UP = ((6, 9.0), (8, 16.0))
DOWN = ((6, -1.0), (8, -8.0))


def test_an_ascending_triangle_breaks_upward():
    assert confirmed(Triangles(), scene(FLAT_TOP, *UP)) == [("ascending_triangle", "bullish")]


def test_a_descending_triangle_is_its_image():
    assert confirmed(Triangles(), scene(FLAT_TOP, *UP, upside_down=True)) == [("descending_triangle", "bearish")]


@pytest.mark.parametrize(("ending", "direction"), [(UP, "bullish"), (DOWN, "bearish")])
def test_a_symmetrical_triangle_breaks_either_way(ending, direction):
    assert confirmed(Triangles(), scene(BOTH, *ending, count=6 if ending is UP else 7)) == [
        ("symmetrical_triangle", direction)
    ]


def test_the_target_is_the_opening_height_from_the_break():
    bars = scene(BOTH, *UP)
    fact = next(iter(Triangles().sweep(Tape(bars)).facts(bars)))
    height = fact.readings["upper_from"] - fact.readings["lower_from"]
    assert fact.readings["target"] == pytest.approx(fact.readings["trigger"] + height)
    assert 8.5 < height < 12


def test_a_forming_symmetrical_triangle_has_a_trigger_on_each_side():
    bars = scene(BOTH)
    forming = Triangles().forming(Tape(bars))
    assert sorted(f.direction for f in forming.facts(bars)) == ["bearish", "bullish"]
    assert forming.reading("trigger").min() < bars.close[-1] < forming.reading("trigger").max()


@pytest.mark.parametrize(
    "lines",
    [
        (lambda t: 8.0, lambda t: 0.0),
        (lambda t: 8.0 - 0.3 * t, lambda t: -0.2 * t),
        (lambda t: 8.0 + 0.1 * t, lambda t: -0.1 * t),
    ],
    ids=["rectangle", "wedge", "broadening"],
)
def test_other_lines_are_no_triangle(lines):
    assert confirmed(Triangles(), scene(lines, (6, lines[0](36) + 1.0), (8, lines[0](36) + 8.0))) == []


def test_an_ascending_triangle_that_breaks_downward_is_invalidated():
    bars = scene(FLAT_TOP, (12, -2.0), count=7)
    assert ("ascending_triangle", "invalidated", "bullish") in told(Triangles(), bars)
    assert not confirmed(Triangles(), bars)


def test_random_walks_hold_next_to_none():
    assert sum(len(confirmed(Triangles(), random_bars(seed, 1000))) for seed in range(40)) <= 40
