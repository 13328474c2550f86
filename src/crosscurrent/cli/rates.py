"""`crosscurrent rates`: what yields did, how rare that is, and what policy path is priced in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.errors import MissingData
from crosscurrent.markets import find
from crosscurrent.sources import open_source
from crosscurrent.sources.tables import table_of

if TYPE_CHECKING:
    from crosscurrent.intermarket.rates import Rates

__all__ = ["rates"]

RATE_CLASSES = ("yield", "policy")


@click.command()
@data_option
@as_of_option
@json_option
def rates(data: str, as_of: str | None, as_json: bool) -> None:
    """Tell the moves of every yield with their rarity, the implied policy path and the odds of each meeting."""
    from crosscurrent.intermarket.rates import rates as measured

    held = open_source(data).markets()
    classes = {name: known.asset_class for name in held if (known := find(name)) is not None}
    names = [name for name, asset_class in classes.items() if asset_class in RATE_CLASSES]
    if not names:
        raise MissingData("A yield or an implied rate", data, "Give a folder that holds one, such as DGS10.csv.")
    opened = open_markets(data, (), as_of, also=names)
    found = measured(
        opened.snapshot, names, contracts=table_of(opened.source, "contracts"), meetings=table_of(opened.source, "meetings"),
        implied=[name for name in names if classes[name] == "policy" and "IMPLIED" in name], implied_path=table_of(opened.source, "probabilities"),
    )  # fmt: skip
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    _print(found)


def _print(found: Rates) -> None:
    click.echo(f"Rates as of {found.as_of}")
    for row in found.changes:
        since = (
            f"largest since {row.largest_since}"
            if row.largest_since is not None
            else "largest on record"
            if row.rank == 1
            else ""
        )
        change = "n/a" if row.change is None else f"{row.change:+.0f} bp"
        click.echo(f"  {row.market:<20}{row.period:>4}{change:>9}  rank {row.rank or '-'} of {row.periods}  {since}")
    _print_path(found)
    for gap in found.gaps:
        click.echo(f"  missing: {gap}")


def _print_path(found: Rates) -> None:
    if found.now is not None:
        click.echo(f"  now {found.now.rate:.2f}% ({found.now.source})")
    for point in found.path:
        cuts = "" if point.cuts_bp is None else f", {_cuts(point.cuts_bp)}"
        click.echo(f"  {point.date}: {point.implied_rate:.2f}%{cuts}")
    for meeting in found.meetings:
        told = _odds(meeting.probabilities.items()) if meeting.probabilities else str(meeting.reason)
        click.echo(f"  meeting of {meeting.date}: {told}")


def _cuts(bp: float) -> str:
    return f"{bp:.0f} bp of cuts" if bp >= 0 else f"{-bp:.0f} bp of increases"


def _odds(probabilities: Iterable[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {p:.1%}" for name, p in probabilities if p >= 0.0005)
