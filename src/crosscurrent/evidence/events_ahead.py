"""What the calendar says: scheduled events before a trade expires, which may carry price past any stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.intermarket.meetings import calendar_as_of
from crosscurrent.intermarket.releases import Release, releases
from crosscurrent.units.dates import date_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DECISION", "Scheduled", "events_ahead", "scheduled"]

DECISION = "FOMC decision"
OF_MEETINGS = ("Fed Interest Rate Decision", "FOMC Statement", "FOMC Press Conference", "FOMC Economic Projections")
"""Rows of a calendar of releases that are parts of a meeting, and so are known only if that is."""
BY_CALL = ("Speaks", "Testifies", "Speech", "Auction")
"""Words of events whose dates are not fixed long before (speeches), or that come too often to matter (auctions)."""
ROUTINE_A_YEAR = 40
"""A series of so many releases a year is routine: it makes no day special."""
MOST_NAMES = 2
WEIGHTS = {DECISION: 0.5}
WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An event that stood in the calendar beforehand: its day (New York's) and its name."""

    day: np.datetime64
    name: str


def scheduled(
    as_of: np.datetime64, calendar: pd.DataFrame | None = None, meetings: pd.DataFrame | None = None
) -> tuple[Scheduled, ...]:
    """Return what lay ahead at a date and was known to, the earliest first.

    A decision of the FOMC counts from the day its year's calendar was published, so a meeting that nobody had called is none. A release
    counts where its series had been released before: what recurs was scheduled. Speeches, auctions and weekly routine are left out.

    Parameters
    ----------
    calendar
        The table of releases; None where the data hold none.
    meetings
        The table of decisions. Without it those of the calendar's rows stand that recur.
    """
    day = as_of.astype("datetime64[D]")
    ahead = calendar_as_of(meetings, day).ahead if meetings is not None else ()
    found = {Scheduled(meeting, DECISION) for meeting in ahead}
    for release in _recurring(releases(calendar, day), day) if calendar is not None else ():
        is_part = release.series in OF_MEETINGS
        if not is_part:
            found.add(Scheduled(release.day, release.series.split(" (")[0]))
        elif meetings is None:
            found.add(Scheduled(release.day, DECISION))
    return tuple(sorted(found, key=lambda one: (one.day, -_weight(one), one.name)))


def _recurring(found: Sequence[Release], day: np.datetime64) -> Iterator[Release]:
    """Yield the releases ahead whose series has been released before, save those by call and the routine."""
    past = [one for one in found if one.day <= day]
    counts = Counter(one.series for one in past)
    years = max((day - past[0].day) / np.timedelta64(365, "D"), 0.25) if past else 1.0
    for one in found:
        is_routine = counts[one.series] / years >= ROUTINE_A_YEAR
        if one.day > day and counts[one.series] and not is_routine and not any(word in one.series for word in BY_CALL):
            yield one


def events_ahead(
    market: str, session: np.datetime64, expiry: np.datetime64, events: Iterable[Scheduled]
) -> tuple[Evidence, ...]:
    """Return the days with events from the next session to a trade's last one as evidence against it, whichever its side.

    One a day, of no direction: an event says not where price goes but that it may jump. Known at the close of `session`; the evidence
    bears the day of the event.
    """
    days: dict[np.datetime64, list[Scheduled]] = {}
    for one in events:
        if session < one.day <= expiry:
            days.setdefault(one.day, []).append(one)
    return tuple(
        Evidence(market, "scheduled_event", "neutral", day, max(map(_weight, those)), "events_ahead", _told(those))
        for day, those in sorted(days.items())
    )


def _weight(event: Scheduled) -> float:
    return WEIGHTS.get(event.name, WEIGHT)


def _told(those: Sequence[Scheduled]) -> str:
    names = [one.name for one in those]
    rest = len(names) - MOST_NAMES
    more = f" and {rest} more" if rest > 0 else ""
    return f"{', '.join(names[:MOST_NAMES])}{more} on {date_of(those[0].day)}"
