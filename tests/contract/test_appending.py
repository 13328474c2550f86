"""What is carried from bar to bar: appended bars reveal exactly what a sweep of all bars does, and nothing stale is carried on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.leaky import LEAKY
from crosscurrent.bars.resample import weekly
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import StaleWatch
from crosscurrent.evaluate.no_repaint import carries_on
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure import DETECTORS, Detector, Tape
from crosscurrent.structure import streaks as streaks_module
from crosscurrent.structure.code import fingerprint
from crosscurrent.structure.divergence import Divergences
from crosscurrent.structure.look import look_at
from crosscurrent.structure.streaks import Streaks
from crosscurrent.structure.swings import Swings
from crosscurrent.structure.watch import Watch
from snapshots import shared_snapshot
from strategies import bars_of, needs_shared, random_bars

by_name = {"argnames": "detector", "argvalues": DETECTORS, "ids": lambda d: type(d).__name__}


@pytest.mark.parametrize(**by_name)
def test_appended_bars_reveal_what_a_sweep_does(detector):
    for seed in (1, 2):
        bars = random_bars(seed, 700)
        assert carries_on(detector, bars, [0, 1, 2, 40, *range(300, 420), 421, 440, 500, 700]) is None


@pytest.mark.parametrize(**by_name)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), cuts=st.sets(st.integers(0, 500), min_size=1, max_size=5))
def test_wherever_the_bars_are_cut(detector, seed, cuts):
    assert carries_on(detector, random_bars(seed, 500), [*sorted(cuts), 500]) is None


@pytest.mark.parametrize(**by_name)
def test_odd_bars_are_carried_on(detector):
    """Flat, then alive, then flat again; steps of the tick; a series that loses its volume; prices about zero."""
    alive = random_bars(3, 200)
    still = bars_of(
        *(
            np.concatenate([np.full(60, c[0]), c, np.full(60, c[-1])])
            for c in (alive.open, alive.high, alive.low, alive.close)
        )
    )
    coarse = bars_of(*(np.round(c) for c in (alive.open, alive.high, alive.low, alive.close)), alive.volume)
    silent = replace(alive, volume=np.where(np.arange(200) < 120, alive.volume, np.nan))
    negative = bars_of(*(c - 100.0 for c in (alive.open, alive.high, alive.low, alive.close)), alive.volume)
    for bars in (still, coarse, silent, negative):
        assert carries_on(detector, bars, [50, *range(90, 140), len(bars)]) is None


def known(look, detector):
    """Return each basis's facts of a detector."""
    return [sweep.table for sweep in look.sweeps if sweep.detector is detector]


@needs_shared
@pytest.mark.parametrize(
    ("market", "reference", "until"),
    [("NQ", "NDX", "2025-01-17"), ("ZN", "DGS10", "2025-01-17"), ("SPY", "VIX", "2020-03-31")],
)
def test_real_bars_are_carried_across_a_roll_on_both_bases(market, reference, until):
    whole = shared_snapshot(until, market, reference)
    days = whole.traded(market).session
    watch = Watch.begin(*_both(whole, days[-46], market), DETECTORS)
    tables = {d: known(watch.look, d) for d in DETECTORS}
    for day in [*days[-45:-10], days[-1]]:
        watch = watch.append(*_both(whole, day, market))
        tables = {
            d: [t.and_then(new) for t, new in zip(tables[d], known(watch.look, d), strict=True)] for d in DETECTORS
        }
    at_once = look_at(*_both(whole, days[-1], market), DETECTORS)
    assert market == "SPY" or watch.look.adjusted.bars.rolled[-46:].any()
    for detector in DETECTORS:
        assert all(one.same_as(other) for one, other in zip(tables[detector], known(at_once, detector), strict=True)), (
            detector
        )
    assert [f.to_json() for f in watch.look.forming()] == [f.to_json() for f in at_once.forming()]


def _both(whole, day, market):
    then = Snapshot(day, whole.markets)
    return then.traded(market), then.adjusted(market)


def test_an_unfinished_week_is_laid_on_top_and_never_carried_on():
    days = random_bars(23, 1500)
    watch = Watch.begin(*[weekly(days.first(1000))] * 2, DETECTORS)
    tables = {d: known(watch.look, d)[0] for d in DETECTORS}
    for n in range(1001, 1040):
        weeks = weekly(days.first(n))
        watch, at_once = watch.append(weeks, weeks), look_at(weeks, weeks, DETECTORS)
        for sweep, whole in zip(watch.look.sweeps, at_once.sweeps, strict=True):
            tables[sweep.detector] = tables[sweep.detector].and_then(sweep.table)
            assert tables[sweep.detector].same_as(whole.table), (n, sweep.detector)
            assert sweep.unfinished.same_as(whole.unfinished), (n, sweep.detector)


def test_a_watch_taken_up_by_another_process_goes_on_as_if_it_had_stayed():
    bars = random_bars(9, 420)
    stayed = Watch.begin(bars.first(400), bars.first(400), DETECTORS)
    for n in range(401, 420):
        now = bars.first(n)
        came_back, stayed = Watch.from_bytes(stayed.to_bytes(), now, now, DETECTORS), stayed.append(now, now)
        assert came_back.to_bytes() == stayed.to_bytes()
        for one, other in zip(came_back.look.sweeps, stayed.look.sweeps, strict=True):
            assert one.table.same_as(other.table)
        assert [f.to_json() for f in came_back.look.forming()] == [f.to_json() for f in stayed.look.forming()]


def test_divergences_of_bars_further_apart_than_swings_are_remembered_are_carried_on():
    assert carries_on(Divergences(reversal=0.3, longest=200), random_bars(4, 700), [*range(300, 420), 500, 700]) is None


