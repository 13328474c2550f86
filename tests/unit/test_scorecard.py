"""The scorecard in words: how each setup ended, how many ended how, and what turned since the last note."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crosscurrent.note.analysis import Analysis
from crosscurrent.note.last import LastNote, Tally
from crosscurrent.note.scorecard import scorecard
from crosscurrent.note.since import since
from crosscurrent.pipeline import analyse
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Entry, Invalidation, Setup, Target
from crosscurrent.sources import open_source
from crosscurrent.sources.desks import read_desk
from crosscurrent.sources.taking import take

THEN, NOW = np.datetime64("2008-11-07"), np.datetime64("2008-11-14")
DAY = np.datetime64("2008-11-12")
NOBODY = Tally(0, 0, 30, 0)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    desk = read_desk("sample")
    return analyse(take(open_source("sample"), desk.all_names(), NOW).snapshot, desk)


def setup(plan: str = "breakout", side: str = "long") -> Setup:
    sign = 1 if side == "long" else -1
    return Setup(
        "IXIC", plan, side, THEN, Entry(1600.0, "close_above" if sign > 0 else "close_below", "a line"), 1600.0 - 50 * sign,
        tuple(Target(1600.0 + sign * away, "a swing", away / 50) for away in (60.0, 120.0)),
        Invalidation(1600.0 - 80 * sign, "close_below" if sign > 0 else "close_above", "an average"), np.datetime64("2008-11-21"),
    )  # fmt: skip


def told(analysis: Analysis, *ends: tuple[Setup, Outcome], tally: Tally = NOBODY, then=THEN) -> str:
    last = LastNote(then, "A title with 1 digit", ends, tally)
    (section,) = scorecard(replace(analysis, last=last))
    return "\n".join(" ".join(str(s) for s in p) for p in section.paragraphs)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome("waiting"), "still waits for its entry at 1,600.00, until 21 November 2008"),
        (Outcome("never_filled", session=DAY), "was never filled"),
        (Outcome("invalidated", session=DAY), "was called off by a close beyond its invalidation"),
        (Outcome("open", 1, DAY, 1605.0), "is open, with one of two targets met; the stop stays at 1,550.00"),
        (Outcome("target", 2, DAY, 1605.0, DAY, 1720.0, 1.71), "reached its last target at 1,720.00 on 12 November 2008: +1.71 times"),
        (Outcome("stopped", 0, DAY, 1605.0, DAY, 1550.0, -1.1), "was stopped at 1,550.00 on 12 November 2008: −1.10 times the risk"),
        (Outcome("stopped", 0, DAY, 1640.0, DAY, 1550.0, -1.8), "(a close 0.80 times the risk beyond the entry) and was stopped"),
        (Outcome("stopped", 0, DAY, 1605.0, DAY, 1550.0, -1.1, True), "the order of events is not known, so the stop counts"),
        (Outcome("expired", 0, DAY, 1605.0, DAY, 1610.0, 0.1), "ran out of time at 1,610.00"),
    ],
)  # fmt: skip
def test_each_end_has_its_words(analysis, outcome, said):
    text = told(analysis, (setup(), outcome))
    assert said in text
    assert "Its one setup" in text


def test_a_fill_on_the_entry_itself_is_no_news(analysis):
    assert "beyond the entry" not in told(analysis, (setup(), Outcome("open", 0, DAY, 1602.0)))
    assert "beyond the entry" in told(analysis, (setup(side="short"), Outcome("open", 0, DAY, 1570.0)))


def test_several_are_counted_and_summed(analysis):
    stopped, target = (
        Outcome("stopped", 0, DAY, 1605.0, DAY, 1550.0, -1.1),
        Outcome("target", 2, DAY, 1605.0, DAY, 1720.0, 1.7),
    )
    text = told(
        analysis,
        *((setup(plan), o) for plan, o in (("breakout", stopped), ("retest", stopped), ("range_edge", target))),
    )
    assert "Of its three setups, one reached its last target and two were stopped." in text
    assert "The three trades that have ended paid −0.50 times the risk together" in text
    assert "planned no trade" in told(analysis)


def test_few_claim_nothing_and_what_came_late_is_said(analysis):
    text = told(analysis, (setup(), Outcome("waiting")), tally=Tally(5, 3, 30, 2))
    assert (
        "Of five published trades that have ended, three took the first target. That is too few to claim anything."
        in text
    )
    assert "counted nowhere" in text
    assert "too few" not in told(analysis, tally=Tally(40, 20, 30, 0))


def test_what_turned_is_what_the_prices_say(analysis):
    text = " ".join(str(s) for s in since(replace(analysis, last=None), LastNote(THEN, "t", (), NOBODY)))
    for market, name in (("IXIC", "Nasdaq Composite"), ("UST10P", "10-year note (computed)")):
        bars = analysis.bars(market)
        close = pd.Series(bars.close, bars.session)
        change = 100 * (close.iloc[-1] / close[:THEN].iloc[-1] - 1)
        signed = f"{change:+.2f}%".replace("-", "−")
        assert f"{name} {signed}" in text
        for length in (50, 200):
            above = close > close.rolling(length).mean()
            crossed = bool(above.iloc[-1] != above[:THEN].iloc[-1])
            sentences = [s for s in text.split(". ") if s.startswith(name) and "average" in s and f"{length}-day" in s]
            assert bool(sentences) == crossed


def test_since_the_same_close_nothing_turned(analysis):
    planned = tuple((s, Outcome("waiting")) for s in analysis.setups)
    text = " ".join(str(s) for s in since(analysis, LastNote(NOW, "t", planned, NOBODY)))
    assert "still" in text
    assert not any(word in text for word in ("Since that note", "then and", "average", "New "))
    assert "Planned again" in text
