"""Rejections drawn by hand: shadows that reach into one band, and bars that do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.structure.rejections import Rejections
from crosscurrent.structure.tape import Tape
from strategies import bars_of, needs_shared, random_bars, shared_bars

PLAIN = (99.2, 100.6, 99.0, 100.4)  # hardly a shadow
REACH = (100.0, 103.0, 99.5, 100.5)  # a long one, to 103


def drawn(*candles, upside_down=False):
    """Return thirty plain bars, and then these."""
    o, h, l, c = np.array([PLAIN] * 30 + list(candles)).T  # noqa: E741
    return bars_of(200 - o, 200 - l, 200 - h, 200 - c) if upside_down else bars_of(o, h, l, c)


def told(bars, since=30):
    """Return the facts after the lead-in."""
    return [f for f in Rejections().sweep(Tape(bars)).facts(bars) if f.at >= since]


def test_three_shadows_into_one_band():
    (found,) = told(drawn(REACH, PLAIN, (100.0, 103.1, 99.5, 100.5), PLAIN, (100.2, 102.9, 99.5, 100.5)))
    assert found.direction == "bearish" and found.readings["bars"] == 3
    assert (found.readings["low"], found.readings["high"]) == (102.9, 103.1)
    assert found.readings["mean_shadow"] > 0.6
    assert [a.price for a in found.anchors] == [103.0, 103.1, 102.9]
    assert len(Rejections().marks(found)) == 4


def test_upside_down():
    (found,) = told(drawn(REACH, PLAIN, REACH, PLAIN, REACH, upside_down=True))
    assert found.direction == "bullish" and found.readings["low"] == found.readings["high"] == 97.0


def test_a_fourth_shadow_joins_the_same_rejection():
    found = told(drawn(REACH, REACH, REACH, REACH))
    assert [f.readings["bars"] for f in found] == [3, 4]
    assert len({f.subject for f in found}) == 1


@pytest.mark.parametrize(
    "candles",
    [
        (REACH, PLAIN, REACH),  # two only
        (REACH, *[PLAIN] * 5, REACH, *[PLAIN] * 5, REACH),  # too far apart
        (REACH, PLAIN, (100.0, 104.5, 99.5, 100.5), PLAIN, REACH),  # one went through
        (REACH, (100.0, 103.2, 99.9, 103.0), REACH, REACH),  # a close in the band
        ((96.0, 103.0, 95.0, 102.0),) * 3,  # short shadows
    ],
)
def test_these_are_none(candles):
    assert told(drawn(*candles)) == []


def test_nothing_is_gathered_across_a_roll():
    bars = drawn(REACH, REACH, REACH)
    assert told(bars) and not told(replace(bars, rolled=np.arange(len(bars)) == 31))


@needs_shared
def test_the_russell_above_2300_in_january_2025():
    found = told(shared_bars("RTY", "2025-01-17"), since=0)[-1]
    assert str(found.session) == "2025-01-17" and found.direction == "bearish"
    assert 2300 < found.readings["low"] < found.readings["high"] < 2315
    assert found.readings["bars"] >= 3


def test_few_on_a_random_walk():
    assert len(Rejections().sweep(Tape(random_bars(6, 5000)))) / 5 < 50
