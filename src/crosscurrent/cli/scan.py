"""`crosscurrent scan`: every detector over a universe, to Parquet; `crosscurrent scan --merge`: shards into one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.options import as_of_option, data_option, interval_option, json_option, print_json, the_day
from crosscurrent.errors import RequestError

if TYPE_CHECKING:
    from crosscurrent.evaluate.scan.block import Block
    from crosscurrent.evaluate.scan.manifest import Scan

__all__ = ["scan"]


@click.command()
@click.argument("markets", nargs=-1, metavar="[MARKET]...")
@data_option
@as_of_option
@interval_option
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where the facts go.")
@click.option("--shard", default="1/1", show_default=True, metavar="K/N", help="Only the K-th of N parts of the work.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes on this machine.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", metavar="ADDRESS", help="A running Dask scheduler; default: a cluster on this machine.")
@click.option("--merge", "shards", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Merge this folder's shard into --out instead of scanning; may be given more than once.")  # fmt: skip
@click.option(
    "--block",
    default=100,
    show_default=True,
    type=click.IntRange(1),
    help="Markets in a file; fewer where histories are long.",
)
@click.option("--carry", is_flag=True, help="Keep what detectors carry, so that days can be appended.")
@click.option("--append", "is_append", is_flag=True, help="Append the days since to the scan in --out.")
@json_option
def scan(
    markets: tuple[str, ...], data: str, as_of: str | None, interval: str, out: Path, shard: str, workers: int, engine: str,
    scheduler: str | None, shards: tuple[Path, ...], block: int, carry: bool, is_append: bool, as_json: bool,
) -> None:  # fmt: skip
    """Look at every market of a source (or those named) and write all facts as Parquet into --out.

    What is there already and whole is kept, so a scan that was stopped goes on. A scan written with --carry takes the days that have
    come since by --append, which costs those days and not the history. Ends with 1 when a market could not be read.
    """
    from crosscurrent.evaluate.scan.manifest import finish, merge

    part = _shard(shard)
    if shards:
        done = merge(shards, out)
    elif is_append:
        if markets or part != (1, 1):
            raise RequestError("--append takes the markets of the scan in --out, all of them at once.")
        done = _append(data, as_of, out, workers, engine, scheduler)
    else:
        made = _scan(markets, data, as_of, interval, out, part, workers, engine, scheduler, block, carry)
        if part[1] > 1:
            click.echo(
                f"shard {shard} is written to {out}; merge when all are: crosscurrent scan --merge ...", err=True
            )
            return
        done = finish(out, made)
    if as_json:
        print_json(_document(done))
    else:
        _print(done)
    if done.faults:
        sys.exit(1)


def _scan(
    markets: tuple[str, ...], data: str, as_of: str | None, interval: str, out: Path, part: tuple[int, int], workers: int,
    engine: str, scheduler: str | None, block: int, carry: bool,
) -> list[Block]:  # fmt: skip
    from crosscurrent.evaluate.scan.plan import plan_of
    from crosscurrent.evaluate.scan.scanning import scan as scan_all
    from crosscurrent.sources import open_source
    from crosscurrent.sources.source import resolve

    source = open_source(data)
    day = the_day(as_of)
    names = [resolve(source, market, day) for market in markets] or list(source.markets())
    plan, repeated = plan_of(names, None if day is None else str(day), interval, block, carries=carry)
    for name in repeated:
        click.echo(f"note: {name} was named more than once and is scanned once", err=True)
    length = sum(len(plan.blocks[number]) for number in plan.shard(*part))
    with _progress(length) as told:
        return scan_all(data, plan, out, shard=part, workers=workers, engine=engine, scheduler=scheduler, told=told)


def _append(data: str, as_of: str | None, out: Path, workers: int, engine: str, scheduler: str | None) -> Scan:
    from crosscurrent.evaluate.scan.appending import append
    from crosscurrent.evaluate.scan.manifest import read_plan

    day = the_day(as_of)
    with _progress(len(read_plan(out).markets)) as told:
        return append(
            data, out, None if day is None else str(day), workers=workers, engine=engine, scheduler=scheduler, told=told
        )


@contextmanager
def _progress(markets: int) -> Iterator[Callable[[Block], None]]:
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=markets, label="Scanning", file=sys.stderr, hidden=hidden) as bar:
        yield lambda block: bar.update(len(block.markets))


def _shard(text: str) -> tuple[int, int]:
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise RequestError(f"{text!r} is no shard. Write it as K/N, for example 1/7.")
    return int(number), int(of)


def _document(done: Scan) -> dict[str, object]:
    return {
        "markets": len(done.plan.markets),
        "as_of": done.latest.plan.as_of,
        "interval": done.plan.interval,
        "facts": done.rows,
        "blocks": len(done.blocks),
        "days": len(done.later),
        "sha256": done.sha256,
        "faults": [{"market": one.market, "fault": one.fault} for one in done.faults],
    }


def _print(done: Scan) -> None:
    click.echo(
        f"{len(done.plan.markets)} markets, {done.rows} facts in {len(done.blocks)} blocks, sha256 {done.sha256}"
    )
    for one in done.faults:
        click.echo(f"  {one.market}: {one.fault}")
