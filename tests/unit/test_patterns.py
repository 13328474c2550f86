"""What all patterns share: their life after confirmation, which of several is told, their quality, their marks."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.facts.marks import Point, Segment
from crosscurrent.facts.stage import EXPIRED, FAILED, REACHED
from crosscurrent.structure import DETECTORS, Tape
from crosscurrent.structure.formations import (
    ATR,
    BORN,
    BROKEN,
    END,
    KIND,
    LOWER_ZERO,
    SIDE,
    START,
    UPPER_ZERO,
    WIDTH,
    closed_outside,
    trigger_at,
)
from crosscurrent.structure.pattern_life import (
    LASTING,
    PLACE,
    STREAMS,
    is_last_of_its_kind,
    is_outdrawn,
    lives,
    subject,
    told_patterns,
)
from crosscurrent.structure.patterns import Patterns
from crosscurrent.structure.quality import graded
from strategies import bars_of, random_bars

PATTERNS = tuple(d for d in DETECTORS if isinstance(d, Patterns))
CLOSE = np.array([10.0, 11, 12, 11, 9, 13, 16])


@pytest.mark.parametrize(
    ("target", "invalidation", "bars", "end"),
    [
        (12.5, 5.0, 9, (2, REACHED)),
        (30.0, 9.5, 9, (4, FAILED)),
        (30.0, 5.0, 3, (3, EXPIRED)),
        (30.0, 5.0, 9, (-1, -1)),
        (9.8, 9.5, 9, (1, REACHED)),
    ],
    ids=["reached", "failed", "expired", "still alive", "reached at once"],
)
def test_what_becomes_of_an_upward_break(target, invalidation, bars, end):
    up = lives(CLOSE + 0.5, CLOSE - 0.5, CLOSE, np.array([[0.0, 1, target, invalidation, bars]]))
    down = lives(-CLOSE + 0.5, -CLOSE - 0.5, -CLOSE, np.array([[0.0, -1, -target, -invalidation, bars]]))
    assert tuple(up[0]) == tuple(down[0]) == end


def test_within_one_bar_failure_comes_before_the_target():
    ends = lives(np.array([1.0, 9]), np.array([1.0, 0]), np.array([1.0, 0]), np.array([[0.0, 1, 5, 0.5, 9]]))
    assert tuple(ends[0]) == (1, FAILED)


def broken(patterns, start):
    """Return formations of (break, side, log odds, kind) that begin at these bars behind flat lines at 10 and 0."""
    ended = np.zeros((len(patterns), WIDTH))
    for row, (at, side, _, kind), first in zip(ended, patterns, start, strict=True):
        row[[START, UPPER_ZERO, LOWER_ZERO, ATR, BROKEN, SIDE, KIND]] = first, 10.0, 0.0, 1.0, at, side, kind
    return ended


def told_of(ended, odds, close, last, said):
    """Return the places of those that are told, which adds them to what was said."""
    places = told_patterns(ended, odds, close, 0.75, 5, False, last, np.array(said))[:, PLACE].astype(int)
    said += [subject(row, row[SIDE]) for row in ended[places]]
    return places


@pytest.mark.parametrize(
    ("patterns", "start", "back", "told"),
    [
        ([(50, 1, 2, 1), (50, 1, 5, 2)], [10, 20], None, [1]),
        ([(50, 1, 2, 1), (50, -1, 5, 2)], [10, 20], None, [0, 1]),
        ([(50, 1, 2, 1), (55, 1, 5, 2)], [10, 20], None, [0]),
        ([(50, 1, 2, 1), (55, 1, 5, 2)], [10, 20], 53, [0, 1]),
        ([(50, 1, 2, 1), (55, 1, 5, 2)], [10, 20], 55, [0]),
        ([(50, 1, 2, 1), (55, 1, 5, 1)], [10, 10], 53, [0]),
        ([(50, 1, 2, 1), (90, 1, 5, 2)], [10, 20], None, [0, 1]),
    ],
    ids=[
        "the clearest of one bar", "one a side", "overlapping", "overlapping one that price came back into",
        "overlapping one that price comes back into only now", "each subject once", "mostly new",
    ],
)  # fmt: skip
def test_which_patterns_are_told(patterns, start, back, told):
    ended, odds = broken(patterns, start), np.array([odds for _, _, odds, _ in patterns], float)
    close = np.full(100, 12.0)
    if back:
        close[back] = 9.0
    nothing = np.full((STREAMS, LASTING), np.nan)
    assert sorted(told_of(ended, odds, close, nothing.copy(), [])) == told
    last, said, one_by_one = nothing, [], []
    for bar in np.unique(ended[:, BROKEN]):
        now = np.flatnonzero(ended[:, BROKEN] == bar)
        one_by_one += now[told_of(ended[now], odds[now], close, last, said)].tolist()
    assert sorted(one_by_one) == told


def ended_as(*of):
    """Return formations of (kind, born, ended at; -1 for open)."""
    rows = np.zeros((len(of), WIDTH))
    rows[:, [KIND, BORN, BROKEN]] = of
    return rows


@pytest.mark.parametrize(
    ("others", "is_last"),
    [
        ([], True),
        ([(0, 30, -1)], False),
        ([(0, 30, 55)], False),
        ([(0, 30, 45)], True),
        ([(0, 30, 50)], True),
        ([(0, 51, -1)], True),
        ([(1, 30, -1)], True),
    ],
    ids=[
        "alone", "another is open", "another ended later", "another ended before", "both end now", "another is born later",
        "another kind is open",
    ],
)  # fmt: skip
def test_a_kind_expires_when_nothing_of_it_is_forming(others, is_last):
    found = ended_as((0, 20, 50), *others)
    assert is_last_of_its_kind(found, 0) == is_last


@pytest.mark.parametrize("detector", PATTERNS, ids=lambda d: type(d).__name__)
def test_what_expires_was_forming_until_then_and_never_broke(detector):
    """At the close before, it was listed as forming; at its own, nothing of its kind is."""
    told = 0
    for seed in range(60):
        bars = random_bars(seed, 1500)
        table = detector.sweep(Tape(bars))
        unbroken = (table.stage == EXPIRED) & np.isnan(table.reading("confirmed_on"))
        for row in np.flatnonzero(unbroken)[:3]:
            at, kind = int(table.at[row]), table.kind[row]
            before, now = (detector.forming(Tape(bars.first(n))) for n in (at, at + 1))
            assert kind in before.kind and kind not in now.kind
            told += 1
        if told > 6:
            return
    assert told or not detector.least_odds < 0


@pytest.mark.parametrize(
    ("odds", "born", "start", "broken", "is_told"),
    [
        (9.0, 40, 10, -1, False),
        (9.0, 40, 10, 55, False),
        (1.0, 40, 10, -1, True),
        (9.0, 51, 10, -1, True),
        (9.0, 40, 35, -1, True),
        (9.0, 40, 10, 50, True),
        (9.0, 40, 10, 45, True),
    ],
    ids=[
        "a clearer one stands",
        "broken later",
        "less clear",
        "not known yet",
        "mostly elsewhere",
        "broken too",
        "broken before",
    ],
)
def test_a_break_counts_unless_price_is_still_inside_clearer_lines(odds, born, start, broken, is_told):
    rows = np.zeros((2, WIDTH))
    rows[:, UPPER_ZERO] = 10.0
    rows[0, [BORN, START, END, BROKEN, SIDE]] = 40, 10, 38, 50, 1
    rows[1, [BORN, START, END, BROKEN]] = born, start, 39, broken
    assert is_outdrawn(rows, np.array([5.0, odds]), 0, 0.75) == (not is_told)


def test_grades_run_from_one_to_ten():
    assert [graded(value, 0.0, 1.0) for value in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [1, 1, 5.5, 10, 10]
    assert [graded(value, 0.1, 0.0) for value in (0.0, 0.1)] == [10, 1]
    assert np.isnan(graded(np.nan, 0.0, 1.0))


@pytest.mark.parametrize("detector", PATTERNS, ids=lambda d: type(d).__name__)
def test_quality_is_the_mean_of_its_parts(detector):
    parts = ("initial_trend", "uniformity", "clarity", "breakout_strength", "volume_change")
    for seed in range(20):
        table = detector.sweep(Tape(random_bars(seed, 1500)))
        columns = np.column_stack([table.reading(name) for name in parts])
        if not len(table):
            continue
        assert np.nanmin(columns) >= 1
        assert np.nanmax(columns) <= 10
        assert table.reading("quality") == pytest.approx(np.nanmean(columns, axis=1))


@pytest.mark.parametrize("detector", PATTERNS, ids=lambda d: type(d).__name__)
def test_every_confirming_close_is_outside_its_trigger_and_every_mark_is_drawn(detector):
    seen = 0
    for seed in range(25):
        bars = random_bars(seed + 300, 1500)
        for fact in detector.sweep(Tape(bars)).facts(bars):
            sign = 1 if fact.direction == "bullish" else -1
            if fact.stage != "confirmed":
                continue
            seen += 1
            assert (bars.close[fact.at] - fact.readings["trigger"]) * sign > 0
            assert fact.at - int(np.searchsorted(bars.session, fact.anchors[0].session)) + 1 == fact.readings["bars"]
            marks = detector.marks(fact)
            assert {m.role for m in marks} == {"upper", "lower", "touch", "target"}
            assert sum(isinstance(m, Point) for m in marks) == len(fact.anchors)
            assert all(m.start <= m.end for m in marks if isinstance(m, Segment))
    assert seen > 0


def appended(bars, close):
    """Return the bars and one more that opens at the last close and ends at `close`."""
    last = bars.close[-1]
    columns = [
        np.append(bars.open, last),
        np.append(bars.high, max(last, close)),
        np.append(bars.low, min(last, close)),
    ]
    return bars_of(*columns, np.append(bars.close, close))


@pytest.mark.parametrize("detector", PATTERNS, ids=lambda d: type(d).__name__)
def test_the_trigger_of_a_forming_pattern_is_exact(detector):
    """The next close just beyond the trigger confirms it, just short of it does not."""
    tried = 0
    for seed in range(60):
        bars = random_bars(seed + 900, 260)
        for t in range(120, 260, 9):
            cut = bars.first(t)
            forming = detector.forming(Tape(cut))
            if not len(forming):
                continue
            tried += 1
            trigger, sign = forming.reading("trigger")[0], float(forming.direction[0])
            nudge = 1e-6 * trigger * sign
            for close, is_confirmed in ((trigger + nudge, True), (trigger - nudge, False)):
                bar = appended(cut, close)
                candidates = detector.formations(Tape(bar))
                closed_outside(bar.close, candidates.rows, detector.patience)
                gone = candidates.where((candidates.rows[:, BROKEN] == t) & (candidates.rows[:, SIDE] != 0))
                prices = [trigger_at(row, sign, t) for row in gone.rows if row[SIDE] == sign]
                assert bool(np.isclose(prices, trigger, rtol=1e-9).any()) == is_confirmed, (seed, t)
        if tried > 12:
            return
    assert tried > 0
