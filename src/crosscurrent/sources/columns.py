"""Columns as people write them, turned into dates and prices: one reading for files, frames and Arrow tables.

A table reaches this module as Arrow columns, typed or as text. What leaves it is either `Prices` or an error that names the
place, the row and the rule. What the numbers mean for the instrument (positive, high above low) is asked later, at the door.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.errors import RejectedData
from crosscurrent.sources import arrow

__all__ = ["MISSING", "Prices", "Shape", "folded", "prices_of", "shape_of", "text_moments"]

Shape = Literal["bars", "intraday", "contracts", "events", "meetings", "probabilities", "aside"]
OTHER_SHAPES: tuple[tuple[Shape, frozenset[str]], ...] = (
    ("contracts", frozenset({"contract", "date"})),
    ("events", frozenset({"date_et", "time_et", "event"})),
    ("meetings", frozenset({"decision_date"})),
    ("probabilities", frozenset({"date", "reference_quarter_start"})),
)
DATES = ("date", "datetime", "time", "timestamp", "observation_date", "index", "")
PRICES = ("open", "high", "low", "close")
MISSING = ("", ".", "nan", "NaN", "NAN", "NA", "N/A", "#N/A", "null", "NULL", "None")
ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?)?")


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """One market's rows, dated and numeric, ascending, none twice; not yet checked against its instrument.

    Parameters
    ----------
    session : datetime64 of shape (n,)
        For daily rows the date label as written [D]; for intraday rows when each began, UTC [s].
    open, high, low, close, volume : float64 of shape (n,)
        NaN where the row does not say; every row has at least one price.
    row : int64 of shape (n,)
        How the user counts each row, for errors.
    notes
        What was left out, in words.
    """

    session: Sessions
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    row: NDArray[np.int64]
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns as the door takes them."""
        return {name: getattr(self, name) for name in ("session", *PRICES, "volume")}


def folded(name: object) -> str:
    """Return a column's name in the one case and spelling that it is compared in."""
    text = re.sub(r"[\s_]+", "_", str(name).strip().lstrip("\ufeff").lower())
    return "" if re.fullmatch(r"unnamed:_\d+|__index_level_\d+__|none", text) else text


def shape_of(names: Sequence[str], stem: str, first_dates: Iterable[str] = ()) -> tuple[Shape, str]:
    """Return what kind of table has these (folded) columns, and for one that is left aside the reason in words."""
    held = set(names)
    for shape, needed in OTHER_SHAPES:
        if needed <= held:
            return shape, ""
    if held & {"symbol", "ticker"}:
        return "aside", "it lists many symbols in one table; a market needs a file of its own"
    date = date_column(names)
    if date is None:
        return (
            "aside",
            f"no column holds dates (a column named date is looked for; there are {', '.join(names) or 'none'})",
        )
    if len(held) != len(names):
        return "aside", f"columns are named twice ({', '.join(sorted({n for n in names if list(names).count(n) > 1}))})"
    if value_column(names, stem) is None and not set(PRICES) <= held:
        missing = [name for name in PRICES if name not in held]
        return (
            "aside",
            f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing",
        )
    return ("intraday", "") if any(_has_time(text) for text in first_dates) else ("bars", "")


def date_column(names: Sequence[str]) -> str | None:
    """Return the (folded) name of the column that dates the rows."""
    return next((name for name in DATES if name in names), None)


def value_column(names: Sequence[str], stem: str) -> str | None:
    """Return the only price column of a close-only table: `close`, or the single other column, as FRED writes it."""
    if {"open", "high", "low"} & set(names):
        return None
    if "close" in names:
        return "close"
    others = [name for name in names if name != date_column(names)]
    return others[0] if len(others) == 1 and others[0] in {folded(stem), "value", "price"} else None


