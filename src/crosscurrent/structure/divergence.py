"""Divergence of price and momentum, regular and hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Segment
from crosscurrent.facts.stage import CONFIRMED, FAILED, FORMING
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.curves import macd_on, measured_rsi
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.swings import HIGH, REMEMBERED, count_of_reversals, reversals_on
from crosscurrent.structure.tape import Tape

__all__ = ["Divergences"]


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
        swings, forgotten = self._swings(tape)
        # What was known longer ago than `longest` can be cancelled no more.
        return self._told(tape, swings, forgotten, int(np.searchsorted(swings[:, 0], tape.start - self.longest)))

    def forming(self, tape: Tape) -> FactTable:
        """Return the divergence that the last bars would leave if price turned now: its second swing is not one yet."""
        swings, forgotten = self._swings(tape)
        if len(swings) < 2:
            return FactTable.empty(self.layout)
        leg = running_leg(swings[-1], tape.bars.high, tape.bars.low)
        told = self._told(tape, np.concatenate([swings[-2:], leg]), forgotten + len(swings) - 2)
        return replace(told, stage=np.full_like(told.stage, FORMING))

    def _swings(self, tape: Tape) -> tuple[Floats, int]:
        """Return the swings that new facts can be about, and how many went before them; a bar reveals one at most."""
        tape = tape if self.longest + 2 <= REMEMBERED else tape.anew
        swings = reversals_on(tape, self.reversal)
        return swings, count_of_reversals(tape, self.reversal) - len(swings)

    def _told(self, tape: Tape, swings: Floats, forgotten: int, from_place: int = 0) -> FactTable:
        """Return the divergences whose second swing is at a place or later, as far as their facts are new.

        A subject is the place of its second swing among all there have been.
        """
        close, rsi = tape.bars.close, measured_rsi(tape, self.length)
        found = divergences(
            swings, from_place, rsi, macd_on(tape)[2], tape.atr, self.shortest, self.longest, self.apart, self.rsi_apart
        )
        if not len(found):
            return FactTable.empty(self.layout)
        place, is_regular, was, now, agrees = found[:, 0].astype(np.int64), found[:, 1] > 0, *found[:, 2:].T
        first, second = swings[place - 2], swings[place]
        known, side = second[:, 0].astype(np.int64), np.where(second[:, 3] == HIGH, 1, -1)
        price, strength = np.where(is_regular, second[:, 2], first[:, 2]), np.where(is_regular, was, np.nan)
        ends = cancellations(close, rsi, known, side, price, strength, self.longest)
        confirmed, failed = np.flatnonzero(known >= tape.start), np.flatnonzero(ends >= tape.start)
        row = np.concatenate([confirmed, failed])
        if not len(row):
            return FactTable.empty(self.layout)
        at = np.concatenate([known[confirmed], ends[failed]])
        return FactTable.of(
            self.layout, at, np.where(side > 0, 1, 0)[row] + np.where(is_regular, 0, 2)[row], -side[row],
            stage=np.repeat([CONFIRMED, FAILED], [len(confirmed), len(failed)]), subject=forgotten + place[row],
            anchors=tuple((swing[row, 1].astype(np.int64), swing[row, 2]) for swing in (first, second)),
            first=first[row, 2], second=second[row, 2], rsi_first=was[row], rsi_second=now[row],
            sessions=(second[:, 1] - first[:, 1])[row], cancel_price=price[row], cancel_rsi=strength[row],
            macd_agrees=agrees[row], close=close[at],
        )  # fmt: skip

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
    is_high = swing[3] != HIGH
    at = start + int(np.argmax(high[start:]) if is_high else np.argmin(low[start:]))
    return np.array([[len(high) - 1, at, high[at] if is_high else low[at], 0.0 if is_high else 1.0]])


@numba.njit(cache=True, nogil=True)
def divergences(
    swings: Floats,
    from_place: int,
    rsi: Floats,
    histogram: Floats,
    atr: Floats,
    shortest: int,
    longest: int,
    apart: float,
    rsi_apart: float,
) -> Floats:
    """Return divergences as rows (second swing, whether regular, RSI at both, whether the histogram diverges likewise or NaN).

    Swings are rows (known, at, price, side) and told by their place, from one on; highs and lows alternate, so the one before last is of its side.
    """
    found, n = np.empty((len(swings), 5)), 0
    for i in range(max(2, from_place), len(swings)):
        known, at, first = int(swings[i, 0]), int(swings[i, 1]), int(swings[i - 2, 1])
        side = 1 if swings[i, 3] == HIGH else -1
        if at - first < shortest or at - first > longest or np.isnan(rsi[first]):
            continue
        was, now = _best(rsi, first, known, side), _best(rsi, at, known, side)
        further = (swings[i, 2] - swings[i - 2, 2]) * side / atr[known]
        stronger = (now - was) * side
        is_regular = further >= apart and stronger <= -rsi_apart
        if is_regular or (further <= -apart and stronger >= rsi_apart):
            macd = (_best(histogram, at, known, side) - _best(histogram, first, known, side)) * side
            found[n, 0], found[n, 1], found[n, 2], found[n, 3] = i, is_regular, was, now
            found[n, 4] = np.nan if np.isnan(macd) else (macd < 0) == is_regular
            n += 1
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def _best(values: Floats, at: int, known: int, side: int) -> float:
    """Return the highest (side 1) or lowest value within two bars of a swing, as far as known."""
    best = float(values[at])
    for t in range(max(at - 2, 0), min(at + 2, known) + 1):
        best = values[t] if (values[t] - best) * side > 0 else best
    return best


@numba.njit(cache=True, nogil=True)
def cancellations(
    close: Floats,
    rsi: Floats,
    known: NDArray[np.int64],
    side: NDArray[np.int64],
    price: Floats,
    strength: Floats,
    longest: int,
) -> NDArray[np.int64]:
    """Return the bar whose close cancels each divergence, beyond its price or its RSI, -1 where none does in time."""
    ends = np.full(len(known), -1)
    for i in range(len(known)):
        for t in range(known[i] + 1, min(known[i] + longest, len(close) - 1) + 1):
            if (close[t] - price[i]) * side[i] > 0 or (rsi[t] - strength[i]) * side[i] > 0:
                ends[i] = t
                break
    return ends
