"""Rejections: a band into which shadows reach again and again, and from which every close stays away."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Band, Mark, Point
from crosscurrent.facts.stage import BEARISH, BULLISH, CONFIRMED, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.tape import Tape

__all__ = ["Rejections"]

TOUCHES = 5
"""How many of the latest touches a fact keeps as anchors."""
TIE = 1e-9
"""A shadow short of its share by less than this is a tie, and a tie counts."""


@dataclass(frozen=True, slots=True)
class Rejections(Detector):
    r"""Find bands that price reached into several times in a few bars without closing there.

       ....|.......|......|....  the highs lie in one narrow band,
           |    |  |      |
          [ ]   | [ ]    [ ]     a third of each range or more is shadow,
          [ ]  [ ]       [ ]     and no close since the first is in the band.
           |    |         |

    Known at the close of the bar whose shadow is the last one; told again, as the same subject, when a further shadow joins.
    Bearish when rejected from above. Nothing may have traded beyond the band since its first shadow. On a random walk two bars
    in a hundred complete one. Silent in the ATR's warm-up and across a roll on traded prices.

    Parameters
    ----------
    window
        Over how many bars shadows are gathered.
    least
        How many of them make a rejection.
    shadow
        The least share of a bar's range that is shadow: a third, so that it outweighs what is left of a bar split evenly.
    reach
        How far other shadows' ends may lie from the last one's, in ATR; the band is at most twice that wide.

    References
    ----------
    Nison, Beyond Candlesticks, on long shadows that confirm each other at a price. Osler (2000) on orders clustered beside a level.
    """

    window: int = 10
    least: int = 3
    shadow: float = 1 / 3
    reach: float = 0.25

    layout = Layout(
        kinds=("rejection",),
        readings=("low", "high", "bars", "mean_shadow"),
        prices=frozenset({"low", "high"}),
        anchors=TOUCHES,
    )
    lookback = 10
    phrases = {"rejection": "rejected from the band between {low} and {high} by the shadows of {bars} bars"}

    def sweep(self, tape: Tape) -> FactTable:
        """Return every rejection, from above and from below."""
        bars = tape.bars
        if len(bars) < 2 or not self.can_read(tape):
            return FactTable.empty(self.layout)
        first = max(tape.start - self.window, 0)
        open_, high, low, close = (column[first:] for column in (bars.open, bars.high, bars.low, bars.close))
        atr, cut = tape.atr[first:], tape.cut[first:]
        limits = (first, tape.start - first, self.window, self.least, self.shadow, self.reach)
        above = rejections(high, low, close, np.maximum(open_, close), atr, cut, BEARISH, *limits)
        below = rejections(-low, -high, -close, -np.minimum(open_, close), atr, cut, BULLISH, *limits)
        return FactTable.from_rows(self.layout, np.concatenate([above, below]))

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the band, and the ends of the shadows in it."""
        low, high = float(fact.readings["low"]), float(fact.readings["high"])
        ends = (Point(a.session, a.price, "rejection") for a in fact.anchors)
        return (Band(fact.anchors[0].session, low, high, "rejection", "rejection"), *ends)


WIDTH = Rejections.layout.width
"""Numbers in a fact row."""


@numba.njit(cache=True, nogil=True)
def rejections(
    high: Floats, low: Floats, close: Floats, top: Floats, atr: Floats, cut: NDArray[np.bool_],
    side: int, first: int, begin: int, window: int, least: int, shadow: float, reach: float,
) -> Floats:  # fmt: skip
    """Return fact rows of the rejections from above that the bars from `begin` on reveal; of bars upside down, told the right way up.

    The bars are those of the market from its bar `first` on.
    """
    rows, n = np.empty((16, WIDTH)), 0
    share = np.zeros(len(high))
    touches = np.empty(window, np.int64)
    for t in range(max(begin - window, 0), len(high)):
        span = high[t] - low[t]
        share[t] = (high[t] - top[t]) / span if span > 0 else 0.0
        if t < begin or not (atr[t] > 0 and share[t] >= shadow - TIE):
            continue
        count = _touches_before(touches, high, share, cut, t, window, shadow, reach * atr[t])
        if count < least or not _kept_away(touches, count, high, close, t):
            continue
        if n == len(rows):
            rows = grown(rows)
        _write(rows[n], touches, count, high, share, side, first)
        n += 1
    return rows[:n].copy()


@kernel
def _touches_before(
    touches: NDArray[np.int64],
    high: Floats,
    share: Floats,
    cut: NDArray[np.bool_],
    t: int,
    window: int,
    shadow: float,
    reach: float,
) -> int:
    """Gather, newest first, the bars whose long shadows end near that of bar `t`; return how many."""
    touches[0], count = t, 1
    for back in range(1, window):
        at = t - back
        if at < 0 or cut[at + 1]:
            break
        if share[at] >= shadow - TIE and abs(high[at] - high[t]) <= reach:
            touches[count] = at
            count += 1
    return count


@numba.njit(cache=True, nogil=True)
def _kept_away(touches: NDArray[np.int64], count: int, high: Floats, close: Floats, t: int) -> bool:
    """Whether since the first touch no close was in the band and nothing traded beyond it."""
    floor, ceiling = high[touches[0]], high[touches[0]]
    for i in range(1, count):
        floor, ceiling = min(floor, high[touches[i]]), max(ceiling, high[touches[i]])
    first = touches[count - 1]
    return bool(close[first : t + 1].max() < floor and high[first : t + 1].max() <= ceiling)


@kernel
def _write(
    row: Floats, touches: NDArray[np.int64], count: int, high: Floats, share: Floats, side: int, first: int
) -> None:
    """Write the fact row of one rejection, its last touches oldest first."""
    begun, low, top, total = first + touches[count - 1], high[touches[0]], high[touches[0]], 0.0
    for i in range(count):
        low, top = min(low, high[touches[i]]), max(top, high[touches[i]])
        total += share[touches[i]]
    row[0], row[1], row[2], row[3], row[4] = first + touches[0], 0, CONFIRMED, side, NO_STRICTNESS
    row[5] = 2 * begun + (side == BULLISH)
    row[HEAD], row[HEAD + 1] = (low, top) if side == BEARISH else (-top, -low)
    row[HEAD + 2], row[HEAD + 3] = count, total / count
    row[HEAD + 4 :] = -1.0
    told = min(count, TOUCHES)
    for i in range(told):
        at = touches[told - 1 - i]
        row[HEAD + 4 + 2 * i], row[HEAD + 5 + 2 * i] = first + at, -side * high[at]
