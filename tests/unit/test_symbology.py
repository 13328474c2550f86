"""Symbols as people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import UnknownName
from crosscurrent.markets.symbology import canonical, understood

AS_OF = date(2025, 1, 17)


@pytest.mark.parametrize("text", [
    "NQ", "nq", " NQ ", "NQ=F", "NQ1!", "NQH5", "NQH25", "NQH2025", "/NQ", "CME:NQ1!", "CME_MINI:NQ1!", "CME:NQ", "NQ.v.0",
    "NQ.c.0", "CME:NQ@1",
    "/NQH5", "MNQ",
])  # fmt: skip
def test_many_spellings_of_one_future(text):
    assert canonical(text, AS_OF) == "NQ"


@pytest.mark.parametrize(("text", "market"), [
    ("TY", "ZN"), ("US", "ZB"), ("FV", "ZF"), ("TU", "ZT"), ("WN", "UB"), ("TYH5", "ZN"), ("CBOT:ZN1!", "ZN"), ("US10Y", "DGS10"),
    ("TVC:US10Y", "DGS10"), ("US02Y", "DGS2"), ("US2Y", "DGS2"), ("US30Y", "DGS30"), ("DGS10", "DGS10"), ("^TNX", "DGS10"),
    ("TNX", "TNX"),
    ("^FVX", "DGS5"), ("^GSPC", "SPX"), ("SPX", "SPX"), ("^VIX", "VIX"), ("EURUSD=X", "EURUSD"), ("BTC-USD", "BTCUSD"),
    ("DX-Y.NYB", "DXY"),
    ("ESZ24", "ES"), ("CLK0", "CL"), ("ZQZ24", "ZQ"),
])  # fmt: skip
def test_aliases_and_contracts(text, market):
    assert canonical(text, AS_OF) == market


@pytest.mark.parametrize(("text", "as_of", "contract"), [
    ("NQH5", date(2025, 1, 17), "H2025"), ("NQH5", date(2014, 12, 1), "H2015"), ("NQH5", date(2019, 6, 1), "H2015"),
    ("NQZ4", date(2025, 1, 17), "Z2024"), ("NQH0", date(2019, 12, 1), "H2020"), ("NQH25", None, "H2025"),
    ("NQH2025", None, "H2025"),
    ("CLZ99", None, "Z1999"), ("NQ", AS_OF, ""), ("DGS10", AS_OF, ""),
])  # fmt: skip
def test_a_contracts_year(text, as_of, contract):
    assert understood(text, as_of).contract == contract


def test_a_one_digit_year_says_what_was_assumed():
    assert "2025" in understood("NQH5", AS_OF).remark
    assert "decade" in understood("NQH5").remark
    assert understood("NQH25", AS_OF).remark == ""


@pytest.mark.parametrize(("text", "known", "market"), [
    ("US10Y", ["TNX", "NQ"], "TNX"), ("US10Y", ["TNX", "DGS10"], "DGS10"), ("^TNX", ["TNX", "DGS10"], "DGS10"),
    ("^TNX", ["TNX"], "TNX"),
    ("TNX", ["TNX", "DGS10"], "TNX"), ("TNX", ["DGS10"], "DGS10"), ("DGS10", ["TNX"], "TNX"), ("NQ1!", ["nq"], "nq"),
    ("nq=f", ["NQ=F"], "NQ=F"),
    ("COCOA", ["COCOA"], "COCOA"), ("cocoa", ["COCOA"], "COCOA"), ("COCOAH25", ["COCOA"], "COCOA"), ("COCOA1!", ["COCOA"], "COCOA"),
])  # fmt: skip
def test_what_is_known_decides(text, known, market):
    assert canonical(text, AS_OF, known) == market


@pytest.mark.parametrize("text", ["XYZ", "NQ2!", "", "NQA5", "NQH123", "DGS11", "SPYH5", "AAPL", "NQ ES", "NQH5H5"])
def test_nonsense_is_refused(text):
    with pytest.raises(UnknownName):
        canonical(text, AS_OF)


def test_the_nearest_of_the_known_are_offered():
    with pytest.raises(UnknownName, match="NDX"):
        canonical("NDXX", AS_OF, ["NDX", "ZN"])
    with pytest.raises(UnknownName):
        canonical("ES", AS_OF, ["NQ", "ZN"])


@given(st.text(max_size=12))
def test_any_text_is_a_market_or_an_unknown_name(text):
    with suppress(UnknownName):
        assert canonical(text, AS_OF) == canonical(canonical(text, AS_OF), AS_OF)
