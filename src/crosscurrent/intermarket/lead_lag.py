"""Lead and lag: whether one market's changes come before the other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.bars.panel import pair
from crosscurrent.errors import MissingData
from crosscurrent.intermarket.chance import YEAR
from crosscurrent.intermarket.correlation import change_interval, sides_of
from crosscurrent.intermarket.rolling import correlation

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot

__all__ = ["Lag", "LeadLag", "lead_lag", "lead_lag_of"]

MOST_LAGS = 5


@dataclass(frozen=True, slots=True)
class Lag:
    """The change correlation of `a` with `b` so many sessions later; the interval is widened for the number of lags looked at."""

    sessions: int
    value: float
    interval: tuple[float, float] | None

    def to_json(self) -> dict[str, Any]:
        """Return the row of `lags`."""
        return {
            "sessions": self.sessions,
            "value": self.value,
            "interval": list(self.interval) if self.interval else None,
        }


@dataclass(frozen=True, slots=True, eq=False)
class LeadLag:
    """Who leads, over `window` changes: None when no lag but zero has an interval that excludes zero.

    Markets that close at different hours seem to lead or lag by a session; daily closes cannot tell that from a lead.
    """

    markets: tuple[str, str]
    window: int
    lags: tuple[Lag, ...]
    leader: str | None
    by: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the document of lead and lag."""
        return {
            "markets": list(self.markets), "window": self.window, "lags": [lag.to_json() for lag in self.lags], "leader": self.leader,
            "by_sessions": self.by,
        }  # fmt: skip


def lead_lag(snapshot: Snapshot, a: str, b: str, window: int = YEAR, most: int = MOST_LAGS) -> LeadLag:
    """Return whether `a` leads `b` or lags it over the last `window` common changes; `MissingData` with too short a history."""
    first, second = sides_of(snapshot, pair(snapshot.traded(a), snapshot.traded(b)))
    recent = np.arange(len(first.levels))[-window - 1 :]
    x, y = first.at(recent).changes(), second.at(recent).changes()
    if len(x) < window:
        raise MissingData(
            f"A lead or lag over {window} changes", f"the common history of {a} and {b} ({len(x)} changes)"
        )
    return lead_lag_of((a, b), x, y, most)


def lead_lag_of(markets: tuple[str, str], a: Floats, b: Floats, most: int = MOST_LAGS) -> LeadLag:
    """Return the change correlations at all lags up to `most`, from plain arrays, and who leads.

    A positive number of sessions means that `a` moved first. All 2 `most` lags but zero are looked at, so each interval is as wide as
    Bonferroni asks for 95 per cent together.
    """
    lags = tuple(_lag(a, b, k, 1.0 - 0.05 / max(2 * most, 1)) for k in range(-most, most + 1))
    telling = [lag for lag in lags if lag.sessions and lag.interval and (lag.interval[0] > 0 or lag.interval[1] < 0)]
    if not telling:
        return LeadLag(markets, len(a), lags, None, None)
    best = max(telling, key=lambda lag: abs(lag.value))
    return LeadLag(markets, len(a), lags, markets[0 if best.sessions > 0 else 1], abs(best.sessions))


def _lag(a: Floats, b: Floats, k: int, level: float) -> Lag:
    x, y = (a[: len(a) - k], b[k:]) if k >= 0 else (a[-k:], b[: len(b) + k])
    r = correlation(x, y)
    return Lag(k, 0.0 if np.isnan(r) else r, change_interval(x, y, level))
