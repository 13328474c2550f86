"""`crosscurrent data`: look at what is there before believing what is said about it; fetch more and keep it."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from crosscurrent.cli.options import as_of_option, data_option, interval_option, json_option, print_json, the_day
from crosscurrent.errors import RequestError

if TYPE_CHECKING:
    from crosscurrent.sources.archive import Kept
    from crosscurrent.sources.checking import MarketReport, SourceReport
    from crosscurrent.sources.fetching import Fetched

__all__ = ["data"]


@click.group()
def data() -> None:
    """Look at the data: check what is there, fetch more."""


@data.command()
@click.argument("markets", nargs=-1, metavar="[MARKET]...")
@data_option
@as_of_option
@json_option
def check(markets: tuple[str, ...], data: str, as_of: str | None, as_json: bool) -> None:
    """Read every market (or those named) and tell what is odd about it.

    Ends with 1 when a market could not be read.
    """
    from crosscurrent.sources import open_source
    from crosscurrent.sources.checking import check_source
    from crosscurrent.sources.source import resolve

    source = open_source(data, _now())
    wanted = [resolve(source, market) for market in markets] or list(source.markets())
    with _bar(len(wanted), "Reading") as bar:
        report = check_source(source, wanted, the_day(as_of), lambda market: bar.update(1))
    if as_json:
        print_json(_document(report))
    else:
        _print(report)
    if any(one.fault for one in report.markets):
        sys.exit(1)


@data.command()
@click.argument("markets", nargs=-1, required=True, metavar="MARKET...")
@click.option(
    "--from", "provider", required=True, metavar="SOURCE", help="yahoo, fred, crypto, databento, ibkr, or a folder."
)
@click.option("--archive", "folder", default=None, metavar="DIR", help="Where to keep it. Default: the user's archive.")
@click.option("--again", is_flag=True, help="Ask also for what was fetched today and cannot have changed since.")
@json_option
def fetch(markets: tuple[str, ...], provider: str, folder: str | None, again: bool, as_json: bool) -> None:
    """Ask a provider for markets and keep them in the archive, with checksum and date.

    A fetch that was stopped can be repeated: what was fetched today, and can have no new session since, is not asked for again. Several
    markets are asked for at once, as often as the provider allows. Ends with 1 when one of several failed; what was kept before stays.
    """
    from crosscurrent.sources import open_source
    from crosscurrent.sources.archive import Archive
    from crosscurrent.sources.fetching import fetch as fetch_each

    now = _now()
    source, archive = open_source(provider, now), Archive(folder)
    with _bar(len(markets), "Fetching") as bar:
        done = fetch_each(source, markets, archive, now, told=lambda market: bar.update(1), again=again)
    if as_json:
        print_json(_fetched(done))
    else:
        _print_fetched(done)
    if done.gaps:
        sys.exit(1)


@data.command()
@click.argument("markets", nargs=-1, metavar="[MARKET]...")
@data_option
@interval_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A file, NAME.parquet.")
def compact(markets: tuple[str, ...], data: str, interval: str, out: Path) -> None:
    """Write every market of a source (or those named) into one Parquet file, which `--data` takes as a source.

    Ends with 1 when a market could not be read; the others are in the file.
    """
    from crosscurrent.sources import open_source
    from crosscurrent.sources.compacted import compact as compacted
    from crosscurrent.sources.source import resolve

    if out.suffix != ".parquet":
        raise RequestError(f"{out.name} does not end with .parquet, by which --data knows such a file.")
    source = open_source(data, _now())
    wanted = [resolve(source, market) for market in markets] or list(source.markets())
    with _bar(len(wanted), "Compacting") as bar:
        gaps = compacted(source, wanted, out, interval, told=lambda market: bar.update(1))
    click.echo(f"{len(set(wanted)) - len(gaps)} markets in {out}")
    for gap in gaps:
        click.echo(f"  {gap}")
    if gaps:
        sys.exit(1)


def _bar(length: int, label: str) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def _now() -> np.datetime64:
    return np.datetime64(datetime.now(UTC).replace(tzinfo=None, microsecond=0), "s")


def _document(report: SourceReport) -> dict[str, object]:
    return {
        "source": report.source,
        "markets": [_market(one) for one in report.markets],
        "aside": [{"what": gap.what, "why": gap.why} for gap in report.aside],
    }


def _market(one: MarketReport) -> dict[str, object]:
    return {
        "market": one.market,
        "rows": one.rows,
        "first": None if one.first is None else str(one.first),
        "last": None if one.last is None else str(one.last),
        "close_only": one.is_close_only,
        "fault": one.fault or None,
        "findings": [
            {"session": str(f.session), "rule": f.rule, "severity": f.severity, "sentence": f.sentence}
            for f in one.findings
        ],
    }


def _print(report: SourceReport) -> None:
    click.echo(f"{report.source}: {len(report.markets)} markets")
    for one in report.markets:
        if one.fault:
            click.echo(f"  {one.market}: {one.fault}")
            continue
        click.echo(
            f"  {one.market}: {one.rows} rows, {one.first} to {one.last}{', closes alone' if one.is_close_only else ''}"
        )
        counts = Counter(finding.rule for finding in one.findings)
        last = {finding.rule: finding for finding in one.findings}
        for rule, n in counts.items():
            click.echo(
                f"    {rule.replace('_', ' ')}{f' ({n})' if n > 1 else ''}: {last[rule].session}: {last[rule].sentence}"
            )
    for gap in report.aside:
        click.echo(f"  left aside: {gap}")


def _fetched(done: Fetched) -> dict[str, object]:
    return {
        "kept": [_record(kept) for kept in done.kept],
        "already": [_record(kept) for kept in done.already],
        "failed": [{"what": gap.what, "why": gap.why} for gap in done.gaps],
        "notes": [{"what": gap.what, "why": gap.why} for gap in done.notes],
    }


def _record(kept: Kept) -> dict[str, str]:
    return {name: getattr(kept, name) for name in ("market", "interval", "provider", "fetched_at", "sha256")}


def _print_fetched(done: Fetched) -> None:
    for kept in done.kept:
        click.echo(f"{kept.market}: kept, from {kept.provider} at {kept.fetched_at}")
    for kept in done.already:
        click.echo(f"{kept.market}: kept already, from {kept.provider} at {kept.fetched_at}")
    for gap in (*done.notes, *done.gaps):
        click.echo(str(gap))
