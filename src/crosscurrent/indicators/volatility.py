"""How far a market usually moves."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.indicators._talib import talib
from crosscurrent.indicators.warm_up import WarmUp, wilder_memory

__all__ = ["atr", "atr_warm_up", "bandwidth", "bollinger", "bollinger_warm_up", "sar", "true_range"]


def atr(high: Floats, low: Floats, close: Floats, timeperiod: int = 14) -> Floats:
    """Return Wilder's average true range, the yardstick by which tolerances scale with a market.

    Shapes `(n,)` in and out, in price; NaN for the first `timeperiod` bars, all NaN on a shorter series. Source: Wilder, New
    Concepts in Technical Trading Systems (1978); TA-Lib's ATR.
    """
    return talib().ATR(high, low, close, timeperiod)  # type: ignore[no-any-return]


def true_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """Return the range of each bar with the gap before it: what a holder from the last close could have won or lost.

    Shapes `(n,)` in and out, in price; NaN on the first bar, which has no close before it. Source: Wilder (1978); TA-Lib's TRANGE.
    """
    return talib().TRANGE(high, low, close)  # type: ignore[no-any-return]


def bollinger(
    close: Floats, timeperiod: int = 20, nbdevup: float = 2.0, nbdevdn: float = 2.0
) -> tuple[Floats, Floats, Floats]:
    """Return upper band, middle and lower band: a simple average and so many standard deviations around it.

    Shapes `(n,)` each, in price; NaN for the first `timeperiod - 1` bars, all NaN on a shorter series. The deviation is that of the
    population (divided by n), as Bollinger defines it. The default is his 20 bars, not TA-Lib's 5.

    References
    ----------
    Bollinger, Bollinger on Bollinger Bands (2001), ch. 7. TA-Lib's BBANDS.
    """
    upper, middle, lower = talib().BBANDS(close, timeperiod, float(nbdevup), float(nbdevdn))
    return upper, middle, lower


def bandwidth(upper: Floats, lower: Floats) -> Floats:
    """Return the distance between Bollinger bands, in price; NaN where they are.

    Bollinger divides by the middle band; we do not, because prices may be near zero or below it, and over the months in which a
    squeeze is sought the two say the same.
    """
    return np.subtract(upper, lower)


def sar(high: Floats, low: Floats, acceleration: float = 0.02, maximum: float = 0.2) -> Floats:
    """Return Wilder's parabolic stop and reverse: a stop that follows a trend ever faster, and turns with it when it is hit.

    Shapes `(n,)` in and out, in price; NaN on the first bar. Below the bar it stops a long, above it a short.

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section II. TA-Lib's SAR.
    """
    return talib().SAR(high, low, acceleration, maximum)  # type: ignore[no-any-return]


def atr_warm_up(timeperiod: int = 14) -> WarmUp:
    """Return the warm-up of `atr`."""
    return WarmUp(timeperiod, max(timeperiod, wilder_memory(timeperiod) + 1))


def bollinger_warm_up(timeperiod: int = 20) -> WarmUp:
    """Return the warm-up of `bollinger`: its memory ends with its window."""
    return WarmUp(timeperiod - 1, timeperiod - 1)
