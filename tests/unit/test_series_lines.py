"""Lines of a ratio: told in its own values, free of what scales it, and never changing their mind."""

from __future__ import annotations

import numpy as np

from crosscurrent.structure.series_lines import series_lines, yardstick_of
from strategies import random_bars

RATIO = random_bars(1, 600).close / random_bars(2, 600).close


def test_a_break_is_a_value_beyond_the_line():
    table, _ = series_lines(RATIO)
    breaks = table.of_kind("trendline_break")
    assert len(breaks)
    assert np.all(np.sign(RATIO[breaks.at] - breaks.reading("price")) == breaks.direction)
    assert np.allclose(breaks.anchor_price[:, 0], RATIO[breaks.anchor_at[:, 0]])


def test_the_past_stays_as_it_was_known():
    whole, _ = series_lines(RATIO)
    for cut in (100, 250, 251, 480):
        assert series_lines(RATIO[: cut + 1])[0].same_as(whole.until(cut))


def test_a_ratio_four_times_as_large_has_the_same_lines():
    small, large = series_lines(RATIO)[0], series_lines(4 * RATIO)[0]
    assert np.array_equal(small.at, large.at)
    assert np.allclose(4 * small.reading("price"), large.reading("price"))
    assert np.allclose(small.reading("strength"), large.reading("strength"))


def test_what_stands_is_about_the_last_value():
    _, standing = series_lines(RATIO)
    assert np.all(standing.at == len(RATIO) - 1)
    last = standing.reading("price")
    above = standing.direction < 0
    slack = 0.1 * yardstick_of(RATIO)[-1]
    assert np.all(last[above] >= RATIO[-1] - slack)
    assert np.all(last[~above] <= RATIO[-1] + slack)


def test_nothing_is_said_of_a_short_or_a_flat_series():
    for values in (np.empty(0), RATIO[:1], RATIO[:10], np.ones(300)):
        table, standing = series_lines(values)
        assert len(table) == len(standing) == 0
