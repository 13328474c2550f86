"""The formations that the new bars of a tape have completed: a kernel's rule, put to the swings of every scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.formations import NO_FORMATIONS, Formations, mirrored, upright
from crosscurrent.structure.swings import reversals_on
from crosscurrent.structure.tape import Tape

__all__ = ["formed_both_ways", "newly_formed", "travelled"]


def newly_formed(tape: Tape, scales: tuple[float, ...], find: Callable[..., Floats], *limits: Any) -> Formations:
    """Return the formations whose last swing is new to the tape, of every scale.

    `find` is a kernel. It is given the swings of a scale, the closes, how far the market comes in a bar, the ATR, the limits and the
    place of the first new swing.
    """
    turned = _turned(tape, scales)
    if not turned:
        return Formations(NO_FORMATIONS)
    market = tape.bars.close, travelled(tape), tape.atr
    return Formations(np.concatenate([find(swings, *market, *limits, first_new) for swings, first_new in turned]))


def formed_both_ways(tape: Tape, scales: tuple[float, ...], find: Callable[..., Floats], *limits: Any) -> Formations:
    """Return the new formations as `newly_formed` does, where the kernel finds tops alone, and those that it finds upside down."""
    turned = _turned(tape, scales)
    if not turned:
        return Formations(NO_FORMATIONS)
    close, inverse, way, found = tape.bars.close, _inverse(tape), travelled(tape), []
    for (swings, first_new), inverted in zip(turned, _inverted(tape, scales), strict=True):
        found.append(find(swings, close, way, tape.atr, *limits, first_new))
        bottoms = find(inverted, inverse, way, tape.atr, *limits, first_new)
        found.append(upright(bottoms) if len(bottoms) else bottoms)
    return Formations(np.concatenate(found))


def _turned(tape: Tape, scales: tuple[float, ...]) -> list[tuple[Floats, int]]:
    """Return the swings of the scales that have new ones, and the place of the first new one."""

    def compute() -> list[tuple[Floats, int]]:
        swings = [reversals_on(tape, k) for k in scales]
        return [(s, int(np.searchsorted(s[:, 0], tape.start))) for s in swings if len(s) and s[-1, 0] >= tape.start]

    return tape.once(("turned", scales), compute)


def _inverted(tape: Tape, scales: tuple[float, ...]) -> list[Floats]:
    """Return the swings of the scales that have new ones upside down."""
    return tape.once(("inverted", scales), lambda: [mirrored(swings) for swings, _ in _turned(tape, scales)])


def _inverse(tape: Tape) -> Floats:
    """Return the closes upside down, as little to be written to as the closes are: kernels are compiled for one sort of array."""

    def compute() -> Floats:
        close = -tape.bars.close
        close.flags.writeable = tape.bars.close.flags.writeable
        return close

    return tape.once("inverse", compute)


def travelled(tape: Tape, bars: int = 100) -> Floats:
    """Return how far the market comes in a bar, as of each new one: the yardstick of legs, between its range and the way its closes make.

    The geometric mean of the ATR and the mean change of the last `bars` closes, brought to the ATR's size by what it is on a walk:
    futures trade through wider bars than a walk that closes as far apart, thinly traded months through narrower ones.
    """
    return tape.once(("travelled", bars), lambda: _ways(tape.bars.close, tape.atr, bars, tape.start))


@numba.njit(cache=True, nogil=True)
def _ways(close: Floats, atr: Floats, bars: int, begin: int) -> Floats:
    """Return `travelled` from bar `begin` on, NaN before."""
    ways, total = np.full(len(close), np.nan), np.zeros(len(close) + 1)
    for t in range(len(close)):
        total[t + 1] = total[t] + abs(close[t] - close[max(t - 1, 0)])
        if t < begin:
            continue
        since = max(t + 1 - bars, 0)
        change = (total[t + 1] - total[since]) / (t + 1 - since) / 0.6
        ways[t] = np.sqrt(atr[t] * max(change, 0.6 * atr[t]))
    return ways
