r"""Morning and evening stars, and those with a doji.

 |                         ___          Morning star: a long black body, a short one that stands apart below it, a white one
[#]          |      |     |   |         that closes well into the first. The evening star is the same upside down.
[#]         [ ]     |    [#]  |
 |    |     [ ]    [ ]    |  [#]        In futures the short body may overlap its neighbour's end a little: markets that
     [ ]     |     [ ]       [#]        trade for 23 hours open where they closed.
      |             |         |
morning star        evening star
"""

from __future__ import annotations

from crosscurrent.structure.candles.candle import Candle, twins
from crosscurrent.structure.candles.inequality import Inequality
from crosscurrent.structure.candles.vocabulary import black, body_gap_down, doji_body, long_body, short_body, white

__all__ = ["STARS"]

PENETRATION = 0.3
"""How far the last close comes back into the first body; TA-Lib's default."""

_COMES_BACK = Inequality(
    "the last close comes back into the first body by three tenths of it",
    lambda s: s.close() - s.close(2) - PENETRATION * s.body(2),
)
_THIRD = Inequality("the last body is longer than the usual body", lambda s: s.body() - s.usual_body())
_FRAME = (black(2, "first body"), white(0, "last body"), long_body(2, "first body"))

STARS: tuple[Candle, ...] = (
    *twins("morning_star", "evening_star", 3, (
        *_FRAME, short_body(1, "star's body", is_open=False), body_gap_down(1, "star's body"), _THIRD, _COMES_BACK,
    ), before="fall"),
    *twins("morning_doji_star", "evening_doji_star", 3, (
        *_FRAME, doji_body(1, "star's body", is_essential=True), body_gap_down(1, "star's body"), _THIRD, _COMES_BACK,
    ), before="fall"),
)  # fmt: skip
"""Nison, Japanese Candlestick Charting Techniques, ch. 5; TA-Lib's CDLMORNINGSTAR and its kin."""
