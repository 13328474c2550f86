r"""Two bodies, one within the other: engulfing and harami.

        |                |
 |     [ ]              [#]   |
[#]    [ ]              [#]  [ ]       Engulfing: a body that holds the one before it and has the other colour.
[#]    [ ]              [#]  [ ]       Harami: a short body within a long one.
 |     [ ]              [#]   |
        |                |
 bullish engulfing    bullish harami
"""

from __future__ import annotations

from crosscurrent.structure.candles.candle import Candle, twins
from crosscurrent.structure.candles.inequality import OPENING_TOLERANCE, Inequality
from crosscurrent.structure.candles.vocabulary import black, long_body, opens_below_close, short_body, white

__all__ = ["ENGULFING"]

_HOLDS_THE_FIRST = (
    opens_below_close(0, "second bar"),
    Inequality("the second bar closes at the first open or above", lambda s: s.close() - s.open(1), is_open=False),
    Inequality("the second body is longer than the first", lambda s: s.body() - s.body(1), is_essential=True),
)
_WITHIN_THE_FIRST = (
    Inequality("the second body's top is within the first body", lambda s: s.top(1) - s.top(), is_open=False),
    Inequality(
        "the second body's bottom is within the first body", lambda s: s.bottom() - s.bottom(1),
        relaxed=OPENING_TOLERANCE, is_open=False,
    ),
)  # fmt: skip

ENGULFING: tuple[Candle, ...] = (
    *twins("bullish_engulfing", "bearish_engulfing", 2, (
        black(1, "first body"), white(0, "second body"), *_HOLDS_THE_FIRST,
    ), before="fall"),
    *twins("bullish_harami", "bearish_harami", 2, (
        black(1, "first body"), long_body(1, "first body"), short_body(0, "second body", is_open=False), *_WITHIN_THE_FIRST,
    ), before="fall"),
)  # fmt: skip
"""Nison, Japanese Candlestick Charting Techniques, ch. 4 and 6; TA-Lib's CDLENGULFING and CDLHARAMI."""
