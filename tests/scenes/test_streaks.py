"""Streaks: runs of closes one way, at each length from four on, and where they end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.structure.streaks import Streaks
from crosscurrent.structure.tape import Tape
from strategies import path_bars, random_bars


def told(path, **changes):
    """Return (length, stage, direction, at) of each fact on these closes."""
    bars = replace(path_bars(path), **changes)
    return [(f.readings["length"], f.stage, f.direction, f.at) for f in Streaks().sweep(Tape(bars)).facts(bars)]


def test_each_length_is_told_and_the_end():
    assert told([10, 11, 12, 13, 14, 15, 14]) == [
        (4, "confirmed", "bullish", 4), (5, "confirmed", "bullish", 5), (5, "expired", "bullish", 6),
    ]  # fmt: skip


def test_upside_down():
    assert [d for _, _, d, _ in told([20, 19, 18, 17, 16, 15, 16])] == ["bearish"] * 3


def test_three_are_no_streak():
    assert told([10, 11, 12, 13, 12, 13, 14, 15, 14]) == []


def test_an_unchanged_close_ends_it():
    assert told([10, 11, 12, 13, 14, 14, 15, 16, 17]) == [(4, "confirmed", "bullish", 4), (4, "expired", "bullish", 5)]


def test_a_roll_on_traded_prices_ends_it_silently():
    rolled = np.arange(8) == 5
    path = [10, 11, 12, 13, 14, 15, 16, 17]
    assert told(path, rolled=rolled) == [(4, "confirmed", "bullish", 4)]
    assert told(path, rolled=rolled, basis="adjusted", shift=(np.arange(8) >= 5) * 0.5)[-1][0] == 7


def test_readings_anchors_and_marks():
    bars = path_bars(np.concatenate([100 + np.tile([0, 1], 20), [101, 102, 103, 104, 105]]))
    *_, last = Streaks().sweep(Tape(bars)).facts(bars)
    assert [a.price for a in last.anchors] == [101.0, 105.0] and last.readings["length"] == 4
    assert last.readings["change_atr"] > 0
    assert len(Streaks().marks(last)) == 1


def test_a_random_walk_completes_one_in_sixteen():
    bars = random_bars(2, 8000)
    table = Streaks().sweep(Tape(bars))
    four = np.count_nonzero((table.reading("length") == 4) & (table.stage == 1))
    assert four / 8000 == pytest.approx(1 / 16, rel=0.15)  # 1 in 16 bars ends a first run of exactly four, either way
