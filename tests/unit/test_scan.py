"""A scan says what `facts` says, in the same bytes however the work was divided, and goes on after a stop."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from jsonschema import validate

from crosscurrent.cli import cli
from crosscurrent.errors import MissingData, RejectedData, RequestError
from crosscurrent.evaluate.scan.manifest import finish, merge
from crosscurrent.evaluate.scan.plan import ScanPlan, plan_of
from crosscurrent.evaluate.scan.scanning import scan
from crosscurrent.pipeline import look
from crosscurrent.publish.document import schema
from crosscurrent.sources.files import Files
from crosscurrent.sources.taking import take
from strategies import SHARED, needs_shared, random_bars, write_csv

MARKETS = tuple(f"M{number}" for number in range(7))


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> str:
    """Seven markets, one of them of ten bars."""
    where = tmp_path_factory.mktemp("universe")
    for seed, market in enumerate(MARKETS):
        write_csv(where, market, random_bars(seed, 10 if market == "M6" else 260))
    return str(where)


PLAN = ScanPlan(MARKETS, block=2)


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    scan(data, PLAN, folder)
    return finish(folder)


def told(scan_, detector: str) -> list[dict]:
    """Return a detector's facts as the files hold them, in the words of the JSON of `facts`."""
    rows = []
    for path in scan_.files(detector):
        for row in pq.read_table(path).to_pylist():
            said = {k[8:]: v for k, v in row.items() if k.startswith("reading_") and v is not None}
            readings = {k: v if isinstance(v, float) else str(v) for k, v in said.items()}
            anchors = [
                {"session": str(row[f"anchor_{n}_session"]), "price": row[f"anchor_{n}_price"]}
                for n in range(1, 10)
                if row.get(f"anchor_{n}_session") is not None
            ]
            rule = {"rule": row["rule"]} if row.get("rule") else {}
            rows.append({k: row[k] for k in ("market", "basis", "kind", "stage", "direction", "strictness")} | {
                "session": str(row["session"]), "known_at": f"{row['known_at']:%Y-%m-%dT%H:%M:%SZ}", "readings": readings | rule, "anchors": anchors,
            })  # fmt: skip
    return rows


def expected(data: str, market: str, as_of: str | None = None) -> list[dict]:
    snapshot = take(Files(data), [market], as_of).snapshot
    keys = ("market", "basis", "kind", "stage", "direction", "strictness", "session", "known_at", "readings", "anchors")
    return [{k: fact.to_json()[k] for k in keys} for fact in look(snapshot, [market])[market].facts()]


