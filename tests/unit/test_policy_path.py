"""The policy path by CME's method: its worked example, its published figures, and strips whose answer is known."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import RejectedData
from crosscurrent.intermarket.meetings import calendar_as_of
from crosscurrent.intermarket.policy_path import distribution, implied_rates, meeting_odds, segment_rates, target_range
from crosscurrent.intermarket.rates import contract_month, fed_funds_path, rates, strip_as_of
from snapshots import shared_snapshot, shared_table
from strategies import needs_shared


def day(text):
    return np.datetime64(text)


def strip_of(meetings, path, months, in_force="day_after"):
    """Return the average rate of each month of a path that changes at each meeting, by walking through its days."""
    starts = np.array(meetings) + np.timedelta64(1 if in_force == "day_after" else 0, "D")
    days = {month: np.arange(month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")) for month in months}
    return {m: float(np.asarray(path)[np.searchsorted(starts, d, side="right")].mean()) for m, d in days.items()}


def random_strip(rng):
    """Return meetings six to eight weeks apart, a path and its strip, from a month without a meeting on."""
    first = day("2023-01-01") + rng.integers(0, 28)
    meetings = [
        first + np.timedelta64(int(d), "D")
        for d in np.cumsum(np.concatenate([[31], rng.integers(42, 57, rng.integers(0, 6))]))
    ]
    path = np.concatenate([[rng.uniform(0.1, 8)], rng.normal(0, 0.35, len(meetings))]).cumsum()
    months = np.arange(np.datetime64(meetings[0], "M") - 1, np.datetime64(meetings[-1], "M") + 2)
    return meetings, path, strip_of(meetings, path, months)


def test_cme_worked_example():
    averages = implied_rates({day("2015-08"): 99.8675, day("2015-09"): 99.805})
    segments = segment_rates(averages, [day("2015-09-17")], in_force="decision_day")
    [odds] = meeting_odds(segments, day("2015-08-20"))
    assert 100 * odds.probabilities["0.25-0.50"] == pytest.approx(53.57, abs=0.05)
    assert 100 * odds.hike == pytest.approx(53.57, abs=0.05)


@needs_shared
def test_7_april_2023():
    found = fed_funds_path(
        shared_table("ZQ_contracts", "date"), shared_table("FOMC_dates", "decision_date"), day("2023-04-07")
    )
    first = found.meetings[0]
    assert str(first.date) == "2023-05-03" and 100 * first.probabilities["5.00-5.25"] == pytest.approx(70.9, abs=0.3)
    assert found.year_ends[0].year == 2023 and found.year_ends[0].implied_rate == pytest.approx(4.445)
    for row in found.meetings:
        assert sum(row.probabilities.values()) == pytest.approx(1, abs=1e-12)


@needs_shared
def test_the_document_of_rates():
    snapshot = shared_snapshot("2023-04-07", "DGS2", "DGS10", "DFF")
    tables = {
        "contracts": shared_table("ZQ_contracts", "date"),
        "meetings": shared_table("FOMC_dates", "decision_date"),
    }
    told = rates(snapshot, ["DGS2", "DGS10", "DGS30"], **tables).to_json()
    assert set(told["changes"][0]) >= {
        "market",
        "unit",
        "period",
        "change_bp",
        "from",
        "to",
        "rank",
        "percentile",
        "largest_since",
    }
    assert set(told["path"][0]) >= {"date", "implied_rate", "cuts_bp"}
    assert set(told["meetings"][0]) >= {"date", "probabilities", "expected_rate", "reason"}
    assert any("DGS30" in gap for gap in told["gaps"])
    json.dumps(told, allow_nan=False)


@needs_shared
def test_an_implied_rate_stands_in_where_contracts_are_missing():
    snapshot = shared_snapshot("2025-01-17", "FED_DEC25_IMPLIED", "DFF")
    told = rates(snapshot, ["FED_DEC25_IMPLIED"], implied=["FED_DEC25_IMPLIED"])
    [point] = told.path
    assert str(point.date) == "2025-12-31" and point.cuts_bp == pytest.approx(100 * (4.33 - 3.9951))
    [week] = [row for row in told.changes if row.period == "1w"]
    assert round(week.change, 2) == -12 and str(week.largest_since) == "2024-11-29"
    assert any("no fed funds futures" in gap for gap in told.gaps)


@needs_shared
def test_a_path_by_quarters_stands_in_too():
    snapshot = shared_snapshot("2025-01-17", "DFF")
    table = shared_table("FED_MPT", "date", "reference_quarter_start")
    told = rates(snapshot, [], implied_path=table)
    assert [str(point.date) for point in told.path[:4]] == ["2025-03-19", "2025-06-18", "2025-09-17", "2025-12-17"]
    assert told.path[3].implied_rate == pytest.approx(3.9951)


def test_ten_thousand_random_strips():
    rng = np.random.default_rng(0)
    for _ in range(10_000):
        meetings, path, averages = random_strip(rng)
        segments = segment_rates(averages, meetings)
        assert np.allclose(segments.rates, path, rtol=0, atol=1e-9)
        for row, rate in zip(meeting_odds(segments, day("2023-01-01")), path[1:], strict=True):
            assert abs(sum(row.probabilities.values()) - 1) < 1e-12
            mean = sum(p * float(name[: name.index("-", 1)]) for name, p in row.probabilities.items())
            offset = path[0] - target_range(path[0])
            assert abs(mean + offset - rate) < 1e-9 and abs(row.expected_rate - rate) < 1e-9


@given(st.floats(-20, 20))
def test_steps_are_the_two_nearest_and_keep_their_mean(steps):
    found = distribution(steps)
    assert sum(found.values()) == pytest.approx(1, abs=1e-15) and all(p >= 0 for p in found.values())
    assert sum(k * p for k, p in found.items()) == pytest.approx(steps, abs=1e-12)
    assert max(found) - min(found) <= 1


def test_a_missing_contract_stops_the_odds_and_says_why():
    meetings = [day("2023-02-01"), day("2023-03-22"), day("2023-05-03"), day("2023-06-14")]
    path = [4.33, 4.58, 4.83, 5.08, 5.08]
    months = [m for m in np.arange(day("2023-01"), day("2023-08")) if str(m) not in ("2023-05", "2023-06")]
    rows = meeting_odds(segment_rates(strip_of(meetings, path, months), meetings), day("2023-01-15"))
    assert rows[0].reason is None and rows[1].reason is None
    assert rows[2].probabilities is None and "not computable" in rows[2].reason and "2023-05" in rows[2].reason
    assert rows[3].probabilities is None and rows[3].expected_rate == pytest.approx(5.08)
    json.dumps([row.to_json() for row in rows], allow_nan=False)


def test_the_rate_today_anchors_a_strip_that_starts_with_a_meeting():
    meetings = [day("2023-05-03")]
    averages = strip_of(meetings, [4.83, 5.08], [day("2023-05")])
    assert np.isnan(segment_rates(averages, meetings).rates).all()
    assert segment_rates(averages, meetings, now=4.83).rates == pytest.approx((4.83, 5.08))


def test_a_late_meeting_is_solved_backward():
    """Of 31 days one is after the meeting: solved forward, a hundredth in the price would be a third of a point in the rate."""
    meetings = [day("2023-05-30")]
    averages = strip_of(meetings, [4.83, 5.08], [day("2023-04"), day("2023-05"), day("2023-06")])
    averages[day("2023-05")] += 0.01
    assert segment_rates(averages, meetings).rates == pytest.approx((4.83, 5.08))


def test_two_meetings_in_one_month():
    meetings = [day("2020-03-03"), day("2020-03-15")]
    path = [1.58, 1.08, 0.08]
    averages = strip_of(meetings, path, np.arange(day("2020-02"), day("2020-05")))
    assert segment_rates(averages, meetings).rates == pytest.approx(path)


def test_rates_below_zero_have_ranges_too():
    segments = segment_rates({day("2020-04"): 0.05, day("2020-06"): -0.20}, [day("2020-05-01")])
    [row] = meeting_odds(segments, day("2020-04-15"))
    assert row.probabilities == {"-0.25-0.00": pytest.approx(1.0)}


def contracts(*rows):
    table = pd.DataFrame(rows, columns=["contract", "date", "close"])
    table["date"] = pd.to_datetime(table["date"])
    return table


def test_the_strip_never_looks_ahead_and_takes_no_stale_price():
    table = contracts(
        ("ZQK23", "2023-04-06", 95.07), ("ZQK23", "2023-04-10", 94.0), ("ZQM23", "2023-03-01", 95.0), ("ZQN23", "2023-04-07", np.nan),
        ("ZQH23", "2023-03-31", 95.35), ("ZQG23", "2023-02-28", 95.4),
    )  # fmt: skip
    assert strip_as_of(table, day("2023-04-07")) == {day("2023-05"): 95.07, day("2023-03"): 95.35}


def test_a_contract_code_that_is_none_is_rejected():
    assert contract_month("ZQK23") == contract_month("ZQK2023") == day("2023-05")
    with pytest.raises(RejectedData, match="ZQ1!"):
        contract_month("ZQ1!")


def test_a_table_without_its_columns_is_rejected():
    with pytest.raises(RejectedData, match="close"):
        fed_funds_path(contracts().drop(columns="close"), [day("2023-05-03")], day("2023-04-07"))


def test_no_contracts_is_a_gap_not_a_crash():
    found = fed_funds_path(contracts(), [day("2023-05-03"), day("2023-06-14"), day("2023-07-26")], day("2023-04-07"))
    assert found.path == () and all(row.reason for row in found.meetings) and found.gaps


def meetings_table(*rows):
    table = pd.DataFrame(rows, columns=["decision_date", "meeting_type"])
    table["decision_date"] = pd.to_datetime(table["decision_date"])
    return table


@needs_shared
def test_nobody_knew_of_march_2020_beforehand():
    table = shared_table("FOMC_dates", "decision_date")
    before = calendar_as_of(table, day("2020-02-28"))
    assert [str(m) for m in before.ahead[:2]] == ["2020-03-18", "2020-04-29"]
    after = calendar_as_of(table, day("2020-03-16"))
    assert [str(m) for m in after.past[-2:]] == ["2020-03-03", "2020-03-15"] and str(after.ahead[0]) == "2020-04-29"


def test_an_unscheduled_meeting_is_known_when_it_is_held():
    table = meetings_table(("2025-07-30", "regular"), ("2025-08-22", "notation_vote"), ("2025-09-17", "regular"))
    assert [str(m) for m in calendar_as_of(table, day("2025-08-21")).ahead] == ["2025-09-17"]
    assert [str(m) for m in calendar_as_of(table, day("2025-08-22")).past] == ["2025-07-30", "2025-08-22"]


def test_a_year_is_known_from_the_publication_of_its_calendar():
    table = meetings_table(("2026-01-28", "regular"), ("2026-03-18", "regular"))
    assert calendar_as_of(table, day("2024-08-08")).ahead == ()
    assert len(calendar_as_of(table, day("2024-08-09")).ahead) == 2
    table["announced"] = pd.to_datetime(["2023-01-01", "2025-01-01"])
    assert len(calendar_as_of(table, day("2023-06-01")).ahead) == 1


def test_a_list_that_runs_out_warns():
    two, three = ([day(f"2027-{month}-08") for month in months] for months in (("10", "12"), ("09", "10", "12")))
    assert (
        "runs out" in calendar_as_of(two, day("2027-09-01")).warning
        and "2027-12-08" in calendar_as_of(two, day("2027-09-01")).warning
    )
    assert calendar_as_of(three, day("2027-09-01")).warning is None
    assert "none is known" in calendar_as_of([], day("2027-09-01")).warning
