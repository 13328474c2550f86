"""`crosscurrent facts MARKET`: every fact known by a date, over the whole history."""

from __future__ import annotations

import re

import click
import numpy as np

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import (
    as_of_option,
    basis_option,
    data_option,
    interval_option,
    json_option,
    print_json,
    the_day,
)
from crosscurrent.cli.progress import tell_first_use
from crosscurrent.errors import MissingData, UnknownName
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.stage import STAGES

__all__ = ["facts"]

INTRADAY = re.compile(r"\d+[hm]")


@click.command()
@click.argument("market")
@data_option
@as_of_option
@interval_option
@basis_option
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be given more than once.")
@click.option("--stage", type=click.Choice(STAGES), help="Only this stage; `forming` lists what is forming now.")
@click.option("--since", metavar="DATE", help="Only facts known in this session or later.")
@json_option
def facts(
    market: str, data: str, as_of: str | None, interval: str, basis: str | None, kinds: tuple[str, ...], stage: str | None,
    since: str | None, as_json: bool,
) -> None:  # fmt: skip
    """List every fact of MARKET that was known by a date, oldest first."""
    from crosscurrent.pipeline import all_kinds, look
    from crosscurrent.structure import DETECTORS
    from crosscurrent.structure.look import look_at

    for kind in kinds:
        if kind not in all_kinds():
            raise UnknownName("kind of fact", kind, all_kinds())
    opened = open_markets(data, [market], as_of)
    (name,) = opened.markets
    if not opened.snapshot.has(name):
        raise MissingData(f"Anything of {name} by {as_of}", data)
    tell_first_use()
    if INTRADAY.fullmatch(interval):
        bars = opened.source.bars(name, interval).until(opened.snapshot.as_of)
        seen = look_at(bars, bars, DETECTORS)
    else:
        seen = look(opened.snapshot, [name], interval=interval, basis=basis)[name]
    day = the_day(since)
    found = seen.forming(*kinds) if stage == "forming" else seen.facts(*kinds, since=day, stage=stage)
    if as_json:
        print_json([fact.to_json() for fact in found])
    else:
        tell_gaps(opened.gaps)
        _print_table(found, name)


def _print_table(found: list[Fact], market: str) -> None:
    if not found:
        click.echo(f"{market}: no such fact.")
    for fact in found:
        told = ", ".join(f"{name} {_short(value)}" for name, value in fact.readings.items())
        flags = " ".join(t for t in (fact.stage, fact.direction, fact.strictness or "", fact.basis) if t)
        click.echo(f"{np.datetime_as_string(fact.session, 'D')}  {fact.kind:<24} {flags:<34} {told}")


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.10g}" if abs(value) >= 1000 else f"{value:.4g}"
