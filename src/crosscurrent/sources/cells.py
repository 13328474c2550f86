"""Cells as people write them: numbers, days, moments; an error names the row and the words that stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.errors import RejectedData
from crosscurrent.sources import arrow

__all__ = ["ISO", "MISSING", "Cells", "has_time"]

MISSING = ("", ".", "nan", "NaN", "NAN", "NA", "N/A", "#N/A", "null", "NULL", "None")
ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Cells:
    """One Arrow column on its way to numpy, with what an error about it must say."""

    values: Any
    name: str
    where: str
    first_row: int
    decimal: str = "."

    def numbers(self) -> Floats:
        """Return the cells as float64, NaN where one says nothing."""
        kind = self.values.type
        if _is_text(kind):
            found = np.array([self._number(i, text) for i, text in enumerate(self.values.to_pylist())], np.float64)
        elif pa.types.is_null(kind):
            found = np.full(len(self.values), np.nan)
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            found = arrow.floats(self.values)
        else:
            raise RejectedData(self.where, f"the column {self.name} holds {kind}, not numbers")
        if np.isinf(found).any():
            self._refuse(int(np.argmax(np.isinf(found))), f"the {self.name} is infinite")
        return found

    def _number(self, i: int, text: str | None) -> float:
        if text is None or text.strip() in MISSING:
            return np.nan
        try:
            # An underscore inside a number is Python's own habit, a point beside decimal commas parts thousands: neither is guessed.
            return float(
                text.replace("_", "?").replace(".", "." if self.decimal == "." else "?").replace(self.decimal, ".")
            )
        except ValueError:
            self._refuse(i, f"the {self.name} {_short(text)} is no number")

    def days(self) -> Sessions:
        """Return the cells as the days they name; a time of day other than midnight is refused."""
        kind = self.values.type
        self._none_missing()
        if pa.types.is_date(kind):
            return arrow.days(self.values)
        if pa.types.is_timestamp(kind):
            wall = arrow.moments(_wall_clock(self.values) if kind.tz else self.values)
            day = wall.astype("datetime64[D]")
            if (wall != day).any():
                self._refuse(
                    int(np.argmax(wall != day)),
                    "the date carries a time of day, so these rows are not daily",
                    "Give intraday rows in a column named datetime, with their zone.",
                )
            return day
        return np.array([self._day(i, str(text)) for i, text in enumerate(self.values.to_pylist())], "datetime64[D]")

    def _day(self, i: int, text: str) -> str:
        found = ISO.fullmatch(text.strip())
        if not found:
            self._refuse(i, f"{_short(text)} is no ISO date", "Write dates as YYYY-MM-DD: 03/04/2025 has two meanings.")
        if (found[4] or "0").strip("0:."):
            self._refuse(i, f"{_short(text)} carries a time of day, so these rows are not daily")
        return self._real(i, f"{found[1]}-{found[2]}-{found[3]}", text)

    def _real(self, i: int, day: str, text: str) -> str:
        try:
            np.datetime64(day, "D")
        except ValueError:
            self._refuse(i, f"{_short(text)} is no day of the calendar")
        return day

    def moments(self) -> Sessions:
        """Return the cells as moments, UTC; a time without its zone is refused."""
        kind = self.values.type
        self._none_missing()
        if pa.types.is_timestamp(kind):
            if not kind.tz:
                self._refuse(
                    0,
                    "an intraday time without its zone could mean any hour",
                    "Give the times with their zone, or as UTC.",
                )
            return arrow.moments(self.values)
        return np.array([self._moment(i, str(text)) for i, text in enumerate(self.values.to_pylist())], "datetime64[s]")

    def _moment(self, i: int, text: str) -> np.datetime64:
        found = ISO.fullmatch(text.strip())
        if not found or not found[4]:
            self._refuse(i, f"{_short(text)} is no ISO time", "Write times as 2025-01-17T14:30:00Z.")
        if not found[5]:
            self._refuse(
                i, f"{_short(text)} has no zone, so it could mean any hour", "Write it as 2025-01-17T14:30:00Z."
            )
        day = self._real(i, f"{found[1]}-{found[2]}-{found[3]}", text)
        return np.datetime64(f"{day}T{found[4].split('.')[0]}", "s") - _offset(found[5])

    def _none_missing(self) -> None:
        missing = arrow.first_missing(self.values)
        if missing >= 0:
            self._refuse(missing, "the date is missing")

    def _refuse(self, i: int, rule: str, remedy: str = "") -> NoReturn:
        raise RejectedData(f"{self.where}, row {i + self.first_row}", rule, remedy)


def _wall_clock(values: Any) -> Any:
    """Return timestamps as the clocks of their own zone show them."""
    import pyarrow.compute as pc  # loaded for these alone

    return pc.local_timestamp(values)


def _offset(zone: str) -> np.timedelta64:
    if zone in ("Z", "UTC"):
        return np.timedelta64(0, "s")
    sign, digits = (-1 if zone[0] == "-" else 1), zone[1:].replace(":", "")
    return np.timedelta64(sign * (int(digits[:2]) * 3600 + int(digits[2:]) * 60), "s")


def _is_text(kind: Any) -> bool:
    return any(
        is_kind(kind)
        for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 24 else text[:21] + "...")


def has_time(text: str) -> bool:
    """Whether an ISO date carries a time of day other than midnight."""
    found = ISO.fullmatch(text.strip())
    return bool(found and (found[4] or "0").strip("0:."))
