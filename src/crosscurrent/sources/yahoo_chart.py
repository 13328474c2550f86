"""Yahoo's chart JSON, read with suspicion: what is no closed, possible session is a typed fault or a named gap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from crosscurrent import markets as known
from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.errors import MissingData, SourceFault
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import PRICES, Prices
from crosscurrent.sources.rows import Rows

__all__ = ["parse"]

TENFOLD = 25.0
"""A Treasury yield above this is one of those that Yahoo quoted times ten: none was so high."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse(body: bytes, market: str, now: np.datetime64, instrument: Instrument | None = None) -> Prices:
    """Return a market's closed sessions from what Yahoo answered; `SourceFault` when it is not that.

    `now` (UTC) tells the running session, which is left out and said, from the future, which is refused.
    """
    rows = _rows(_result(body, market), market, instrument)
    highest = np.nanmax(rows.quote["close"], initial=-np.inf)
    if rows.instrument.asset_class == "yield" and highest > TENFOLD:
        rows.refuse(f"a yield of {highest:g} % is none: it is quoted times ten", "")
    return _without_the_last_trade(rows).prices(now)


def _result(body: bytes, market: str) -> Mapping[str, Any]:
    try:
        chart = json.loads(body)["chart"]
        fault, results = chart.get("error"), chart.get("result")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SourceFault(
            "Yahoo", market, "its answer is not the JSON of a chart, or breaks off", "Try again."
        ) from None
    if fault:
        told = fault.get("description") if isinstance(fault, dict) else fault
        raise MissingData(market, "Yahoo", f"It says: {str(told)[:120]}.")
    if not isinstance(results, list) or not results or not isinstance(results[0], dict):
        raise SourceFault("Yahoo", market, "its answer holds no chart", "Try again later.")
    found: Mapping[str, Any] = results[0]
    return found


def _rows(result: Mapping[str, Any], market: str, instrument: Instrument | None) -> Rows:
    """Return the rows of a chart, all columns of one length, dated as the exchange dates them."""
    try:
        moments = np.array(result.get("timestamp") or [], np.int64).astype("datetime64[s]")
        told = result["indicators"]["quote"][0]
        quote = {name: _numbers(told.get(name), len(moments)) for name in (*PRICES, "volume")}
        zone = str(result["meta"].get("exchangeTimezoneName"))
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError):
        raise SourceFault("Yahoo", market, "its answer lacks the columns of a chart") from None
    if not len(moments):
        raise SourceFault("Yahoo", market, "it answered 200 with no rows", "Try again later, or check the symbol.")
    if {column.shape for column in quote.values()} != {moments.shape}:
        raise SourceFault("Yahoo", market, "its columns differ in length: the answer is not whole", "Try again.")
    chosen = instrument or known.instrument(market, quote["close"])
    return Rows("Yahoo", market, chosen, moments, _labels(moments, zone, market), quote)


def _without_the_last_trade(rows: Rows) -> Rows:
    """Return the rows without the live quote that Yahoo appends, with the time of the last trade, to a day already there."""
    session, moments = rows.session, rows.moments
    if len(session) < 2 or session[-1] != session[-2] or moments[-1] <= moments[-2]:
        return rows
    quote = {name: column[:-1] for name, column in rows.quote.items()}
    return replace(rows, moments=moments[:-1], session=session[:-1], quote=quote)


def _numbers(told: object, n: int) -> Floats:
    """Return a column as floats, NaN where Yahoo says null, nothing, or what no price is."""
    found = np.array(told or [np.nan] * n, np.float64)
    found[~np.isfinite(found)] = np.nan
    return found


def _labels(moments: Sessions, zone: str, market: str) -> Sessions:
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SourceFault(
            "Yahoo", market, f"it names no time zone that exists ({zone!r}), so its dates are unknown"
        ) from None
    try:
        days = [(EPOCH + timedelta(seconds=int(t))).astimezone(there).date() for t in moments.astype(np.int64)]
    except OverflowError:
        raise SourceFault("Yahoo", market, "it names moments beyond any calendar", "Try again.") from None
    return np.array(days, "datetime64[D]")
