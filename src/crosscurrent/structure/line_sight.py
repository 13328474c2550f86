"""Which earlier swings a new one sees, and how often price has come to the lines through both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.line_state import (
    AWAY,
    CLOSE,
    EDGE,
    FROM,
    FROM_PRICE,
    PHASE,
    REACH,
    SLOPE,
    STANDING,
    TO,
    TO_PRICE,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    UNIT,
    WALL,
    LineRules,
)

__all__ = ["SEEN", "see"]

SEEN = 16
"""How many earlier swings a new one is joined to at most."""


@kernel
def see(drawn: Floats, t: int, to: int, series: Floats, is_swing: NDArray[np.bool_], rules: LineRules) -> int:
    """Draw a line from a new swing to every earlier one that it can see; return how many.

    Walking back from the swing, the horizon is the steepest line that the bars passed so far allow; an earlier swing at or above the
    horizon is seen: no extreme between them lies beyond their line by more than `pierce`, and no close by more than `beyond`.
    """
    n, reach, steepest, longest = 0, series[REACH, to], rules.steepest * series[UNIT, t], _longest(series, to, rules)
    horizon = _near_horizon(series, to, min(rules.min_span - 1, longest))
    beneath = _rounded_down(horizon)
    for steps in range(rules.min_span, longest + 1):
        at = to - steps
        # Most bars lie beneath the horizon, swing or not.
        if series[EDGE, at] - reach < beneath * steps:
            continue
        rise = series[WALL, at] - reach
        if np.isnan(rise) or n == SEEN or horizon > steepest:
            break
        if is_swing[at]:
            slope = (reach - series[REACH, at]) / steps
            if -slope >= horizon and abs(slope) <= steepest and _carries(series, at, steps, rules):
                drawn[PHASE, n], drawn[FROM, n], drawn[FROM_PRICE, n] = STANDING, at, series[REACH, at]
                drawn[TO, n], drawn[TO_PRICE, n], drawn[SLOPE, n] = to, reach, slope
                n += _touched_and_unbroken(drawn, n, t, series, rules)
        if rise > horizon * steps:
            horizon = rise / steps
            beneath = _rounded_down(horizon)
    return n


@kernel
def _near_horizon(series: Floats, to: int, span: int) -> float:
    """Return the horizon over the bars next to a swing, where no line begins; infinite where something is unknown."""
    horizon = -np.inf
    for steps in range(1, span + 1):
        rise = series[WALL, to - steps] - series[REACH, to]
        if np.isnan(rise):
            return np.inf
        horizon = rise / steps if rise > horizon * steps else horizon
    return horizon


@kernel
def _rounded_down(slope: float) -> float:
    """Return a slope by more than its rounding less steep, so that nothing at a line of it lies beneath."""
    return slope - 1e-12 * abs(slope)


@kernel
def _longest(series: Floats, to: int, rules: LineRules) -> int:
    """Return how long a line to a swing may be: so many times as long as the stretch to its left over which it is the extreme."""
    most, step = min(to, rules.reach_back - 1), 1
    while rules.carry * step < most and series[REACH, to - step] <= series[REACH, to]:
        step += 1
    return min(most, rules.carry * step)


@kernel
def _carries(series: Floats, at: int, span: int, rules: LineRules) -> bool:
    """Whether a swing is the extreme of stretches on both sides long enough for a line from it.

    To its right a line of `span` bars is known to need no more than it covers, so nothing later than its second swing is read.
    """
    least, step, reach = -(-span // rules.carry), 1, series[REACH, at]
    while step < least <= at + 1 and series[REACH, at - step] <= reach and series[REACH, at + step] <= reach:
        step += 1
    return bool(least <= step)


@kernel
def _touched_and_unbroken(drawn: Floats, i: int, t: int, series: Floats, rules: LineRules) -> bool:
    """Count how often price came to a new line, having been away in between (its two swings count as two); False if it is broken."""
    start, to, price, slope = int(drawn[FROM, i]), int(drawn[TO, i]), drawn[FROM_PRICE, i], drawn[SLOPE, i]
    touches, touched, away = 1, start, 0.0
    for s in range(start + 1, t + 1):
        value, unit = price + slope * (s - start), series[UNIT, s]
        distance = value - series[CLOSE, s]
        if -distance > rules.beyond * unit:
            return False
        # Chosen between values instead of branches: whether price comes near or goes further is a coin toss, and a wrong guess costs more.
        is_near, farthest = series[REACH, s] >= value - rules.tolerance * unit, max(away, distance / unit)
        touches += is_near and away >= rules.away
        touched = s if is_near else touched
        away = 0.0 if is_near else farthest
        if s == to:
            touches = max(touches, 2)
    drawn[TOUCHED, i], drawn[TOUCHED_PRICE, i] = touched, series[REACH, touched]
    drawn[TOUCHES, i], drawn[AWAY, i] = touches, away
    return True
