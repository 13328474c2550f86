"""The indicator curves that several detectors read, each computed once a tape."""

from __future__ import annotations

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.indicators.averages import average
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.structure.tape import Tape

__all__ = ["average_on", "crossings", "hair_on", "in_atr", "macd_on", "measured", "rsi_on"]


def average_on(tape: Tape, length: int, is_exponential: bool = False) -> Floats:
    """Return a moving average of the tape's closes."""
    name = "ema" if is_exponential else "sma"
    return tape.once((name, length), lambda: average(tape.bars.close, length, is_exponential))


def rsi_on(tape: Tape, length: int = 14) -> Floats:
    """Return Wilder's RSI of the tape's closes."""
    return tape.once(("rsi", length), lambda: rsi(tape.bars.close, length))


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


def measured(tape: Tape, curve: Floats) -> Floats:
    """Return a curve with NaN wherever the ATR is nothing but rounding: in a dead market an oscillator says nothing."""
    alive: Floats = np.where(tape.atr > hair_on(tape), curve, np.nan)
    return alive


def in_atr(distance: Floats, atr: Floats) -> Floats:
    """Return a distance in ATR, NaN where there is no ATR or it is nothing but rounding."""
    multiple: Floats = np.full(len(distance), np.nan)
    np.divide(distance, atr, out=multiple, where=atr > 1e-12 * np.abs(distance))
    return multiple


@numba.njit(cache=True, nogil=True)
def crossings(gap: Floats, hair: Floats) -> Floats:
    """Return where a gap changes its sign, as rows (at, side, bars since it last had that side or NaN, bars spent on the other).

    A gap no wider than its hair has no side: what touches zero and turns back has not crossed. NaN is passed over.
    """
    found, n = np.empty((64, 4)), 0
    side, since, last_above, last_below = 0, 0, -1, -1
    for t in range(len(gap)):
        if not abs(gap[t]) > hair[t]:
            continue
        now = 1 if gap[t] > 0 else -1
        if side != 0 and now != side:
            if n == len(found):
                more = np.empty((2 * n, 4))
                more[:n] = found
                found = more
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
    return found[:n].copy()
