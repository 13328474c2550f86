"""The arithmetic of lines: what the finder may and may not draw, on random walks and on planted lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.structure import Tape
from crosscurrent.structure.break_volume import volume_ratio_on
from crosscurrent.structure.line_finder import follow_lines
from crosscurrent.structure.line_state import (
    AT,
    FREE,
    KIND,
    LINE,
    LINE_THEN,
    PHASE,
    SLOPE,
    STAGE,
    STANDING,
    SUBJECT,
    LineRules,
    line_strength,
)
from crosscurrent.structure.trendlines import Trendlines, lines_on
from strategies import bars_of, random_bars

RULES = LineRules()
seeds = st.integers(0, 10_000)


def drawn_lines(bars):
    """Yield each new line's bars and prices: (known at, sign, at every bar from its first swing)."""
    table = Trendlines().sweep(Tape(bars)).of_kind("trendline")
    table = table.where(table.stage == CONFIRMED)
    for at, direction, anchors, prices in zip(
        table.at, table.direction, table.anchor_at, table.anchor_price, strict=True
    ):
        bar = np.arange(anchors[0], at + 1)
        slope = (prices[1] - prices[0]) / (anchors[1] - anchors[0])
        yield -direction, anchors, bar, prices[0] + slope * (bar - anchors[0])


@settings(max_examples=25)
@given(seeds)
def test_no_close_lies_beyond_a_new_line_and_no_high_between_its_swings(seed):
    bars = random_bars(seed, 400)
    unit = Tape(bars).atr
    for sign, anchors, bar, value in drawn_lines(bars):
        extreme = bars.high if sign > 0 else bars.low
        assert np.all(sign * (bars.close[bar] - value) <= (RULES.beyond + 1e-9) * unit[bar])
        between = bar[bar <= anchors[1]]
        assert np.all(sign * (extreme[between] - value[: len(between)]) <= (RULES.pierce + 1e-9) * unit[between])


@settings(max_examples=25)
@given(seeds)
def test_a_break_lies_beyond_and_no_close_before_it_did(seed):
    bars = random_bars(seed, 400)
    tape = Tape(bars)
    table = Trendlines().sweep(tape).of_kind("trendline_break")
    for at, direction, anchors, prices in zip(
        table.at, table.direction, table.anchor_at, table.anchor_price, strict=True
    ):
        bar = np.arange(anchors[0], at + 1)
        value = prices[0] + (prices[1] - prices[0]) / (anchors[1] - anchors[0]) * (bar - anchors[0])
        beyond = direction * (bars.close[bar] - value) > RULES.beyond * tape.atr[bar]
        assert beyond.tolist() == [False] * (len(bar) - 1) + [True]


@settings(max_examples=15)
@given(seeds, st.integers(1, 4))
def test_few_lines_stand_and_none_is_another_ones_twin(seed, keep):
    bars = random_bars(seed, 400)
    rules = LineRules(keep=keep)
    for side in lines_on(Tape(bars), Trendlines(rules)):
        events = side.events
        alive: set[float] = set()
        rising = {
            s: slope > 0 for s, slope in zip(events[:, LINE_THEN + SUBJECT], events[:, LINE_THEN + SLOPE], strict=True)
        }
        for event in events[events[:, KIND] == LINE]:
            subject = event[LINE_THEN + SUBJECT]
            alive = alive | {subject} if event[STAGE] == CONFIRMED else alive - {subject}
            assert sum(rising[s] for s in alive) <= keep
            assert sum(not rising[s] for s in alive) <= keep


def test_a_line_that_nearly_coincides_is_not_drawn_twice():
    x = np.arange(120.0)
    reach = np.where(np.isin(x, (20, 50, 80)), 100 - 0.1 * x, 95 - 0.1 * x)
    swings = np.array([20, 50, 80])
    events = follow_lines(reach, reach - 1, reach - 0.5, np.ones(120), swings + 2, swings, RULES).events
    new = events[(events[:, KIND] == LINE) & (events[:, STAGE] == CONFIRMED)]
    assert new[:, AT].tolist() == [52]


def test_a_swing_in_between_hides_the_earlier_one():
    x = np.arange(120.0)
    reach = np.full(120, 90.0)
    reach[[20, 50, 80]] = (100.0, 104.0, 100.0)
    swings = np.array([20, 50, 80])
    events = follow_lines(reach, reach - 1, reach - 0.5, np.ones(120), swings + 2, swings, RULES).events
    new = events[(events[:, KIND] == LINE) & (events[:, STAGE] == CONFIRMED)]
    assert len(x) == 120
    assert [tuple(row) for row in new[:, [LINE_THEN + 2, LINE_THEN + 4]]] == [(20.0, 50.0), (50.0, 80.0)]


def test_without_a_yardstick_nothing_is_drawn():
    x = np.arange(120.0)
    reach = np.where(np.isin(x, (20, 50)), 100.0, 90.0)
    for unit in (np.nan, 0.0):
        swept = follow_lines(reach, reach, reach, np.full(120, unit), np.array([22, 52]), np.array([20, 50]), RULES)
        assert len(swept.events) == 0
        assert np.all(swept.state.lines[:, PHASE] == FREE)
        assert not np.any(swept.state.lines[:, PHASE] == STANDING)


def test_more_may_happen_than_there_are_bars():
    bars = random_bars(3, 400)
    detector = Trendlines(LineRules(away=0, excursion=0, keep=8, tolerance=1.0, beyond=5.0, merge=0.0, carry=50))
    whole, begun = detector.sweep(Tape(bars)), Tape(bars.first(300))
    detector.sweep(begun)
    assert len(whole) > 4 * len(bars)
    assert whole.since(300).same_as(detector.sweep(begun.append(bars)))


def test_strength_grows_with_touches_and_span_and_fades():
    base = line_strength(3, 40, 10)
    assert line_strength(4, 40, 10) > base
    assert line_strength(3, 60, 10) > base
    assert line_strength(3, 40, 30) < base
    assert 1 <= line_strength(2, 5, 500) <= line_strength(50, 2000, 0) <= 10


def test_a_planted_line_is_found_with_its_touches():
    rng = np.random.default_rng(1)
    at = np.arange(300)
    line = 120 - 0.1 * at
    below = 4 * np.abs(np.sin(np.pi * at / 30))
    close = line - 0.6 - below + 0.05 * rng.standard_normal(300)
    bars = bars_of(close, close + 0.6, close - 0.6, close)
    table = Trendlines().sweep(Tape(bars)).of_kind("trendline_touch")
    falling = table.where(table.direction == -1)
    best = int(falling.reading("touches").argmax())
    assert falling.reading("touches")[best] >= 6
    assert falling.reading("price")[best] == pytest.approx(line[falling.at[best]], abs=1.0)


def test_volume_is_compared_with_the_twenty_bars_before():
    bars = random_bars(1, 60)
    ratio = volume_ratio_on(Tape(bars))
    assert np.isnan(ratio[:20]).all()
    assert ratio[40] == pytest.approx(bars.volume[40] / bars.volume[20:40].mean())


@pytest.mark.parametrize("volume", [0.0, np.nan])
def test_without_volume_there_is_no_ratio(volume):
    close = np.full(50, 10.0)
    assert np.isnan(volume_ratio_on(Tape(bars_of(close, close, close, close, np.full(50, volume))))).all()
