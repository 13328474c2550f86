"""Trades on both sides of a market: two sides of one price are told apart, and contradictions withheld."""

import numpy as np
import pytest

from crosscurrent.setups.parting import contradiction, parted
from crosscurrent.setups.setup import Entry, Invalidation, Setup, Target
from crosscurrent.units import DECIMAL

DAY = np.datetime64("2025-01-17")


def trade(side, condition, entry, stop, target, plan="breakout"):
    wrong = "close_below" if side == "long" else "close_above"
    r = abs(target - entry) / abs(entry - stop)
    return Setup("TOY", plan, side, DAY, Entry(entry, condition, "why"), stop, (Target(target, "there", r),), Invalidation(stop, wrong, "stop"),
                 DAY + np.timedelta64(5, "D"))  # fmt: skip


def turned(setup, axis=200.0):
    """Return the trade upside down."""
    other = {"long": "short", "short": "long"}[setup.side]
    swap = {"close_above": "close_below", "close_below": "close_above", "trade_above": "trade_below", "trade_below": "trade_above",
            "retest_from_above": "retest_from_below", "retest_from_below": "retest_from_above"}  # fmt: skip
    return trade(
        other, swap[setup.entry.condition], axis - setup.entry.price, axis - setup.stop, axis - setup.targets[0].price
    )


BREAK = trade("long", "close_above", 100.0, 98.0, 104.0)
FINE = {
    "the break and its failure at one price": trade("short", "close_below", 100.0, 102.0, 96.0),
    "its failure a little lower": trade("short", "close_below", 99.5, 102.0, 96.0),
    "a sale at the target": trade("short", "retest_from_below", 104.5, 106.0, 102.0),
    "a break far below": trade("short", "trade_below", 95.0, 97.0, 90.0),
}
CONTRADICTORY = {
    "a close between them starts both": trade("short", "close_below", 101.0, 103.0, 96.0),
    "a sale on the way to the target": trade("short", "retest_from_below", 102.0, 105.0, 97.0),
    "a sale just before the break": trade("short", "retest_from_below", 99.5, 101.0, 97.0),
}


@pytest.mark.parametrize("other", FINE.values(), ids=FINE)
def test_what_no_session_starts_together_stands(other):
    assert contradiction(other, [BREAK], DECIMAL) is None
    assert contradiction(turned(other), [turned(BREAK)], DECIMAL) is None


@pytest.mark.parametrize("other", CONTRADICTORY.values(), ids=CONTRADICTORY)
def test_what_would_have_a_reader_long_and_short_is_withheld_with_the_reason(other):
    reason = contradiction(other, [BREAK], DECIMAL)
    assert "breakout long at 100.00" in reason
    assert contradiction(turned(other), [turned(BREAK)], DECIMAL) is not None


def test_the_edges_of_a_range_are_no_contradiction():
    floor = trade("long", "retest_from_above", 95.0, 94.0, 105.0)
    ceiling = trade("short", "retest_from_below", 105.0, 106.0, 95.0)
    assert contradiction(ceiling, [floor], DECIMAL) is None


def test_trades_on_one_side_do_not_contradict_each_other():
    assert contradiction(trade("long", "close_above", 101.0, 99.0, 104.0), [BREAK], DECIMAL) is None


def test_two_sides_of_one_price_say_what_parts_them():
    long, short = parted([BREAK, FINE["the break and its failure at one price"]], 2.0, DECIMAL)
    assert (
        long.parting.text
        == "two sides of one price: a close above 100.00 starts the long, a close below 100.00 starts the short"
    )
    assert short.parting.text.endswith("a close above 100.00 starts the long")
    assert short.to_json()["parting"] == short.parting.text


def test_trades_far_apart_need_no_words():
    assert [s.parting for s in parted([BREAK, FINE["a break far below"]], 2.0, DECIMAL)] == [None, None]
    assert BREAK.to_json()["parting"] is None
