"""Days and weeks: when they come to agree, when they part, and when there is nothing to tell."""

import numpy as np

from crosscurrent.evaluate.no_repaint import facts_of
from crosscurrent.structure.interval_agreement import IntervalAgreement
from strategies import path_bars, random_bars


def told(path, **more):
    bars = path_bars(path, wick=0.1, **more)
    table = facts_of(IntervalAgreement(), bars)
    return [(table.layout.kinds[k], int(d)) for k, d in zip(table.kind, table.direction, strict=True)], table, bars


def test_a_long_rise_is_agreed_on_once():
    found, _, _ = told(100 + 0.2 * np.arange(600))
    assert found == [("interval_agreement", 1)]


def test_a_fall_of_the_days_within_a_rising_year_is_a_disagreement():
    rise, fall = 100 + 0.3 * np.arange(500), 250 - 3.0 * np.arange(1, 9)
    found, table, _ = told(np.concatenate([rise, fall]))
    assert found == [("interval_agreement", 1), ("interval_disagreement", -1)]
    assert table.at[-1] >= 500


def test_the_running_week_says_nothing():
    """Whatever the last days of an unfinished week do, the week's side is that of the week before."""
    path = 100 + 0.2 * np.arange(403.0)
    crash = path.copy()
    crash[-1] = 30.0
    one, other = (facts_of(IntervalAgreement(), path_bars(p, wick=0.1)) for p in (path, crash))
    assert np.array_equal(one.reading("weekly_average"), other.reading("weekly_average")[: len(one)])
    assert other.layout.kinds[other.kind[-1]] == "interval_disagreement"


def test_less_than_fifty_weeks_say_nothing():
    assert len(facts_of(IntervalAgreement(), random_bars(3, 240))) == 0


def test_a_market_that_hugs_its_average_is_not_told_daily():
    path = 100 + 0.05 * np.sin(np.arange(600))
    assert len(told(path)[0]) <= 2
