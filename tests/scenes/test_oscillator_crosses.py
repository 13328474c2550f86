"""Stochastic and directional movement: crosses where they mean something, silence where they do not."""

from __future__ import annotations

import numpy as np

from crosscurrent.indicators.momentum import adx, stochastic
from crosscurrent.structure import Tape
from crosscurrent.structure.adx_crosses import AdxCrosses
from crosscurrent.structure.stochastic_crosses import StochasticCrosses
from strategies import bars_of, path_bars, random_bars

WAVES = 100 + 10 * np.sin(np.arange(300) / 8)


def test_the_stochastic_crosses_at_the_ends_of_a_wave():
    bars = path_bars(WAVES)
    told = {(f.at, f.direction) for f in StochasticCrosses().sweep(Tape(bars)).facts(bars)}
    troughs = (8 * np.pi * np.array([3.5, 5.5, 7.5, 9.5])).astype(int)
    for trough in troughs:
        assert any((trough + step, "bullish") in told for step in range(-2, 5))
        assert not any((trough + step, "bearish") in told for step in range(5))


def test_every_stochastic_cross_is_beyond_its_threshold_and_a_cross():
    bars = random_bars(8, 2000)
    k, d = stochastic(bars.high, bars.low, bars.close, 14, 3, 3)
    told = {(f.at, f.direction) for f in StochasticCrosses().sweep(Tape(bars)).facts(bars)}
    gap = k - d
    expected = set()
    for t in range(1, len(gap)):
        if gap[t - 1] * gap[t] < 0 and (d[t] < 20 if gap[t] > 0 else d[t] > 80):
            expected.add((t, "bullish" if gap[t] > 0 else "bearish"))
    assert told == expected


def test_crosses_in_the_middle_are_passed_over():
    bars = random_bars(8, 2000)
    wide = StochasticCrosses(upper=0.0, lower=100.0)
    assert len(wide.sweep(Tape(bars))) > 1.5 * len(StochasticCrosses().sweep(Tape(bars)))


def test_a_market_without_range_has_no_stochastic():
    stopped = np.concatenate([WAVES[:100], np.full(60, WAVES[99])])
    bars = bars_of(stopped, stopped, stopped, stopped)
    assert not (StochasticCrosses().sweep(Tape(bars)).at > 116).any()


def trend_after_calm(slope):
    calm = 100 + np.tile([0.0, 0.6, 0.0, -0.6], 20)
    return path_bars(np.concatenate([calm, 100 + slope * np.arange(1, 41)]))


def test_a_trend_out_of_a_calm():
    for slope, direction in ((1.0, "bullish"), (-1.0, "bearish")):
        bars = trend_after_calm(slope)
        crosses = [f for f in AdxCrosses().sweep(Tape(bars)).of_kind("adx_cross").facts(bars) if f.at > 80]
        assert [f.direction for f in crosses] == [direction]
        assert crosses[0].readings["adx"] > 25


def test_a_trend_that_ends_is_neutral():
    bars = random_bars(6, 1500)
    strength = adx(bars.high, bars.low, bars.close)
    for fact in AdxCrosses().sweep(Tape(bars)).of_kind("adx_cross").facts(bars):
        rises = strength[fact.at] > 25
        assert (fact.direction != "neutral") == rises
        assert (strength[fact.at - 1] < 25) == rises


def test_directional_crosses_without_a_trend_are_passed_over():
    bars = random_bars(6, 1500)
    table = AdxCrosses().sweep(Tape(bars)).of_kind("di_cross")
    assert (table.reading("adx") >= 20).all()
    assert len(AdxCrosses(some_trend=0.0).sweep(Tape(bars)).of_kind("di_cross")) > len(table)
