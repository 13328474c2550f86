"""How fast price moves: RSI, MACD, stochastic, directional movement."""

from __future__ import annotations

from crosscurrent.bars.bars import Floats
from crosscurrent.indicators._talib import talib
from crosscurrent.indicators.warm_up import WarmUp, smoothing_memory, wilder_memory

__all__ = [
    "adx", "adx_warm_up", "macd", "macd_warm_up", "minus_di", "plus_di", "rsi", "rsi_warm_up", "stochastic", "stochastic_warm_up",
]  # fmt: skip


def rsi(close: Floats, timeperiod: int = 14) -> Floats:
    """Return Wilder's relative strength index: the share of gains in all movement, smoothed, from 0 to 100.

    Shapes `(n,)` in and out. NaN for the first `timeperiod` bars, all NaN on a shorter series. Where nothing has moved at
    all it is 0, as in TA-Lib. It takes about 250 bars until platforms that began elsewhere agree to four decimals (`rsi_warm_up`).

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section VI. TA-Lib's RSI.
    """
    return talib().RSI(close, timeperiod)  # type: ignore[no-any-return]


def macd(
    close: Floats, fastperiod: int = 12, slowperiod: int = 26, signalperiod: int = 9
) -> tuple[Floats, Floats, Floats]:
    """Return MACD line, signal line and histogram: the lead of a fast average over a slow one, its average, their gap.

    Shapes `(n,)` each, in price. All three are NaN for the first `slowperiod + signalperiod - 2` bars, all NaN on a shorter
    series. TA-Lib begins both averages on the same bar, so platforms that do not may differ until the warm-up is over
    (`macd_warm_up`).

    References
    ----------
    Appel, Technical Analysis: Power Tools for Active Investors (2005). TA-Lib's MACD.
    """
    line, signal, histogram = talib().MACD(close, fastperiod, slowperiod, signalperiod)
    return line, signal, histogram


def stochastic(
    high: Floats, low: Floats, close: Floats, fastk_period: int = 5, slowk_period: int = 3, slowd_period: int = 3
) -> tuple[Floats, Floats]:
    """Return slow %K and %D: where the close stands in the range of the last bars, 0 at its low and 100 at its high, smoothed twice.

    Shapes `(n,)` each. NaN for the first `fastk_period + slowk_period + slowd_period - 3` bars. A range of zero counts as 0,
    as in TA-Lib.

    References
    ----------
    Lane, "Lane's Stochastics", Technical Analysis of Stocks & Commodities (1984). TA-Lib's STOCH with simple averages.
    """
    slow_k, slow_d = talib().STOCH(
        high, low, close, fastk_period=fastk_period, slowk_period=slowk_period, slowd_period=slowd_period
    )
    return slow_k, slow_d


def adx(high: Floats, low: Floats, close: Floats, timeperiod: int = 14) -> Floats:
    """Return Wilder's average directional index: how one-sided movement has been, from 0 to 100, whichever the side.

    Shapes `(n,)` in and out. NaN for the first `2 * timeperiod - 1` bars, all NaN on a shorter series.

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section V. TA-Lib's ADX.
    """
    return talib().ADX(high, low, close, timeperiod)  # type: ignore[no-any-return]


def plus_di(high: Floats, low: Floats, close: Floats, timeperiod: int = 14) -> Floats:
    """Return +DI, upward movement in per cent of true range; NaN for the first `timeperiod` bars. Wilder (1978)."""
    return talib().PLUS_DI(high, low, close, timeperiod)  # type: ignore[no-any-return]


def minus_di(high: Floats, low: Floats, close: Floats, timeperiod: int = 14) -> Floats:
    """Return -DI, downward movement in per cent of true range; NaN for the first `timeperiod` bars. Wilder (1978)."""
    return talib().MINUS_DI(high, low, close, timeperiod)  # type: ignore[no-any-return]


def rsi_warm_up(timeperiod: int = 14) -> WarmUp:
    """Return the warm-up of `rsi`: with 14 bars, 250 until platforms agree to four decimals."""
    return WarmUp(timeperiod, max(timeperiod, wilder_memory(timeperiod) + 1))


def macd_warm_up(fastperiod: int = 12, slowperiod: int = 26, signalperiod: int = 9) -> WarmUp:
    """Return the warm-up of `macd`: the slow average has the longest memory, and the signal line remembers it a while longer."""
    slow, signal = smoothing_memory(2 / (slowperiod + 1)), smoothing_memory(2 / (signalperiod + 1))
    defined = slowperiod + signalperiod - 2
    return WarmUp(defined, defined + max(slow, signal))


def stochastic_warm_up(fastk_period: int = 5, slowk_period: int = 3, slowd_period: int = 3) -> WarmUp:
    """Return the warm-up of `stochastic`: its memory ends with its windows."""
    defined = fastk_period + slowk_period + slowd_period - 3
    return WarmUp(defined, defined)


def adx_warm_up(timeperiod: int = 14) -> WarmUp:
    """Return the warm-up of `adx`, which smooths twice."""
    return WarmUp(2 * timeperiod - 1, 2 * timeperiod - 1 + round(1.25 * wilder_memory(timeperiod)))
