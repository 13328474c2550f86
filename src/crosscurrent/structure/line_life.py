"""What happens to a line after it is drawn: touches, the break, and what follows the break."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, FAILED
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.line_state import (
    AWAY,
    BREAK,
    BROKEN,
    BROKEN_AT,
    BROKEN_BY_CLOSE,
    CLOSE,
    DRIFTED,
    FADED,
    FAILED_BREAK,
    FAR,
    FREE,
    FROM,
    FROM_PRICE,
    LINE,
    NO_RULE,
    PHASE,
    REACH,
    RETEST,
    SLOPE,
    STANDING,
    TOUCH,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    UNIT,
    LineRules,
    line_value,
    record,
)

__all__ = ["follow_line", "quiet_until"]


@kernel
def quiet_until(lines: Floats, slot: int, begin: int, series: Floats, rules: LineRules) -> int:
    """Return the first bar from `begin` on at which something happens to a line, keeping how far price has been away until then.

    Most bars are quiet, so they are passed in one stretch. A broken line is watched from its other side.
    """
    if lines[PHASE, slot] == FREE:
        return int(series.shape[1])
    price, slope, start, away = lines[FROM_PRICE, slot], lines[SLOPE, slot], lines[FROM, slot], lines[AWAY, slot]
    stands = lines[PHASE, slot] == STANDING
    side, least, most = (1.0, -np.inf, rules.drift) if stands else (-1.0, 0.0, np.inf)
    t, end = begin, min(series.shape[1], _ends_at(lines, slot, rules))
    while t < end:
        unit, value = series[UNIT, t], price + slope * (t - start)
        distance, near = side * (value - series[CLOSE, t]), side * (value - series[REACH if stands else FAR, t])
        if unit > 0:
            if not (near > rules.tolerance * unit and least <= distance <= most * unit):
                break
            away = max(away, distance / unit)
        t += 1
    lines[AWAY, slot] = away
    return t


@kernel
def _ends_at(lines: Floats, slot: int, rules: LineRules) -> int:
    """Return the bar at which a line ends if nothing happens before."""
    if lines[PHASE, slot] == BROKEN:
        return int(lines[BROKEN_AT, slot]) + rules.watch
    span = int(lines[TOUCHED, slot] - lines[FROM, slot])
    return int(lines[TOUCHED, slot]) + max(rules.patience, 2 * span) + 1


@kernel
def follow_line(events: Floats, n: int, lines: Floats, slot: int, t: int, series: Floats, rules: LineRules) -> int:
    """Carry a line over a bar on which something happens to it; return the number of events."""
    value, unit, reach, close = line_value(lines, slot, t), series[UNIT, t], series[REACH, t], series[CLOSE, t]
    if lines[PHASE, slot] == BROKEN:
        return _watch(events, n, lines, slot, t, series[FAR, t] - value, close - value, unit, rules)
    if close - value > rules.beyond * unit:
        return _break(events, n, lines, slot, t, close - value, unit)
    if reach >= value - rules.tolerance * unit:
        return _touch(events, n, lines, slot, t, reach, rules)
    n = record(events, n, lines, slot, t, LINE, EXPIRED, 1, DRIFTED if value - close > rules.drift * unit else FADED)
    lines[PHASE, slot] = FREE
    return n


@kernel
def _touch(events: Floats, n: int, lines: Floats, slot: int, t: int, reach: float, rules: LineRules) -> int:
    """Count a touch if price had been away, and tell a return from an excursion as a retest of an unbroken line."""
    if lines[AWAY, slot] >= rules.away:
        lines[TOUCHES, slot] += 1
        n = record(events, n, lines, slot, t, TOUCH, CONFIRMED, 1, NO_RULE)
    if lines[AWAY, slot] >= rules.excursion:
        n = record(events, n, lines, slot, t, RETEST, CONFIRMED, 1, NO_RULE)
    lines[TOUCHED, slot], lines[TOUCHED_PRICE, slot], lines[AWAY, slot] = t, reach, 0
    return n


@kernel
def _break(events: Floats, n: int, lines: Floats, slot: int, t: int, beyond: float, unit: float) -> int:
    """End a line by a close beyond it; from now on only what follows the break is watched."""
    n = record(events, n, lines, slot, t, LINE, FAILED, -1, BROKEN_BY_CLOSE)
    n = record(events, n, lines, slot, t, BREAK, CONFIRMED, -1, NO_RULE)
    lines[PHASE, slot], lines[BROKEN_AT, slot], lines[AWAY, slot] = BROKEN, t, beyond / unit
    return n


@kernel
def _watch(
    events: Floats, n: int, lines: Floats, slot: int, t: int, near: float, beyond: float, unit: float, rules: LineRules
) -> int:  # fmt: skip
    """Watch a broken line: a close back inside soon fails the break, a return from beyond that holds is a retest."""
    since = t - lines[BROKEN_AT, slot]
    if beyond < 0:
        if since <= rules.failed_within:
            n = record(events, n, lines, slot, t, FAILED_BREAK, CONFIRMED, 1, NO_RULE)
        lines[PHASE, slot] = FREE
        return n
    if near <= rules.tolerance * unit and lines[AWAY, slot] >= rules.away:
        n = record(events, n, lines, slot, t, RETEST, CONFIRMED, -1, NO_RULE)
        lines[AWAY, slot] = 0
    lines[AWAY, slot] = max(lines[AWAY, slot], beyond / unit)
    if since >= rules.watch:
        lines[PHASE, slot] = FREE
    return n
