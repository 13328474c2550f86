"""A day appended to a scan says what a scan of all of it says, and history that was restated is told anew."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from jsonschema import validate

from crosscurrent.cli import cli
from crosscurrent.errors import RejectedData, RequestError
from crosscurrent.evaluate.scan.appending import append
from crosscurrent.evaluate.scan.manifest import finish, opened
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.evaluate.scan.scanning import scan
from crosscurrent.evaluate.scan.screen import Question, screen
from crosscurrent.publish.document import schema
from crosscurrent.structure import DETECTORS
from strategies import SHARED, needs_shared, random_bars, write_csv

MARKETS = ("M0", "M1", "M2", "M3", "M4")
CUTS = (258, 259, 262)
LENGTH = 264


def write(where: Path, market: str, until: int, *, restated: bool = False, broken: bool = False) -> None:
    bars = random_bars(int(market[1:]), LENGTH)
    close = bars.close.copy()
    if restated:
        close[100] = bars.low[100]
    if broken:
        close[until - 1] = bars.high[until - 1] + 5.0
    write_csv(where, market, replace(bars, close=close).first(until))


def universe(where: Path, until: int, **changed) -> str:
    where.mkdir(exist_ok=True)
    for market in MARKETS:
        write(where, market, until, **({name: True for name, names in changed.items() if market in names}))
    return str(where)


def plan(**more) -> ScanPlan:
    return ScanPlan(MARKETS, block=2, carries=True, **more)


def tables(found) -> dict[str, list[str]]:
    """Return every file's rows in one order, by the name of the file."""
    said = {}
    for detector in DETECTORS:
        for name in (type(detector).__name__, f"{type(detector).__name__}.forming"):
            rows = (
                pa.concat_tables([pq.read_table(path) for path in paths]).to_pylist()
                if (paths := found.files(name))
                else []
            )
            said[name] = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
    return said


def scanned(data: str, folder: Path, **more):
    scan(data, plan(**more), folder)
    return finish(folder)


@pytest.fixture
def begun(tmp_path):
    data = universe(tmp_path / "data", CUTS[0])
    return data, scanned(data, tmp_path / "scan")


def test_days_appended_say_what_a_scan_of_everything_says(begun, tmp_path):
    data, whole = begun
    for count, until in enumerate((*CUTS[1:], LENGTH), start=1):
        universe(tmp_path / "data", until)
        grown = append(data, whole.folder)
        fresh = scanned(data, tmp_path / f"fresh {until}")
        assert tables(grown) == tables(fresh)
        assert (grown.rows, len(grown.later)) == (fresh.rows, count)
        assert not any(block.is_anew for block in grown.latest.blocks)
    assert tables(opened(whole.folder)) == tables(grown)
    assert grown.latest.rows < whole.rows / 5  # what stands in the day is the day's


def test_a_part_that_is_lost_is_noticed(begun, tmp_path):
    """The comparison can fail: without the day's own facts the whole is not the same."""
    data, whole = begun
    universe(tmp_path / "data", LENGTH)
    append(data, whole.folder)
    assert tables(whole) != tables(scanned(data, tmp_path / "fresh"))


def test_restated_history_is_told_anew_with_its_block_alone(begun, tmp_path):
    data, whole = begun
    universe(tmp_path / "data", LENGTH, restated=("M3",))
    grown = append(data, whole.folder)
    assert [block.is_anew for block in grown.latest.blocks] == [False, True, False]
    assert tables(grown) == tables(scanned(data, tmp_path / "fresh"))


def test_a_market_that_breaks_for_a_day_is_named_and_comes_back(begun, tmp_path):
    data, whole = begun
    universe(tmp_path / "data", CUTS[1], broken=("M4",))
    grown = append(data, whole.folder)
    assert [fault.market for fault in grown.faults] == ["M4"]
    universe(tmp_path / "data", LENGTH)
    grown = append(data, whole.folder)
    assert grown.faults == ()
    assert tables(grown) == tables(scanned(data, tmp_path / "fresh"))


