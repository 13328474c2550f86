"""The headline asks the week's own question, the strongest point comes first, and no sentence stands twice in a note."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import crosscurrent as cc
from strategies import SHARED, needs_shared

SAMPLE = {
    "2006-08-18": "Nasdaq Composite: rates-driven rally, or bull trap?",
    "2001-09-21": "Nasdaq Composite, worst week since April 2000: are higher yields to blame?",
    "2008-11-21": "Nasdaq Composite: down with yields, a flight to safety?",
    "2006-11-24": "Nasdaq Composite: a quiet week, and what would end it",
    "2013-06-21": "Nasdaq Composite down as yields rise: cause, or company?",
    "2004-07-02": "Nasdaq Composite down with yields: fear, or a pause?",
}
REMEMBERED = {
    "2025-01-17": "Nasdaq 100 and Russell 2000: rates-driven rally, or bull trap?",
    "2008-10-10": "Nasdaq 100, worst week since September 2001: what would stop the slide?",
    "2020-03-13": "Russell 2000, worst week on record: what would stop the slide?",
    "2023-03-17": "Nasdaq 100: relief rally, or bull trap?",
}


def must_read_well(note) -> None:
    """Check what every note must keep: no sentence twice, no empty one, the rarer move first, what argues against it last."""
    prose = [str(s) for section in note.sections for p in section.paragraphs for s in p]
    told = Counter([*prose, *map(str, note.key_points), *map(str, note.summary)])
    assert [sentence for sentence, times in told.items() if times > 1] == []
    for sentence in (*note.key_points, *note.summary):
        assert str(sentence).endswith((".", "?"))
        assert "  " not in str(sentence)
    against = [k for k, point in enumerate(note.key_points) if str(point).startswith("What argues against it")]
    assert against in ([], [len(note.key_points) - 1])
    assert len(note.key_points) <= 6


@pytest.mark.parametrize("day", SAMPLE)
def test_the_sample_s_weeks(day):
    note = cc.note(as_of=day)
    assert str(note.title) == SAMPLE[day]
    must_read_well(note)


@needs_shared
@pytest.mark.parametrize("day", REMEMBERED)
def test_weeks_that_are_remembered(day):
    note = cc.note("rates-and-equities", SHARED, as_of=day)
    assert str(note.title) == REMEMBERED[day]
    must_read_well(note)


def test_in_a_crash_stocks_come_first_and_in_a_rate_shock_yields():
    assert str(cc.note(as_of="2001-09-21").key_points[0]).startswith("Stocks over the week")
    assert str(cc.note(as_of="2013-06-21").key_points[0]).startswith("Yields rose")


def test_rates_are_not_blamed_for_what_they_would_have_lifted():
    """In June 2013 rates, by their betas, would have moved stocks up: the note says so and does not credit them with the fall."""
    told = " ".join(map(str, cc.note(as_of="2013-06-21").summary))
    assert "rates would have moved Nasdaq Composite by +4.22%, against the −1.94% that came" in told


def test_the_check_would_catch_a_sentence_told_twice():
    note = cc.note(as_of="2004-07-02")
    with pytest.raises(AssertionError):
        must_read_well(replace(note, summary=(*note.summary, note.key_points[0])))
