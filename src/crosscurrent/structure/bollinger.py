"""Bollinger bands: touched, left behind, drawn together."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import NEUTRAL
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.indicators.extremes import rolling_low
from crosscurrent.indicators.volatility import bandwidth, bollinger
from crosscurrent.structure.curves import hair_on, in_atr
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import State, Tape

__all__ = ["BollingerBands"]

BREAK, SQUEEZE, TOUCH = range(3)
NOT_SQUEEZED, NOT_VISITED = (-1.0, np.inf, 1.0), (-1, 1)
"""What `squeezed` and `first_visits` carry into the first bar."""


@dataclass(frozen=True, slots=True)
class BollingerBands(Detector):
    r"""Find what is unusual for a month's movement, a touch of a band or a close outside, and a month unusually still, a squeeze.

        upper --^---.      x  touch: a band is reached and the close is inside
                     `----'   break: the first close outside
                     .----.   squeeze: the narrowest bands for half a year, told once
        lower ------'

    A close outside begins a move as often as it ends one, so its direction is only that of the close. A squeeze is neutral: it
    says that movement is due, not where. A touch is told as the band having held: bearish at the upper one. Known at the close.
    Of a run of closes outside the first is told; of touches the first since price was last at the middle, unless it closed
    outside before; a squeeze once, and again only when the bands have widened to `release` times their narrowest since. Silent
    while the bands warm up, and where they are as narrow as rounding.

    Readings: `close`, `upper`, `middle`, `lower` in price; `bandwidth_atr`, the distance between the bands in ATR;
    `sessions_since`, the bars since the last close outside or touch on that side, or since the last squeeze told.

    Parameters
    ----------
    length, deviations
        Bars of the average, and how many standard deviations away the bands lie.
    window
        Among how many bars the narrowest is sought.
    release
        At how many times their narrowest the bands have let go.

    References
    ----------
    Bollinger, Bollinger on Bollinger Bands (2001), ch. 15: the squeeze is the lowest bandwidth of six months.
    """

    length: int = 20
    deviations: float = 2.0
    window: int = 120
    release: float = 1.5

    layout = Layout(
        kinds=("bollinger_break", "bollinger_squeeze", "bollinger_touch"),
        readings=("close", "upper", "middle", "lower", "bandwidth_atr", "sessions_since"),
        prices=frozenset({"close", "upper", "middle", "lower"}),
        anchors=1,
    )
    needs = "close"
    bases = ("adjusted",)
    phrases = {
        "bollinger_break": "a close at {close}, outside the Bollinger bands of {lower} and {upper}",
        "bollinger_squeeze": "the Bollinger bands, {lower} and {upper}, are the narrowest for half a year",
        "bollinger_touch": "a band was reached, {lower} or {upper}, and held at the close, {close}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return first closes outside, first touches, and squeezes."""
        parts = tape.resumed(("bollinger", self), self._nothing_yet, self._go_on)
        parts = [(rows, code, side) for rows, code, side in parts if len(rows)]
        if not parts:
            return FactTable.empty(self.layout)
        close, (upper, middle, lower, width) = tape.bars.close, self._bands(tape)
        at, since = np.concatenate([rows for rows, _, _ in parts]).T
        kind, direction = (
            np.repeat(codes, [len(rows) for rows, _, _ in parts]) for codes in list(zip(*parts, strict=True))[1:]
        )
        at = at.astype(np.int64)
        return FactTable.of(
            self.layout, at, kind, direction, anchors=((at, close[at]),), close=close[at], upper=upper[at],
            middle=middle[at], lower=lower[at], bandwidth_atr=in_atr(width, tape.atr)[at], sessions_since=since,
        )  # fmt: skip

    def _bands(self, tape: Tape) -> tuple[Floats, Floats, Floats, Floats]:
        """Return upper, middle and lower band, and the distance between the outer ones."""

        def compute() -> tuple[Floats, Floats, Floats, Floats]:
            upper, middle, lower = bollinger(tape.bars.close, self.length, self.deviations, self.deviations)
            width = bandwidth(upper, lower)
            # A deviation below a millionth of the price is what the running sums behind it have left over.
            return upper, middle, lower, np.where(width > 1e3 * hair_on(tape), width, np.nan)

        return tape.once(("bands", self), compute)

    @staticmethod
    def _nothing_yet() -> State:
        return np.array([NOT_SQUEEZED]), np.full(2, -1), np.array([NOT_VISITED] * 2)

    def _go_on(self, tape: Tape, carried: State) -> tuple[list[tuple[Floats, int, int]], State]:
        squeeze, outside_last, visits = carried
        bars, begin, new = tape.bars, tape.start, slice(tape.start, None)
        close, (upper, middle, lower, width) = bars.close[new], (line[new] for line in self._bands(tape))
        seen = slice(max(begin - self.window + 1, 0), None)
        lowest = rolling_low(self._bands(tape)[3][seen], self.window)[len(bars.close[seen]) - len(close) :]
        parts = [(squeezed(width, lowest, self.release, begin, squeeze[0]), SQUEEZE, NEUTRAL)]
        is_told = ~np.isnan(width)
        for place, (side, band, extreme) in enumerate(((1, upper, bars.high[new]), (-1, lower, bars.low[new]))):
            outside = is_told & ((close - band) * side > 0)
            reached = is_told & ((extreme - band) * side >= 0)
            parts.append((first_of_each(outside, begin, outside_last[place : place + 1]), BREAK, side))
            leaves = (close - middle) * side <= 0
            parts.append((first_visits(reached & ~outside, outside, leaves, begin, visits[place]), TOUCH, -side))
        return parts, carried


@numba.njit(cache=True, nogil=True)
def first_of_each(happens: NDArray[np.bool_], begin: int, last: NDArray[np.int64]) -> Floats:
    """Return where something happens that did not at the bar before, as rows (at, bars since it last did or NaN).

    It happens or not at bar `begin` and those after it; `last`, where it last did before, changes.
    """
    found, n = np.empty((len(happens) // 2 + 1, 2)), 0
    for i in range(len(happens)):
        t = begin + i
        if not happens[i]:
            continue
        if last[0] < 0 or t - last[0] > 1:
            found[n, 0], found[n, 1] = t, t - last[0] if last[0] >= 0 else np.nan
            n += 1
        last[0] = t
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def first_visits(
    touches: NDArray[np.bool_], breaks: NDArray[np.bool_], leaves: NDArray[np.bool_], begin: int, carried: NDArray[np.int64]
) -> Floats:  # fmt: skip
    """Return the first touch of each visit that no break came before, as rows (at, bars since the last such or NaN).

    `carried`, the last such touch before bar `begin` and whether a new one may be told, changes.
    """
    found, n, last, is_fresh = np.empty((len(touches), 2)), 0, carried[0], carried[1] > 0
    for i in range(len(touches)):
        t = begin + i
        if touches[i] and is_fresh:
            found[n, 0], found[n, 1] = t, t - last if last >= 0 else np.nan
            n, last = n + 1, t
        is_fresh = leaves[i] or (is_fresh and not touches[i] and not breaks[i])
    carried[0], carried[1] = last, is_fresh
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def squeezed(width: Floats, lowest: Floats, release: float, begin: int, carried: Floats) -> Floats:
    """Return where the bands become the narrowest of their window, once a squeeze, as rows (at, bars since the last or NaN).

    `carried`, the last squeeze before bar `begin`, the narrowest since and whether the bands have let go, changes.
    """
    found, n = np.empty((len(width) // 2 + 1, 2)), 0
    last, narrowest, is_free = int(carried[0]), carried[1], carried[2] > 0
    for i in range(len(width)):
        t = begin + i
        if np.isnan(width[i]):
            continue
        narrowest = min(narrowest, width[i])
        is_free = is_free or width[i] >= release * narrowest
        if is_free and width[i] <= lowest[i]:
            found[n, 0], found[n, 1] = t, t - last if last >= 0 else np.nan
            n, last, narrowest, is_free = n + 1, t, width[i], False
    carried[0], carried[1], carried[2] = last, narrowest, is_free
    return found[:n].copy()
