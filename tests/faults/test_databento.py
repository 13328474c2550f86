"""Databento's records beyond the matrix: whole billionths, trade dates, contracts that change inside a session, answers cut short."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wires import CLOSES, DAYS, NOW, hours, records

from crosscurrent.errors import MissingData, RequestError, SourceFault
from crosscurrent.sources.databento import Databento, databento_symbol, parse


def test_an_evening_belongs_to_the_next_trade_date():
    bars = parse(records(), "NQ.v.0", NOW)
    assert [str(day) for day in bars.session] == list(DAYS) and list(bars.close) == list(CLOSES)
    assert list(bars.volume) == [2300.0] * 5


@given(st.integers(1, 9_000_000 * 10**9))
def test_a_price_is_the_float_nearest_to_its_billionths(price: int):
    from crosscurrent.sources.databento import _prices

    assert _prices(np.array([price]))[0] == float(f"{price // 10**9}.{price % 10**9:09d}")


def test_the_session_of_a_roll_holds_the_new_contract_alone():
    # The series changes its contract at midnight UTC, the seventh hour of Wednesday's session.
    old = 2 * 23 + 6
    closes = [100.0] * old + [90.0] * (115 - old)
    bars = parse(records(closes=closes, contract=[7] * old + [8] * (115 - old)), "NQ.v.0", NOW)
    assert list(bars.open) == [100.0, 100.0, 90.0, 90.0, 90.0] and bars.high[2] == 90.0
    assert bars.volume[2] == 1700.0


def test_a_session_whose_last_hour_is_not_there_is_still_running():
    bars = parse(records(hours()[:-1], [20e3] * 114), "NQ.v.0", NOW)
    assert str(bars.session[-1]) == "2025-01-16" and "still running" in bars.notes[0]


def test_a_session_with_an_impossible_hour_is_left_out_whole():
    days = np.busday_offset(np.datetime64("2024-10-07"), np.arange(20))
    high = [None] * 460
    high[30] = 1.0
    bars = parse(records(hours(days), [20e3] * 460, high=high), "NQ.v.0", NOW)
    assert days[1] not in bars.session and len(bars.session) == 19 and "impossible" in bars.notes[0]


def test_a_day_too_short_by_any_number_of_bytes_is_refused():
    whole = records()
    for cut in range(1, len(whole), 97):
        with pytest.raises(SourceFault):
            parse(whole[:-cut], "NQ.v.0", NOW)


def test_a_symbol_that_is_not_found_is_missing():
    with pytest.raises(MissingData):
        parse(records(not_found=["NQ.v.0"]), "NQ.v.0", NOW)


def test_symbols_are_spelled_as_databento_spells_them():
    spelled = [databento_symbol(name) for name in ("NQ", "NQ.c.0", "ZN.v.1", "NQH5")]
    assert spelled == [
        ("NQ.v.0", "continuous"),
        ("NQ.c.0", "continuous"),
        ("ZN.v.1", "continuous"),
        ("NQH5", "raw_symbol"),
    ]
    assert {"NQ.c.0", "NQ.n.0", "NQ.v.0", "ZN.c.0"} <= set(Databento().markets())


def test_without_a_key_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("CROSSCURRENT_ARCHIVE", str(tmp_path))
    monkeypatch.delenv("DATABENTO_API_KEY", raising=False)
    with pytest.raises(RequestError, match="DATABENTO_API_KEY"):
        Databento(NOW).bars("NQ.v.0")
