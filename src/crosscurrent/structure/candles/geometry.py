r"""What a bar is by its geometry alone: doji, spinning top, marubozu, inside and outside day.

  |       |                |         |            Geometry holds or it does not, so none of these has near misses,
  |      [ ]     [ ]       |   |     |     |      and none needs a trend before it.
 -+-     [ ]     [ ]       |   |     |     |
  |       |      [ ]       |         |     |
doji   spinning  marubozu  inside    outside
       top                 day       day
"""

from __future__ import annotations

import numpy as np

from crosscurrent.structure.candles.candle import Candle, twins
from crosscurrent.structure.candles.inequality import Inequality
from crosscurrent.structure.candles.vocabulary import (
    doji_body,
    long_body,
    short_body,
    very_short_lower,
    very_short_upper,
    white,
)

__all__ = ["GEOMETRY"]

_LONG_SHADOWS = (
    Inequality("the upper shadow is longer than the body", lambda s: s.upper() - s.body()),
    Inequality("the lower shadow is longer than the body", lambda s: s.lower() - s.body()),
)
_INSIDE = (
    Inequality("the high is below the high before it", lambda s: s.high(1) - s.high()),
    Inequality("the low is above the low before it", lambda s: s.low() - s.low(1)),
)
_OUTSIDE = (
    Inequality("the high is above the high before it", lambda s: s.high() - s.high(1)),
    Inequality("the low is below the low before it", lambda s: s.low(1) - s.low()),
)
_CLOSES_ABOVE = Inequality("the close is above the close before it", lambda s: s.close() - s.close(1))
_CLOSES_UNCHANGED = Inequality("the close is unchanged", lambda s: -np.abs(s.close() - s.close(1)), is_open=False)

GEOMETRY: tuple[Candle, ...] = (
    Candle("doji", 1, (doji_body(0, "body"),), has_near_misses=False),
    Candle("spinning_top", 1, (short_body(0, "body"), *_LONG_SHADOWS), has_near_misses=False),
    Candle("inside_day", 2, _INSIDE, has_near_misses=False),
    Candle("outside_day", 2, (*_OUTSIDE, _CLOSES_UNCHANGED), has_near_misses=False),
    *twins("outside_day", "outside_day", 2, (*_OUTSIDE, _CLOSES_ABOVE), near=False),
    *twins("marubozu", "marubozu", 1, (
        white(0, "body"), long_body(0, "body"), very_short_upper(0), very_short_lower(0),
    ), near=False),
)  # fmt: skip
"""Nison, Japanese Candlestick Charting Techniques; Crabel, Day Trading with Short Term Price Patterns, on inside and outside days;
TA-Lib's CDLDOJI, CDLSPINNINGTOP and CDLMARUBOZU."""
