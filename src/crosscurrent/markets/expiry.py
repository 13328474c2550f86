"""When front contracts end: the exchanges' rules, by which rolls are looked for."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from crosscurrent.markets.instrument import Roll
from crosscurrent.markets.sessions import Days, calendar

__all__ = ["expiries", "third_friday", "treasury_end"]

QUARTER_MONTHS = (3, 6, 9, 12)
MONTH_END_SINCE = {"ZT": 0, "ZF": 2006 * 12 + 6}
"""Treasury futures that trade to the last business day of the delivery month, and since when (year x 12 + month)."""


@lru_cache(maxsize=64)
def expiries(symbol: str, roll: Roll, first_year: int, last_year: int) -> Days:
    """Return the last sessions of the quarterly contracts of some years, oldest first; empty for other rolls."""
    months = [(year, month) for year in range(first_year, last_year + 1) for month in QUARTER_MONTHS]
    if roll == "equity_quarterly":
        return np.array([_index_end(year, month) for year, month in months], "datetime64[D]")
    if roll == "treasury_quarterly":
        return np.array([treasury_end(symbol, year, month) for year, month in months], "datetime64[D]")
    return np.empty(0, "datetime64[D]")


def third_friday(year: int, month: int) -> np.datetime64:
    """Return the third Friday of a month."""
    middle = np.datetime64(f"{year}-{month:02d}-15", "D")
    # Day 0, 1 January 1970, was a Thursday.
    return middle + np.timedelta64((4 - (int(middle.astype(np.int64)) + 3) % 7) % 7, "D")


def _index_end(year: int, month: int) -> np.datetime64:
    """Return the day on which equity-index futures settle: the third Friday, or the session before where that is none.

    Source: CME Rulebook, chapters 355 and 359 (final settlement: the special opening quotation of that morning).
    """
    friday = third_friday(year, month)
    return np.datetime64(calendar("CME_EQUITY").sessions(friday - np.timedelta64(6, "D"), friday)[-1], "D")


def treasury_end(symbol: str, year: int, month: int) -> np.datetime64:
    """Return the last trading day of a Treasury future's delivery month.

    ZT, and ZF since June 2006: the last business day of the month. ZN, TN, ZB, UB: the seventh business day before it. Trade
    ends at 12:01 Chicago time. Source: CBOT Rulebook, chapters 18 to 21 (last day of trading).
    """
    start = np.datetime64(f"{year}-{month:02d}-01", "D")
    days = calendar("NYSE").sessions(start, start + np.timedelta64(31, "D"))
    days = days[days.astype("datetime64[M]") == start.astype("datetime64[M]")]
    is_month_end = year * 12 + month >= MONTH_END_SINCE.get(symbol, 10**6)
    return np.datetime64(days[-1 if is_month_end else -8], "D")
