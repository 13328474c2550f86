"""Bars as the columns in which they are stored, and back: one form for the archive and for a whole universe in one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources import arrow
from crosscurrent.units import Notation

__all__ = ["COLUMNS", "ROLLS", "columns_in", "columns_of", "described", "instrument_of"]

COLUMNS = ("open", "high", "low", "close", "volume")
ROLLS = ("rolled", "gap")
"""Columns of a series that says itself where it rolls."""


def columns_of(bars: Bars) -> dict[str, Any]:
    """Return what is stored: labels and prices; for intraday bars the moment each began, as a provider gives it."""
    start = bars.session if _is_daily(bars.interval) else bars.closed_at - _length(bars.interval)
    blank = np.full(len(bars), np.nan)
    values = {name: blank if bars.is_close_only and name in COLUMNS[:3] else getattr(bars, name) for name in COLUMNS}
    rolls = {} if bars.gap is None else {"rolled": bars.rolled.astype(np.float64), "gap": bars.gap}
    return {"session": start} | values | rolls


def columns_in(table: Any, interval: str) -> dict[str, Any]:
    """Return the columns of an Arrow table that holds what `columns_of` gave."""
    read = arrow.days if _is_daily(interval) else arrow.moments
    held = (*COLUMNS, *(name for name in ROLLS if name in table.column_names))
    columns: dict[str, Any] = {"session": read(table.column("session"))}
    columns |= {name: arrow.floats(table.column(name)) for name in held}
    return columns | ({"rolled": columns["rolled"] == 1.0} if "rolled" in columns else {})


def _is_daily(interval: str) -> bool:
    return interval.endswith(("d", "w", "mo"))


def _length(interval: str) -> np.timedelta64:
    return np.timedelta64(int(interval[:-1]), "h" if interval.endswith("h") else "m")


def described(bars: Bars) -> dict[str, Any] | None:
    """Return the description of a market that is not known by its symbol, None for one that is."""
    return None if known.find(bars.market) == bars.instrument else asdict(bars.instrument)


def instrument_of(told: Mapping[str, Any] | None) -> Instrument | None:
    """Return the instrument that `described` told of, None for one that is known by its symbol."""
    if told is None:
        return None
    table = dict(told)
    return Instrument(**(table | {"notation": Notation(**table["notation"]), "aliases": tuple(table["aliases"])}))
