"""`crosscurrent correlate A B`: how two markets move together, beside chance."""

from __future__ import annotations

from typing import cast

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.intermarket.correlation import Correlation, Method

__all__ = ["correlate"]


@click.command()
@click.argument("a")
@click.argument("b")
@data_option
@as_of_option
@click.option("--window", default=10, show_default=True, type=click.IntRange(min=3), help="Sessions in the window.")
@click.option("--method", default="pearson", show_default=True, type=click.Choice(["pearson", "spearman"]))
@json_option
def correlate(a: str, b: str, data: str, as_of: str | None, window: int, method: str, as_json: bool) -> None:
    """Tell the level and the change correlation of A and B, and what unrelated series would show."""
    from crosscurrent.intermarket.correlation import correlate as measured

    opened = open_markets(data, [a, b], as_of)
    found = measured(opened.snapshot, opened.markets[0], opened.markets[1], window, method=cast("Method", method))
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    _print(found)


def _print(found: Correlation) -> None:
    a, b = found.markets
    click.echo(f"{a} and {b}, {found.window} sessions from {found.start} to {found.end}")
    if found.unequal_sessions:
        click.echo(f"  unequal sessions: {', '.join(str(day) for day in found.unequal_sessions)}")
    for name, figure, chance in (
        ("levels", found.levels, found.chance),
        ("changes", found.changes, found.chance_of_changes),
    ):
        click.echo(f"  correlation of {name}: {_figure(figure.value)}{_interval(figure.interval)}; without unequal sessions "
                   f"{_figure(figure.without_unequal)}")  # fmt: skip
        if chance:
            year = (
                ""
                if chance.within_a_year is None
                else f"; some window within a year: {chance.within_a_year:.0%} of them"
            )
            click.echo(f"    unrelated series show less in {chance.percentile:.1%} of windows{year}")


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f" (95% {interval[0]:.2f} to {interval[1]:.2f})"
