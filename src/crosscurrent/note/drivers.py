"""The section on what drove it: how the desk's pairs move together, beside what unrelated series would show."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.charts.correlation import correlation_chart
from crosscurrent.charts.spec import Chart
from crosscurrent.intermarket.correlation import Correlation
from crosscurrent.note.analysis import Analysis, Pairing
from crosscurrent.note.attribution import attributed, attribution_table, regime, signs_read
from crosscurrent.note.names import and_list, name_of, slug
from crosscurrent.note.note import Section, Table
from crosscurrent.note.readings import counted, day
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.units import Reading

__all__ = ["drivers", "supports_rates"]

FIRM = 0.25
"""The end of an interval nearer to zero from which the link is told as beyond doubt."""
COMMON, RARE = 0.5, 0.95
"""Percentiles among unrelated series below which a figure is told as no link, and from which as more than chance."""


def drivers(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where the desk has a pair that can be measured."""
    if not analysis.pairs:
        return
    paragraphs = tuple(tuple(_pair(p.correlation, analysis)) for p in analysis.pairs)
    verdict = (*_verdict(analysis), *(s for r in analysis.regimes[:1] for s in regime(r, analysis)))
    charts = tuple(_chart(p, analysis) for p in analysis.pairs)
    moves = [tuple(attributed(report, analysis)) for report in analysis.drivers]
    if moves:
        moves[-1] += tuple(signs_read(analysis.drivers))
    tables = (_table(analysis), *(attribution_table(report) for report in analysis.drivers))
    yield Section("drivers", _heading(analysis), (*paragraphs, verdict, *moves), tables, charts)


def _chart(pairing: Pairing, analysis: Analysis) -> Chart:
    """Return the pair's rolling correlations, with the band that unrelated series leave in one window of twenty."""
    found = pairing.correlation
    a, b = (analysis.bars(m).instrument.name for m in found.markets)
    return correlation_chart(
        pairing.history, chance_of_levels=found.chance.band if found.chance else None,
        chance_of_changes=found.chance_of_changes.band if found.chance_of_changes else None,
        name=f"correlation-{slug(found.markets[0])}-{slug(found.markets[1])}", title=f"{a} and {b}",
        subtitle=f"Rolling correlation over {found.window} sessions", source=f"Source: {analysis.source}; crosscurrent.",
        caption="Levels above, daily changes beneath; shaded, what unrelated series show in all but one window of twenty.",
    )  # fmt: skip


def _heading(analysis: Analysis) -> Sentence:
    supported = [p for p in analysis.pairs if supports_rates(p)]
    if supported and all((p.correlation.changes.value or 0.0) < 0 for p in supported):
        return say("Stocks against bonds: a link beyond chance, and not one of rates lifting stocks")
    if len(supported) == len(analysis.pairs):
        return say("The link to rates stands up to chance")
    if not supported:
        return say("The link to rates: what chance alone would show")
    return say("The link to rates: solid for one market, weak for another")


def supports_rates(pairing: Pairing) -> bool:
    """Whether daily changes, not just levels, say that the pair moved together: interval without zero, and rare by chance."""
    found = pairing.correlation
    interval, chance = found.changes.interval, found.chance_of_changes
    if interval is None or chance is None:
        return False
    return (interval[0] > 0 or interval[1] < 0) and chance.percentile >= RARE


def _pair(found: Correlation, analysis: Analysis) -> Iterator[Sentence]:
    first, second = (name_of(analysis.bars(m)) for m in found.markets)
    if found.levels.value is None:
        yield say("The correlation of {a} and {b} is undefined: one of them did not move.", a=first, b=second)
        return
    window = counted(found.window, "sessions in the window", "sessions")
    yield say("Over {window} sessions the closes of {a} and {b} show a correlation of levels of {r}{without}.", window=window, a=first, b=second,
              r=_reading(found.levels.value, found, "level correlation (Pearson) of closes as charted"), without=_without(found))  # fmt: skip
    yield from _levels_beside_chance(found)
    yield from _changes(found)


def _without(found: Correlation) -> Sentence | str:
    if not found.unequal_sessions or found.levels.without_unequal is None:
        return ""
    days = and_list([day(d, "session of unequal length, or missing on one side") for d in found.unequal_sessions[-2:]])
    return say(" ({r} without the unequal session of {days})", days=days,
               r=_reading(found.levels.without_unequal, found, "level correlation without unequal sessions"))  # fmt: skip


