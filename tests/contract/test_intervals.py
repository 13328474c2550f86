"""Weeks and hours: every detector reads them, names them, and tells nothing of a week before it is over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from contract.leaky import LEAKY
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.resample import weekly
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RequestError
from crosscurrent.evaluate.full_replay import replay
from crosscurrent.evaluate.no_repaint import facts_of, known_after_it_happened, never_repaints, only_finite
from crosscurrent.facts.stage import FORMING
from crosscurrent.pipeline import look
from crosscurrent.sources.files import Files
from crosscurrent.structure import DETECTORS, Detector, Tape
from crosscurrent.structure.look import swept
from snapshots import shared_snapshot
from strategies import SHARED, needs_shared, random_bars

by_name = {"argnames": "detector", "argvalues": DETECTORS, "ids": lambda d: type(d).__name__}


def toy_snapshot(bars: Bars) -> Snapshot:
    return Snapshot(bars.session[-1], {bars.market: bars})


@pytest.mark.parametrize(**by_name)
def test_weeks_do_not_repaint_as_days_are_added(detector):
    bars = random_bars(17, 1500)
    days = bars.session[np.random.default_rng(3).integers(200, 1500, 25)]
    found = replay(toy_snapshot(bars), "TOY", days, interval="1w", detectors=[detector])
    assert found.changed == ()


@needs_shared
@pytest.mark.parametrize(
    ("market", "basis"), [("NQ", "adjusted"), ("NQ", "traded"), ("ZN", "adjusted"), ("SPX", "traded")]
)
def test_real_weeks_do_not_repaint(market, basis):
    snapshot = shared_snapshot("2025-06-30", market, {"NQ": "NDX", "ZN": "DGS10"}.get(market, "VIX"))
    days = np.random.default_rng(5).choice(snapshot.traded(market).session[-2500:], 6)
    found = replay(snapshot, market, [*days, np.datetime64("2001-09-10")], basis=basis, interval="1w")
    assert found.changed == ()
    assert found.facts > 1000


class Unguarded(Detector):
    """Tells an unfinished week as if it were over: through `sweep` alone, nothing keeps it from that."""

    layout = LEAKY[0].layout

    def sweep(self, tape):
        whole = Tape(replace(tape.bars, is_complete=True))
        return LEAKY[0].sweep(whole)


def test_a_week_told_before_its_end_is_caught():
    bars = random_bars(17, 600)
    thursdays = bars.session[np.arange(301, 596, 5)]
    assert replay(toy_snapshot(bars), "TOY", thursdays, interval="1w", detectors=[Unguarded()]).changed


@pytest.mark.parametrize(**by_name)
def test_an_unfinished_week_is_forming_alone(detector):
    days = random_bars(23, 1500)
    for n in range(1400, 1500):
        weeks = weekly(days.first(n))
        found = swept(detector, Tape(weeks))
        last = len(weeks) - 1
        if weeks.is_complete:
            assert len(found.unfinished) == 0
            continue
        assert not np.any(found.table.at == last)
        assert np.all(found.unfinished.at == last) and np.all(found.unfinished.stage == FORMING)
        assert found.table.same_as(facts_of(detector, weeks.first(last)))


def test_some_unfinished_week_shows_something():
    days = random_bars(23, 1500).first(1497)
    weeks = weekly(days)
    assert not weeks.is_complete
    assert sum(len(swept(d, Tape(weekly(days.first(n)))).unfinished) for d in DETECTORS for n in range(1480, 1497)) > 0


def test_what_an_unfinished_bar_hid_is_told_once_it_is_over():
    weeks = replace(random_bars(2, 300), interval="1w", is_complete=False)
    assert weeks.first(200).is_complete and not weeks.first(300).is_complete
    assert not weeks.last(5).is_complete


@needs_shared
@pytest.mark.parametrize("basis", ["traded", "adjusted"])
def test_weekly_facts_name_their_interval_and_basis(basis):
    snapshot = shared_snapshot("2025-01-15", "NQ", "NDX")
    week = look(snapshot, ["NQ"], interval="1w", basis=basis)["NQ"]
    facts = week.facts()
    assert {f.interval for f in facts} == {"1w"} and {f.basis for f in facts} == {basis}
    assert max(f.session for f in facts) == np.datetime64("2025-01-10")
    assert all(f.stage == "forming" for f in week.forming())
    on_friday = look(shared_snapshot("2025-01-17", "NQ", "NDX"), ["NQ"], interval="1w", basis=basis)["NQ"].facts()
    assert max(f.session for f in on_friday) == np.datetime64("2025-01-17")
    assert [f.to_json() for f in on_friday if f.session < np.datetime64("2025-01-17")] == [f.to_json() for f in facts]


def test_hours_are_not_made_of_days():
    with pytest.raises(RequestError, match="1h"):
        look(toy_snapshot(random_bars(1, 50)), ["TOY"], interval="1h")


@needs_shared
@pytest.mark.parametrize(**by_name)
def test_hours_are_read(detector, nq_by_the_hour):
    bars = nq_by_the_hour
    table = facts_of(detector, bars)
    assert only_finite(table) is None
    assert known_after_it_happened(table, len(bars)) is None
    assert {f.interval for f in table.where(table.at >= len(bars) - 100).facts(bars)} <= {"1h"}
    assert never_repaints(detector, bars, [500, 1200, len(bars) - 2]) is None


@needs_shared
def test_hours_hold_facts(nq_by_the_hour):
    found = look(Snapshot(nq_by_the_hour.session[-1], {"NQ": nq_by_the_hour}), ["NQ"], interval="1h")["NQ"]
    assert sum(len(sweep.table) for sweep in found.sweeps) > len(nq_by_the_hour)


@pytest.fixture(scope="module")
def nq_by_the_hour() -> Bars:
    return Files(SHARED).bars("NQ", "1h").last(3000)
