"""The best of many: is the kind that did best better than the best of as many worthless kinds would have been?

Each kind that takes a side is a rule: go its way at the next open, stay for the first question's bars. What it earned beyond the matched
entries is booked in the week of its fact, over all markets. Three answers, each with another idea of luck: Hansen's test of the best,
the stepwise test of each (Romano & Wolf), and the Sharpe ratio deflated by how many were tried (Bailey & Lopez de Prado).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.inference import FEWEST, best_of_many, deflated_sharpe
from crosscurrent.evaluate.samples import Sample
from crosscurrent.intermarket.chance import generator_for

__all__ = ["Best", "best_of_kinds"]

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


def best_of_kinds(asked: Mapping[str, list[Sample]]) -> Best | None:
    """Return the best of the kinds by their samples of the first question; None where fewer than two have weeks enough."""
    earned = _by_week(asked)
    earned = {kind: weekly for kind, weekly in earned.items() if np.count_nonzero(weekly) >= FEWEST}
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


def _by_week(asked: Mapping[str, list[Sample]]) -> dict[str, Floats]:
    """Return what each kind earned beyond its null in each week of the study."""
    weeks = {kind: np.concatenate([part.day for part in parts]) // WEEKDAYS for kind, parts in asked.items()}
    if not weeks:
        return {}
    first, last = min(int(w.min()) for w in weeks.values()), max(int(w.max()) for w in weeks.values())
    beyond = {kind: np.concatenate([part.came - part.null for part in parts]) for kind, parts in asked.items()}
    length = last - first + 1
    return {kind: np.bincount(weeks[kind] - first, beyond[kind], length).astype(np.float64) for kind in asked}
