"""Weeks and months: made of whole sessions, unfinished until their last one, right across rolls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.bars import adjusted, change_over, checked_bars, daily, monthly, weekly
from crosscurrent.errors import BrokenRule
from crosscurrent.markets import find
from crosscurrent.sources.files import Files
from strategies import SHARED, bars_of, needs_shared, random_bars, shared_bars, shared_frame


def on_days(days, close, symbol="NQ", high=None):
    n = len(days)
    bars = bars_of(close, high or close, close, close, np.arange(1.0, n + 1), instrument=find(symbol), market=symbol)
    return replace(bars, session=np.array(days, "datetime64[D]"))


def test_a_week_is_its_sessions():
    days = ["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-09", "2025-01-10", "2025-01-13", "2025-01-14"]
    bars = on_days(days, [1.0, 5.0, 2.0, 3.0, 4.0, 7.0, 6.0])
    week = weekly(bars)
    assert list(week.session.astype(str)) == ["2025-01-10", "2025-01-14"]
    assert (week.open[0], week.high[0], week.low[0], week.close[0], week.volume[0]) == (1.0, 5.0, 1.0, 4.0, 15.0)
    assert (week.interval, week.is_complete, week.closed_at[0]) == ("1w", False, bars.closed_at[4])


@pytest.mark.parametrize(("last", "symbol", "is_complete"), [
    ("2025-01-17", "NQ", True), ("2025-01-16", "NQ", False), ("2025-04-17", "NQ", True), ("2025-04-17", "EURUSD", False),
    ("2025-07-03", "SPX", True), ("2025-07-03", "BTCUSD", False), ("2025-07-06", "BTCUSD", True), ("2025-01-09", "DGS10", False),
    ("2001-09-10", "SPX", False), ("1985-09-26", "SPX", False), ("2004-06-10", "SPX", True),
])  # fmt: skip
def test_a_week_is_over_when_no_session_is_left(last, symbol, is_complete):
    """Good Friday and Independence Day end the week a day early, by the exchange's own calendar; crypto trades to Sunday.

    What nobody foresaw (the attacks of 2001, a hurricane) ends no week before it happened; a day of mourning is announced.
    """
    assert weekly(on_days([last], [1.0], symbol)).is_complete == is_complete


@pytest.mark.parametrize(
    ("last", "is_complete"), [("2025-01-31", True), ("2025-01-30", False), ("2024-03-28", True), ("2025-02-28", True)]
)
def test_a_month_is_over_when_no_session_is_left(last, is_complete):
    month = monthly(on_days([last], [1.0]))
    assert (month.interval, month.is_complete) == ("1mo", is_complete)


def test_months_end_on_their_last_session():
    bars = random_bars(3, 300, start="2024-01-02")
    months = monthly(bars)
    assert len(months) == len(np.unique(bars.session.astype("datetime64[M]")))
    np.testing.assert_array_equal(months.close[:-1], [
        bars.close[bars.session.astype("datetime64[M]") == m][-1] for m in np.unique(bars.session.astype("datetime64[M]"))[:-1]
    ])  # fmt: skip


def test_a_volume_that_is_unknown_on_one_day_is_unknown_for_the_week():
    bars = replace(
        on_days(["2025-01-06", "2025-01-07", "2025-01-13"], [1.0, 2.0, 3.0]), volume=np.array([1.0, np.nan, 2.0])
    )
    np.testing.assert_array_equal(weekly(bars).volume, [np.nan, 2.0])


def test_only_days_make_weeks_and_nothing_makes_nothing():
    with pytest.raises(BrokenRule):
        weekly(weekly(random_bars(1, 30)))
    assert len(weekly(random_bars(1, 30).first(0))) == 0


@given(st.integers(0, 100), st.integers(1, 119))
def test_finished_weeks_never_change(seed, cut):
    bars = random_bars(seed, 120, start="2024-01-02")
    whole, part = weekly(bars), weekly(bars.first(cut))
    finished = len(part) if part.is_complete else len(part) - 1
    for column in ("open", "high", "low", "close", "session"):
        np.testing.assert_array_equal(getattr(part, column)[:finished], getattr(whole, column)[:finished])


def hours(start, n):
    """Return n hourly bars of NQ from a moment (UTC), each closing one point higher."""
    moments = np.datetime64(start, "s") + np.arange(n) * np.timedelta64(1, "h")
    close = 100.0 + np.arange(n)
    table = {"session": moments, "open": close - 1, "high": close + 1, "low": close - 2, "close": close}
    return checked_bars("NQ", find("NQ"), table, "1h")


def test_days_are_made_by_trade_date():
    """Thursday 17:00 Chicago time opens Friday the 17th; Sunday 17:00 to Monday noon belongs to Tuesday the 21st."""
    friday = daily(hours("2025-01-16T23:00:00", 23))
    assert (list(friday.session.astype(str)), friday.open[0], friday.close[0], friday.is_complete) == (
        ["2025-01-17"],
        99.0,
        122.0,
        True,
    )
    assert friday.closed_at[0] == np.datetime64("2025-01-17T22:00:00")
    tuesday = daily(hours("2025-01-19T23:00:00", 30))
    assert (list(tuesday.session.astype(str)), tuesday.is_complete) == (["2025-01-21"], False)
    with pytest.raises(BrokenRule):
        daily(random_bars(1, 10))
    with pytest.raises(BrokenRule):
        weekly(hours("2025-01-16T23:00:00", 23))


@needs_shared
def test_real_hours_make_the_real_days():
    """Highs and lows of hours, grouped by trade date, are those of the daily file: half sessions, merged days and summer time included."""
    frame = pd.read_csv(SHARED / "NQ_1h.csv")
    table = {"session": frame["datetime"].str.rstrip("Z").to_numpy(str)} | {
        c: frame[c].to_numpy() for c in ("open", "high", "low", "close")
    }
    made, kept = daily(checked_bars("NQ", find("NQ"), table, "1h")), shared_bars("NQ")
    for label in (
        "2025-01-08",
        "2025-01-09",
        "2025-01-10",
        "2025-01-17",
        "2025-01-21",
        "2025-03-10",
        "2024-11-04",
        "2024-11-29",
    ):
        mine, theirs = made.index_of(np.datetime64(label)), kept.index_of(np.datetime64(label))
        assert str(made.session[mine]) == str(kept.session[theirs]) == label
        assert (made.high[mine], made.low[mine]) == (kept.high[theirs], kept.low[theirs]), label


EXCEPTIONS = {
    "2021-05-24": "the hourly file begins in the middle of this session, at 17:00 UTC",
    "2025-06-05": "the hourly file ends in the middle of this session, at 17:00 UTC",
    "2023-11-23": "the daily file has a bar of the holiday besides the next day's, which holds its trading too, as the exchange's trade date does",
}
"""The days outside roll weeks on which days made of hours are not those of the daily file, each with its reason."""


@needs_shared
def test_days_of_hours_are_the_days_outside_the_weeks_of_a_roll():
    made, kept = daily(Files(SHARED).bars("NQ", "1h")), shared_frame("NQ")
    days = pd.DatetimeIndex(made.session)
    expiry = pd.date_range("2021-01-01", "2025-12-31", freq="WOM-3FRI")
    rolling = {f.to_period("W") for f in expiry if f.month % 3 == 0}  # the hours roll by volume, the days at expiry
    mine = pd.DataFrame({"high": made.high, "low": made.low}, index=days)
    theirs = kept.loc[days[0] : days[-1], ["high", "low"]]
    both = mine.join(theirs.add_suffix("_kept"), how="outer")
    both = both[[day.to_period("W") not in rolling for day in both.index]]
    differ = both[(both["high"] != both["high_kept"]) | (both["low"] != both["low_kept"])]
    assert {str(day.date()) for day in differ.index} == set(EXCEPTIONS)
    assert len(differ) < 0.01 * len(both)
    assert len(both) > 900


@needs_shared
def test_weeks_across_a_roll_are_on_one_scale():
    """The traded week of the December roll leaps; the adjusted one moves as the index did, in per cent of current prices."""
    bars = replace(shared_bars("NQ", "2025-01-17"), instrument=find("NQ"))
    index = shared_bars("NDX", "2025-01-17")
    weeks = {"traded": weekly(bars), "adjusted": weekly(adjusted(bars, index)), "cash": weekly(index)}
    assert len({len(w) for w in weeks.values()} - {len(weeks["cash"])}) <= 1
    moves = {basis: change_over(week, 1)[week.index_of(np.datetime64("2024-12-27"))] for basis, week in weeks.items()}
    assert moves["traded"] > moves["cash"] + 2
    assert moves["adjusted"] == pytest.approx(moves["cash"], abs=0.4)
    last = weeks["adjusted"].session == np.datetime64("2024-12-27")
    assert weeks["adjusted"].rolled[last][0]
    assert weeks["adjusted"].shift[last][0] == adjusted(bars, index).shift[-1]
