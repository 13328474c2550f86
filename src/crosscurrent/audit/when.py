"""Days and windows as people write them: mid-December, 2024-11, since the election; fortnight, 10 sessions, 1w, mtd."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from crosscurrent.audit.tolerance import WORDS, spelling
from crosscurrent.bars.bars import Sessions
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rarity import spans

__all__ = ["Stretch", "Window", "starts_of", "stretch_of", "window_of"]

MONTHS = (
    {name.lower(): k for k, name in enumerate(calendar.month_name) if name}
    | {name.lower(): k for k, name in enumerate(calendar.month_abbr) if name}
    | {"sept": 9}
)
WEEKDAYS = {name.lower(): k for k, name in enumerate(calendar.day_name)}
MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
PARTS = {
    "early": (1, 10),
    "mid": (10, 21),
    "middle of": (10, 21),
    "late": (20, 31),
    "end of": (24, 31),
    "start of": (1, 7),
}
PART = r"(?:(?P<part>early|mid|middle of|late|end of|start of)[ -]?)?"
ELECTIONS = (
    date(2000, 11, 7),
    date(2004, 11, 2),
    date(2008, 11, 4),
    date(2012, 11, 6),
    date(2016, 11, 8),
    date(2020, 11, 3),
    date(2024, 11, 5),
)
"""US presidential elections, which notes count from."""

DAY_ORDERS = (
    re.compile(rf"{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? (?P<year>\d{{4}}))?"),
    re.compile(rf"{PART}{MONTH}(?:,? (?P<year>\d{{4}}))?"),
)
WINDOW = re.compile(
    r"(?:(?:the |over |past |last |previous |prior |recent |trailing |rolling |a |an )*)"
    rf"(?P<n>\d+|{'|'.join(WORDS)}|couple(?: of)?|few|several)?[ -]*"
    r"(?P<unit>d|days?|trading days?|sessions?|trading sessions?|bars?|closes?|w|wk|weeks?|weekly|"
    r"mo|mth|m|months?|monthly|q|quarters?|y|yr|years?|fortnights?|daily)?"
)
SESSIONS = {"sessions": 1, "weeks": 5, "months": 21, "years": 252}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A day, or the days that a looser word covers, both ends included."""

    text: str
    start: np.datetime64
    end: np.datetime64

    @property
    def is_day(self) -> bool:
        """Whether one day was named."""
        return bool(self.start == self.end)


