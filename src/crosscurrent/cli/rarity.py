"""`crosscurrent rarity MARKET`: how rare a market's latest moves are."""

from __future__ import annotations

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json

__all__ = ["rarity"]


@click.command()
@click.argument("market")
@click.option(
    "--period",
    "periods",
    multiple=True,
    metavar="1d|1w|1mo|Nd",
    help="A period; may be given more than once. Default: 1d 1w 1mo.",
)
@data_option
@as_of_option
@json_option
def rarity(market: str, periods: tuple[str, ...], data: str, as_of: str | None, as_json: bool) -> None:
    """Tell the rank, the percentile and the "largest since" of MARKET's latest moves, free of roll artefacts."""
    from crosscurrent.intermarket.rarity import PERIODS
    from crosscurrent.intermarket.rarity import rarity as measured

    opened = open_markets(data, [market], as_of)
    moves = measured(opened.snapshot, opened.markets[0], periods or PERIODS)
    if as_json:
        print_json({"changes": [move.to_json() for move in moves]})
        return
    tell_gaps(opened.gaps)
    for move in moves:
        mark = " bp" if move.unit == "bp" else "%"
        change = "n/a" if move.change is None else f"{move.change:+.2f}{mark}"
        since = (
            f"largest since {move.largest_since}"
            if move.largest_since is not None
            else "largest on record"
            if move.rank == 1
            else ""
        )
        click.echo(f"{move.market} {move.period:>4} {change:>10}  rank {move.rank or '-'} of {move.periods}  {since}")
        if move.raw is not None:
            click.echo(
                f"     the unadjusted series says {move.raw.change:+.2f}{mark}, largest since {move.raw.largest_since}: a roll artefact"
            )
