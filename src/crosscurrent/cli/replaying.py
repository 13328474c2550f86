"""What `replay` and `filter-worth` share: which closes of which markets, under which condition, at which costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from crosscurrent.cli.opening import Opened
from crosscurrent.cli.options import the_day
from crosscurrent.errors import MissingData
from crosscurrent.sources.tables import table_of

if TYPE_CHECKING:
    from crosscurrent.evaluate.outcomes import Costs
    from crosscurrent.evaluate.replay import Ahead, Every, Past, Replayed
    from crosscurrent.sources.source import Source

__all__ = ["ahead_in", "costs_of", "period_options", "replayed"]

DESK = "Whose markets, when none is named."
UNTIL = "Only closes until this session; what became of their setups may lie later."
OPTIONS = (
    click.option("--desk", default="rates-and-equities", show_default=True, metavar="NAME|FILE", help=DESK),
    click.option("--from", "since", metavar="DATE", help="Only closes from this session on."),
    click.option("--to", "until", metavar="DATE", help=UNTIL),
    click.option("--every", type=click.Choice(["day", "week", "month"]), default="week", show_default=True, help="The last close of each."),
    click.option("--filter", "beside", default="ZN", show_default=True, metavar="MARKET|none", help="The market that stands as condition."),
    click.option("--ticks", type=click.FloatRange(0), default=2.0, show_default=True, help="Costs of a round trip, in ticks."),
    click.option("--slippage", type=click.FloatRange(0), default=0.02, show_default=True, help="Slippage of a round trip, in average ranges."),
)  # fmt: skip


def period_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a replay to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def costs_of(ticks: float, slippage: float) -> Costs:
    """Return the costs that were asked for."""
    from crosscurrent.evaluate.outcomes import Costs

    return Costs(ticks, slippage)


def ahead_in(source: Source) -> Ahead:
    """Return what tells, for any day, which events stood in the calendars of a source."""
    from crosscurrent.evidence.events_ahead import scheduled

    calendar, meetings = table_of(source, "events"), table_of(source, "meetings")
    return lambda day: scheduled(day, calendar, meetings)


def replayed(
    opened: Opened, since: str | None, until: str | None, every: Every, beside: str, costs: Costs, show: Callable[[str], None]
) -> Iterator[tuple[Past, list[tuple[Replayed, ...]]]]:  # fmt: skip
    """Yield for each market its past and the setups of every close that was asked for; `MissingData` where there is none at all."""
    from crosscurrent.evaluate.replay import Past, closes, replay

    n, ahead = 0, ahead_in(opened.source)
    for market in opened.markets:
        if not opened.snapshot.has(market):
            continue
        show(market)
        past = Past.of(opened.snapshot, market, None if beside.lower() == "none" else beside, ahead)
        days, found = closes(past.bars, the_day(since), the_day(until), every), list[tuple["Replayed", ...]]()
        for place, setups in enumerate(replay(past, days, costs)):
            show(f"{market} {days[place]} ({place + 1} of {len(days)})")
            found.append(setups)
        n += len(days)
        yield past, found
    if not n:
        raise MissingData(
            f"A close of {', '.join(opened.markets)} from {since or 'the first'} to {until or 'the last'}",
            opened.source.name,
        )
