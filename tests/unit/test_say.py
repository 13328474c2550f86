"""Sentences: every number by a reading, no digit typed into a template."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import BrokenRule
from crosscurrent.note.say import Name, Number, Sentence, say, shown
from crosscurrent.units import Notation, Reading


def reading(value, unit="ratio", **more):
    return Reading(value, unit, "a test", **more)


def test_a_sentence_keeps_its_readings_in_order():
    told = say(
        "the {a} fell {b:size} to {c}.", a=Name("US 10-year yield"), b=reading(-16.0, "bp"), c=reading(4.61, "yield")
    )
    assert str(told) == "The US 10-year yield fell 16 bp to 4.61%."
    assert [r.value for r in told.readings] == [-16.0, 4.61]


@pytest.mark.parametrize("template", ["it rose 3 per cent", "the 50-day average at {x}"])
def test_a_digit_in_a_template_is_refused(template):
    with pytest.raises(BrokenRule):
        say(template, x=reading(1.0))


def test_a_digit_in_a_plain_word_is_refused_but_a_name_may_hold_one():
    with pytest.raises(BrokenRule):
        say("{market} rose", market="Russell 2000")
    assert str(say("{market} rose", market=Name("Russell 2000"))) == "Russell 2000 rose"


def test_a_missing_word_is_refused():
    with pytest.raises(BrokenRule):
        say("{market} rose")


def test_sentences_nest_and_keep_their_numbers():
    inner = say("{r} times", r=reading(2.1))
    outer = say("on {inner} its volume.", inner=inner)
    assert str(outer) == "On 2.10 times its volume."
    assert len(outer.numbers) == 1


@pytest.mark.parametrize(
    ("value", "unit", "style", "text"),
    [
        (-16.0, "bp", "", "−16 bp"),
        (-16.0, "bp", "size", "16 bp"),
        (-0.2, "bp", "", "0 bp"),
        (2.851, "pct", "signed", "+2.85%"),
        (-0.001, "pct", "signed", "0.00%"),
        (0.9999, "probability", "", "over 99%"),
        (0.001, "probability", "", "under 1%"),
        (1.0, "probability", "", "100%"),
        (0.5562, "probability", "fine", "55.6%"),
        (-0.0362, "probability", "signed", "−3.6%"),
        (-0.0002, "probability", "signed", "0.0%"),
        (2701553, "volume", "", "2.7 million"),
        (168000, "volume", "", "168 thousand"),
        (11, "rank", "", "11th"),
        (22, "rank", "", "22nd"),
        (7, "count", "word", "seven"),
        (date(2025, 1, 17), "date", "", "17 January 2025"),
        (date(2025, 1, 17), "date", "short", "17 January"),
        (date(2025, 1, 17), "date", "weekday", "Friday"),
    ],
)
def test_numbers_are_shown_as_readers_write_them(value, unit, style, text):
    assert shown(reading(value, unit), style) == text


def test_a_price_is_shown_in_its_market_s_notation():
    thirty_seconds = Notation(tick=1 / 64, digits=6, parts=2)
    assert shown(reading(108.546875, "price", notation=thirty_seconds)) == "108-17+"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_undefined_value_is_no_reading(value):
    with pytest.raises(BrokenRule):
        reading(value)


@given(st.floats(-1e6, 1e6), st.sampled_from(["bp", "pct", "ratio", "yield", "atr", "index"]))
def test_what_is_shown_is_what_was_measured(value, unit):
    """Read back, a shown number is the measured one within half of its last digit."""
    text = shown(reading(value, unit)).replace("−", "-").replace(",", "").split(" ")[0].rstrip("%")
    digits = len(text.split(".")[1]) if "." in text else 0
    assert abs(float(text) - value) <= 0.5 * 10**-digits * (1 + 1e-9)


def test_plain_text_has_no_numbers():
    assert Sentence(("words",)).numbers == ()
    assert isinstance(say("{r}", r=reading(1.0)).parts[0], Number)
