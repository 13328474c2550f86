"""Instruments: every market has one, each once, and a market nobody described becomes one of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import BadSetting
from crosscurrent.markets import EXCHANGES, INSTRUMENTS, described, find, instrument
from strategies import SHARED, needs_shared, shared_frame

USUAL = (
    "NQ", "ES", "YM", "RTY", "ZT", "ZF", "ZN", "ZB", "TN", "UB", "ZQ", "CL", "NG", "GC", "SI", "HG", "NDX", "SPX", "RUT",
    "VIX", "DXY", "IXIC", "SPY", "QQQ", "IWM", "TLT", "HYG", "GLD", "UUP", "XLK", "XLU", "XLF", "EURUSD", "USDJPY",
    "BTCUSD", "DGS1MO", "DGS3MO", "DGS6MO", "DGS1", "DGS2", "DGS5", "DGS10", "DGS20", "DGS30", "TNX", "FVX", "DFF", "SOFR",
    "T5YIE", "T10YIE", "FED_DEC25_IMPLIED", "UST10P",
)  # fmt: skip


def test_the_usual_markets_are_known_each_once():
    symbols = [one.symbol for one in INSTRUMENTS]
    assert len(symbols) == len(set(symbols))
    assert set(USUAL) <= set(symbols)
    spelled = [alias for one in INSTRUMENTS for alias in one.aliases]
    assert len(spelled) == len(set(spelled)) and not set(spelled) & set(symbols)


def test_what_instruments_say_holds_together():
    for one in INSTRUMENTS:
        assert one.exchange in EXCHANGES
        assert one.reference is None or find(one.reference) is not None
        assert (one.reference_beta < 0) == (one.roll == "treasury_quarterly")
        assert one.quoted_as == "price" or one.may_be_negative
        assert one.name != one.symbol or one.symbol == "VIX"
        assert not any(ch.isdigit() and one.asset_class == "metals" for ch in one.name)


@pytest.mark.parametrize(("symbol", "prose", "reference"), [
    ("NQ", "21,480.25", "NDX"), ("RTY", "21,480.3", "RUT"), ("YM", "21,480", None), ("ZN", "21,480-08", "DGS10"),
    ("DGS10", "21,480.25", None), ("ZT", "21,480-08", "DGS2"), ("CL", "21,480.25", None),
])  # fmt: skip
def test_prices_are_written_as_each_market_is_quoted(symbol, prose, reference):
    one = find(symbol)
    assert (one.notation.format(21480.25), one.reference) == (prose, reference)


def test_what_may_be_negative_depends_on_the_market():
    assert all(find(symbol).may_be_negative for symbol in ("CL", "DGS1MO", "DGS3MO", "T5YIE", "T10YIE", "TNX"))
    assert not any(find(symbol).may_be_negative for symbol in ("NQ", "ZN", "GC", "SPY", "EURUSD"))


def test_yields_move_in_basis_points_prices_in_per_cent():
    assert (find("DGS10").change_unit, find("ZN").change_unit, find("NQ").is_future, find("NDX").is_future) == (
        "bp",
        "pct",
        True,
        False,
    )


def test_find_and_instrument():
    assert find("nq") is find("NQ")
    assert find("NQ2") is None
    own = instrument("COCOA", np.array([8012.0, 8015.0, 7990.0]))
    assert (own.symbol, own.exchange, own.asset_class, own.roll, own.notation.tick) == (
        "COCOA",
        "GENERIC",
        "generic",
        "none",
        1.0,
    )
    assert instrument("ES", np.array([1.0])) is find("ES")


@pytest.mark.parametrize(("name", "symbol"), [
    ("NQ=F", "NQ"), ("^NDX", "NDX"), ("^TNX", "TNX"), ("CME_MINI:ES1!", "ES"), ("BTC-USD", "BTCUSD"), ("EURUSD=X", "EURUSD"),
])  # fmt: skip
def test_a_file_named_by_a_symbol_has_its_instrument(name, symbol):
    assert instrument(name) is find(symbol)


@pytest.mark.parametrize("name", ["US", "TY", "NQH5", "NQ_backadj", "BRK-B", "XY=F", "=F", "^", "FF"])
def test_a_name_that_only_might_be_a_symbol_is_a_market_of_its_own(name):
    assert instrument(name, np.array([100.0, 101.0])).exchange == "GENERIC"


@pytest.mark.parametrize(
    ("tick", "digits"), [(0.25, 2), (0.01, 2), (1.0, 0), (0.1, 1), (0.0005, 4), (0.00001, 5), (0.005, 3)]
)
def test_a_tick_is_read_off_the_closes(tick, digits):
    closes = (np.arange(-150, 150) + round(5000 / tick if tick >= 0.01 else 1.1 / tick)) * tick
    notation = instrument("OWN", closes).notation
    assert (notation.tick, notation.digits) == (pytest.approx(tick), digits)


def test_a_few_odd_closes_do_not_decide_the_tick():
    closes = 100 + 0.25 * np.arange(1000)
    closes[17] += 0.0137
    assert instrument("OWN", closes).notation.tick == 0.25


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
def test_any_closes_give_a_tick(closes):
    tick = instrument("OWN", np.array(closes)).notation.tick
    assert np.isfinite(tick) and tick > 0


@needs_shared
def test_real_closes_lie_on_their_ticks():
    for symbol in ("NQ", "ES", "RTY", "YM", "ZN", "ZT", "CL", "NG", "DGS10"):
        steps = shared_frame(symbol)["close"].to_numpy() / find(symbol).notation.tick
        assert np.mean(np.abs(steps - np.round(steps)) < 0.02) > 0.95, symbol


@needs_shared
def test_every_file_has_an_instrument():
    others = {"EVENTS_US", "FED_MPT", "FOMC_dates", "NQ_1h", "NQ_backadj", "QA", "REPAIRS", "ZQ_contracts"}
    assert all(find(file.stem) for file in SHARED.glob("*.csv") if file.stem not in others)


def test_a_table_describes_a_market():
    bund = described(
        "BUND", {"name": "Bund futures", "asset_class": "rates", "tick": 0.01, "exchange": "FX", "aliases": ["FGBL"]}
    )
    assert (bund.symbol, bund.name, bund.notation.tick, bund.notation.digits, bund.aliases) == (
        "BUND",
        "Bund futures",
        0.01,
        2,
        ("FGBL",),
    )
    eighths = described("X", {"parts": 8})
    assert eighths.notation.format(108.515625) == "108-16+"
    assert described("Y", {"quoted_as": "yield"}).may_be_negative


@pytest.mark.parametrize(("table", "key"), [
    ({"tik": 0.01}, "tik"), ({"tick": 0}, "tick"), ({"tick": "0.01"}, "tick"), ({"parts": 3}, "tick"),
    ({"parts": 2, "tick": 0.01}, "tick"),
    ({"exchange": "MOON"}, "exchange"), ({"roll": "daily"}, "roll"), ({"name": 5}, "name"), ({"may_be_negative": 1},
    "may_be_negative"),
    ({"aliases": "FGBL"}, "aliases"), ({"multiplier": True}, "multiplier"), ({"multiplier": float("inf")}, "multiplier"),
    ({"quoted_as": "discount"}, "quoted_as"), ({"tick": float("nan")}, "tick"), ({"digits": 2.5}, "digits"), ({"digits": -1},
    "digits"),
])  # fmt: skip
def test_a_table_that_is_wrong_names_its_key(table, key):
    with pytest.raises(BadSetting) as caught:
        described("X", table)
    assert caught.value.fields["key"] == key
