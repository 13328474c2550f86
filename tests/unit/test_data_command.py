"""`crosscurrent data`: what it prints, and how it ends."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import crosscurrent.sources
from crosscurrent.cli.data import data
from crosscurrent.errors import CrosscurrentError, MissingData, RequestError
from crosscurrent.sources import SOURCES
from crosscurrent.sources.archive import Archive
from crosscurrent.sources.files import Files
from crosscurrent.sources.frames import Frames
from crosscurrent.sources.source import Source

GOOD = "date,close\n2025-01-16,1\n2025-01-17,2\n"


def run(*words: str) -> Result:
    result = CliRunner().invoke(data, words)
    if isinstance(result.exception, CrosscurrentError):
        raise result.exception
    return result


def test_check_prints_each_market_and_what_was_left_aside(tmp_path: Path):
    (tmp_path / "TOY.csv").write_text(GOOD)
    (tmp_path / "QA.csv").write_text("symbol,rows\nTOY,2\n")
    told = run("check", "--data", str(tmp_path))
    assert told.exit_code == 0 and "TOY: 2 rows, 2025-01-16 to 2025-01-17, closes alone" in told.output
    assert "left aside: QA.csv" in told.output


def test_check_as_json_ends_with_1_when_a_market_cannot_be_read(tmp_path: Path):
    (tmp_path / "TOY.csv").write_text(GOOD)
    (tmp_path / "BAD.csv").write_text("date,close\n2025-01-17,2\n2025-01-16,1\n")
    told = run("check", "--data", str(tmp_path), "--json")
    document = json.loads(told.stdout)
    assert told.exit_code == 1 and [m["market"] for m in document["markets"]] == ["BAD", "TOY"]
    assert "comes after" in document["markets"][0]["fault"] and document["markets"][1]["rows"] == 2
    assert document["markets"][1]["findings"][0]["rule"] == "close_only"


def test_check_knows_nothing_after_the_date(tmp_path: Path):
    (tmp_path / "TOY.csv").write_text(GOOD)
    assert (
        json.loads(run("check", "--data", str(tmp_path), "--as-of", "2025-01-16", "--json").stdout)["markets"][0][
            "rows"
        ]
        == 1
    )
    assert (
        "Nothing was known by 2025-01-15"
        in run("check", "TOY", "--data", str(tmp_path), "--as-of", "2025-01-15").output
    )


def test_what_cannot_be_is_an_error_with_its_code(tmp_path: Path):
    with pytest.raises(RequestError, match="IXIC"):
        run("check", "IXIK")
    with pytest.raises(MissingData):
        run("check", "--data", str(tmp_path / "nowhere"))


def test_fetch_keeps_what_it_gets_and_says_what_failed(tmp_path: Path):
    told = run("fetch", "DGS10", "NOPE", "--from", "sample", "--archive", str(tmp_path), "--json")
    document = json.loads(told.stdout)
    assert told.exit_code == 1 and document["kept"][0]["market"] == "DGS10" and document["failed"][0]["what"] == "NOPE"
    assert len(Archive(tmp_path).bars("DGS10")) == 6816
    assert (
        "DGS10: kept, from the packaged sample"
        in run("fetch", "DGS10", "--from", "sample", "--archive", str(tmp_path)).output
    )


def test_every_source_is_in_the_list():
    folder = Path(crosscurrent.sources.__file__).parent
    written = {
        name
        for file in folder.glob("*.py")
        for name, thing in vars(import_module(f"crosscurrent.sources.{file.stem}")).items()
        if isinstance(thing, type) and all(hasattr(thing, part) for part in ("markets", "bars", "tables", "name"))
    }
    assert {"Sample", "Archive", "Yahoo", "Fred", "Files", "Frames"} <= written
    opened = {type(opening.open(None)).__name__ for opening in SOURCES}
    left_out = written - opened - {Files.__name__, Frames.__name__, Source.__name__, "Provider"}
    assert not left_out, f"add to SOURCES in sources/__init__.py: {', '.join(sorted(left_out))}"
