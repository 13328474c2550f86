"""Fetching: markets asked of a provider and kept in the archive, each on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import CrosscurrentError
from crosscurrent.sources.archive import Archive, Kept
from crosscurrent.sources.source import Gap, Source

__all__ = ["Fetched", "fetch"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did: what is kept now, what failed and why, and what past closes the provider has revised."""

    kept: tuple[Kept, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[Gap, ...]


def fetch(
    source: Source,
    markets: Iterable[str],
    archive: Archive,
    fetched_at: np.datetime64,
    interval: str = "1d",
    told: Callable[[str], None] = lambda market: None,
) -> Fetched:
    """Ask a source for markets and keep each in the archive; one that fails is a gap, and what was kept of it stays.

    `told` is called with each market when it is done, for a progress bar. When every market fails, the first error rises.
    `StorageError` rises at once: a disk that takes nothing takes nothing of the others either.
    """
    kept: list[Kept] = []
    faults: list[tuple[str, CrosscurrentError]] = []
    notes: list[Gap] = []
    for market in markets:
        try:
            bars = source.bars(market, interval)
            notes += _revised(archive, bars)
            kept.append(archive.keep(bars, source.name, fetched_at))
        except CrosscurrentError as fault:
            if fault.exit_code == 5:
                raise
            faults.append((market, fault))
        told(market)
    if faults and not kept:
        raise faults[0][1]
    return Fetched(tuple(kept), tuple(Gap(m, f.sentence) for m, f in faults), (*source.notes, *notes))


def _revised(archive: Archive, bars: Bars) -> list[Gap]:
    """Return in words how many of the closes that are kept the new bars change, for a revision must not pass unseen."""
    try:
        old = archive.bars(bars.market, bars.interval) if bars.market in archive.markets() else None
    except CrosscurrentError:
        return []
    if old is None:
        return []
    _, there, here = np.intersect1d(old.closed_at, bars.closed_at, return_indices=True)
    changed = old.session[there][old.close[there] != bars.close[here]]
    return (
        [Gap(bars.market, f"{len(changed)} closes kept before were revised, the last of {changed[-1]}")]
        if len(changed)
        else []
    )
