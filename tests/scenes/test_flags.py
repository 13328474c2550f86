"""Scenes that are flags and pennants, and near misses that are not."""

from __future__ import annotations

import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.flags import Flags
from drawings import confirmed, drawn, told

POLE = ((6, -1.0), (10, 14.0))
FLAG = ((3, 11.0), (3, 13.6), (3, 10.6))
PENNANT = ((3, 10.4), (3, 13.4), (3, 11.2))
OUT = ((5, 16.0), (8, 24.0))


def test_a_bull_flag_breaks_in_the_direction_of_its_pole():
    bars = drawn(*POLE, *FLAG, *OUT)
    assert confirmed(Flags(), bars) == [("bull_flag", "bullish")]
    fact = next(iter(Flags().sweep(Tape(bars)).facts(bars)))
    pole = fact.readings["target"] - fact.readings["trigger"]
    assert 14 < pole < 17


def test_a_bear_flag_is_its_image():
    assert confirmed(Flags(), drawn(*POLE, *FLAG, *OUT, upside_down=True)) == [("bear_flag", "bearish")]


def test_a_pennant_converges():
    assert confirmed(Flags(), drawn(*POLE, *PENNANT, *OUT)) == [("pennant", "bullish")]


@pytest.mark.parametrize(
    "turns",
    [
        (*POLE, *FLAG),
        (*POLE, (3, 6.0), (3, 12.5), (3, 4.0), *OUT),
        ((40, 11.5), (4, 10.0), (5, 14.0), *FLAG, *OUT),
        ((6, -1.0), (60, 14.0), *FLAG, *OUT),
    ],
    ids=["unbroken", "takes back too much", "no pole", "pole not steep"],
)
def test_near_misses_are_no_flag(turns):
    assert confirmed(Flags(), drawn(*turns)) == []


def test_a_close_against_the_pole_invalidates_it():
    assert ("bull_flag", "invalidated", "bullish") in told(Flags(), drawn(*POLE, *FLAG, (3, 12.0), (6, 4.0)))
