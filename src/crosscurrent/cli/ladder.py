"""`crosscurrent ladder MARKET`: what tomorrow's prices would mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.errors import MissingData, RequestError

if TYPE_CHECKING:
    from crosscurrent.setups.ladder import Ladder, Rung
    from crosscurrent.setups.steps import Step

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
    "--all", "every", is_flag=True, help="Print every rung; without it what lies at nearly one price is told as one."
)
@click.option(
    "--chart",
    "picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw it too, into an .svg or a .png.",
)
@json_option
def ladder(
    market: str, data: str, as_of: str | None, beside: str, every: bool, picture: Path | None, as_json: bool
) -> None:
    """Print the ladder of MARKET: prices of the next session with what happens there, how far and how likely."""
    _must_be_drawable(picture)
    from crosscurrent.pipeline import climb

    opened = open_markets(data, [market], as_of, also=[beside])
    (name,) = opened.markets
    if not opened.snapshot.has(name):
        raise MissingData(f"Anything of {name} by {as_of}", data)
    found = climb(opened.snapshot, name, beside if opened.snapshot.has(beside) else None)
    if picture is not None:
        _draw(found, picture, opened.source.name)
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    _print(found, every)


def _must_be_drawable(picture: Path | None) -> None:
    if picture is not None and picture.suffix.lower() not in (".svg", ".png"):
        raise RequestError(f"{picture.name} is no chart that can be drawn: name an .svg or a .png.", chart=str(picture))


def _draw(found: Ladder, picture: Path, source: str) -> None:
    from crosscurrent.charts.ladder import ladder_chart
    from crosscurrent.publish.drawing import draw_png, draw_svg
    from crosscurrent.sources.disk import replace_whole

    chart = ladder_chart(found, source=f"Source: {source}; crosscurrent.")
    is_svg = picture.suffix.lower() == ".svg"
    replace_whole(picture, draw_svg(chart, has_source=True).encode() if is_svg else draw_png(chart))


def _print(found: Ladder, every: bool) -> None:
    notation = found.bars.instrument.notation
    click.echo(
        f"{found.market}: last close {notation.format(found.close)} on {found.session}, prices for {found.next_session}"
    )
    if found.reason:
        click.echo(f"  {found.reason}")
        return
    from crosscurrent.setups.steps import steps

    click.echo(
        f"  {'':<6}{'price':>12}  {'away':>9}  {'ATR':>6}  {'touch':>5}  {'week':>5}  {'close':>5}  what happens there"
    )
    lines = [*(_of_rung(r, found) for r in found.rungs)] if every else [*(_of_step(s, found) for s in steps(found))]
    above = [line for distance, line in lines if distance > 0]
    last = f"  {'':<6}{notation.format(found.close):>12}  {'':->40}  last close"
    for line in (*above, last, *(line for distance, line in lines if distance <= 0)):
        click.echo(line)


def _of_step(step: Step, found: Ladder) -> tuple[float, str]:
    chances = (step.probability_next, step.probability_week, step.probability_close)
    words = step.words(found.bars.instrument.notation)
    return step.distance, _line(step.name, step.price, step.distance, step.distance_atr, chances, words, found)


def _of_rung(rung: Rung, found: Ladder) -> tuple[float, str]:
    chances = (rung.probability_next, rung.probability_week, rung.probability_close)
    words = rung.trigger.consequence
    return rung.distance, _line("", rung.price, rung.distance, rung.distance_atr, chances, words, found)


def _line(
    name: str, price: float, distance: float, in_atr: float, chances: tuple[float | None, ...], words: str, found: Ladder
) -> str:  # fmt: skip
    shown = "  ".join(f"{'' if chance is None else f'{chance:.0%}':>5}" for chance in chances)
    notation = found.bars.instrument.notation
    return f"  {name:<6}{notation.format(price):>12}  {found.away(distance):>9}  {in_atr:>+6.2f}  {shown}  {words}"
