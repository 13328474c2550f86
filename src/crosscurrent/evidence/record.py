"""The record of an argument: what came after earlier facts of its kind, beside what chance gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from crosscurrent.facts.fact import Fact

__all__ = ["FEWEST", "NO_RECORDS", "Record", "Records", "is_counted"]

FEWEST = 30
"""A record of fewer separate dates claims nothing."""


@dataclass(frozen=True, slots=True)
class Record:
    """How often earlier facts of a kind and direction were followed by what they say, and how often chance is.

    Only cases whose outcome was known at the last close are in it.

    Parameters
    ----------
    n, dates
        Cases, and how many of their dates lie so far apart that their outcomes share no bar.
    rate, low, high
        The share that came true, with its 95 per cent interval.
    null
        The same share of matched random entries.
    scope
        `market` when the cases are the market's own, `desk` when those of all charted markets stand together.
    """

    n: int
    dates: int
    rate: float
    low: float
    high: float
    null: float
    scope: Literal["market", "desk"]

    @property
    def edge(self) -> float:
        """The rate less that of chance."""
        return self.rate - self.null

    @property
    def is_enough(self) -> bool:
        """Whether there are enough dates to say anything."""
        return self.dates >= FEWEST

    def to_json(self) -> dict[str, Any]:
        """Return the record as documents hold it."""
        return {
            "n": self.n, "dates": self.dates, "rate": self.rate, "interval": [self.low, self.high], "null": self.null, "edge": self.edge,
            "scope": self.scope, "outcome": "target_first_1to1", "is_enough": self.is_enough,
        }  # fmt: skip


Records = Callable[[str, str, str], Record | None]
"""What has the record of a market, a kind and a direction; None where there is none."""


def NO_RECORDS(market: str, kind: str, direction: str) -> None:  # noqa: N802
    """Return that there is no record yet."""


def is_counted(fact: Fact) -> bool:
    """Whether a fact is of those that a record counts: confirmed and by the whole rule, no near miss and no later stage of a pattern."""
    return fact.stage == "confirmed" and fact.strictness != "near_miss" and fact.direction != "neutral"
