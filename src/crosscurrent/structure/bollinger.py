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
from crosscurrent.structure.tape import Tape

__all__ = ["BollingerBands"]

BREAK, SQUEEZE, TOUCH = range(3)


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
        close = tape.bars.close
        upper, middle, lower = bollinger(close, self.length, self.deviations, self.deviations)
        width = bandwidth(upper, lower)
        # A deviation below a millionth of the price is what the running sums behind it have left over.
        width = np.where(width > 1e3 * hair_on(tape), width, np.nan)
        parts = [(tape.since(squeezed(width, rolling_low(width, self.window), self.release)), SQUEEZE, NEUTRAL)]
        for side, band, extreme in ((1, upper, tape.bars.high), (-1, lower, tape.bars.low)):
            outside = ~np.isnan(width) & ((close - band) * side > 0)
            reached = ~np.isnan(width) & ((extreme - band) * side >= 0)
            parts.append((tape.since(first_of_each(outside)), BREAK, side))
            visits = first_visits(reached & ~outside, outside, (close - middle) * side <= 0)
            parts.append((tape.since(visits), TOUCH, -side))
        at, since = np.concatenate([rows for rows, _, _ in parts]).T
        kind, direction = (
            np.repeat(codes, [len(rows) for rows, _, _ in parts]) for codes in list(zip(*parts, strict=True))[1:]
        )
        at = at.astype(np.int64)
        return FactTable.of(
            self.layout, at, kind, direction, anchors=((at, close[at]),), close=close[at], upper=upper[at],
            middle=middle[at], lower=lower[at], bandwidth_atr=in_atr(width, tape.atr)[at], sessions_since=since,
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def first_of_each(happens: NDArray[np.bool_]) -> Floats:
    """Return where something happens that did not at the bar before, as rows (at, bars since it last did or NaN)."""
    found, n, last = np.empty((len(happens) // 2 + 1, 2)), 0, -1
    for t in range(len(happens)):
        if not happens[t]:
            continue
        if last < 0 or t - last > 1:
            found[n, 0], found[n, 1] = t, t - last if last >= 0 else np.nan
            n += 1
        last = t
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def first_visits(touches: NDArray[np.bool_], breaks: NDArray[np.bool_], leaves: NDArray[np.bool_]) -> Floats:
    """Return the first touch of each visit that no break came before, as rows (at, bars since the last such or NaN)."""
    found, n, last = np.empty((len(touches), 2)), 0, -1
    is_fresh = True
    for t in range(len(touches)):
        if touches[t] and is_fresh:
            found[n, 0], found[n, 1] = t, t - last if last >= 0 else np.nan
            n, last = n + 1, t
        is_fresh = leaves[t] or (is_fresh and not touches[t] and not breaks[t])
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def squeezed(width: Floats, lowest: Floats, release: float) -> Floats:
    """Return where the bands become the narrowest of their window, once a squeeze, as rows (at, bars since the last or NaN)."""
    found, n, narrowest = np.empty((len(width) // 2 + 1, 2)), 0, np.inf
    is_free, last = True, -1
    for t in range(len(width)):
        if np.isnan(width[t]):
            continue
        narrowest = min(narrowest, width[t])
        is_free = is_free or width[t] >= release * narrowest
        if is_free and width[t] <= lowest[t]:
            found[n, 0], found[n, 1] = t, t - last if last >= 0 else np.nan
            n, last, narrowest, is_free = n + 1, t, width[t], False
    return found[:n].copy()
