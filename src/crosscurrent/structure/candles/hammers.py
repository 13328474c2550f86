r"""One bar with a long shadow: hammer and shooting star, inverted hammer and hanging man.

      after a fall             after a rise
      |        |               |        ___
     [ ]       |               |       [ ]
      |       _|_             _|_       |
      |      [   ]           [   ]      |
    hammer   inverted     shooting    hanging
             hammer       star        man

The shooting star is the hammer upside down, the hanging man the inverted hammer: all four have a short body that stands apart from
the one before it, one long shadow, and hardly another. That the long one is half of the range
and twice the other keeps near misses from being any bar with two shadows.
"""

from __future__ import annotations

from crosscurrent.structure.candles.candle import Candle, twins
from crosscurrent.structure.candles.inequality import Inequality
from crosscurrent.structure.candles.vocabulary import body_gap_down, short_body, very_short_lower, very_short_upper

__all__ = ["HAMMERS"]

_LONG_LOWER = (
    Inequality("the lower shadow is half of the range or more", lambda s: s.lower() - s.span() / 2, is_essential=True, is_open=False),
    Inequality("the lower shadow is twice the upper or more", lambda s: s.lower() - 2 * s.upper(), is_essential=True, is_open=False),
)  # fmt: skip
_LONG_UPPER = (
    Inequality("the upper shadow is half of the range or more", lambda s: s.upper() - s.span() / 2, is_essential=True, is_open=False),
    Inequality("the upper shadow is twice the lower or more", lambda s: s.upper() - 2 * s.lower(), is_essential=True, is_open=False),
)  # fmt: skip
_APART = (short_body(0, "body"), body_gap_down(0, "body"))

HAMMERS: tuple[Candle, ...] = (
    *twins("hammer", "shooting_star", 1, (*_LONG_LOWER, very_short_upper(0), *_APART), before="fall"),
    *twins("inverted_hammer", "hanging_man", 1, (*_LONG_UPPER, very_short_lower(0), *_APART), before="fall"),
)
"""Nison, Japanese Candlestick Charting Techniques, ch. 4 and 5; TA-Lib's CDLHAMMER, CDLSHOOTINGSTAR and their kin."""
