"""MACD crosses against a plain loop, and lines that never part."""

from __future__ import annotations

import numpy as np

from crosscurrent.indicators.momentum import macd
from crosscurrent.structure import Tape
from crosscurrent.structure.macd_crosses import MacdCrosses
from strategies import bars_of, path_bars, random_bars


def signs_change(values):
    """Return {(bar, direction)} where a series changes its sign."""
    return {
        (t, "bullish" if values[t] > 0 else "bearish") for t in range(1, len(values)) if values[t - 1] * values[t] < 0
    }


def test_every_cross_is_told():
    for seed in range(5):
        bars = random_bars(seed, 900)
        line, _, histogram = macd(bars.close)
        for kind, gap in (("macd_signal_cross", histogram), ("macd_zero_cross", line)):
            table = MacdCrosses().sweep(Tape(bars)).of_kind(kind)
            assert {(f.at, f.direction) for f in table.facts(bars)} == signs_change(gap)


def test_a_turn_crosses_the_signal_line_before_zero():
    bars = path_bars(100 + 20 * np.cos(np.arange(130) / 15))
    facts = [f for f in MacdCrosses().sweep(Tape(bars)).facts(bars) if 40 <= f.at < 85]
    assert [(f.kind, f.direction) for f in facts] == [("macd_signal_cross", "bullish"), ("macd_zero_cross", "bullish")]


def test_lines_that_only_differ_by_rounding_do_not_cross():
    flat = np.concatenate([100 + np.sin(np.arange(80)), np.full(800, 100.1)])
    bars = bars_of(flat, flat, flat, flat)
    assert not (MacdCrosses().sweep(Tape(bars)).at > 500).any()


def test_a_cross_counts_the_sessions_since_the_line_was_there():
    bars = random_bars(4, 900)
    histogram = macd(bars.close)[2]
    for fact in list(MacdCrosses().sweep(Tape(bars)).of_kind("macd_signal_cross").facts(bars))[2:]:
        back = int(fact.readings["sessions_since"])
        between = histogram[fact.at - back + 1 : fact.at]
        assert len(between)
        assert (np.sign(between) == -np.sign(histogram[fact.at])).all()
        assert np.sign(histogram[fact.at - back]) == np.sign(histogram[fact.at])
