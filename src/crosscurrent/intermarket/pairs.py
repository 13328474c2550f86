"""All pairs of a set of markets: their correlations as a matrix, and which market one of them follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.bars.panel import pair
from crosscurrent.intermarket.correlation import change_interval, sides_of
from crosscurrent.intermarket.rolling import correlation

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot

__all__ = ["PairRow", "correlation_matrix", "follows"]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair of a ranking: level and change correlation over the window; None where undefined."""

    markets: tuple[str, str]
    level_correlation: float | None
    change_correlation: float | None
    interval: tuple[float, float] | None

    def to_json(self) -> dict[str, Any]:
        """Return the row of the ranking."""
        return {
            "markets": list(self.markets), "level_correlation": self.level_correlation, "change_correlation": self.change_correlation,
            "interval": list(self.interval) if self.interval else None,
        }  # fmt: skip


def follows(snapshot: Snapshot, market: str, others: Sequence[str], window: int = 60) -> tuple[PairRow, ...]:
    """Return the other markets ranked by how strongly their changes go with those of `market`, the strongest first.

    Ranked by the absolute change correlation, not by that of levels, which unrelated trends share. A pair with too short a common
    history is left out. The best of many is flattered by the choice: its interval does not know how many were compared.
    """
    rows = [_row(snapshot, market, other, window) for other in others if other != market and snapshot.has(other)]
    kept = [row for row in rows if row is not None and row.change_correlation is not None]
    return tuple(sorted(kept, key=lambda row: (-abs(row.change_correlation or 0.0), row.markets[1])))


def _row(snapshot: Snapshot, a: str, b: str, window: int) -> PairRow | None:
    first, second = sides_of(snapshot, pair(snapshot.traded(a), snapshot.traded(b)))
    if len(first.levels) <= window:
        return None
    recent = np.arange(len(first.levels))[-window - 1 :]
    first, second = first.at(recent), second.at(recent)
    x, y = first.changes(), second.changes()
    level, change = correlation(first.levels[1:], second.levels[1:]), correlation(x, y)
    return PairRow(
        (a, b), None if np.isnan(level) else level, None if np.isnan(change) else change, change_interval(x, y)
    )


def correlation_matrix(snapshot: Snapshot, markets: Sequence[str], window: int = 60) -> Floats:
    """Return the change correlations of all pairs, each over its own last `window` common changes; NaN where undefined.

    Shape (markets, markets), symmetric, with ones on the diagonal.
    """
    found = np.eye(len(markets))
    for i, a in enumerate(markets):
        for j in range(i + 1, len(markets)):
            row = _row(snapshot, a, markets[j], window)
            value = np.nan if row is None or row.change_correlation is None else row.change_correlation
            found[i, j] = found[j, i] = value
    return found
