"""Closes outside the bands and narrow bands."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.structure import Tape
from crosscurrent.structure.bollinger import BollingerBands
from strategies import bars_of, path_bars, random_bars

CALM = 100 + 0.5 * np.tile([0.0, 1.0, 0.0, -1.0], 15)


def told(path):
    """Return breaks and squeezes; the calm touches its own bands all the time."""
    bars = path_bars(path)
    facts = BollingerBands().sweep(Tape(bars)).facts(bars)
    return [(f.at, f.kind, f.direction) for f in facts if f.kind != "bollinger_touch"]


def test_a_jump_out_of_a_calm():
    assert told(np.append(CALM, 103.0)) == [(60, "bollinger_break", "bullish")]
    assert told(np.append(CALM, 97.0)) == [(60, "bollinger_break", "bearish")]


def test_a_close_inside_is_none():
    assert told(np.append(CALM, 100.7)) == []


def test_of_a_run_of_closes_outside_the_first_is_told():
    assert len(told(np.append(CALM, [103.0, 106.0, 112.0]))) == 1


def with_bar(high, low, close):
    before = path_bars(CALM, wick=0.01)
    return bars_of(
        *(
            np.append(getattr(before, c), v)
            for c, v in (("open", 100.0), ("high", high), ("low", low), ("close", close))
        )
    )


@pytest.mark.parametrize(
    ("high", "low", "close", "kinds"),
    [
        (101.5, 99.9, 100.2, [("bollinger_touch", "bearish")]),
        (100.1, 98.5, 99.8, [("bollinger_touch", "bullish")]),
        (100.6, 99.4, 100.0, []),
        (103.0, 99.9, 102.5, [("bollinger_break", "bullish")]),
    ],
)
def test_a_touch_reaches_the_band_and_closes_inside(high, low, close, kinds):
    bars = with_bar(high, low, close)
    table = BollingerBands().sweep(Tape(bars))
    assert [(f.kind, f.direction) for f in table.where(table.at == 60).facts(bars)] == kinds


def test_of_touches_in_one_visit_the_first_is_told():
    bars = random_bars(12, 2000)
    table = BollingerBands().sweep(Tape(bars)).of_kind("bollinger_touch")
    upper = table.where(table.direction < 0)
    middle = np.convolve(bars.close, np.ones(20) / 20)[:2000]
    for one, other in zip(upper.at[:-1], upper.at[1:], strict=True):
        assert (bars.close[one:other] <= middle[one:other]).any()


WAKING = 100 + 5 * np.sin(np.arange(160) / 3)
ASLEEP = 100 + 0.3 * np.sin(np.arange(80) / 3)


def squeezes(path):
    return [(at, direction) for at, kind, direction in told(path) if kind == "bollinger_squeeze"]


def test_a_market_that_falls_asleep_is_squeezed_once():
    found = [f for f in squeezes(np.concatenate([WAKING, ASLEEP])) if f[0] > 159]
    assert len(found) == 1
    assert found[0][0] < 180
    assert found[0][1] == "neutral"


def test_a_market_that_wakes_and_falls_asleep_again_is_squeezed_again():
    smaller = 100 + 0.2 * np.sin(np.arange(80) / 3)
    path = np.concatenate([WAKING, ASLEEP, WAKING[:60], smaller])
    assert len([f for f in squeezes(path) if f[0] > 159]) == 2


def test_a_market_that_stands_still_is_not_squeezed():
    still = np.concatenate([100 + 5 * np.sin(np.arange(160)), np.full(200, 100.1)])
    table = BollingerBands().sweep(Tape(bars_of(still, still, still, still)))
    assert not (table.at > 180).any()


def test_each_squeeze_is_the_narrowest_of_its_window():
    bars = random_bars(12, 2000)
    deviation = np.array([bars.close[max(t - 19, 0) : t + 1].std() for t in range(2000)])
    for fact in BollingerBands().sweep(Tape(bars)).of_kind("bollinger_squeeze").facts(bars):
        assert deviation[fact.at] <= deviation[fact.at - 119 : fact.at + 1].min() * (1 + 1e-9)
