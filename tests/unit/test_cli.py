"""The commands: exit codes, one sentence for an error, one document for `--json`."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from strategies import random_bars


@pytest.fixture
def folder(tmp_path):
    for name, seed in (("NQ", 1), ("ZN", 2)):
        bars = random_bars(seed, 300)
        columns = {c: getattr(bars, c).round(4) for c in ("open", "high", "low", "close")}
        pd.DataFrame({"date": bars.session.astype(str), **columns, "volume": 1000}).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    return tmp_path


def run(*command, cwd=None):
    code = "from crosscurrent.cli import main; main()"
    environment = os.environ | {"NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, command)], capture_output=True, text=True, cwd=cwd, env=environment
    )


def test_facts_prints_one_document_and_nothing_else(folder):
    done = run("facts", "NQ", "--data", folder, "--json")
    assert done.returncode == 0
    assert done.stderr.replace("Compiling the detectors once for this machine: up to a minute.\n", "") == ""
    facts = json.loads(done.stdout)
    wanted = {
        "kind",
        "stage",
        "direction",
        "market",
        "interval",
        "basis",
        "known_at",
        "session",
        "strictness",
        "readings",
        "anchors",
    }
    assert wanted <= set(facts[0])
    assert "NaN" not in done.stdout


@pytest.mark.parametrize("name", ["NQ=F", "NQ1!", "NQH1", "/NQ", "CME:NQ1!", "nq"])
def test_markets_are_understood_as_people_write_them(folder, name):
    done = run("facts", name, "--data", folder, "--kind", "swing_high", "--json")
    assert done.returncode == 0, done.stderr
    assert {f["market"] for f in json.loads(done.stdout)} == {"NQ"}


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (("facts", "NX"), 2, "NQ"),
        (("facts", "NQ", "--kind", "falling_wedgie"), 2, "falling_wedge"),
        (("facts", "NQ", "--as-of", "someday"), 2, "YYYY-MM-DD"),
        (("facts", "NQ", "--as-of", "1999-01-04"), 3, "2020-01-01"),
        (("facts", "NQ", "--interval", "7q"), 2, "1d"),
        (("correlate", "NQ", "ZN", "--window", "2"), 2, "3"),
        (("correlate", "NQ", "ZN", "--window", "5000"), 3, "shorter"),
        (("correlate", "NQ", "ES"), 2, "ES"),
        (("note", "--desk", "nobody"), 2, "sample"),
        (("rates",), 3, "DGS10"),
    ],
)  # fmt: skip
def test_an_error_is_one_sentence_with_its_exit_code(folder, command, code, words):
    done = run(*command, "--data", folder)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_folder_that_is_not_there():
    done = run("facts", "NQ", "--data", "no/such/folder")
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr


def test_rejected_data_end_with_four(folder):
    (folder / "NQ.csv").write_text("date,open,high,low,close\n2024-01-02,1,2,3,1\n2024-01-03,1,2,0.5,1\n")
    done = run("facts", "NQ", "--data", folder)
    assert done.returncode == 4
    assert "2024-01-02" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_holiday_as_date_means_the_session_before(folder):
    weekend = run("facts", "NQ", "--data", folder, "--as-of", "2020-10-04", "--json")
    friday = run("facts", "NQ", "--data", folder, "--as-of", "2020-10-02", "--json")
    assert weekend.returncode == 0
    assert weekend.stdout == friday.stdout


def test_a_note_that_cannot_be_written_ends_with_five(folder, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    done = run("note", "--desk", "sample", "--out", blocked / "out")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_a_desk_with_missing_markets_names_the_gap(folder, tmp_path):
    desk = tmp_path / "desk.toml"
    desk.write_text(
        'name = "mine"\npublisher = "me"\nbyline = "me"\npairs = [["NQ", "ZN"]]\n'
        '[[markets]]\nname = "NQ"\nrole = "index"\n[[markets]]\nname = "ZN"\nrole = "filter"\n'
        '[[markets]]\nname = "DGS10"\nrole = "yield"\n'
    )
    done = run("note", "--desk", desk, "--data", folder, "--json")
    assert done.returncode == 0, done.stderr
    gaps = [g["text"] for g in json.loads(done.stdout)["gaps"]]
    assert any("DGS10" in gap for gap in gaps)


def test_a_market_of_no_known_name_is_one_of_its_own(folder):
    (folder / "NQ.csv").rename(folder / "HOUSE_INDEX.csv")
    done = run("facts", "HOUSE_INDEX", "--data", folder, "--json")
    assert done.returncode == 0
    assert {f["market"] for f in json.loads(done.stdout)} == {"HOUSE_INDEX"}


def test_weekly_facts_name_their_interval(folder):
    done = run("facts", "NQ", "--data", folder, "--interval", "1w", "--json")
    facts = json.loads(done.stdout)
    assert facts
    assert {f["interval"] for f in facts} == {"1w"}
    assert np.all([f["known_at"].endswith("Z") for f in facts])
