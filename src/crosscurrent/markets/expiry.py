"""When front contracts end: the exchanges' rules, by which rolls are looked for."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from crosscurrent.markets.sessions import calendar

__all__ = ["first_of_new", "third_friday", "treasury_end"]

QUARTER_MONTHS = (3, 6, 9, 12)
MONTH_END = frozenset({"ZT", "ZF"})
"""Treasury futures that trade to the last business day of the delivery month; the others end seven business days before it."""


def third_friday(year: int, month: int) -> np.datetime64:
    """Return the third Friday of a month: when equity-index futures settle, in the morning."""
    middle = np.datetime64(f"{year}-{month:02d}-15", "D")
    return middle + np.timedelta64((4 - (int(middle.astype(np.int64)) + 3) % 7) % 7, "D")


def treasury_end(symbol: str, year: int, month: int) -> np.datetime64:
    """Return the last trading day of a Treasury future's delivery month.

    ZT and ZF: the last business day of the month. TN, ZN, ZB, UB: the seventh business day before it. Source: CBOT Rulebook,
    chapters 18 to 21 and 26 (contract specifications, last day of trading).
    """
    start = np.datetime64(f"{year}-{month:02d}-01", "D")
    days = calendar("NYSE").sessions(start, start + np.timedelta64(31, "D"))
    days = days[days.astype("datetime64[M]") == start.astype("datetime64[M]")]
    return np.datetime64(days[-1 if symbol in MONTH_END else -8], "D")


@lru_cache(maxsize=64)
def first_of_new(
    symbol: str, roll: str, first_year: int, last_year: int
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Return the sessions, quarter by quarter, that are the first of the new contract in a front series.

    Equity index: the session after the third Friday, whose bar closes at the morning's special settlement; where that Friday is
    no session the contract ends the session before. Treasuries: the last trading day itself, because trade in the old contract
    ends at noon and the series then shows the new one for that day.
    """
    sessions = calendar("CME_EQUITY")
    found = []
    for year in range(first_year, last_year + 1):
        for month in QUARTER_MONTHS:
            if roll == "equity_quarterly":
                friday = third_friday(year, month)
                found.append(sessions.next_session(friday))
            elif roll == "treasury_quarterly":
                found.append(treasury_end(symbol, year, month))
    return np.array(found, "datetime64[D]")
