"""Continuous futures: where the series rolls, how wide the gaps are, and that no later roll changes anything earlier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscurrent.bars import adjusted, returns, roll_bars, rolls, weekly
from crosscurrent.markets import find
from crosscurrent.markets.expiry import expiries, third_friday, treasury_end
from strategies import bars_of, needs_shared, shared_bars, shared_frame

REFERENCES = {"NQ": "NDX", "ES": "SPX", "RTY": "RUT", "ZT": "DGS2", "ZF": "DGS5", "ZN": "DGS10", "ZB": "DGS30"}


def day(text):
    return np.datetime64(text, "D")


def market(name, until=None):
    """Return real bars with their instrument."""
    return replace(shared_bars(name, until), instrument=find(name))


def chain(n=400, carry=0.05, seed=1, start="2021-01-04", wild_settlement=0.0):
    """Return a front index future and its cash index: the basis is the carry to the contract's expiry, known exactly.

    The close of each expiry day is the morning's settlement, `wild_settlement` (a share) away from where the index ends.
    """
    rng = np.random.default_rng(seed)
    cash = 4000 * np.exp(np.cumsum(0.01 * rng.standard_normal(n)))
    index = bars_of(cash, cash, cash, cash, start=start, instrument=find("SPX"), market="SPX")
    ends = expiries("ES", "equity_quarterly", 2020, 2030)
    days = index.session
    end = ends[np.searchsorted(ends, days)]
    price = cash * (1 + carry * (end - days).astype(float) / 365)
    price = np.where(days == end, cash * (1 + wild_settlement), price)
    front = bars_of(price, price * 1.001, price * 0.999, price, start=start, instrument=find("ES"), market="ES")
    return front, index


def test_when_contracts_end():
    assert third_friday(2024, 12) == day("2024-12-20")
    index = expiries("ES", "equity_quarterly", 2008, 2026).astype(str)
    assert {"2008-03-20", "2024-12-20", "2026-06-18"} <= set(index)  # Good Friday and Juneteenth fell on third Fridays
    assert treasury_end("ZN", 2024, 12) == day("2024-12-19")
    assert treasury_end("ZN", 2024, 6) == day("2024-06-18")
    assert treasury_end("ZT", 2024, 12) == day("2024-12-31")
    assert (treasury_end("ZF", 2006, 3), treasury_end("ZF", 2006, 6)) == (day("2006-03-22"), day("2006-06-30"))
    assert len(expiries("CL", "monthly", 2020, 2021)) == 0


def test_an_index_rolls_the_session_after_its_expiry():
    front, _ = chain()
    assert list(front.session[roll_bars(front)].astype(str)) == [
        "2021-03-22", "2021-06-21", "2021-09-20", "2021-12-20", "2022-03-21", "2022-06-20"
    ]  # fmt: skip


def test_the_gap_is_the_change_of_basis():
    front, index = chain()
    for roll in rolls(front, index):
        true = 0.05 * 91 / 365 * index.close[roll.at]
        assert roll.source == "reference"
        assert roll.gap == pytest.approx(true, rel=0.08)


def test_adjusted_returns_are_those_of_the_index_less_the_carry():
    front, index = chain(wild_settlement=0.02)
    moved = returns(adjusted(front, index))[1:]
    assert np.max(np.abs(moved - returns(index)[1:])) < 0.1
    # The counter-example: on traded prices the settlement and the roll are leaps.
    assert np.max(np.abs(returns(front)[1:] - returns(index)[1:])) > 1.5


@given(st.floats(-0.05, 0.05))
def test_the_expiry_days_close_stays_out_of_every_gap(settlement):
    calm, index = chain()
    wild, _ = chain(wild_settlement=settlement)
    assert [roll.gap for roll in rolls(wild, index)] == [roll.gap for roll in rolls(calm, index)]


@settings(max_examples=15)
@given(st.integers(0, 50), st.integers(10, 399))
def test_later_bars_change_nothing_earlier(seed, cut):
    front, index = chain(seed=seed, wild_settlement=0.01)
    whole, part = adjusted(front, index), adjusted(front.first(cut), index.first(cut))
    for column in ("open", "high", "low", "close", "shift", "rolled"):
        np.testing.assert_array_equal(getattr(part, column), getattr(whole, column)[:cut])


def test_a_scale_anchored_at_the_end_would_repaint():
    """The counter-example to the test above: back-adjustment moves the whole past at each roll."""
    front, index = chain()
    anchored = lambda bars: adjusted(bars, index).close + adjusted(bars, index).shift[-1]  # noqa: E731
    assert not np.allclose(anchored(front.first(300)), anchored(front)[:300])


def test_the_first_contract_is_the_anchor_and_shift_leads_back():
    front, index = chain()
    whole = adjusted(front, index)
    first = int(np.argmax(whole.rolled))
    np.testing.assert_array_equal(whole.close[: first - 1], front.close[: first - 1])
    ends = np.isin(front.session, expiries("ES", "equity_quarterly", 2021, 2022))
    np.testing.assert_allclose((whole.close + whole.shift)[~ends], front.close[~ends])
    np.testing.assert_allclose(whole.open + whole.shift, front.open)
    assert np.all(whole.high >= whole.close) and np.all(whole.low <= whole.close)


def test_double_prices_double_gaps():
    front, index = chain()
    twice = [replace(b, **{c: 2 * getattr(b, c) for c in ("open", "high", "low", "close")}) for b in (front, index)]
    np.testing.assert_allclose([r.gap for r in rolls(*twice)], [2 * r.gap for r in rolls(front, index)])


def test_without_a_reference_prices_stay_and_say_so():
    front, _ = chain()
    bare = adjusted(front)
    assert (bare.basis, bare.roll_source) == ("adjusted", "unadjusted")
    np.testing.assert_array_equal(bare.close, front.close)
    assert bare.rolled.sum() == 6 and not bare.shift.any()
    cash = adjusted(bars_of([1.0], [1.0], [1.0], [1.0], instrument=find("SPX")))
    assert (cash.basis, cash.roll_source) == ("adjusted", "none")


def test_a_reference_that_misses_the_day_or_ends_early_gives_way_to_earlier_rolls():
    front, index = chain()
    at = rolls(front, index)[2].at
    keep = np.arange(len(index)) != at
    hole = replace(index, **{c: getattr(index, c)[keep] for c in (
        "open", "high", "low", "close", "volume", "shift", "rolled", "session", "closed_at")})  # fmt: skip
    sources = [roll.source for roll in rolls(front, hole)]
    assert sources == ["reference", "reference", "earlier rolls", "reference", "reference", "reference"]
    early = rolls(front, index.first(at))
    assert [roll.source for roll in early] == ["reference"] * 2 + ["earlier rolls"] * 4
    assert early[-1].gap == pytest.approx(rolls(front, index)[-1].gap, rel=0.2)
    assert [roll.source for roll in rolls(front, index.first(5))] == ["none"] * 6


def test_known_contracts_give_exact_gaps():
    front, index = chain(n=120)
    roll = rolls(front, index)[0]
    new = 1.013 * front.close
    new[roll.at :] = front.close[roll.at :]
    old = front.close.copy()
    old[roll.at :] = np.nan
    flat = lambda c, n: bars_of(c[:n], c[:n], c[:n], c[:n], start="2021-01-04", instrument=find("ES"))  # noqa: E731
    found = rolls(front, index, {"ESH21": flat(old, roll.at), "ESM21": flat(new, 120)})
    assert found[0].source == "contracts"
    assert found[0].gap == pytest.approx(0.013 * front.close[roll.at - 2])
    assert adjusted(front, index, {"ESH21": flat(old, roll.at), "ESM21": flat(new, 120)}).roll_source == "contracts"


def treasury(volume, start="2024-09-02"):
    n = len(volume)
    return bars_of([110.0] * n, [110.2] * n, [109.8] * n, [110.0] * n, volume, start=start, instrument=find("ZN"))


def test_treasuries_roll_after_the_last_trading_day_or_after_a_jump_of_volume_that_lasts():
    volume = np.full(110, 1.5e6)
    plain = treasury(volume)
    assert list(plain.session[roll_bars(plain)].astype(str)) == ["2024-09-20", "2024-12-20"]
    dried = volume.copy()
    dried[60:74] = 500.0  # until 12 December, a Thursday; the new contract's volume comes on the 13th
    early = treasury(dried)
    assert list(early.session[roll_bars(early)].astype(str))[-1] == "2024-12-16"
    glitch = dried.copy()
    glitch[75:] = 400.0
    assert list(treasury(glitch).session[roll_bars(treasury(glitch))].astype(str))[-1] == "2024-12-20"


def test_a_jump_of_volume_far_from_any_expiry_is_no_roll():
    volume = np.full(100, 1.5e6)
    volume[64:68] = 300.0
    bars = treasury(volume, start="2024-01-08")
    for n in range(1, 101):
        np.testing.assert_array_equal(roll_bars(bars.first(n)), roll_bars(bars)[:n])
    assert list(bars.session[roll_bars(bars)].astype(str)) == ["2024-03-20"]


def test_weeks_of_a_future_are_made_of_adjusted_days_not_adjusted_themselves():
    front, index = chain()
    assert not roll_bars(weekly(front)).any()
    assert adjusted(weekly(front), weekly(index)).roll_source == "unadjusted"
    assert weekly(adjusted(front, index)).rolled.sum() == 6


def test_nothing_and_little_are_no_fault():
    front, index = chain(n=1)
    assert len(adjusted(front, index)) == 1
    assert rolls(front.first(0), index) == () and adjusted(front.first(0), index.first(0)).roll_source == "unadjusted"


@needs_shared
def test_nq_in_december_2024():
    """With the expiry day's settlement the gap would come out at 595 points; without it at 248; the truth is about 290."""
    found = {str(roll.session): roll for roll in rolls(market("NQ"), shared_bars("NDX"))}
    assert found["2024-12-23"].gap == pytest.approx(248, abs=3)


