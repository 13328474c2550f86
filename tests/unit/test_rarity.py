"""How rare a move is, on the definitions that the documents print."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rarity import move_of, period_ends, rarity
from snapshots import shared_snapshot
from strategies import needs_shared

FRIDAY = np.datetime64("2025-01-17")


def weekdays(n, start="2020-01-06"):
    return np.busday_offset(np.datetime64(start), np.arange(n))


def move(closes, period="1d", unit="pct", sessions=None, **more):
    closes = np.asarray(closes, float)
    return move_of(
        "M",
        weekdays(len(closes)) if sessions is None else sessions,
        closes,
        np.zeros(len(closes)),
        period,
        unit=unit,
        **more,
    )


@needs_shared
@pytest.mark.parametrize(
    ("market", "change", "since"),
    [
        ("DGS10", -16, "2024-11-29"), ("DGS30", -12, "2024-11-29"), ("DGS2", -13, "2024-11-29"),
        ("FED_DEC25_IMPLIED", -12, "2024-11-29"), ("SPX", 2.91, "2024-11-08"), ("NDX", 2.85, "2024-12-06"),
        ("RUT", 3.96, "2024-11-22"),
    ],
)  # fmt: skip
def test_the_week_of_the_origin_note(market, change, since):
    [found] = rarity(shared_snapshot("2025-01-17", market), market, ["1w"])
    assert round(found.change, 2) == change
    assert str(found.largest_since) == since and found.is_complete
    assert (str(found.start), str(found.end)) == ("2025-01-10", "2025-01-17")


@needs_shared
def test_a_roll_artefact_is_told_and_not_believed():
    [found] = rarity(shared_snapshot("2025-01-17", "NQ", "NDX"), "NQ", ["1w"])
    assert str(found.largest_since) == "2024-12-06" and found.basis == "adjusted"
    assert str(found.raw.largest_since) == "2024-12-27"
    assert found.to_json()["unadjusted"]["largest_since"] == "2024-12-27"


def test_ranks_count_moves_of_the_same_direction():
    found = move([100, 110, 99, 104, 100, 102])  # +10, -10, +5.05, -3.8, +2
    assert (found.rank, found.periods, str(found.largest_since)) == (3, 5, str(weekdays(6)[3]))
    assert found.percentile == pytest.approx(2 / 4)


def test_an_equal_move_counts_as_as_large():
    found = move([4.61, 4.77, 4.61, 4.70, 4.54], unit="bp")
    assert found.change == -16 and found.rank == 1 and found.largest_since == weekdays(5)[2]


def test_the_largest_on_record_has_no_since():
    found = move([100, 101, 100, 101, 120])
    assert found.rank == 1 and found.largest_since is None and found.percentile == 1.0


def test_no_change_has_no_rank():
    found = move([100, 101, 101])
    assert (found.change, found.rank, found.percentile, found.largest_since, found.streak) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_weeks_end_on_friday_or_the_last_session():
    days = np.array(["2024-03-28", "2024-04-01", "2024-04-05", "2024-04-06", "2024-04-08"], "datetime64[D]")
    # Good Friday's week ends on Thursday; a Saturday belongs to the week after.
    assert list(days[period_ends(days, "1w")]) == [days[0], days[2], days[4]]


def test_a_running_week_says_so():
    days = weekdays(8)  # Monday the 6th to Wednesday the 15th
    running, over = (
        move(np.arange(1.0, 9.0), "1w", sessions=days, as_of=day) for day in (days[-1], np.datetime64("2020-01-17"))
    )
    assert not running.is_complete and over.is_complete
    assert running.start == days[4] and running.end == days[7]


def test_a_hole_in_the_data_is_not_one_long_week():
    days = np.array(["2020-01-03", "2020-01-10", "2020-03-06", "2020-03-13"], "datetime64[D]")
    found = move([1.0, 2.0, 50.0, 60.0], "1w", sessions=days)
    assert found.periods == 2 and found.change == pytest.approx(20)


def test_months_are_calendar_months():
    days = np.array(["2020-01-31", "2020-02-28", "2020-03-31"], "datetime64[D]")
    found = move([100, 110, 99], "1mo", sessions=days)
    assert (found.change, found.start, found.end) == (-10, days[1], days[2])


def test_streaks():
    found = move([1, 2, 3, 4, 3, 4, 5, 6])
    assert found.streak.length == 3 and found.streak.longest_since == weekdays(8)[3]


def test_volatility_is_that_before_the_move():
    quiet_then_wild = np.concatenate([np.full(200, 0.1), np.full(100, 5.0)]) * np.tile([1, -1], 150)
    closes = 1000 + np.cumsum(quiet_then_wild)
    calm = move(np.append(closes[:200], closes[199] + 1.0))
    wild = move(np.append(closes, closes[-1] + 1.0))
    assert calm.volatility_percentile == 1.0 and wild.volatility_percentile < 1.0


def test_prices_below_zero_have_no_per_cent():
    found = move([10.0, -37.0, 9.0])
    assert found.change is None and found.rank is None
    json.dumps(found.to_json(), allow_nan=False)


def test_adjusted_changes_are_of_the_contract_then_current():
    found = move_of("F", weekdays(2), np.array([100.0, 101.0]), np.array([0.0, 9.0]), "1d")
    assert found.change == pytest.approx(100 / 109)


@pytest.mark.parametrize("n", [0, 1])
def test_one_observation_is_no_change(n):
    assert move(np.ones(n)) is None


@pytest.mark.parametrize("period", ["0d", "1y", "", "w"])
def test_an_unknown_period_is_refused(period):
    with pytest.raises(RequestError, match="no period"):
        move([1, 2, 3], period)


@given(st.lists(st.floats(50, 200), min_size=3, max_size=60), st.sampled_from(["1d", "2d", "1w"]))
def test_mirrored_yields_mirror_ranks(closes, period):
    """A fall is to falls what a rise is to rises."""
    found, mirrored = move(closes, period, "bp"), move(-np.array(closes), period, "bp")
    if found is None:
        assert mirrored is None
        return
    assert found.change == pytest.approx(-mirrored.change)
    assert (found.rank, found.largest_since, found.percentile) == (
        mirrored.rank,
        mirrored.largest_since,
        mirrored.percentile,
    )


@given(st.integers(0, 1000))
def test_what_comes_later_changes_nothing(seed):
    closes = 100 + np.cumsum(np.random.default_rng(seed).standard_normal(120))
    early = move(closes[:80], "1w", sessions=weekdays(80))
    again = move(closes.copy()[:80], "1w", sessions=weekdays(120)[:80])
    assert early.to_json() == again.to_json()