def _levels_beside_chance(found: Correlation) -> Iterator[Sentence]:
    chance = found.chance
    if chance is None:
        return
    told = Reading(chance.percentile, "probability", "share of unrelated surrogate pairs with a smaller absolute level correlation",
                   f"{found.window} sessions", f"{chance.surrogates} surrogate years of both markets")  # fmt: skip
    if chance.percentile < COMMON:
        yield say("Unrelated series show more than that in {share} of windows: there is no link to speak of.",
                  share=Reading(1.0 - chance.percentile, "probability", "share of unrelated surrogate pairs with a larger absolute level correlation",
                                f"{found.window} sessions", f"{chance.surrogates} surrogate years of both markets"))  # fmt: skip
        return
    if chance.within_a_year is None:
        yield say("Unrelated series show less in {share} of windows.", share=told)
        return
    year = Reading(chance.within_a_year, "probability", "share of unrelated pairs that show at least as much in some window within a year",
                   f"{found.window} sessions", f"{chance.surrogates} surrogate years of both markets")  # fmt: skip
    weak = "so by itself it is weak evidence" if chance.within_a_year > 0.1 else "which chance seldom produces"
    yield say("Unrelated series show less in {share} of windows, yet {year} of unrelated pairs reach it at some time within a year, {weak}.",
              share=told, year=year, weak=weak)  # fmt: skip


def _changes(found: Correlation) -> Iterator[Sentence]:
    if found.changes.value is None:
        return
    value = _reading(found.changes.value, found, "correlation (Pearson) of daily changes, free of roll gaps")
    if found.changes.interval is None:
        yield say("On daily changes the figure is {r}.", r=value)
        return
    low, high = (
        _reading(v, found, "95 per cent interval of the correlation of changes") for v in found.changes.interval
    )
    ends = _settled(*found.changes.interval)
    yield say(
        "On daily changes it is {r}, with an interval from {low} to {high}, {ends}.",
        r=value,
        low=low,
        high=high,
        ends=ends,
    )


def _settled(low: float, high: float) -> str:
    """Return what an interval settles: nothing, the sign, or more."""
    if low * high <= 0:
        return "which does not settle even its sign"
    return (
        "which settles its sign and little more"
        if min(abs(low), abs(high)) < FIRM
        else "which leaves no doubt about its sign"
    )


def _reading(value: float, found: Correlation, definition: str) -> Reading:
    return Reading(
        value,
        "ratio",
        definition,
        f"{found.start} to {found.end}, {found.window} sessions",
        " and ".join(found.markets),
    )


def _verdict(analysis: Analysis) -> Iterator[Sentence]:
    """Say for which markets the daily link is more than chance, and what its sign suggests."""
    for positive in (True, False):
        linked = [
            p for p in analysis.pairs if supports_rates(p) and ((p.correlation.changes.value or 0.0) > 0) == positive
        ]
        if linked:
            names = and_list([name_of(analysis.bars(p.correlation.markets[0])) for p in linked])
            yield say(
                "For {names} the daily link is more than chance and runs with bond prices, which is consistent with a move driven by rates; "
                "it is no proof, since both may follow a third thing." if positive else
                "For {names} the daily link is more than chance and runs against bond prices: money moved from one to the other, which is "
                "how fear or growth news moves both, not how rates drive stocks.", names=names,
            )  # fmt: skip
    loose = [p for p in analysis.pairs if not supports_rates(p)]
    if loose:
        names = and_list([name_of(analysis.bars(p.correlation.markets[0])) for p in loose])
        yield say("For {names} the daily link could be chance: whether rates drove it is not identified.", names=names)


def _table(analysis: Analysis) -> Table:
    rows = []
    for found in (p.correlation for p in analysis.pairs):
        chance, within = found.chance, found.chance.within_a_year if found.chance else None
        rows.append((
            say("{pair}", pair=Name(" and ".join(found.markets))),
            _cell(found.levels.value, found, "level correlation"),
            _cell(found.levels.without_unequal, found, "level correlation without unequal sessions"),
            _share(chance.percentile if chance else None, "share of unrelated pairs with less"),
            _share(within, "share of unrelated pairs with as much in some window within a year"),
            _cell(found.changes.value, found, "correlation of daily changes"),
            say("{low} to {high}", low=_reading(found.changes.interval[0], found, "lower end of the interval"),
                high=_reading(found.changes.interval[1], found, "upper end of the interval")) if found.changes.interval else say("n/a"),
        ))  # fmt: skip
    headings = (
        "Pair",
        "Levels",
        "Without unequal sessions",
        "Unrelated pairs with less",
        "As much within a year",
        "Changes",
        "Interval of changes",
    )
    return Table("Correlation beside chance", headings, tuple(rows))


def _cell(value: float | None, found: Correlation, definition: str) -> Sentence:
    return say("n/a") if value is None else say("{r}", r=_reading(value, found, definition))


def _share(value: float | None, definition: str) -> Sentence:
    return say("n/a") if value is None else say("{p}", p=Reading(value, "probability", definition))