def test_markets_are_looked_at_together_as_each_is_alone():
    every = [random_bars(seed, 310) for seed in (1, 2, 3)]
    stored = [Watch.begin(bars.first(300), bars.first(300), DETECTORS).to_bytes() for bars in every[:2]]
    together = Watch.many([(at, bars, bars) for at, bars in zip([*stored, None], every, strict=True)], DETECTORS)
    alone = [Watch.from_bytes(at, bars, bars, DETECTORS) for at, bars in zip(stored, every, strict=False)]
    for one, other in zip(together, [*alone, Watch.begin(every[2], every[2], DETECTORS)], strict=True):
        assert one.to_bytes() == other.to_bytes()
        assert all(a.table.same_as(b.table) for a, b in zip(one.look.sweeps, other.look.sweeps, strict=True))


def test_what_is_carried_does_not_grow_with_the_history():
    """But for a mark for each bar."""
    sizes = [len(Watch.begin(*[random_bars(5, n)] * 2, DETECTORS).to_bytes()) for n in (800, 3200)]
    assert sizes[1] < sizes[0] + 2400 * 16


def test_a_watch_never_changes():
    bars = random_bars(9, 310)
    watch = Watch.begin(bars.first(300), bars.first(300), DETECTORS)
    before = watch.to_bytes()
    ahead = [watch.append(bars, bars).to_bytes() for _ in range(2)]
    assert watch.to_bytes() == before
    assert ahead[0] == ahead[1]


@pytest.mark.parametrize("name", ["open", "high", "low", "close", "volume", "shift"])
def test_a_corrected_history_is_not_carried_on(name):
    bars = random_bars(9, 310)
    watch = Watch.begin(bars.first(300), bars.first(300), (Swings(),))
    column = getattr(bars, name).copy()
    column[17] = np.nextafter(column[17], 1e9)
    changed = replace(bars, **{name: column})
    with pytest.raises(StaleWatch, match="no longer those"):
        watch.append(changed, changed)
    with pytest.raises(StaleWatch, match="no longer those"):
        Watch.from_bytes(watch.to_bytes(), changed, changed, (Swings(),))


def test_two_bars_that_changed_places_or_went_missing_are_noticed():
    bars = random_bars(9, 310)
    watch = Watch.begin(bars.first(300), bars.first(300), (Swings(),))
    close = bars.close.copy()
    close[[7, 8]] = close[[8, 7]]
    for other in (replace(bars, close=close), bars.first(299)):
        with pytest.raises(StaleWatch):
            watch.append(other, other)


def test_other_parameters_or_other_code_are_not_carried_on(monkeypatch):
    bars = random_bars(9, 300)
    stored = Watch.begin(bars, bars, (Streaks(),)).to_bytes()
    assert Watch.from_bytes(stored, bars, bars, (Streaks(),))
    for others in ((Streaks(least=5),), (Streaks(), Swings()), (Swings(),)):
        with pytest.raises(StaleWatch, match="other detectors"):
            Watch.from_bytes(stored, bars, bars, others)
    fingerprint.cache_clear()
    monkeypatch.setattr(streaks_module, "runs", lambda close, cut: (close, cut))
    with pytest.raises(StaleWatch, match="another version"):
        Watch.from_bytes(stored, bars, bars, (Streaks(),))
    fingerprint.cache_clear()


ONE = Layout(kinds=("odd",))


@dataclass(frozen=True)
class Forgets(Detector):
    """Counts rises from where the new bars begin, as if nothing had been before."""

    layout = ONE

    def sweep(self, tape: Tape) -> FactTable:
        rises = np.cumsum(np.diff(tape.bars.close[tape.start :], prepend=np.inf) > 0)
        return FactTable.of(ONE, tape.start + np.flatnonzero(rises % 7 == 6))


@dataclass(frozen=True)
class StandsStill(Detector):
    """Carries what it counted at first and never counts on."""

    layout = ONE

    def sweep(self, tape: Tape) -> FactTable:
        return tape.resumed("count", lambda: (np.zeros(1),), self.go_on)

    def go_on(self, tape, carried):
        rises = carried[0][0] + np.cumsum(np.diff(tape.bars.close, prepend=np.inf)[tape.start :] > 0)
        first = (rises[-1:] if tape.start == 0 and len(tape) else carried[0],)
        return FactTable.of(ONE, tape.start + np.flatnonzero(rises % 7 == 6)), first


@dataclass(frozen=True)
class Repeats(StandsStill):
    """Counts on, but tells what it told before once more."""

    def go_on(self, tape, carried):
        rises = np.cumsum(np.diff(tape.bars.close, prepend=np.inf) > 0)
        at = np.flatnonzero(rises % 7 == 6)
        return FactTable.of(ONE, np.maximum(at, tape.start)), carried


@pytest.mark.parametrize("wrong", [Forgets(), StandsStill(), Repeats()], ids=lambda d: type(d).__name__)
def test_a_detector_that_carries_wrongly_is_caught(wrong):
    assert carries_on(wrong, random_bars(4, 300), [100, 101, 150, 151, 152, 300]) is not None


def test_a_detector_that_carries_nothing_is_swept_anew_and_right():
    class Plain(Detector):
        layout = ONE

        def sweep(self, tape: Tape) -> FactTable:
            return FactTable.of(ONE, np.flatnonzero(np.cumsum(np.diff(tape.bars.close, prepend=np.inf) > 0) % 7 == 6))

    assert carries_on(Plain(), random_bars(4, 300), [0, 100, 101, 150, 300]) is None
    assert carries_on(LEAKY[2], random_bars(4, 300), range(100, 200)) is not None
