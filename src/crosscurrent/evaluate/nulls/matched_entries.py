"""Matched random entries: the same trade, in the same market, on the same side, in the same state of volatility, on any other day.

Why: markets drift, and turbulent weeks differ from calm ones. A bullish fact in a market that rises is followed by a rise more
often than not, whatever it says; a target two ATR away is reached sooner when the ATR lags behind rising volatility. An entry
on any other bar of the same state shares all that with the fact, and lacks only the fact. So what is left is the fact's own.

The expectation over such entries needs no drawing where the outcome is told for every bar: it is the mean of the outcome over the
stratum. Where the distances belong to the case (a candle's range, a pattern's target) entries are drawn, from bars whose volatility
ranks near the case's own, or, for what is decided within days, whose own range does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.evaluate.outcomes import BEFORE, Barriers, EachBar, settle

__all__ = [
    "Expected",
    "drawn_bars",
    "expected",
    "matched_rates",
    "volatility_rank",
    "volatility_state",
    "wideness_rank",
]

MEMORY = 252
FEWEST_RANKED = 63
STATES = 3
NEAR = 0.1
"""How far, as a share of all bars, the volatility rank of a drawn entry may lie from the case's."""


def volatility_rank(bars: Bars, atr: Floats) -> Floats:
    """Return where each bar's ATR per cent stands among those of the last year, 0 to 1; known at the bar's close.

    NaN until a quarter's bars are there. Shape `(n,)`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(atr > 0, atr / np.abs(bars.close), np.nan)
    share[~np.isfinite(share)] = np.nan
    rank = pd.Series(share).rolling(MEMORY, min_periods=FEWEST_RANKED).rank(pct=True)
    return np.asarray(rank.to_numpy(np.float64))


def volatility_state(rank: Floats, states: int = STATES) -> NDArray[np.int64]:
    """Return the tercile of each rank, 0 (calm) to 2 (turbulent); -1 where there is no rank."""
    return np.where(np.isnan(rank), -1, np.minimum(np.nan_to_num(rank) * states, states - 1)).astype(np.int64)


def wideness_rank(bars: Bars, atr: Floats) -> Floats:
    """Return where each bar's true range in ATR stands among all bars, 0 to 1; NaN without an ATR. Shape `(n,)`.

    A wide bar is followed by wide ones before the ATR has noticed, so what may happen within days is matched by the bar itself.
    """
    before = np.concatenate([bars.close[:1], bars.close[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = (np.maximum(bars.high, before) - np.minimum(bars.low, before)) / np.where(atr > 0, atr, np.nan)
    return np.asarray(pd.Series(wide).rank(pct=True).to_numpy(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What chance gives an outcome at each bar: mean and variance over all bars of its state, long and short. Shape `(2, n)` each."""

    mean: Floats
    variance: Floats

    def on(self, side: NDArray[np.integer], at: NDArray[np.integer]) -> tuple[Floats, Floats]:
        """Return mean and variance for these bars and sides; neutral facts are taken as long."""
        row = np.where(side < 0, 1, 0)
        return self.mean[row, at], self.variance[row, at]


def expected(each: EachBar, state: NDArray[np.int64], inside: NDArray[np.bool_]) -> Expected:
    """Return the expectation over matched entries among the bars `inside` the period."""
    mean, variance = (np.full((2, len(state)), np.nan) for _ in range(2))
    for row, outcome in enumerate((each.long, each.short)):
        for value in range(STATES):
            here = state == value
            known = outcome[here & inside & np.isfinite(outcome)]
            if len(known):
                mean[row, here], variance[row, here] = known.mean(), known.var()
    return Expected(mean, variance)


def drawn_bars(
    at: NDArray[np.int64], rank: Floats, eligible: NDArray[np.bool_], draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return bars to enter at instead, whose volatility ranks near each case's own. Shape `(n, draws)`."""
    pool = np.flatnonzero(eligible & np.isfinite(rank))
    pool = pool[np.argsort(rank[pool], kind="stable")]
    place = np.searchsorted(rank[pool], rank[at])
    reach = max(int(NEAR * len(pool)), 1)
    low = np.clip(place - reach, 0, max(len(pool) - 2 * reach, 0))
    steps = rng.integers(0, min(2 * reach, len(pool)), (len(at), draws))
    drawn: NDArray[np.int64] = pool[low[:, None] + steps]
    return drawn


def matched_rates(
    cases: Barriers, bars: Bars, atr: Floats, rank: Floats, inside: NDArray[np.bool_], draws: int, rng: np.random.Generator
) -> Floats:  # fmt: skip
    """Return for each case the share of matched entries, with barriers as far away and as much time, that meet the good one first.

    Shape `(n,)`; NaN where the bars hold no entry to draw.
    """
    if not len(cases):
        return np.empty(0)
    eligible = inside & (atr > 0) & (np.arange(len(bars)) + cases.patience.max() < len(bars))
    if not np.any(eligible & np.isfinite(rank)):
        return np.full(len(cases), np.nan)
    drawn = drawn_bars(cases.at, rank, eligible, draws, rng)
    mean: Floats = rates_at(drawn, cases, bars, atr).mean(axis=1)
    return mean


def rates_at(drawn: NDArray[np.int64], cases: Barriers, bars: Bars, atr: Floats) -> Floats:
    """Return one where an entry at a drawn bar meets the good barrier first, else nought. Shape `(n, draws)`."""
    times = drawn.shape[1]
    repeated = [np.repeat(column, times) for column in (cases.side, cases.good, cases.bad, cases.patience)]
    ends = settle(bars.high, bars.low, bars.close, atr, drawn.ravel(), *repeated, cases.by_touch)  # type: ignore[arg-type, call-arg]
    return np.asarray((ends == BEFORE).reshape(drawn.shape), dtype=np.float64)
