"""Trendlines as drawn by hand, near misses that are none, and lines that analysts drew at the time."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.facts.table import FactTable
from crosscurrent.structure import Tape
from crosscurrent.structure.trendlines import Trendlines, standing_lines, watched_breaks
from strategies import bars_of, needs_shared, path_bars, shared_bars

RALLY, FIRST, SECOND = (0, 90), (20, 110), (38, 106)
"""Two highs; their line falls by two ninths a bar and stands at 102.4 on bar 54."""


def drawn(*points, **more):
    """Return bars whose closes run straight from point to point."""
    at, price = zip(*points, strict=True)
    return path_bars(np.interp(np.arange(at[-1] + 1), at, price), **more)


def upside_down(bars, axis=200.0):
    return bars_of(axis - bars.open, axis - bars.low, axis - bars.high, axis - bars.close, bars.volume)


def highs_of(bars):
    """Return the bars of the two highs: of the bar that closes highest, or the one that opens there."""
    return tuple(at + int(np.argmax(bars.high[at : at + 2])) for at in (FIRST[0], SECOND[0]))


def about_the_line(bars, anchors=None) -> FactTable:
    """Return the facts about the line through two bars, by default the two highs."""
    table = Trendlines().sweep(Tape(bars))
    first, second = anchors or highs_of(bars)
    return table.where((table.anchor_at[:, 0] == first) & (table.anchor_at[:, 1] == second))


def line_on(bars, at):
    """Return the price of the line through the two highs at some bars."""
    first, second = highs_of(bars)
    return bars.high[first] + (bars.high[second] - bars.high[first]) / (second - first) * (np.asarray(at) - first)


def told(bars, anchors=None):
    return [(f.kind, f.stage, f.direction) for f in about_the_line(bars, anchors).facts(bars)]


BORN = ("trendline", "confirmed", "bearish")
BROKEN = [("trendline", "failed", "bullish"), ("trendline_break", "confirmed", "bullish")]
TOUCHED = [("trendline_touch", "confirmed", "bearish"), ("trendline_retest", "confirmed", "bearish")]


def test_two_highs_make_a_line_when_the_second_is_known():
    bars = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96))
    table = about_the_line(bars)
    assert told(bars) == [BORN]
    assert highs_of(bars)[1] < table.at[0] <= highs_of(bars)[1] + 2
    assert table.reading("price")[0] == pytest.approx(line_on(bars, table.at[0]))
    assert table.reading("touches")[0] == 2


def test_a_return_that_closes_beneath_is_a_touch_and_after_an_excursion_a_retest():
    bars = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (54, 102.4), (60, 95))
    table = about_the_line(bars)
    assert told(bars) == [BORN, *TOUCHED]
    retest = table.of_kind("trendline_retest")
    assert retest.at[0] == 54
    assert retest.reading("after_break")[0] == 0
    assert retest.reading("excursion_atr")[0] > 2
    assert retest.reading("touches")[0] == 3


def test_a_high_that_stays_well_beneath_is_no_touch():
    assert told(drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (53, 100.5), (60, 95))) == [BORN]


def test_a_close_beyond_breaks_it_and_a_high_beyond_does_not():
    path = (RALLY, FIRST, (30, 100), SECOND, (48, 96), (60, 107))
    bars = drawn(*path)
    assert told(bars)[-2:] == BROKEN
    at = about_the_line(bars).at[-1]
    line = line_on(bars, np.arange(61))
    assert np.all(bars.close[38:at] <= line[38:at] + 0.2)
    assert bars.close[at] > line[at]
    spike = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (60, 96))
    high = spike.high.copy()
    high[54] = 106
    pierced = bars_of(spike.open, high, spike.low, spike.close)
    assert not set(told(pierced)) & set(BROKEN)


def test_a_close_between_the_highs_forbids_the_line():
    assert told(drawn(RALLY, FIRST, (24, 107), (29, 109.5), (32, 102), SECOND, (48, 96))) == []


def test_a_return_from_above_that_holds_is_a_retest_after_the_break():
    bars = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (60, 107), (66, 100.1), (72, 108))
    retest = about_the_line(bars).of_kind("trendline_retest")
    assert retest.reading("after_break")[-1] == 1
    assert retest.direction[-1] == 1
    assert 64 <= retest.at[-1] <= 67


def test_a_close_back_beneath_within_a_week_is_a_bull_trap():
    bars = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (56, 103.5), (62, 95))
    assert told(bars)[-1] == ("failed_break", "confirmed", "bearish")
    assert about_the_line(bars).of_kind("failed_break").reading("since_break")[0] <= 5
    late = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (57, 104), (66, 103), (74, 92))
    assert "failed_break" not in [kind for kind, _, _ in told(late)]


def test_upside_down_it_is_support_and_a_bear_trap():
    bars = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (56, 103.5), (62, 95))
    facts = told(upside_down(bars), highs_of(bars))
    assert facts[0] == ("trendline", "confirmed", "bullish")
    assert facts[-1] == ("failed_break", "confirmed", "bullish")


def test_standing_lines_give_their_price_at_the_next_bar():
    bars = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96))
    standing = standing_lines(Tape(bars))
    mine = standing.where(standing.anchor_at[:, 1] == highs_of(bars)[1])
    assert mine.reading("next_price")[0] == pytest.approx(line_on(bars, len(bars)))
    assert standing.reading("rank").tolist() == list(range(1, len(standing) + 1))
    assert np.all(np.diff(standing.reading("strength")) <= 0)


def test_what_was_broken_no_longer_stands():
    bars = drawn(RALLY, FIRST, (30, 100), SECOND, (48, 96), (60, 107))
    standing = standing_lines(Tape(bars))
    assert highs_of(bars) not in {tuple(pair) for pair in standing.anchor_at[:, :2].tolist()}


def test_a_broken_line_is_watched_until_the_break_has_failed():
    path = (RALLY, FIRST, (30, 100), SECOND, (48, 96), (56, 103.5))
    bars = drawn(*path)
    second = highs_of(bars)[1]
    mine = watched_breaks(Tape(bars))
    mine = mine.where(mine.anchor_at[:, 1] == second)
    assert [(f.kind, f.stage, f.direction) for f in mine.facts(bars)] == [("trendline_break", "forming", "bullish")]
    assert mine.reading("next_price")[0] == pytest.approx(line_on(bars, len(bars)))
    failed = drawn(*path, (62, 95))
    assert second not in watched_breaks(Tape(failed)).anchor_at[:, 1]


def line_of(market, first, second, until):
    bars = shared_bars(market, until)
    anchors = (bars.index_of(np.datetime64(first)), bars.index_of(np.datetime64(second)))
    return [(str(f.session), f) for f in about_the_line(bars, anchors).facts(bars)]


@needs_shared
def test_the_small_caps_downtrend_from_november_2024():
    facts = line_of("RTY", "2024-11-25", "2024-12-09", "2025-01-31")
    on = {(day, f.kind): f for day, f in facts}
    retest = on["2025-01-17", "trendline_retest"]
    assert retest.readings["price"] == pytest.approx(2310.3, abs=0.05)
    assert retest.readings["after_break"] == 0
    assert ("2025-01-17", "trendline_touch") in on
    assert [day for day, f in facts if f.kind == "trendline_break"] == ["2025-01-21"]
    assert next(iter(on)) == ("2024-12-11", "trendline")


@needs_shared
def test_the_note_downtrend_from_december_2024():
    facts = line_of("ZN", "2024-12-06", "2024-12-31", "2025-01-31")
    assert [(day, f.direction) for day, f in facts if f.kind == "trendline_break"] == [("2025-01-15", "bullish")]
