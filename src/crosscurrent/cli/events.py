"""`crosscurrent events [MARKET]...`: releases and what markets did around them."""

from __future__ import annotations

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.errors import MissingData
from crosscurrent.sources.tables import table_of

__all__ = ["events"]

USUAL = ("ES", "NQ", "ZN", "DGS2", "DGS10", "SPX", "IXIC")


@click.command()
@click.argument("markets", nargs=-1, metavar="[MARKET]...")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 366), help="How many days back and ahead.")
@data_option
@as_of_option
@json_option
def events(markets: tuple[str, ...], days: int, data: str, as_of: str | None, as_json: bool) -> None:
    """Tell the releases of the last days, with surprise and what the markets did against ordinary days, and those ahead."""
    from crosscurrent.intermarket.events import events as measured

    opened = open_markets(data, markets, as_of, also=() if markets else USUAL)
    table = table_of(opened.source, "events")
    if table is None:
        raise MissingData(
            "A calendar of events",
            data,
            "Add a file with columns date_et, time_et, importance, event, actual, forecast.",
        )
    found = measured(opened.snapshot, table, opened.markets or opened.snapshot.names, days=days)
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    for one in found.events:
        told = ", ".join(f"{r.market} {r.day:+.2f} {r.unit}" for r in one.responses)
        click.echo(f"{one.release.day}  {one.release.event:<44} {told}")
    for release in found.ahead:
        click.echo(f"{release.day}  {release.event:<44} ahead")
    for gap in found.gaps:
        click.echo(f"missing: {gap}")
