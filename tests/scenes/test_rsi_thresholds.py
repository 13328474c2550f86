"""RSI at its thresholds, against a plain loop, and what only comes near."""

from __future__ import annotations

import numpy as np

from crosscurrent.indicators.momentum import rsi
from crosscurrent.structure import Tape
from crosscurrent.structure.rsi_thresholds import RsiThresholds
from strategies import path_bars, random_bars


def by_a_plain_loop(values):
    """Yield (bar, kind, is_entry) by looking at each pair of neighbours."""
    for t in range(1, len(values)):
        before, now = values[t - 1], values[t]
        if before < 70 < now or now < 70 < before:
            yield t, "rsi_overbought", now > 70
        if before > 30 > now or now > 30 > before:
            yield t, "rsi_oversold", now < 30


def test_every_crossing_is_told():
    for seed in range(5):
        bars = random_bars(seed, 900)
        told = {(f.at, f.kind, f.readings["is_entry"] == 1) for f in RsiThresholds().sweep(Tape(bars)).facts(bars)}
        assert told == set(by_a_plain_loop(rsi(bars.close)))


def test_entering_is_neutral_and_leaving_is_a_warning():
    path = np.concatenate([100 + np.sin(np.arange(60)), np.linspace(100, 115, 12), np.linspace(115, 104, 12)])
    bars = path_bars(path)
    entry, leave = RsiThresholds().sweep(Tape(bars)).facts(bars)
    assert (entry.kind, entry.direction, entry.readings["is_entry"]) == ("rsi_overbought", "neutral", 1)
    assert (leave.kind, leave.direction, leave.readings["is_entry"]) == ("rsi_overbought", "bearish", 0)
    assert leave.readings["sessions_inside"] == leave.at - entry.at
    upside_down = path_bars(200 - path)
    assert [f.direction for f in RsiThresholds().sweep(Tape(upside_down)).facts(upside_down)] == ["neutral", "bullish"]


def test_a_calm_market_comes_near_and_is_not_told():
    bars = path_bars(100 + np.sin(np.arange(200)))
    assert rsi(bars.close)[20:].max() > 50
    assert len(RsiThresholds().sweep(Tape(bars))) == 0


def test_its_marks_lie_on_the_rsi():
    bars = random_bars(1, 600)
    fact = next(RsiThresholds().sweep(Tape(bars)).facts(bars))
    (mark,) = RsiThresholds().marks(fact)
    assert (mark.pane, mark.price) == ("rsi", fact.readings["rsi"])
