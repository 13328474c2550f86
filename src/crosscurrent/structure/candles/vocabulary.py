"""The inequalities that several candles share, in the bullish orientation, by the definitions of TA-Lib's candle settings.

Long and short: a body against the mean of the ten bodies before it. Very short: a shadow against a tenth of the mean range of those
ten bars. Doji: a body against that same tenth. Near, far, equal: a fifth, three
fifths and a twentieth of the mean range of the last five bars.
A `lag` is that of the bar meant, counted back from the candle's last.
"""

from __future__ import annotations

from functools import cache

from crosscurrent.structure.candles.inequality import GAP_TOLERANCE, OPENING_TOLERANCE, Inequality

__all__ = [
    "EQUAL", "FAR", "NEAR", "TENTH", "black", "body_gap_down", "doji_body", "long_body", "opens_below_close",
    "opens_below_low", "short_body",
    "very_short_lower", "very_short_upper", "white",
]  # fmt: skip

TENTH = 0.1
NEAR = 0.2
FAR = 0.6
EQUAL = 0.05


@cache
def white(lag: int, name: str) -> Inequality:
    """The bar closes above its open."""
    return Inequality(f"the {name} is white", lambda s: s.close(lag) - s.open(lag), is_essential=True)


@cache
def black(lag: int, name: str) -> Inequality:
    """The bar closes below its open."""
    return Inequality(f"the {name} is black", lambda s: s.open(lag) - s.close(lag), is_essential=True)


@cache
def long_body(lag: int, name: str) -> Inequality:
    """The body is longer than usual."""
    return Inequality(f"the {name} is longer than the usual body", lambda s: s.body(lag) - s.usual_body(lag))


@cache
def short_body(lag: int, name: str, is_open: bool = True) -> Inequality:
    """The body is shorter than usual."""
    return Inequality(
        f"the {name} is shorter than the usual body", lambda s: s.usual_body(lag) - s.body(lag), is_open=is_open
    )


@cache
def doji_body(lag: int, name: str, is_essential: bool = False) -> Inequality:
    """Open and close are nearly one."""
    return Inequality(
        f"the {name} is at most a tenth of the usual range", lambda s: TENTH * s.usual_span(lag) - s.body(lag),
        is_essential=is_essential, is_open=False,
    )  # fmt: skip


@cache
def very_short_upper(lag: int, name: str = "upper shadow") -> Inequality:
    """Hardly an upper shadow."""
    return Inequality(
        f"the {name} is shorter than a tenth of the usual range",
        lambda s: TENTH * s.usual_span(lag) - s.upper(lag),
        unit="range",
    )


@cache
def very_short_lower(lag: int, name: str = "lower shadow") -> Inequality:
    """Hardly a lower shadow."""
    return Inequality(
        f"the {name} is shorter than a tenth of the usual range",
        lambda s: TENTH * s.usual_span(lag) - s.lower(lag),
        unit="range",
    )


@cache
def body_gap_down(lag: int, name: str) -> Inequality:
    """The body lies wholly below that of the bar before."""
    return Inequality(
        f"the {name} lies below the body before it", lambda s: s.bottom(lag + 1) - s.top(lag), relaxed=GAP_TOLERANCE
    )


@cache
def opens_below_close(lag: int, name: str) -> Inequality:
    """The bar opens at the close before it or below."""
    return Inequality(
        f"the {name} opens at the close before it or below", lambda s: s.close(lag + 1) - s.open(lag),
        relaxed=OPENING_TOLERANCE, is_open=False,
    )  # fmt: skip


@cache
def opens_below_low(lag: int, name: str) -> Inequality:
    """The bar opens below the low before it."""
    return Inequality(
        f"the {name} opens below the low before it", lambda s: s.low(lag + 1) - s.open(lag), relaxed=GAP_TOLERANCE
    )
