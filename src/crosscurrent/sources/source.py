"""A source: where bars come from, and what every one of them can be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.checked import checked_bars
from crosscurrent.errors import MissingData, RejectedData, UnknownName
from crosscurrent.markets import symbology
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import Prices

__all__ = ["Gap", "Source", "Table", "as_bars", "resolve"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not there, and why: it is named in the note instead of being passed over."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of another shape than bars: contracts, events, meetings, probabilities.

    Columns bear their names as written, folded to lower case; dates are datetime64[D], numbers float64 (NaN where missing), text
    is object (None where missing). All share one length.
    """

    name: str
    shape: str
    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


@runtime_checkable
class Source(Protocol):
    """Where bars come from: a folder, the packaged sample, the archive, a provider."""

    @property
    def name(self) -> str:
        """What a note calls the source."""

    @property
    def may_be_republished(self) -> bool:
        """Whether its prices may stand in a published file; a provider's terms mostly forbid it."""

    @property
    def takes_any_name(self) -> bool:
        """Whether it can be asked for more markets than it lists, as a provider can."""

    @property
    def notes(self) -> tuple[Gap, ...]:
        """What was left aside or read differently so far, and why."""

    def markets(self) -> tuple[str, ...]:
        """Return the names of the markets it holds, sorted; a provider that cannot list them names those it knows."""

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's whole history; `UnknownName`, `RejectedData` or `MissingData` when it cannot."""

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return its tables of one shape: `contracts`, `events`, `meetings` or `probabilities`; empty when it has none."""


def as_bars(
    market: str,
    prices: Prices,
    interval: str,
    where: str,
    instrument: Instrument | None = None,
    keep_volume: bool = False,
) -> Bars:
    """Return read rows as checked bars; what the door refuses is told with the place and row it was read from.

    With `keep_volume` a column that is nought in most rows is no filler: a contract trades little until it is the front.
    """
    chosen = instrument or known.instrument(market, prices.close)
    try:
        bars = checked_bars(market, chosen, prices.columns, interval)
    except RejectedData as fault:
        raise RejectedData(_place(prices, where, str(fault.fields["where"])), str(fault.fields["rule"])) from None
    if keep_volume:
        bars = replace(bars, volume=prices.volume)
    if prices.rolled is None:
        return bars
    # The provider says where the contract changes, but gives one contract at a time: the gap is open.
    gap = prices.gap if prices.gap is not None else np.where(prices.rolled, np.nan, 0.0)
    return replace(bars, rolled=prices.rolled, gap=gap)


def _place(prices: Prices, where: str, told: str) -> str:
    found = re.search(r"\d{4}-\d\d-\d\d$", told)
    if not found:
        return where
    at = np.flatnonzero(prices.session.astype(str) == found[0])
    return f"{where}, row {prices.row[at[0]]} ({found[0]})" if len(at) == 1 else f"{where} on {found[0]}"


def resolve(source: Source, text: str, as_of: np.datetime64 | None = None) -> str:
    """Return the name by which the source knows the market that people write as `text`: NQ, NQ=F, NQ1!, /NQ, US10Y ..."""
    held = source.markets()
    if text in held or (symbology.continuous(text) and source.tables("contracts")):
        return text
    if not held:
        raise MissingData(text, source.name, "It holds no market at all.")
    try:
        return symbology.canonical(text, None if as_of is None else as_of.astype(date), held)
    except UnknownName:
        if source.takes_any_name:
            return text
        raise
