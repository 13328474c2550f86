"""What the commands print keeps its schema, and the examples in the docs are true."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import ValidationError, validate

from crosscurrent.cli import COMMANDS, cli
from crosscurrent.publish.document import schema
from rounding import rounded

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
DAY = ("--as-of", "2008-11-21", "--json")
DOCUMENTS = {
    "facts": ("facts", "IXIC", *DAY),
    "correlate": ("correlate", "IXIC", "UST10P", *DAY),
    "rates": ("rates", *DAY),
    "rarity": ("rarity", "IXIC", *DAY),
    "curve": ("curve", *DAY),
    "drivers": ("drivers", "IXIC", *DAY),
    "ladder": ("ladder", "IXIC", *DAY),
    "setups": ("setups", "IXIC", "--filter", "UST10P", *DAY),
    "trap": ("trap", "IXIC", *DAY),
    "note": ("note", "--desk", "sample", *DAY),
}


def said(*command: str) -> object:
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_keeps_its_schema(name):
    document = said(*DOCUMENTS[name])
    validate(document, json.loads(schema(name)))
    with pytest.raises(ValidationError):
        validate({"something": "else"}, json.loads(schema(name)))


@pytest.mark.parametrize("name", ["facts", "correlate", "rates", "rarity", "drivers"])
def test_the_example_in_the_docs_is_true(name):
    section = PAGE.read_text("utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    (command,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    (example,) = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    document = said(*shlex.split(command)[1:])
    assert rounded(json.loads(example)) == rounded(document["changes"][0] if name == "rates" else document)


def test_every_command_has_its_heading():
    headings = set(re.findall(r"^## (.+)$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert set(COMMANDS) <= headings
