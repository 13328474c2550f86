"""Regimes: the sign of the correlation between stocks and bonds through time, and since when the present one holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.intermarket.correlation import correlation_history

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot

__all__ = ["Regime", "RegimeReport", "regimes", "regimes_of", "sign_regimes"]

WINDOW = 63


@dataclass(frozen=True, slots=True)
class Regime:
    """A spell in which a correlation had one sign: known from `since`, the close that established it; `until` is None for the present."""

    sign: int
    since: np.datetime64
    until: np.datetime64 | None
    mean: float

    def to_json(self) -> dict[str, Any]:
        """Return the row of `regimes`."""
        until = None if self.until is None else str(self.until)
        return {"sign": self.sign, "since": str(self.since), "until": until, "mean": self.mean}


@dataclass(frozen=True, slots=True, eq=False)
class RegimeReport:
    """The regimes of a pair, oldest first; `flips` are the closes at which the sign turned. `value` is the latest figure."""

    markets: tuple[str, str]
    window: int
    threshold: float
    value: float | None
    regimes: tuple[Regime, ...]

    @property
    def present(self) -> Regime | None:
        """The regime that holds now; None before any was established."""
        return self.regimes[-1] if self.regimes else None

    @property
    def flips(self) -> tuple[np.datetime64, ...]:
        """The closes at which the sign turned."""
        return tuple(regime.since for regime in self.regimes[1:])

    def to_json(self) -> dict[str, Any]:
        """Return the document of the regimes."""
        return {
            "markets": list(self.markets), "window": self.window, "threshold": self.threshold, "change_correlation": self.value,
            "regimes": [regime.to_json() for regime in self.regimes],
        }  # fmt: skip


def regimes(snapshot: Snapshot, stock: str, bond: str, window: int = WINDOW) -> RegimeReport:
    """Return the spells of positive and negative change correlation between two markets (a stock index and a bond price).

    For yields the sign is the opposite of that for bond prices: it is told as measured.
    """
    history = correlation_history(snapshot, stock, bond, window)
    return regimes_of((stock, bond), history.sessions, history.changes, window)


def regimes_of(markets: tuple[str, str], sessions: Sessions, rolling: Floats, window: int) -> RegimeReport:
    """Return the regimes of a rolling change correlation, from plain arrays."""
    threshold = 2.0 / np.sqrt(window)
    signs = sign_regimes(rolling, threshold)
    starts = np.flatnonzero((signs != 0) & (signs != np.concatenate([[0], signs[:-1]])))
    stops = [*starts[1:], len(signs)][: len(starts)]
    found = tuple(
        Regime(
            int(signs[start]),
            sessions[start],
            None if stop == len(signs) else sessions[stop],
            float(np.nanmean(rolling[start:stop])),
        )
        for start, stop in zip(starts, stops, strict=True)
    )
    last = rolling[-1] if len(rolling) else np.nan
    return RegimeReport(markets, window, float(threshold), float(last) if np.isfinite(last) else None, found)


@numba.njit(cache=True, nogil=True)
def sign_regimes(rolling: Floats, threshold: float) -> NDArray[np.int64]:
    """Return the sign that holds at each bar: that of the last figure beyond the threshold.

    Two standard errors are asked of a new sign, because a correlation near zero changes sign by noise alone. 0 until one is reached.
    """
    signs, sign = np.zeros(len(rolling), np.int64), 0
    for t in range(len(rolling)):
        if rolling[t] >= threshold:
            sign = 1
        elif rolling[t] <= -threshold:
            sign = -1
        signs[t] = sign
    return signs
