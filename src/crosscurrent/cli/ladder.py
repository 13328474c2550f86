"""`crosscurrent ladder MARKET`: what tomorrow's prices would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.errors import MissingData

if TYPE_CHECKING:
    from crosscurrent.setups.ladder import Ladder, Rung

__all__ = ["ladder"]


@click.command()
@click.argument("market")
@data_option
@as_of_option
@click.option(
    "--filter",
    "beside",
    default="ZN",
    show_default=True,
    metavar="MARKET",
    help="The market it is held against, where the data hold it.",
)
@click.option(
    "--all", "every", is_flag=True, help="Print every rung; without it only those of some weight within three ATR."
)
@json_option
def ladder(market: str, data: str, as_of: str | None, beside: str, every: bool, as_json: bool) -> None:
    """Print the ladder of MARKET: prices of the next session with what happens there, how far and how likely."""
    from crosscurrent.pipeline import climb

    opened = open_markets(data, [market], as_of, also=[beside])
    (name,) = opened.markets
    if not opened.snapshot.has(name):
        raise MissingData(f"Anything of {name} by {as_of}", data)
    found = climb(opened.snapshot, name, beside if opened.snapshot.has(beside) else None)
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    _print(found, every)


def _print(found: Ladder, every: bool) -> None:
    notation = found.bars.instrument.notation
    click.echo(
        f"{found.market}: last close {notation.format(found.close)} on {found.session}, prices for {found.next_session}"
    )
    if found.reason:
        click.echo(f"  {found.reason}")
        return
    for shelf in (*reversed(found.resistance), *found.support):
        click.echo(
            f"  {shelf.name}  {notation.format(shelf.price):>12}  strength {shelf.strength:>4.1f}  {'; '.join(shelf.reasons)}"
        )
    click.echo(f"  {'price':>12}  {'ATR':>6}  {'next':>5}  {'week':>5}  what happens there")
    is_told = False
    for rung in found.rungs:
        if not every and not _is_worth_telling(rung):
            continue
        if not rung.is_above and not is_told:
            click.echo(f"  {notation.format(found.close):>12}  {'':->6}  last close")
            is_told = True
        click.echo(f"  {notation.format(rung.price):>12}  {rung.distance_atr:>+6.2f}  {rung.probability_next:>5.0%}  "
                   f"{rung.probability_week:>5.0%}  {rung.trigger.consequence}")  # fmt: skip


def _is_worth_telling(rung: Rung) -> bool:
    return abs(rung.distance_atr) <= 3 and rung.trigger.strength >= 4
