"""`crosscurrent filter-worth [MARKET]...`: the same trades with and without the filter, beside chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crosscurrent.cli.opening import open_market_or_desk, tell_gaps
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.cli.progress import steps
from crosscurrent.cli.replaying import costs_of, period_options, replayed
from crosscurrent.errors import MissingData

if TYPE_CHECKING:
    from crosscurrent.evaluate.filter_worth import Worth
    from crosscurrent.evaluate.replay import Every

__all__ = ["filter_worth"]

WORDS = {"not_against": "without those it is against", "aligned_only": "only those it is aligned with"}


@click.command("filter-worth")
@click.argument("markets", nargs=-1, metavar="[MARKET]...")
@data_option
@as_of_option
@period_options
@json_option
def filter_worth(
    markets: tuple[str, ...], data: str, as_of: str | None, desk: str, since: str | None, until: str | None, every: Every, beside: str,
    ticks: float, slippage: float, as_json: bool,
) -> None:  # fmt: skip
    """Tell what the filter is worth: trades removed, losers removed, and the edge before and after, plan by plan.

    The trades are those that `replay` finds, with a filter market to be held against. An edge is what trades paid less what the same
    orders paid when placed at random closes.
    """

    from crosscurrent.evaluate.filter_worth import Trades, traded
    from crosscurrent.evaluate.filter_worth import filter_worth as judged
    from crosscurrent.intermarket.chance import generator_for

    costs = costs_of(ticks, slippage)
    opened = open_market_or_desk(markets, data, as_of, desk, beside)
    if not opened.snapshot.has(beside):
        raise MissingData(f"The filter market {beside}", opened.source.name, "Name another with --filter.")
    with steps() as show:
        parts = [
            traded(past, [setup for close in closes for setup in close], costs, generator_for(past.whole.market, "filter-worth", every))
            for past, closes in replayed(opened, since, until, every, beside, costs, show)
            if past.whole.market != beside
        ]  # fmt: skip
    rows = judged(Trades.joined(parts)) if parts else ()
    if as_json:
        print_json({"filter": beside, "every": every, "markets": [m for m in opened.markets if m != beside],
                    "rows": [row.to_json() for row in rows]})  # fmt: skip
        return
    tell_gaps(opened.gaps)
    for row in rows:
        click.echo(_told(row.to_json(), row))
    if not rows:
        click.echo("no trade was filled and has ended: nothing can be said")


def _told(row: dict[str, Any], worth: Worth) -> str:
    before, after = (_edge(row[name]) for name in ("before", "after"))
    added = "" if row["worth"] is None else f"; worth {row['worth']:+.3f} R {_interval(row['interval'])}"
    return (
        f"{worth.plan.replace('_', ' ')}, {WORDS[worth.rule]}: {worth.removed} of {worth.n} trades removed, {worth.losers_removed} of "
        f"{worth.losers} losers (by chance {worth.by_chance:.0f}); edge before {before}, after {after}{added}: {worth.verdict.replace('_', ' ')}"
    )


def _edge(edge: dict[str, Any] | None) -> str:
    return "none" if edge is None else f"{edge['edge']:+.3f} R {_interval(edge['interval'])}"


def _interval(interval: list[float | None]) -> str:
    low, high = interval
    return "" if low is None or high is None else f"[{low:+.3f}, {high:+.3f}]"