@needs_shared
def test_estimates_against_an_independent_adjusted_series():
    """The closes of a back-adjusted series less the front series' step by the true gap at each roll."""
    front, other = shared_frame("NQ")["close"], shared_frame("NQ_backadj")["close"]
    offset = (other - front).dropna()
    misses = []
    for roll in rolls(market("NQ"), shared_bars("NDX")):
        place = offset.index.searchsorted(pd.Timestamp(roll.session))
        if 30 <= place < len(offset) - 20:
            true = offset.iloc[place - 25 : place - 9].median() - offset.iloc[place + 1 : place + 20].median()
            misses.append(abs(roll.gap - true) / front.iloc[roll.at])
    assert len(misses) > 60
    assert np.median(misses) < 0.001
    assert np.quantile(misses, 0.9) < 0.004
    assert np.max(misses) < 0.008


@needs_shared
@pytest.mark.parametrize("name", ["ZT", "ZF", "ZN", "ZB"])
def test_treasury_rolls_are_where_prices_leave_yields(name):
    """What yields leave unexplained leaps at the roll on traded bars, and no more than on other days on adjusted ones."""
    bars, reference = market(name), shared_bars(REFERENCES[name])
    unexplained = {}
    for basis, prices in (("traded", bars), ("adjusted", adjusted(bars, reference))):
        _, mine, theirs = np.intersect1d(bars.session, reference.session, return_indices=True)
        moves = np.diff(prices.close[mine]) - bars.instrument.reference_beta * np.diff(reference.close[theirs])
        at_roll = roll_bars(bars)[mine][1:]
        late = bars.session[mine][1:] > day("2006-01-01")
        unexplained[basis] = np.median(np.abs(moves[at_roll & late])) / np.median(np.abs(moves[~at_roll & late]))
    assert unexplained["traded"] > 3
    assert unexplained["adjusted"] < 2


