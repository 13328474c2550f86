"""`crosscurrent data`: what it prints, and how it ends."""

from __future__ import annotations

import json
import re
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

import crosscurrent.sources
from crosscurrent.cli.data import data
from crosscurrent.errors import CrosscurrentError, MissingData, RequestError
from crosscurrent.sources import SOURCES
from crosscurrent.sources.archive import Archive
from crosscurrent.sources.compacted import Compacted
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


def test_check_names_a_market_that_ended_before_the_others(tmp_path: Path):
    (tmp_path / "TOY.csv").write_text(GOOD)
    (tmp_path / "OLD.csv").write_text("date,close\n2024-01-16,1\n2024-01-17,2\n")
    told = run("check", "--data", str(tmp_path)).output
    assert told.count("366 days before the newest of the source") == 1


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
        in run("fetch", "DGS10", "--from", "sample", "--archive", str(tmp_path), "--again").output
    )


def schema(name: str) -> dict[str, object]:
    return json.loads(files("crosscurrent").joinpath("schemas", f"{name}.schema.json").read_text("utf-8"))


def test_documents_keep_their_schemas_and_the_schemas_can_refuse(tmp_path: Path):
    (tmp_path / "TOY.csv").write_text(GOOD)
    (tmp_path / "BAD.csv").write_text("date,close\n2025-01-17,x\n")
    checked = json.loads(run("check", "--data", str(tmp_path), "--json").stdout)
    fetched = json.loads(
        run("fetch", "TOY", "BAD", "--from", str(tmp_path), "--archive", str(tmp_path / "a"), "--json").stdout
    )
    for name, document, spoilt in (("data-check", checked, "markets"), ("data-fetch", fetched, "kept")):
        jsonschema.validate(document, schema(name))
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document | {spoilt: [{"market": 1}]}, schema(name))


def test_the_examples_in_the_docs_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
    blocks = re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)
    (described,) = [body for kind, body in blocks if kind == "toml"]
    (told,) = [json.loads(body) for kind, body in blocks if kind == "json"]
    (tmp_path / "COPPER.toml").write_text(described)
    (tmp_path / "COPPER.csv").write_text("date,close\n2025-01-16,4.35\n2025-01-17,4.3665\n")
    assert Files(tmp_path).bars("COPPER").instrument.name == "Copper"
    assert json.loads(run("check", "VIX", "--as-of", "2014-01-06", "--json").stdout) == told


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
    left_out = written - opened - {Files.__name__, Frames.__name__, Compacted.__name__, Source.__name__, "Provider"}
    assert not left_out, f"add to SOURCES in sources/__init__.py: {', '.join(sorted(left_out))}"
