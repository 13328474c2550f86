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
from crosscurrent.structure.candles.inequality import MOST_MISSED, TIE, Inequality
from crosscurrent.structure.candles.shape import Shape

__all__ = ["Mask", "Rulebook", "keeps"]

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


def keeps(candle: Candle, shape: Shape, relaxed: bool, with_trend: bool = True) -> Mask:
    """Whether each judged bar completes the candle: strictly, or by the futures rule when `relaxed`."""
    oriented = shape.mirrored() if candle.is_mirrored else shape
    kept = np.ones(shape.close().shape, bool)
    for inequality in candle.rule(with_trend):
        kept &= inequality.holds(inequality.margin(oriented), shape.atr(), relaxed)
    return kept


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """The rules of candles as arrays, so that one sweep judges all bars by all of them.

    Parameters
    ----------
    keys
        Each inequality once, with its orientation, however many candles share it.
    bars
        How many bars each candle has.
    starts, which
        A candle's inequalities are `which[starts[c] : starts[c + 1]]`, places among the keys.
    relaxed, most_atr, most_span, is_open, may_miss
        Of each of them: the futures rule's tolerance, how much a near miss may miss in ATR and in ranges of the bar, whether a
        tie fails, whether missing it makes a near miss.
    """

    keys: tuple[tuple[Inequality, bool], ...]
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
            tuple(keys), np.array([c.bars for c in candles]), np.cumsum([0, *(len(c.rule()) for c in candles)]),
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
        upside_down, atr = shape.mirrored(), np.ascontiguousarray(shape.atr())
        margins = np.empty((len(self.keys), len(atr)))
        for row, (inequality, is_mirrored) in zip(margins, self.keys, strict=True):
            row[:] = inequality.margin(upside_down if is_mirrored else shape)
        return judged(
            margins, atr, np.ascontiguousarray(shape.span()), readable, self.bars, self.starts, self.which,
            self.relaxed, self.most_atr, self.most_span, self.is_open, self.may_miss,
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def judged(
    margins: Floats, atr: Floats, span: Floats, readable: Mask, bars: Ints, starts: Ints, which: Ints,
    relaxed: Floats, most_atr: Floats, most_span: Floats, is_open: Mask, may_miss: Mask,
) -> Floats:  # fmt: skip
    """Return where each candle stands, as `Rulebook.judge` has it."""
    found, n = np.empty((256, 5)), 0
    for candle in range(len(bars)):
        for t in range(len(atr)):
            if not readable[bars[candle] - 1, t]:
                continue
            is_strict, missed = True, -1
            for place in range(starts[candle], starts[candle + 1]):
                margin = margins[which[place], t]
                tie = TIE * atr[t] if is_open[place] else -TIE * atr[t]
                if margin > tie or (margin == tie and not is_open[place]):
                    continue
                is_strict = False
                eased = tie - relaxed[place] * atr[t]
                if margin > eased or (margin == eased and not is_open[place]):
                    continue
                if missed >= 0 or not may_miss[place]:
                    missed = -2
                    break
                missed = place
            if missed == -2:
                continue
            short = -margins[which[missed], t] if missed >= 0 else 0.0
            if missed >= 0 and not short <= most_atr[missed] * atr[t] + most_span[missed] * span[t]:
                continue
            if n == len(found):
                found = grown(found)
            found[n, 0], found[n, 1] = candle, t
            found[n, 2] = NEAR_MISS if missed >= 0 else (STRICT if is_strict else FUTURES)
            found[n, 3] = missed - starts[candle] if missed >= 0 else -1
            found[n, 4] = max(short, 0.0) / span[t] if missed >= 0 else np.nan
            n += 1
    return found[:n].copy()
