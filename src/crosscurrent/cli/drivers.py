"""`crosscurrent drivers MARKET`: what drove a move, with intervals, and "not identified" when that is the truth."""

from __future__ import annotations

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json, the_day

__all__ = ["drivers"]


@click.command()
@click.argument("market")
@click.option(
    "--from", "start", default=None, metavar="DATE", help="The close from which the move counts. Default: last week's."
)
@click.option(
    "--window",
    default=252,
    show_default=True,
    type=click.IntRange(min=60),
    help="Changes before the move that fix the betas.",
)
@data_option
@as_of_option
@json_option
def drivers(market: str, start: str | None, window: int, data: str, as_of: str | None, as_json: bool) -> None:
    """Split MARKET's move into what rate changes explain, what others explain, and the leftover."""
    from crosscurrent.intermarket.drivers import DRIVERS
    from crosscurrent.intermarket.drivers import drivers as measured

    candidates = dict.fromkeys(name for driver in DRIVERS for name in (*driver.markets, *driver.less))
    opened = open_markets(data, [market], as_of, also=candidates)
    found = measured(opened.snapshot, opened.markets[0], start=the_day(start), window=window)
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    click.echo(f"{found.market} {found.return_pct:+.2f}% from {found.start} to {found.end}: {found.verdict.replace('_', ' ')}"
               f"{f' ({found.by})' if found.by else ''}")  # fmt: skip
    click.echo(f"  {found.reason}")
    for part in found.parts:
        low, high = part.interval
        click.echo(
            f"  {part.driver:<12}{part.pct:+7.2f}%  ({low:+.2f} to {high:+.2f})  share of R-squared {part.share:.0%}"
        )
    click.echo(f"  leftover    {found.leftover:+7.2f}%  larger than {found.leftover_percentile:.0%} of such leftovers")
    for line in (found.reading, *found.gaps):
        if line:
            click.echo(f"  {line}")
