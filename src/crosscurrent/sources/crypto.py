"""Crypto currencies from any of ccxt's exchanges: days from midnight to midnight UTC, every day of the week.

ccxt knows the exchanges' dialects, but not their lies: on a page of HTML, an empty body or a torn one with status 200 most of its
exchanges return an empty list. So every raw answer passes `by_ccxt` first, which hands on what is no JSON as it came, and statuses
as they were. A history comes in pages; a page before the market's first day is empty and ends nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from crosscurrent import markets as known
from crosscurrent.bars.bars import Floats
from crosscurrent.errors import RequestError, SourceFault, UnknownName
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import PRICES, Prices
from crosscurrent.sources.http import Answer, Client
from crosscurrent.sources.limits import Limit
from crosscurrent.sources.provider import Provider
from crosscurrent.sources.rows import Rows

__all__ = ["Crypto", "by_ccxt", "ccxt_symbol"]

EXCHANGE = "bitstamp"
"""Asked when none is named: it has traded bitcoin for dollars since 2011, and gives its days without a key."""
FIRST = np.datetime64("2011-01-01", "s")
PAGE = 300
"""Days a request: the fewest that an exchange allows at most (Coinbase)."""
DAY = 86_400
PAIRS = ("BTCUSD", "ETHUSD")


def ccxt_symbol(market: str) -> str:
    """Return how ccxt spells a market (BTC/USD); what is no currency of ours goes as it is."""
    one = known.find(market)
    return f"{market[:-3]}/{market[-3:]}" if one and one.asset_class == "crypto" else market


@dataclass(slots=True)
class _Heard:
    """The last raw answer of an exchange: what ccxt made of it is another matter."""

    status: int = 0
    headers: Mapping[str, str] = ()  # type: ignore[assignment]
    body: str = ""

    def answer(self) -> Answer | None:
        """Return the answer when it is no JSON with status 200, for then ccxt's reading of it counts for nothing."""
        if self.status and (self.status != 200 or not _is_json(self.body)):
            return Answer(self.status, self.headers, self.body.encode())
        return None


def by_ccxt(url: str, params: Mapping[str, str], timeout: float) -> Answer:
    """Ask an exchange for all days of a pair, page after page; the answer's body is a JSON list of ccxt's rows.

    `url` stands in for the exchange's own address where it is not empty. `RequestError` when ccxt is not installed.
    """
    exchange, heard = _opened(params["exchange"], url)
    exchange.timeout = int(timeout * 1000)
    import ccxt

    heard.status = 0
    try:
        exchange.load_markets()
        return _pages(exchange, heard, params)
    except ccxt.BadSymbol:
        return Answer(404, {}, b"")
    except ccxt.RequestTimeout:
        raise TimeoutError(f"it did not answer within {timeout:g} s") from None
    except (ccxt.BaseError, OSError, LookupError, TypeError, ValueError, AttributeError) as fault:
        # ccxt stumbles over odd answers with whatever error comes; the answer itself says more.
        told = heard.answer()
        if told is None and heard.status:
            told = Answer(200, heard.headers, b"null")
        if told is None:
            raise ConnectionError(f"the connection broke off ({type(fault).__name__})") from None
        return told


def _pages(exchange: Any, heard: _Heard, params: Mapping[str, str]) -> Answer:
    """Return the rows of all pages until `until` (seconds since 1970), else until the moment at which the exchange says it answered."""
    rows: list[list[Any]] = []
    since = int(FIRST.astype(np.int64))
    while True:
        heard.status = 0
        page = exchange.fetch_ohlcv(params["symbol"], "1d", since * 1000, PAGE)
        odd = heard.answer()
        if odd is not None:
            return odd
        rows += page
        since = max(since, int(page[-1][0]) // 1000) + DAY if page else since + PAGE * DAY
        answer = Answer(200, heard.headers, json.dumps(rows).encode())
        told = params.get("until") or (answer.moment is not None and answer.moment.astype(np.int64))
        # Without a date the answer cannot be read anyway, so one page of it is enough.
        if not told or since + DAY > int(told):
            return answer


@lru_cache(maxsize=8)
def _opened(name: str, base: str) -> tuple[Any, _Heard]:
    try:
        import ccxt
    except ImportError:
        raise RequestError(
            "Crypto exchanges need ccxt, which is not installed: pip install 'crosscurrent[crypto]'."
        ) from None
    if name not in ccxt.exchanges:
        raise UnknownName("exchange of ccxt", name, ccxt.exchanges)
    exchange, heard = getattr(ccxt, name)(), _Heard()

    def hear(status: int, reason: str, url: str, method: str, headers: Mapping[str, str], body: str, *sent: Any) -> str:
        heard.status, heard.headers, heard.body = status, {k.lower(): v for k, v in headers.items()}, body
        return body.strip()

    exchange.on_rest_response = hear
    if base:
        exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], base)
    return exchange, heard


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class Crypto(Provider):
    """An exchange of crypto currencies as a source of daily bars.

    Parameters
    ----------
    exchange
        As ccxt names it: `bitstamp`, `coinbase`, `kraken` ...
    """

    name = "ccxt"
    address = ""
    limits = (Limit(10, 1.0),)

    def __init__(
        self, now: np.datetime64 | None = None, base: str = "", client: Client | None = None, exchange: str = EXCHANGE
    ) -> None:
        self.exchange = exchange
        self.name = f"{exchange} by ccxt"
        super().__init__(now, base, client)

    def usual_client(self) -> Client:
        """Return a client whose requests travel by ccxt."""
        return Client(self.name, by_ccxt, pace=self.usual_pace())

    def markets(self) -> tuple[str, ...]:
        """Return the pairs it is mostly asked for; any other is asked for as the exchange writes it, ETH/EUR."""
        return PAIRS

    def instrument(self, market: str, closes: Floats) -> Instrument:
        """Return the instrument: a pair that nobody described trades around the clock too."""
        one = known.instrument(market, closes)
        return one if one.exchange == "CRYPTO" else replace(one, asset_class="crypto", exchange="CRYPTO")

    def request(self, market: str) -> tuple[str, dict[str, str]]:
        """Return the exchange's address (empty for its own) and the pair."""
        until = {} if self.now is None else {"until": str(self.now.astype("datetime64[s]").astype(np.int64))}
        return self.base, {"exchange": self.exchange, "symbol": ccxt_symbol(market)} | until

    def parse(self, body: bytes, market: str, now: np.datetime64) -> Prices:
        """Return the pair's closed days; a day that does not begin at midnight UTC is refused."""
        try:
            table = np.array(json.loads(body), np.float64).reshape(-1, 6)
            began = table[:, 0] / 1000
            # Beyond the year 9999 a moment in milliseconds is none.
            moments = np.array([int(t) for t in began if 0 <= t < 2.5e11], np.int64).astype("datetime64[s]")
        except (ValueError, TypeError, RecursionError, OverflowError):
            raise SourceFault(self.name, market, "its answer is no list of days, or breaks off", "Try again.") from None
        if not len(table) or len(moments) != len(table):
            raise SourceFault(self.name, market, "it answered 200 with no days", "Try again later, or check the pair.")
        quote = {name: table[:, k + 1].copy() for k, name in enumerate((*PRICES, "volume"))}
        session = moments.astype("datetime64[D]")
        rows = Rows(self.name, market, self.instrument(market, quote["close"]), moments, session, quote)
        if (moments != session).any():
            rows.refuse(
                f"its day of {session[moments != session][0]} does not begin at midnight UTC: its time zone is wrong"
            )
        return rows.prices(now)
