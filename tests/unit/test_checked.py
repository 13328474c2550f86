"""The door: real files pass, corrupt rows are refused by date and value."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.bars import checked_bars
from crosscurrent.errors import RejectedData
from crosscurrent.markets import find, instrument
from strategies import SHARED, needs_shared

ZN, CL = find("ZN"), find("CL")
DAYS = ["2025-01-15", "2025-01-16", "2025-01-17"]


def columns(**changed):
    whole = {
        "session": DAYS, "open": [107.5, 108.2, 108.5], "high": [108.6, 108.6, 108.9], "low": [107.4, 108.0, 108.4],
        "close": [108.3, 108.5, 108.6], "volume": [2.7e6, 1.9e6, 1.5e6],
    }  # fmt: skip
    return whole | changed


def test_good_rows_become_bars():
    bars = checked_bars("ZN", ZN, columns())
    assert (len(bars), bars.basis, bars.interval, bars.is_close_only) == (3, "traded", "1d", False)
    assert bars.closed_at[-1] == np.datetime64("2025-01-17T22:00:00")
    assert not bars.close.flags.writeable


@pytest.mark.parametrize(("changed", "told"), [
    ({"high": [108.6, 108.6, 108.2]}, "ZN on 2025-01-17: the high, 108.2, is below the open, 108.5"),
    ({"open": [107.5, 108.2, 108.1], "high": [108.6, 108.6, 108.2], "low": [107.4, 108.0, 108.0], "close": [108.3, 108.5, 108.4]},
     "ZN on 2025-01-17: the high, 108.2, is below the close, 108.4"),
    ({"low": [107.4, 108.55, 108.4]}, "ZN on 2025-01-16: the low, 108.55, is above the open, 108.2"),
    ({"close": [108.3, np.nan, 108.6]}, "ZN on 2025-01-16: the close is missing"),
    ({"open": [107.5, np.nan, 108.5]}, "ZN on 2025-01-16: the open is missing beside a close of 108.5"),
    ({"open": [107.5, np.nan, 108.5], "low": [107.4, np.nan, 108.4]},
    "ZN on 2025-01-16: the open and the low are missing beside a close of 108.5"),
    ({"high": [108.6, np.inf, 108.9]}, "ZN on 2025-01-16: the high is infinite"),
    ({"volume": [1, -2, 3]}, "ZN on 2025-01-16: the volume, -2, is negative"),
    ({"low": [107.4, 0.0, 108.4]},
     "ZN on 2025-01-16: the low, 0, is not above zero, which 10-year Treasury note futures cannot be"),
    ({"session": ["2025-01-15", "2025-01-17", "2025-01-16"]}, "ZN: 2025-01-16 comes after 2025-01-17"),
    ({"session": ["2025-01-15", "2025-01-15", "2025-01-16"]}, "ZN: 2025-01-15 stands there twice"),
    ({"session": ["2025-01-15", "NaT", "2025-01-16"]}, "ZN: row 2 has no date"),
    ({"session": ["2025-01-15", "soon", "2025-01-16"]}, "ZN: a date cannot be read"),
    ({"close": ["108.3", "n/a", "108.6"]}, "ZN: the column 'close' holds what is no number"),
    ({"close": [108.3, 108.5]}, "ZN: the column 'close' has 2 rows, the dates have 3"),
    ({"session": [], "open": [], "high": [], "low": [], "close": [], "volume": []}, "ZN: there are no rows"),
], ids=range(16))  # fmt: skip
def test_corrupt_rows_are_refused_with_place_and_values(changed, told):
    with pytest.raises(RejectedData) as caught:
        checked_bars("ZN", ZN, columns(**changed))
    assert caught.value.sentence.startswith(told)


@pytest.mark.parametrize("missing", ["session", "close"])
def test_a_missing_column_is_named(missing):
    with pytest.raises(RejectedData, match=f"column '{missing}' is missing"):
        checked_bars("ZN", ZN, {name: column for name, column in columns().items() if name != missing})


def test_crude_oil_traded_below_zero():
    below = columns(
        open=[17.7, -14.0, 8.3], high=[17.9, 13.9, 11.2], low=[-40.3, -16.7, 6.5], close=[-37.63, 10.01, 11.0]
    )
    assert checked_bars("CL", CL, below).close[0] == -37.63
    with pytest.raises(RejectedData):
        checked_bars("CL", replace(CL, may_be_negative=False), below)


def test_float_noise_is_set_right_and_more_is_refused():
    noisy = columns(high=[108.6, 108.6, 108.6 - 1e-8], close=[108.3, 108.5, 108.6])
    assert checked_bars("ZN", ZN, noisy).high[2] == 108.6
    with pytest.raises(RejectedData):
        checked_bars("ZN", ZN, columns(high=[108.6, 108.6, 108.59], close=[108.3, 108.5, 108.6]))


def test_closes_alone_are_a_close_only_series():
    alone = checked_bars("DGS10", find("DGS10"), {"session": DAYS, "close": [4.66, 4.61, 4.61]})
    assert alone.is_close_only and not alone.has_volume
    np.testing.assert_array_equal(alone.high, alone.close)


def test_many_rows_without_a_range_make_the_series_close_only_a_rare_one_a_flat_bar():
    n = 400
    days = np.busday_offset("2020-01-01", np.arange(n), roll="forward")
    close = 100 + np.sin(np.arange(n))
    table = {"session": days, "open": close, "high": close + 1, "low": close - 1, "close": close}
    for missing, is_close_only in ((3, False), (30, True)):
        holed = {name: np.where((np.arange(n) < missing) & (name not in ("session", "close")), np.nan, column)
                 if name != "session" else column for name, column in table.items()}  # fmt: skip
        bars = checked_bars("TOY", instrument("TOY"), holed)
        assert bars.is_close_only == is_close_only
        assert bars.high[0] == bars.low[0] == bars.close[0]
        assert (bars.high[-1] == bars.close[-1]) == is_close_only


def test_a_volume_of_noughts_is_no_volume():
    assert not checked_bars("ZN", ZN, columns(volume=[0, 0, 5])).has_volume
    assert checked_bars("ZN", ZN, columns(volume=[0, 4, 5])).has_volume


def test_intraday_bars_know_their_trade_date():
    hours = ["2025-01-17T21:00:00", "2025-01-17T23:00:00", "2025-01-20T16:00:00"]
    bars = checked_bars("NQ", find("NQ"), columns(session=hours), "1h")
    assert list(bars.session.astype(str)) == ["2025-01-17", "2025-01-21", "2025-01-21"]
    assert bars.closed_at[0] == np.datetime64("2025-01-17T22:00:00")


def test_what_is_given_is_left_alone():
    given_columns = columns(high=np.array([108.6, 108.6, 108.6 - 1e-9]), close=np.array([108.3, 108.5, 108.6]))
    before = given_columns["high"].copy()
    checked_bars("ZN", ZN, given_columns)
    np.testing.assert_array_equal(given_columns["high"], before)
    given_columns["high"][0] = 1.0  # still writeable


@given(st.lists(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 4), min_size=1, max_size=6))
def test_whatever_passes_is_sound(rows):
    table = np.array(rows)
    days = np.datetime64("2025-01-13") + np.arange(len(rows))
    try:
        bars = checked_bars(
            "TOY",
            instrument("TOY"),
            {"session": days} | dict(zip(("open", "high", "low", "close"), table.T, strict=True)),
        )
    except RejectedData:
        return
    prices = np.column_stack([bars.open, bars.high, bars.low, bars.close])
    assert np.all(np.isfinite(prices)) and np.all(prices > 0)
    assert np.all(bars.high == prices.max(1)) and np.all(bars.low == prices.min(1))


@given(st.lists(st.tuples(*[st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0, np.nan, np.inf])] * 5), min_size=1, max_size=3))
def test_a_glance_finds_what_the_rules_find(rows):
    days = np.datetime64("2025-01-13") + np.arange(len(rows))
    names = ("open", "high", "low", "close", "volume")
    table = {"session": days} | dict(zip(names, np.array(rows).T, strict=True))

    def said() -> object:
        try:
            bars = checked_bars("TOY", instrument("TOY"), table)
        except RejectedData as fault:
            return str(fault)
        return bars.is_close_only, *(getattr(bars, name).tobytes() for name in names)

    with patch("crosscurrent.bars.checked._is_sound", return_value=False):
        expected = said()
    assert said() == expected


@needs_shared
def test_every_real_file_passes():
    passed = 0
    for file in sorted(SHARED.glob("*.csv")):
        frame = pd.read_csv(file)
        if list(frame.columns) == ["date", "open", "high", "low", "close", "volume"]:
            table = {name: frame[name].to_numpy() for name in ("open", "high", "low", "close", "volume")}
            bars = checked_bars(
                file.stem,
                instrument(file.stem, frame["close"].to_numpy()),
                {"session": frame["date"].to_numpy(str)} | table,
            )
            assert len(bars) == len(frame)
            passed += 1
    assert passed > 45
