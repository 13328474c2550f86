"""The PDF: every word and number of the note, tagged, the same bytes in every run, and nothing of the machine in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

import crosscurrent as cc
from crosscurrent.errors import RequestError
from crosscurrent.publish.drawing import draw_svg

pytest.importorskip("typst", reason="the extra `pdf` is not installed")

from crosscurrent.publish.pdf import pdf

MAKE = """
import sys, hashlib
import crosscurrent as cc
from crosscurrent.publish.drawing import draw_svg
from crosscurrent.publish.pdf import pdf
note = cc.note(as_of="2008-11-21")
print(hashlib.sha256(pdf(note)).hexdigest())
print(hashlib.sha256("".join(draw_svg(chart) for chart in note.charts()).encode()).hexdigest())
"""


def made_elsewhere(**surroundings: str) -> list[str]:
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", MAKE], capture_output=True, text=True, env=os.environ | paths | surroundings, check=True
    )
    return done.stdout.split()


def test_pdf_and_charts_are_the_same_bytes_in_three_runs():
    note = cc.note(as_of="2008-11-21")
    here = [
        hashlib.sha256(pdf(note)).hexdigest(),
        hashlib.sha256("".join(map(draw_svg, note.charts())).encode()).hexdigest(),
    ]
    assert made_elsewhere(PYTHONHASHSEED="1", TZ="Asia/Tokyo") == here
    assert made_elsewhere(PYTHONHASHSEED="2", TZ="America/New_York", LC_ALL="C") == here


def test_it_is_a_tagged_document_that_names_itself():
    made = pdf(cc.note(as_of="2008-11-21"))
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made
    assert b"pdfuaid" in made
    assert b"/Lang" in made


def test_without_typst_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(RequestError, match=r"crosscurrent\[pdf\]"):
        pdf(cc.note(as_of="2008-11-21"))


def test_words_from_outside_are_words_and_no_markup(tmp_path):
    """A desk's name could be typst: it is set as it was written, and nothing is read or run."""
    hostile = '#read("/etc/passwd") $x$ *b* @r1 #let'
    lines = [
        f"name = '{hostile}'",
        f"publisher = '{hostile}'",
        f"byline = '{hostile}'",
        "[[markets]]",
        'name = "IXIC"',
        'role = "index"',
    ]
    (tmp_path / "desk.toml").write_text("\n".join(lines))
    assert pdf(cc.note(str(tmp_path / "desk.toml"), as_of="2008-11-21")).startswith(b"%PDF-")
