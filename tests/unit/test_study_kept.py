"""A study whose cases lie in a file says what one in memory says, goes on after a stop, and mixes with no other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

import crosscurrent.evaluate.studying as studying
from crosscurrent.cli import cli
from crosscurrent.errors import RejectedData, StorageError
from crosscurrent.evaluate.cases import market_of
from crosscurrent.evaluate.questions import Held, Kept
from crosscurrent.evaluate.samples import Design, samples
from crosscurrent.evaluate.study import ALL, Study
from crosscurrent.evaluate.studying import Asked, study_all
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import random_bars, write_csv

MARKETS = ("M0", "M1", "M2", "M3")
DESIGN = Design(series=1)


def write(where, market: str, length: int = 500) -> None:
    write_csv(where, market, random_bars(int(market[1:]), length))


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> str:
    where = tmp_path_factory.mktemp("universe")
    for market in MARKETS:
        write(where, market)
    (where / "BAD.csv").write_text("date,open,high,low,close,volume\n2020-01-02,5,4,3,9,1\n")
    return str(where)


@pytest.fixture(scope="module")
def held(data) -> Study:
    return studied(data, Held())


def studied(data: str, into, workers: int = 1, design: Design = DESIGN) -> Study:
    gaps = []
    study_all(Asked(data), design, into, gaps, workers)
    assert [gap.what for gap in gaps] == ["BAD"]
    return Study(design, into)


def said(study: Study) -> str:
    best = study.best()
    return json.dumps([[row.to_json() for row in study.rows()], study.tried, study.markets, best and best.to_json()])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_says_what_memory_says(data, held, tmp_path, workers):
    assert len(held.rows()) > 300
    assert held.best() is not None
    assert said(studied(data, Kept(tmp_path / "study.sqlite", "asked"), workers)) == said(held)


def test_what_is_kept_is_not_made_again_and_what_changed_is(data, held, tmp_path, monkeypatch):
    where = tmp_path / "data"
    where.mkdir()
    for market in MARKETS:
        write(where, market, 480 if market == "M1" else 500)
    (where / "BAD.csv").write_text("date,open,high,low,close,volume\n2020-01-02,5,4,3,9,1\n")
    before = said(studied(str(where), Kept(tmp_path / "study.sqlite", "asked")))
    made, real = [], studying.samples

    def counted(market, *rest):
        made.append(market.name)
        return real(market, *rest)

    monkeypatch.setattr(studying, "samples", counted)
    again = studied(str(where), Kept(tmp_path / "study.sqlite", "asked"))
    assert (said(again), made) == (before, [])
    write(where, "M1")
    grown = studied(str(where), Kept(tmp_path / "study.sqlite", "asked"))
    assert made == ["M1"]
    assert said(grown) == said(held) != before


def test_a_universe_asks_all_together_alone(data, held):
    together = studied(data, Held(), design=Design(series=1, asks_each=False))
    assert {row.market for row in together.rows()} == {ALL}
    assert together.tried == len([row for row in held.rows() if row.market == ALL]) < held.tried / 3
    alone = {(r.kind, r.outcome): r.verdict for r in held.rows() if r.market == ALL}
    assert alone == {(r.kind, r.outcome): r.verdict for r in together.rows()}


def test_another_study_is_refused_and_so_is_what_is_no_study(tmp_path):
    Kept(tmp_path / "study.sqlite", "one")
    with pytest.raises(RejectedData, match="asks something else"):
        Kept(tmp_path / "study.sqlite", "other")
    (tmp_path / "text.sqlite").write_text("these are words, and many of them " * 40)
    with pytest.raises(RejectedData, match="no file of a study"):
        Kept(tmp_path / "text.sqlite", "one")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        Kept(tmp_path / "file" / "study.sqlite", "one")


def test_a_killed_study_goes_on(data, held, tmp_path):
    file = tmp_path / "study.sqlite"
    script = (
        "import sys; from crosscurrent.evaluate.questions import Kept; from crosscurrent.evaluate.studying import *\n"
        "from crosscurrent.evaluate.samples import Design\n"
        "study_all(Asked(sys.argv[1]), Design(series=1), Kept(__import__('pathlib').Path(sys.argv[2]), 'asked'), [])\n"
    )
    run = subprocess.Popen([sys.executable, "-c", script, data, str(file)])
    for _ in range(1200):
        if file.exists() and run.poll() is None and len(_markets(file)) >= 1:
            break
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    kept = _markets(file)
    assert len(kept) >= 1
    assert said(studied(data, Kept(file, "asked"))) == said(held)


def _markets(file) -> tuple[str, ...]:
    import sqlite3

    try:
        return tuple(sqlite3.connect(f"file:{file}?mode=ro", uri=True).execute("select name from market").fetchall())
    except sqlite3.OperationalError:
        return ()


def test_the_command_keeps_and_goes_on(data, tmp_path):
    line = ["study", "--data", data, "--kind", "bullish_engulfing", "--kind", "gap_up", "--together", "--json"]
    plain = CliRunner().invoke(cli, line)
    kept = [CliRunner().invoke(cli, [*line, "--keep", str(tmp_path / "s.sqlite")]) for _ in range(2)]
    assert plain.exit_code == 0, plain.output
    first, again = (json.loads(each.stdout) for each in kept)
    assert json.loads(plain.stdout)["rows"] == first["rows"] == again["rows"] != []
    refused = CliRunner().invoke(cli, [*line, "--keep", str(tmp_path / "s.sqlite"), "--choose-until", "2020-06-01"])
    assert "neither --keep nor --workers" in str(refused.exception)
    other = CliRunner().invoke(cli, [*line, "--horizon", "3", "--keep", str(tmp_path / "s.sqlite")])
    assert "asks something else" in str(other.exception)


def test_a_market_that_is_put_again_takes_the_place_of_what_it_was(tmp_path):
    walks = (random_bars(1, 500), random_bars(2, 500))
    before, after = (tuple(samples(market_of(look_at(bars, bars, DETECTORS)), DESIGN)) for bars in walks)
    for into in (Held(), Kept(tmp_path / "kept.sqlite", "a design")):
        for told, bars in ((before, "old"), (after, "new")):
            into.put("M1", told, bars)
        once = Held()
        once.put("M1", after, "new")
        assert into.markets == {"M1": "new"}
        assert sorted(into.tally()) == sorted(once.tally())
        assert {key for key, _ in into.parts()} == {key for key, _ in once.parts()}