@dataclass(frozen=True, slots=True)
class Window:
    """A length of time: so many sessions, weeks, months or years, or from a day on (`since`)."""

    text: str
    unit: Literal["sessions", "weeks", "months", "years", "to_date", "since"]
    n: int = 1
    since: np.datetime64 | None = None
    of: str = ""

    @property
    def sessions(self) -> int:
        """How many sessions it usually has; a fortnight has ten."""
        return self.n * SESSIONS.get(self.unit, 1)

    @property
    def days(self) -> int:
        """How many calendar days it covers."""
        return {
            "sessions": -(-self.n * 7 // 5),
            "weeks": 7 * self.n,
            "months": 30 * self.n,
            "years": 365 * self.n,
        }.get(self.unit, 1)

    @property
    def interval(self) -> str:
        """The interval of bars that it names: 1d, 1w or 1mo."""
        return {"weeks": "1w", "months": "1mo"}.get(self.unit, "1d")


def stretch_of(raw: object, as_of: np.datetime64) -> Stretch:
    """Return the days a text names, the latest that are not after `as_of` where no year is given; `RequestError` for none."""
    text = spelling(raw)
    tidy = re.sub(r"\s+", " ", text.strip().lower().removeprefix("since ").removeprefix("the "))
    today = as_of.astype("datetime64[D]").astype(date)
    found = _iso(tidy) or _named(tidy, today) or _spelled_day(tidy, today)
    if found is None:
        raise RequestError(f"{text[:40]!r} is no date. Write it as 2025-01-17, 2024-11 or 'mid-December'.")
    return Stretch(text, np.datetime64(found[0], "D"), np.datetime64(found[1], "D"))


def _iso(tidy: str) -> tuple[date, date] | None:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d(?:[t ].*)?", tidy):
            day = date.fromisoformat(tidy[:10])
            return day, day
        if re.fullmatch(r"\d{4}-\d\d", tidy):
            return _month(int(tidy[:4]), int(tidy[5:]))
    except ValueError:
        return None
    if re.fullmatch(r"(?:early |mid[ -]|late )?(?:19|20)\d\d", tidy):
        year = int(tidy[-4:])
        first, last = {"e": (1, 4), "m": (5, 8), "l": (9, 12)}.get(tidy[0], (1, 12))
        return date(year, first, 1), _month(year, last)[1]
    return None


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _named(tidy: str, today: date) -> tuple[date, date] | None:
    if tidy in WEEKDAYS or tidy.removeprefix("last ") in WEEKDAYS:
        back = (today.weekday() - WEEKDAYS[tidy.removeprefix("last ")]) % 7
        return (today - timedelta(back),) * 2
    if "election" in tidy:
        held = [day for day in ELECTIONS if day <= today]
        return (held[-1], held[-1]) if held else None
    back_by = {"today": 0, "yesterday": 1}
    if tidy in back_by:
        return (today - timedelta(back_by[tidy]),) * 2
    if tidy in ("last week", "previous week"):
        monday = today - timedelta(today.weekday() + 7)
        return monday, monday + timedelta(6)
    if tidy in ("last month", "previous month"):
        before = today.replace(day=1) - timedelta(1)
        return _month(before.year, before.month)
    if tidy in ("last year", "late last year"):
        return date(today.year - 1, 9 if "late" in tidy else 1, 1), date(today.year - 1, 12, 31)
    if tidy in ("this year", "start of the year", "start of year", "new year"):
        return date(today.year, 1, 1), today if tidy == "this year" else date(today.year, 1, 7)
    quarter = re.fullmatch(r"q([1-4])(?: (\d{4}))?", tidy)
    if quarter:
        last = 3 * int(quarter[1])
        year = int(quarter[2]) if quarter[2] else today.year - (date(today.year, last - 2, 1) > today)
        return date(year, last - 2, 1), _month(year, last)[1]
    return None


def _spelled_day(tidy: str, today: date) -> tuple[date, date] | None:
    for order in DAY_ORDERS:
        match = order.fullmatch(tidy)
        if not match:
            continue
        parts = match.groupdict()
        month = MONTHS[parts["month"]]
        first, last = _days(parts, month)
        year = int(parts["year"]) if parts.get("year") else today.year - ((month, first) > (today.month, today.day))
        length = calendar.monthrange(year, month)[1]
        return (date(year, month, first), date(year, month, min(last, length))) if first <= length else None
    return None


def _days(parts: dict[str, str | None], month: int) -> tuple[int, int]:
    if parts.get("day"):
        return (int(parts["day"] or 1),) * 2
    return PARTS.get(parts.get("part") or "", (1, 31))


def window_of(raw: object, as_of: np.datetime64) -> Window:
    """Return the window a text names: 10, 10 sessions, 1w, fortnight, past month, mtd, since 2024-11-25; `RequestError` for none."""
    text = spelling(raw)
    tidy = re.sub(r"\s+", " ", text.strip().lower())
    to_date = {
        "wtd": "1w",
        "this week": "1w",
        "mtd": "1mo",
        "this month": "1mo",
        "ytd": "1y",
        "this year": "1y",
        "qtd": "1q",
        "this quarter": "1q",
    }
    key = (
        tidy.removesuffix(" to date")
        .replace("week-to-date", "wtd")
        .replace("month-to-date", "mtd")
        .replace("year-to-date", "ytd")
    )
    if key in to_date:
        return Window(text, "to_date", of=to_date[key])
    if tidy.startswith("since "):
        return Window(text, "since", since=stretch_of(tidy, as_of).start)
    match = WINDOW.fullmatch(tidy)
    if not match or not (match["n"] or match["unit"]):
        raise RequestError(
            f"{text[:40]!r} is no window. Write it as 10 sessions, 1w, 3mo, fortnight, mtd or 'since 2024-11-25'."
        )
    return _sized(match["n"], match["unit"] or "sessions", text)


def _sized(number: str | None, unit: str, text: str) -> Window:
    few = {"": 1, "couple": 2, "few": 3, "several": 3}
    tidy = (number or "").strip().removesuffix(" of")
    n = int(tidy) if tidy.isdigit() else few.get(tidy, WORDS.index(tidy) if tidy in WORDS else -1)
    if not 0 < n <= 100_000:
        raise RequestError(f"{text[:40]!r} is no window.")
    word = unit.removeprefix("trading ")
    if word.startswith("fortnight"):
        return Window(text, "weeks", 2 * n)
    if word.startswith(("q", "y")):
        return Window(text, "months", 3 * n) if word[0] == "q" else Window(text, "years", n)
    kinds: dict[str, Literal["sessions", "weeks", "months"]] = {"w": "weeks", "m": "months"}
    return Window(text, kinds.get(word[0], "sessions"), n)


def starts_of(sessions: Sessions, window: Window) -> list[tuple[int, str]]:
    """Return the places of the close that a change over the window may be counted from, the usual convention first.

    A week is the calendar's (from the last session of the week before), or five sessions; a month the calendar's, the same day of
    the month before, or 21 sessions. Where a convention gives no earlier close it is left out.
    """
    last = len(sessions) - 1
    found: list[tuple[int, str]] = []
    if window.unit == "since" and window.since is not None:
        at = int(np.searchsorted(sessions, window.since, side="right")) - 1
        found = [(at, f"from the close of {sessions[max(at, 0)]}"), (at - 1, "from the close before that day")]
    elif window.unit == "to_date":
        found = [(_period_start(sessions, window.of), f"{window.text}, from the last close of the period before")]
    elif window.unit == "sessions":
        found = [(last - window.n, f"over {window.n} session{'s' if window.n > 1 else ''}")]
    else:
        found = _calendar_starts(sessions, window)
    named: dict[int, str] = {}
    for at, told in found:
        named.setdefault(at, told)
    return [(at, told) for at, told in named.items() if 0 <= at < last]


def _calendar_starts(sessions: Sessions, window: Window) -> list[tuple[int, str]]:
    last, n = len(sessions) - 1, window.n
    found = []
    if window.unit in ("weeks", "months"):
        starts, ends = spans(sessions, window.interval)
        if len(ends) >= n:
            word = "week" if window.unit == "weeks" else "month"
            found.append(
                (
                    int(starts[len(starts) - n]),
                    f"{n} calendar {word}{'s' if n > 1 else ''}, from the last close before",
                )
            )
    back = sessions[-1] - np.timedelta64(window.days, "D")
    if window.unit != "weeks":
        month = sessions[-1].astype("datetime64[M]") - (n if window.unit == "months" else 12 * n)
        back = month.astype("datetime64[D]") + (
            sessions[-1] - sessions[-1].astype("datetime64[M]").astype("datetime64[D]")
        )
    found.append(
        (
            int(np.searchsorted(sessions, back, side="right")) - 1,
            f"from the same day {n} {window.unit.rstrip('s')}{'s' if n > 1 else ''} before",
        )
    )
    found.append((last - window.sessions, f"over {window.sessions} sessions"))
    return found


def _period_start(sessions: Sessions, of: str) -> int:
    day = sessions[-1]
    if of == "1w":
        first = day - np.timedelta64((day.astype("datetime64[D]").astype(int) + 3) % 7, "D")
    elif of == "1mo":
        first = day.astype("datetime64[M]").astype("datetime64[D]")
    elif of == "1q":
        month = day.astype("datetime64[M]").astype(int)
        first = np.datetime64(month - month % 3, "M").astype("datetime64[D]")
    else:
        first = day.astype("datetime64[Y]").astype("datetime64[D]")
    return int(np.searchsorted(sessions, first)) - 1
