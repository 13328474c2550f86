"""A snapshot taken from a source: everything it knows of some markets at the close of a date, and what it does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import CrosscurrentError, DataError, MissingData, StorageError, UnknownName
from crosscurrent.sources.source import Gap, Source

__all__ = ["STALE", "Taken", "snapshot", "take"]

STALE = np.timedelta64(7, "D")
"""A series that ended longer ago than this is no longer what the market knows; holidays and a late publication are shorter."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot, with what could not be put into it and why."""

    snapshot: Snapshot
    gaps: tuple[Gap, ...]


def snapshot(source: Source, markets: Iterable[str], as_of: np.datetime64 | str | None = None) -> Snapshot:
    """Return everything the source knows of the markets at the close of `as_of`, nothing else."""
    return take(source, markets, as_of).snapshot


def take(source: Source, markets: Iterable[str], as_of: np.datetime64 | str | None = None) -> Taken:
    """Return a snapshot with its gaps: all closes labelled `as_of` or earlier; by default the last session of the markets.

    A holiday is no fault, nor is a date after the data: the last session before it is taken, and a gap says so. A market that is
    missing, rejected or not yet trading becomes a gap while the others go on, and so does what a source left out of one; when
    all markets fail, the first error rises, and a date before all data is `MissingData` that names the span. The references of
    the markets (the cash index of a future) come along where the source has them, because roll gaps are estimated from them.
    """
    read, gaps, faults = _read(source, markets)
    if not read:
        raise faults[0] if faults else MissingData("a market", source.name, "Name at least one.")
    day = _session(source, read, None if as_of is None else np.datetime64(str(as_of), "D"), gaps)
    gaps += [gap for market, bars in read.items() if (gap := _out_of_date(market, bars, day))]
    named = {*read, *(bars.market for bars in read.values())}
    gaps += [note for note in source.notes if note.what in named]
    return Taken(Snapshot(day, read | _references(source, read)), tuple(gaps))


def _session(source: Source, read: dict[str, Bars], asked: np.datetime64 | None, gaps: list[Gap]) -> np.datetime64:
    """Return the last session of any market labelled with the date asked for or earlier; say so when it is an earlier one."""
    first: np.datetime64 = min(bars.session[0] for bars in read.values())
    last: np.datetime64 = max(bars.session[-1] for bars in read.values())
    if asked is None:
        return last
    if asked < first:
        raise MissingData(f"Anything known on {asked}", source.name, f"Its sessions run from {first} to {last}.")
    day: np.datetime64 = max(bars.session[bars.index_of(asked)] for bars in read.values() if bars.session[0] <= asked)
    if day < asked:
        told = f"the data end on {last}" if asked > last else "no session of these markets"
        gaps.append(Gap(str(asked), f"{told}, so the last one before it is taken, {day}"))
    return day


def _read(source: Source, markets: Iterable[str]) -> tuple[dict[str, Bars], list[Gap], list[CrosscurrentError]]:
    read: dict[str, Bars] = {}
    gaps: list[Gap] = []
    faults: list[CrosscurrentError] = []
    for market in markets:
        try:
            read[market] = source.bars(market)
        except (DataError, StorageError, UnknownName) as fault:
            gaps.append(Gap(market, fault.sentence))
            faults.append(fault)
    return read, gaps, faults


def _out_of_date(market: str, bars: Bars, day: np.datetime64) -> Gap | None:
    """Return a gap for a market of which nothing, or nothing of late, was known on a day: it began later, ended, or paused."""
    if bars.session[0] > day:
        return Gap(market, f"nothing was known by {day}; its first session is {bars.session[0]}")
    last = bars.session[bars.index_of(day)]
    if last < day - STALE:
        return Gap(market, f"its last session known is {last}, well before {day}")
    return None


def _references(source: Source, read: dict[str, Bars]) -> dict[str, Bars]:
    """Return the bars of the references that are not among the markets already; one that is not to be had is no fault here."""
    held = set(read) | {bars.instrument.symbol for bars in read.values()}
    wanted = {bars.instrument.reference for bars in read.values()} - held - {None}
    return _read(source, sorted(name for name in wanted if name in source.markets()))[0] if wanted else {}
