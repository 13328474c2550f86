"""Interactive Brokers: daily bars of whatever the account may see, asked of the trader's own workstation or gateway.

Nothing here is HTTP: ib_async (the extra `ibkr`) speaks to a program on this machine, which answers in bars or in numbered errors.
Its traps: a time-out and an error are told by an empty list; more than sixty requests in ten minutes, or the same one twice within
fifteen seconds, are punished by disconnection, so both are counted in a file that outlives the program; the running session comes
as a bar; continuous futures are spliced, and adjusted, by rules of its own that it does not tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from crosscurrent import markets as known
from crosscurrent.errors import RequestError, SourceFault
from crosscurrent.sources.columns import PRICES, Prices
from crosscurrent.sources.http import Answer, Client, Transport
from crosscurrent.sources.limits import Limit
from crosscurrent.sources.provider import Provider
from crosscurrent.sources.rows import Rows

__all__ = ["InteractiveBrokers", "by_connection", "connected", "contract_of", "parse"]

UNKNOWN, PACING = (200, 321), "pacing violation"
AWAY = "the workstation cannot be reached: start it, and let it take connections of programs"
EXCHANGES = {"CME_EQUITY": "CME", "CME_RATES": "CBOT", "CME_METALS": "COMEX", "CME_ENERGY": "NYMEX"}
DURATION = "20 Y"
NOTHING = "its answer is no list of bars by the day, or cannot be read"


def contract_of(market: str) -> tuple[str, str, str]:
    """Return kind, symbol and exchange by which the workstation knows a market: ContFuture NQ at CME, Stock SPY at SMART."""
    one = known.find(market)
    if one is not None and one.is_future:
        return "ContFuture", one.symbol, EXCHANGES.get(one.exchange, "")
    if one is not None and one.asset_class == "fx":
        return "Forex", one.symbol, "IDEALPRO"
    if one is not None and one.asset_class in ("equity_index", "volatility"):
        return "Index", one.symbol, "NASDAQ" if one.symbol == "NDX" else "CBOE"
    return "Stock", market, "SMART"


def _library() -> Any:
    try:
        import ib_async
    except ImportError:
        raise RequestError(
            "Interactive Brokers needs ib_async, which is not installed. Run: pip install 'crosscurrent[ibkr]'."
        ) from None
    return ib_async


def connected(url: str, timeout: float) -> Any:
    """Return a connection to the workstation at `url` (host:port)."""
    host, _, port = url.rpartition(":")
    workstation = _library().IB()
    workstation.RaiseRequestErrors = True
    return workstation.connect(host, int(port), timeout=timeout, readonly=True)


def by_connection(connect: Callable[[str, float], Any] = connected) -> Transport:
    """Return a way to ask over a connection, which is opened at the first request and again after it broke off.

    `RequestError` when ib_async is not installed.
    """
    held: list[Any] = []

    def ask(url: str, params: Mapping[str, str], timeout: float) -> Answer:
        library = _library()
        try:
            if not held or not held[0].isConnected():
                held[:] = [connect(url, timeout)]
            return Answer(200, {}, _told(_bars(held[0], params, timeout)))
        except library.RequestError as fault:
            return _refused(fault)
        except TimeoutError:
            raise TimeoutError(f"it did not answer within {timeout:g} s") from None
        except OSError as fault:
            raise ConnectionError(f"{AWAY} ({str(fault)[:80] or type(fault).__name__})") from None

    return ask


def _bars(workstation: Any, params: Mapping[str, str], timeout: float) -> Any:
    make = getattr(_library(), params["kind"])
    pair = params["kind"] == "Forex"
    contract = make(params["symbol"]) if pair else make(params["symbol"], params["exchange"], currency="USD")
    shown = "MIDPOINT" if pair else "TRADES"
    return workstation.reqHistoricalData(contract, "", DURATION, "1 day", shown, useRTH=False, timeout=timeout)


def _told(bars: Any) -> bytes:
    """Return bars as JSON; nothing at all for none, because an empty list is how a time-out is told."""
    try:
        rows = [[str(bar.date), *(float(getattr(bar, name)) for name in (*PRICES, "volume"))] for bar in bars]
    except (AttributeError, TypeError, ValueError):
        return b"a bar that cannot be read"
    return json.dumps(rows).encode() if rows else b""


def _refused(fault: Any) -> Answer:
    """Return the workstation's numbered error as the status that it would be elsewhere."""
    if fault.code in UNKNOWN:
        return Answer(404, {}, b"")
    return Answer(429 if PACING in str(fault.message).lower() else 503, {}, b"")


class InteractiveBrokers(Provider):
    """The workstation of Interactive Brokers as a source of daily bars."""

    name = "Interactive Brokers"
    address = "127.0.0.1:7496"
    limits = (Limit(60, 600.0), Limit(1, 15.0, alike=True))

    def usual_client(self) -> Client:
        """Return a client that speaks to the workstation."""
        return Client(self.name, by_connection(), pace=self.usual_pace())

    def markets(self) -> tuple[str, ...]:
        """Return the markets whose contract we know how to name; stocks are asked for by their ticker."""
        ours = ("equity_index", "rates", "metals", "energy", "fx", "etf", "volatility")
        return tuple(sorted(one.symbol for one in known.INSTRUMENTS if one.asset_class in ours))

    def request(self, market: str) -> tuple[str, dict[str, str]]:
        """Return the workstation's address and the contract."""
        return self.base, dict(zip(("kind", "symbol", "exchange"), contract_of(market), strict=True))

    def parse(self, body: bytes, market: str, now: np.datetime64) -> Prices:
        """Return the market's closed sessions."""
        return parse(body, market, now)


def parse(body: bytes, market: str, now: np.datetime64) -> Prices:
    """Return a market's closed sessions from the workstation's bars; `SourceFault` when they are not that.

    A volume of -1 is none. Bars bear the exchange's own date, never a moment.
    """
    try:
        rows = json.loads(body)
        session = np.array([np.datetime64(row[0], "D") for row in rows], "datetime64[D]")
        table = np.array([row[1:] for row in rows], np.float64).reshape(len(rows), 5)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise SourceFault("Interactive Brokers", market, NOTHING, "Try again.") from None
    if not rows or np.isnat(session).any() or any(len(row[0]) != len("2025-01-17") for row in rows):
        raise SourceFault("Interactive Brokers", market, NOTHING, "Try again.")
    quote = {name: table[:, k].copy() for k, name in enumerate((*PRICES, "volume"))}
    quote["volume"][quote["volume"] < 0] = np.nan
    for column in quote.values():
        column[~np.isfinite(column)] = np.nan
    instrument = known.instrument(market, quote["close"])
    return Rows("Interactive Brokers", market, instrument, session.astype("datetime64[s]"), session, quote).prices(now)
