"""Yahoo's daily bars, by the JSON that its charts read; for the reader's own use, as its terms have it.

Its traps, each met here by a typed fault or a named gap: pages of HTML and empty answers with status 200; rows of nulls; the last
trade repeated as a bar of its own; the bar of the running session; dates a day off when the zone is wrong; yields once quoted
tenfold; and bars whose high is below their low, which are left out by name while they are few. Futures are the front month,
unadjusted, rolled nobody says when.

The request travels by yfinance, which knows the cookies Yahoo wants (the extra `live`); its answer is read by `parse` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.quality import missing_sessions
from crosscurrent.errors import RejectedData, RequestError, SourceFault, UnknownName
from crosscurrent.sources.http import Answer, Client
from crosscurrent.sources.source import Gap, Table, as_bars
from crosscurrent.sources.yahoo_chart import parse

__all__ = ["Yahoo", "by_yfinance", "request", "yahoo_symbol"]

ADDRESS = "https://query2.finance.yahoo.com"
SPELLED = {"DXY": "DX-Y.NYB", "BTCUSD": "BTC-USD", "DGS5": "^FVX", "DGS10": "^TNX", "DGS30": "^TYX"}

YEAR = np.timedelta64(365, "D")


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


def request(market: str, base: str = ADDRESS) -> tuple[str, dict[str, str]]:
    """Return the address and parameters of a market's whole daily history."""
    return f"{base}/v8/finance/chart/{yahoo_symbol(market)}", {
        "interval": "1d",
        "period1": "0",
        "period2": "9999999999",
    }


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


@dataclass(slots=True)
class Yahoo:
    """Yahoo as a source.

    Parameters
    ----------
    now
        The present moment, UTC; by default the moment the answer says it was given.
    client, base
        How and whom to ask; tests ask a server of their own.
    """

    now: np.datetime64 | None = None
    client: Client = field(default_factory=lambda: Client("Yahoo", by_yfinance))
    base: str = ADDRESS
    notes: tuple[Gap, ...] = ()
    _asked: dict[str, Bars] = field(default_factory=dict, repr=False)

    name = "Yahoo"
    may_be_republished = False

    def markets(self) -> tuple[str, ...]:
        """Return the markets we know how Yahoo spells; any ticker of its own can be named too."""
        spelled = [
            one.symbol
            for one in known.INSTRUMENTS
            if yahoo_symbol(one.symbol) != one.symbol or one.asset_class == "etf"
        ]
        return tuple(sorted(spelled))

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's closed sessions; `SourceFault` or `MissingData` when Yahoo gave none."""
        if interval != "1d":
            raise UnknownName(f"interval of {market}", interval, ["1d"])
        if market not in self._asked:
            self._asked[market] = self._ask(market)
        return self._asked[market]

    def _ask(self, market: str) -> Bars:
        answer = self.client.get(*request(market, self.base), market)
        now = answer.moment if self.now is None else self.now
        if now is None:
            raise SourceFault("Yahoo", market, "the answer bears no date, so a running session could not be told")
        prices = parse(answer.body, market, now.astype("datetime64[s]"))
        try:
            bars = as_bars(market, prices, "1d", f"Yahoo, {market}")
        except RejectedData as fault:
            raise SourceFault("Yahoo", market, str(fault.fields["rule"])) from None
        self.notes += tuple(Gap(market, note) for note in (*prices.notes, *_missing(bars)))
        return bars

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return nothing: Yahoo is asked for bars alone."""
        return ()


def _missing(bars: Bars) -> tuple[str, ...]:
    """Return, in words, the exchange's sessions of the past year that have no bar."""
    since = bars.session[-1] - YEAR
    return tuple(f"{gap.session}: {gap.sentence}" for gap in missing_sessions(bars) if gap.session >= since)
