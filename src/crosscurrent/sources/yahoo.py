"""Yahoo's daily bars, by the JSON that its charts read; for the reader's own use, as its terms have it.

Its traps, each met here by a typed fault or a named gap: pages of HTML and empty answers with status 200; rows of nulls; the last
trade repeated as a bar of its own; the bar of the running session; dates a day off when the zone is wrong; yields once quoted
tenfold; and bars whose high is below their low, which are left out by name while they are few. Futures are the front month,
unadjusted, rolled nobody says when.

The request travels by yfinance, which knows the cookies Yahoo wants (the extra `live`); its answer is read by `parse` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import numpy as np

from crosscurrent import markets as known
from crosscurrent.errors import RequestError
from crosscurrent.sources.columns import Prices
from crosscurrent.sources.http import Answer, Client
from crosscurrent.sources.limits import Limit
from crosscurrent.sources.provider import Provider
from crosscurrent.sources.yahoo_chart import parse

__all__ = ["Yahoo", "by_yfinance", "yahoo_symbol"]

WHOLE = {"interval": "1d", "period1": "-2208988800", "period2": "9999999999"}
"""Daily bars from the year 1900 to beyond any."""
SPELLED = {"DXY": "DX-Y.NYB", "BTCUSD": "BTC-USD"}


def yahoo_symbol(market: str) -> str:
    """Return how Yahoo spells a market; one that we do not know goes as it is, for it may be any ticker."""
    one = known.find(market)
    if market in SPELLED or one is None:
        return SPELLED.get(market, market)
    if one.is_future:
        return f"{one.symbol}=F"
    if one.asset_class == "fx":
        return f"{one.symbol}=X"
    return next((alias for alias in one.aliases if alias.startswith("^")), one.symbol)


def by_yfinance(url: str, params: Mapping[str, str], timeout: float) -> Answer:
    """Ask by yfinance, which brings the cookies that Yahoo wants; `RequestError` when it is not installed."""
    try:
        from yfinance.data import YfData
        from yfinance.exceptions import YFException, YFRateLimitError
    except ImportError:
        raise RequestError(
            "Yahoo needs yfinance, which is not installed. Run: pip install 'crosscurrent[live]'."
        ) from None
    try:
        reply = YfData().get(url, params=dict(params), timeout=timeout)
        return Answer(
            reply.status_code, {str(k).lower(): str(v) for k, v in reply.headers.items()}, bytes(reply.content)
        )
    except YFRateLimitError:
        return Answer(429, {}, b"")
    except (YFException, OSError, RuntimeError) as fault:
        raise ConnectionError(f"the connection broke off ({str(fault)[:120] or type(fault).__name__})") from None


class Yahoo(Provider):
    """Yahoo as a source of daily bars."""

    name = "Yahoo"
    address = "https://query2.finance.yahoo.com"
    at_once = 4
    limits = (Limit(60, 60.0),)

    def usual_client(self) -> Client:
        """Return a client whose requests travel by yfinance."""
        return Client(self.name, by_yfinance, pace=self.usual_pace())

    def markets(self) -> tuple[str, ...]:
        """Return the markets we know how Yahoo spells."""
        ours = [one for one in known.INSTRUMENTS if yahoo_symbol(one.symbol) != one.symbol or one.asset_class == "etf"]
        return tuple(sorted(one.symbol for one in ours))

    def request(self, market: str) -> tuple[str, dict[str, str]]:
        """Return the address and parameters of a market's whole daily history."""
        return f"{self.base}/v8/finance/chart/{quote(yahoo_symbol(market), safe='=^')}", WHOLE

    def parse(self, body: bytes, market: str, now: np.datetime64) -> Prices:
        """Return the market's closed sessions."""
        return parse(body, market, now)
