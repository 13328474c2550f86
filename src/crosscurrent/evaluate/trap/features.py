"""What was known of a break at its close, one function a feature, each turned so that breaks upwards and downwards are alike.

Values are plain numbers in ATR, shares or logarithms; NaN where something is not known (no volume, no filter market), which the model
takes as the usual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.bars.changes import returns
from crosscurrent.evaluate.universe import filter_direction
from crosscurrent.indicators.averages import sma
from crosscurrent.indicators.momentum import rsi
from crosscurrent.intermarket.rolling import rolling_correlation
from crosscurrent.structure.break_volume import volume_ratio_on
from crosscurrent.structure.swings import HIGH, reversals_on
from crosscurrent.structure.tape import Tape

__all__ = ["FEATURES", "Feature", "Ground"]

YEAR, QUARTER, WEEK, TREND = 252, 63, 5, 50
SWING = 1.5
"""The scale, in ATR, of the swings to which there is room."""
FAR = 6.0
"""Room beyond so many ATR is all the same."""
STRETCHED = 10.0
EXPIRING = 0.25
"""Volume below this share of the usual is that of a contract that ends, and says nothing of conviction."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A market and its breaks, as the features read them: one entry a break; nothing after a break's bar may be read.

    `gap` is how far the close lay past the boundary, in points; `rank` the rank of volatility at every bar; `beside` the filter's bars.
    """

    tape: Tape
    beside: Bars | None
    at: NDArray[np.int64]
    side: Floats
    gap: Floats
    sort: NDArray[np.int64]
    touches: Floats
    age: Floats
    untouched: Floats
    chance: Floats
    rank: Floats

    @property
    def unit(self) -> Floats:
        """The ATR at each break."""
        return self.tape.atr[self.at]

    def along(self, value: Floats) -> Floats:
        """Return a bar-by-bar series at the breaks, signed in their direction."""
        return np.asarray(self.side * value[self.at])


Feature = Callable[[Ground], Floats]


def beyond(ground: Ground) -> Floats:
    """How far past the boundary the close lay, in ATR."""
    return np.minimum(ground.gap / ground.unit, FAR)


def nearness(ground: Ground) -> Floats:
    """The logarithmic odds of coming back so far by chance: what distance, slope and volatility alone say."""
    held = np.clip(ground.chance, 0.01, 0.99)
    return np.asarray(np.log(held / (1 - held)))


def volume(ground: Ground) -> Floats:
    """The logarithm of the bar's volume against its norm."""
    ratio = volume_ratio_on(ground.tape)[ground.at]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ratio > EXPIRING, np.log(ratio), np.nan)


def body(ground: Ground) -> Floats:
    """The real body as a share of the bar's range, positive when it points with the break."""
    bars = ground.tape.bars
    return ground.along(_share(bars.close - bars.open, bars))


def shadow(ground: Ground) -> Floats:
    """The shadow on the side of the break as a share of the range: how much of the way was given back by the close."""
    bars, at = ground.tape.bars, ground.at
    upper = _share(bars.high - np.maximum(bars.open, bars.close), bars)
    lower = _share(np.minimum(bars.open, bars.close) - bars.low, bars)
    return np.where(ground.side > 0, upper[at], lower[at])


def _share(part: Floats, bars: Bars) -> Floats:
    span = bars.high - bars.low
    return np.divide(part, span, out=np.zeros(len(bars)), where=span > 0)


def age(ground: Ground) -> Floats:
    """The logarithm of how many bars the boundary spans."""
    return np.log1p(np.maximum(ground.age, 0))


def touches(ground: Ground) -> Floats:
    """The logarithm of how often the boundary had held."""
    return np.log1p(ground.touches)


def untouched(ground: Ground) -> Floats:
    """The logarithm of how many bars ago it was last touched."""
    return np.log1p(ground.untouched)


