"""Gaps drawn by hand: opened, filled, exhausted, islands, and what is none of these."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.structure.gaps import Gaps, islands, upward_gaps
from crosscurrent.structure.tape import Tape
from strategies import bars_of, needs_shared, random_bars, shared_bars


def drawn(*centres, upside_down=False, lead=30):
    """Return bars of range 2 (ATR 2) around 100 and then around these centres."""
    middle = np.concatenate([100 + 0.1 * (np.arange(lead) % 2), centres])
    open_, close = middle - 0.3, middle + 0.3
    if upside_down:
        return bars_of(200 - open_, 201 - middle, 199 - middle, 200 - close)
    return bars_of(open_, middle + 1, middle - 1, close)


def told(bars):
    """Return (kind, direction, bars after the lead-in) of each fact."""
    table = Gaps().sweep(Tape(bars))
    return [(f.kind, f.direction, f.at - 29) for f in table.facts(bars) if f.at >= 30]


def test_a_gap_is_opened_and_filled():
    bars = drawn(103.0, 103.2, 102.5, 101.9)
    assert told(bars) == [("gap_up", "bullish", 1), ("gap_filled", "bearish", 4), ("exhaustion_gap", "bearish", 4)]
    opened, filled, _ = Gaps().sweep(Tape(bars)).facts(bars)
    assert opened.readings["low"] == pytest.approx(101.1) and opened.readings["high"] == pytest.approx(102.0)
    assert filled.readings["sessions"] == 3 and filled.subject == opened.subject
    assert [a.session for a in filled.anchors] == [bars.session[29], bars.session[30]]


def test_upside_down():
    assert [k for k, *_ in told(drawn(103.0, 103.2, 102.5, 101.9, upside_down=True))] == [
        "gap_down",
        "gap_filled",
        "exhaustion_gap",
    ]


def test_bars_that_overlap_leave_no_gap():
    assert told(drawn(102.0, 103.0)) == []


def test_a_gap_smaller_than_a_tenth_of_the_atr_is_none():
    assert told(drawn(102.2)) == []
    assert told(drawn(102.5)) == [("gap_up", "bullish", 1)]


def test_a_gap_that_stays_open_is_not_filled():
    assert told(drawn(103.0, 103.5, 102.8, 104.0)) == [("gap_up", "bullish", 1)]


def test_a_gap_filled_late_was_no_exhaustion():
    kinds = [k for k, *_ in told(drawn(103.0, 103.2, 103.0, 103.1, 103.0, 103.2, 103.0, 101.5))]
    assert kinds == ["gap_up", "gap_filled"]


def test_an_island():
    bars = drawn(104.0, 104.5, 104.2, 101.0)
    kinds = [(k, d) for k, d, _ in told(bars)]
    assert ("island", "bearish") in kinds and ("gap_down", "bearish") in kinds
    island = next(f for f in Gaps().sweep(Tape(bars)).facts(bars) if f.kind == "island")
    assert island.readings["sessions"] == 3
    assert (island.readings["low"], island.readings["high"]) == (pytest.approx(103.0), pytest.approx(105.5))
    assert Gaps().marks(island)


def test_two_gaps_that_do_not_overlap_leave_no_island():
    kinds = [k for k, *_ in told(drawn(104.0, 108.0, 107.8, 105.0))]
    assert "island" in kinds  # the upper gap and the way back cut off two bars
    assert "island" not in [k for k, *_ in told(drawn(104.0, 104.2, 105.2, 106.3, 103.9))]


def test_a_roll_opens_no_gap_and_forgets_open_ones():
    bars = drawn(103.0, 103.2, 106.0, 103.0, 101.5)
    rolled = np.arange(len(bars)) == 32
    assert [k for k, *_ in told(replace(bars, rolled=rolled))] == ["gap_up", "gap_down"]
    joined = [
        k for k, *_ in told(replace(bars, rolled=rolled, basis="adjusted", shift=(np.arange(len(bars)) >= 32) * 0.5))
    ]
    assert joined[:1] == ["gap_up"] and "gap_filled" in joined


def brute(bars, least=0.1):
    """Return (opened at, filled at or -1) of gaps up, the slow way."""
    atr = Tape(bars).atr
    found = []
    for t in range(1, len(bars)):
        if atr[t - 1] > 0 and bars.low[t] - bars.high[t - 1] >= least * atr[t - 1]:
            fills = np.flatnonzero(bars.low[t + 1 :] <= bars.high[t - 1])
            found.append((t, t + 1 + fills[0] if len(fills) else -1))
    return found


@needs_shared
@pytest.mark.parametrize("bars", [random_bars(4, 1500), None], ids=["random", "SPY"])
def test_as_the_slow_way_has_it(bars):
    bars = shared_bars("SPY").last(2500) if bars is None else bars
    none = np.zeros(len(bars), bool)
    events, _ = upward_gaps(bars.high, bars.low, Tape(bars).atr, none, none, np.empty(0, np.int64), 0, 0.1, 20, 5)
    opened, filled = events[events[:, 1] == 0], events[events[:, 1] == 1]
    when = dict(zip(filled[:, 2].astype(int), filled[:, 0].astype(int), strict=True))
    assert [(int(t), when.get(int(t), -1)) for t in opened[:, 0]] == brute(bars)
    assert len(opened) > 5


def test_no_gaps_no_islands():
    empty = np.empty((0, 6))
    assert islands(np.ones(3), np.zeros(3), np.ones(3), empty, -1, empty, 0.1, 20).shape == (0, 4)
