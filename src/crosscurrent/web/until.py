"""A source that ends on a day: what asks it can find nothing later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import MissingData
from crosscurrent.sources.source import Gap, Source, Table

__all__ = ["Until"]


@dataclass(frozen=True, slots=True)
class Until:
    """Another source, up to and with a day.

    Parameters
    ----------
    source
        The whole source.
    day
        The last day of which anything is given.
    """

    source: Source
    day: np.datetime64

    @property
    def name(self) -> str:
        """What a note calls the source."""
        return self.source.name

    @property
    def may_be_republished(self) -> bool:
        """Whether its prices may stand in a published file."""
        return self.source.may_be_republished

    @property
    def takes_any_name(self) -> bool:
        """Whether it can be asked for more markets than it lists."""
        return self.source.takes_any_name

    @property
    def notes(self) -> tuple[Gap, ...]:
        """What was left aside or read differently so far, and why."""
        return self.source.notes

    def markets(self) -> tuple[str, ...]:
        """Return the names of the markets it holds."""
        return self.source.markets()

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's history up to the day; `MissingData` when it began later."""
        bars = self.source.bars(market, interval).until(self.day)
        if not len(bars):
            raise MissingData(f"Anything of {market} by {self.day}", self.name)
        return bars

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return its tables of one shape; their rows bear their own dates of publication."""
        return self.source.tables(shape)
