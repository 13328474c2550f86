"""`crosscurrent curve`: the yield curve, its slopes and their moves by name."""

from __future__ import annotations

import click

from crosscurrent.cli.opening import open_markets, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json

__all__ = ["curve"]

NOTE = "ZN"


@click.command()
@data_option
@as_of_option
@json_option
def curve(data: str, as_of: str | None, as_json: bool) -> None:
    """Tell yields, slopes, the week's move by name (bull steepener and so on), real yields, and note price against yield."""
    from crosscurrent.intermarket.curve import BREAKEVENS, TENORS
    from crosscurrent.intermarket.curve import curve as measured

    wanted = (*TENORS, *(breakeven for _, breakeven in BREAKEVENS), NOTE)
    opened = open_markets(data, (), as_of, also=dict.fromkeys(wanted))
    found = measured(opened.snapshot)
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    for row in found.tenors:
        click.echo(
            f"{row.market:<8}{row.value:6.2f}%  "
            + "  ".join(f"{p} {c:+.0f} bp" for p, c in row.change_bp.items() if c is not None)
        )
    for slope in found.slopes:
        click.echo(
            f"{slope.short} to {slope.long}: {slope.value_bp:+.0f} bp, {slope.change_bp:+.0f} in the week: {slope.name}"
        )
    for real in found.real:
        click.echo(f"{real.nominal} less {real.breakeven_market}: real yield {real.real:.2f}%")
    for beta in found.price_to_yield:
        low, high = beta.interval
        click.echo(f"{beta.price} against {beta.yield_market}: {beta.beta:+.3f}% a bp ({low:+.3f} to {high:+.3f})")
