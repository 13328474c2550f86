"""Events: what markets did on the day of a scheduled release and after, beside what they do on ordinary days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.bars.changes import returns
from crosscurrent.intermarket.chance import generator_for
from crosscurrent.intermarket.releases import Release, releases, with_scores

if TYPE_CHECKING:
    import pandas as pd

    from crosscurrent.bars.snapshot import Snapshot

__all__ = ["EventReport", "EventStudy", "Response", "TimedEvent", "Timeline", "events", "study", "timeline"]

AFTER_THE_CLOSE = "16:00"
ROUTINE_A_YEAR = 40
NEAR = 126
FEWEST_MATCHES = 20
FEWEST_EVENTS = 8
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Response:
    """What one market did on the event's session and the next, in its own unit (pct or bp); None while that is not known.

    `percentile`: share of matched ordinary days with a smaller absolute change.
    """

    market: str
    unit: str
    session: np.datetime64
    day: float
    next_day: float | None
    percentile: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the row of `responses`."""
        return {
            "market": self.market, "session": str(self.session), f"change_{self.unit}": self.day,
            f"next_change_{self.unit}": self.next_day, "percentile": self.percentile,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """A release on the time line with what the markets did. Several events share a session: none owns the move."""

    release: Release
    responses: tuple[Response, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the row of `events`."""
        return self.release.to_json() | {"responses": [one.to_json() for one in self.responses]}


@dataclass(frozen=True, slots=True)
class EventStudy:
    """How far a market moved on the days of one series, beside matched ordinary days (the null).

    `p` is the share of draws of ordinary days, one for each event day, that moved at least as far on average; `p_adjusted` allows
    for the number of studies in the report.
    """

    series: str
    market: str
    unit: str
    n: int
    mean_absolute: float
    mean_absolute_next: float
    null: float
    null_interval: tuple[float, float]
    p: float
    p_adjusted: float

    @property
    def edge(self) -> float:
        """What the event days show beyond ordinary ones."""
        return self.mean_absolute - self.null

    def to_json(self) -> dict[str, Any]:
        """Return the row of `studies`."""
        return {
            "series": self.series, "market": self.market, "unit": self.unit, "n": self.n, "mean_absolute": self.mean_absolute,
            "mean_absolute_next": self.mean_absolute_next, "null": self.null, "null_interval": list(self.null_interval),
            "edge": self.edge, "p": self.p, "p_adjusted": self.p_adjusted,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class EventReport:
    """The events of a span, those ahead (only of series seen before: what recurs was scheduled), and the studies of their series."""

    start: np.datetime64
    as_of: np.datetime64
    events: tuple[TimedEvent, ...]
    ahead: tuple[Release, ...]
    studies: tuple[EventStudy, ...]
    gaps: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document of `events`."""
        return {
            "from": str(self.start), "to": str(self.as_of), "events": [one.to_json() for one in self.events],
            "ahead": [one.to_json() for one in self.ahead], "studies": [one.to_json() for one in self.studies],
            "gaps": list(self.gaps),
        }  # fmt: skip


def events(
    snapshot: Snapshot,
    table: pd.DataFrame,
    markets: Sequence[str],
    *,
    days: int = 7,
    importance: Sequence[str] = ("High",),
    rng: np.random.Generator | None = None,
) -> EventReport:
    """Return the releases of the last `days` days with what the markets did, those of the next, and their series' records.

    Parameters
    ----------
    table
        Columns `date_et`, `time_et`, `importance`, `event`, `actual`, `forecast`; an actual is known from its day on.
    markets
        Whose changes are told, on the adjusted basis; one that is not in the data is named in `gaps`.
    """
    day = snapshot.as_of.astype("datetime64[D]")
    start, end = day - np.timedelta64(days - 1, "D"), day + np.timedelta64(days, "D")
    found = with_scores(releases(table, day, importance))
    past = [one for one in found if one.day <= day]
    series = {one.series for one in past}
    ahead = tuple(one for one in found if day < one.day <= end and one.series in series)
    rng = generator_for("events", *sorted(markets), day) if rng is None else rng
    lines = [timeline(past, snapshot.adjusted(name)) for name in markets if snapshot.has(name)]
    recent = [one for one in past if one.day >= start]
    timed = tuple(TimedEvent(one, tuple(r for r in (_response(one, line) for line in lines) if r)) for one in recent)
    studies = [study(name, line, rng) for name in sorted({one.series for one in recent}) for line in lines]
    gaps = [f"{name} is not in the data" for name in markets if not snapshot.has(name)]
    gaps += [] if recent else [f"the calendar of events holds none from {start} to {day}"]
    return EventReport(start, day, timed, ahead, _adjusted([one for one in studies if one]), tuple(gaps))


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """One market's changes and where each release falls among its sessions.

    Parameters
    ----------
    series
        The series of each release, oldest first.
    places : int64
        The session that could first answer to each: the day's own, the next for what came at or after the close or on a holiday,
        and the number of sessions where that one is not there yet.
    routine
        Series of forty releases a year or more: weekly routine does not make a day special.
    is_covered : bool of shape (sessions,)
        Whether the calendar speaks of the session: from its first release to its last, where the change is defined.
    """

    market: str
    unit: str
    sessions: Sessions
    moved: Floats
    series: tuple[str, ...]
    places: NDArray[np.int64]
    routine: frozenset[str]
    is_covered: NDArray[np.bool_]

    def places_of(self, series: str) -> NDArray[np.int64]:
        """Return the sessions of one series, without those not there yet; of a routine one, without the days of rare releases."""
        mine = np.array([name == series for name in self.series], bool)
        at = np.unique(self.places[mine])
        if series in self.routine:
            at = np.setdiff1d(at, self.places[self._is_rare()])
        at = at[at < len(self.moved)]
        return np.asarray(at[np.isfinite(self.moved[at])])

    def _is_rare(self) -> NDArray[np.bool_]:
        return np.array([name not in self.routine for name in self.series], bool)

    def ordinary(self, series: str) -> NDArray[np.bool_]:
        """Return which sessions had neither a release of the series nor a rare one of any other."""
        special = self._is_rare() | np.array([name == series for name in self.series], bool)
        found = self.is_covered.copy()
        at = self.places[special]
        found[at[at < len(found)]] = False
        return found


def timeline(past: Sequence[Release], bars: Bars) -> Timeline:
    """Return where the releases fall among the sessions of one market, adjusted bars."""
    moved, sessions = returns(bars), bars.session
    days = np.array([one.day for one in past], "datetime64[D]")
    is_late = np.array([one.time_et >= AFTER_THE_CLOSE for one in past], bool)
    places = np.searchsorted(sessions, days + is_late.astype("timedelta64[D]"))
    counts = Counter(one.series for one in past)
    years = max((days[-1] - days[0]) / np.timedelta64(365, "D"), 0.25) if past else 1.0
    routine = frozenset(name for name, n in counts.items() if n / years >= ROUTINE_A_YEAR)
    is_covered = (
        np.isfinite(moved) & (sessions >= days[0]) & (sessions <= days[-1]) if past else np.zeros(len(moved), bool)
    )
    return Timeline(
        bars.market,
        bars.instrument.change_unit,
        sessions,
        moved,
        tuple(one.series for one in past),
        places,
        routine,
        is_covered,
    )


def _response(release: Release, line: Timeline) -> Response | None:
    """Return what the market did, None while its session is not there."""
    late = np.timedelta64(int(release.time_et >= AFTER_THE_CLOSE), "D")
    at = int(np.searchsorted(line.sessions, np.array([release.day + late]))[0])
    if at >= len(line.moved) or not np.isfinite(line.moved[at]):
        return None
    following = line.moved[at + 1] if at + 1 < len(line.moved) else np.nan
    matched = _matches(at, line.sessions, line.ordinary(release.series))
    smaller = (
        float(np.mean(np.abs(line.moved[matched]) < abs(line.moved[at]))) if len(matched) >= FEWEST_MATCHES else None
    )
    next_day = round(float(following), 9) if np.isfinite(following) else None
    return Response(line.market, line.unit, line.sessions[at], round(float(line.moved[at]), 9), next_day, smaller)


def _matches(at: int, sessions: Sessions, is_ordinary: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the ordinary sessions within half a year, of the same weekday if there are enough of them."""
    near = np.flatnonzero(is_ordinary[max(at - NEAR, 0) : at + NEAR + 1]) + max(at - NEAR, 0)
    weekday = (sessions[near].astype(np.int64) + 3) % 7
    same = near[weekday == (sessions[at].astype(np.int64) + 3) % 7]
    return same if len(same) >= FEWEST_MATCHES else near


def study(series: str, line: Timeline, rng: np.random.Generator) -> EventStudy | None:
    """Return the record of one series in one market; None with fewer than eight days, or where ordinary days are too few to match."""
    at, ordinary = line.places_of(series), line.ordinary(series)
    matches = [_matches(int(place), line.sessions, ordinary) for place in at]
    if len(at) < FEWEST_EVENTS or min(len(places) for places in matches) < FEWEST_MATCHES:
        return None
    observed = float(np.abs(line.moved[at]).mean())
    drawn = _drawn_means(matches, np.abs(line.moved), rng)
    after = np.abs(line.moved[at[at + 1 < len(line.moved)] + 1])
    low, high = np.quantile(drawn, [0.025, 0.975])
    p = float((1 + np.sum(drawn >= observed)) / (1 + len(drawn)))
    return EventStudy(
        series=series, market=line.market, unit=line.unit, n=len(at), mean_absolute=observed,
        mean_absolute_next=float(np.nanmean(after)), null=float(drawn.mean()), null_interval=(float(low), float(high)), p=p,
        p_adjusted=p,
    )  # fmt: skip


def _drawn_means(matches: Sequence[NDArray[np.int64]], size: Floats, rng: np.random.Generator) -> Floats:
    """Return the mean size of moves over many draws of one ordinary day for each event day."""
    total = np.zeros(DRAWS)
    for places in matches:
        total += size[places[rng.integers(0, len(places), DRAWS)]]
    return total / len(matches)


def _adjusted(studies: Sequence[EventStudy]) -> tuple[EventStudy, ...]:
    """Return the studies with p corrected for how many there are (Benjamini & Hochberg 1995)."""
    order = sorted(range(len(studies)), key=lambda k: -studies[k].p)
    least, found = 1.0, list(studies)
    for place, k in enumerate(order):
        least = min(least, studies[k].p * len(studies) / (len(studies) - place))
        found[k] = replace(studies[k], p_adjusted=least)
    return tuple(found)
