"""Pairs by trade date, with every unequal session named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.bars import monthly, pair, weekly
from crosscurrent.errors import BrokenRule
from crosscurrent.markets import calendar, find
from strategies import bars_of, needs_shared, shared_bars


def on_days(days, close, symbol):
    bars = bars_of(close, close, close, close, instrument=find(symbol), market=symbol)
    return replace(bars, session=np.array(days, "datetime64[D]"))


def test_only_shared_trade_dates_are_paired():
    a = on_days(["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-10"], [1.0, 2.0, 3.0, 4.0], "NQ")
    b = on_days(["2025-01-07", "2025-01-08", "2025-01-09", "2025-01-10"], [5.0, 6.0, 7.0, 8.0], "ZN")
    both = pair(a, b)
    assert list(both.sessions.astype(str)) == ["2025-01-07", "2025-01-08", "2025-01-10"]
    np.testing.assert_array_equal(a.close[both.at_a], [2.0, 3.0, 4.0])
    np.testing.assert_array_equal(b.close[both.at_b], [5.0, 6.0, 8.0])
    (gone,) = both.unequal
    assert (str(gone.session), gone.kind, gone.market) == ("2025-01-09", "missing", "NQ")


@pytest.mark.parametrize(("one", "other", "label", "expected"), [
    ("NQ", "ZN", "2025-01-09", ("short", "NQ")),  # 08:30 beside 12:15
    ("NQ", "ZN", "2024-11-29", None),  # both 12:15
    ("NQ", "ZN", "2025-07-03", ("short", "NQ")),  # 12:15 beside a full day
    ("NQ", "NDX", "2024-11-29", None),  # 13:15 and 13:00 New York time
    ("ZN", "DGS10", "2025-01-09", None),  # 13:15 and 14:00
    ("NQ", "DGS10", "2024-12-31", ("short", "DGS10")),
    ("NQ", "ZN", "2025-01-21", None),  # both hold Monday's trade
    ("NQ", "NDX", "2025-01-21", None),  # closes are at the same hour
])  # fmt: skip
def test_sessions_of_unequal_length_are_named(one, other, label, expected):
    days = ["2024-11-27", "2024-11-29", "2024-12-31", "2025-01-09", "2025-01-21", "2025-07-03"]
    both = pair(on_days(days, [1.0] * 6, one), on_days(days, [1.0] * 6, other))
    found = {str(each.session): (each.kind, each.market) for each in both.unequal}
    assert found.get(label) == expected
    assert both.is_equal[days.index(label)] == (expected is None)


def test_the_shorter_of_two_is_named_whichever_comes_first():
    days = ["2025-01-08", "2025-01-09"]
    for order in (("NQ", "ZN"), ("ZN", "NQ")):
        (found,) = pair(*(on_days(days, [1.0, 1.0], symbol) for symbol in order)).unequal
        assert (found.market, found.note) == (
            "NQ",
            "half session: closed 08:30 CT, National Day of Mourning for President Carter",
        )


def test_a_part_keeps_what_is_unequal_in_it():
    days = ["2025-01-08", "2025-01-09", "2025-01-10", "2025-01-13"]
    both = pair(on_days(days, [1.0] * 4, "NQ"), on_days(days, [1.0] * 4, "ZN"))
    assert len(both.last(3).unequal) == 1 and len(both.last(2).unequal) == 0
    assert len(both.last(99)) == 4 and len(both.last(0)) == 0


def test_markets_that_share_nothing_give_an_empty_pair():
    both = pair(on_days(["2025-01-08"], [1.0], "NQ"), on_days(["2025-01-09"], [1.0], "ZN"))
    assert (len(both), both.unequal, len(both.is_equal), len(both.last(5))) == (0, (), 0, 0)


def test_weeks_are_paired_by_the_calendar():
    """The week of Good Friday ends on Thursday for stocks, on Friday for currencies, on Sunday for crypto."""
    days = np.arange(np.datetime64("2025-04-07"), np.datetime64("2025-04-28"))
    series = [
        weekly(on_days(kept, [1.0 + k for k in range(len(kept))], symbol))
        for symbol in ("SPX", "EURUSD", "BTCUSD")
        for kept in [[str(d) for d in days if calendar(find(symbol).exchange).is_session(d)]]
    ]
    for other in series[1:]:
        both = pair(series[0], other)
        assert list(both.sessions.astype(str)) == ["2025-04-11", "2025-04-17", "2025-04-25"]
        np.testing.assert_array_equal(both.at_a, both.at_b)
    assert (
        len(pair(monthly(on_days(["2025-04-17"], [1.0], "SPX")), monthly(on_days(["2025-04-18"], [1.0], "EURUSD"))))
        == 1
    )
    with pytest.raises(BrokenRule):
        pair(series[0], on_days(["2025-04-17"], [1.0], "SPX"))


@needs_shared
def test_the_fortnight_of_the_origin_note():
    """Level correlation of NQ and ZN over ten sessions to 2025-01-17: 0.870, without the half session 0.882."""
    a, b = (replace(shared_bars(name, "2025-01-17"), instrument=find(name), market=name) for name in ("NQ", "ZN"))
    ten = pair(a, b).last(10)
    assert [str(each.session) for each in ten.unequal] == ["2025-01-09"]
    x, y = a.close[ten.at_a], b.close[ten.at_b]
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(0.870, abs=5e-4)
    # Without it a tenth session is taken from before.
    eleven = pair(a, b).last(11)
    equal = eleven.is_equal
    assert np.corrcoef(a.close[eleven.at_a][equal], b.close[eleven.at_b][equal])[0, 1] == pytest.approx(0.882, abs=5e-3)


@needs_shared
def test_bond_holidays_are_missing_from_one_side():
    a, b = (replace(shared_bars(name, "2025-01-17"), instrument=find(name), market=name) for name in ("NQ", "DGS10"))
    found = {str(each.session): each for each in pair(a, b).unequal}
    assert (found["2024-11-11"].kind, found["2024-11-11"].market, found["2024-11-11"].note) == (
        "missing",
        "DGS10",
        "holiday: Veterans Day",
    )
