"""The sample desk's note as rounded JSON: a change of words or figures is read before it is accepted (`make goldens`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import crosscurrent as cc
from crosscurrent.markets import INSTRUMENTS
from crosscurrent.publish.document import document
from crosscurrent.publish.markdown import markdown
from rounding import rounded

FOLDER = Path(__file__).parent
NAMES = sorted((name for i in INSTRUMENTS for name in (i.name, i.symbol)), key=len, reverse=True)
DATES = {"sample-note": None, "sample-note-2008": "2008-11-21", "sample-note-2003": "2003-06-13"}


def told(as_of: str | None) -> str:
    """Return a note of the sample desk as the golden files hold it."""
    return json.dumps(rounded(document(cc.note(as_of=as_of))), indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", DATES)
def test_the_note_says_what_it_said(name):
    assert json.loads(told(DATES[name])) == json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", DATES)
def test_no_sentence_stands_twice(name):
    note = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    sentences = [s["text"] for section in note["sections"] for p in section["paragraphs"] for s in p]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("name", DATES)
def test_every_digit_of_the_prose_is_a_reading_or_part_of_a_name(name):
    """Take out what the readings printed and what things are called: no digit is left."""
    note = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    texts = {r["id"]: r["text"] for r in note["readings"]}
    for section in note["sections"]:
        for sentence in (s for p in section["paragraphs"] for s in p):
            rest = sentence["text"]
            for number in sentence["readings"]:
                assert texts[number] in rest
                rest = rest.replace(texts[number], "", 1)
            for called in NAMES:
                rest = rest.replace(called, "")
            if (
                section["name"] != "sessions" and "(" not in rest
            ):  # a session's note and a target's reason are quoted whole
                assert not any(c.isdigit() for c in rest), sentence["text"]


def test_markdown_text_cannot_become_markup():
    text = markdown(cc.note())
    assert text.startswith("<!-- note: sample 2006-08-18 -->\n\n# ")
    assert "<" not in text.replace("<!--", "").replace("\\<", "")


if __name__ == "__main__":
    for golden, day in DATES.items():
        (FOLDER / f"{golden}.json").write_text(told(day), "utf-8")
