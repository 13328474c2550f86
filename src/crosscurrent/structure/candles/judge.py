"""How strictly bars keep the candles' rules: one rule over imagined bars, or all rules over a history in one sweep."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import FUTURES, NEAR_MISS, STRICT
from crosscurrent.facts.table import grown
from crosscurrent.structure.candles.candle import Candle
from crosscurrent.structure.candles.compiled import Margins
from crosscurrent.structure.candles.inequality import MOST_MISSED, TIE
from crosscurrent.structure.candles.shape import Shape

__all__ = ["Mask", "Rulebook", "keeps"]

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


def keeps(candle: Candle, shape: Shape, relaxed: bool, with_trend: bool = True) -> Mask:
    """Whether each judged bar completes the candle: strictly, or by the futures rule when `relaxed`."""
    oriented = shape.mirrored() if candle.is_mirrored else shape
    kept = np.ones(shape.close().shape, bool)
    for inequality in candle.rule(with_trend):
        if not kept.any():
            break
        kept &= inequality.holds(inequality.margin(oriented), shape.atr(), relaxed)
    return kept


STRETCH = 4096
"""Bars judged at a time: the margins of so many stay in the processor's cache, and those of a long history would not."""


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """The rules of candles as arrays, so that one sweep judges all bars by all of them.

    Parameters
    ----------
    margins
        Each inequality once in each orientation, however many candles share it.
    bars
        How many bars each candle has.
    starts, which
        A candle's inequalities are `which[starts[c] : starts[c + 1]]`, places among the margins.
    relaxed, most_atr, most_span, is_open, may_miss
        Of each of them: the futures rule's tolerance, how much a near miss may miss in ATR and in ranges of the bar, whether a
        tie fails, whether missing it makes a near miss.
    """

    margins: Margins
    bars: Ints
    starts: Ints
    which: Ints
    relaxed: Floats
    most_atr: Floats
    most_span: Floats
    is_open: Mask
    may_miss: Mask

    @classmethod
    def of(cls, candles: tuple[Candle, ...]) -> Rulebook:
        """Return the rules of these candles."""
        each = [(candle, inequality) for candle in candles for inequality in candle.rule()]
        keys = {(inequality, candle.is_mirrored): None for candle, inequality in each}
        place = {key: at for at, key in enumerate(keys)}
        rules = [inequality for _, inequality in each]
        return cls(
            Margins.of(keys), np.array([c.bars for c in candles]), np.cumsum([0, *(len(c.rule()) for c in candles)]),
            np.array([place[inequality, candle.is_mirrored] for candle, inequality in each]),
            np.array([i.relaxed for i in rules]),
            np.array([MOST_MISSED["atr"] * (i.unit == "atr") for i in rules]),
            np.array([MOST_MISSED["range"] * (i.unit == "range") for i in rules]),
            np.array([i.is_open for i in rules]),
            np.array([inequality.may_be_missed and candle.has_near_misses for candle, inequality in each]),
        )  # fmt: skip

    def judge(self, shape: Shape, readable: Mask) -> Floats:
        """Return rows (candle, judged bar, strictness, place of the inequality missed or -1, by what share of the range or NaN).

        `readable` has a row for candles of one, two, three bars: whether they may be read at each judged bar.
        """
        found = [
            self._judged(shape.stretch(at, STRETCH), readable[:, at : at + STRETCH], at) for at in _stretches(readable)
        ]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _judged(self, shape: Shape, readable: Mask, first: int) -> Floats:
        """Return what is found on a stretch of judged bars that begins at one."""
        found = judged(
            self.margins.weigh(shape), np.ascontiguousarray(shape.atr()), np.ascontiguousarray(shape.span()),
            np.ascontiguousarray(readable), self.bars, self.starts, self.which, self.relaxed, self.most_atr, self.most_span,
            self.is_open, self.may_miss,
        )  # fmt: skip
        found[:, 1] += first
        return found


def _stretches(readable: Mask) -> range:
    return range(0, max(readable.shape[1], 1), STRETCH)


@numba.njit(cache=True, nogil=True)
def judged(
    margins: Floats, atr: Floats, span: Floats, readable: Mask, bars: Ints, starts: Ints, which: Ints,
    relaxed: Floats, most_atr: Floats, most_span: Floats, is_open: Mask, may_miss: Mask,
) -> Floats:  # fmt: skip
    """Return where each candle stands, as `Rulebook.judge` has it."""
    found, n = np.empty((256, 5)), 0
    for candle in range(len(bars)):
        first, last = starts[candle], starts[candle + 1]
        possible = readable[bars[candle] - 1].copy()
        for place in range(first, last):
            if not may_miss[place]:
                _narrow(possible, margins[which[place]], atr, relaxed[place], is_open[place])
        for t in np.flatnonzero(possible):
            is_strict, missed, fails = True, -1, 0
            for place in range(first, last):
                margin = margins[which[place], t]
                is_strict = is_strict and _holds(margin, atr[t], 0.0, is_open[place])
                if may_miss[place] and not _holds(margin, atr[t], relaxed[place], is_open[place]):
                    missed, fails = place, fails + 1
            short = -margins[which[missed], t]
            if fails > 1 or (fails == 1 and not short <= most_atr[missed] * atr[t] + most_span[missed] * span[t]):
                continue
            if n == len(found):
                found = grown(found)
            found[n, 0], found[n, 1], found[n, 3], found[n, 4] = candle, t, -1, np.nan
            found[n, 2] = STRICT if is_strict else FUTURES
            if fails == 1:
                found[n, 2], found[n, 3], found[n, 4] = NEAR_MISS, missed - first, max(short, 0.0) / span[t]
            n += 1
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def _narrow(possible: Mask, margin: Floats, atr: Floats, relaxed: float, is_open: bool) -> None:
    """Leave only the bars that keep an inequality."""
    factor = (TIE if is_open else -TIE) - relaxed
    if is_open:
        for t in range(len(possible)):
            possible[t] &= margin[t] > factor * atr[t]
    else:
        for t in range(len(possible)):
            possible[t] &= margin[t] >= factor * atr[t]


@numba.njit(cache=True, nogil=True)
def _holds(margin: float, atr: float, relaxed: float, is_open: bool) -> bool:
    """Whether one margin is enough; NaN is never enough."""
    if is_open:
        return margin > (TIE - relaxed) * atr
    return margin >= (-TIE - relaxed) * atr
