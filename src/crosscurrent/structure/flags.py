"""Bull and bear flags, and pennants."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.formations import ATR, WIDTH, Formations, measured, noted, sound
from crosscurrent.structure.new_formations import newly_formed
from crosscurrent.structure.pattern_facts import TRIGGER
from crosscurrent.structure.patterns import Patterns, Plan, pattern_layout
from crosscurrent.structure.quality import log_odds
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.two_lines import boundaries, fitted

__all__ = ["Flags"]

BULL_FLAG, BEAR_FLAG, PENNANT = range(3)
SCALES = (1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Flags(Patterns):
    r"""Find flags and pennants: a pause after a steep move, before the rest of it.

             /\                   A pole, steep and straight, then two lines that drift against it:
            /  \/\  /             parallel in a flag, meeting in a pennant.
           /      \/
          / pole                  Confirmed by a close outside in the direction of the pole;
         /                        a first close on the other side invalidates it.

    Known at the close that breaks a line; before that it is only forming. Target: the pole's height from the break.

    Parameters
    ----------
    least_odds
        How unlike a random walk's the formation must be, in log odds: `quality.log_odds`, and the pole's own.
    min_bars
        From the pole's end to the break: one week.
    max_bars
        From the pole's end to the last touch: less than four weeks.
    steep
        The least rise of the pole, in ATR a bar.
    retraced
        How much of the pole the pause may take back, and how high it may be, as a share of the pole.
    parallel
        By what share the width of a flag may narrow or widen from first to last touch.
    narrowing
        By what share the width of a pennant must narrow, its highs falling and its lows rising.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 11: four weeks at most. Bulkowski, Encyclopedia of Chart Patterns.
    """

    least_odds: float = 4.0
    min_bars: int = 5
    max_bars: int = 20
    steep: float = 0.5
    retraced: float = 0.5
    parallel: float = 0.35
    narrowing: float = 0.2

    layout = pattern_layout("bull_flag", "bear_flag", "pennant")
    mirror = {"bull_flag": "bear_flag", "bear_flag": "bull_flag"}
    phrases = {
        "bull_flag": "a bull flag, its trigger at {trigger} and its target at {target}",
        "bear_flag": "a bear flag, its trigger at {trigger} and its target at {target}",
        "pennant": "a pennant, its trigger at {trigger} and its target at {target}",
    }

    def formations(self, tape: Tape) -> Formations:
        """Return the new pauses after poles at every scale."""
        return newly_formed(tape, SCALES, pauses, self.max_bars)

    def plan(self, found: Formations) -> Plan:
        """Name those whose pole is steep, whose pause is small and whose lines drift against the pole."""
        side, pole, pole_bars = self._pole(found)
        upper, lower = found.moves()
        is_pause = (found.span() <= self.retraced * pole) & (pole >= self.steep * pole_bars * found.atr)
        narrowed = lower - upper
        drifts = np.where(side > 0, upper, -lower) <= 0.0
        is_flag = is_pause & drifts & (np.abs(narrowed) <= self.parallel)
        is_pennant = is_pause & (upper <= 0.0) & (lower >= 0.0) & (narrowed >= self.narrowing)
        kind = np.where(is_pennant, PENNANT, np.where(is_flag, np.where(side > 0, BULL_FLAG, BEAR_FLAG), -1))
        return Plan(kind, side.astype(np.int64))

    def odds(self, found: Formations) -> Floats:
        """Return the pause's log odds and those of its pole: how far beyond the pause's height, and how steep."""
        _, pole, pole_bars = self._pole(found)
        pace = pole / found.atr / np.sqrt(np.maximum(pole_bars, 1.0))
        return np.asarray(log_odds(found.rows) + 4.0 * np.log(pole / found.height) + 4.0 * np.log(pace))

    def target(self, found: Formations, side: Floats, facts: Floats) -> Floats:
        """Return the pole's height, measured from the break."""
        return facts[:, TRIGGER] + side * self._pole(found)[1]

    @staticmethod
    def _pole(found: Formations) -> tuple[Floats, Floats, Floats]:
        """Return direction, height and bars of the leg that ends at the first touch."""
        rise = found.price(0) - found.price(-1)
        return np.sign(rise), np.abs(rise), found.at(0) - found.at(-1)


@numba.njit(cache=True, nogil=True)
def pauses(swings: Floats, close: Floats, way: Floats, atr: Floats, max_bars: int, first_new: int) -> Floats:
    """Return the formations of four to six touches that start where a leg at least twice their height ends, from the first new one on."""
    found, n = np.empty((3 * (len(swings) - first_new) + 1, WIDTH)), 0
    for last in range(max(4, first_new), len(swings)):
        for count in range(4, min(6, last) + 1):
            first = last - count + 1
            if swings[last, 1] - swings[first, 1] >= max_bars:
                break
            pole = abs(swings[first, 2] - swings[first - 1, 2])
            if pole < 2 * abs(swings[first + 1, 2] - swings[first, 2]):
                continue
            upper, lower = boundaries(swings, first, last)
            if fitted(swings, first, last, upper, lower, atr, found[n]) and sound(
                close, found[n], 0.25 * found[n, ATR]
            ):
                measured(swings[first : last + 1], 0, way, found[n])
                noted(swings, first, last, found[n])
                n += 1
    return found[:n].copy()
