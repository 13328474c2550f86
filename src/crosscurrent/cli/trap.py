"""`crosscurrent trap MARKET`: how likely each break was to fail, said at its close, and whether that is worth more than the base rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.errors import MissingData

if TYPE_CHECKING:
    from crosscurrent.evaluate.trap.report import TrapReport
    from crosscurrent.evidence.trap import Odds

__all__ = ["trap"]

FEW = 10


@click.command()
@click.argument("market")
@click.option(
    "--desk",
    "desk",
    default="rates-and-equities",
    show_default=True,
    metavar="NAME|FILE",
    help="Whose index and filter markets teach the model, beside MARKET itself.",
)
@click.option("--all", "whole", is_flag=True, help="Let every traded market of the data teach the model.")
@click.option("--filter", "beside", metavar="MARKET", help="The market as filter; default: the desk's.")
@click.option("--since", metavar="DATE", help="Only breaks of this session or later.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write the reliability plot and its table."
)
@data_option
@as_of_option
@json_option
def trap(
    market: str, desk: str, whole: bool, beside: str | None, since: str | None, out: Path | None, data: str, as_of: str | None, as_json: bool
) -> None:  # fmt: skip
    """Tell how likely each break of MARKET was to fail, from what was known at its close, beside the base rate."""
    from crosscurrent.cli.opening import open_markets, tell_gaps
    from crosscurrent.cli.options import the_day
    from crosscurrent.cli.progress import steps, tell_first_use
    from crosscurrent.evaluate.trap.report import report
    from crosscurrent.sources import open_source
    from crosscurrent.sources.desks import read_desk

    day, chosen = the_day(since), read_desk("sample" if data == "sample" else desk)
    roles = chosen.with_role("filter", "index")
    beside = beside or next((m.name for m in roles if m.role == "filter"), None)
    teachers = open_source(data).markets() if whole else [m.name for m in roles]
    opened = open_markets(data, [market], as_of, also=[*teachers, *([beside] if beside else [])])
    (name,) = opened.markets
    if not opened.snapshot.has(name):
        raise MissingData(f"Anything of {name} by {as_of}", data)
    tell_first_use()
    with steps(quiet=as_json) as show:
        known = [teacher for teacher in teachers if opened.snapshot.has(teacher)]
        told = report(opened.snapshot, name, known, beside, tell=show)
    if out is not None:
        from crosscurrent.publish.trap import write_trap

        for path in write_trap(told, out):
            click.echo(str(path), err=True)
    shown = [odds for odds in told.odds if day is None or odds.session >= day]
    if as_json:
        print_json(told.to_json() | {"breaks": [odds.to_json() for odds in shown]})
        return
    tell_gaps(opened.gaps)
    _print(told, shown if day is not None else shown[-FEW:])


def _print(told: TrapReport, shown: list[Odds]) -> None:
    click.echo(told.verdict)
    if not told.odds:
        click.echo(f"{told.market}: no break that could be judged.")
    for odds in shown:
        said = "not known yet" if odds.told is None else f"{odds.told:.0%}"
        came = {None: "undecided", True: "failed", False: "held"}[odds.failed]
        base = "" if odds.base_rate is None else f"base rate {odds.base_rate:.0%} of {odds.n}"
        chance = "" if odds.chance is None else f", by distance alone {odds.chance:.0%}"
        click.echo(f"{odds.session}  {odds.kind:<26} {odds.direction:<8} {said:>13}  ({base}{chance})  {came}")
