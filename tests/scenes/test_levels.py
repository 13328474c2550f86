"""Levels as drawn by hand, near misses that are none, and a level that traders watched."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.levels import Levels, standing_levels
from strategies import bars_of, needs_shared, path_bars, shared_bars


def drawn(*points):
    """Return bars whose closes run straight from point to point."""
    at, price = zip(*points, strict=True)
    return path_bars(np.interp(np.arange(at[-1] + 1), at, price))


def told(bars, price):
    """Return the facts about the level nearest to a price, as (bar, kind, direction)."""
    table = Levels().sweep(Tape(bars))
    if not len(table):
        return []
    nearest = table.subject[np.abs(table.reading("price") - price).argmin()]
    mine = table.where(table.subject == nearest)
    return [
        (f.at, f.kind, f.direction)
        for f in mine.facts(bars)
        if abs(f.readings["price"] - price) < 1 and f.stage == "confirmed"
    ]


TWO_TOPS = ((0, 90), (20, 110), (30, 100), (40, 110), (50, 100))


def test_two_tops_at_one_price_are_a_level_when_the_second_is_known():
    first, *_ = told(drawn(*TWO_TOPS), 110.2)
    at, kind, direction = first
    assert (kind, direction) == ("level", "bearish")
    assert 40 < at <= 45


def test_two_tops_at_different_prices_are_no_level():
    bars = drawn((0, 90), (20, 110), (30, 100), (38, 108), (50, 96))
    assert not len(Levels().sweep(Tape(bars)).of_kind("level"))


def test_touch_and_bounce():
    bars = drawn(*TWO_TOPS, (60, 110), (70, 100))
    kinds = [(kind, direction) for _, kind, direction in told(bars, 110.2)]
    assert kinds == [("level", "bearish"), ("level_touch", "bearish"), ("level_bounce", "bearish")]


def test_a_broken_top_that_holds_from_above_has_changed_its_role():
    bars = drawn(*TWO_TOPS, (66, 116), (72, 110.4), (84, 122))
    kinds = [(kind, direction) for _, kind, direction in told(bars, 110.2)]
    assert kinds == [
        ("level", "bearish"), ("level_touch", "bearish"), ("level_break", "bullish"), ("level_touch", "bullish"),
        ("level_bounce", "bullish"), ("level_flip", "bullish"),
    ]  # fmt: skip


def test_a_close_back_beneath_within_a_week_is_a_bull_trap():
    bars = drawn(*TWO_TOPS, (62, 112), (70, 104))
    assert told(bars, 110.2)[-1][1:] == ("failed_break", "bearish")
    late = drawn(*TWO_TOPS, (66, 116), (82, 100))
    assert [kind for _, kind, _ in told(late, 110.2)].count("failed_break") == 0


def test_a_high_above_that_closes_beneath_is_no_break():
    bars = drawn(*TWO_TOPS, (59, 109), (70, 98))
    high = bars.high.copy()
    high[59] = 113
    pierced = bars_of(bars.open, high, bars.low, bars.close)
    assert "level_break" not in [kind for _, kind, _ in told(pierced, 110.2)]


def test_a_level_crossed_to_and_fro_is_none_any_more():
    swings = [(50 + 8 * i, 100 if i % 2 else 120) for i in range(1, 9)]
    bars = drawn(*TWO_TOPS, *swings)
    table = Levels().sweep(Tape(bars))
    ended = [f for f in table.facts(bars) if f.stage == "expired" and abs(f.readings["price"] - 110.2) < 1]
    assert any(f.readings["rule"] == "crossed to and fro without holding" for f in ended)


def test_standing_levels_are_ranked():
    bars = drawn(*TWO_TOPS, (60, 110), (70, 100), (80, 110), (85, 104))
    standing = standing_levels(Tape(bars))
    assert np.all(np.diff(standing.reading("strength")) <= 0)
    assert standing.reading("price")[0] == pytest.approx(110.2, abs=0.5)
    assert standing.reading("touches")[0] >= 4


@needs_shared
def test_the_nasdaq_knows_a_level_near_21480_in_january_2025():
    bars = shared_bars("NQ", "2025-01-17")
    standing = standing_levels(Tape(bars))
    (mine,) = np.flatnonzero((standing.reading("low") < 21480) & (standing.reading("high") > 21480))
    history = Levels().sweep(Tape(bars))
    first = int(np.argmax(history.subject == standing.subject[mine]))
    assert str(bars.session[history.at[first]]) <= "2025-01-06"
    assert history.reading("price")[first] == pytest.approx(21480, abs=25)
