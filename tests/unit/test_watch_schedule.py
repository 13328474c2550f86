"""When the watch looks: after closes, half days and summer time included; quiet hours in their own zone."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.errors import RequestError
from crosscurrent.watch.schedule import Quiet, next_look

EVERY = np.timedelta64(15, "m")


def looks(now: str, n: int = 1, exchanges=("NYSE",)) -> list[str]:
    found, moment = [], np.datetime64(now, "s")
    for _ in range(n):
        moment = next_look(moment, exchanges, EVERY)
        found.append(str(moment))
    return found


def test_the_next_look_is_twenty_minutes_after_the_close():
    assert looks("2025-01-17T15:00:00") == ["2025-01-17T21:20:00"]


def test_a_bar_that_is_due_is_looked_for_again_for_three_hours_and_the_weekend_slept_through():
    found = looks("2025-01-17T15:00:00", 14)
    assert found[1:3] == ["2025-01-17T21:35:00", "2025-01-17T21:50:00"]
    assert found[12:14] == ["2025-01-18T00:20:00", "2025-01-21T21:20:00"]  # Monday is a holiday


def test_half_days_and_summer_time_move_the_look():
    assert looks("2024-11-29T12:00:00") == ["2024-11-29T18:20:00"]
    assert looks("2025-03-07T12:00:00") == ["2025-03-07T21:20:00"]
    assert looks("2025-03-10T12:00:00") == ["2025-03-10T20:20:00"]


def test_several_exchanges_are_each_looked_at_after_their_own_close():
    found = looks("2025-01-17T15:00:00", 30, ("NYSE", "CME_EQUITY"))
    assert "2025-01-17T21:20:00" in found
    assert "2025-01-17T22:20:00" in found


@pytest.mark.parametrize(("moment", "is_quiet"), [
    ("2025-01-18T03:00:00", True), ("2025-01-18T02:59:59", False), ("2025-01-18T11:59:59", True), ("2025-01-18T12:00:00", False),
    ("2025-07-18T02:00:00", True), ("2025-07-18T11:00:00", False),
])  # fmt: skip
def test_quiet_hours_run_over_midnight_and_through_summer_time(moment, is_quiet):
    assert Quiet.parse("22:00-07:00", "America/New_York").holds(np.datetime64(moment)) is is_quiet


def test_quiet_hours_of_one_day_and_what_is_none():
    assert Quiet.parse("12:00-13:00", "UTC").holds(np.datetime64("2025-01-01T12:30:00"))
    assert not Quiet.parse("12:00-13:00", "UTC").holds(np.datetime64("2025-01-01T13:00:00"))
    for text, zone in (("late", "UTC"), ("22-7", "UTC"), ("22:00-07:00", "Nowhere/Land"), ("22:00-25:00", "UTC")):
        with pytest.raises(RequestError, match="22:00-07:00"):
            Quiet.parse(text, zone)
