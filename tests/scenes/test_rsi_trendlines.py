"""A line of falling RSI highs, its break, and what must not be told."""

from __future__ import annotations

import numpy as np

from crosscurrent.indicators.momentum import rsi
from crosscurrent.structure import Tape
from crosscurrent.structure.rsi_trendlines import RsiTrendlines
from strategies import bars_of, needs_shared, random_bars, shared_bars


def test_readings_are_values_of_the_rsi():
    bars = random_bars(3, 700)
    table = RsiTrendlines().sweep(Tape(bars))
    curve = rsi(bars.close)
    assert len(table)
    first, second = table.anchor_at[:, 0], table.anchor_at[:, 1]
    assert np.allclose(table.anchor_price[:, 0], curve[first], atol=1e-6)
    run = curve[first] + (curve[second] - curve[first]) / (second - first) * (table.at - first)
    assert np.allclose(table.reading("rsi"), run, atol=1e-5)


def test_a_break_is_a_value_beyond_the_line():
    bars = random_bars(4, 900)
    table = RsiTrendlines().sweep(Tape(bars)).of_kind("rsi_trendline_break")
    curve = rsi(bars.close)
    assert np.all(np.sign(curve[table.at] - table.reading("rsi")) == table.direction)


def test_closes_alone_suffice():
    close = random_bars(5, 500).close
    bars = bars_of(close, close, close, close, is_close_only=True)
    detector = RsiTrendlines()
    assert detector.can_read(Tape(bars))
    assert len(detector.sweep(Tape(bars)))


def test_a_market_that_does_not_move_has_no_lines():
    flat = np.full(300, 50.0)
    assert not len(RsiTrendlines().sweep(Tape(bars_of(flat, flat, flat, flat))))


@needs_shared
def test_the_nasdaq_rsi_breaks_its_december_downtrend_in_the_week_of_17_january_2025():
    bars = shared_bars("NQ", "2025-01-17")
    breaks = RsiTrendlines().sweep(Tape(bars)).of_kind("rsi_trendline_break")
    found = [f for f in breaks.facts(bars) if str(f.session) >= "2025-01-13" and f.direction == "bullish"]
    assert any(str(f.anchors[0].session) == "2024-12-16" and str(f.session) == "2025-01-15" for f in found)
