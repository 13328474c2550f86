"""How far a market usually moves."""

from __future__ import annotations

import talib

from crosscurrent.bars.bars import Floats

__all__ = ["atr"]


def atr(high: Floats, low: Floats, close: Floats, timeperiod: int = 14) -> Floats:
    """Return Wilder's average true range, the yardstick by which tolerances scale with a market.

    Shapes `(n,)` in and out, in price; NaN for the first `timeperiod` bars, all NaN on a shorter series. Source: Wilder, New
    Concepts in Technical Trading Systems (1978); TA-Lib's ATR.
    """
    return talib.ATR(high, low, close, timeperiod)
