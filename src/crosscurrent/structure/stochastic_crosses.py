"""Crosses of the stochastic's two lines at its extremes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.extremes import rolling_high, rolling_low
from crosscurrent.indicators.momentum import stochastic
from crosscurrent.structure.curves import crossings, hair_on, nothing_crossed
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["StochasticCrosses"]


@dataclass(frozen=True, slots=True)
class StochasticCrosses(Detector):
    r"""Find crosses of %K and %D near the ends of the range, because in its middle they cross every few days and say nothing.

        80 ---/\-x--------      bearish: %K falls below %D while %D is above the upper threshold
             /  \ \
        20 ------\-\-x-/--      bullish: %K rises above %D while %D is below the lower one
                  \_\_/

    Known at the close of the cross. Silent while the lines warm up and where the market has no range, since its place in no range
    is not defined.

    Readings: `k`, `d`; `level`, the threshold; `sessions_since`, the bars since %K was last on that side; `close`. Anchor: the close.

    Parameters
    ----------
    fastk, slowk, slowd
        Bars of the range, of %K's average and of %D's.
    upper, lower
        The thresholds of %D.

    References
    ----------
    Lane, "Lane's Stochastics", Technical Analysis of Stocks & Commodities (1984).
    """

    fastk: int = 14
    slowk: int = 3
    slowd: int = 3
    upper: float = 80.0
    lower: float = 20.0

    layout = Layout(
        kinds=("stochastic_cross",),
        readings=("k", "d", "level", "sessions_since", "close"),
        prices=frozenset({"close"}),
        anchors=1,
    )
    bases = ("adjusted",)
    phrases = {"stochastic_cross": "the stochastic's lines crossed at {k}, beyond its threshold of {level}"}

    def sweep(self, tape: Tape) -> FactTable:
        """Return crosses where %D is beyond a threshold."""
        k, d = self._lines(tape)
        found = tape.resumed(("stochastic crosses", self), nothing_crossed, self._go_on)
        if not len(found):
            return FactTable.empty(self.layout)
        at, side = found[:, 0].astype(np.int64), found[:, 1].astype(np.int64)
        extreme = np.where(side > 0, d[at] < self.lower, d[at] > self.upper)
        at, side, since = at[extreme], side[extreme], found[extreme, 2]
        close = tape.bars.close[at]
        return FactTable.of(
            self.layout, at, 0, side, anchors=((at, close),), k=k[at], d=d[at],
            level=np.where(side > 0, self.lower, self.upper), sessions_since=since, close=close,
        )  # fmt: skip

    def _lines(self, tape: Tape) -> tuple[Floats, Floats]:
        bars, sizes = tape.bars, (self.fastk, self.slowk, self.slowd)
        return tape.once(("stochastic", *sizes), lambda: stochastic(bars.high, bars.low, bars.close, *sizes))

    def _go_on(self, tape: Tape, carried: State) -> tuple[Floats, State]:
        bars, new = tape.bars, slice(tape.start, None)
        k, d = (line[new] for line in self._lines(tape))
        window = slice(max(tape.start - self.fastk + 1, 0), None)
        span = rolling_high(bars.high[window], self.fastk) - rolling_low(bars.low[window], self.fastk)
        gap = np.where(span[len(span) - len(k) :] > hair_on(tape)[new], k - d, np.nan)
        return crossings(gap, np.full(len(k), 1e-7), tape.start, carried[0][0]), carried
