r"""Three bodies in a row that march one way: three white soldiers, three black crows.

          [ ]        Each closes beyond the last, opens within or near the body before it, leaves hardly a shadow at its far end,
     [ ]  [ ]        and is not far shorter than the one before.
[ ]  [ ]
[ ]
"""

from __future__ import annotations

from crosscurrent.structure.candles.candle import Candle, twins
from crosscurrent.structure.candles.inequality import Inequality
from crosscurrent.structure.candles.vocabulary import FAR, NEAR, very_short_upper, white

__all__ = ["SOLDIERS"]

NAMES = ("third", "second", "first")


def _follows(lag: int) -> tuple[Inequality, ...]:
    """Return what ties a bar to the one before it."""
    name = f"{NAMES[lag]} bar"
    return (
        Inequality(f"the {name} closes above the last", lambda s: s.close(lag) - s.close(lag + 1)),
        Inequality(f"the {name} opens above the open before it", lambda s: s.open(lag) - s.open(lag + 1)),
        Inequality(
            f"the {name} opens within or near the body before it",
            lambda s: s.close(lag + 1) + NEAR * s.recent_span(lag + 1) - s.open(lag), is_open=False,
        ),
        Inequality(
            f"the {NAMES[lag]} body is not far shorter than the one before it",
            lambda s: s.body(lag) - s.body(lag + 1) + FAR * s.recent_span(lag + 1),
        ),
    )  # fmt: skip


_NOT_SHORT = Inequality("the third body is longer than the usual body", lambda s: s.body() - s.usual_body())
_EACH = tuple(rule for lag in (2, 1, 0) for rule in (
    white(lag, f"{NAMES[lag]} body"), very_short_upper(lag, f"{NAMES[lag]} upper shadow"),
))  # fmt: skip

SOLDIERS: tuple[Candle, ...] = twins(
    "three_white_soldiers", "three_black_crows", 3, (*_EACH, *_follows(1), *_follows(0), _NOT_SHORT), before="fall"
)
"""Nison, Japanese Candlestick Charting Techniques, ch. 6; TA-Lib's CDL3WHITESOLDIERS, and the same upside down for the crows."""
