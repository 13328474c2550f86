"""Which next closes would complete a candle, given an open that is assumed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.candles.candle import Candle
from crosscurrent.structure.candles.judge import Mask, keeps
from crosscurrent.structure.candles.readable import CHECKED, REPEATED, is_bare, repetitions
from crosscurrent.structure.candles.shape import DEPTH, Shape
from crosscurrent.structure.tape import Tape

__all__ = ["completion"]

TAIL = 24
"""Bars before the imagined one that the rules read at most."""
WILDER = 14
STEPS = np.concatenate([np.linspace(0.0, 3.0, 121), np.geomspace(3.1, 1000.0, 24)])
"""Distances from the open at which closes are tried, in ATR, before the ends are refined."""
SECTIONS, REFINEMENTS = 65, 9


def completion(
    candle: Candle,
    tape: Tape,
    assumed_open: float | None = None,
    *,
    high: float | None = None,
    low: float | None = None,
    strictness: str = "futures",
) -> tuple[float, float] | None:
    """Return the closes of the next bar, from and to, that complete the candle, or None when no close does.

    The open is the last close unless said; high and low are the outer ends of the real body unless said, and reach further when the
    close does. `strictness` is `strict` or `futures`. An end is infinite when any close beyond completes it. Where several intervals
    do, the one nearest the assumed open is returned. The ends are exact to rounding: appending a bar at a close inside completes the
    candle, just outside does not (save one at the open itself that leaves the bar without any range, which draws no candle).
    """
    bars = tape.bars
    if len(bars) <= DEPTH or bars.is_close_only or not tape.atr[-1] > 0 or not _is_readable(candle, tape):
        return None
    opened = bars.close[-1] if assumed_open is None else assumed_open
    imagine = _Imagined(candle, tape, opened, high, low, strictness == "futures")
    tried, completes = imagine.tried()
    if not completes.any():
        return None
    inside = np.flatnonzero(completes)
    return _ends(imagine, tried, completes, int(inside[np.argmin(np.abs(tried[inside] - opened))]))


@dataclass(frozen=True, slots=True)
class _Imagined:
    """The bars of a tape with many imagined next bars, one a close."""

    candle: Candle
    tape: Tape
    open: float
    high: float | None
    low: float | None
    relaxed: bool

    def tries(self) -> Floats:
        """Return closes worth trying, ascending: a grid around the open, and the prices at which a rule may turn."""
        bars, atr = self.tape.bars, float(self.tape.atr[-1])
        last = slice(len(bars) - max(self.candle.bars, 2), len(bars))
        turns = np.concatenate([bars.open[last], bars.high[last], bars.low[last], bars.close[last], [self.open]])
        fine = (turns[:, None] + atr * np.array([-1e-3, -1e-6, 0.0, 1e-6, 1e-3])).ravel()
        return np.unique(np.concatenate([self.open - atr * STEPS, self.open + atr * STEPS, fine]))

    def tried(self) -> tuple[Floats, Mask]:
        """Return the closes worth trying and which of them complete the candle; what they look like is shared by all candles."""
        key = ("imagined", self.open, self.high, self.low, self.candle.bars)
        tried, pictured = self.tape.once(key, lambda: (tries := self.tries(), self._pictured(tries)))
        return tried, self._kept(*pictured)

    def completes(self, closes: Floats) -> Mask:
        """Whether each close completes the candle."""
        return self._kept(*self._pictured(closes))

    def _pictured(self, closes: Floats) -> tuple[Shape, Mask]:
        """Return the shape of each imagined last bar, and whether the data look sound with it."""
        columns = self._columns(closes)
        return _eve(self.tape).ending(*columns), self._is_sound(*columns[:4])

    def _kept(self, shape: Shape, is_sound: Mask) -> Mask:
        return np.asarray(keeps(self.candle, shape, self.relaxed) & is_sound)

    def _is_sound(self, open_: Floats, high: Floats, low: Floats, close: Floats) -> Mask:
        """Whether the imagined bars leave the data looking sound."""
        before = self.tape.once("repeated", lambda: repetitions(self.tape.bars.last(CHECKED - 1)))
        count = np.count_nonzero(before) + (np.abs(close - open_) <= REPEATED * (high - low))
        return (2 * count <= CHECKED) | (len(before) < CHECKED - 1)

    def _columns(self, closes: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return the imagined bars, and the ATR with each of them."""
        high = np.maximum(np.maximum(self.open, closes), -math.inf if self.high is None else self.high)
        low = np.minimum(np.minimum(self.open, closes), math.inf if self.low is None else self.low)
        last = self.tape.bars.close[-1]
        true_range = np.maximum(high, last) - np.minimum(low, last)
        atr = (self.tape.atr[-1] * (WILDER - 1) + true_range) / WILDER
        return np.full(len(closes), self.open), high, low, closes, atr


def _eve(tape: Tape) -> Shape:
    """Return the shape of a tape's last bars with a place for the one to come."""
    bars = tape.bars
    columns = (bars.open, bars.high, bars.low, bars.close, tape.atr)
    return tape.once("eve", lambda: Shape.of(*(np.append(column[-TAIL:], column[-1]) for column in columns)))


def _is_readable(candle: Candle, tape: Tape) -> bool:
    """Whether the bars that would be the candle's first ones have ranges and no roll between them."""
    first = len(tape) - (candle.bars - 1)
    return not (is_bare(tape, first).any() or tape.cut[first + 1 :].any())


def _ends(imagine: _Imagined, tried: Floats, completes: Mask, inside: int) -> tuple[float, float]:
    """Return the ends of the interval of completing closes around one."""
    fails, ends = np.flatnonzero(~completes), {-1: -math.inf, 1: math.inf}
    nearest = {-1: fails[fails < inside][-1:], 1: fails[fails > inside][:1]}
    beyond = [(side, int(place[0])) for side, place in nearest.items() if len(place)]
    narrowed = _narrowed(imagine, [(tried[place - side], tried[place]) for side, place in beyond])
    ends |= {side: end for (side, _), end in zip(beyond, narrowed, strict=True)}
    return ends[-1], ends[1]


def _narrowed(imagine: _Imagined, pairs: list[tuple[float, float]]) -> list[float]:
    """Return the last close that completes between each that does and its neighbour that does not, all pairs at once."""
    for _ in range(REFINEMENTS):
        if all(math.nextafter(holds, fails) == fails for holds, fails in pairs):
            break  # nothing lies between them
        between = [np.linspace(holds, fails, SECTIONS) for holds, fails in pairs]
        completes = imagine.completes(np.concatenate(between)).reshape(-1, SECTIONS)
        last = [max(int(np.argmin(row)) - 1, 0) for row in completes]
        pairs = [(row[at], row[min(at + 1, SECTIONS - 1)]) for row, at in zip(between, last, strict=True)]
    return [float(holds) for holds, _ in pairs]