def test_a_market_that_could_not_be_read_at_first_has_its_history_when_it_can(tmp_path):
    data = universe(tmp_path / "data", CUTS[0], broken=("M1",))
    whole = scanned(data, tmp_path / "scan")
    assert [fault.market for fault in whole.faults] == ["M1"]
    universe(tmp_path / "data", LENGTH)
    assert tables(append(data, whole.folder)) == tables(scanned(data, tmp_path / "fresh"))


def test_damaged_states_are_not_gone_on_from(begun, tmp_path):
    data, whole = begun
    (whole.folder / "blocks" / "00001" / "carried.parquet").write_bytes(b"torn")
    universe(tmp_path / "data", LENGTH)
    grown = append(data, whole.folder)
    assert [block.is_anew for block in grown.latest.blocks] == [False, True, False]
    assert tables(grown) == tables(scanned(data, tmp_path / "fresh"))


def test_a_day_that_was_stopped_goes_on_and_hides_nothing(begun, tmp_path):
    data, whole = begun
    before = tables(whole)
    universe(tmp_path / "data", LENGTH)
    done = append(data, whole.folder)
    (whole.folder / "days" / "0001" / "manifest.json").unlink()
    shutil.rmtree(whole.folder / "days" / "0001" / "blocks" / "00002")
    assert tables(opened(whole.folder)) == before
    again = append(data, whole.folder)
    assert (again.sha256, tables(again)) == (done.sha256, tables(done))


def test_the_same_bytes_by_one_process_and_by_two(begun, tmp_path):
    data, whole = begun
    shutil.copytree(whole.folder, tmp_path / "other")
    universe(tmp_path / "data", LENGTH)
    assert append(data, whole.folder).sha256 == append(data, tmp_path / "other", workers=2).sha256


def test_what_cannot_be_appended_is_refused(begun, tmp_path):
    data, whole = begun
    with pytest.raises(RequestError, match="before it"):
        append(data, whole.folder, "2001-01-01")
    scan(data, ScanPlan(MARKETS), tmp_path / "bare")
    finish(tmp_path / "bare")
    with pytest.raises(RejectedData, match="carries nothing"):
        append(data, tmp_path / "bare")
    universe(tmp_path / "data", LENGTH)
    append(data, whole.folder)
    shutil.rmtree(whole.folder / "blocks")
    scanned(data, whole.folder)
    with pytest.raises(RejectedData, match="another scan"):
        opened(whole.folder)


def test_the_command_appends_and_the_screen_sees_the_day(begun, tmp_path):
    data, whole = begun
    universe(tmp_path / "data", LENGTH)
    ran = CliRunner().invoke(
        cli, ["scan", "--data", data, "--out", str(whole.folder), "--append", "--workers", "1", "--json"]
    )
    assert ran.exit_code == 0, ran.output
    said = json.loads(ran.stdout)
    validate(said, json.loads(schema("scan")))
    assert said["days"] == 1
    since = random_bars(0, LENGTH).session[CUTS[0]]
    hits = screen(opened(whole.folder), Question(("rejection",), since))
    assert all(hit.session >= str(np.datetime64(since, "D")) for hit in hits)


@needs_shared
def test_futures_go_on_over_a_roll(tmp_path):
    markets = ("NQ", "ZN")
    scan(str(SHARED), ScanPlan(markets, "2024-12-18", carries=True), tmp_path / "scan")
    finish(tmp_path / "scan")
    for day in ("2024-12-20", "2025-01-03", "2025-01-17"):
        grown = append(str(SHARED), tmp_path / "scan", day)
    scan(str(SHARED), ScanPlan(markets, "2025-01-17"), tmp_path / "fresh")
    assert tables(grown) == tables(finish(tmp_path / "fresh"))
