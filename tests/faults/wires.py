"""What providers put on the wire: Yahoo's chart, FRED's CSV, an exchange's candles, Databento's records, all of one known week."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import databento_dbn as dbn
import numpy as np
import zstandard
from server import Reply

from crosscurrent.markets import calendar
from crosscurrent.sources.crypto import Crypto, by_ccxt
from crosscurrent.sources.databento import Databento
from crosscurrent.sources.fred import Fred
from crosscurrent.sources.http import Client, Transport, by_httpx
from crosscurrent.sources.provider import Provider
from crosscurrent.sources.yahoo import Yahoo

__all__ = [
    "CASES",
    "CLOSES",
    "DAYS",
    "NOW",
    "ROWS",
    "Case",
    "chart",
    "hours",
    "pair",
    "quick",
    "records",
    "series",
    "stamp",
]

NOW = np.datetime64("2025-01-18T12:00:00", "s")
DAYS = ("2025-01-13", "2025-01-14", "2025-01-15", "2025-01-16", "2025-01-17")
CLOSES = (20974.5, 20937.75, 21427.75, 21249.75, 21617.5)
ROWS = list(zip(DAYS, (4.79, 4.78, 4.66, 4.61, 4.62), strict=True))
NEW_YORK = ZoneInfo("America/New_York")
PAIR = {
    "name": "BTC/USD", "market_symbol": "btcusd", "base_currency": "BTC", "base_decimals": 8, "counter_currency": "USD",
    "counter_decimals": 0, "minimum_order_value": "10", "trading": "Enabled", "instant_order_counter_decimals": 2,
    "instant_and_market_orders": "Enabled", "description": "Bitcoin / U.S. dollar", "market_type": "SPOT",
}  # fmt: skip


def stamp(day: str, hour: int = 0) -> int:
    return int(datetime.fromisoformat(day).replace(hour=hour, tzinfo=NEW_YORK).timestamp())


def chart(days=DAYS, closes=CLOSES, *, zone="America/New_York", stamps=None, **changed) -> bytes:
    """Return Yahoo's chart JSON of these bars."""
    close = list(closes)
    quote = {"open": [c and c - 10 for c in close], "high": [c and c + 20 for c in close], "low": [c and c - 20 for c in close],
             "close": close, "volume": [600_000] * len(close)} | changed  # fmt: skip
    result = {
        "meta": {"symbol": "NQ=F", "exchangeTimezoneName": zone},
        "timestamp": list(stamps or [stamp(day) for day in days]),
        "indicators": {"quote": [quote]},
    }
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


def series(rows, heading="observation_date,DGS10") -> bytes:
    """Return FRED's CSV of these rows."""
    return (heading + "\n" + "".join(f"{day},{value}\n" for day, value in rows)).encode()


def pair(days=DAYS, closes=CLOSES, shift: int = 0, **changed) -> bytes:
    """Return Bitstamp's candles of these days, which begin `shift` seconds after midnight UTC."""
    rows = [
        {
            "timestamp": str(int(np.datetime64(day, "s").astype(np.int64)) + shift),
            "open": str(close), "high": str(close + 20), "low": str(close - 20), "close": str(close), "volume": "5.5",
        }
        for day, close in zip(days, closes, strict=True)
    ]  # fmt: skip
    for name, column in changed.items():
        for row, value in zip(rows, column, strict=True):
            row[name] = value
    return json.dumps({"data": {"pair": "BTC/USD", "ohlc": rows}}).encode()


def hours(days=DAYS) -> np.ndarray:
    """Return when each hour of CME sessions began, UTC [s]: 17:00 to 16:00 in Chicago."""
    closed = calendar("CME_EQUITY").closed_at(np.array(days, "datetime64[D]"))
    return (closed[:, None] - np.arange(23, 0, -1).astype("timedelta64[h]")).ravel()


def records(
    began=None, closes=None, *, contract=None, schema=dbn.Schema.OHLCV_1H, not_found=(), high=None, pack=True
) -> bytes:
    """Return Databento's bytes of hours: the last close of each day is that of the week, the others lie a point below."""
    began = hours() if began is None else began
    closes = [c - (k < 22) for c in CLOSES for k in range(23)] if closes is None else closes
    contract = [7] * len(began) if contract is None else contract
    meta = dbn.Metadata(
        "GLBX.MDP3", 0, dbn.SType.CONTINUOUS, dbn.SType.INSTRUMENT_ID, schema, ["NQ.v.0"], not_found=list(not_found)
    )
    raw = bytes(meta.encode())
    for t, close, number, top in zip(began, closes, contract, high or [None] * len(began), strict=True):
        point = dbn.UNDEF_PRICE if close is None else round(close * 1_000_000_000)
        above = point if top is None else round(top * 1_000_000_000)
        raw += bytes(
            dbn.OHLCVMsg(dbn.RType.OHLCV_1H, 1, number, int(t.astype("int64")) * 10**9, point, above, point, point, 100)
        )
    return zstandard.compress(raw) if pack else raw


@dataclass(frozen=True)
class Case:
    """A provider as the matrix needs it: how it is made and asked, a good answer, and one that lacks Wednesday."""

    make: Callable[..., Provider]
    market: str
    good: bytes
    last: float
    without_wednesday: bytes
    transport: Transport = by_httpx
    aside: dict[str, Reply] = field(default_factory=dict)
    handed_on: bytes = b""
    """What the transport makes of the good answer, where that is another body."""

    @property
    def body(self) -> bytes:
        return self.handed_on or self.good


def quick(case: Case, attempts: int = 3) -> Client:
    """Return a client that waits for nobody."""
    return Client(case.make.name, case.transport, attempts=attempts, timeout=0.5, wait=0.001, longest_wait=1.5)


def by_post(url, params, timeout):
    return by_httpx(url, params, timeout, "a key")


LEFT = [0, 1, 3, 4]
FOUR = [DAYS[i] for i in LEFT], [CLOSES[i] for i in LEFT]
LISTED = {"/markets/": Reply(body=json.dumps([PAIR]).encode())}
CANDLES = json.dumps(
    [
        [int(np.datetime64(day, "ms").astype(int)), c, c + 20, c - 20, c, 5.5]
        for day, c in zip(DAYS, CLOSES, strict=True)
    ]
).encode()
CASES = {
    "fred": Case(Fred, "DGS10", series(ROWS), 4.62, series([ROWS[i] for i in LEFT])),
    "yahoo": Case(Yahoo, "NQ", chart(), 21617.5, chart(*FOUR)),
    "ccxt": Case(Crypto, "BTCUSD", pair(), 21617.5, pair(*FOUR), by_ccxt, LISTED, CANDLES),
    "databento": Case(
        Databento,
        "NQ.v.0",
        records(),
        21617.5,
        records(hours(FOUR[0]), [c for c in FOUR[1] for _ in range(23)]),
        by_post,
    ),
}
