"""Rates: how yields moved and how rarely they move so far, and the policy path that futures or an implied rate tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscurrent.errors import RejectedData
from crosscurrent.intermarket.meetings import Calendar, calendar_as_of
from crosscurrent.intermarket.policy_path import (
    InForce,
    MeetingOdds,
    Segments,
    implied_rates,
    meeting_odds,
    segment_rates,
)
from crosscurrent.intermarket.rarity import PERIODS, Move, moves_of_bars, spans

if TYPE_CHECKING:
    import pandas as pd

    from crosscurrent.bars.snapshot import Snapshot

__all__ = [
    "Now",
    "PathPoint",
    "Rates",
    "YearEnd",
    "contract_month",
    "fed_funds_path",
    "implied_points",
    "rates",
    "strip_as_of",
]

MONTH_LETTERS = "FGHJKMNQUVXZ"
FRESH_DAYS = 7
HISTORY_DAYS = 75


@dataclass(frozen=True, slots=True)
class Now:
    """The policy rate from which cuts are counted, per cent, and where it comes from."""

    rate: float
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class PathPoint:
    """The rate implied for a date and the cuts until then: (rate now - implied) x 100 bp; negative cuts are hikes."""

    date: np.datetime64
    implied_rate: float
    cuts_bp: float | None
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return the row of `path` that `rates` prints."""
        return {
            "date": str(self.date), "implied_rate": self.implied_rate, "cuts_bp": self.cuts_bp, "source": self.source
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class YearEnd:
    """Cuts priced in until the December of a year, and how the implied rate has moved over a day, a week and a month (bp)."""

    year: int
    implied_rate: float
    cuts_bp: float | None
    change_bp: Mapping[str, float | None]
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return the row of `year_ends` that `rates` prints."""
        return {
            "year": self.year, "implied_rate": self.implied_rate, "cuts_bp": self.cuts_bp, "change_bp": dict(self.change_bp),
            "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """All that can be said of rates as of a date; `gaps` say what could not be and why."""

    as_of: np.datetime64
    now: Now | None
    changes: tuple[Move, ...]
    path: tuple[PathPoint, ...]
    meetings: tuple[MeetingOdds, ...]
    year_ends: tuple[YearEnd, ...]
    gaps: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document of `rates`."""
        return {
            "as_of": str(self.as_of), "now": {"rate": self.now.rate, "source": self.now.source} if self.now else None,
            "changes": [row.to_json() for row in self.changes], "path": [row.to_json() for row in self.path],
            "meetings": [row.to_json() for row in self.meetings], "year_ends": [row.to_json() for row in self.year_ends],
            "gaps": list(self.gaps),
        }  # fmt: skip


def rates(
    snapshot: Snapshot,
    markets: Sequence[str],
    *,
    contracts: pd.DataFrame | None = None,
    meetings: pd.DataFrame | Iterable[np.datetime64] | None = None,
    implied: Sequence[str] = (),
    implied_path: pd.DataFrame | None = None,
    now: str = "DFF",
    periods: Sequence[str] = PERIODS,
) -> Rates:
    """Return the moves of yields with their rarity, and the policy path.

    Parameters
    ----------
    snapshot
        What was known.
    markets
        Yields and rates whose moves are told.
    contracts
        Fed funds futures, columns `contract` (`ZQK23`), `date`, `close`. Rows after the snapshot's date are not looked at.
    meetings
        See `calendar_as_of`.
    implied
        Markets that are implied rates of one month, named after it (`FED_DEC25_IMPLIED`).
    implied_path
        A path by quarters as the Atlanta Fed gives it, columns `date`, `reference_quarter_start`, `rate_mean_bp`.
    now
        The market that is the policy rate today; without it the rate is taken from the futures, if they tell.
    """
    day = snapshot.as_of.astype("datetime64[D]")
    moves = tuple(
        move
        for name in markets if snapshot.has(name)
        for move in moves_of_bars(snapshot.adjusted(name), snapshot.traded(name), periods, day)
    )  # fmt: skip
    effective = _last(snapshot, now)
    futures = (
        fed_funds_path(contracts, meetings, day, now=effective)
        if contracts is not None and meetings is not None
        else None
    )
    start = effective or (futures.now if futures else None)
    points = tuple(point for name in implied if snapshot.has(name) for point in implied_points(snapshot, name, start))
    points += quarter_points(implied_path, day, start) if implied_path is not None else ()
    gaps = [f"{name} is not in the data" for name in (*markets, *implied) if not snapshot.has(name)]
    gaps += list(futures.gaps) if futures else ["no fed funds futures or no meetings are given: no probabilities"]
    if start is None:
        gaps.append(f"{now} is not in the data and no futures tell the rate today: cuts are not counted")
    path = sorted((*(futures.path if futures else ()), *points), key=lambda point: (point.date, point.source))
    odds, year_ends = (futures.meetings, futures.year_ends) if futures else ((), ())
    return Rates(day, start, moves, tuple(path), odds, year_ends, tuple(gaps))


def _last(snapshot: Snapshot, market: str) -> Now | None:
    if not snapshot.has(market):
        return None
    bars = snapshot.traded(market)
    return Now(float(bars.close[-1]), f"{market} on {bars.session[-1]}")


def implied_points(snapshot: Snapshot, market: str, now: Now | None) -> tuple[PathPoint, ...]:
    """Return the point of the path that an implied-rate market gives; its month is read from its name, nothing without one."""
    month = _month_in(market)
    if month is None:
        return ()
    bars = snapshot.traded(market)
    rate = float(bars.close[-1])
    last_day = (month + 1).astype("datetime64[D]") - 1
    return (PathPoint(last_day, rate, _cuts(now, rate), f"{market} on {bars.session[-1]}"),)


def quarter_points(table: pd.DataFrame, as_of: np.datetime64, now: Now | None) -> tuple[PathPoint, ...]:
    """Return the path by quarters last known at `as_of`: the expected rate from the start of each reference quarter still ahead."""
    dates = table["date"].to_numpy().astype("datetime64[D]")
    if not np.any(dates <= as_of):
        return ()
    latest = dates[dates <= as_of].max()
    rows = table[dates == latest]
    starts = rows["reference_quarter_start"].to_numpy().astype("datetime64[D]")
    levels = np.round(rows["rate_mean_bp"].to_numpy(float) / 100.0, 9)
    known = sorted(
        (day, float(level)) for day, level in zip(starts, levels, strict=True) if day > as_of and np.isfinite(level)
    )
    return tuple(PathPoint(day, level, _cuts(now, level), f"SOFR options, {latest}") for day, level in known)


def _month_in(name: str) -> np.datetime64 | None:
    """Return the month that a name such as `FED_DEC25_IMPLIED` speaks of."""
    names = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    found = re.search(rf"({'|'.join(names)})(?:20)?(\d\d)(?!\d)", name.upper())
    return np.datetime64(f"20{found[2]}-{names.index(found[1]) + 1:02d}") if found else None


def _cuts(now: Now | None, rate: float) -> float | None:
    return None if now is None else round((now.rate - rate) * 100.0, 9)


def fed_funds_path(
    contracts: pd.DataFrame,
    meetings: pd.DataFrame | Iterable[np.datetime64],
    as_of: np.datetime64,
    *,
    now: Now | None = None,
    in_force: InForce = "day_after",
) -> Rates:
    """Return what fed funds futures say: odds of each announced meeting, the path and the cuts priced in for each year.

    Months are told by their contract's last close of the week before `as_of`; a contract without one counts as missing, and the
    meetings that hang on it are not computable and say so. The strip decides the rate today where it can, else `now` does.
    """
    calendar = calendar_as_of(meetings, as_of)
    recent = _recent(contracts, calendar.as_of)
    averages = implied_rates(strip_as_of(recent, calendar.as_of))
    segments, current = _segments(averages, calendar, now, in_force)
    told = segments.rates[current]
    today = now if now is not None or not np.isfinite(told) else Now(told, "fed funds futures")
    silence = f"no fed funds futures closed in the week before {calendar.as_of}"
    odds = meeting_odds(segments, calendar.as_of) if averages else tuple(
        MeetingOdds(meeting, None, None, None, None, f"not computable: {silence}") for meeting in calendar.ahead
    )  # fmt: skip
    path = tuple(
        PathPoint(row.date, row.expected_rate, _cuts(today, row.expected_rate), "fed funds futures")
        for row in odds if row.expected_rate is not None
    )  # fmt: skip
    gaps = [calendar.warning] if calendar.warning else []
    gaps += [] if averages else [silence]
    return Rates(calendar.as_of, today, (), path, odds, _year_ends(recent, calendar.as_of, today), tuple(gaps))


def _segments(
    averages: Mapping[np.datetime64, float], calendar: Calendar, now: Now | None, in_force: InForce
) -> tuple[Segments, int]:
    """Return the rates between the meetings the strip spans, and the number of the one in force at the close of the day."""
    first = calendar.as_of.astype("datetime64[M]") - 1
    past = [m for m in calendar.past if m.astype("datetime64[M]") >= first]
    rate_now = None if now is None else now.rate
    return (
        segment_rates(averages, [*past, *calendar.ahead], now=rate_now, current=len(past), in_force=in_force),
        len(past),
    )


def _recent(contracts: pd.DataFrame, as_of: np.datetime64) -> pd.DataFrame:
    """Return the rows of the last weeks before the day, nothing after it."""
    absent = {"contract", "date", "close"} - set(contracts.columns)
    if absent:
        raise RejectedData(
            "fed funds futures", f"the column {min(absent)!r} is missing", "Give contract, date and close."
        )
    dates = contracts["date"].to_numpy().astype("datetime64[D]")
    return contracts[(dates <= as_of) & (dates > as_of - np.timedelta64(HISTORY_DAYS, "D"))]


def strip_as_of(contracts: pd.DataFrame, as_of: np.datetime64) -> dict[np.datetime64, float]:
    """Return month -> the contract's last close within a week before `as_of`, for the month before and all that follow.

    The month before is over: its last close is its settlement, and stays. A close that is missing is no price.
    """
    first = as_of.astype("datetime64[M]") - 1
    rows = contracts[contracts["close"].notna()].sort_values("date")
    dates = rows["date"].to_numpy().astype("datetime64[D]")
    rows = rows[dates <= as_of]
    last = rows.groupby("contract", observed=True)[["date", "close"]].last()
    strip = {}
    for code, date, close in zip(
        last.index, last["date"].to_numpy().astype("datetime64[D]"), last["close"], strict=True
    ):
        month = contract_month(str(code))
        is_over = month == first
        if month >= first and (is_over or as_of - date <= np.timedelta64(FRESH_DAYS, "D")):
            strip[month] = float(close)
    return strip


def contract_month(code: str) -> np.datetime64:
    """Return the delivery month of a code such as `ZQK23`; `RejectedData` for what is no such code."""
    found = re.fullmatch(rf"[A-Z]{{2}}([{MONTH_LETTERS}])(?:20)?(\d\d)", code)
    if not found:
        raise RejectedData(
            "fed funds futures", f"{code!r} is no contract", "Write it as ZQK23: root, month letter, two digits."
        )
    return np.datetime64(f"20{found[2]}-{MONTH_LETTERS.index(found[1]) + 1:02d}")


def _year_ends(contracts: pd.DataFrame, as_of: np.datetime64, now: Now | None) -> tuple[YearEnd, ...]:
    decembers = [
        month
        for month in sorted(strip_as_of(contracts, as_of))
        if str(month).endswith("-12") and month >= as_of.astype("datetime64[M]")
    ]
    return tuple(_year_end(contracts, month, as_of, now) for month in decembers)


def _year_end(contracts: pd.DataFrame, month: np.datetime64, as_of: np.datetime64, now: Now | None) -> YearEnd:
    """Return the cuts until one December, with the changes of its contract on the definitions of all other changes."""
    code = next(c for c in contracts["contract"].unique() if contract_month(str(c)) == month)
    rows = contracts[(contracts["contract"] == code) & contracts["close"].notna()].sort_values("date")
    sessions = rows["date"].to_numpy().astype("datetime64[D]")
    implied = 100.0 - rows["close"].to_numpy(float)
    changes: dict[str, float | None] = {}
    for period in PERIODS:
        starts, ends = spans(sessions, period)
        changes[period] = round(float(implied[ends[-1]] - implied[starts[-1]]) * 100.0, 9) if len(ends) else None
    year = int(str(month)[:4])
    return YearEnd(year, float(implied[-1]), _cuts(now, float(implied[-1])), changes, f"{code} on {sessions[-1]}")