def prices_of(
    table: Any, stem: str, where: str, first_row: int = 1, decimal: str = ".", intraday: bool = False
) -> Prices:
    """Return the rows of an Arrow table as prices; `RejectedData` names `where`, the row and the rule.

    `first_row` is how the user counts the first row (line 2 of a file with one line of heading). Rows without any price are no
    sessions: they are left out, and the notes say how many.
    """
    if table.num_rows == 0:
        raise RejectedData(where, "it has no rows")
    names = [folded(name) for name in table.column_names]
    date = date_column(names)
    if date is None:
        raise RejectedData(where, "no column holds dates", "Name one of them date.")
    dates = _Column(table.column(names.index(date)), date, where, first_row, decimal)
    session = dates.moments() if intraday else dates.days()
    _refuse_order(session, where, first_row)
    sources = {name: name for name in (*PRICES, "volume")} | {"close": value_column(names, stem) or "close"}
    columns = {
        name: _Column(table.column(names.index(source)), source, where, first_row, decimal).numbers()
        if source in names
        else np.full(len(session), np.nan)
        for name, source in sources.items()
    }
    return _without_empty_rows(session, columns, where, first_row)


def _without_empty_rows(session: Sessions, columns: dict[str, Floats], where: str, first_row: int) -> Prices:
    empty = np.logical_and.reduce([np.isnan(columns[name]) for name in PRICES])
    if empty.all():
        raise RejectedData(where, "no row has a price")
    notes = (
        (f"{int(empty.sum())} rows without any price were left out, the last of {session[empty][-1]}",)
        if empty.any()
        else ()
    )
    kept = {name: column[~empty] for name, column in columns.items()}
    return Prices(session[~empty], **kept, row=np.flatnonzero(~empty) + first_row, notes=notes)


def _refuse_order(moments: Sessions, where: str, first_row: int) -> None:
    step = np.diff(moments).astype(np.int64)
    if (step > 0).all():
        return
    at = int(np.argmax(step <= 0)) + 1
    rule = (
        f"{moments[at]} stands twice"
        if step[at - 1] == 0
        else f"{moments[at]} comes after {moments[at - 1]}: dates must ascend"
    )
    remedy = "Keep one row a session." if step[at - 1] == 0 else "Sort the rows by date, oldest first."
    raise RejectedData(f"{where}, row {at + first_row}", rule, remedy)


@dataclass(frozen=True, slots=True)
class _Column:
    """One Arrow column on its way to numpy, with what an error about it must say."""

    values: Any
    name: str
    where: str
    first_row: int
    decimal: str = "."

    def numbers(self) -> Floats:
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
            # An underscore inside a number is Python's own habit, not a file's.
            return float(text.replace("_", "?").replace(self.decimal, "."))
        except ValueError:
            self._refuse(i, f"the {self.name} {_short(text)} is no number")

    def days(self) -> Sessions:
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


def text_moments(texts: Sequence[str], where: str, first_row: int = 1) -> Sessions:
    """Return ISO times with a zone as UTC moments; a time without its zone is refused."""
    return _Column(pa.chunked_array([pa.array(texts, pa.string())]), "datetime", where, first_row).moments()


def _wall_clock(values: Any) -> Any:
    """Return timestamps as the clocks of their own zone show them."""
    import pyarrow.compute as pc  # loaded for these alone

    return pc.local_timestamp(values)


def _offset(zone: str) -> np.timedelta64:
    if zone in ("Z", "UTC"):
        return np.timedelta64(0, "s")
    sign, digits = (-1 if zone[0] == "-" else 1), zone[1:].replace(":", "")
    return np.timedelta64(sign * (int(digits[:2]) * 3600 + int(digits[2:]) * 60), "s")


def _has_time(text: str) -> bool:
    found = ISO.fullmatch(text.strip())
    return bool(found and (found[4] or "0").strip("0:."))


def _is_text(kind: Any) -> bool:
    return any(
        is_kind(kind)
        for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 24 else text[:21] + "...")
