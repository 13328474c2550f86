"""What most commands begin with: open the data, understand the markets' names, take a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import click

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.cli.options import the_day
from crosscurrent.errors import MissingData
from crosscurrent.sources import open_source
from crosscurrent.sources.source import Gap, Source, resolve
from crosscurrent.sources.taking import take

__all__ = ["Opened", "open_market_or_desk", "open_markets", "tell_gaps", "tell_no_filter"]


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


def open_market_or_desk(asked: tuple[str, ...], data: str, as_of: str | None, desk: str, *beside: str) -> Opened:
    """Return a snapshot of the markets asked for, or of a desk's index and filter markets when none is; `beside` comes along.

    The sample has a desk of its own. `MissingData` when the source has none of the desk's markets.
    """
    from crosscurrent.sources.desks import read_desk

    if asked:
        return open_markets(data, asked, as_of, also=beside)
    held = open_source(data).markets()
    wanted = [m.name for m in read_desk("sample" if data == "sample" else desk).with_role("index", "filter")]
    names = [name for name in wanted if name in held]
    if not names:
        raise MissingData(
            f"Any market of the desk ({', '.join(wanted)})", data, "Name a market, or give a desk with --desk."
        )
    return open_markets(data, names, as_of, also=beside)


def tell_no_filter(beside: str, opened: Opened) -> None:
    """Say on standard error that the market that should stand as condition is not there; silent where none was wanted."""
    if beside.lower() != "none" and not opened.snapshot.has(beside):
        click.echo(f"note: there are no data of {beside}, so every setup's filter is neutral.", err=True)


def tell_gaps(gaps: Iterable[Gap]) -> None:
    """Write what is missing to standard error, where it disturbs no document."""
    for gap in gaps:
        click.echo(f"note: {gap}", err=True)
