"""Meetings of the Federal Open Market Committee, as far as they were announced by a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Calendar", "calendar_as_of"]

FEWEST_AHEAD = 3

# Decisions between scheduled meetings, which nobody knew beforehand (federalreserve.gov, historical materials by year).
UNSCHEDULED = frozenset(
    np.datetime64(day)
    for day in (
        "2001-01-03", "2001-04-18", "2001-09-13", "2001-09-17", "2003-09-15", "2007-08-10", "2007-08-16", "2008-01-09",
        "2008-01-21", "2008-01-22", "2008-03-10", "2008-07-24", "2008-09-29", "2008-10-07", "2008-10-08", "2009-01-16",
        "2009-02-07", "2009-06-03", "2010-05-09", "2010-10-15", "2011-08-01", "2011-11-28", "2012-11-16", "2013-10-16",
        "2014-03-04", "2019-10-04", "2019-10-11", "2020-03-03", "2020-03-15", "2020-03-19", "2020-03-23", "2020-03-31",
        "2020-08-27",
    )
)  # fmt: skip
# Scheduled meetings that lists of decisions leave out, with the day on which they were called off: the one of 17-18 March 2020
# gave way to that of Sunday the 15th.
CALLED_OFF = {np.datetime64("2020-03-18"): np.datetime64("2020-03-15")}
# When the calendar of a year was published, where the release was read; otherwise the latest of these days of the year, a year before.
PUBLISHED = {
    2004: np.datetime64("2003-06-10"), 2017: np.datetime64("2016-06-28"), 2025: np.datetime64("2024-08-09"),
    2026: np.datetime64("2024-08-09"),
}  # fmt: skip
LATEST_PUBLICATION = "08-09"


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The meetings known at `as_of`: those decided (`past`), those still to come (`ahead`), and a warning when the list runs out."""

    as_of: np.datetime64
    past: tuple[np.datetime64, ...]
    ahead: tuple[np.datetime64, ...]

    @property
    def warning(self) -> str | None:
        """Why the path may be short: fewer than three meetings remain. None when enough do."""
        if len(self.ahead) >= FEWEST_AHEAD:
            return None
        last = f"the last one known is that of {self.ahead[-1]}" if self.ahead else "none is known"
        return f"The list of meetings runs out: of those after {self.as_of} {last}. Bring the list up to date."


def calendar_as_of(meetings: pd.DataFrame | Iterable[np.datetime64], as_of: np.datetime64) -> Calendar:
    """Return the meetings that were known on `as_of`, because a path must not know of a meeting nobody had called.

    A meeting counts from its announcement: a scheduled one from the day its year's calendar was published (the column `announced`
    where the table has one), an unscheduled one from the day it was held. January's meeting is announced with the year before.

    Parameters
    ----------
    meetings
        A table with `decision_date` and optionally `meeting_type` (`regular`, or anything else for unscheduled) and `announced`;
        or plain decision dates, all of them taken as announced.
    as_of
        The day.
    """
    day = as_of.astype("datetime64[D]")
    if hasattr(meetings, "columns"):
        known = sorted(_known(cast("pd.DataFrame", meetings), day))
    else:
        known = sorted({meeting.astype("datetime64[D]") for meeting in meetings})
    return Calendar(day, tuple(m for m in known if m <= day), tuple(m for m in known if m > day))


def _known(table: pd.DataFrame, day: np.datetime64) -> set[np.datetime64]:
    dates = table["decision_date"].to_numpy().astype("datetime64[D]")
    kinds = table["meeting_type"].to_numpy(dtype=object) if "meeting_type" in table else [None] * len(table)
    announced = table["announced"].to_numpy().astype("datetime64[D]") if "announced" in table else [None] * len(table)
    found = {
        date for date, kind, said in zip(dates, kinds, announced, strict=True) if day >= _known_from(date, kind, said)
    }
    span = (dates.min(), dates.max()) if len(dates) else (day, day)
    called_off = {m for m, when in CALLED_OFF.items() if span[0] < m < span[1] and _published(m) <= day < when}
    return found | called_off


def _known_from(meeting: np.datetime64, kind: object, announced: np.datetime64 | None) -> np.datetime64:
    if announced is not None and not np.isnat(announced):
        return announced
    # A missing kind is NaN or None: then only the dated list tells.
    is_scheduled = kind == "regular" if isinstance(kind, str) and kind else meeting not in UNSCHEDULED
    return _published(meeting) if is_scheduled else meeting


def _published(meeting: np.datetime64) -> np.datetime64:
    year, month = (int(part) for part in str(meeting).split("-")[:2])
    calendar = year - 1 if month == 1 else year
    return PUBLISHED.get(calendar, np.datetime64(f"{calendar - 1}-{LATEST_PUBLICATION}"))
