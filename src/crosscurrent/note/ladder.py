"""The section on the next session: for each market one column of prices, with what each would mean and how likely it is touched."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.bars.bars import Bars
from crosscurrent.charts.ladder import ARROWS, ladder_chart
from crosscurrent.charts.spec import Chart
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.names import and_list, name_of, slug
from crosscurrent.note.note import Section, Table
from crosscurrent.note.readings import day, measured, price
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.setups.ladder import Ladder, Rung
from crosscurrent.setups.steps import Step, steps
from crosscurrent.units import Reading

__all__ = ["ladders"]

MEANS_MOST = (
    "falling_wedge", "rising_wedge", "double_top", "double_bottom", "head_and_shoulders", "inverse_head_and_shoulders", "ascending_triangle",
    "descending_triangle", "symmetrical_triangle", "rectangle", "trendline_break", "failed_break", "evening_star", "morning_star",
    "evening_doji_star", "morning_doji_star", "level_break", "macd_signal_cross",
)  # fmt: skip
"""Kinds whose price is told in the text, where one lies near: those that change what a chart says."""


def ladders(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where a market of the desk has a ladder."""
    found = [each for each in analysis.ladders if each.rungs]
    if found:
        paragraphs = tuple(p for each in found for p in [tuple(_told(each))] if p)
        tables = tuple(_table(each) for each in found)
        charts = tuple(_chart(each, analysis) for each in found)
        yield Section("next-session", say("What the next session's prices would mean"), paragraphs, tables, charts)


def _chart(found: Ladder, analysis: Analysis) -> Chart:
    return ladder_chart(
        found, name=f"ladder-{slug(found.market)}", source=f"Source: {analysis.source}; crosscurrent.",
        caption="Resistance and support as counted from the close; an arrow marks a price that would change what the chart says.",
    )  # fmt: skip


def _told(found: Ladder) -> Iterator[Sentence]:
    """Tell the nearest price above and below that would change what the chart says."""
    nearest = [found.nearest(side, *MEANS_MOST) for side in ("above", "below")]
    clauses = [_clause(rung, found.bars) for rung in nearest if rung is not None]
    if clauses:
        when = day(found.next_session, "next session by the exchange's calendar", found.market)
        yield say(
            "For {name} on {when:weekday}: {clauses}.", name=name_of(found.bars), when=when, clauses=and_list(clauses)
        )


def _clause(rung: Rung, bars: Bars) -> Sentence:
    return say("at {price}, {what} ({chance} to be touched)", price=_price(rung, bars), what=Name(rung.trigger.consequence),
               chance=_chance(rung.probability_next, bars, "next close"))  # fmt: skip


def _price(rung: Rung, bars: Bars) -> Reading:
    return price(rung.price, bars, f"first price at which it is true: {rung.trigger.consequence}")


def _chance(value: float, bars: Bars, until: str) -> Reading:
    definition = f"probability of a touch by the {until}, from the market's own recent volatility"
    return Reading(value, "probability", definition, source=bars.market, market=bars.market)


def _table(found: Ladder) -> Table:
    caption = (
        f"{found.bars.instrument.name}: prices for {found.next_session}, highest first; the last close stands between"
    )
    headings = ("Rung", "Price", "What happens there", "Distance", "By the next close", "Within a week")
    return Table(caption, headings, tuple(_row(step, found.bars) for step in steps(found)))


def _row(step: Step, bars: Bars) -> tuple[Sentence, ...]:
    definition = f"{step.name} {'; '.join(step.reasons)}".strip()
    name = Name(step.name or ARROWS.get(step.direction, "◆"))
    return (
        say("{name}", name=name), say("{price}", price=price(step.price, bars, definition)), _what(step, bars),
        say("{away:signed}", away=measured(step.distance_atr, "atr", bars, "distance from the last close")),
        say("{p}", p=_chance(step.probability_next, bars, "next close")), say("{p}", p=_chance(step.probability_week, bars, "week's end")),
    )  # fmt: skip


def _what(step: Step, bars: Bars) -> Sentence:
    """Tell the reasons, and after the first the close that breaks a shelf."""
    if step.edge is None:
        return say("{what}", what=Name("; ".join(step.told)))
    first, *others = step.told
    edge = price(step.edge, bars, f"first close that breaks it: {first}")
    more = Name("".join(f"; {reason}" for reason in others))
    return say(
        "{first} (broken {side} {edge}){more}",
        first=Name(first),
        side="above" if step.is_above else "below",
        edge=edge,
        more=more,
    )
