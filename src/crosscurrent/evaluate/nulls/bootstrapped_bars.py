"""Candles on block-bootstrapped bars: the same bars in another order, so that the shapes stay and what they would foretell goes.

Why: a candle's record is mostly geometry. Where the close stands in its range decides which side of the range closes first, and
how long its bars are decides how soon. Bars of the market itself, laid end to end in blocks of random order, have the same ranges,
shadows and gaps, and candles are found in them as often; but what follows a candle there has nothing to do with it. Blocks keep
candles of several bars whole and end at the latest where a candle ends: a block that ran on would carry what really followed the
candle into its own null. Each bar is measured in the ATR before it and laid down in the ATR of its new place, so that calm and turbulent
weeks stay where they were.

Reference: Politis & Romano, The stationary bootstrap (1994). Marshall, Young & Rose (2006) judge candles this way.
"""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats

__all__ = ["BLOCK", "block_order", "bootstrapped", "laid_end_to_end"]

BLOCK = 10


def block_order(
    n: int, block: float, rng: np.random.Generator, ends: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Return places of `n` bars in blocks of geometric length, wrapped around at the end; none runs on beyond a place in `ends`."""
    if not n:
        return np.empty(0, np.int64)
    anew, origin = rng.random(n) < 1.0 / block, rng.integers(0, n, n)
    return np.asarray(_ordered(anew, origin, np.zeros(n, np.bool_) if ends is None else ends))


@numba.njit(cache=True, nogil=True)
def _ordered(anew: NDArray[np.bool_], origin: NDArray[np.int64], ends: NDArray[np.bool_]) -> NDArray[np.int64]:
    order = origin.copy()
    for t in range(1, len(order)):
        if not anew[t] and not ends[order[t - 1]]:
            order[t] = (order[t - 1] + 1) % len(order)
    return order


def bootstrapped(
    bars: Bars, unit: Floats, rng: np.random.Generator, *, ends: NDArray[np.bool_] | None = None, block: float = BLOCK
) -> Bars:
    """Return as many bars, made of the market's own with its drift, on the same sessions.

    `unit` is the ATR at each bar, shape `(n,)`; `ends` marks the bars at which a block ends at the latest.
    """
    order = block_order(max(len(bars) - 1, 0), block, rng, None if ends is None else ends[1:]) + 1
    return laid_end_to_end(bars, unit, order, np.ones(len(order)))


def laid_end_to_end(bars: Bars, unit: Floats, order: NDArray[np.int64], sign: NDArray[np.floating]) -> Bars:
    """Return the bars in that order, each from the close before it; where the sign is negative, upside down.

    They are laid by ratios; where a price is not above zero, by differences. Upside down too they drift as the market does, because a
    market that rises carries what is bullish and what is not. The bars made belong to no contract.
    """
    if len(bars) < 2:
        return bars
    is_ratio = bool(np.all(bars.low > 0))
    to, back = (np.log, np.exp) if is_ratio else (np.asarray, np.asarray)
    open_, high, low, close = (to(column) for column in (bars.open, bars.high, bars.low, bars.close))
    before = np.concatenate([close[:1], close[:-1]])
    stretch = _stretch(unit / bars.close if is_ratio else unit, order)
    drift = ((close - before)[order] * stretch).mean()
    parts = [(column - before)[order] * stretch - drift for column in (open_, high, low, close)]
    turned = [np.where(sign < 0, -parts[other], parts[own]) + drift for own, other in ((0, 0), (1, 2), (2, 1), (3, 3))]
    base = close[0] + np.concatenate([[0.0], np.cumsum(turned[3])[:-1]])
    made = [
        np.concatenate([column[:1], back(base + part)])
        for column, part in zip((bars.open, bars.high, bars.low, bars.close), turned, strict=True)
    ]
    volume = np.concatenate([bars.volume[:1], bars.volume[order]])
    plain = replace(bars.instrument, roll="none", reference=None)
    return replace(
        bars, open=made[0], high=made[1], low=made[2], close=made[3], volume=volume, instrument=plain, basis="traded",
        shift=np.zeros(len(bars)), rolled=np.zeros(len(bars), bool), roll_source="none",
    )  # fmt: skip


def _stretch(unit: Floats, order: NDArray[np.int64]) -> Floats:
    """Return how much wider a bar of `order` becomes at its new place; one where either ATR is not known. Shape `(n - 1,)`."""
    before = np.concatenate([[np.nan], unit[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        wider = before[1:] / before[order]
    return np.where(np.isfinite(wider) & (wider > 0), wider, 1.0)
