"""Databento: futures of CME's exchanges, contracts and continuous series, from hours in its binary records.

Hours, because its days run from midnight to midnight UTC, which are no trade dates: an evening session belongs to the next one.
Prices are whole billionths and are turned into floats once, by one division, so that each is the float nearest to what traded.
Continuous series (`NQ.c.0` by calendar, `NQ.n.0` by open interest, `NQ.v.0` by volume) are unadjusted by design; they change their
contract at midnight UTC, inside a session, so the hours of the old contract are left out of the session in which the new one ends.
The close is the last trade of the session, not the settlement.

The request goes to its documented address, the key from DATABENTO_API_KEY; its client (the extra `databento`) reads the records.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crosscurrent import markets as known
from crosscurrent.bars.bars import Floats
from crosscurrent.errors import MissingData, RequestError, SourceFault
from crosscurrent.sources.columns import PRICES, Prices
from crosscurrent.sources.http import Answer, Client, by_httpx
from crosscurrent.sources.limits import Limit
from crosscurrent.sources.provider import Provider
from crosscurrent.sources.rows import Rows

__all__ = ["Databento", "by_databento", "databento_symbol", "parse"]

WHOLE = {
    "dataset": "GLBX.MDP3", "schema": "ohlcv-1h", "start": "2010-06-06", "stype_out": "instrument_id", "encoding": "dbn", "compression": "zstd",
}  # fmt: skip
"""CME Globex by the hour, from its first day at Databento."""
FRIDAY_EVENING, SUNDAY_EVENING = 4 * 24 + 17, 6 * 24 + 17
"""Hours of the week, Chicago time, between which nothing has ever traded."""
BILLION = 1_000_000_000
HOUR = np.timedelta64(3600, "s")
NO_SESSION = 0.05
"""Share of hours that may fall on days without a session; above it the moments must be another zone's."""
RULES = ("c", "n", "v")
CME = ("CME_EQUITY", "CME_RATES", "CME_METALS", "CME_ENERGY")
WITHOUT_CLIENT = "Databento needs its client, which is not installed. Run: pip install 'crosscurrent[databento]'."


def databento_symbol(market: str) -> tuple[str, str]:
    """Return how Databento writes a market and which kind of symbol that is; a bare root means its series by volume, as charts have it."""
    one = known.find(market)
    if one is not None and one.is_future:
        return f"{one.symbol}.v.0", "continuous"
    root, _, rule = market.partition(".")
    return market, "continuous" if rule[:1] in RULES and root else "raw_symbol"


def by_databento(url: str, params: Mapping[str, str], timeout: float) -> Answer:
    """Ask as Databento wants to be asked: a form, and the key as the user's name; `RequestError` without a key."""
    key = os.environ.get("DATABENTO_API_KEY", "").strip()
    if not key:
        raise RequestError("Databento needs a key: set DATABENTO_API_KEY.")
    return by_httpx(url, params, timeout, key)


class Databento(Provider):
    """Databento's historical service as a source of daily bars."""

    name = "Databento"
    address = "https://hist.databento.com"
    at_once = 4
    limits = (Limit(20, 1.0),)

    def usual_client(self) -> Client:
        """Return a client whose requests bear the key."""
        return Client(self.name, by_databento, pace=self.usual_pace())

    def markets(self) -> tuple[str, ...]:
        """Return the continuous series of the futures we know; contracts (NQH5) and other roots can be asked for too."""
        roots = [one.symbol for one in known.INSTRUMENTS if one.is_future and one.exchange in CME]
        return tuple(sorted(f"{root}.{rule}.0" for root in roots for rule in RULES))

    def request(self, market: str) -> tuple[str, dict[str, str]]:
        """Return the address and form of a market's whole history by the hour."""
        symbol, kind = databento_symbol(market)
        return f"{self.base}/v0/timeseries.get_range", WHOLE | {"symbols": symbol, "stype_in": kind}

    def parse(self, body: bytes, market: str, now: np.datetime64) -> Prices:
        """Return the market's closed sessions."""
        return parse(body, market, now)


