"""Prices in decimals and 32nds: read exactly, written exactly, refused where they could mean two things."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import AmbiguousQuote, BrokenRule, RequestError
from crosscurrent.units import DECIMAL, Notation

HALVES = Notation(tick=1 / 64, parts=2)
BY_PARTS = {parts: Notation(tick=1 / 32 / parts, parts=parts) for parts in (1, 2, 4, 8)}


@pytest.mark.parametrize("style", ["prose", "chart", "decimal"])
def test_every_256th_from_0_to_200_is_written_and_read_back(style):
    eighths = BY_PARTS[8]
    assert sum(eighths.parse(eighths.format(k / 256, style)) == k / 256 for k in range(51_201)) == 51_201


@pytest.mark.parametrize("parts", [1, 2, 4])
@pytest.mark.parametrize("style", ["prose", "chart", "decimal"])
def test_every_tick_of_coarser_markets_is_written_and_read_back(parts, style):
    notation = BY_PARTS[parts]
    assert all(notation.parse(notation.format(k / 32 / parts, style)) == k / 32 / parts for k in range(-600, 6401))


@pytest.mark.parametrize("text", [
    "108-17+", "108'17+", "108'175", "108-175", "108-17½", "108-17 1/2", "108-17.5", "108:17+", "108^17+",
    "108 17.5/32", "108.546875", "108’175", " 108-17+ ", "+108-17+",
])  # fmt: skip
def test_all_notations_of_one_price(text):
    assert HALVES.parse(text) == 108.546875


@pytest.mark.parametrize(("text", "eighths"), [
    ("108'16", 0), ("108'160", 0), ("108'161", 1), ("108'162", 2), ("108'163", 3), ("108'165", 4), ("108'166", 5),
    ("108'167", 6), ("108'168", 7), ("108-16⅛", 1), ("108-16¼", 2), ("108-16⅜", 3), ("108-16+", 4), ("108-16⅝", 5),
    ("108-16¾", 6), ("108-16⅞", 7), ("108-16 3/8", 3),
])  # fmt: skip
def test_parts_of_a_32nd(text, eighths):
    assert BY_PARTS[8].parse(text) == 108.5 + eighths / 256


def test_a_settlement_finer_than_the_tick_is_read():
    assert BY_PARTS[1].parse("117'317") == 117 + 31.75 / 32


@pytest.mark.parametrize(("text", "first", "second"), [
    ("108.16", "108-16", "108.160000"),
    ("108.275", "108-27+", "108.275000"),
    ("108.125", "108-12+", "108.125000"),
    ("108.5", "108-05", "108.500000"),
    ("-1.16", "-1-16", "-1.160000"),
])  # fmt: skip
def test_a_decimal_that_could_be_32nds_is_refused_with_both_meanings(text, first, second):
    with pytest.raises(AmbiguousQuote) as caught:
        HALVES.parse(text)
    assert caught.value.fields["meanings"] == (first, second)


@pytest.mark.parametrize(
    ("text", "price"),
    [("108", 108), ("108.0", 108), ("108.000", 108), ("108.50", 108.5), ("108.375", 108.375), ("108.1250", 108.125)],
)
def test_a_decimal_with_one_meaning_is_read(text, price):
    assert HALVES.parse(text) == price


@pytest.mark.parametrize("text", [
    "", "abc", "nan", "inf", "108'32", "108-40", "108'164", "108'169", "108'1", "108-5", "108'1655", "108-16.3",
    "108-16 1/3", "108.5469", "108.333", "108-16-", "1e2",
    "108''16", "108 16", "10,8-16", "١٠٨", "108-16+5", "108.", "--1-16", "108-32+", "108-17 3/2",
])  # fmt: skip
def test_what_is_no_price_is_refused(text):
    with pytest.raises(RequestError):
        HALVES.parse(text)


@given(st.text(alphabet="0123456789'-+.,:^ /½¼⅛", max_size=9))
def test_whatever_is_accepted_means_itself(text):
    """No wrong accepts: what is read, written again in any style, is read as the same price."""
    try:
        price = BY_PARTS[8].parse(text)
    except RequestError:
        return
    assert (Fraction(price) * 256).denominator == 1
    assert all(BY_PARTS[8].parse(BY_PARTS[8].format(price, style)) == price for style in ("prose", "chart", "decimal"))


@pytest.mark.parametrize(("parts", "price", "prose", "chart", "decimal"), [
    (1, 117 + 31 / 32, "117-31", "117'31", "117.96875"),
    (2, 108.515625, "108-16+", "108'165", "108.515625"),
    (2, 108.5, "108-16", "108'160", "108.500000"),
    (4, 106 + 17.25 / 32, "106-17¼", "106'172", "106.5390625"),
    (8, 102 + 3.875 / 32, "102-03⅞", "102'038", "102.12109375"),
    (2, -0.515625, "-0-16+", "-0'165", "-0.515625"),
    (2, 0.0, "0-00", "0'000", "0.000000"),
    (2, -0.001, "0-00", "0'000", "0.000000"),
])  # fmt: skip
def test_how_32nds_are_written(parts, price, prose, chart, decimal):
    notation = BY_PARTS[parts]
    assert [notation.format(price, style) for style in ("prose", "chart", "decimal")] == [prose, chart, decimal]


@pytest.mark.parametrize(
    ("text", "price"),
    [("21,480.25", 21480.25), ("21480.25", 21480.25), ("-37.63", -37.63), ("−37.63", -37.63), (".5", 0.5), ("0", 0.0)],
)
def test_decimals_are_read(text, price):
    assert Notation(tick=0.25).parse(text) == price


@pytest.mark.parametrize("text", ["1,23", "21,48.0", "1.2.3", "108'16", "108-16", "12e3", "nan", "", "1,2345"])
def test_what_is_no_decimal_is_refused(text):
    with pytest.raises(RequestError):
        DECIMAL.parse(text)


def test_decimals_are_written_on_the_tick():
    quarter = Notation(tick=0.25)
    assert quarter.format(21480.2) == "21,480.25"
    assert quarter.format(21480.2, "chart") == "21480.25"
    assert quarter.format(-0.01) == "0.00"
    assert Notation(tick=1.0, digits=0).format(43487.0) == "43,487"
    assert Notation(tick=0.00005, digits=5).format(1.02731) == "1.02730"


def test_rounding_up_and_down_keeps_what_is_on_the_tick():
    quarter = Notation(tick=0.25)
    assert (quarter.round(21480.125), quarter.round(21480.12)) == (21480.25, 21480.0)
    assert (quarter.round_up(21480.01), quarter.round_up(21480.25)) == (21480.25, 21480.25)
    assert (quarter.round_down(21480.24), quarter.round_down(21480.25)) == (21480.0, 21480.25)
    tenth = Notation(tick=0.1, digits=1)
    assert tenth.round_up(2 + 0.1 + 0.2) == 2.3
    assert HALVES.round(108.51) == 108.515625


@given(st.floats(-1e5, 1e5), st.sampled_from([0.25, 0.01, 1.0, 0.005, 1 / 64, 1 / 256]))
def test_rounding_brackets_the_price(price, tick):
    notation = BY_PARTS[round(1 / tick / 32)] if tick in (1 / 64, 1 / 256) else Notation(tick=tick, digits=3)
    down, up = notation.round_down(price), notation.round_up(price)
    assert down - 1e-5 * tick <= price <= up + 1e-5 * tick
    assert notation.round(price) in (down, up)
    assert notation.round(notation.round(price)) == notation.round(price)


def test_a_notation_that_contradicts_itself_is_a_broken_rule():
    for wrong in ({"tick": 0.01, "parts": 2}, {"tick": 0.0}, {"tick": 1 / 96, "parts": 3}):
        with pytest.raises(BrokenRule):
            Notation(**wrong)
    with pytest.raises(BrokenRule):
        DECIMAL.format(float("nan"))
