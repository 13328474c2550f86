"""Fetching many markets: several at once and no more, taken up where it stopped, limits kept by all processes."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from crosscurrent import markets
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.checked import checked_bars
from crosscurrent.errors import MissingData, StorageError
from crosscurrent.sources.archive import Archive
from crosscurrent.sources.fetching import fetch
from crosscurrent.sources.limits import Limit, Pace

SATURDAY = np.datetime64("2025-01-18T12:00:00", "s")
NAMES = [f"M{n:02d}" for n in range(12)]


class Crowd:
    """A source that counts who asks, and how many ask at once."""

    name = "crowd"
    notes = ()

    def __init__(self, at_once: int, missing: str = "") -> None:
        self.at_once, self.missing = at_once, missing
        self.asked: list[str] = []
        self.most, self._now, self._lock = 0, 0, threading.Lock()

    def bars(self, market: str, interval: str = "1d") -> Bars:
        with self._lock:
            self.asked.append(market)
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.005)
        with self._lock:
            self._now -= 1
        if market == self.missing:
            raise MissingData(market, self.name)
        shown = {"session": np.array(["2025-01-16", "2025-01-17"], "datetime64[D]"), "close": [1.0, 2.0]}
        return checked_bars(market, markets.instrument(market), shown)


def test_several_are_asked_at_once_and_never_more_than_allowed(tmp_path: Path):
    source = Crowd(3)
    done = fetch(source, NAMES, Archive(tmp_path), SATURDAY)
    assert [kept.market for kept in done.kept] == NAMES and 1 < source.most <= 3
    alone = Crowd(1)
    fetch(alone, NAMES, Archive(tmp_path), SATURDAY)
    assert alone.most == 1 and alone.asked == NAMES


def test_a_fetch_that_was_stopped_is_taken_up(tmp_path: Path):
    archive = Archive(tmp_path)

    def stopped(market: str) -> None:
        if market == NAMES[4]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(Crowd(2), NAMES, archive, SATURDAY, told=stopped)
    rest = Crowd(2)
    done = fetch(rest, NAMES, archive, SATURDAY + np.timedelta64(1, "h"), again=False)
    assert sorted(rest.asked) == NAMES[5:] and [kept.market for kept in done.already] == NAMES[:5]
    assert archive.markets() == tuple(NAMES)


@pytest.mark.parametrize(
    ("later", "provider", "asked"),
    [
        (SATURDAY + np.timedelta64(6, "h"), "crowd", []),
        (SATURDAY + np.timedelta64(1, "D"), "crowd", ["M00"]),
        (SATURDAY + np.timedelta64(6, "h"), "another", ["M00"]),
    ],
)
def test_what_was_fetched_today_from_this_provider_is_not_asked_again(
    tmp_path: Path, later, provider: str, asked: list[str]
):
    archive = Archive(tmp_path)
    fetch(Crowd(1), ["M00"], archive, SATURDAY)
    source = Crowd(1)
    source.name = provider
    fetch(source, ["M00"], archive, later, again=False)
    assert source.asked == asked


def test_a_session_that_ended_since_is_asked_for(tmp_path: Path):
    archive, source = Archive(tmp_path), Crowd(1)
    fetch(Crowd(1), ["M00"], archive, np.datetime64("2025-01-17T15:00:00", "s"))
    fetch(source, ["M00"], archive, np.datetime64("2025-01-17T20:00:00", "s"), again=False)
    assert source.asked == []
    # A market that nobody described ends its day at 22:00 UTC.
    fetch(source, ["M00"], archive, np.datetime64("2025-01-17T22:30:00", "s"), again=False)
    assert source.asked == ["M00"]


def test_a_damaged_file_and_a_failed_market_are_asked_again(tmp_path: Path):
    archive = Archive(tmp_path)
    done = fetch(Crowd(2, "M01"), ["M00", "M01", "M02"], archive, SATURDAY)
    assert [gap.what for gap in done.gaps] == ["M01"]
    (tmp_path / "M02.1d.parquet").write_bytes(b"half")
    source = Crowd(2)
    fetch(source, ["M00", "M01", "M02"], archive, SATURDAY, again=False)
    assert sorted(source.asked) == ["M01", "M02"] and archive.bars("M02").close[-1] == 2.0


def _ask(path: Path, sent: multiprocessing.Queue) -> None:
    pace = Pace(path, "crowd", (Limit(5, 0.3),))
    for n in range(6):
        pace(str(n))
        sent.put(None)


def test_processes_share_one_count(tmp_path: Path):
    path, context = tmp_path / "limits.sqlite", multiprocessing.get_context("spawn")
    sent = context.Queue()
    crew = [context.Process(target=_ask, args=(path, sent)) for _ in range(2)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert [one.exitcode for one in crew] == [0, 0] and sum(1 for _ in range(12) if sent.get(timeout=5) is None) == 12


def test_two_counts_interleaved_let_no_more_through_than_one(tmp_path: Path):
    now, waits = [1000.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    one, two = (Pace(tmp_path / "l.sqlite", "p", (Limit(2, 10.0),), lambda: now[0], sleep) for _ in range(2))
    one("a")
    two("b")
    assert waits == []
    one("c")
    assert waits == [10.0]


def test_a_clock_that_was_set_back_blocks_nobody_for_longer_than_the_window(tmp_path: Path):
    now, waits = [10_000.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    pace = Pace(tmp_path / "l.sqlite", "p", (Limit(1, 10.0),), lambda: now[0], sleep)
    pace("a")
    now[0] = 5_000.0
    pace("b")
    assert sum(waits) <= 10.0


def test_a_count_that_cannot_be_kept_is_said(tmp_path: Path):
    (tmp_path / "l.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match="count of requests"):
        Pace(tmp_path / "l.sqlite", "p", (Limit(1, 10.0),))("a")
