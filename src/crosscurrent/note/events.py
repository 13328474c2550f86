"""The section on events: the week's releases with what markets did, beside ordinary days, and what lies ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from crosscurrent.intermarket.events import EventReport, EventStudy, TimedEvent
from crosscurrent.intermarket.releases import Release
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.names import and_list
from crosscurrent.note.note import Section
from crosscurrent.note.readings import day
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.units import Reading, Unit

__all__ = ["events"]

MOST_DAYS, MOST_NAMES = 4, 3
SURE = 0.05


def events(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where the data hold a calendar with releases in the week."""
    report = analysis.events
    if report is None or not (report.events or report.ahead):
        return
    told = tuple(_days(report)), tuple(_records(report)), tuple(_ahead(report))
    yield Section("events", say("The week's releases"), tuple(p for p in told if p))


def _days(report: EventReport) -> Iterator[Sentence]:
    """Tell, for each day with releases, their names and what the markets did; the day that moved most first."""
    by_day: dict[np.datetime64, list[TimedEvent]] = {}
    for one in report.events:
        by_day.setdefault(one.release.day, []).append(one)
    ranked = sorted(by_day.values(), key=lambda those: -_size(those))[:MOST_DAYS]
    for those in ranked:
        names = and_list([Name(name) for name in _names([one.release for one in those])])
        moves = [
            say("{market} {change:signed}", market=Name(r.market), change=_change(r.day, r.unit, r.market, str(r.session)))
            for r in those[0].responses
        ]  # fmt: skip
        label = day(those[0].release.day, "day of the release")
        if moves:
            yield say(
                "{label:weekday} brought {names}: {moves} that day.", label=label, names=names, moves=and_list(moves)
            )


def _size(those: Sequence[TimedEvent]) -> float:
    return max((r.percentile or 0.0 for one in those for r in one.responses), default=0.0)


def _names(found: Sequence[Release]) -> list[str]:
    """Return the series' names without doubles, the first few."""
    return list(dict.fromkeys(r.series.split(" (")[0] for r in found))[:MOST_NAMES]


def _change(value: float, unit: str, market: str, window: str) -> Reading:
    kind: Unit = "bp" if unit == "bp" else "pct"
    return Reading(value, kind, "change on the session of the release", window, market, market)


def _records(report: EventReport) -> Iterator[Sentence]:
    """Tell which series have moved these markets more than ordinary days do, by their own record."""
    sure = [s for s in report.studies if s.p_adjusted <= SURE and s.edge > 0]
    best: dict[tuple[str, int], EventStudy] = {}
    for study in sorted(sure, key=lambda s: -s.edge / s.null):
        best.setdefault(
            (study.market, round(1e6 * study.mean_absolute)), study
        )  # releases of one report share their days
    for study in list(best.values())[:2]:
        kind: Unit = "bp" if study.unit == "bp" else "pct"
        source = f"{study.n} releases of {study.series}"
        yield say(
            "On days of {series} {market} has moved {mean:size} on average, against {null:size} on matched ordinary days.",
            series=Name(study.series.split(" (")[0]), market=Name(study.market),
            mean=Reading(study.mean_absolute, kind, "mean absolute change on the day of the release", source, study.market),
            null=Reading(study.null, kind, "the same on matched days without a release", source, study.market),
        )  # fmt: skip


def _ahead(report: EventReport) -> Iterator[Sentence]:
    by_day: dict[np.datetime64, list[Release]] = {}
    for release in report.ahead:
        by_day.setdefault(release.day, []).append(release)
    told = [
        say("{names} on {when:weekday}", names=and_list([Name(name) for name in _names(found)]), when=day(when, "day of a scheduled release"))
        for when, found in sorted(by_day.items())[:MOST_DAYS]
    ]  # fmt: skip
    if told:
        yield say("Ahead lie {told}.", told=and_list(told))
