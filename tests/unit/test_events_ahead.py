"""What stands in the calendar before a trade expires speaks against it; what nobody could know does not."""

import numpy as np
import pandas as pd
import pytest

from crosscurrent.evidence.events_ahead import DECISION, Scheduled, events_ahead, scheduled
from snapshots import shared_table
from strategies import needs_shared

DAY = np.datetime64("2025-01-17")


def rows(*events):
    return pd.DataFrame(
        [{"date_et": day, "time_et": "08:30", "importance": weight, "event": event, "actual": "", "forecast": ""} for day, event, weight in events]
    )  # fmt: skip


CPI = rows(("2024-12-11", "CPI (MoM) (Nov)", "High"), ("2025-01-28", "CPI (MoM) (Jan)", "High"))


def names(*args, **more):
    return [(str(one.day), one.name) for one in scheduled(*args, **more)]


def test_what_recurs_was_scheduled():
    assert names(DAY, CPI) == [("2025-01-28", "CPI")]


def test_what_was_never_released_before_is_not_known_beforehand():
    assert names(DAY, CPI.tail(1)) == []


@pytest.mark.parametrize("event", ["Fed Chair Powell Speaks", "10-Year Note Auction"])
def test_speeches_and_auctions_are_left_out(event):
    assert names(DAY, rows(("2025-01-02", event, "High"), ("2025-01-22", event, "High"))) == []


def test_what_comes_every_week_makes_no_day_special():
    weekly = [(str(DAY + np.timedelta64(7 * k, "D")), "Initial Jobless Claims", "High") for k in range(-60, 4)]
    assert names(DAY, rows(*weekly)) == []


def test_low_importance_is_left_out():
    assert names(DAY, rows(("2025-01-02", "CPI", "Low"), ("2025-01-22", "CPI", "Low"))) == []


def meetings(*days, kind="regular"):
    return pd.DataFrame({"decision_date": pd.to_datetime(list(days)), "meeting_type": kind})


def test_a_meeting_on_the_calendar_counts_and_one_that_was_called_does_not():
    table = pd.concat([meetings("2020-01-29", "2020-03-18"), meetings("2020-03-03", "2020-03-15", kind="unscheduled")])
    assert names(np.datetime64("2020-02-28"), meetings=table) == [("2020-03-18", DECISION)]


def test_parts_of_a_meeting_are_the_meeting_and_need_it():
    decision = rows(
        ("2024-12-18", "Fed Interest Rate Decision", "High"), ("2025-01-29", "Fed Interest Rate Decision", "High")
    )
    assert names(DAY, decision) == [("2025-01-29", DECISION)]
    assert names(DAY, decision, meetings("2024-12-18", "2025-01-29")) == [("2025-01-29", DECISION)]
    assert names(DAY, decision, meetings("2024-12-18", "2025-03-19")) == [("2025-03-19", DECISION)]


def test_only_days_until_the_expiry_speak_and_they_speak_against_both_sides():
    days = [Scheduled(DAY + np.timedelta64(k, "D"), DECISION) for k in (0, 1, 5, 6)]
    found = events_ahead("NQ", DAY, DAY + np.timedelta64(5, "D"), days)
    assert [str(e.session) for e in found] == ["2025-01-18", "2025-01-22"]
    assert {e.direction for e in found} == {"neutral"}
    assert all(e.points == 0 for e in found)


def test_a_day_is_told_once_with_its_weightiest_first():
    days = [Scheduled(DAY + np.timedelta64(1, "D"), name) for name in (DECISION, "CPI", "GDP")]
    (found,) = events_ahead("NQ", DAY, DAY + np.timedelta64(3, "D"), days)
    assert found.why == "FOMC decision, CPI and 1 more on 18 January 2025"


@needs_shared
def test_in_the_origin_week_the_decision_of_the_29th_lay_ahead():
    found = names(DAY, shared_table("EVENTS_US", "date_et"), shared_table("FOMC_dates", "decision_date"))
    assert ("2025-01-29", DECISION) in found
    assert not any(name.endswith(("Speaks", "Auction")) for _, name in found)


@needs_shared
def test_on_the_eve_of_the_emergency_cut_nobody_knew_of_it():
    found = names(np.datetime64("2020-02-28"), None, shared_table("FOMC_dates", "decision_date"))
    assert found[0] == ("2020-03-18", DECISION)
