"""The arithmetic of levels: bands, their bounds, their number, and what a rejection is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.structure import Tape
from crosscurrent.structure.level_finder import follow_levels
from crosscurrent.structure.level_state import KIND, LEVEL, LEVEL_THEN, MIDDLE, STAGE, LevelRules, level_strength
from crosscurrent.structure.levels import Levels, standing_levels
from strategies import random_bars

seeds = st.integers(0, 10_000)
NO_SWINGS = np.empty(0, np.int64)


def found(opened, high, low, close, rules):
    ones = np.ones(len(close))
    events = follow_levels(opened, high, low, close, ones, NO_SWINGS, NO_SWINGS, NO_SWINGS, rules).events
    return events[(events[:, KIND] == LEVEL) & (events[:, STAGE] == CONFIRMED)]


@settings(max_examples=20)
@given(seeds)
def test_a_level_is_within_its_band_and_was_rejected_there_before_it_was_known(seed):
    bars = random_bars(seed, 400)
    table = Levels().sweep(Tape(bars))
    price, low, high = (table.reading(n) for n in ("price", "low", "high"))
    assert np.all((low < price) & (price < high))
    new = table.where((table.kind == 0) & (table.stage == CONFIRMED))
    assert np.all(new.anchor_at[:, 1] <= new.at)
    assert np.all(new.anchor_at[:, 0] < new.anchor_at[:, 1])
    width = new.reading("high") - new.reading("low")
    assert np.all(np.abs(new.anchor_price[:, 0] - new.reading("price")) <= width)


@settings(max_examples=20)
@given(seeds)
def test_a_break_closes_past_the_band_and_a_bounce_before_it(seed):
    bars = random_bars(seed, 400)
    table = Levels().sweep(Tape(bars))
    breaks, bounces = table.of_kind("level_break"), table.of_kind("level_bounce")
    for some in (breaks, bounces):
        edge = np.where(some.direction > 0, some.reading("high"), some.reading("low"))
        assert np.all(some.direction * (bars.close[some.at] - edge) > 0)


@settings(max_examples=10)
@given(seeds, st.integers(1, 6))
def test_no_more_stand_than_are_kept(seed, keep):
    bars = random_bars(seed, 400)
    assert len(standing_levels(Tape(bars), Levels(LevelRules(keep=keep)))) <= keep


def test_bars_turned_back_at_one_price_make_a_level():
    opened, close = np.full(40, 9.0), np.full(40, 9.0)
    high, low = np.full(40, 9.2), np.full(40, 8.9)
    high[[5, 15, 25, 35]] = 10.0
    new = found(opened, high, low, close, LevelRules())
    assert len(new) == 1
    assert abs(new[0, LEVEL_THEN + MIDDLE] - 10.0) < 1e-9
    assert not len(found(opened, high, low, close, LevelRules(enough=5)))


def test_bars_that_close_at_their_high_are_not_turned_back():
    opened, close = np.full(40, 9.0), np.full(40, 9.0)
    high, low = np.full(40, 9.2), np.full(40, 8.9)
    high[[5, 15, 25, 35]] = 10.0
    close[[5, 15, 25, 35]] = 9.9
    assert not len(found(opened, high, low, close, LevelRules()))


def test_bars_that_open_at_their_high_were_never_sent_back_from_it():
    opened, close = np.full(40, 9.0), np.full(40, 9.0)
    high, low = np.full(40, 9.2), np.full(40, 8.9)
    high[[5, 15, 25, 35]] = 10.0
    opened[[5, 15, 25, 35]] = 9.9
    assert not len(found(opened, high, low, close, LevelRules()))


def test_strength_grows_with_what_held_and_falls_with_breaks():
    base = level_strength(6, 1, 40, 10)
    assert level_strength(7, 1, 40, 10) > base > level_strength(6, 2, 40, 10)
    assert level_strength(6, 1, 80, 10) > base > level_strength(6, 1, 40, 30)
    assert 1 <= level_strength(4, 9, 1, 900) <= level_strength(900, 0, 9000, 0) <= 10
