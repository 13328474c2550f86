"""Wilder's failure swings: RSI itself fails at an extreme and breaks its own last turn."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point, Segment
from crosscurrent.facts.stage import BEARISH, BULLISH
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.curves import measured_rsi
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["FailureSwings"]

Swings = NDArray[np.int64]

WAITING, EXTREME, PULLING_BACK, RALLYING = range(4)


@dataclass(frozen=True, slots=True)
class FailureSwings(Detector):
    r"""Find failure swings: RSI leaves its extreme, fails to come back to it, and breaks the point where it had turned.

              peak
        70 ---/\---------------
             /  \    /\ rally        A top: peak above the threshold, pullback below it, a rally that stays below it,
            /    \  /  \             then a close that takes RSI below the pullback's low, the fail point.
                  \/    \
            fail point ---x known    A bottom is its image at the lower threshold.

    Price plays no part in it: Wilder counted it among the best indications of a reversal, whether or not price agrees.
    Known at the close that breaks the fail point. Forgotten when RSI comes back beyond the threshold, or `longest` bars
    after the peak.

    Readings: `rsi`, `peak`, `fail_point`, `rally` (RSI), `sessions`, the bars since the peak; `close`. Anchors: the
    peak, the fail point, the rally, in RSI.

    Parameters
    ----------
    length
        Bars of Wilder's RSI.
    threshold
        Where the upper extreme begins; the lower one begins at a hundred less this.
    bounce
        How far RSI must come back from the pullback's low to count as a rally, in RSI points.
    longest
        How many bars it may take from the peak.

    References
    ----------
    Wilder, New Concepts in Technical Trading Systems (1978), section VI, "Failure swings".
    """

    length: int = 14
    threshold: float = 70.0
    bounce: float = 5.0
    longest: int = 30

    layout = Layout(
        kinds=("rsi_failure_swing",),
        readings=("rsi", "peak", "fail_point", "rally", "sessions", "close"),
        prices=frozenset({"close"}),
        anchors=3,
        price_anchors=False,
    )
    needs = "close"
    bases = ("adjusted",)
    phrases = {"rsi_failure_swing": "RSI, {rsi}, broke its fail point of {fail_point}"}

    def sweep(self, tape: Tape) -> FactTable:
        """Return failure swings at both extremes."""
        rsi = measured_rsi(tape, self.length)
        tops, bottoms = tape.resumed(("failure swings", self), self._nothing_yet, self._go_on)
        if not len(tops) and not len(bottoms):
            return FactTable.empty(self.layout)
        at, peak, fail, rally = np.concatenate([tops, bottoms]).T
        return FactTable.of(
            self.layout, at, 0, np.repeat([BEARISH, BULLISH], [len(tops), len(bottoms)]),
            anchors=tuple((place, rsi[place]) for place in (peak, fail, rally)), rsi=rsi[at], peak=rsi[peak],
            fail_point=rsi[fail], rally=rsi[rally], sessions=at - peak, close=tape.bars.close[at],
        )  # fmt: skip

    @staticmethod
    def _nothing_yet() -> State:
        return (np.zeros((2, 4), np.int64),)

    def _go_on(self, tape: Tape, carried: State) -> tuple[tuple[Swings, Swings], State]:
        rsi, (top, bottom) = measured_rsi(tape, self.length), carried[0]
        limits = (self.threshold, self.bounce, self.longest, tape.start)
        return (failure_swings(rsi, *limits, top), failure_swings(100.0 - rsi, *limits, bottom)), carried

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the way down and up again on the RSI, and the break."""
        peak, fail, rally = fact.anchors
        return (
            Segment(peak.session, peak.price, fail.session, fail.price, fact.kind, "", "rsi"),
            Segment(fail.session, fail.price, rally.session, rally.price, fact.kind, "", "rsi"),
            Point(fact.session, float(fact.readings["rsi"]), fact.kind, fact.kind, pane="rsi"),
        )


@numba.njit(cache=True, nogil=True)
def failure_swings(rsi: Floats, threshold: float, bounce: float, longest: int, begin: int, carried: Swings) -> Swings:
    """Return failure swings at the upper extreme from bar `begin` on, as rows (known, peak, fail point, rally).

    What was known before is `carried` (where it stands, peak, fail point, rally), and changes.
    """
    found, n = np.empty(((len(rsi) - begin) // 4 + 1, 4), np.int64), 0
    state, peak, fail, rally = carried
    for t in range(begin, len(rsi)):
        if np.isnan(rsi[t]):
            continue
        if rsi[t] > threshold:
            peak = t if state != EXTREME or rsi[t] > rsi[peak] else peak
            state = EXTREME
        elif state != WAITING and t - peak > longest:
            state = WAITING
        elif state == EXTREME:
            state, fail = PULLING_BACK, t
        elif state == PULLING_BACK:
            fail = t if rsi[t] < rsi[fail] else fail
            if rsi[t] - rsi[fail] >= bounce:
                state, rally = RALLYING, t
        elif state == RALLYING:
            rally = t if rsi[t] > rsi[rally] else rally
            if rsi[t] < rsi[fail]:
                found[n] = t, peak, fail, rally
                n, state = n + 1, WAITING
    carried[0], carried[1], carried[2], carried[3] = state, peak, fail, rally
    return found[:n].copy()
