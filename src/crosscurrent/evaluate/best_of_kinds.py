"""The best of many: is the kind that did best better than the best of as many worthless kinds would have been?

Each kind that takes a side is a rule: go its way at the next open, stay for the first question's bars. What it earned beyond the matched
entries is booked in the week of its fact, over all markets. Three answers, each with another idea of luck: Hansen's test of the best,
the stepwise test of each (Romano & Wolf), and the Sharpe ratio deflated by how many were tried (Bailey & Lopez de Prado).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.inference import FEWEST, best_of_many, deflated_sharpe
from crosscurrent.evaluate.samples import Sample
from crosscurrent.intermarket.chance import generator_for

__all__ = ["Best", "Weekly", "best_of_kinds", "weekly"]

Weekly = tuple[int, Floats]
"""The first week, and what was earned beyond chance in it and in each one after."""

WEEKDAYS, WEEKS = 5, 52
BLOCK = 4
"""Weeks that are drawn together: an outcome of ten bars reaches into the third."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best of the kinds, and what is left of it after so many were tried.

    Parameters
    ----------
    kind, tried, weeks
        Which it is, of how many, over how many weeks.
    p
        Hansen's, of the best beside none better than chance.
    superior
        The kinds that are better one by one.
    sharpe, deflated
        Its Sharpe ratio of a year, and the probability that it is above what the best of as many worthless ones shows.
    """

    kind: str
    tried: int
    weeks: int
    p: float
    superior: tuple[str, ...]
    sharpe: float
    deflated: float

    def to_json(self) -> dict[str, Any]:
        """Return the figures as the command prints them."""
        return {
            "kind": self.kind, "tried": self.tried, "weeks": self.weeks, "p": self.p, "superior": list(self.superior),
            "sharpe": self.sharpe, "deflated_sharpe": self.deflated,
        }  # fmt: skip


def best_of_kinds(asked: Iterable[tuple[str, Weekly]]) -> Best | None:
    """Return the best of the kinds by what they earned by the first question; None where fewer than two have weeks enough."""
    earned = {kind: sums for kind, sums in _table(asked).items() if np.count_nonzero(sums) >= FEWEST}
    if len(earned) < 2:
        return None
    kinds, table = tuple(earned), np.column_stack(list(earned.values()))
    sharpes = table.mean(axis=0) / table.std(axis=0) * np.sqrt(WEEKS)
    best, weeks = int(np.argmax(sharpes)), len(table)
    scaled = table / table.std(axis=0)
    p, superior = best_of_many(scaled, np.zeros(weeks), generator_for("best", *kinds), block=BLOCK)
    skew, kurtosis = float(stats.skew(table[:, best])), float(stats.kurtosis(table[:, best], fisher=False))
    spread, sharpe = float(np.var(sharpes)), float(sharpes[best])
    deflated = deflated_sharpe(sharpe, weeks, skew, kurtosis, len(kinds), spread, periods=WEEKS)
    return Best(kinds[best], len(kinds), weeks, p, tuple(kinds[place] for place in superior), sharpe, deflated)


def weekly(parts: list[Sample]) -> Weekly:
    """Return the first week of some samples, and what they earned beyond their null from that week on."""
    weeks = np.concatenate([part.day for part in parts]) // WEEKDAYS
    beyond = np.concatenate([part.came - part.null for part in parts])
    first = int(weeks.min())
    return first, np.bincount(weeks - first, beyond).astype(np.float64)


def _table(asked: Iterable[tuple[str, Weekly]]) -> dict[str, Floats]:
    """Return what each kind earned in each week of the study, its groups together."""
    told = list(asked)
    if not told:
        return {}
    start = min(first for _, (first, _) in told)
    length = max(first + len(sums) for _, (first, sums) in told) - start
    earned: dict[str, Floats] = {}
    for kind, (first, sums) in told:
        row = earned.setdefault(kind, np.zeros(length))
        row[first - start : first - start + len(sums)] += sums
    return earned
