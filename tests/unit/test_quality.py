"""What is odd about a series, found; what is not, not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent import markets
from crosscurrent.bars import adjusted
from crosscurrent.bars.checked import checked_bars
from crosscurrent.bars.quality import RULES, check
from crosscurrent.markets import calendar, find
from strategies import bars_of, needs_shared, random_bars, shared_bars


def walk(symbol="SPX", n=700, seed=1):
    """Return a clean random walk on the exchange's own sessions."""
    bars = replace(random_bars(seed, n), instrument=find(symbol), market=symbol)
    days = calendar(bars.instrument.exchange).sessions(np.datetime64("2021-01-04"), np.datetime64("2026-12-31"))[:n]
    return replace(bars, session=days)


def changed(bars, **columns):
    return replace(bars, **{name: np.asarray(column) for name, column in columns.items()})


def without(bars, places):
    keep = ~np.isin(np.arange(len(bars)), places)
    names = ("open", "high", "low", "close", "volume", "session", "closed_at", "shift", "rolled")
    return replace(bars, **{name: getattr(bars, name)[keep] for name in names})


def rules(bars):
    return {one.rule for one in check(bars)}


def test_a_clean_series_has_no_findings():
    assert check(walk()) == ()


def test_missing_sessions_are_found_in_runs():
    found = check(without(walk(), [100, 101, 102, 300]))
    assert [(one.rule, one.session) for one in found] == [
        ("missing_session", walk().session[100]),
        ("missing_session", walk().session[300]),
    ]
    assert found[0].sentence == f"3 sessions from {walk().session[100]} to {walk().session[102]} have no bar"


def test_a_bar_on_a_holiday_is_found():
    bars = walk()
    place = int(np.searchsorted(bars.session, np.datetime64("2022-01-17")))
    days = bars.session.copy()
    days[place - 1] = np.datetime64("2022-01-17")
    (missing, extra) = check(changed(bars, session=days))
    assert (missing.rule, extra.rule) == ("missing_session", "unexpected_session")
    assert "Martin Luther King" in extra.sentence


def test_stale_closes_are_found_and_quiet_bills_are_not():
    close = walk().close.copy()
    close[400:406] = close[400]
    assert "stale_close" in rules(changed(walk(), close=close))
    close = walk().close.copy()
    close[400:403] = close[400]
    assert "stale_close" not in rules(changed(walk(), close=close))
    bill = bars_of(*[np.full(400, 0.05)] * 4, instrument=find("DGS3MO"), is_close_only=True)
    assert "stale_close" not in {one.rule for one in check(bill)}


def test_a_wrong_print_is_found_and_a_lasting_move_is_an_outlier():
    close = walk().close.copy()
    close[500] *= 1.2
    spiked = check(changed(walk(), close=close))
    assert [one.session for one in spiked if one.rule == "spike"] == [walk().session[500]]
    close = walk().close.copy()
    close[500:] *= 1.2
    assert rules(changed(walk(), close=close)) == {"outlier"}


def test_closes_that_repeat_opens_are_found():
    bars = walk(n=900)
    close = np.where(np.arange(900) >= 300, bars.open, bars.close)
    (found,) = [one for one in check(changed(bars, close=close)) if one.rule == "close_repeats_open"]
    assert abs(int(np.searchsorted(bars.session, found.session)) - 300) < 30
    few = np.where(np.arange(900) % 4 == 0, bars.open, bars.close)
    assert "close_repeats_open" not in rules(changed(bars, close=few))


def test_thin_bars_are_found_in_futures_alone():
    bars = walk("GC")
    volume = np.where(np.arange(700) % 5 == 0, 10.0, bars.volume)
    assert "thin_bars" in rules(changed(bars, volume=volume))
    assert "thin_bars" not in rules(bars)
    assert "thin_bars" not in rules(changed(walk("SPX"), volume=volume))


