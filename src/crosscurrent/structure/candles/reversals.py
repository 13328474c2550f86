r"""A new extreme that the same day takes back: closing-price reversal and key reversal.

\ |                        |     <- key reversal: the close is beyond the other end of the bar before it
 \|  |_                 |  |
  | -|  <- closing-     |_ |
     |     price       -|  |
     |     reversal        |
     ^ lowest low of the last bars
"""

from __future__ import annotations

from crosscurrent.structure.candles.candle import Candle, twins
from crosscurrent.structure.candles.inequality import Inequality

__all__ = ["REVERSALS"]

_NEW_LOW = Inequality("the low is the lowest in a month", lambda s: s.lowest() - s.low())
_CLOSES_ABOVE_CLOSE = Inequality("the close is above the close before it", lambda s: s.close() - s.close(1))
_CLOSES_ABOVE_HIGH = Inequality("the close is above the high before it", lambda s: s.close() - s.high(1))

REVERSALS: tuple[Candle, ...] = (
    *twins(
        "closing_price_reversal",
        "closing_price_reversal",
        2,
        (_NEW_LOW, _CLOSES_ABOVE_CLOSE),
        before="fall",
        near=False,
    ),
    *twins("key_reversal", "key_reversal", 2, (_NEW_LOW, _CLOSES_ABOVE_HIGH), before="fall", near=False),
)
"""Schwager, Getting Started in Technical Analysis, on reversal days; Edwards & Magee, ch. 10. A new low is below
those of twenty bars, a month's."""
