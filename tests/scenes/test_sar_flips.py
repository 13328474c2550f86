"""Flips of the parabolic stop."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.sar_flips import SarFlips
from strategies import bars_of, path_bars, random_bars

TENT = np.concatenate([np.linspace(100, 120, 15), np.linspace(119, 104, 15)] * 3)


def test_each_side_of_a_tent_flips_the_stop_once():
    bars = path_bars(TENT)
    facts = list(SarFlips().sweep(Tape(bars)).facts(bars))
    assert [f.direction for f in facts] == ["bullish", "bearish", "bullish", "bearish"][-len(facts) :]
    assert len(facts) in (3, 4)


def test_the_new_stop_is_the_extreme_of_the_trend_that_ended():
    bars = random_bars(2, 900)
    facts = list(SarFlips().sweep(Tape(bars)).facts(bars))
    assert len(facts) > 40
    for fact in facts:
        start = fact.at - int(fact.readings["sessions"])
        trend = slice(start, fact.at + 1)
        extreme = bars.high[trend].max() if fact.direction == "bearish" else bars.low[trend].min()
        assert fact.readings["sar"] == pytest.approx(extreme)
        assert fact.readings["distance_atr"] >= 0


def test_a_trend_without_end_does_not_flip():
    bars = path_bars(np.linspace(100, 300, 200))
    assert len(SarFlips().sweep(Tape(bars))) == 0


def test_the_beginning_is_forgotten():
    """TA-Lib begins in a direction of its own; what is told must not depend on that, so it must read the same upside down."""
    for seed in range(40):
        bars = random_bars(seed, 200)
        grid = [np.round(column * 64) / 64 for column in (bars.open, bars.high, bars.low, bars.close)]
        upside_down = [512 - column for column in (grid[0], grid[2], grid[1], grid[3])]
        told, image = (SarFlips().sweep(Tape(bars_of(*columns))) for columns in (grid, upside_down))
        assert len(told)
        assert told.at.tolist() == image.at.tolist()
        assert told.direction.tolist() == (-image.direction).tolist()
