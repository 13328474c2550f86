"""Intermarket figures against other programs, on real data: pandas, TA-Lib, scipy, and what providers have published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import talib
from scipy import stats

from crosscurrent.intermarket.correlation import correlate, correlation_history
from crosscurrent.intermarket.policy_path import implied_rates
from crosscurrent.intermarket.rarity import rarity
from crosscurrent.intermarket.rates import fed_funds_path, strip_as_of
from snapshots import shared_snapshot, shared_table
from strategies import needs_shared, shared_frame

pytestmark = needs_shared


def side_by_side(*markets):
    """Return the common closes of some markets."""
    closes = {market: shared_frame(market)["close"] for market in markets}
    return pd.concat(closes, axis=1, join="inner", sort=True).loc[:"2025-01-17"]


@pytest.mark.parametrize("window", [10, 60, 250])
def test_rolling_levels_are_those_of_pandas_and_talib(window):
    found = correlation_history(shared_snapshot("2025-01-17", "SPX", "VIX"), "SPX", "VIX", window)
    joined = side_by_side("SPX", "VIX")
    a, b = joined["SPX"], joined["VIX"]
    by_talib = talib.CORREL(a.to_numpy(), b.to_numpy(), window)
    assert np.allclose(found.levels[window - 1 :], a.rolling(window).corr(b).to_numpy()[window - 1 :], atol=1e-7)
    assert np.allclose(found.levels[window - 1 :], by_talib[window - 1 :], atol=1e-7)


def test_spearman_is_that_of_scipy():
    snapshot = shared_snapshot("2025-01-17", "SPX", "VIX")
    found = correlate(snapshot, "SPX", "VIX", 30, method="spearman")
    joined = side_by_side("SPX", "VIX")
    expected = stats.spearmanr(joined["SPX"].pct_change()[-30:], joined["VIX"].pct_change()[-30:]).statistic
    assert found.changes.value == pytest.approx(expected)


def weekly_by_pandas(market, friday, unit):
    """Return the week's change and since when it is the largest, by resampling and a plain search."""
    closes = shared_frame(market)["close"].loc[:friday]
    last = closes.groupby(closes.index.to_period("W-FRI")).agg(["last", lambda week: week.index[-1]])
    levels, ends = last.iloc[:, 0].astype(float), last.iloc[:, 1]
    changes = 100 * levels.diff() if unit == "bp" else 100 * levels.pct_change()
    now, before = changes.iloc[-1], changes.iloc[1:-1]
    reached = before[before >= now - 1e-7] if now > 0 else before[before <= now + 1e-7]
    return now, (str(ends[reached.index[-1]].date()) if len(reached) else None)


@pytest.mark.parametrize(
    ("market", "unit"), [("DGS10", "bp"), ("DGS2", "bp"), ("SPX", "pct"), ("RUT", "pct"), ("VIX", "pct")]
)
def test_weeks_are_those_of_pandas(market, unit):
    """Fifty Fridays, spread over the years; weeks that only one of the two programs knows (a hole in the data) do not occur."""
    for friday in pd.date_range("2004-01-02", "2025-01-17", freq="W-FRI")[::22]:
        [found] = rarity(shared_snapshot(str(friday.date()), market), market, ["1w"])
        change, since = weekly_by_pandas(market, friday, unit)
        if abs(change) < 1e-6:
            continue
        assert found.change == pytest.approx(change, abs=1e-6)
        assert (None if found.largest_since is None else str(found.largest_since)) == since


@pytest.mark.parametrize("day", ["2016-06-24", "2018-12-20", "2019-07-05", "2022-03-11", "2023-04-07", "2024-09-06"])
def test_a_month_without_a_meeting_is_the_rate_after_the_one_before(day):
    """The anchors of the published method; and the odds of every meeting add up, on strips as they were quoted."""
    contracts, meetings = shared_table("ZQ_contracts", "date"), shared_table("FOMC_dates", "decision_date")
    as_of = np.datetime64(day)
    found = fed_funds_path(contracts, meetings, as_of)
    averages = implied_rates(strip_as_of(contracts, as_of))
    rows = [row for row in found.meetings if row.reason is None]
    assert len(rows) >= 2
    for row in rows:
        after = row.date.astype("datetime64[M]") + 1
        if after in averages and not any(other.date.astype("datetime64[M]") == after for other in found.meetings):
            assert row.expected_rate == pytest.approx(averages[after], abs=1e-9)
        assert sum(row.probabilities.values()) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("day", "meeting", "least"),
    [("2022-06-14", "2022-06-15", 0.9), ("2019-07-30", "2019-07-31", 0.9), ("2015-12-15", "2015-12-16", 0.7)],
)
def test_on_the_eve_the_futures_knew_the_way(day, meeting, least):
    """Hikes of June 2022 and December 2015 and the cut of July 2019 were priced in the day before."""
    found = fed_funds_path(
        shared_table("ZQ_contracts", "date"), shared_table("FOMC_dates", "decision_date"), np.datetime64(day)
    )
    first = found.meetings[0]
    assert str(first.date) == meeting and max(first.hike, first.cut) >= least
    assert (first.cut > first.hike) == (meeting == "2019-07-31")
