"""What most commands begin with: open the data, understand the markets' names, take a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import click

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.cli.options import the_day
from crosscurrent.sources import open_source
from crosscurrent.sources.source import Gap, Source, resolve
from crosscurrent.sources.taking import take

__all__ = ["Opened", "open_markets", "tell_gaps"]


@dataclass(frozen=True, slots=True)
class Opened:
    """An open source, the markets that were asked for by the source's own names, and what was known."""

    source: Source
    markets: tuple[str, ...]
    snapshot: Snapshot
    gaps: tuple[Gap, ...]


def open_markets(data: str, asked: Iterable[str], as_of: str | None, also: Iterable[str] = ()) -> Opened:
    """Return a snapshot of the markets asked for and of those of `also` that are there; the references of futures come along.

    A market that was asked for and cannot be read is an error; what is missing of `also` is not even a gap.
    """
    source = open_source(data)
    day = the_day(as_of)
    markets = tuple(resolve(source, text, day) for text in asked)
    helpful = [m for m in also if m in source.markets() and m not in markets]
    for market in markets:
        source.bars(market)  # what is wrong with a market that was asked for must rise, not become a gap
    taken = take(source, (*markets, *dict.fromkeys(helpful)), day)
    return Opened(source, markets, taken.snapshot, tuple(g for g in taken.gaps if g.what not in helpful))


def tell_gaps(gaps: Iterable[Gap]) -> None:
    """Write what is missing to standard error, where it disturbs no document."""
    for gap in gaps:
        click.echo(f"note: {gap}", err=True)
