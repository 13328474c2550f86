"""Inverses: the next close at which something becomes true.

"MACD looks poised to cross" has a price. Each function takes the closes until now and returns the next close x that would put the
statement of its name exactly on its edge; any higher next close makes it true, any lower one false. So one rule serves all: *above
the price it holds*. The averages, RSI and MACD are linear or piecewise linear in x, the Bollinger band is a square root, so all are
exact to rounding.

NaN is returned where there is no such price: too few closes for the indicator, an RSI of 0 or 100, a market that has not moved. A
price may lie far from the market, even below zero: whether it can trade is for the caller to judge.

Source: the definitions in `averages`, `momentum` and `volatility`, solved for the next close.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.indicators.averages import ema
from crosscurrent.indicators.volatility import sar

__all__ = [
    "close_above_ema", "close_above_lower_band", "close_above_sma", "close_above_upper_band", "covariance_positive",
    "ema_above", "ema_next", "macd_above_signal", "macd_above_zero", "macd_next", "rsi_above", "rsi_next", "sar_next", "sma_above",
    "sma_above_sma", "sma_next", "wilder_averages",
]  # fmt: skip


def sma_next(close: Floats, timeperiod: int, next_close: float) -> float:
    """Return the simple average after one more close."""
    return math.nan if len(close) < timeperiod - 1 else (_last_sum(close, timeperiod - 1) + next_close) / timeperiod


def close_above_sma(close: Floats, timeperiod: int) -> float:
    """Return the next close that equals its own simple average: the mean of the `timeperiod - 1` closes before it.

    Above it the average is reclaimed or held, below it lost.
    """
    if timeperiod < 2 or len(close) < timeperiod - 1:
        return math.nan
    return _last_sum(close, timeperiod - 1) / (timeperiod - 1)


def sma_above(close: Floats, timeperiod: int, level: float) -> float:
    """Return the next close that brings the simple average to a level."""
    return math.nan if len(close) < timeperiod - 1 else timeperiod * level - _last_sum(close, timeperiod - 1)


def sma_above_sma(close: Floats, fastperiod: int = 50, slowperiod: int = 200) -> float:
    """Return the next close at which a fast simple average meets a slow one: the golden cross if it is still below, else the death.

    The next close weighs more in the faster average, so that a higher close lifts it further.
    """
    if not 0 < fastperiod < slowperiod or len(close) < slowperiod - 1:
        return math.nan
    fast, slow = (_last_sum(close, n - 1) / n for n in (fastperiod, slowperiod))
    return (slow - fast) / (1 / fastperiod - 1 / slowperiod)


def ema_next(close: Floats, timeperiod: int, next_close: float) -> float:
    """Return the exponential average after one more close."""
    now = _last(ema(close, timeperiod))
    return now + 2 / (timeperiod + 1) * (next_close - now)


def close_above_ema(close: Floats, timeperiod: int) -> float:
    """Return the next close that equals its own exponential average: the average as it stands."""
    return _last(ema(close, timeperiod)) if timeperiod > 1 else math.nan


def ema_above(close: Floats, timeperiod: int, level: float) -> float:
    """Return the next close that brings the exponential average to a level."""
    now = _last(ema(close, timeperiod))
    return now + (level - now) * (timeperiod + 1) / 2


def rsi_next(close: Floats, timeperiod: int, next_close: float) -> float:
    """Return Wilder's RSI after one more close."""
    gain, loss = wilder_averages(close, timeperiod)
    move = next_close - _last(close)
    gain, loss = gain * (timeperiod - 1) + max(move, 0.0), loss * (timeperiod - 1) + max(-move, 0.0)
    return 100 * gain / (gain + loss) if gain + loss > 0 else math.nan


def rsi_above(close: Floats, level: float, timeperiod: int = 14) -> float:
    """Return the next close at which Wilder's RSI reaches a level between 0 and 100.

    With G and L the smoothed gains and losses times `timeperiod - 1`, a rise d gives (G + d) / (G + L + d) and a fall d gives
    G / (G + L + d): each is solved for d on its own side of the last close.
    """
    gain, loss = (part * (timeperiod - 1) for part in wilder_averages(close, timeperiod))
    share = level / 100
    if not 0 < share < 1 or not gain + loss > 0:
        return math.nan
    rise = (share * loss - (1 - share) * gain) / (1 - share)
    if rise >= 0:
        return _last(close) + rise
    # A market without a single gain has an RSI of 0 wherever it falls: then only a rise can reach the level.
    return _last(close) - (gain / share - gain - loss) if gain > 0 else math.nan


@numba.njit(cache=True, nogil=True)
def wilder_averages(close: Floats, timeperiod: int) -> tuple[float, float]:
    """Return the smoothed gain and the smoothed loss behind the last RSI, NaN while it warms up."""
    if timeperiod < 1 or len(close) <= timeperiod:
        return np.nan, np.nan
    gain, loss = 0.0, 0.0
    for t in range(1, len(close)):
        move = close[t] - close[t - 1]
        weight = 1.0 if t <= timeperiod else (timeperiod - 1) / timeperiod
        gain = gain * weight + max(move, 0.0) / timeperiod
        loss = loss * weight + max(-move, 0.0) / timeperiod
    return gain, loss


