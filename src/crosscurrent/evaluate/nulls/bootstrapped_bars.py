"""Candles on block-bootstrapped bars: the same bars in another order, so that the shapes stay and what they would foretell goes.

Why: a candle's record is mostly geometry. Where the close stands in its range decides which side of the range closes first, and
how long its bars are decides how soon. Bars of the market itself, laid end to end in blocks of random order, have the same ranges,
shadows and gaps, and candles are found in them as often; but what follows a candle there has nothing to do with it. Blocks of some
bars keep candles of several bars and the clusters of volatility whole.

Reference: Politis & Romano, The stationary bootstrap (1994). Marshall, Young & Rose (2006) judge candles this way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars

__all__ = ["block_order", "bootstrapped", "laid_end_to_end"]

BLOCK = 10


def block_order(n: int, block: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return places of `n` bars in blocks of geometric length, wrapped around at the end."""
    anew = rng.random(n) < 1.0 / block
    if n:
        anew[0] = True
    at = np.arange(n)
    begun = np.maximum.accumulate(np.where(anew, at, 0))
    order: NDArray[np.int64] = (rng.integers(0, max(n, 1), n)[begun] + at - begun) % max(n, 1)
    return order


def bootstrapped(bars: Bars, rng: np.random.Generator, block: float = BLOCK) -> Bars:
    """Return as many bars, made of the market's own without its drift, on the same sessions.

    Each bar is laid on the close before it by ratios; where a price is not above zero, by differences.
    """
    order = block_order(max(len(bars) - 1, 0), block, rng) + 1
    return laid_end_to_end(bars, order, np.ones(len(order)))


def laid_end_to_end(bars: Bars, order: NDArray[np.int64], sign: NDArray[np.floating]) -> Bars:
    """Return the bars in that order, each from the close before it; where the sign is negative, upside down."""
    if len(bars) < 2:
        return bars
    is_ratio = bool(np.all(bars.low > 0))
    to, back = (np.log, np.exp) if is_ratio else (np.asarray, np.asarray)
    open_, high, low, close = (to(column) for column in (bars.open, bars.high, bars.low, bars.close))
    before = np.concatenate([close[:1], close[:-1]])
    step = (close - before)[order]
    drift = step.mean()
    parts = [(column - before)[order] - drift for column in (open_, high, low, close)]
    turned = [np.where(sign < 0, -parts[other], parts[own]) for own, other in ((0, 0), (1, 2), (2, 1), (3, 3))]
    base = close[0] + np.concatenate([[0.0], np.cumsum(turned[3])[:-1]])
    made = [
        np.concatenate([column[:1], back(base + part)])
        for column, part in zip((bars.open, bars.high, bars.low, bars.close), turned, strict=True)
    ]
    volume = np.concatenate([bars.volume[:1], bars.volume[order]])
    return replace(bars, open=made[0], high=made[1], low=made[2], close=made[3], volume=volume)
