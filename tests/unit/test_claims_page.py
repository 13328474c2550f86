"""The page on claims is complete and true: every kind with its fields, every example judged as the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import crosscurrent as cc
from crosscurrent.audit.kinds import CLAIM_KINDS
from crosscurrent.sources import open_source

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "claims.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", PAGE, re.DOTALL | re.MULTILINE))
SAMPLE = open_source("sample")


def example(kind: str) -> tuple[str, str]:
    """Return the example of a kind, and what the page says of it on one line."""
    found = re.search(r"```yaml\n(.*?)```\n\n(.*)", SECTIONS[kind], re.DOTALL)
    assert found, kind
    return found[1], " ".join(found[2].split())


def test_every_kind_has_its_section_and_every_section_its_kind():
    assert list(SECTIONS) == [kind.name for kind in CLAIM_KINDS]


@pytest.mark.parametrize("kind", CLAIM_KINDS, ids=lambda k: k.name)
def test_every_field_is_named(kind):
    named = set(re.findall(r"`(\w+)`", SECTIONS[kind.name]))
    assert set(kind.says.model_fields) - {"interval", "basis"} <= named


@pytest.mark.parametrize("kind", CLAIM_KINDS, ids=lambda k: k.name)
def test_the_example_is_judged_as_the_page_says(kind):
    claim, told = example(kind.name)
    (verdict,) = cc.audit(claim, SAMPLE).verdicts
    code = "" if verdict.code == "ok" else f" (`{verdict.code}`)"
    assert told == f"**{verdict.verdict}**{code}: {verdict.reason}"


def test_the_first_example_is_a_document():
    document = re.search(r"```yaml\n(note:.*?)```", PAGE, re.DOTALL)
    assert document
    verdicts = cc.audit(document[1], SAMPLE).verdicts
    assert {v.id: v.verdict for v in verdicts} == {"A1": "holds", "A2": "holds"}


def test_the_document_in_the_page_of_commands_is_what_an_audit_prints():
    page = (Path(__file__).resolve().parents[2] / "docs" / "commands.md").read_text("utf-8")
    section = page.split("\n## audit\n")[1].split("\n## ")[0]
    shown = json.loads(re.search(r"```json\n(.*?)```", section, re.DOTALL)[1])
    document = re.search(r"```yaml\n(note:.*?)  - {id: A2", PAGE, re.DOTALL)[1]
    assert cc.audit(document, SAMPLE).to_json() == shown


def test_no_name_means_two_fields_or_two_kinds():
    for kind in CLAIM_KINDS:
        others = [name for names in kind.names.values() for name in names.split()]
        assert len(others) == len(set(others)), kind.name
        assert not set(others) & set(kind.says.model_fields), kind.name
    called = [name for kind in CLAIM_KINDS for name in kind.called]
    twice = {name for name in called if called.count(name) > 1}
    assert not twice
