"""Random levels: what a line drawn anywhere would have shown, had price touched it as it touched the level.

Why: price that has come to a line and closed off it has already turned within the bar, and a line close behind is easily held for some
days. Osler (2000) found that published support and resistance bounced 60.8 per cent of the time, and arbitrary levels 56.2: the
edge is the 4.6 points, not the 60.8. So a level is compared with levels of the same width drawn at other bars of the same
state of volatility, at the same distance from the close, and only where that bar too had touched them.

Reference: Osler, Support for Resistance, FRBNY Economic Policy Review 6 (2000).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.evaluate.nulls.matched_entries import drawn_bars, rates_at
from crosscurrent.evaluate.outcomes import Barriers

__all__ = ["random_level_rates"]


def random_level_rates(
    cases: Barriers, edge: Floats, bars: Bars, atr: Floats, rank: Floats, inside: NDArray[np.bool_], draws: int, rng: np.random.Generator
) -> Floats:  # fmt: skip
    """Return for each case the share of random levels, just touched and as far from the close, that hold.

    `edge` is how far from the close, in ATR, the level's near edge lies: what a bar must have reached to have touched it. Shape
    `(n,)`; NaN where no drawn bar had touched such a level.
    """
    if not len(cases):
        return np.empty(0)
    eligible = inside & (atr > 0) & (np.arange(len(bars)) + cases.patience.max() < len(bars))
    if not np.any(eligible & np.isfinite(rank)):
        return np.full(len(cases), np.nan)
    drawn = drawn_bars(cases.at, rank, eligible, draws, rng)
    side = cases.side[:, None]
    extreme = np.where(side > 0, bars.close[drawn] - bars.low[drawn], bars.high[drawn] - bars.close[drawn])
    is_touched = extreme >= edge[:, None] * atr[drawn]
    held = rates_at(drawn, cases, bars, atr)
    with np.errstate(invalid="ignore"):
        return np.asarray((held * is_touched).sum(axis=1) / is_touched.sum(axis=1))
