"""The archive keeps what was fetched: whole, signed, and never at the cost of what was there."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crosscurrent.errors import MissingData, RejectedData, RequestError, StorageError, UnknownName
from crosscurrent.markets import find
from crosscurrent.sources import open_source
from crosscurrent.sources.archive import KEY, Archive, archive_folder
from crosscurrent.sources.disk import replace_whole
from crosscurrent.sources.fetching import fetch
from crosscurrent.sources.sample import Sample
from strategies import bars_of, random_bars

NOW = np.datetime64("2025-01-18T12:00:00", "s")


def kept_one(tmp_path: Path, n: int = 300) -> tuple[Archive, Path]:
    archive = Archive(tmp_path, patience=0.05)
    archive.keep(random_bars(1, n), "a test", NOW)
    return archive, tmp_path / "TOY.1d.parquet"


def test_bars_come_back_as_they_were_kept(tmp_path: Path):
    archive, _ = kept_one(tmp_path)
    before, after = random_bars(1, 300), archive.bars("TOY")
    for name in ("session", "closed_at", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    assert after.instrument == before.instrument and archive.markets() == ("TOY",)


def test_where_they_came_from_is_kept_too(tmp_path: Path):
    archive, _ = kept_one(tmp_path)
    kept = archive.kept("TOY")
    assert (kept.provider, kept.fetched_at, kept.vintage) == ("a test", "2025-01-18T12:00:00Z", "2025-01-18")
    assert len(kept.sha256) == 64


def test_known_markets_closes_alone_and_odd_names_come_back(tmp_path: Path):
    archive = Archive(tmp_path)
    source = Sample()
    for market in ("DGS10", "IXIC", "UST10P", "WTI"):
        archive.keep(source.bars(market), source.name, NOW)
        before, after = source.bars(market), archive.bars(market)
        assert after.is_close_only == before.is_close_only and after.instrument == before.instrument
    archive.keep(bars_of([1.0], [1.0], [1.0], [1.0], market="../A/B^=%.."), "a test", NOW)
    assert "../A/B^=%.." in archive.markets() and len(archive.bars("../A/B^=%..")) == 1
    assert {path.parent for path in tmp_path.rglob("*.parquet")} == {tmp_path}


def test_intraday_bars_come_back(tmp_path: Path):
    from crosscurrent.bars.checked import checked_bars

    starts = np.array(["2025-01-16T23:00", "2025-01-17T00:00"], "datetime64[s]")
    bars = checked_bars("NQ", find("NQ"), {"session": starts, "close": [1.0, 2.0]}, "1h")
    archive = Archive(tmp_path)
    archive.keep(bars, "a test", NOW)
    after = archive.bars("NQ", "1h")
    assert np.array_equal(after.closed_at, bars.closed_at) and np.array_equal(after.session, bars.session)
    with pytest.raises(UnknownName, match="1h"):
        archive.bars("NQ")


def test_a_longer_history_takes_the_place_of_a_shorter_one(tmp_path: Path):
    archive, _ = kept_one(tmp_path, 300)
    archive.keep(random_bars(1, 400), "a test", NOW + np.timedelta64(1, "D"))
    assert len(archive.bars("TOY")) == 400 and archive.kept("TOY").vintage == "2025-01-19"


def test_a_history_that_lacks_sessions_is_refused_and_the_old_one_stays(tmp_path: Path):
    archive, path = kept_one(tmp_path, 300)
    before = path.read_bytes()
    with pytest.raises(RejectedData, match="lacks 100 of the 300"):
        archive.keep(random_bars(1, 200), "a test", NOW)
    assert path.read_bytes() == before


def test_every_changed_byte_is_noticed_or_harmless(tmp_path: Path):
    archive, path = kept_one(tmp_path, 40)
    whole, before = path.read_bytes(), archive.bars("TOY")
    rng = np.random.default_rng(0)
    noticed = 0
    for at in rng.choice(len(whole), 400, replace=False):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ int(rng.integers(1, 256))]) + whole[at + 1 :])
        try:
            after = archive.bars("TOY")
            assert np.array_equal(after.close, before.close) and np.array_equal(after.session, before.session)
        except RejectedData:
            noticed += 1
    assert noticed > 200


def test_a_changed_figure_or_provenance_is_noticed(tmp_path: Path):
    archive, path = kept_one(tmp_path)
    table = pq.read_table(path)
    closes = table.column("close").to_numpy().copy()
    closes[7] += 0.01
    forged = table.set_column(table.schema.get_field_index("close"), "close", pa.array(closes))
    pq.write_table(forged, path)
    with pytest.raises(RejectedData, match="checksum"):
        archive.bars("TOY")
    told = asdict(archive_kept(table)) | {"provider": "somebody else"}
    pq.write_table(table.replace_schema_metadata({KEY: json.dumps(told)}), path)
    with pytest.raises(RejectedData, match="checksum"):
        archive.bars("TOY")


def archive_kept(table: pa.Table):
    from crosscurrent.sources.archive import Kept

    return Kept(**json.loads(table.schema.metadata[KEY]))


def restated(tmp_path: Path) -> Archive:
    """An archive whose second fetch changed an old close, and whose third only added to it."""
    archive, _ = kept_one(tmp_path, 300)
    bars = random_bars(1, 400)
    close = bars.close.copy()
    close[7] = (bars.high[7] + bars.low[7]) / 2
    changed = replace(bars, close=close)
    archive.keep(changed.until(bars.session[299]), "a test", NOW + np.timedelta64(1, "D"))
    archive.keep(changed, "a test", NOW + np.timedelta64(2, "D"))
    return archive


def test_a_restated_bar_does_not_change_what_was_known_before(tmp_path: Path):
    archive = restated(tmp_path)
    before, now = random_bars(1, 300), archive.bars("TOY")
    assert now.close[7] != before.close[7]
    for moment in (NOW - np.timedelta64(9, "D"), NOW, NOW + np.timedelta64(86_399, "s")):
        then = Archive(tmp_path, known_at=moment).bars("TOY")
        assert np.array_equal(then.close, before.close)
    for moment in (NOW + np.timedelta64(1, "D"), NOW + np.timedelta64(400, "D")):
        assert np.array_equal(Archive(tmp_path, known_at=moment).bars("TOY").close, now.close)
    assert len(list(tmp_path.glob("vintages/TOY.1d/*.parquet"))) == 1, "adding bars sets nothing aside"
    assert archive.markets() == ("TOY",)


def test_a_day_or_a_moment_names_what_stood_then(tmp_path: Path, monkeypatch):
    restated(tmp_path)
    monkeypatch.setenv("CROSSCURRENT_ARCHIVE", str(tmp_path))
    was, now = random_bars(1, 300).close[7], open_source("archive").bars("TOY").close[7]
    assert open_source("archive@2025-01-18").bars("TOY").close[7] == was
    assert open_source("archive@2025-01-19").bars("TOY").close[7] == now
    assert open_source("archive@2025-01-19T11:59:59Z").bars("TOY").close[7] == was
    with pytest.raises(RequestError, match="2025-01-17"):
        open_source("archive@yesterday")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all" * 10])
def test_a_damaged_file_is_rejected_and_whole_bars_may_take_its_place(tmp_path: Path, content: bytes):
    archive, path = kept_one(tmp_path)
    path.write_bytes(content)
    with pytest.raises(RejectedData, match="whole file"):
        archive.bars("TOY")
    archive.keep(random_bars(1, 50), "a test", NOW)
    assert len(archive.bars("TOY")) == 50 and path.with_name("TOY.1d.parquet.damaged").read_bytes() == content


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT, errno.EACCES])
@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_bars_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: int
):
    archive, path = kept_one(tmp_path)
    before = path.read_bytes()

    def fails(*_: object, **__: object) -> None:
        raise OSError(fault, os.strerror(fault))

    with monkeypatch.context() as patch:
        patch.setattr(*{"open": (Path, "open"), "fsync": (os, "fsync"), "replace": (Path, "replace")}[step], fails)
        with pytest.raises(StorageError, match="intact") as raised:
            archive.keep(random_bars(1, 400), "a test", NOW)
    assert raised.value.exit_code == 5
    assert path.read_bytes() == before and [p.name for p in tmp_path.glob("*.new")] == []


def test_a_full_disk_at_any_byte_leaves_the_old_bars_whole(tmp_path: Path):
    archive, path = kept_one(tmp_path)
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for limit in np.linspace(0, len(before), 25, dtype=int):
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
            with pytest.raises(StorageError):
                archive.keep(random_bars(1, 400), "a test", NOW)
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            assert path.read_bytes() == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".new")] == []


WRITER = """
import sys
import numpy as np
from strategies import random_bars
from crosscurrent.sources.archive import Archive
archive, now = Archive(sys.argv[1]), np.datetime64("2025-01-18", "s")
bars = [random_bars(seed, 2000) for seed in (1, 2)]
while True:
    for one in bars:
        archive.keep(one, "a test", now)
        print("kept", flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_whole_bars(tmp_path: Path):
    tests = str(Path(__file__).resolve().parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": tests}
    ) as writer:
        for _ in range(7):
            writer.stdout.readline()
        archive = Archive(tmp_path)
        for _ in range(40):
            assert len(archive.bars("TOY")) == 2000
        writer.kill()
    assert len(archive.bars("TOY")) == 2000
    archive.keep(random_bars(3, 2000), "a test", NOW)


def test_one_writer_at_a_time(tmp_path: Path):
    archive, path = kept_one(tmp_path)
    with archive._locked(path), pytest.raises(StorageError, match="another writer"):
        archive.keep(random_bars(1, 400), "a test", NOW)
    patient = Archive(tmp_path, patience=5.0)
    with archive._locked(path):
        waiting = threading.Thread(target=patient.keep, args=(random_bars(1, 400), "a test", NOW))
        waiting.start()
        time.sleep(0.05)
        assert len(archive.bars("TOY")) == 300
    waiting.join()
    assert len(archive.bars("TOY")) == 400


def test_what_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(MissingData, match="fetch"):
        Archive(tmp_path / "none").bars("NQ")
    archive, _ = kept_one(tmp_path)
    assert Archive(tmp_path / "none").markets() == ()
    with pytest.raises(UnknownName, match="TOY"):
        archive.bars("NQ")
    with pytest.raises(MissingData, match="fetch"):
        archive.kept("NQ")


def test_where_it_lies():
    assert archive_folder({"CROSSCURRENT_ARCHIVE": "/a/b"}) == Path("/a/b")
    assert archive_folder({"XDG_DATA_HOME": "/x", "HOME": "/h"}, "linux") == Path("/x/crosscurrent/archive")
    assert archive_folder({"HOME": "/h"}, "linux") == Path("/h/.local/share/crosscurrent/archive")
    assert archive_folder({"HOME": "/h"}, "darwin") == Path("/h/Library/Application Support/crosscurrent/archive")


def test_fetching_says_what_was_revised(tmp_path: Path):
    archive = Archive(tmp_path)

    class Once:
        name, notes = "a test", ()

        def __init__(self, bars) -> None:
            self._bars = bars

        def bars(self, market: str, interval: str = "1d"):
            return self._bars

    told: list[str] = []
    fetch(Once(random_bars(1, 100)), ["TOY"], archive, NOW, told=told.append)
    assert told == ["TOY"]
    assert "100 closes" in fetch(Once(random_bars(2, 100)), ["TOY"], archive, NOW).notes[0].why
    assert fetch(Once(random_bars(2, 100)), ["TOY"], archive, NOW).notes == ()


def test_what_a_killed_writer_left_beside_is_taken_away_after_a_day(tmp_path: Path):
    old, new = tmp_path / ".A.1d.parquet.1.new", tmp_path / ".B.1d.parquet.2.new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    replace_whole(tmp_path / "C.parquet", b"whole")
    assert not old.exists() and new.exists()
