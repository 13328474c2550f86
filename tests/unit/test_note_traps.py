"""What the note says to its title's question: the odds where they are worth it, else the base rate, and never more than is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from crosscurrent.evidence.experience import Experience
from crosscurrent.evidence.trap import Odds, Worth
from crosscurrent.facts.fact import Fact
from crosscurrent.note.trap import how_odds_are_made, traps, verdict_of

DAY = np.datetime64("2025-01-17", "D")
BETTER, WORSE = Worth(0.08, 0.06, 0.1), Worth(0.01, -0.01, 0.03)


def fact(kind: str = "trendline_break", subject: int = 7) -> Fact:
    moment = np.datetime64("2025-01-17T22:00:00")
    return Fact(kind, "confirmed", "bullish", "NQ", "1d", "adjusted", moment, DAY, None, {}, (), subject, 100)


def odds(kind: str = "trendline_break", subject: int = 7, **more) -> Odds:
    told = {"probability": 0.56, "base_rate": 0.46, "n": 2636, "chance": 0.54, "skill": BETTER, "over_chance": WORSE}
    return Odds("NQ", kind, "adjusted", subject, "bullish", DAY, 5, **(told | more))


def said(*known: Odds, facts=None) -> list[str]:
    analysis = SimpleNamespace(experience=Experience(odds=known))
    return [str(s) for s in traps(facts or [fact(o.kind, o.subject) for o in known], analysis)]


def test_odds_that_have_beaten_the_base_rate_are_told_with_what_beats_them():
    (sentence,) = said(odds())
    assert "stood at 56% at its close" in sentence
    assert "46% of 2,636 earlier ones did" in sentence
    assert "have beaten that rate, though not the distance alone, which says 54%" in sentence


def test_odds_better_than_the_distance_say_so():
    (sentence,) = said(odds(over_chance=BETTER))
    assert "and the distance alone, which says 54%" in sentence
    assert "though not" not in sentence


@pytest.mark.parametrize(
    ("skill", "why"), [(WORSE, "no better than the base rate"), (None, "not yet been put to the test often enough")]
)
def test_odds_no_better_than_the_base_rate_give_way_to_it(skill, why):
    (sentence,) = said(odds(skill=skill))
    assert "Of 2,636 earlier breaks of its sort 46% failed" in sentence
    assert why in sentence
    assert "56%" not in sentence
    assert verdict_of(odds(skill=skill)).startswith("that is the base rate")


def test_where_nothing_is_decided_nothing_is_claimed():
    (sentence,) = said(odds(probability=None, base_rate=None, n=0, skill=None, over_chance=None))
    assert "cannot be told" in sentence
    assert not any(c.isdigit() for c in sentence)


def test_a_second_break_is_told_short():
    first, second = said(odds(), odds("falling_wedge", 9, probability=0.51, base_rate=0.43, n=35))
    assert second == "For the break out of the falling wedge they stood at 51%, after 43% of 35."
    assert len(second) < len(first) / 2


def test_a_decided_break_and_another_fact_have_no_odds():
    assert said(odds(), facts=[fact(subject=8), fact("level_break")]) == []


def test_each_number_names_its_null_and_its_worth():
    analysis = SimpleNamespace(experience=Experience(odds=(odds(),)))
    (sentence,) = traps([fact()], analysis)
    told = {r.definition.split(":")[0].split(" ")[0]: r for r in sentence.readings}
    assert "in the same state of volatility" in told["null"].definition
    assert "decided before 2025" in told["probability"].definition
    assert "Brier skill against the base rate 0.080, 95 % interval 0.060 to 0.100" in told["base"].record
    assert "0.08 against the base rate (0.06 to 0.10" in str(next(how_odds_are_made(analysis)))
