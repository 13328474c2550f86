"""Averages of price: simple and exponential."""

from __future__ import annotations

from crosscurrent.bars.bars import Floats
from crosscurrent.indicators._talib import talib
from crosscurrent.indicators.warm_up import WarmUp, smoothing_memory

__all__ = ["average", "ema", "ema_warm_up", "sma", "sma_warm_up"]


def sma(close: Floats, timeperiod: int = 30) -> Floats:
    """Return the simple moving average: the price that the last `timeperiod` bars paid on the mean.

    Shapes `(n,)` in and out, in price. NaN for the first `timeperiod - 1` bars, all NaN on a shorter series; a NaN inside
    `close` spoils all that follows it. Source: TA-Lib's SMA.
    """
    return talib().SMA(close, timeperiod)  # type: ignore[no-any-return]


def ema(close: Floats, timeperiod: int = 30) -> Floats:
    """Return the exponential moving average, each bar weighing 2 / (timeperiod + 1), begun with a simple average.

    Shapes `(n,)` in and out, in price. NaN for the first `timeperiod - 1` bars, all NaN on a shorter series; it remembers
    where its data began for about nine times `timeperiod` bars (`ema_warm_up`). Source: TA-Lib's EMA.
    """
    return talib().EMA(close, timeperiod)  # type: ignore[no-any-return]


def average(close: Floats, timeperiod: int, is_exponential: bool = False) -> Floats:
    """Return the simple or the exponential moving average, for callers to whom the sort is a parameter."""
    return ema(close, timeperiod) if is_exponential else sma(close, timeperiod)


def sma_warm_up(timeperiod: int = 30) -> WarmUp:
    """Return the warm-up of `sma`: its memory ends with its window."""
    return WarmUp(timeperiod - 1, timeperiod - 1)


def ema_warm_up(timeperiod: int = 30) -> WarmUp:
    """Return the warm-up of `ema`."""
    return WarmUp(timeperiod - 1, timeperiod - 1 + smoothing_memory(2 / (timeperiod + 1)))