def parse(body: bytes, market: str, now: np.datetime64) -> Prices:
    """Return a market's sessions, made of the hours in Databento's records; `SourceFault` when they are not that.

    A session counts as ended when its last hour is there, for the service runs hours behind the market. One that holds an
    impossible hour is left out whole.
    """
    records = _records(body, market)
    quote = {name: _prices(records[name]) for name in PRICES} | {"volume": records["volume"].astype(np.float64)}
    began = (records["ts_event"] // BILLION).astype(np.int64).astype("datetime64[s]")
    hours = Rows("Databento", market, known.instrument(market, quote["close"]), began, began, quote)
    if began.max() > now:
        hours.refuse(f"its hour of {began.max()} lies in the future (it is {now.astype('datetime64[D]')})")
    hours.refuse_disorder()
    _refuse_weekends(hours)
    days, contract = _days(hours, hours.possible(np.ones(len(began), bool)), records["instrument_id"])
    prices = days.prices(min(now, began.max() + HOUR))
    if databento_symbol(market)[1] != "continuous":
        return prices
    kept = contract[np.searchsorted(days.session, prices.session)]
    return replace(prices, rolled=np.diff(kept.astype(np.int64), prepend=int(kept[0])) != 0)


def _records(body: bytes, market: str) -> NDArray[Any]:
    """Return the records of a compressed answer that is whole: the client alone takes one that breaks off for a shorter one."""
    try:
        import zstandard
        from databento import DBNStore
    except ImportError:
        raise RequestError(WITHOUT_CLIENT) from None
    try:
        unpacking = zstandard.ZstdDecompressor().decompressobj()
        plain = unpacking.decompress(body)
        if not unpacking.eof or unpacking.unused_data:
            raise SourceFault("Databento", market, "its answer breaks off", "Try again.")
        store = DBNStore.from_bytes(plain)
        records = store.to_ndarray()
    except SourceFault:
        raise
    except Exception as fault:  # the reader raises what its Rust core raises
        told = f"its answer cannot be read ({str(fault)[:80]})"
        raise SourceFault("Databento", market, told, "Try again.") from None
    if store.metadata.not_found:
        raise MissingData(market, "Databento", "It knows no such symbol.")
    if str(store.schema) != WHOLE["schema"]:
        raise SourceFault("Databento", market, f"its answer holds {store.schema}, not hours", "Try again.")
    if not len(records):
        raise SourceFault("Databento", market, "its answer holds no hours", "Try again later, or check the symbol.")
    return records


def _prices(told: NDArray[np.int64]) -> Floats:
    """Return billionths as floats, NaN where the record says that there is no price."""
    return np.where(told == np.iinfo(np.int64).max, np.nan, told / BILLION)


def _refuse_weekends(hours: Rows) -> None:
    """Refuse hours of which many fall into weekends, when nothing trades: moments of another zone do."""
    local = pd.DatetimeIndex(hours.moments, tz="UTC").tz_convert("America/Chicago")
    hour_of_week = local.day_of_week * 24 + local.hour
    closed = (hour_of_week >= FRIDAY_EVENING) & (hour_of_week < SUNDAY_EVENING)
    weeks = np.unique(hours.moments.astype("datetime64[W]"))
    odd = np.unique(hours.moments[closed].astype("datetime64[W]"))
    if len(odd) > NO_SESSION * len(weeks):
        first = hours.moments[closed][0]
        hours.refuse(f"{int(closed.sum())} of its hours lie in weekends, the first {first}: its time zone is wrong")


def _days(hours: Rows, possible: NDArray[np.bool_], contract: NDArray[np.uint32]) -> tuple[Rows, NDArray[np.uint32]]:
    """Return the sessions of hours and each one's contract.

    A session holds the hours of the contract that ends it; one with an impossible hour is left out.
    """
    label = known.calendar(hours.instrument.exchange).trade_dates(hours.moments)
    ends = np.flatnonzero(np.append(label[1:] != label[:-1], True))
    current = contract[ends][np.searchsorted(label[ends], label)]
    kept = np.flatnonzero((contract == current) & ~np.isin(label, label[~possible]))
    if not len(kept):
        hours.refuse("no session of its answer is whole")
    start = np.flatnonzero(np.append(True, np.diff(label[kept]).astype(np.int64) != 0))
    end = np.append(start[1:], len(kept)) - 1
    column = {name: hours.quote[name][kept] for name in hours.quote}
    quote = {
        "open": column["open"][start],
        "high": np.maximum.reduceat(column["high"], start),
        "low": np.minimum.reduceat(column["low"], start),
        "close": column["close"][end],
        "volume": np.add.reduceat(column["volume"], start),
    }
    days = replace(hours, moments=hours.moments[kept][end], session=label[kept][start], quote=quote)
    return days, contract[kept][end]
