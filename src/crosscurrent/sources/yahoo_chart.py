"""Yahoo's chart JSON, read with suspicion: what is no closed, possible session is a typed fault or a named gap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from crosscurrent import markets as known
from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.errors import MissingData, SourceFault
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import PRICES, Prices

__all__ = ["parse"]

ODD = 0.01
"""Share of rows that may be left out as impossible; above it the whole answer is refused."""
NO_SESSION = 0.05
"""Share of dates that may be no session of the exchange; above it the zone must be wrong."""
TENFOLD = 25.0
"""A Treasury yield above this is one of those that Yahoo quoted times ten: none was so high."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOISE = 1e-6
"""Yahoo's figures are single-precision: a high may miss its close by this share."""


def parse(body: bytes, market: str, now: np.datetime64, instrument: Instrument | None = None) -> Prices:
    """Return a market's closed sessions from what Yahoo answered; `SourceFault` when it is not that.

    `now` (UTC) tells the running session, which is left out and said, from the future, which is refused.
    """
    chart = _Chart.read(_result(body, market), market, instrument)
    closed = chart.closed(now.astype("datetime64[s]"))
    rows = np.flatnonzero(closed & chart.possible(closed))
    if not len(rows):
        chart.refuse("no row of its answer is a closed session with prices")
    chart.refuse_wrong_zone(rows)
    cut = {name: column[rows] for name, column in chart.quote.items()}
    return Prices(chart.session[rows], **cut, row=rows + 1, notes=tuple(chart.notes))


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


@dataclass(frozen=True, slots=True, eq=False)
class _Chart:
    """The rows of one answer, with what has been said about those left out."""

    market: str
    instrument: Instrument
    moments: Sessions
    session: Sessions
    quote: dict[str, Floats]
    notes: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, result: Mapping[str, Any], market: str, instrument: Instrument | None) -> _Chart:
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
        return cls(market, chosen, moments, _labels(moments, zone, market), quote)

    def refuse(self, rule: str, remedy: str = "Try again.") -> NoReturn:
        """Raise the fault of an answer that cannot be used."""
        raise SourceFault("Yahoo", self.market, rule, remedy)

    def closed(self, now: np.datetime64) -> NDArray[np.bool_]:
        """Return which rows are sessions that have ended; rows in the future, twice or out of order are refused."""
        hours = known.calendar(self.instrument.exchange)
        running = hours.trade_dates(np.array([now], "datetime64[s]"))[0]
        if self.session.max() > running or self.moments.max() > now:
            self.refuse(f"its row of {self.session.max()} lies in the future (it is {now.astype('datetime64[D]')})")
        own = ~self._repeats_the_last_trade()
        self._refuse_order(np.flatnonzero(own))
        ended = hours.closed_at(self.session) <= now
        if (own & ~ended).any():
            self.notes.append(f"the session of {self.session[own & ~ended][-1]} is still running and was left out")
        return own & ended

    def _repeats_the_last_trade(self) -> NDArray[np.bool_]:
        """Return which row is the live quote that Yahoo appends with the time of the last trade to a day already there."""
        repeats = np.zeros(len(self.session), bool)
        repeats[-1] = (
            len(self.session) > 1 and self.session[-1] == self.session[-2] and self.moments[-1] > self.moments[-2]
        )
        return repeats

    def _refuse_order(self, rows: NDArray[np.intp]) -> None:
        session = self.session[rows]
        step = np.diff(session).astype(np.int64)
        if (step > 0).all():
            return
        at = int(np.argmax(step <= 0)) + 1
        told = "stands twice" if step[at - 1] == 0 else f"comes after {session[at - 1]}"
        self.refuse(f"row {rows[at] + 1}: {session[at]} {told}")

    def possible(self, closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which rows are possible bars; say which are not, and refuse the answer when they are many."""
        prices = np.vstack([self.quote[name] for name in PRICES])
        empty = np.isnan(prices).all(axis=0)
        if (empty & closed).any():
            days = self.session[empty & closed]
            self.notes.append(f"{len(days)} sessions without any price were left out, the last {days[-1]}")
        wrong = closed & ~empty & self._is_impossible(prices)
        if wrong.sum() > ODD * closed.sum():
            named = self._named(int(np.argmax(wrong)))
            self.refuse(f"{int(wrong.sum())} of {int(closed.sum())} rows are no possible bars, the first {named}")
        if wrong.any():
            named = "; ".join(self._named(int(i)) for i in np.flatnonzero(wrong)[-3:])
            self.notes.append(f"{int(wrong.sum())} impossible bars were left out, the last {named}")
        right = ~empty & ~wrong
        self.quote["high"][right], self.quote["low"][right] = prices.max(axis=0)[right], prices.min(axis=0)[right]
        return right

    def _is_impossible(self, prices: Floats) -> NDArray[np.bool_]:
        noise = NOISE * np.abs(prices).max(axis=0)
        torn = np.isnan(prices).any(axis=0)
        crossed = (self.quote["high"] < prices.max(axis=0) - noise) | (self.quote["low"] > prices.min(axis=0) + noise)
        sunk = np.less_equal(prices, 0).any(axis=0) & (not self.instrument.may_be_negative)
        if self.instrument.asset_class == "yield" and np.nanmax(self.quote["close"]) > TENFOLD:
            self.refuse(f"a yield of {np.nanmax(self.quote['close']):g} % is none: it is quoted times ten", "")
        return np.asarray(torn | crossed | sunk, np.bool_)

    def _named(self, i: int) -> str:
        return f"{self.session[i]} ({', '.join(f'{name} {self.quote[name][i]:.10g}' for name in PRICES)})"

    def refuse_wrong_zone(self, rows: NDArray[np.intp]) -> None:
        """Refuse dates of which many are no sessions: a history read in the wrong zone falls on Sundays."""
        if self.instrument.exchange == "GENERIC":
            return
        odd = ~known.calendar(self.instrument.exchange).are_sessions(self.session[rows])
        if odd.mean() > NO_SESSION:
            day = self.session[rows][odd][0]
            self.refuse(
                f"{int(odd.sum())} of {len(rows)} dates are no sessions, the first {day}: its time zone is wrong"
            )


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
