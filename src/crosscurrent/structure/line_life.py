"""What happens to a line after it is drawn: touches, the break, and what follows the break."""

from __future__ import annotations

import numba

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, FAILED
from crosscurrent.structure.line_state import (
    AWAY,
    BREAK,
    BROKEN,
    BROKEN_AT,
    BROKEN_BY_CLOSE,
    DRIFTED,
    FADED,
    FAILED_BREAK,
    FREE,
    FROM,
    LINE,
    NO_RULE,
    PHASE,
    RETEST,
    STANDING,
    TOUCH,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    LineRules,
    line_value,
    record,
)

__all__ = ["follow_line", "is_quiet"]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def is_quiet(
    lines: Floats, slot: int, t: int, reach: float, far: float, close: float, unit: float, rules: LineRules
) -> bool:
    """Whether nothing happens at a line on this bar, as on most; then only how far price has been away is kept."""
    value = line_value(lines, slot, t)
    if lines[slot, PHASE] == STANDING:
        distance, near = value - close, value - reach
        waited = t - lines[slot, TOUCHED]
        is_stale = waited > rules.patience and waited > 2 * (lines[slot, TOUCHED] - lines[slot, FROM])
        quiet = near > rules.tolerance * unit and distance <= rules.drift * unit and not is_stale
    else:
        distance, near = close - value, far - value
        quiet = distance >= 0 and near > rules.tolerance * unit and t - lines[slot, BROKEN_AT] < rules.watch
    if quiet and distance > lines[slot, AWAY] * unit:
        lines[slot, AWAY] = distance / unit
    return quiet


@numba.njit(cache=True, nogil=True)
def follow_line(
    events: Floats, n: int, lines: Floats, slot: int, t: int, reach: float, far: float, close: float, unit: float, rules: LineRules
) -> int:  # fmt: skip
    """Carry a line over a bar on which something happens to it; return the number of events."""
    value = line_value(lines, slot, t)
    if lines[slot, PHASE] == BROKEN:
        return _watch(events, n, lines, slot, t, far - value, close - value, unit, rules)
    if close - value > rules.beyond * unit:
        return _break(events, n, lines, slot, t, close - value, unit)
    if reach >= value - rules.tolerance * unit:
        return _touch(events, n, lines, slot, t, reach, rules)
    n = record(events, n, lines, slot, t, LINE, EXPIRED, 1, DRIFTED if value - close > rules.drift * unit else FADED)
    lines[slot, PHASE] = FREE
    return n


@numba.njit(cache=True, nogil=True)
def _touch(events: Floats, n: int, lines: Floats, slot: int, t: int, reach: float, rules: LineRules) -> int:
    """Count a touch if price had been away, and tell a return from an excursion as a retest of an unbroken line."""
    if lines[slot, AWAY] >= rules.away:
        lines[slot, TOUCHES] += 1
        n = record(events, n, lines, slot, t, TOUCH, CONFIRMED, 1, NO_RULE)
    if lines[slot, AWAY] >= rules.excursion:
        n = record(events, n, lines, slot, t, RETEST, CONFIRMED, 1, NO_RULE)
    lines[slot, TOUCHED], lines[slot, TOUCHED_PRICE], lines[slot, AWAY] = t, reach, 0
    return n


@numba.njit(cache=True, nogil=True)
def _break(events: Floats, n: int, lines: Floats, slot: int, t: int, beyond: float, unit: float) -> int:
    """End a line by a close beyond it; from now on only what follows the break is watched."""
    n = record(events, n, lines, slot, t, LINE, FAILED, -1, BROKEN_BY_CLOSE)
    n = record(events, n, lines, slot, t, BREAK, CONFIRMED, -1, NO_RULE)
    lines[slot, PHASE], lines[slot, BROKEN_AT], lines[slot, AWAY] = BROKEN, t, beyond / unit
    return n


@numba.njit(cache=True, nogil=True)
def _watch(
    events: Floats, n: int, lines: Floats, slot: int, t: int, near: float, beyond: float, unit: float, rules: LineRules
) -> int:  # fmt: skip
    """Watch a broken line: a close back inside soon fails the break, a return from beyond that holds is a retest."""
    since = t - lines[slot, BROKEN_AT]
    if beyond < 0:
        if since <= rules.failed_within:
            n = record(events, n, lines, slot, t, FAILED_BREAK, CONFIRMED, 1, NO_RULE)
        lines[slot, PHASE] = FREE
        return n
    if near <= rules.tolerance * unit and lines[slot, AWAY] >= rules.away:
        n = record(events, n, lines, slot, t, RETEST, CONFIRMED, -1, NO_RULE)
        lines[slot, AWAY] = 0
    lines[slot, AWAY] = max(lines[slot, AWAY], beyond / unit)
    if since >= rules.watch:
        lines[slot, PHASE] = FREE
    return n
