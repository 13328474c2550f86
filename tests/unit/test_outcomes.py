"""Outcomes by their rules: the open beyond an order, one bar that holds both, costs, follow-throughs, throwbacks and busts."""

import numpy as np
import pytest

from crosscurrent.evaluate.cases import market_of
from crosscurrent.evaluate.outcomes import (
    AFTER,
    BEFORE,
    BOTH,
    NEVER,
    NO_COSTS,
    Barriers,
    Costs,
    first_touch,
    forward_return,
)
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import bars_of, random_bars


def bars(*rows):
    """Return bars of (open, high, low, close)."""
    return bars_of(*np.array(rows, float).T)


def one(good, bad, patience=3, *, by_touch=True, side=1.0):
    at = np.array([0])
    return Barriers("b", at, np.array([side]), np.array([good]), np.array([bad]), np.array([patience]), by_touch)


UNIT = np.ones(10)


def test_a_return_starts_at_the_next_open_and_pays_its_costs():
    made = bars((9, 9, 9, 9), (10, 12, 10, 11), (11, 14, 11, 13))
    each = forward_return(made, UNIT[:3], 2, np.full(3, 0.1))
    assert each.long[0] == pytest.approx(13 - 10 - 0.1)
    assert each.short[0] == pytest.approx(10 - 13 - 0.1)
    assert np.isnan(each.long[1:]).all()


def test_stop_and_target_in_one_bar_count_as_stopped_and_are_flagged():
    made = bars((10, 10, 10, 10), (10, 11.5, 8.5, 10), (10, 10, 10, 10))
    each = first_touch(made, UNIT[:3], 1.0, 1.0, 1)
    assert (each.long[0], each.short[0]) == (0.0, 0.0)
    assert each.flagged[:, 0].all()


def test_an_open_beyond_the_target_is_the_target_though_the_stop_was_touched_later():
    """A bar that opens beyond an order fills it at the open, before its low can matter."""
    made = bars((10, 10, 10, 10), (10, 10.5, 9.5, 10), (11.2, 11.5, 8, 9), (9, 9, 9, 9))
    each = first_touch(made, UNIT[:4], 1.0, 1.0, 2)
    assert each.long[0] == 1.0
    assert not each.flagged[0, 0]


@pytest.mark.parametrize(
    ("second", "end"),
    [((10, 12, 10, 11), BEFORE), ((10, 12, 8, 8.5), BOTH), ((10, 11, 8, 8.5), AFTER), ((10, 11, 8.9, 9.5), NEVER)],
)
def test_barriers_end_as_told(second, end):
    """The good one by touch at 12, the bad one by a close below 9; a bar that holds both is against the case."""
    made = bars((10, 10, 10, 10), second, (10, 10, 10, 10), (10, 10, 10, 10), (10, 10, 10, 10))
    case = one(2.0, 1.0)
    assert case.ends(made, UNIT[:5])[0] == end
    assert case.outcomes(made, UNIT[:5])[0] == (end == BEFORE)


def test_a_case_without_its_time_is_not_judged():
    made = bars((10, 10, 10, 10), (10, 13, 10, 12))
    assert np.isnan(one(2.0, 1.0).outcomes(made, UNIT[:2])[0])


def test_a_barrier_at_infinity_is_never_met():
    made = bars((10, 10, 10, 10), *[(10, 10, 1, 1)] * 4)
    assert one(2.0, np.inf).ends(made, UNIT[:5])[0] == NEVER


def test_costs_grow_with_the_tick_and_nothing_is_free_by_default():
    made = random_bars(1, 50)
    assert (Costs().in_atr(made, np.ones(50)) > 0).all()
    assert (NO_COSTS.in_atr(made, np.ones(50)) == 0).all()


@pytest.fixture(scope="module")
def market():
    made = random_bars(11, 4000)
    return market_of(look_at(made, made, DETECTORS))


def test_a_follow_through_is_a_close_beyond_the_bar_within_three(market):
    b, cases = market.bars, market.cases["marubozu"]
    (follows,) = cases.later
    came = follows.outcomes(b, market.atr)
    for at, side, told in zip(cases.at, cases.side, came, strict=True):
        if side and not np.isnan(told):
            after = b.close[at + 1 : at + 4]
            assert told == (np.any(after > b.high[at]) if side > 0 else np.any(after < b.low[at]))
    assert 0 < np.nanmean(came) < 1


def test_patterns_throw_back_and_bust(market):
    """A throwback is a touch of the broken line within 22 bars, a bust a close beyond the other side."""
    kinds = [c for c in market.cases.values() if c.family == "pattern"]
    assert kinds
    for cases in kinds:
        names = {b.name: b for b in cases.later}
        assert {"follows_through", "throws_back", "busts"} == set(names)
        back, bust = names["throws_back"], names["busts"]
        b, unit = market.bars, market.atr
        line = b.close[back.at] + back.side * back.good * unit[back.at]
        for at, side, price, told in zip(back.at, back.side, line, back.outcomes(b, unit), strict=True):
            if not np.isnan(told):
                after = slice(at + 1, at + 23)
                assert told == (np.any(b.high[after] >= price) if side > 0 else np.any(b.low[after] <= price))
        assert (bust.side == -np.where(cases.side < 0, -1, 1)).all()


def test_a_neutral_fact_has_nothing_to_follow(market):
    doji = market.cases["doji"]
    assert np.isnan(doji.later[0].good[doji.side == 0]).all()
