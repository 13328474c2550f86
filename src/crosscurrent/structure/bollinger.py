"""Bollinger bands: touched, left behind, drawn together."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, NEUTRAL, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.indicators.extremes import rolling_low
from crosscurrent.indicators.volatility import bandwidth, bollinger
from crosscurrent.structure.curves import HAIR, hair_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.tape import State, Tape

__all__ = ["BollingerBands"]

BREAK, SQUEEZE, TOUCH = range(3)
NOT_SQUEEZED, NOT_VISITED = (-1.0, np.inf, 1.0), (-1.0, 1.0)
"""What is carried into the first bar: the last squeeze, the narrowest since and whether the bands have let go; of each band the last
touch told, and whether a new one may be."""


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
        return FactTable.from_rows(self.layout, tape.resumed(("bollinger", self), self._nothing_yet, self._go_on))

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
        return np.array(NOT_SQUEEZED), np.full(2, -1.0), np.array([NOT_VISITED] * 2)

    def _go_on(self, tape: Tape, carried: State) -> tuple[Floats, State]:
        """Return the fact rows of the new bars."""
        bars, (upper, middle, lower, width) = tape.bars, self._bands(tape)
        seen = max(tape.start - self.window + 1, 0)
        lowest = rolling_low(width[seen:], self.window)[tape.start - seen :]
        told = told_of_bands(
            bars.high, bars.low, bars.close, tape.atr, upper, middle, lower, width, lowest, self.release, tape.start, *carried
        )  # fmt: skip
        return told, carried


WIDTH = BollingerBands.layout.width
"""Numbers in a fact row."""


@numba.njit(cache=True, nogil=True)
def told_of_bands(
    high: Floats, low: Floats, close: Floats, atr: Floats, upper: Floats, middle: Floats, lower: Floats, width: Floats,
    lowest: Floats, release: float, begin: int, squeeze: Floats, outside: Floats, visits: Floats,
) -> Floats:  # fmt: skip
    """Return the fact rows of squeezes, closes outside and touches from bar `begin` on.

    `lowest` is the narrowest width of the window at each of those bars. What was known before changes: of the squeeze, of the last close
    outside each band, and of the visits to it.
    """
    rows, n = np.empty((16, WIDTH)), 0
    for t in range(begin, len(close)):
        first, is_told = n, not np.isnan(width[t])
        if n + 3 > len(rows):
            rows = grown(rows)
        if is_told and _is_squeezed(squeeze, width[t], lowest[t - begin], release):
            n = _write(rows, n, t, SQUEEZE, NEUTRAL, squeeze[0])
            squeeze[0] = t
        for place in range(2):
            side, band, extreme = (1, upper[t], high[t]) if place == 0 else (-1, lower[t], low[t])
            is_outside = is_told and (close[t] - band) * side > 0
            touches = is_told and (extreme - band) * side >= 0 and not is_outside
            if is_outside and outside[place] != t - 1:
                n = _write(rows, n, t, BREAK, side, outside[place])
            if touches and visits[place, 1] > 0:
                n = _write(rows, n, t, TOUCH, -side, visits[place, 0])
                visits[place, 0] = t
            outside[place] = t if is_outside else outside[place]
            leaves = (close[t] - middle[t]) * side <= 0
            visits[place, 1] = leaves or (visits[place, 1] > 0 and not touches and not is_outside)
        for i in range(first, n):
            _complete(rows[i], close[t], upper[t], middle[t], lower[t], width[t], atr[t])
    return rows[:n].copy()


@kernel
def _is_squeezed(squeeze: Floats, width: float, lowest: float, release: float) -> bool:
    """Whether the bands have let go since the last squeeze and are now the narrowest of their window; what is carried changes."""
    squeeze[1] = min(squeeze[1], width)
    is_free = squeeze[2] > 0 or width >= release * squeeze[1]
    is_squeezed = is_free and width <= lowest
    squeeze[1] = width if is_squeezed else squeeze[1]
    squeeze[2] = is_free and not is_squeezed
    return bool(is_squeezed)


@kernel
def _write(rows: Floats, n: int, at: int, kind: int, direction: int, last: float) -> int:
    """Write what happened and how long after the last such, if there was one; return how many rows there are."""
    row = rows[n]
    row[0], row[1], row[2], row[3], row[4], row[5] = at, kind, CONFIRMED, direction, NO_STRICTNESS, -1
    row[HEAD + 5] = at - last if last >= 0 else np.nan
    return n + 1


@kernel
def _complete(row: Floats, close: float, upper: float, middle: float, lower: float, width: float, atr: float) -> None:
    """Write the bands at a bar, their distance in ATR where there is one, and the close as anchor."""
    row[HEAD], row[HEAD + 1], row[HEAD + 2], row[HEAD + 3] = close, upper, middle, lower
    row[HEAD + 4] = width / atr if atr > HAIR * abs(width) else np.nan
    row[WIDTH - 2], row[WIDTH - 1] = row[0], close