def ordered(rows: list[dict]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def everything(scan_) -> list[dict]:
    names = {file.removesuffix(".parquet") for block in scan_.blocks for file in block.files if ".forming." not in file}
    return [row for name in names for row in told(scan_, name)]


def test_the_files_say_what_the_facts_say(data, whole):
    assert ordered(everything(whole)) == ordered([fact for market in MARKETS for fact in expected(data, market)])
    assert whole.faults == ()
    assert whole.rows > 1000


@needs_shared
def test_readings_are_told_in_the_contract_of_the_time(tmp_path):
    plan = ScanPlan(("DGS10", "NQ"), "2002-06-28")
    scan(str(SHARED), plan, tmp_path)
    facts = [f for m in plan.markets for f in expected(str(SHARED), m, plan.as_of)]
    assert ordered(everything(finish(tmp_path))) == ordered(facts)


def test_what_is_forming_lies_apart(whole):
    stages = {
        stage
        for block in whole.blocks
        for file in block.files
        for stage in pq.read_table(whole.folder / "blocks" / f"{block.number:05d}" / file)["stage"].to_pylist()
        if ".forming." in file
    }
    assert stages == {"forming"}
    assert "forming" not in {row["stage"] for row in everything(whole)}


@pytest.mark.parametrize("shards", [2, 7])
def test_any_number_of_shards_gives_the_same_bytes(data, whole, tmp_path, shards):
    for number in range(1, shards + 1):
        scan(data, PLAN, tmp_path / str(number), shard=(number, shards))
    merged = merge([tmp_path / str(n) for n in range(shards, 0, -1)], tmp_path / "merged")
    assert merged.sha256 == whole.sha256
    for path in sorted(whole.folder.rglob("*.parquet")):
        assert (tmp_path / "merged" / path.relative_to(whole.folder)).read_bytes() == path.read_bytes()


def test_a_pool_gives_the_same_bytes_and_survives_a_killed_worker(data, whole, tmp_path):
    killed = []

    def kill(block) -> None:
        if not killed:
            killed.append(multiprocessing.active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    scan(data, PLAN, tmp_path, workers=2, told=kill)
    assert killed
    assert finish(tmp_path).sha256 == whole.sha256


def test_what_is_whole_is_kept_and_what_is_damaged_is_made_again(data, whole, tmp_path):
    scan(data, PLAN, tmp_path, shard=(1, 2))
    first = tmp_path / "blocks" / "00000"
    before = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}
    (tmp_path / "blocks" / "00002" / "Swings.parquet").write_bytes(b"torn")
    with pytest.raises(RejectedData, match="3 of 4 blocks"):
        finish(tmp_path)
    scan(data, PLAN, tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in first.iterdir()} == before
    assert finish(tmp_path).sha256 == whole.sha256


def test_what_was_just_written_is_not_hashed_again_but_has_to_be_there(data, whole, tmp_path, monkeypatch):
    made = scan(data, PLAN, tmp_path)
    assert [block.number for block in made] == [0, 1, 2, 3]
    with monkeypatch.context() as patched:
        patched.setattr("crosscurrent.evaluate.scan.manifest.whole_file", None)
        assert finish(tmp_path, made).sha256 == whole.sha256
    shutil.rmtree(tmp_path / "blocks" / "00001")
    (tmp_path / "blocks" / "00002" / "block.json").write_bytes(b"torn")
    with pytest.raises(RejectedData, match="2 of 4 blocks"):
        finish(tmp_path, made)


def test_every_block_has_the_same_columns(whole):
    for name in ("Candles", "Trendlines", "Levels.forming"):
        files = whole.files(name)
        assert len(files) > 2
        schemas = [pq.read_schema(file) for file in files]
        assert all(schema.equals(schemas[0], check_metadata=True) for schema in schemas)
        facts = pq.read_table(files[0])
        assert not any(facts[field.name].null_count for field in facts.schema if not field.nullable)


def test_a_merge_refuses_missing_and_mixed_shards(data, whole, tmp_path):
    scan(data, PLAN, tmp_path / "one", shard=(1, 2))
    scan(data, ScanPlan(MARKETS, "2020-06-30", block=2), tmp_path / "other", shard=(2, 2))
    with pytest.raises(RejectedData, match="different scans"):
        merge([tmp_path / "one", tmp_path / "other"], tmp_path / "merged")
    with pytest.raises(RejectedData, match="2 of 4 blocks"):
        merge([tmp_path / "one"], tmp_path / "merged")
    with pytest.raises(RejectedData, match="another scan"):
        scan(data, PLAN, tmp_path / "other")
    with pytest.raises(MissingData):
        finish(tmp_path / "nothing")


def test_shards_and_universes_that_cannot_be_are_refused():
    for number, of in ((0, 1), (3, 2), (1, 0)):
        with pytest.raises(RequestError):
            PLAN.shard(number, of)
    with pytest.raises(RequestError, match="no market"):
        plan_of([])
    assert sorted(n for k in range(1, 4) for n in PLAN.shard(k, 3)) == [0, 1, 2, 3]
    assert plan_of(["B", "A", "B"]) == (ScanPlan(("A", "B")), ("B",))


def test_the_command_names_what_fails_and_goes_on(data, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for market in ("M0", "M6"):
        (folder / f"{market}.csv").write_text((Path(data) / f"{market}.csv").read_text())
    (folder / "TORN.parquet").write_bytes(b"PAR1")
    (folder / "WRONG.csv").write_text("date,open,high,low,close\n2020-01-01,1,0.5,0.9,1\n")
    command = ["scan", "--data", str(folder), "--out", str(tmp_path / "out"), "--workers", "1", "--json"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    validate(document, json.loads(schema("scan")))
    assert (document["markets"], [f["market"] for f in document["faults"]]) == (3, ["WRONG"])
    named = CliRunner().invoke(cli, [*command[:3], "--out", str(tmp_path / "two"), "--shard", "0/2"])
    assert isinstance(named.exception, RequestError)


def test_a_scan_as_of_a_date_holds_nothing_later(data, tmp_path):
    scan(data, ScanPlan(MARKETS[:2], "2020-06-30"), tmp_path)
    days = {row["session"] for row in everything(finish(tmp_path))}
    assert max(days) <= "2020-06-30"
    assert np.datetime64(max(days)) > np.datetime64("2020-06-15")