@needs_shared
@pytest.mark.parametrize("name", REFERENCES)
def test_no_repaint_across_real_rolls(name):
    bars, reference = market(name), shared_bars(REFERENCES[name])
    whole = adjusted(bars, reference)
    places = np.flatnonzero(whole.rolled)[-12:]
    for cut in sorted({int(p + k) for p in places for k in (-7, -1, 0, 1, 2)} | set(range(200, len(bars), 800))):
        known = bars.first(cut)
        part = adjusted(known, reference.until(known.session[-1]))
        np.testing.assert_array_equal(part.close, whole.close[:cut])
        np.testing.assert_array_equal(part.shift, whole.shift[:cut])


@needs_shared
def test_weekly_superlatives_are_free_of_roll_leaps():
    """On traded prices the week to 27 December 2024 beats that of 17 January 2025 by the roll alone; adjusted it does not."""
    bars, index = market("NQ", "2025-01-17"), shared_bars("NDX", "2025-01-17")
    weeks = [day(d) for d in ("2024-12-20", "2024-12-27", "2025-01-10", "2025-01-17")]
    moves = {}
    for basis, prices in (("traded", bars), ("adjusted", adjusted(bars, index)), ("cash", index)):
        at = [prices.index_of(w) for w in weeks]
        moves[basis] = [100 * (prices.close[b] / (prices.close[a] + prices.shift[b]) - 1) if basis == "cash" else
                        100 * (prices.close[b] - prices.close[a]) / (prices.close[a] + prices.shift[b])
                        for a, b in ((at[0], at[1]), (at[2], at[3]))]  # fmt: skip
    assert moves["traded"][0] > moves["traded"][1]
    assert moves["adjusted"] == pytest.approx(moves["cash"], abs=0.4)
