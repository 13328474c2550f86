"""An edited note: words may change, numbers may not; unedited Markdown gives back the very same note."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate

import crosscurrent as cc
from crosscurrent.cli import cli
from crosscurrent.errors import RejectedData
from crosscurrent.publish.document import document, schema
from crosscurrent.publish.edited import edited
from crosscurrent.publish.html import html
from crosscurrent.publish.markdown import blocks, markdown
from crosscurrent.publish.pictures import draw_all

NOTE = cc.note()
TEXT = markdown(NOTE)
POINT = "- Yields fell: "
DATES = (None, "2008-11-21", "2003-06-13")


def refusal(text: str) -> str:
    with pytest.raises(RejectedData) as caught:
        edited(NOTE, text)
    return str(caught.value)


def place_of(told: str) -> tuple[int, int]:
    line, column = re.search(r"line (\d+), column (\d+)", told).groups()
    return int(line), int(column)


@pytest.mark.parametrize("day", DATES)
def test_unedited_markdown_gives_back_the_very_same_note(day):
    note = cc.note(as_of=day)
    assert edited(note, markdown(note)) is note


def test_lines_that_an_editor_wrapped_are_the_same_words():
    wrapped = TEXT.replace("Day by day the answer points ", "Day by day\nthe answer points\n").replace("\n", "\r\n")
    assert edited(NOTE, wrapped) is NOTE


def test_an_edited_sentence_is_marked_and_keeps_its_numbers():
    changed = edited(NOTE, TEXT.replace(POINT, "- Bonds were bid and yields dropped: "))
    assert str(changed.key_points[1]).startswith("Bonds were bid")
    assert changed.key_points[1].is_edited
    assert changed.key_points[1].readings == NOTE.key_points[1].readings
    assert [s for s in changed.sentences() if s.is_edited] == [changed.key_points[1]]


def test_the_record_says_which_sentences_were_edited():
    told = document(edited(NOTE, TEXT.replace(POINT, "- Bonds were bid and yields dropped: ")))
    validate(told, json.loads(schema("note")))
    assert [p.get("edited", False) for p in told["key_points"]] == [False, True, *[False] * (len(NOTE.key_points) - 2)]
    assert {r["id"]: r for r in told["readings"]} == {r["id"]: r for r in document(NOTE)["readings"]}


def test_an_edited_note_can_be_edited_again():
    once = edited(NOTE, TEXT.replace(POINT, "- Bonds were bid and yields dropped: "))
    twice = edited(NOTE, markdown(once))
    assert twice == once
    assert markdown(twice) == markdown(once)


def test_only_the_changed_sentence_of_a_paragraph_is_edited():
    old = "Day by day the answer points to rates; it is evidence of company, not of cause."
    changed = edited(NOTE, TEXT.replace(old, "Rates kept it company. That is no proof."))
    assert [(str(s), s.is_edited) for s in changed.summary[:2]] == [
        ("Rates kept it company.", True),
        ("That is no proof.", True),
    ]
    assert not any(s.is_edited for s in changed.summary[2:])


def test_sentences_points_charts_and_tables_may_be_left_out():
    lines = [line for line in TEXT.split("\n") if not line.startswith("- Stocks over the week")]
    fewer = edited(NOTE, "\n".join(lines))
    assert len(fewer.key_points) == len(NOTE.key_points) - 1
    assert not any(s.is_edited for s in fewer.sentences())
    table = next(block.text for block in blocks(NOTE) if block.kind == "table")
    chart = next(block.text for block in blocks(NOTE) if block.kind == "chart")
    bare = edited(NOTE, TEXT.replace(table + "\n\n", "").replace(chart + "\n\n", ""))
    assert len(list(bare.charts())) == len(list(NOTE.charts())) - 1
    assert sum(len(s.tables) for s in bare.sections) == sum(len(s.tables) for s in NOTE.sections) - 1


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("[13 bp][", "[14 bp][", "'14 bp' is not what the reading"),
        ("Yields fell: ", "Yields fell by 20 points: ", "'20' is a number typed by hand"),
        ("Yields fell: ", "Yields fell by [20 bp][r2]: ", "'20 bp' is not what the reading"),
        ("Yields fell: ", "Yields fell by [20 bp][r9999]: ", "no reading r9999"),
        ("Yields fell: ", "Yields fell by ½: ", "typed by hand"),
        ("Yields fell: ", "Yields fell by ２０: ", "typed by hand"),
        ("Yields fell: ", "Yields fell by a 30-year record of 10: ", "typed by hand"),
    ],
)
def test_a_number_that_is_not_the_note_s_is_refused_with_its_place(old, new, rule):
    text = TEXT.replace(old, new, 1)
    told = refusal(text)
    assert rule in told
    line, column = place_of(told)
    wrong = re.search(r"'([^']*)' is", told)
    if wrong:
        assert text.split("\n")[line - 1][column - 1 :].lstrip("[").startswith(wrong[1])


def test_a_name_with_digits_is_no_number():
    words = "The US 10-year yield led. "
    changed = edited(NOTE, TEXT.replace("Day by day the", words + "Day by day the"))
    assert str(changed.summary[0]) == words.strip()


@pytest.mark.parametrize(
    ("block", "rule"),
    [("chart", "a chart shows"), ("table", "a table shows")],
)
def test_what_was_computed_is_not_edited(block, rule):
    told = next(b.text for b in blocks(NOTE) if b.kind == block)
    assert rule in refusal(TEXT.replace(told, told[:-3] + "x" + told[-2:]))


@pytest.mark.parametrize("word", ["Trading leveraged products", "Nothing here is an offer", "note.html#r3"])
def test_warnings_and_the_list_of_numbers_stand_as_they_were(word):
    assert "must stand as it was" in refusal(TEXT.replace(word, word[:-1] + "x", 1))


def test_a_note_of_another_day_is_refused():
    assert "first line" in refusal(markdown(cc.note(as_of="2008-11-21")))


def test_markup_that_was_typed_stays_words():
    changed = edited(NOTE, TEXT.replace(POINT, "- <script>alert()</script> **yields** fall: "))
    assert "<script>alert()" not in html(changed, draw_all(changed))
    assert "&lt;script&gt;" in html(changed, draw_all(changed))
    assert edited(NOTE, markdown(changed)) == changed


@given(st.data())
def test_whatever_is_done_to_the_text_no_number_changes(data):
    """Cut and paste at random: the text is refused, or every number of the note that comes of it is one of its readings as printed."""
    at = data.draw(st.integers(0, len(TEXT)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.text(alphabet="abc 0123456789[]r.\n-|*", max_size=12))
    allowed = {(n.text, n.reading) for s in NOTE.sentences() for n in s.numbers}
    try:
        changed = edited(NOTE, TEXT[:at] + put + TEXT[at + cut :])
    except RejectedData:
        return
    assert {(n.text, n.reading) for s in changed.sentences() for n in s.numbers} <= allowed


def test_the_command_rebuilds_the_same_files_and_refuses_a_changed_number(tmp_path):
    run = CliRunner()
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    assert run.invoke(cli, ["note", "--as-of", "2008-11-21", "--out", str(first)]).exit_code == 0
    assert run.invoke(cli, ["note", "--from", str(first / "note.md"), "--out", str(second)]).exit_code == 0
    for path in first.rglob("*.*"):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()
    text = (first / "note.md").read_text("utf-8")
    (first / "note.md").write_text(re.sub(r"\[(\d+) bp\]", "[99 bp]", text, count=1), "utf-8")
    done = run.invoke(cli, ["note", "--from", str(first / "note.md"), "--out", str(third)])
    assert isinstance(done.exception, RejectedData)
    assert not third.exists()
