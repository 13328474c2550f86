"""A reading is a number that may be printed: its value, its unit, and where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from crosscurrent.errors import BrokenRule
from crosscurrent.units.notation import DECIMAL, Notation

__all__ = ["Reading", "Unit"]

Unit = Literal[
    "price",
    "yield",
    "pct",
    "bp",
    "ratio",
    "probability",
    "count",
    "sessions",
    "date",
    "month",
    "atr",
    "volume",
    "index",
    "rank",
]
"""What a number counts. A `yield` is in per cent, a `pct` is a change in per cent, `atr` is multiples of the ATR, `ratio` is bare."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value with its unit, definition, window and source, because a number without them cannot be checked by a reader.

    Known when `source` was known; the reading itself is timeless. `value` is a float, or a date where `unit` is `date` or
    `month`; never NaN or infinite (`BrokenRule`), since a note must not print what is undefined: leave it out and say so.
    """

    value: float | date
    unit: Unit
    definition: str
    window: str = ""
    source: str = ""
    market: str = ""
    record: str = field(default="", compare=False)
    notation: Notation = field(default=DECIMAL, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.value, float | int) and not math.isfinite(self.value):
            raise BrokenRule("a reading must be finite", definition=self.definition, value=self.value)
