"""The closes at which an average is lost or taken back, and at which two of them cross."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.indicators import solve
from crosscurrent.indicators.averages import ema, sma
from crosscurrent.setups.triggers.trigger import Eve, Trigger

__all__ = ["averages", "crosses"]

WATCHED = {20: 4.0, 50: 7.0, 100: 6.0, 200: 9.0}
"""The simple averages that desks watch, and how much."""
EXPONENTIAL = {20: 3.0}
SETTLED = 5
"""After so many closes on one side, one on the other is the first for long: a loss or a recovery."""
FAST, SLOW = 50, 200


def averages(eve: Eve) -> Iterator[Trigger]:
    """Yield the close that equals each average, the average of that session included, told in prices as charted."""
    close = eve.look.traded.bars.close
    for length, strength in WATCHED.items():
        yield from _lost_or_regained(
            close, sma(close, length), solve.close_above_sma(close, length), f"{length}-day average", strength
        )
    for length, strength in EXPONENTIAL.items():
        named = f"{length}-day exponential average"
        yield from _lost_or_regained(close, ema(close, length), solve.close_above_ema(close, length), named, strength)


def _lost_or_regained(close: Floats, average: Floats, edge: float, named: str, strength: float) -> Iterator[Trigger]:
    gap = close - average
    if not np.isfinite(edge) or not np.isfinite(gap[-1]):
        return
    side = np.sign(gap)
    elsewhere = np.flatnonzero(side != side[-1])
    is_settled = len(close) - 1 - (elsewhere[-1] if len(elsewhere) else -1) >= SETTLED
    if gap[-1] > 0:
        kind = "average_loss" if is_settled else "average_reject"
        yield Trigger(edge, kind, "bearish", "below", f"a close below the {named}", strength=strength)
    else:
        kind = "average_recovery" if is_settled else "average_reclaim"
        yield Trigger(edge, kind, "bullish", "above", f"a close back above the {named}", strength=strength)


def crosses(eve: Eve) -> Iterator[Trigger]:
    """Yield the close at which the fast average passes the slow one: the golden or the death cross."""
    close = eve.look.traded.bars.close
    edge = solve.sma_above_sma(close, FAST, SLOW)
    gap = (sma(close, FAST) - sma(close, SLOW))[-1:]
    if not len(gap) or not np.isfinite([edge, gap[0]]).all() or gap[0] == 0:
        return
    if gap[0] < 0:
        yield Trigger(
            edge,
            "golden_cross",
            "bullish",
            "above",
            f"a golden cross: the {FAST}-day average passes the {SLOW}-day",
            strength=6.0,
        )
    else:
        yield Trigger(
            edge,
            "death_cross",
            "bearish",
            "below",
            f"a death cross: the {FAST}-day average falls below the {SLOW}-day",
            strength=6.0,
        )
