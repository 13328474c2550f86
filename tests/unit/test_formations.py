"""The arithmetic of boundary lines and formations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.structure import Tape
from crosscurrent.structure.formations import (
    ABOVE,
    BELOW,
    BROKEN,
    LOWER,
    LOWER_ZERO,
    SIDE,
    START,
    UPPER,
    UPPER_ZERO,
    WIDTH,
    Formations,
    closed_outside,
    mirrored,
    noted,
    trigger_at,
    upper_at,
    upright,
)
from crosscurrent.structure.swings import HIGH, LOW
from crosscurrent.structure.two_lines import boundary, two_lines
from strategies import random_bars

prices = st.lists(st.integers(-400, 400).map(lambda n: n / 4), min_size=4, max_size=9)


def alternating(values):
    """Return swings (known, at, price, side) five bars apart, highs first."""
    at = np.arange(len(values)) * 5.0
    side = np.where(np.arange(len(values)) % 2 == 0, HIGH, LOW)
    return np.column_stack([at + 2, at, np.asarray(values, float), side])


def test_the_line_runs_through_the_two_touches_that_leave_least():
    slope, zero, largest, total = boundary(alternating([10, 0, 9, 0, 8, 0, 6.5]), 0, 6, 1)
    assert (slope, zero) == (-0.1, 10.0)
    assert (largest, total) == (0.5, 0.5)


def test_no_touch_lies_outside_its_line():
    swings = alternating([10, 0, 9.5, 0, 8])
    slope, zero, _, _ = boundary(swings, 0, 4, 1)
    assert slope == pytest.approx(-0.1)
    assert zero + slope * 10 == pytest.approx(9.5)


@given(prices)
def test_lines_are_outer_and_turn_with_the_prices(values):
    swings = alternating(values)
    last = len(values) - 1
    slope, zero, largest, total = boundary(swings, 0, last, 1)
    highs = swings[::2]
    assert np.all(highs[:, 2] <= zero + slope * highs[:, 1] + 1e-9)
    assert largest <= total + 1e-12
    turned = boundary(mirrored(swings), 0, last, -1)
    assert turned == pytest.approx((-slope, -zero, largest, total))


def rows_of(**columns):
    """Return one formation with these columns, the rest zero."""
    row = np.zeros((1, WIDTH))
    for place, value in columns.values():
        row[0, place] = value
    return row


def test_the_first_close_outside_decides_and_patience_ends():
    close = np.array([5.0, 5, 5, 5, 5, 5, 5, 5, 10.4, 11, 5])
    lines = {"a": (UPPER_ZERO, 10.0), "b": (LOWER_ZERO, 0.0), "c": (0, 3.0), "d": (2, 2.0)}
    patient, hasty, strict = rows_of(**lines), rows_of(**lines), rows_of(**lines, e=(ABOVE, 0.5))
    patient[0, START], hasty[0, START], strict[0, START] = -20, -4, -20
    for rows, ended, side in ((patient, 8, 1), (hasty, 6, 0), (strict, 9, 1)):
        closed_outside(close, rows, 0.75)
        assert (rows[0, BROKEN], rows[0, SIDE]) == (ended, side)


def test_what_may_still_break_is_not_ended():
    rows = rows_of(a=(UPPER_ZERO, 10.0), b=(LOWER_ZERO, 0.0), c=(START, -20), d=(BROKEN, -1))
    closed_outside(np.full(6, 5.0), rows, 0.75)
    assert rows[0, BROKEN] == -1


def test_closes_seen_before_are_not_read_again():
    close = np.array([5.0, 5, 99, 5, 10.4, 5])
    lines = {"a": (UPPER_ZERO, 10.0), "b": (LOWER_ZERO, 0.0), "c": (START, -20)}
    rows = rows_of(**lines)
    closed_outside(close, rows, 0.75, 3)
    assert rows[0, BROKEN] == 4


def test_lines_that_have_met_are_broken_no_more():
    rows = rows_of(a=(UPPER_ZERO, 5.0), b=(UPPER, -1.0), c=(LOWER_ZERO, -5.0), d=(LOWER, 1.0))
    rows[0, START] = -100
    closed_outside(np.array([0.0, 0, 0, 0, 0, 0, 9.0]), rows, 0.75)
    assert (rows[0, BROKEN], rows[0, SIDE]) == (4, 0)


def test_upright_turns_lines_and_clearances_over():
    rows = rows_of(
        a=(UPPER, 1.0), b=(UPPER_ZERO, 2.0), c=(LOWER, 3.0), d=(LOWER_ZERO, 4.0), e=(ABOVE, 5.0), f=(BELOW, 6.0)
    )
    turned = upright(rows)
    assert turned[0, [UPPER, UPPER_ZERO, LOWER, LOWER_ZERO, ABOVE, BELOW]].tolist() == [
        -3.0,
        -4.0,
        -1.0,
        -2.0,
        6.0,
        5.0,
    ]
    assert np.array_equal(upright(turned), rows)


def test_formations_found_upside_down_keep_their_swings():
    swings = alternating([10, 0, 9, 1, 8])
    row, turned = np.zeros((1, WIDTH)), np.zeros((1, WIDTH))
    noted(swings, 1, 4, row[0])
    noted(mirrored(swings), 1, 4, turned[0])
    assert np.array_equal(upright(turned), row, equal_nan=True)
    found = Formations(row)
    assert found.price(-1).tolist() == [10] and found.price(0).tolist() == [0] and not found.begins_high[0]


def test_touches_are_the_swings_of_their_own_scale():
    bars = random_bars(3, 800)
    found = two_lines(Tape(bars))
    at, price = found.touched()
    there = at >= 0
    assert len(found) > 50
    assert np.all((price == bars.high[at.astype(int)]) | (price == bars.low[at.astype(int)]) | ~there)
    assert np.array_equal(at[:, 0], found.rows[:, START])
    assert np.array_equal(found.span(), np.nanmax(price, axis=1) - np.nanmin(price, axis=1))
    assert all(trigger_at(row, 1.0, row[START] + 3) >= upper_at(row, row[START] + 3) for row in found.rows)