def test_bars_without_volume_are_found():
    volume = walk().volume.copy()
    volume[[50, 60]] = 0
    assert [one.rule for one in check(changed(walk(), volume=volume))] == ["no_volume", "no_volume"]
    volume = np.where(np.arange(700) % 10 == 0, 0.0, walk().volume)
    (found,) = check(changed(walk(), volume=volume))
    assert (found.rule, found.severity) == ("no_volume", "warning")


def test_a_bar_of_another_contract_is_found():
    bars = walk("ZN")
    volume = np.where(np.abs(np.arange(700) - 400) < 4, 300.0, bars.volume)
    assert "contract_flip" not in rules(changed(bars, volume=volume))
    volume = np.where(np.arange(700) == 400, 1e5, volume)
    assert [one.session for one in check(changed(bars, volume=volume)) if one.rule == "contract_flip"] == [
        bars.session[400]
    ]


def test_rolls_are_told_with_their_source():
    bars = walk("ES")
    (found,) = [one for one in check(bars) if one.rule == "rolls"]
    assert found.sentence.startswith("11 rolls") and found.sentence.endswith(
        "prices as traded; adjusted ones take their gaps from SPX"
    )
    (found,) = [one for one in check(adjusted(bars)) if one.rule == "rolls"]
    assert found.sentence.endswith("gaps not known, prices unadjusted")
    assert "rolls" not in rules(walk("SPX"))


@given(st.integers(0, 6), st.booleans())
def test_little_and_nothing_are_no_fault(n, is_close_only):
    bars = replace(random_bars(1, 10).first(n), is_close_only=is_close_only, instrument=find("CL"))
    assert all(one.sentence for one in check(bars))


def test_flat_prices_are_no_fault():
    flat = bars_of(*[np.full(600, 5.0)] * 4, np.zeros(600))
    assert {one.rule for one in check(flat)} <= {"missing_session", "unexpected_session"}


def test_every_rule_is_met_by_a_test():
    assert len(RULES) == 13


@needs_shared
@pytest.mark.parametrize(("name", "rule"), [
    ("EURUSD", "close_repeats_open"), ("USDJPY", "close_repeats_open"), ("GC", "thin_bars"), ("SI", "thin_bars"), ("HG", "thin_bars"),
    ("DXY", "close_only"), ("NQ", "rolls"), ("CL", "rolls"), ("EURUSD", "spike"), ("ZT", "contract_flip"),
])  # fmt: skip
def test_known_defects_of_real_files_are_found(name, rule):
    bars = replace(shared_bars(name), instrument=find(name), market=name)
    assert rule in rules(bars)


@needs_shared
@pytest.mark.parametrize("name", ["SPX", "NDX", "QQQ", "TLT"])
def test_sound_real_files_have_no_warning_of_structure(name):
    found = {one.rule for one in check(replace(shared_bars(name).last(2500), instrument=find(name), market=name))}
    # The provider copies a day's volume to the next now and then, for indices too.
    assert found <= {"outlier", "spike", "no_volume", "repeated_volume"}


def test_volumes_that_repeat_or_leap_are_named():
    n = 300
    day = np.busday_offset(np.datetime64("2023-01-02"), np.arange(n))
    volume = 100_000.0 + 1_000.0 * (np.arange(n) % 37)
    volume[100:103], volume[280] = volume[100], 5_000_000.0
    close = 100.0 + np.arange(n) % 7
    shown = {"session": day, "open": close, "high": close + 1, "low": close - 1, "close": close}
    found = {f.rule: f for f in check(checked_bars("X", markets.instrument("X"), shown | {"volume": volume}))}
    assert found["repeated_volume"].session == day[100] and "3 bars" in found["repeated_volume"].sentence
    assert found["volume_outlier"].session == day[280]
    plain = 100_000.0 + 1_000.0 * (np.arange(n) % 37)
    rules = {f.rule for f in check(checked_bars("X", markets.instrument("X"), shown | {"volume": plain}))}
    assert not {"repeated_volume", "volume_outlier"} & rules
