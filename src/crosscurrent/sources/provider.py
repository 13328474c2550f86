"""A provider: a source that is asked over the network, one market at a time."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.bars.quality import missing_sessions
from crosscurrent.errors import RejectedData, SourceFault, UnknownName
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.archive import archive_folder
from crosscurrent.sources.columns import Prices
from crosscurrent.sources.http import Client
from crosscurrent.sources.limits import Limit, Pace
from crosscurrent.sources.source import Gap, Table, as_bars

__all__ = ["Provider"]

YEAR = np.timedelta64(365, "D")


class Provider(ABC):
    """The base of every provider: `request` says what to ask, `parse` reads the bytes that come back; both can be tested alone.

    Parameters
    ----------
    now
        The present moment, UTC, which tells a running session from the future; by default the moment the provider says it answered.
    base
        Its address; tests point it at a server of their own.
    client
        How it is asked: tries, waits, time-outs.

    A provider declares its `limits`, and how many markets may be asked for `at_once`.
    """

    name: str
    address: ClassVar[str]
    limits: ClassVar[tuple[Limit, ...]] = ()
    at_once: ClassVar[int] = 1
    may_be_republished = False
    takes_any_name = True

    def __init__(self, now: np.datetime64 | None = None, base: str = "", client: Client | None = None) -> None:
        self.now = now
        self.base = base or self.address
        self.client = client or self.usual_client()
        self.notes: tuple[Gap, ...] = ()
        self._asked: dict[str, Bars] = {}
        self._writing = threading.Lock()

    def usual_client(self) -> Client:
        """Return how it is asked when nobody says: over HTTP, a few times."""
        return Client(self.name, pace=self.usual_pace())

    def usual_pace(self) -> Pace:
        """Return what keeps its limits, which all programs of this user share."""
        return Pace(archive_folder() / ".limits.sqlite", self.name, self.limits)

    @abstractmethod
    def markets(self) -> tuple[str, ...]:
        """Return the markets it is mostly asked for, sorted; any name of the provider's own can be asked for too."""

    def instrument(self, market: str, closes: Floats) -> Instrument:
        """Return what is traded under a name of the provider's."""
        return known.instrument(market, closes)

    @abstractmethod
    def request(self, market: str) -> tuple[str, dict[str, str]]:
        """Return the address and parameters of a market's whole daily history."""

    @abstractmethod
    def parse(self, body: bytes, market: str, now: np.datetime64) -> Prices:
        """Return the market's closed sessions from what came back; `SourceFault` names the rule it breaks."""

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's closed sessions, asked for once; `SourceFault` or `MissingData` when none came.

        What was left out of the answer, and the exchange's sessions of the past year that it lacks, stand in `notes`.
        """
        if interval != "1d":
            raise UnknownName(f"interval of {market}", interval, ["1d"])
        if market not in self._asked:
            self._asked[market] = self._ask(market)
        return self._asked[market]

    def _ask(self, market: str) -> Bars:
        answer = self.client.get(*self.request(market), market)
        now = answer.moment if self.now is None else self.now
        if now is None:
            raise SourceFault(
                self.name, market, "the answer bears no date, so the future could not be told from the past"
            )
        prices = self.parse(answer.body, market, now.astype("datetime64[s]"))
        try:
            bars = as_bars(market, prices, "1d", market, self.instrument(market, prices.close))
        except RejectedData as fault:
            raise SourceFault(self.name, str(fault.fields["where"]), str(fault.fields["rule"])) from None
        holes = [
            f"{hole.session}: {hole.sentence}"
            for hole in missing_sessions(bars)
            if hole.session >= bars.session[-1] - YEAR
        ]
        with self._writing:
            self.notes += tuple(Gap(market, note) for note in (*prices.notes, *holes))
        return bars

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return nothing: a provider is asked for bars alone."""
        return ()
