"""Each rule by which a setup is followed, drawn bar by bar; and no later bar changes an end."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.evaluate.ledger.following import follow
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Entry, Invalidation, Setup, Target
from strategies import bars_of, random_bars

QUIET = (99.0, 99.5, 98.5, 99.0)


def long(bars, condition="close_above", expiry=3, **more):
    return Setup(
        "TOY", "breakout", "long", bars.session[0], Entry(100.0, condition, "a line"), 98.0,
        (Target(102.0, "a", 1.0), Target(106.0, "b", 3.0)), Invalidation(97.0, "close_below", "an average"),
        np.busday_offset(bars.session[0], expiry), **more,
    )  # fmt: skip


def drawn(*rows):
    return bars_of(*np.array([QUIET, *rows], float).T)


def ended(*rows, condition="close_above", expiry=3, **more) -> Outcome:
    bars = drawn(*rows)
    return follow(long(bars, condition, expiry), bars, costs=0.0, **more)


FILL = (99.0, 101.0, 98.5, 101.0)  # closes above the entry: filled at 101


@pytest.mark.parametrize(
    ("rows", "status", "reached", "r"),
    [
        ([FILL, (101, 101.5, 97.9, 98.5)], "stopped", 0, -1.5),
        ([FILL, (97.5, 98, 97, 97.8)], "stopped", 0, -1.75),  # opens beyond the stop
        ([FILL, (101, 106.0, 100, 105)], "target", 2, (0.5 + 2.5) / 2),
        ([FILL, (107, 108, 106, 107)], "target", 2, 3.0),  # opens beyond both targets
        ([FILL, (101, 102.5, 100, 102), (102, 103, 97, 97)], "stopped", 1, (0.5 - 1.5) / 2),
        ([FILL, *[(101, 101.5, 100.5, 101.2)] * 3], "expired", 0, 0.1),
    ],
)  # fmt: skip
def test_a_filled_trade_ends_by_its_rules(rows, status, reached, r):
    outcome = ended(*rows)
    assert (outcome.status, outcome.targets_reached, outcome.fill) == (status, reached, 101.0)
    assert outcome.r == pytest.approx(r)
    assert not outcome.same_bar


def test_in_one_bar_the_stop_comes_before_the_target_and_is_flagged():
    outcome = ended(FILL, (101, 103, 97.5, 102))
    assert (outcome.status, outcome.targets_reached, outcome.same_bar) == ("stopped", 0, True)


def test_a_target_met_at_the_open_stays_met_when_the_stop_follows():
    outcome = ended(FILL, (102.5, 103, 97.5, 98))
    assert (outcome.status, outcome.targets_reached, outcome.same_bar) == ("stopped", 1, False)


def test_touching_the_entry_is_no_close_beyond_it():
    assert ended((99, 101, 98.5, 100.0)).status == "waiting"


def test_without_a_fill_it_is_never_filled_once_its_last_session_has_closed():
    assert ended(QUIET, QUIET).status == "waiting"
    outcome = ended(QUIET, QUIET, QUIET)
    assert (outcome.status, outcome.r) == ("never_filled", None)
    assert ended(QUIET, QUIET, QUIET, FILL).status == "never_filled"


def test_a_fill_on_the_last_session_has_a_life_of_its_own():
    assert ended(QUIET, QUIET, FILL, (101, 101.5, 100.5, 101)).status == "open"


def test_a_close_that_crosses_the_invalidation_ends_it_before_the_fill():
    assert ended((98, 98.5, 96, 96.5), FILL).status == "invalidated"


def test_a_setup_that_waits_beyond_its_invalidation_is_not_invalidated_by_staying_there():
    bars = bars_of(*np.array([(96, 96.5, 95, 96), (96, 96.5, 95, 95.5), (96, 101, 96, 101)], float).T)
    assert follow(long(bars), bars, costs=0.0).status == "open"


def test_an_invalidation_beyond_the_stop_needs_a_stop_that_was_jumped():
    # The stop lies nearer, so only a trade without one is closed by its invalidation: here the stop is met first, at the open.
    assert ended(FILL, (96, 96.5, 95, 95.5)).status == "stopped"


def test_a_close_beyond_the_last_target_leaves_nothing_to_take():
    assert ended((99, 108, 98.5, 107.0)).status == "never_filled"


def test_a_fill_beyond_the_first_target_goes_for_the_second():
    outcome = ended((99, 104, 98.5, 103.0), (103, 106.5, 102, 106))
    assert (outcome.status, outcome.targets_reached) == ("target", 2)
    assert outcome.r == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("condition", "bar", "fill"),
    [
        ("trade_above", (99, 100.5, 98.5, 99.5), 100.0),
        ("trade_above", (101, 101.5, 100.5, 101), 101.0),
        ("retest_from_above", (101, 101.5, 99.5, 100.5), 100.0),
        ("retest_from_above", (99.5, 101, 99, 100.5), 99.5),
    ],
)
def test_orders_fill_at_their_price_or_at_the_open_beyond(condition, bar, fill):
    outcome = ended(bar, condition=condition)
    assert (outcome.status, outcome.fill) == ("open", fill)


def test_a_stop_in_the_bar_of_a_stop_order_counts_and_is_flagged():
    outcome = ended((99, 100.5, 97.5, 100), condition="trade_above")
    assert (outcome.status, outcome.same_bar) == ("stopped", True)


def test_a_limit_order_takes_no_target_from_before_its_fill():
    assert ended((103, 104, 99.5, 100.5), condition="retest_from_above").targets_reached == 0


def test_a_short_is_the_mirror_image():
    rows = [FILL, (101, 102.5, 100, 102), (102, 103, 97, 97)]
    bars = drawn(*rows)
    setup = long(bars)
    mirror = bars_of(*(200 - np.array([bars.open, bars.low, bars.high, bars.close])))
    short = replace(
        setup, side="short", entry=Entry(100.0, "close_below", ""), stop=102.0,
        targets=tuple(replace(t, price=200 - t.price) for t in setup.targets), invalidation=Invalidation(103.0, "close_above", ""),
    )  # fmt: skip
    a, b = follow(setup, bars), follow(short, mirror)
    assert (a.status, a.targets_reached, a.r) == (b.status, b.targets_reached, pytest.approx(b.r))
    assert b.fill == pytest.approx(99.0)


def test_a_roll_moves_no_order():
    rows = [FILL, (101, 101.5, 100, 101), (101, 102.5, 100, 102), (102, 106.5, 101, 106)]
    plain = drawn(*rows)
    gap = np.array([0, 0, 0, 50.0, 50.0])
    rolled = replace(plain, basis="adjusted", shift=gap)
    outcome, flat = follow(long(plain), rolled, costs=0.0), follow(long(plain), plain, costs=0.0)
    assert (outcome.status, outcome.r) == (flat.status, flat.r)
    assert outcome.price == flat.price + 50.0


def test_a_series_restated_by_a_dividend_is_scaled_back():
    bars = drawn(FILL, (101, 106.0, 100, 105))
    halved = bars_of(*(np.array([bars.open, bars.high, bars.low, bars.close]) / 2))
    assert follow(long(bars), halved, costs=0.0, scale=2.0) == follow(long(bars), bars, costs=0.0)


def test_what_had_closed_at_publication_makes_it_after_the_fact():
    bars = drawn(FILL, (101, 106.0, 100, 105))
    assert not follow(long(bars), bars, bars.closed_at[1] - np.timedelta64(1, "s")).after_the_fact
    assert follow(long(bars), bars, bars.closed_at[1]).after_the_fact


def test_costs_are_two_ticks_unless_said():
    bars = drawn(FILL, (101, 106.0, 100, 105))
    assert follow(long(bars), bars).r == pytest.approx(follow(long(bars), bars, costs=0.0).r - 0.02 / 2.0)


def test_nothing_to_follow_is_waiting():
    bars = drawn(FILL)
    assert follow(long(bars), bars.first(1)).status == "waiting"
    assert follow(long(bars), bars.first(0)).status == "waiting"


CONDITIONS = {
    "long": ("close_above", "trade_above", "retest_from_above"),
    "short": ("close_below", "trade_below", "retest_from_below"),
}


@given(st.integers(0, 60), st.sampled_from(["long", "short"]), st.integers(0, 2), st.integers(5, 60))
def test_no_later_bar_changes_an_end(seed, side, order, at):
    bars = random_bars(seed, 90, volatility=0.02)
    sign, base = (1 if side == "long" else -1), float(bars.close[at])
    setup = Setup(
        "TOY", "p", side, bars.session[at], Entry(base * (1 + sign * 0.01), CONDITIONS[side][order], ""), base * (1 - sign * 0.01),
        (Target(base * (1 + sign * 0.03), "", 1.0), Target(base * (1 + sign * 0.06), "", 2.0)),
        Invalidation(base * (1 - sign * 0.02), "close_below" if sign > 0 else "close_above", ""), np.busday_offset(bars.session[at], 8),
    )  # fmt: skip
    whole = follow(setup, bars)
    for n in range(at + 1, len(bars) + 1):
        early = follow(setup, bars.first(n))
        if early.has_ended:
            assert early == whole
            assert early.session <= max(bars.session[n - 1], setup.expiry)
        else:
            assert whole.status != "never_filled" or whole.session >= bars.session[n - 1]
    assert Outcome.from_json(whole.to_json()) == whole
