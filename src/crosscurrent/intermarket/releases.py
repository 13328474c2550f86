"""Scheduled releases: what was published, when, and by how much it surprised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscurrent.errors import RejectedData

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Release", "figure", "releases", "series_of", "with_scores"]

COLUMNS = ("date_et", "time_et", "importance", "event", "actual", "forecast")
SCALES = {"": 1.0, "%": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
FEWEST_SURPRISES = 8
REFERENCE = r" \((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Q[1-4])[a-z]*\)"


@dataclass(frozen=True, slots=True)
class Release:
    """One row of the calendar. Figures are None where none is given, and an actual also while it is not released.

    `surprise` is actual less forecast in the unit of the figure (thousands, millions as plain numbers); `score` divides it by the
    root mean square of the earlier surprises of the same series, None with fewer than eight of them.
    """

    day: np.datetime64
    time_et: str
    event: str
    importance: str
    actual: float | None
    forecast: float | None
    score: float | None = None

    @property
    def series(self) -> str:
        """The name without the month or quarter it reports on, by which releases of one series are known."""
        return series_of(self.event)

    @property
    def surprise(self) -> float | None:
        """Actual less forecast."""
        return None if self.actual is None or self.forecast is None else round(self.actual - self.forecast, 9)

    def to_json(self) -> dict[str, Any]:
        """Return the row as `events` prints it."""
        return {
            "date": str(self.day), "time_et": self.time_et, "event": self.event, "importance": self.importance,
            "actual": self.actual, "forecast": self.forecast, "surprise": self.surprise, "surprise_score": self.score,
        }  # fmt: skip


def series_of(event: str) -> str:
    """Return the series an event belongs to: `CPI (MoM) (Dec)` is one release of `CPI (MoM)`."""
    return re.sub(REFERENCE, "", event).strip()


def figure(text: object) -> float | None:
    """Return the number a calendar prints (`-4.382M`, `0.3%`, `1,859K`), None for what is none."""
    if isinstance(text, int | float):
        return float(text) if np.isfinite(text) else None
    found = re.fullmatch(r"([-+]?[\d,]*\.?\d+)\s*([%KMBT]?)", str(text).strip())
    return round(float(found[1].replace(",", "")) * SCALES[found[2]], 9) if found else None


def releases(table: pd.DataFrame, as_of: np.datetime64, importance: Sequence[str] = ("High",)) -> tuple[Release, ...]:
    """Return the rows of some importance, oldest first; figures released after `as_of` are hidden.

    `RejectedData` for a table without its columns. The day counts by New York time, as the calendar has it.
    """
    absent = [name for name in COLUMNS if name not in table.columns]
    if absent:
        raise RejectedData(
            "the calendar of events", f"the column {absent[0]!r} is missing", f"Give {', '.join(COLUMNS)}."
        )
    rows = table[table["importance"].isin(list(importance))]
    days = rows["date_et"].to_numpy().astype("datetime64[D]")
    columns = (rows[name].tolist() for name in ("time_et", "event", "importance", "actual", "forecast"))
    found = [
        Release(day, str(time), str(event), str(weight), figure(actual) if day <= as_of else None, figure(forecast))
        for day, time, event, weight, actual, forecast in zip(days, *columns, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.time_et, one.event)))


def with_scores(found: Sequence[Release]) -> tuple[Release, ...]:
    """Return releases with their surprise measured against the earlier ones of the same series."""
    squares: dict[str, list[float]] = {}
    scored = []
    for one in found:
        before = squares.setdefault(one.series, [])
        usual = float(np.sqrt(np.mean(before))) if len(before) >= FEWEST_SURPRISES else 0.0
        scored.append(replace(one, score=one.surprise / usual) if one.surprise is not None and usual > 0 else one)
        if one.surprise is not None:
            before.append(one.surprise**2)
    return tuple(scored)
