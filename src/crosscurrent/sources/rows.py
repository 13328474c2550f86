"""Rows of a provider, read with suspicion: what is no closed, possible session is a typed fault or a named gap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from crosscurrent import markets as known
from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.errors import SourceFault
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import PRICES, Prices

__all__ = ["Rows"]

ODD = 0.01
"""Share of rows that may be left out as impossible; above it the whole answer is refused."""
NO_SESSION = 0.05
"""Share of dates that may be no session of the exchange; above it the zone must be wrong."""
NOISE = 1e-6
"""Some figures come in single precision: a high may miss its close by this share."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The daily rows of one answer, with what has been said about those left out.

    Parameters
    ----------
    provider, market
        Whose rows they are, for errors.
    moments : datetime64[s] of shape (n,)
        When each row's bar began, or the last moment it tells of, UTC.
    session : datetime64[D] of shape (n,)
        The date that the provider gives the row.
    quote
        Open, high, low, close and volume; NaN where the row does not say.
    notes
        What was left out so far, in words.
    """

    provider: str
    market: str
    instrument: Instrument
    moments: Sessions
    session: Sessions
    quote: dict[str, Floats]
    notes: list[str] = field(default_factory=list)

    def prices(self, now: np.datetime64) -> Prices:
        """Return the closed, possible sessions; `now` (UTC) tells the running one, which is left out and said, from the future."""
        closed = self.closed(now.astype("datetime64[s]"))
        rows = np.flatnonzero(closed & self.possible(closed))
        if not len(rows):
            self.refuse("no row of its answer is a closed session with prices")
        self.refuse_wrong_zone(rows)
        cut: dict[str, Any] = {name: column[rows] for name, column in self.quote.items()}
        return Prices(self.session[rows], **cut, row=rows + 1, notes=tuple(self.notes))

    def refuse(self, rule: str, remedy: str = "Try again.") -> NoReturn:
        """Raise the fault of an answer that cannot be used."""
        raise SourceFault(self.provider, self.market, rule, remedy)

    def closed(self, now: np.datetime64) -> NDArray[np.bool_]:
        """Return which rows are sessions that have ended; rows in the future, twice or out of order are refused."""
        hours = known.calendar(self.instrument.exchange)
        running = hours.trade_dates(np.array([now], "datetime64[s]"))[0]
        if self.session.max() > running or self.moments.max() > now:
            self.refuse(f"its row of {self.session.max()} lies in the future (it is {now.astype('datetime64[D]')})")
        self.refuse_disorder()
        ended = np.asarray(hours.closed_at(self.session) <= now, np.bool_)
        if not ended.all():
            self.notes.append(f"the session of {self.session[~ended][-1]} is still running and was left out")
        return ended

    def refuse_disorder(self) -> None:
        """Refuse rows that stand twice or out of order."""
        step = np.diff(self.session).astype(np.int64)
        if (step > 0).all():
            return
        at = int(np.argmax(step <= 0)) + 1
        told = "stands twice" if step[at - 1] == 0 else f"comes after {self.session[at - 1]}"
        self.refuse(f"row {at + 1}: {self.session[at]} {told}")

    def possible(self, closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which rows are possible bars; say which are not, and refuse the answer when they are many."""
        prices = np.vstack([self.quote[name] for name in PRICES])
        empty = np.isnan(prices).all(axis=0)
        if (empty & closed).any():
            days = self.session[empty & closed]
            self.notes.append(f"{len(days)} rows without any price were left out, the last {days[-1]}")
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
