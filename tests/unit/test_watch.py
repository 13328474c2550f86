"""The watch tells each thing once, loses nothing over a restart, and tells what the facts say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crosscurrent.errors import MissingData
from crosscurrent.note.desk import Desk, Market, Rates
from crosscurrent.sources.sample import Sample
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.channels import Terminal, Untold
from crosscurrent.watch.outbox import Outbox
from crosscurrent.watch.schedule import Quiet
from crosscurrent.watch.watching import Watch

NOW = np.datetime64("2008-11-21T22:00:00", "s")
DAYS = [np.datetime64(day) for day in ("2008-11-14", "2008-11-18", "2008-11-21")]


DESK = Desk(
    name="small", publisher="a test", byline="a test", disclosure="research", pairs=(("IXIC", "UST10P"),),
    markets=(Market(name="UST10P", role="filter"), Market(name="IXIC", role="index"), Market(name="UST1Y1Y", role="policy")),
    rates=Rates(implied="UST1Y1Y"),
)  # fmt: skip


class Growing(Sample):
    """The sample as it stood on a day that a test moves on, without the markets that it takes away."""

    day = DAYS[0]
    gone: tuple[str, ...] = ()

    def markets(self) -> tuple[str, ...]:
        return tuple(m for m in super().markets() if m not in self.gone)

    def bars(self, market: str, interval: str = "1d"):
        if market in self.gone:
            raise MissingData(market, "the sample")
        return super().bars(market, interval).until(self.day)


class Recorder:
    """A channel that keeps what it is told, and refuses while it is down."""

    name, is_loud, is_down = "recorder", True, False

    def __init__(self) -> None:
        self.told: list[Alert] = []

    def tell(self, alert: Alert, now: np.datetime64) -> None:
        if self.is_down:
            raise Untold("away")
        self.told.append(alert)


def watching(tmp_path: Path, source: Growing, channel: Recorder, **more) -> Watch:
    return Watch(DESK, lambda: source, Outbox(tmp_path / "outbox.sqlite"), [channel], **more)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A watch that looked on three days in one process, and one that was restarted before each look."""
    kept, fresh = [], []
    for restarts, told in ((False, kept), (True, fresh)):
        folder, source, channel = tmp_path_factory.mktemp("watch"), Growing(), Recorder()
        one = watching(folder, source, channel)
        for day in DAYS:
            source.day = day
            one = watching(folder, source, channel) if restarts else one
            one.look(NOW)
            one.look(NOW)
            told.append(tuple(channel.told))
    return kept, fresh


def test_the_first_look_tells_nothing_and_a_second_at_the_same_close_neither(story):
    (first, second, third), _ = story
    assert first == ()
    assert len(second) > 3
    assert third[: len(second)] == second
    assert len({alert.id for alert in third}) == len(third)


def test_a_restart_changes_nothing(story):
    kept, fresh = story
    assert [a.to_json() for a in fresh[-1]] == [a.to_json() for a in kept[-1]]


def test_alerts_are_about_the_sessions_since_the_last_look(story):
    (_, second, third), _ = story
    assert {DAYS[0] < np.datetime64(a.session) <= DAYS[1] for a in second} == {True}
    assert {DAYS[1] < np.datetime64(a.session) <= DAYS[2] for a in third[len(second) :]} == {True}


def test_a_channel_that_is_away_is_told_later_and_in_order(tmp_path, story):
    faults, source, channel = [], Growing(), Recorder()
    one = watching(tmp_path, source, channel, fault=faults.append)
    one.look(NOW)
    source.day, channel.is_down = DAYS[1], True
    assert len(one.look(NOW)) > 3
    assert channel.told == []
    assert "away" in faults[0]
    again = Recorder()
    watching(tmp_path, source, again).deliver(NOW)  # after a restart
    assert [a.id for a in again.told] == [a.id for a in story[0][1]]
    watching(tmp_path, source, again).deliver(NOW)
    assert len(again.told) == len(story[0][1])


def test_quiet_hours_hold_back_what_wakes_people(tmp_path):
    quiet, channel = Quiet.parse("22:00-07:00", "America/New_York"), Recorder()
    one = watching(tmp_path, Growing(), channel, quiet=quiet)
    one.outbox.keep("small", DAYS[0], [Alert("small", "IXIC", "a_kind", "2008-11-14", "x")], NOW)
    one.deliver(np.datetime64("2008-11-15T04:30:00"))
    assert channel.told == []
    lines: list[str] = []
    watching(tmp_path, Growing(), Terminal(lines.append), quiet=quiet).deliver(np.datetime64("2008-11-15T04:30:00"))
    assert len(lines) == 1
    one.deliver(np.datetime64("2008-11-15T12:30:00"))
    assert len(channel.told) == 1


def test_a_market_that_vanishes_is_told_once_and_the_others_go_on(tmp_path):
    source, channel = Growing(), Recorder()
    one = watching(tmp_path, source, channel)
    one.look(NOW)
    source.day, source.gone = DAYS[1], ("UST1Y1Y",)
    one.look(NOW)
    source.day = DAYS[2]
    one.look(NOW)
    assert [a.market for a in channel.told if a.kind == "market_vanished"] == ["UST1Y1Y"]
    assert {a.market for a in channel.told} > {"UST1Y1Y"}


def test_a_source_that_cannot_be_read_is_told_and_tried_again(tmp_path):
    source, channel, faults = Growing(), Recorder(), []
    one = watching(tmp_path, source, channel, fault=faults.append)
    one.look(NOW)
    source.day, source.gone = DAYS[1], Sample().markets()
    assert one.look(NOW) == ()
    assert faults
    source.gone = ()
    assert len(one.look(NOW)) > 3


def test_a_name_that_moves_the_cursor_does_not():
    lines: list[str] = []
    Terminal(lines.append).tell(Alert("d", "X", "k", "2020-01-01", "a\x1b[2Jb\nc"), NOW)
    assert lines[0].isprintable()


KILLED = """
import sys
import numpy as np
from pathlib import Path
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.outbox import Outbox
box = Outbox(Path(sys.argv[1]))
for n in range(10 ** 6):
    alert = Alert("d", "X", "k", "2020-01-01", "text", str(n))
    box.keep("d", np.datetime64("2020-01-01") + n, [alert], np.datetime64("2020-01-01T00:00:00"))
    print(n, flush=True)
"""


def test_what_was_kept_survives_a_kill_with_its_look(tmp_path):
    path = tmp_path / "outbox.sqlite"
    for _ in range(5):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
        for line in child.stdout:
            if int(line) >= 3:
                os.kill(child.pid, signal.SIGKILL)
                break
        child.wait()
        child.stdout.close()
    box = Outbox(path)
    numbers = [int(alert.subject) for alert in box.waiting("nobody")]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 4
    # The look that made the newest alert is there with it, or is a later one that made an alert already known.
    assert box.last_look("d") is not None
