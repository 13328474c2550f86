"""Sessions: which days an exchange trades, when each becomes known, and what is unusual about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from crosscurrent.errors import UnknownName
from crosscurrent.markets.closures import CLOSED, MERGED, SHORT
from crosscurrent.markets.overrides import OVERRIDES
from crosscurrent.units.dates import DAYS, date_of

__all__ = ["EXCHANGES", "Calendar", "Days", "calendar"]

Days = NDArray[np.datetime64]
DAY, MINUTE = np.timedelta64(1, "D"), np.timedelta64(1, "m")
UNFORESEEN = frozenset({"attacks of 11 September", "Hurricane Gloria", "Hurricane Sandy"})
"""What closed exchanges without having stood in any calendar: on the eve nobody knew."""
STANDARD = {"CT": 360, "ET": 300, "UTC": 0}
"""Minutes that winter time lies behind UTC."""


@dataclass(frozen=True, slots=True)
class Hours:
    """How one exchange's ordinary day ends: local minute of the close, by which clock, and whose closed days it keeps."""

    close: int
    clock: str = "CT"
    table: str = ""
    opens: int | None = None
    every_day: bool = False


def _at(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


HOURS = {
    "CME_EQUITY": Hours(_at("16:00"), "CT", "CME_EQUITY", _at("17:00")),
    "CME_RATES": Hours(_at("16:00"), "CT", "CME_RATES", _at("17:00")),
    "CME_METALS": Hours(_at("16:00"), "CT", "CME_METALS", _at("17:00")),
    "CME_ENERGY": Hours(_at("16:00"), "CT", "CME_ENERGY", _at("17:00")),
    "NYSE": Hours(_at("16:00"), "ET", "NYSE"),
    "CBOE": Hours(_at("16:15"), "ET", "NYSE"),
    "CBOE_YIELDS": Hours(_at("15:00"), "ET", "NYSE"),
    "BONDS": Hours(_at("15:30"), "ET", "BONDS"),
    "FX": Hours(_at("17:00"), "ET", "", _at("17:00")),
    "CRYPTO": Hours(_at("24:00"), "UTC", every_day=True),
    "DAILY": Hours(_at("24:00"), "UTC", every_day=True),
    "GENERIC": Hours(_at("22:00"), "UTC"),
}
"""The ends of ordinary days: CME at the 16:00 halt, yields at the 15:30 quotes of H.15, around-the-clock markets at midnight."""

EXCHANGES = tuple(HOURS)


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """One exchange's sessions, because a close is known only when its session ends, and half days are not like others.

    Base: the calendar libraries, as `closures.py` keeps them (1980 to 2030; later weekdays count as sessions), corrected by
    `overrides.py`. A `merged` day trades, but has no settlement: it belongs to the next session's trade date. Days are
    `datetime64[D]`, the exchange's own labels; moments are `datetime64[s]`, UTC.

    Parameters
    ----------
    exchange
        One of `EXCHANGES`.
    hours
        How an ordinary day ends.
    absent : dict of day to (is merged, name)
        Weekdays that are no session.
    short : dict of day to minute
        Sessions that close early, with the local minute.
    reasons : dict of day to text
        Why an overridden day is special, and the source.
    """

    exchange: str
    hours: Hours
    absent: dict[np.datetime64, tuple[bool, str]]
    short: dict[np.datetime64, int]
    reasons: dict[np.datetime64, tuple[str, str]]
    _absent: Days
    _short: Days
    _minutes: NDArray[np.int64]

    def is_session(self, day: np.datetime64) -> bool:
        """Whether the day has a session, and so a close, of its own."""
        return bool(self.are_sessions(np.array([day], "datetime64[D]"))[0])

    def are_sessions(self, days: Days) -> NDArray[np.bool_]:
        """Return for each day of shape (n,) whether it has a session of its own."""
        days = days.astype("datetime64[D]")
        trading = ~_among(days, self._absent)
        return trading if self.hours.every_day else trading & _are_weekdays(days)

    def sessions(self, start: np.datetime64, end: np.datetime64) -> Days:
        """Return the sessions from `start` to `end`, both included."""
        days: Days = np.arange(_label(start), _label(end) + DAY, dtype="datetime64[D]")
        return days[self.are_sessions(days)]

    def expected(self, start: np.datetime64, end: np.datetime64) -> Days:
        """Return the sessions that were expected beforehand: those that an attack or a storm then closed are among them."""
        days: Days = np.arange(_label(start), _label(end) + DAY, dtype="datetime64[D]")
        closed = np.array([self.absent.get(day, (False, ""))[1] in UNFORESEEN for day in days], bool)
        foreseen: Days = days[self.are_sessions(days) | closed]
        return foreseen

    def next_session(self, day: np.datetime64, n: int = 1) -> np.datetime64:
        """Return the n-th session after the day; whether the day itself is one makes no difference."""
        start = _label(day) + DAY
        ahead = self.sessions(start, start + DAY * (2 * n + 14))
        return _label(ahead[n - 1])

    def trade_date(self, day: np.datetime64) -> np.datetime64:
        """Return the session to which trade on a day belongs: the day itself, or the next session."""
        return _label(day) if self.is_session(day) else self.next_session(day)

    def trade_dates(self, moments: Days) -> Days:
        """Return the trade dates of moments (UTC): an evening session, from 17:00 Chicago time, belongs to the next date."""
        moments = moments.astype("datetime64[s]")
        local = moments - _behind_utc(moments.astype("datetime64[D]"), self.hours.clock) * MINUTE
        day = local.astype("datetime64[D]")
        if self.hours.opens is not None:
            day = day + DAY * ((local - day) >= self.hours.opens * MINUTE).astype(np.int64)
        labels, place = np.unique(day, return_inverse=True)
        return np.array([self.trade_date(label) for label in labels], "datetime64[D]")[place]

    def closed_at(self, sessions: Days) -> Days:
        """Return when each session of shape (n,) ended, UTC; half days end early. A day that is no session gets its usual hour."""
        days = sessions.astype("datetime64[D]")
        local = np.full(len(days), self.hours.close, np.int64)
        if len(self._short):
            place = np.minimum(np.searchsorted(self._short, days), len(self._short) - 1)
            local = np.where(self._short[place] == days, self._minutes[place], local)
        minutes = local + _behind_utc(days, self.hours.clock)
        return np.asarray(days.astype("datetime64[s]") + minutes * MINUTE, "datetime64[s]")

    def is_short(self, day: np.datetime64) -> bool:
        """Whether the session closes early."""
        return _label(day) in self.short

    def is_merged(self, day: np.datetime64) -> bool:
        """Whether the day trades into the next trade date."""
        return self.absent.get(_label(day), (False, ""))[0]

    def note(self, day: np.datetime64) -> str:
        """Return what is unusual about a day, in plain words; nothing when nothing is."""
        day = _label(day)
        if day in self.short:
            minute = self.short[day]
            reason = self.reasons.get(day, ("", ""))[0]
            told = f"half session: closed {minute // 60:02d}:{minute % 60:02d} {self.hours.clock}"
            return f"{told}, {reason}" if reason else told
        if day in self.absent:
            return self._absence(day)
        before = day - DAY
        while not self.is_session(before) and day - before < 7 * DAY:
            if self.is_merged(before):
                return f"merged: holds the trade of {_day(before)}, {self.absent[before][1]}, as well"
            before -= DAY
        return "" if self.is_session(day) else "weekend"

    def _absence(self, day: np.datetime64) -> str:
        is_merged, name = self.absent[day]
        if not is_merged:
            return f"holiday: {name}"
        date = self.trade_date(day)
        return f"merged: trading on {_day(day)}, {name}, belongs to the trade date of {_day(date)}"


@lru_cache(maxsize=len(HOURS))
def calendar(exchange: str) -> Calendar:
    """Return the sessions of an exchange by name; `UnknownName` offers the nearest."""
    if exchange not in HOURS:
        raise UnknownName("exchange", exchange, EXCHANGES)
    hours = HOURS[exchange]
    absent: dict[np.datetime64, tuple[bool, str]] = {}
    for table, is_merged in ((CLOSED, False), (MERGED, True)):
        for name, days in table.get(hours.table, {}).items():
            absent |= dict.fromkeys(np.array(days.split(), "datetime64[D]"), (is_merged, name))
    short = {
        day: _at(time) + max(hours.close - HOURS[hours.table].close, 0)
        for time, days in SHORT.get(hours.table, {}).items()
        for day in np.array(days.split(), "datetime64[D]")
    }
    reasons = _overridden(hours.table, absent, short)
    early = np.array(sorted(short), "datetime64[D]")
    minutes = np.array([short[day] for day in early], np.int64)
    return Calendar(exchange, hours, absent, short, reasons, np.array(sorted(absent), "datetime64[D]"), early, minutes)


def _overridden(
    table: str, absent: dict[np.datetime64, tuple[bool, str]], short: dict[np.datetime64, int]
) -> dict[np.datetime64, tuple[str, str]]:
    """Correct the library's days by our own and return the reasons."""
    reasons: dict[np.datetime64, tuple[str, str]] = {}
    for line in OVERRIDES:
        if line.exchange != table:
            continue
        day = np.datetime64(line.day, "D")
        absent.pop(day, None)
        short.pop(day, None)
        if line.kind == "short":
            short[day] = _at(line.close)
        elif line.kind != "session":
            absent[day] = (line.kind == "merged", line.reason)
        reasons[day] = (line.reason, line.source)
    return reasons


def _label(day: object) -> np.datetime64:
    """Return a day as the label of a session, whether it came as numpy's, as a date or as a text."""
    return np.datetime64(day, "D")  # type: ignore[call-overload, no-any-return]


def _among(days: Days, known: Days) -> NDArray[np.bool_]:
    if not len(known):
        return np.zeros(len(days), bool)
    place = np.minimum(np.searchsorted(known, days), len(known) - 1)
    return np.asarray(known[place] == days)


def _are_weekdays(days: Days) -> NDArray[np.bool_]:
    # Day 0, 1 January 1970, was a Thursday.
    return np.asarray((days.astype(np.int64) + 3) % 7 < 5)


def _behind_utc(days: Days, clock: str) -> NDArray[np.int64]:
    """Return how many minutes local time lies behind UTC on each day; the clocks change on Sundays, before anything closes."""
    behind = np.full(len(days), STANDARD[clock], np.int64)
    if clock == "UTC":
        return behind
    years = days.astype("datetime64[Y]")
    for year in np.unique(years):
        start, end = _summer(int(year.astype(np.int64)) + 1970)
        behind[(years == year) & (days >= start) & (days < end)] -= 60
    return behind


@lru_cache(maxsize=256)
def _summer(year: int) -> tuple[np.datetime64, np.datetime64]:
    """Return the first day of summer time in the United States and the first after it (Uniform Time Act, as amended)."""
    if year >= 2007:
        return _sunday(year, 3, 8), _sunday(year, 11, 1)
    start = _sunday(year, 4, 1) if year >= 1987 else _sunday(year, 4, 24)
    return start, _sunday(year, 10, 25)


def _sunday(year: int, month: int, day: int) -> np.datetime64:
    """Return the first Sunday on or after a day."""
    first = np.datetime64(f"{year}-{month:02d}-{day:02d}", "D")
    weekday = (int(first.astype(np.int64)) + 3) % 7
    return first + DAY * ((6 - weekday) % 7)


def _day(day: np.datetime64) -> str:
    """Return a day as prose has it: Monday 20 January 2025."""
    return f"{DAYS[day.astype(object).weekday()]} {date_of(day)}"
