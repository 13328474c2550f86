"""The indicator curves that several detectors read, each computed once a tape."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.table import grown
from crosscurrent.indicators.averages import average
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.structure.tape import State, Tape

__all__ = [
    "HAIR", "average_on", "crossings", "hair_on", "in_atr", "macd_on", "measured", "measured_rsi", "nothing_crossed", "rsi_on",
]  # fmt: skip

HAIR = 1e-12
"""An ATR of at most this share of a distance is nothing but rounding."""


def average_on(tape: Tape, length: int, is_exponential: bool = False) -> Floats:
    """Return a moving average of the tape's closes."""
    name = "ema" if is_exponential else "sma"
    return tape.once((name, length), lambda: average(tape.bars.close, length, is_exponential))


def rsi_on(tape: Tape, length: int = 14) -> Floats:
    """Return Wilder's RSI of the tape's closes."""
    return tape.once(("rsi", length), lambda: rsi(tape.bars.close, length))


def measured_rsi(tape: Tape, length: int = 14) -> Floats:
    """Return the RSI as far as the market moves at all, as `measured` has it."""
    return tape.once(("measured rsi", length), lambda: measured(tape, rsi_on(tape, length)))


def macd_on(tape: Tape, fast: int = 12, slow: int = 26, signal: int = 9) -> tuple[Floats, Floats, Floats]:
    """Return MACD line, signal line and histogram of the tape's closes."""
    return tape.once(("macd", fast, slow, signal), lambda: macd(tape.bars.close, fast, slow, signal))


def hair_on(tape: Tape) -> Floats:
    """Return the width of what is only rounding, in price: a billionth of the close.

    A flat market's average differs from its price in the last digits, and such a difference must not be told as a cross.
    """
    return tape.once("hair", lambda: _hair(tape.bars.close))


def _hair(close: Floats) -> Floats:
    hair: Floats = 1e-9 * np.abs(close)
    return hair


def measured(tape: Tape, curve: Floats, first: int = 0) -> Floats:
    """Return a curve from a bar on, NaN wherever the ATR is nothing but rounding: in a dead market an oscillator says nothing."""
    alive: Floats = np.where(tape.atr[first:] > hair_on(tape)[first:], curve[first:], np.nan)
    return alive


def in_atr(distance: Floats, atr: Floats) -> Floats:
    """Return a distance in ATR, NaN where there is no ATR or it is nothing but rounding."""
    multiple: Floats = np.full(len(distance), np.nan)
    np.divide(distance, atr, out=multiple, where=atr > HAIR * np.abs(distance))
    return multiple


NO_CROSSING = (0, 0, -1, -1)
"""What `crossings` carries into the first bar: the side, since when, and the last bars above and below."""


def nothing_crossed(count: int = 1) -> State:
    """Return what the crossings of so many curves carry into the first bar, a row each."""
    return (np.array([NO_CROSSING] * count),)


@numba.njit(cache=True, nogil=True)
def crossings(gap: Floats, hair: Floats, begin: int, carried: NDArray[np.int64]) -> Floats:
    """Return where a gap changes its sign, as rows (at, side, bars since it last had that side or NaN, bars spent on the other).

    A gap no wider than its hair has no side: what touches zero and turns back has not crossed. NaN is passed over. The gap is that of
    bar `begin` and those after it; `carried` is what was known before, and changes.
    """
    found, n = np.empty((16, 4)), 0
    side, since, last_above, last_below = carried
    for t in range(begin, begin + len(gap)):
        if not abs(gap[t - begin]) > hair[t - begin]:
            continue
        now = 1 if gap[t - begin] > 0 else -1
        if side != 0 and now != side:
            if n == len(found):
                found = grown(found)
            last = last_above if now > 0 else last_below
            found[n, 0], found[n, 1], found[n, 3] = t, now, t - since
            found[n, 2] = t - last if last >= 0 else np.nan
            n += 1
        if now != side:
            since = t
        if now > 0:
            last_above = t
        else:
            last_below = t
        side = now
    carried[0], carried[1], carried[2], carried[3] = side, since, last_above, last_below
    return found[:n].copy()
