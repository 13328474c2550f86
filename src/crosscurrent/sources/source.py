"""A source: where bars come from. And a snapshot of several markets taken from one, as of a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.checked import checked_bars
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import DataError, MissingData, RejectedData, StorageError, UnknownName
from crosscurrent.markets import symbology
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import Prices

__all__ = ["Gap", "Source", "Table", "Taken", "as_bars", "resolve", "snapshot", "take"]

STALE = np.timedelta64(7, "D")
"""A series that ended longer ago than this is no longer what the market knows; holidays and a late publication are shorter."""


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
    def notes(self) -> tuple[Gap, ...]:
        """What was left aside or read differently so far, and why."""

    def markets(self) -> tuple[str, ...]:
        """Return the names of the markets it holds, sorted; a provider that cannot list them names those it knows."""

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's whole history; `UnknownName`, `RejectedData` or `MissingData` when it cannot."""

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return its tables of one shape: `contracts`, `events`, `meetings` or `probabilities`; empty when it has none."""


def as_bars(market: str, prices: Prices, interval: str, where: str, instrument: Instrument | None = None) -> Bars:
    """Return read rows as checked bars; what the door refuses is told with the place it was read from."""
    chosen = instrument or known.instrument(market, prices.close)
    columns = {name: getattr(prices, name) for name in ("session", "open", "high", "low", "close", "volume")}
    if prices.moment is not None:
        columns["moment"] = prices.moment
    try:
        return checked_bars(market, chosen, columns, interval)
    except RejectedData as fault:
        raise RejectedData(where, fault.sentence.removesuffix(".")) from None


def resolve(source: Source, text: str, as_of: np.datetime64 | None = None) -> str:
    """Return the name by which the source knows the market that people write as `text`: NQ, NQ=F, NQ1!, /NQ, US10Y ..."""
    held = source.markets()
    if text in held:
        return text
    by_case = [name for name in held if name.upper() == text.strip().upper()]
    if len(by_case) == 1:
        return by_case[0]
    meant = symbology.canonical(text, as_of, held)
    if meant in held:
        return str(meant)
    raise UnknownName("market", text, held)


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot, with what could not be put into it and why."""

    snapshot: Snapshot
    gaps: tuple[Gap, ...]


def snapshot(source: Source, markets: Iterable[str], as_of: np.datetime64 | str | None = None) -> Snapshot:
    """Return everything the source knows of the markets at the close of `as_of`, nothing else."""
    return take(source, markets, as_of).snapshot


def take(source: Source, markets: Iterable[str], as_of: np.datetime64 | str | None = None) -> Taken:
    """Return a snapshot with its gaps: all closes labelled `as_of` or earlier; by default the last session there is.

    A holiday is no fault: the last session before it counts. A date after the data means the last session, and a gap says so. A
    market that is missing, rejected or not yet trading becomes a gap while the others go on; when all are, the first error rises,
    and a date before all data is `MissingData` that names the span.
    """
    read, gaps, faults = _read_each(source, tuple(markets))
    if not read:
        raise faults[0] if faults else MissingData("a market", source.name, "Name at least one.")
    first, last = min(bars.session[0] for bars in read.values()), max(bars.session[-1] for bars in read.values())
    day = last if as_of is None else np.datetime64(as_of, "D")
    if day < first:
        raise MissingData(f"anything known on {day}", source.name, f"Its sessions run from {first} to {last}.")
    if day > last:
        gaps.append(Gap(f"{day}", f"the data end on {last}; the note is written as of then"))
        day = last
    gaps += [
        Gap(m, f"its data end on {b.session[-1]}, well before {day}")
        for m, b in read.items()
        if b.session[-1] < day - STALE
    ]
    known_then = {market: bars.until(day) for market, bars in read.items()}
    gaps += [
        Gap(m, f"nothing was known by {day}; its first session is {read[m].session[0]}")
        for m, b in known_then.items()
        if not len(b)
    ]
    return Taken(Snapshot(day, {m: b for m, b in known_then.items() if len(b)}), tuple(gaps))


def _read_each(source: Source, markets: tuple[str, ...]) -> tuple[dict[str, Bars], list[Gap], list[Exception]]:
    read: dict[str, Bars] = {}
    gaps: list[Gap] = []
    faults: list[Exception] = []
    for market in markets:
        try:
            read[market] = source.bars(market)
        except (DataError, StorageError, UnknownName) as fault:
            gaps.append(Gap(market, fault.sentence))
            faults.append(fault)
    return read, gaps, faults