def room(ground: Ground) -> Floats:
    """How far the nearest swing ahead lies that had become known within the year, in ATR."""
    nearest: Floats = _nearest_ahead(
        reversals_on(ground.tape.anew, SWING), ground.tape.bars.close, ground.at, ground.side, FAR * ground.unit
    )
    return nearest / ground.unit


@numba.njit(cache=True, nogil=True)
def _nearest_ahead(swings: Floats, close: Floats, at: NDArray[np.int64], side: Floats, far: Floats) -> Floats:
    """Return the way from each close to the nearest swing on its side, at most `far`; swings are (known, at, price, side)."""
    nearest = far.copy()
    for i in range(len(at)):
        t = at[i]
        for n in range(np.searchsorted(swings[:, 0], t, side="right") - 1, -1, -1):
            if swings[n, 0] < t - YEAR:
                break
            away = side[i] * (swings[n, 2] - close[t])
            if away > 0 and (swings[n, 3] == HIGH) == (side[i] > 0):
                nearest[i] = min(nearest[i], away)
    return nearest


def momentum(ground: Ground) -> Floats:
    """RSI from its middle, in the direction of the break: -1 to 1."""
    return ground.along(rsi(ground.tape.bars.close, 14) / 50 - 1)


def approach(ground: Ground) -> Floats:
    """How far price had come over the week that ended with the break, in ATR."""
    went = np.full(len(ground.tape), np.nan)
    went[WEEK:] = ground.tape.bars.close[WEEK:] - ground.tape.bars.close[:-WEEK]
    return np.clip(ground.along(went) / ground.unit, -STRETCHED, STRETCHED)


def trend(ground: Ground) -> Floats:
    """How far the close lay above its 50-day average, in ATR, in the direction of the break."""
    close = ground.tape.bars.close
    return np.clip(ground.along(close - sma(close, TREND)) / ground.unit, -STRETCHED, STRETCHED)


def turbulence(ground: Ground) -> Floats:
    """Where volatility ranked within the year, 0 to 1."""
    return np.asarray(ground.rank[ground.at])


def rates(ground: Ground) -> Floats:
    """The filter's week, as far as the market had moved with it over the quarter: positive when it spoke for the break."""
    lean, correlation = _beside(ground)
    return np.asarray(ground.side * lean * correlation)


def link(ground: Ground) -> Floats:
    """The correlation of daily changes with the filter over the quarter: whether markets were driven by one thing."""
    return _beside(ground)[1]


def _beside(ground: Ground) -> tuple[Floats, Floats]:
    """Return the filter's direction and the correlation with it, as last known at each break; NaN without a filter."""
    bars, other = ground.tape.bars, ground.beside
    if other is None or other.market == bars.market:
        return np.full(len(ground.at), np.nan), np.full(len(ground.at), np.nan)
    _, mine, theirs = np.intersect1d(bars.session, other.session, return_indices=True)
    if len(mine) <= QUARTER:
        return np.full(len(ground.at), np.nan), np.full(len(ground.at), np.nan)
    linked = rolling_correlation(returns(bars)[mine], returns(other)[theirs], QUARTER)
    lean = filter_direction(other).astype(np.float64)[theirs]
    place = np.searchsorted(mine, ground.at, side="right") - 1
    return tuple(np.where(place >= 0, column[np.maximum(place, 0)], np.nan) for column in (lean, linked))  # type: ignore[return-value]


def upwards(ground: Ground) -> Floats:
    """Whether the break was upwards."""
    return (ground.side > 0).astype(np.float64)


def of_level(ground: Ground) -> Floats:
    """Whether a level was broken."""
    return np.asarray(ground.sort == 1, np.float64)


def of_pattern(ground: Ground) -> Floats:
    """Whether a pattern was."""
    return np.asarray(ground.sort == 2, np.float64)


FEATURES: tuple[Feature, ...] = (
    beyond, nearness, volume, body, shadow, age, touches, untouched, room, momentum, approach, trend, turbulence, rates, link, upwards,
    of_level, of_pattern,
)  # fmt: skip
"""Every feature of the model; a new one is a function here and a name in this list."""
