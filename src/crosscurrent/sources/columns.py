"""Columns as people write them, turned into dates and prices: one reading for files, frames and Arrow tables.

A table reaches this module as Arrow columns, typed or as text. What leaves it is either `Prices` or an error that names the
place, the row and the rule. What the numbers mean for the instrument (positive, high above low) is asked later, at the door.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.errors import RejectedData
from crosscurrent.sources.cells import Cells, has_time

__all__ = ["PRICES", "Prices", "Shape", "date_column", "folded", "prices_of", "shape_of"]

Shape = Literal["bars", "intraday", "contracts", "events", "meetings", "probabilities", "aside"]
OTHER_SHAPES: tuple[tuple[Shape, frozenset[str]], ...] = (
    ("contracts", frozenset({"contract", "date"})),
    ("events", frozenset({"date_et", "time_et", "event"})),
    ("meetings", frozenset({"decision_date"})),
    ("probabilities", frozenset({"date", "reference_quarter_start"})),
)
DATES = ("date", "datetime", "time", "timestamp", "observation_date", "index", "")
PRICES = ("open", "high", "low", "close")


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
    rolled : bool of shape (n,), or None
        Whether each row is the first of a new contract, where the provider says so.
    gap : float64 of shape (n,), or None
        As `Bars` has it, where both contracts are known.
    """

    session: Sessions
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    row: NDArray[np.int64]
    notes: tuple[str, ...] = ()
    rolled: NDArray[np.bool_] | None = None
    gap: Floats | None = None

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
        return "aside", f"no column holds dates (one named date is looked for; there are {', '.join(names) or 'none'})"
    if len(held) != len(names):
        return "aside", f"columns are named twice ({', '.join(sorted({n for n in names if list(names).count(n) > 1}))})"
    if value_column(names, stem) is None and not set(PRICES) <= held:
        missing = [name for name in PRICES if name not in held]
        return "aside", f"the column {missing[0]} is missing" if len(
            missing
        ) == 1 else f"the columns {', '.join(missing)} are missing"
    return ("intraday", "") if any(has_time(text) for text in first_dates) else ("bars", "")


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
    dates = Cells(table.column(names.index(date)), date, where, first_row, decimal)
    session = dates.moments() if intraday else dates.days()
    _refuse_order(session, where, first_row)
    sources = {name: name for name in (*PRICES, "volume")} | {"close": value_column(names, stem) or "close"}
    columns = {
        name: Cells(table.column(names.index(source)), source, where, first_row, decimal).numbers()
        if source in names
        else np.full(len(session), np.nan)
        for name, source in sources.items()
    }
    return _without_empty_rows(session, columns, where, first_row)


def _without_empty_rows(session: Sessions, columns: dict[str, Floats], where: str, first_row: int) -> Prices:
    empty = np.logical_and.reduce([np.isnan(columns[name]) for name in PRICES])
    if empty.all():
        raise RejectedData(where, "no row has a price")
    kept = {name: column[~empty] for name, column in columns.items()}
    notes = (_left_out(session[empty]),) if empty.any() else ()
    return Prices(session[~empty], **kept, row=np.flatnonzero(~empty) + first_row, notes=notes)


def _left_out(sessions: Sessions) -> str:
    rows = "1 row" if len(sessions) == 1 else f"{len(sessions)} rows"
    return f"{rows} without any price left out, the last of {sessions[-1]}"


def _refuse_order(moments: Sessions, where: str, first_row: int) -> None:
    step = np.diff(moments).astype(np.int64)
    if (step > 0).all():
        return
    at = int(np.argmax(step <= 0)) + 1
    if step[at - 1] == 0:
        rule, remedy = f"{moments[at]} stands twice", "Keep one row a session."
    else:
        rule, remedy = (
            f"{moments[at]} comes after {moments[at - 1]}: dates must ascend",
            "Sort the rows by date, oldest first.",
        )
    raise RejectedData(f"{where}, row {at + first_row}", rule, remedy)
