"""The shape of the bars a candle is judged by: bodies, shadows, and what is usual for them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numba
import numpy as np

from crosscurrent.bars.bars import Floats

__all__ = ["DEPTH", "SEEN", "UPSIDE_DOWN", "Column", "Shape"]

DEPTH = 4
"""How many bars before the judged one a rule may look at directly; averages reach further."""
SEEN = DEPTH + 24
"""How many bars before the judged one its averages and extremes reach back to, lags included."""
MONTH = 20
"""Bars among which a low is the lowest, or a high the highest."""
AVERAGED = 10
"""Bars behind every average: TA-Lib's default for what is long, short or very short."""

UPSIDE_DOWN = {
    "open": "-open", "high": "-low", "low": "-high", "close": "-close", "top": "-bottom", "bottom": "-top",
    "average_close": "-average_close", "lowest": "-highest", "highest": "-lowest",
}  # fmt: skip
"""What each column of the bars upside down is, where it is not itself."""


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

    def __neg__(self) -> Column:
        return Column(-self.values)


@dataclass(frozen=True, slots=True, eq=False)
class NextColumn(Column):
    """One quantity of many bars that might come next, `now`, after the same past, whose last place is theirs."""

    now: Floats

    def __call__(self, lag: int = 0) -> Floats:
        """Return what the next bars have, or what all of them have behind them."""
        return Column.__call__(self, lag) if lag else self.now

    def __neg__(self) -> Column:
        return NextColumn(-self.values, -self.now)


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
    lowest, highest
        The lowest low and the highest high of the twenty bars before.
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
    highest: Column

    @classmethod
    def of(cls, open_: Floats, high: Floats, low: Floats, close: Floats, atr: Floats) -> Shape:
        """Return the shape of these bars, all of one shape `(..., n)`, but for the ATR."""
        flat = (column.reshape(-1, column.shape[-1]) for column in (open_, high, low, close))
        derived = derive(*flat).reshape(-1, *close.shape)
        return cls(*map(Column, (open_, high, low, close, atr, *derived)))

    def mirrored(self) -> Shape:
        """Return the same bars upside down: a bearish candle is its bullish twin there."""
        return Shape(*(self._column(UPSIDE_DOWN.get(field.name, field.name)) for field in fields(self)))

    def _column(self, name: str) -> Column:
        """Return a column, negated where the name begins with a minus."""
        column: Column = getattr(self, name.lstrip("-"))
        return -column if name.startswith("-") else column

    def stretch(self, first: int, count: int) -> Shape:
        """Return the shape of so many judged bars from one on, with the bars before them that rules look at."""
        columns = (getattr(self, field.name).values for field in fields(self))
        return Shape(*(Column(values[..., first : first + count + DEPTH]) for values in columns))

    def ending(self, open_: Floats, high: Floats, low: Floats, close: Floats, atr: Floats) -> Shape:
        """Return the shape of other last bars, each of shape `(k,)`, before which everything is as it was."""
        now = {
            "open": open_, "high": high, "low": low, "close": close, "atr": atr,
            "body": np.abs(close - open_), "top": np.maximum(open_, close), "bottom": np.minimum(open_, close),
            "span": high - low, "average_close": averages_ending(self.close.values, close),
        }  # fmt: skip
        past = {field.name: getattr(self, field.name).values[-DEPTH - 1 :] for field in fields(self)}
        return Shape(*(NextColumn(v, now[name]) if name in now else Column(v) for name, v in past.items()))

    def upper(self, lag: int = 0) -> Floats:
        """Return lengths of upper shadows."""
        return self.high(lag) - self.top(lag)

    def lower(self, lag: int = 0) -> Floats:
        """Return lengths of lower shadows."""
        return self.bottom(lag) - self.low(lag)


@numba.njit(cache=True, nogil=True)
def derive(open_: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    """Return what a shape holds besides prices and ATR, in the order of its fields, of histories of shape `(k, n)`; NaN in warm-ups."""
    told = np.full((10, *open_.shape), np.nan)
    told[0], told[1], told[2] = np.abs(close - open_), np.maximum(open_, close), np.minimum(open_, close)
    told[3] = high - low
    body, span = told[0], told[3]
    for k in range(open_.shape[0]):
        for t in range(open_.shape[1]):
            if t >= AVERAGED:
                told[4, k, t], told[5, k, t] = (
                    sum_of_ten(body[k], t - 1) / AVERAGED,
                    sum_of_ten(span[k], t - 1) / AVERAGED,
                )
            if t >= 5:
                told[6, k, t] = sum_of_five(span[k], t - 1) / 5
            if t >= AVERAGED - 1:
                told[7, k, t] = sum_of_ten(close[k], t) / AVERAGED
            if t >= MONTH:
                told[8, k, t], told[9, k, t] = low[k, t - MONTH : t].min(), high[k, t - MONTH : t].max()
    return told


@numba.njit(cache=True, nogil=True)
def averages_ending(closes: Floats, last: Floats) -> Floats:
    """Return the means of the last ten closes, each of these being the last one."""
    column, told = closes[-AVERAGED:].copy(), np.empty(len(last))
    for k in range(len(last)):
        column[-1] = last[k]
        told[k] = sum_of_ten(column, len(column) - 1) / AVERAGED
    return told


@numba.njit(cache=True, nogil=True)
def sum_of_ten(column: Floats, t: int) -> float:
    """Return the sum of ten bars ending at one, added in an order that does not depend on where the history starts."""
    return _four(column, t) + _four(column, t - 4) + _two(column, t - 8)


@numba.njit(cache=True, nogil=True)
def sum_of_five(column: Floats, t: int) -> float:
    """Return the sum of five bars ending at one, added in that same way."""
    return _four(column, t) + column[t - 4]  # type: ignore[no-any-return]


@numba.njit(cache=True, nogil=True)
def _four(column: Floats, t: int) -> float:
    return _two(column, t) + _two(column, t - 2)


@numba.njit(cache=True, nogil=True)
def _two(column: Floats, t: int) -> float:
    return column[t] + column[t - 1]  # type: ignore[no-any-return]
