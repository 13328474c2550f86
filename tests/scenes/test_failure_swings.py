"""Failure swings drawn on the RSI itself: the one, and each way in which it is none."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.failure_swings import FailureSwings, failure_swings
from strategies import random_bars

TOP = [50, 72, 76, 68, 62, 66, 69, 64, 61]


def found(rsi, **more):
    rule = {"threshold": 70.0, "bounce": 5.0, "longest": 30} | more
    limits = rule["threshold"], rule["bounce"], rule["longest"]
    return failure_swings(np.array(rsi, float), *limits, 0, np.zeros(4, np.int64)).tolist()


def test_a_top():
    assert found(TOP) == [[8, 2, 4, 6]]


@pytest.mark.parametrize(
    ("rsi", "why"),
    [
        ([50, 68, 69, 66, 62, 66, 69, 64, 61], "the peak never reached the extreme"),
        ([50, 72, 76, 68, 62, 66, 71, 64, 63], "the rally came back to the extreme"),
        ([50, 72, 76, 68, 62, 66, 64, 61, 60], "the rally was too small"),
        ([50, 72, 76, 68, 62, 66, 69, 64, 62], "the fail point held"),
        ([50, 72, 76, 68, 62] + [63] * 30 + [69, 64, 61], "it took too long"),
    ],
)
def test_near_misses(rsi, why):
    assert found(rsi) == [], why


def test_a_top_after_one_that_was_called_off():
    assert found([50, 72, 68, 62, 69, 74, 66, 60, 67, 59]) == [[9, 5, 7, 8]]


def test_gaps_in_the_warm_up_are_passed_over():
    assert found([np.nan] * 5 + TOP) == [[13, 7, 9, 11]]


def test_tops_are_bearish_and_bottoms_bullish():
    bars = random_bars(3, 3000)
    facts = list(FailureSwings().sweep(Tape(bars)).facts(bars))
    assert {f.direction for f in facts} == {"bullish", "bearish"}
    for fact in facts:
        r = fact.readings
        side = 1 if fact.direction == "bearish" else -1
        assert (r["peak"] - 50) * side > 20
        assert (r["rsi"] - r["fail_point"]) * side < 0 < (r["rally"] - r["fail_point"]) * side
        assert [a.price for a in fact.anchors] == [r["peak"], r["fail_point"], r["rally"]]
        assert all(m.pane == "rsi" for m in FailureSwings().marks(fact))
