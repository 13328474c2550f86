"""The shape of the bars a candle is judged by: bodies, shadows, and what is usual for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats

__all__ = ["DEPTH", "SEEN", "Column", "Shape", "lowest_before"]

DEPTH = 4
"""How many bars before the judged one a rule may look at directly; averages reach further."""
SEEN = DEPTH + 24
"""How many bars before the judged one its averages and extremes reach back to, lags included."""
AVERAGED = 10
"""Bars behind every average: TA-Lib's default for what is long, short or very short."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One quantity of every bar; called with a lag, it gives that of the bar so many before each judged one.

    Time is the last axis, so the same rules read a market's history, shape `(n,)`, or many imagined next bars, shape `(k, n)`.
    The first `DEPTH` bars are never judged.
    """

    values: Floats

    def __call__(self, lag: int = 0) -> Floats:
        """Return the column `lag` bars before each judged bar."""
        return self.values[..., DEPTH - lag : self.values.shape[-1] - lag]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What the rules of candles read, computed once and shared by all of them.

    Parameters
    ----------
    open, high, low, close, atr
        The bars and their average true range.
    body, top, bottom, span
        Length and ends of the real body; high less low.
    usual_body, usual_span
        Means of the ten bars *before* the bar, as TA-Lib takes them; NaN in their warm-up.
    recent_span
        Mean range of the five bars before.
    average_close
        Mean close of ten bars, the bar included.
    lowest
        The lowest low of the twenty bars before.
    """

    open: Column
    high: Column
    low: Column
    close: Column
    atr: Column
    body: Column
    top: Column
    bottom: Column
    span: Column
    usual_body: Column
    usual_span: Column
    recent_span: Column
    average_close: Column
    lowest: Column

    @classmethod
    def of(cls, open_: Floats, high: Floats, low: Floats, close: Floats, atr: Floats) -> Shape:
        """Return the shape of these bars, all of shape `(..., n)`."""
        body, span = np.abs(close - open_), high - low
        return cls(*map(Column, (
            open_, high, low, close, atr, body, np.maximum(open_, close), np.minimum(open_, close), span,
            later(sum_of_ten(body), 1) / AVERAGED, later(sum_of_ten(span), 1) / AVERAGED, later(sum_of_five(span), 1) / 5,
            sum_of_ten(close) / AVERAGED, lowest_before(low),
        )))  # fmt: skip

    def mirrored(self) -> Shape:
        """Return the same bars upside down: a bearish candle is its bullish twin there."""
        return Shape.of(-self.open.values, -self.low.values, -self.high.values, -self.close.values, self.atr.values)

    def upper(self, lag: int = 0) -> Floats:
        """Return lengths of upper shadows."""
        return self.high(lag) - self.top(lag)

    def lower(self, lag: int = 0) -> Floats:
        """Return lengths of lower shadows."""
        return self.bottom(lag) - self.low(lag)


def later(column: Floats, bars: int) -> Floats:
    """Return the column moved on by some bars, NaN at its start."""
    moved = np.full_like(column, np.nan)
    moved[..., bars:] = column[..., : max(column.shape[-1] - bars, 0)]
    return moved


def sum_of_ten(column: Floats) -> Floats:
    """Return sums of ten bars ending at each, added in an order that does not depend on where the history starts."""
    two = column + later(column, 1)
    four = two + later(two, 2)
    return four + later(four, 4) + later(two, 8)


def sum_of_five(column: Floats) -> Floats:
    """Return sums of five bars ending at each, added in that same way."""
    two = column + later(column, 1)
    return two + later(two, 2) + later(column, 4)


def lowest_before(low: Floats) -> Floats:
    """Return the lowest low of the twenty bars before each."""
    two = np.minimum(low, later(low, 1))
    four = np.minimum(two, later(two, 2))
    eight = np.minimum(four, later(four, 4))
    sixteen = np.minimum(eight, later(eight, 8))
    return later(np.minimum(sixteen, later(four, 16)), 1)
