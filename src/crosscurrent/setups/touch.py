"""How likely a price is to be touched: the market's own past moves, measured by how much it moved then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import erf, sqrt

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.tape import Tape

__all__ = ["WEEK", "Touch"]

WEEK = 5
"""Sessions of a week."""
RANGE_OF_WALK = 1.596
"""The expected range of a Brownian day in its standard deviations, sqrt(8 / pi): what an ATR is made of."""


@dataclass(frozen=True, eq=False)
class Touch:
    r"""Touch probabilities from the last close: how often the market has come so far, in ATR, from where it then stood.

        close ----.      ______ price     touched within h sessions when the highest high of the next h bars (the lowest low, for a
                   \    /                 price below) reaches it. For each past close that excursion is divided by the ATR of that
                    \__/                  close; the share of them at least as far as the price now is, in today's ATR, is the answer.

    So it takes the market's drift, gaps and fat tails as they were, and its volatility as it is. Walk-forward on the markets we know
    it is calibrated to within three points in every tenth (`benchmarks/touch_calibration.py`). Under `least` past closes the
    reflection principle of a driftless walk stands in: 2 (1 - Phi(d / (s sqrt(h)))), with s the ATR over the expected range of a
    walk's day.

    Parameters
    ----------
    tape
        Prices free of roll gaps.
    memory
        How many past closes count: about five years.
    least
        Under so many the walk stands in.

    References
    ----------
    Feller, An Introduction to Probability Theory, vol. 1, ch. III, for the reflection principle. Parkinson (1980) for the range.
    """

    tape: Tape
    memory: int = 1250
    least: int = 250

    @cached_property
    def unit(self) -> float:
        """Today's ATR."""
        return float(self.tape.atr[-1])

    def within(self, distances: Floats, sessions: int) -> Floats:
        """Return for each distance from the last close (above zero upward) the probability that it is touched within so many sessions."""
        d = np.asarray(distances, float) / self.unit
        up, down = (self._excursions(side, sessions) for side in (1, -1))
        return np.where(d >= 0, self._share(up, np.abs(d), sessions), self._share(down, np.abs(d), sessions))

    def closes_beyond(self, distances: Floats, is_above: np.ndarray) -> Floats:
        """Return for each distance the probability that the next close lies beyond it, on the side that `is_above` says."""
        d, sign = np.asarray(distances, float) / self.unit, np.where(is_above, 1.0, -1.0)
        moves = self._kept(np.diff(self.tape.bars.close) / self._units[:-1])
        if len(moves) < self.least:
            return _normal_tail(sign * d * RANGE_OF_WALK)
        ordered = np.sort(moves)
        below = np.searchsorted(ordered, d, side="left")
        share = np.where(is_above, len(ordered) - below, below)
        return np.asarray((share + 0.5) / (len(ordered) + 1))

    @cached_property
    def _units(self) -> Floats:
        atr = self.tape.atr
        return np.where(atr > 0, atr, np.nan)

    def _kept(self, moves: Floats) -> Floats:
        recent = moves[-self.memory :]
        return np.asarray(recent[np.isfinite(recent)])

    def _excursions(self, side: int, sessions: int) -> Floats:
        """Return how far the market came on a side within so many sessions of each past close, in the ATR of that close, ascending."""
        bars = self.tape.bars
        if len(bars) <= sessions:
            return np.empty(0)
        reach = bars.high if side > 0 else -bars.low
        furthest = np.lib.stride_tricks.sliding_window_view(reach[1:], sessions).max(axis=1)
        start = len(furthest)
        return np.sort(self._kept((furthest - side * bars.close[:start]) / self._units[:start]))

    def _share(self, excursions: Floats, d: Floats, sessions: int) -> Floats:
        if len(excursions) < self.least:
            return np.minimum(2 * _normal_tail(d * RANGE_OF_WALK / sqrt(sessions)), 1.0)
        reached = len(excursions) - np.searchsorted(excursions, d, side="left")
        return np.asarray((reached + 0.5) / (len(excursions) + 1))


def _normal_tail(z: Floats) -> Floats:
    return np.array([0.5 * (1 - erf(x / sqrt(2))) for x in np.atleast_1d(z)])