def macd_next(
    close: Floats, next_close: float, fastperiod: int = 12, slowperiod: int = 26, signalperiod: int = 9
) -> tuple[float, float]:
    """Return MACD line and signal line after one more close."""
    fast, slow, signal = _macd_state(close, fastperiod, slowperiod, signalperiod)
    line = _toward(fast, next_close, fastperiod) - _toward(slow, next_close, slowperiod)
    return line, _toward(signal, line, signalperiod)


def macd_above_signal(close: Floats, fastperiod: int = 12, slowperiod: int = 26, signalperiod: int = 9) -> float:
    """Return the next close at which the MACD line meets its signal line.

    The signal line then moves toward the line without ever reaching it, so both meet only where the line meets the signal line as it
    stands now.
    """
    return _macd_at(_macd_state(close, fastperiod, slowperiod, signalperiod), fastperiod, slowperiod, is_zero=False)


def macd_above_zero(close: Floats, fastperiod: int = 12, slowperiod: int = 26, signalperiod: int = 9) -> float:
    """Return the next close at which the MACD line is zero: the two averages meet."""
    return _macd_at(_macd_state(close, fastperiod, slowperiod, signalperiod), fastperiod, slowperiod, is_zero=True)


def _macd_at(state: tuple[float, float, float], fastperiod: int, slowperiod: int, *, is_zero: bool) -> float:
    fast, slow, signal = state
    line_without = fast * (1 - _weight(fastperiod)) - slow * (1 - _weight(slowperiod))
    return ((0.0 if is_zero else signal) - line_without) / (_weight(fastperiod) - _weight(slowperiod))


def _macd_state(close: Floats, fastperiod: int, slowperiod: int, signalperiod: int) -> tuple[float, float, float]:
    """Return fast average, slow average and signal line; as in TA-Lib both averages have their first value on the same bar."""
    if not 0 < fastperiod < slowperiod or len(close) < slowperiod + signalperiod - 1:
        return math.nan, math.nan, math.nan
    fast = ema(close[slowperiod - fastperiod :], fastperiod)[fastperiod - 1 :]
    slow = ema(close, slowperiod)[slowperiod - 1 :]
    return _last(fast), _last(slow), _last(ema(fast - slow, signalperiod))


def close_above_upper_band(close: Floats, timeperiod: int = 20, nbdevup: float = 2.0) -> float:
    """Return the next close that lies exactly on its own upper Bollinger band.

    The next close pulls both the average and the deviation after it. With V the squared deviations of the n - 1 closes before it about
    their mean, its distance u from that mean satisfies u^2 = k^2 V n / ((n - 1)(n - 1 - k^2)). NaN where k^2 >= n - 1: then no close
    can leave the band.
    """
    return _on_band(close, timeperiod, nbdevup, 1.0)


def close_above_lower_band(close: Floats, timeperiod: int = 20, nbdevdn: float = 2.0) -> float:
    """Return the next close that lies exactly on its own lower Bollinger band; below it the band is broken."""
    return _on_band(close, timeperiod, nbdevdn, -1.0)


def _on_band(close: Floats, timeperiod: int, deviations: float, side: float) -> float:
    n, square = timeperiod, deviations**2
    if n < 2 or len(close) < n - 1 or square >= n - 1:
        return math.nan
    window = close[len(close) - (n - 1) :]
    mean = float(window.mean())
    spread = float(np.square(window - mean).sum())
    return mean + side * math.sqrt(square * spread * n / ((n - 1) * (n - 1 - square))) if spread > 0 else math.nan


def sar_next(high: Floats, low: Floats, acceleration: float = 0.02, maximum: float = 0.2) -> float:
    """Return the parabolic stop of the next bar: a long is stopped and turned by a low at or below it, a short by a high at or above.

    The next stop is fixed by the bars until now and never lies within the last one, so a bar in the middle of that brings it out.
    """
    if len(high) < 2:
        return math.nan
    middle = (high[-1] + low[-1]) / 2
    return _last(sar(np.append(high, middle), np.append(low, middle), acceleration, maximum))


def covariance_positive(values: Floats, others: Floats) -> float:
    """Return the next value at which its covariance, and so its correlation, with another series is zero.

    `values` of shape `(n - 1,)`, `others` of shape `(n,)`, whose last element is assumed: "given the other market's close". Above the
    price the correlation is positive when the other's last element is above its mean, negative when it is below it, so this is the one
    inverse whose sense the caller must look up. NaN where the last element equals the mean, since then no value changes the sign.
    """
    if len(others) < 2 or len(values) != len(others) - 1:
        return math.nan
    apart = others - others.mean()
    return -float(values @ apart[:-1]) / float(apart[-1]) if apart[-1] != 0 else math.nan


def _weight(timeperiod: int) -> float:
    return 2 / (timeperiod + 1)


def _toward(now: float, value: float, timeperiod: int) -> float:
    return now + _weight(timeperiod) * (value - now)


def _last(values: Floats) -> float:
    return float(values[-1]) if len(values) else math.nan


def _last_sum(values: Floats, n: int) -> float:
    return math.fsum(values[len(values) - n :]) if n > 0 else 0.0
