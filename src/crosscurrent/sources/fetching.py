"""Fetching: markets asked of a provider and kept in the archive, each on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars
from crosscurrent.errors import CrosscurrentError
from crosscurrent.markets import calendar
from crosscurrent.sources.archive import Archive, Kept
from crosscurrent.sources.source import Gap, Source
from crosscurrent.sources.stored import instrument_of

__all__ = ["Fetched", "fetch", "is_current"]

DAY = np.timedelta64(1, "D")


Asked = Bars | CrosscurrentError


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did: what is kept now, what failed and why, what past closes the provider has revised, and what was kept already."""

    kept: tuple[Kept, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[Gap, ...]
    already: tuple[Kept, ...] = ()


def fetch(
    source: Source,
    markets: Iterable[str],
    archive: Archive,
    fetched_at: np.datetime64,
    interval: str = "1d",
    told: Callable[[str], None] = lambda market: None,
    again: bool = True,
) -> Fetched:
    """Ask a source for markets and keep each in the archive; one that fails is a gap, and what was kept of it stays.

    A provider that allows it is asked for several markets `at_once`; what comes is kept in the order of asking, each as soon as it is
    there, so that a fetch that is stopped can be taken up: with `again` False, markets of which nothing new can have come since they
    were fetched (`is_current`) are not asked for. `told` is called with each market when it is done, for a progress bar. When every
    market fails, the first error rises. `StorageError` rises at once: a disk that takes nothing takes nothing of the others either.
    """
    wanted = list(dict.fromkeys(markets))
    current = (
        {} if again else {m: k for m in wanted if (k := is_current(archive, m, interval, source.name, fetched_at))}
    )
    kept: list[Kept] = []
    faults: list[tuple[str, CrosscurrentError]] = []
    notes: list[Gap] = []
    for market in current:
        told(market)
    for market, came in _each(source, [market for market in wanted if market not in current], interval):
        try:
            if isinstance(came, CrosscurrentError):
                raise came
            notes += _revised(archive, came)
            kept.append(archive.keep(came, source.name, fetched_at))
        except CrosscurrentError as fault:
            if fault.exit_code == 5:
                raise
            faults.append((market, fault))
        told(market)
    if faults and not kept and not current:
        raise faults[0][1]
    gaps = tuple(Gap(m, f.sentence) for m, f in faults)
    return Fetched(tuple(kept), gaps, (*source.notes, *notes), tuple(current.values()))


def is_current(archive: Archive, market: str, interval: str, provider: str, now: np.datetime64) -> Kept | None:
    """Return the record of a market that was fetched from this provider today, since when no session has ended; None for any other.

    A kept file that is damaged is not current: it is fetched again.
    """
    try:
        kept = archive.kept(market, interval)
    except CrosscurrentError:
        return None
    fetched = np.datetime64(kept.fetched_at.removesuffix("Z"), "s")
    sessions = calendar((instrument_of(kept.instrument) or known.instrument(market)).exchange)
    today = now.astype("datetime64[D]")
    ended = sessions.closed_at(sessions.sessions(today - DAY, today + DAY))
    is_new = bool(np.any((ended > fetched) & (ended <= now)))
    return kept if kept.provider == provider and fetched.astype("datetime64[D]") == today and not is_new else None


def _each(source: Source, markets: list[str], interval: str) -> Iterator[tuple[str, Asked]]:
    """Yield each market with its bars or its fault, in order; several are asked for at once where the source allows it."""
    at_once = getattr(source, "at_once", 1)
    if at_once == 1:
        yield from ((market, _asked(source, market, interval)) for market in markets)
        return
    crew = ThreadPoolExecutor(at_once, "fetch")
    try:
        asked = [crew.submit(_asked, source, market, interval) for market in markets]
        for market, one in zip(markets, asked, strict=True):
            yield market, one.result()
    finally:
        crew.shutdown(cancel_futures=True)


def _asked(source: Source, market: str, interval: str) -> Asked:
    try:
        return source.bars(market, interval)
    except CrosscurrentError as fault:
        return fault


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
