r"""A gap taken back: piercing line and dark cloud, in-neck; and lows or highs that match: tweezers.

     |                      |                       |     |
    [#]    |               [#]                     [#]   [ ]
    [#]   [ ]              [#]                     [#]   [ ]
    [#]   [ ]              [#]   |                 [#]   [ ]
     |    [ ]               |   [ ]                 |     |
          [ ]                   [ ]
     piercing line       in-neck (bearish)       tweezer bottom

In-neck goes on with the move instead of ending it: the second bar gets no further than the first close. Written here for its bullish
form, in which a black bar opens above a long white one and closes where that closed.
"""

from __future__ import annotations

import numpy as np

from crosscurrent.structure.candles.candle import Candle, twins
from crosscurrent.structure.candles.inequality import GAP_TOLERANCE, Inequality
from crosscurrent.structure.candles.vocabulary import EQUAL, black, long_body, opens_below_low, white

__all__ = ["PIERCING"]

_PAST_THE_MIDDLE = Inequality(
    "the second bar closes above the middle of the first body", lambda s: s.close() - s.close(1) - s.body(1) / 2
)
_NOT_PAST_THE_TOP = Inequality(
    "the second bar closes below the first open", lambda s: s.open(1) - s.close(), is_essential=True
)
_AT_THE_NECK = (
    Inequality("the second bar opens above the high before it", lambda s: s.open() - s.high(1), relaxed=GAP_TOLERANCE),
    Inequality("the second bar closes at the first close or below", lambda s: s.close(1) - s.close(),
               is_open=False, is_essential=True),
    Inequality(
        "the second bar closes hardly below the first close", lambda s: s.close() - s.close(1) + EQUAL * s.recent_span(1),
        is_open=False, is_essential=True,
    ),
)  # fmt: skip
_LOWS_MATCH = Inequality(
    "the two lows match", lambda s: EQUAL * s.recent_span(1) - np.abs(s.low() - s.low(1)), is_open=False
)

PIERCING: tuple[Candle, ...] = (
    *twins("piercing_line", "dark_cloud", 2, (
        black(1, "first body"), white(0, "second body"), long_body(1, "first body"), opens_below_low(0, "second bar"),
        _PAST_THE_MIDDLE, _NOT_PAST_THE_TOP,
    ), before="fall"),
    *twins("in_neck", "in_neck", 2, (
        white(1, "first body"), black(0, "second body"), long_body(1, "first body"), *_AT_THE_NECK,
    ), before="rise"),
    *twins("tweezer_bottom", "tweezer_top", 2, (
        black(1, "first body"), white(0, "second body"), _LOWS_MATCH,
    ), before="fall", near=False),
)  # fmt: skip
"""Nison, Japanese Candlestick Charting Techniques, ch. 4 to 6; TA-Lib's CDLDARKCLOUDCOVER, CDLPIERCING and CDLINNECK."""
