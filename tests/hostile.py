"""A note in which every text that can come from outside is the same hostile one: desk, names, captions, readings, marks, rungs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crosscurrent.charts.explored import explored
from crosscurrent.charts.market import market_chart
from crosscurrent.charts.spec import Chart
from crosscurrent.facts.marks import Band, Point, Segment
from crosscurrent.note.note import Disclosure, Note, Section, Table
from crosscurrent.note.say import Name, say
from crosscurrent.setups.ladder import Rung
from crosscurrent.setups.triggers import Trigger
from crosscurrent.units import Reading
from strategies import random_bars

__all__ = ["hostile_note"]

BARS = random_bars(11, 80)


def hostile_note(words: str) -> Note:
    """Return a note of one section, one table and one chart, all of whose words are these."""
    named = say(
        "{words} stands at {number}.",
        words=Name(words),
        number=Reading(4.87, "yield", words, words, words, words, record=words),
    )
    table = Table(words, (words, words), ((named, say("{words}", words=Name(words))),))
    section = Section("part", say("{words}", words=Name(words)), ((named,),), (table,), (_chart(words),))
    return Note(
        words, np.datetime64("2020-12-01", "D"), words, named, (named,), (named,), (section,), (named,), (named,), words,
        Disclosure(words, words, (words,)), (words,),
    )  # fmt: skip


def _chart(words: str) -> Chart:
    bars = replace(BARS, instrument=replace(BARS.instrument, name=words))
    day, last = bars.session[-40], bars.session[-1]
    marks = (
        Point(last, 100.0, words, words),
        Band(day, 99.0, 101.0, words, words),
        Segment(day, 100.0, last, 101.0, "wedge", words),
    )
    rung = Rung(_trigger(words), 101.0, 1.0, 0.5, 0.4, 0.6, None)
    chart = market_chart(bars, marks, name="market-x", title=words, subtitle=words, caption=words, source=words)
    return explored(replace(chart, alt=words), bars, marks, beside=[bars], rungs=[rung])


def _trigger(words: str) -> Trigger:
    return Trigger(101.0, "level_break", "bullish", "above", words)
