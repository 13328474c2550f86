"""Divergence of price and momentum, regular and hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Segment
from crosscurrent.facts.stage import CONFIRMED, FAILED, FORMING, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.structure.curves import macd_on, measured, rsi_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.swings import reversals_on
from crosscurrent.structure.tape import Tape

__all__ = ["Divergences"]

BULLISH_REGULAR, BEARISH_REGULAR, BULLISH_HIDDEN, BEARISH_HIDDEN = range(4)


@dataclass(frozen=True, slots=True)
class Divergences(Detector):
    r"""Find divergences: two swings of price that the RSI does not follow.

            /\                             regular bearish   higher high in price, lower high in RSI: the move tires
        /\ /  \  price     /\              hidden bearish    lower high in price, higher high in RSI: a rebound spends its strength
       /  \            /\ /  \  RSI        regular bullish   lower low in price, higher low in RSI
                      /  \                 hidden bullish    higher low in price, lower low in RSI

    Known when the second swing is (by a reversal from it), never at its extreme. Only swings that follow each other on
    the same side are compared. The RSI of a swing is its best within two bars of it, as far as then known, since closes
    and extremes seldom fall on one bar.

    It fails at the close that cancels it within `longest` bars: beyond `cancel_price`, or, if regular, with RSI beyond
    `cancel_rsi`, so that momentum follows after all. Divergences are common in random walks too: nothing here says that
    they work.

    Readings: `first`, `second` (prices of the swings), `rsi_first`, `rsi_second`; `sessions`, the bars between them;
    `cancel_price`, the second extreme if regular, the first if hidden; `cancel_rsi`; `macd_agrees`, one when the MACD
    histogram diverges likewise, else zero; `close`. Anchors: both swings.

    Parameters
    ----------
    reversal
        Scale of the swings, in ATR.
    length
        Bars of Wilder's RSI.
    shortest, longest
        How many bars may lie between the swings.
    apart, rsi_apart
        By how much the prices must differ, in ATR, and the RSI, in points.

    References
    ----------
    Murphy, Technical Analysis of the Financial Markets, ch. 10. Cardwell on hidden ones ("positive and negative reversals"). The
    range of 5 to 60 bars is TradingView's.
    """

    reversal: float = 1.5
    length: int = 14
    shortest: int = 5
    longest: int = 60
    apart: float = 0.25
    rsi_apart: float = 3.0

    layout = Layout(
        kinds=("bullish_divergence", "bearish_divergence", "hidden_bullish_divergence", "hidden_bearish_divergence"),
        readings=(
            "first", "second", "rsi_first", "rsi_second", "sessions", "cancel_price", "cancel_rsi", "macd_agrees", "close",
        ),
        prices=frozenset({"first", "second", "cancel_price", "close"}),
        anchors=2,
    )  # fmt: skip
    bases = ("adjusted",)
    mirror = {
        "bullish_divergence": "bearish_divergence", "bearish_divergence": "bullish_divergence",
        "hidden_bullish_divergence": "hidden_bearish_divergence",
        "hidden_bearish_divergence": "hidden_bullish_divergence",
    }  # fmt: skip
    phrases = {
        "bullish_divergence": "a lower low at {second}, while RSI made a higher one, {rsi_second} after {rsi_first}",
        "bearish_divergence": "a higher high at {second}, while RSI made a lower one, {rsi_second} after {rsi_first}",
        "hidden_bullish_divergence": "a higher low at {second}, while RSI made a lower one, {rsi_second} after {rsi_first}",
        "hidden_bearish_divergence": "a lower high at {second}, while RSI made a higher one, {rsi_second} after {rsi_first}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return divergences, and those that were cancelled."""
        return FactTable.from_rows(self.layout, self._rows(tape, reversals_on(tape, self.reversal)))

    def forming(self, tape: Tape) -> FactTable:
        """Return the divergence that the last bars would leave if price turned now: its second swing is not one yet."""
        swings = reversals_on(tape, self.reversal)
        if len(swings) < 2:
            return FactTable.empty(self.layout)
        rows = self._rows(tape, np.concatenate([swings[-2:], running_leg(swings[-1], tape.bars.high, tape.bars.low)]))
        rows[:, 2], rows[:, 5] = FORMING, len(swings)
        return FactTable.from_rows(self.layout, rows)

    def _rows(self, tape: Tape, swings: Floats) -> Floats:
        rsi = measured(tape, rsi_on(tape, self.length))
        return divergences(
            swings,
            tape.bars.close,
            rsi,
            macd_on(tape)[2],
            tape.atr,
            self.shortest,
            self.longest,
            self.apart,
            self.rsi_apart,
        )

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the line between the swings on the price, and between their RSI below."""
        one, two = fact.anchors
        rsi = [float(fact.readings[name]) for name in ("rsi_first", "rsi_second")]
        return (
            Segment(one.session, one.price, two.session, two.price, fact.kind, fact.kind),
            Segment(one.session, rsi[0], two.session, rsi[1], fact.kind, "", "rsi"),
        )


def running_leg(swing: Floats, high: Floats, low: Floats) -> Floats:
    """Return the extreme since the last swing, on the other side, as a swing that would be known now; no row when there is no bar."""
    start = int(swing[1]) + 1
    if start >= len(high):
        return np.empty((0, 4))
    is_high = swing[3] != 0
    at = start + int(np.argmax(high[start:]) if is_high else np.argmin(low[start:]))
    return np.array([[len(high) - 1, at, high[at] if is_high else low[at], 0.0 if is_high else 1.0]])


@numba.njit(cache=True, nogil=True)
def divergences(
    swings: Floats, close: Floats, rsi: Floats, histogram: Floats, atr: Floats, shortest: int, longest: int, apart: float,
    rsi_apart: float,
) -> Floats:  # fmt: skip
    """Return fact rows of divergences and of their failures, in the layout of `Divergences`; a swing is (known, at, price, side)."""
    rows, n = np.empty((64, HEAD + 13)), 0
    for i in range(2, len(swings)):
        known, at, first = int(swings[i, 0]), int(swings[i, 1]), int(swings[i - 2, 1])
        side = 1 if swings[i, 3] == 0 else -1
        if at - first < shortest or at - first > longest or np.isnan(rsi[first]):
            continue
        was, now = _best(rsi, first, known, side), _best(rsi, at, known, side)
        further = (swings[i, 2] - swings[i - 2, 2]) * side / atr[known]
        stronger = (now - was) * side
        is_regular = further >= apart and stronger <= -rsi_apart
        if not is_regular and not (further <= -apart and stronger >= rsi_apart):
            continue
        if n + 2 > len(rows):
            rows = grown(rows)
        macd_stronger = (_best(histogram, at, known, side) - _best(histogram, first, known, side)) * side
        row = rows[n]
        row[:] = np.nan
        row[0], row[2], row[3], row[4], row[5] = known, CONFIRMED, -side, NO_STRICTNESS, i
        row[1] = (BULLISH_REGULAR if side < 0 else BEARISH_REGULAR) + (0 if is_regular else 2)
        row[HEAD], row[HEAD + 1], row[HEAD + 2], row[HEAD + 3] = swings[i - 2, 2], swings[i, 2], was, now
        row[HEAD + 4] = at - first
        row[HEAD + 5] = swings[i, 2] if is_regular else swings[i - 2, 2]
        row[HEAD + 6] = was if is_regular else np.nan
        if not np.isnan(macd_stronger):
            row[HEAD + 7] = 1 if (macd_stronger < 0) == is_regular else 0
        row[HEAD + 8] = close[known]
        row[HEAD + 9], row[HEAD + 10], row[HEAD + 11], row[HEAD + 12] = first, swings[i - 2, 2], at, swings[i, 2]
        end = _cancelled(close, rsi, known, min(known + longest, len(close) - 1), side, row[HEAD + 5], row[HEAD + 6])
        n += 1
        if end > 0:
            rows[n] = row
            rows[n, 0], rows[n, 2], rows[n, HEAD + 8] = end, FAILED, close[end]
            n += 1
    return rows[:n].copy()


@numba.njit(cache=True, nogil=True)
def _best(values: Floats, at: int, known: int, side: int) -> float:
    """Return the highest (side 1) or lowest value within two bars of a swing, as far as known."""
    best = float(values[at])
    for t in range(max(at - 2, 0), min(at + 2, known) + 1):
        best = values[t] if (values[t] - best) * side > 0 else best
    return best


@numba.njit(cache=True, nogil=True)
def _cancelled(close: Floats, rsi: Floats, known: int, last: int, side: int, price: float, strength: float) -> int:
    """Return the first close that cancels a divergence, -1 when none does."""
    for t in range(known + 1, last + 1):
        if (close[t] - price) * side > 0 or (rsi[t] - strength) * side > 0:
            return t
    return -1
