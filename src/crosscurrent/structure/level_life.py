"""What happens to a level after it is found: touches, bounces, breaks, changes of role."""

from __future__ import annotations

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.level_state import (
    AWAY,
    BOUNCE,
    BOUNCES,
    BREAK,
    BREAKS,
    BROKEN_AT,
    CROSSED,
    DRIFTED,
    FADED,
    FAILED_BREAK,
    FLIP,
    FLIPS,
    HALF,
    IS_STANDING,
    IS_TOUCHED,
    LEVEL,
    MIDDLE,
    NO_RULE,
    SIDE,
    TOUCH,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    WORN,
    LevelRules,
    record,
)

__all__ = ["follow_level", "is_quiet"]


@kernel
def is_quiet(
    levels: Floats, slot: int, t: int, high: float, low: float, close: float, unit: float, rules: LevelRules
) -> bool:
    """Whether nothing happens at a level on this bar, as on most; then only whether price has been away is kept."""
    middle, side = levels[slot, MIDDLE], levels[slot, SIDE]
    near = (low - middle if side > 0 else middle - high) - levels[slot, HALF]
    distance = side * (close - middle) - levels[slot, HALF]
    bounces = levels[slot, IS_TOUCHED] > 0 and distance >= rules.away * unit
    if near <= 0 or bounces or distance > rules.drift * unit or t - levels[slot, TOUCHED] > rules.patience:
        return False
    # Once price has been away for a touch to count anew, how far it goes makes no difference.
    if levels[slot, AWAY] < rules.away and distance > levels[slot, AWAY] * unit:
        levels[slot, AWAY] = distance / unit
    return True


@kernel
def follow_level(
    events: Floats, n: int, levels: Floats, slot: int, t: int, high: float, low: float, close: float, unit: float, rules: LevelRules
) -> int:  # fmt: skip
    """Carry a level over a bar on which something happens to it; return the number of events."""
    side, half, broken_at = levels[slot, SIDE], levels[slot, HALF], levels[slot, BROKEN_AT]
    extreme = low if side > 0 else high
    near, distance = side * (extreme - levels[slot, MIDDLE]), side * (close - levels[slot, MIDDLE])
    fails = broken_at >= 0 and t - broken_at <= rules.failed_within and distance < 0
    if fails or distance < -half - rules.beyond * unit:
        return _cross(events, n, levels, slot, t, fails, rules)
    if near <= half:
        n = _touch(events, n, levels, slot, t, extreme, rules)
    if distance - half >= rules.away * unit:
        levels[slot, AWAY] = (distance - half) / unit
        if levels[slot, IS_TOUCHED] > 0:
            return _bounce(events, n, levels, slot, t)
    drifted = distance - half > rules.drift * unit
    if drifted or t - levels[slot, TOUCHED] > rules.patience:
        n = record(events, n, levels, slot, t, LEVEL, EXPIRED, DRIFTED if drifted else FADED)
        levels[slot, IS_STANDING] = 0
    return n


@kernel
def _touch(events: Floats, n: int, levels: Floats, slot: int, t: int, extreme: float, rules: LevelRules) -> int:
    """Count a touch if price had been away."""
    if levels[slot, AWAY] >= rules.away:
        levels[slot, TOUCHES] += 1
        levels[slot, IS_TOUCHED] = 1
        n = record(events, n, levels, slot, t, TOUCH, CONFIRMED, NO_RULE)
    levels[slot, TOUCHED], levels[slot, TOUCHED_PRICE], levels[slot, AWAY] = t, extreme, 0
    return n


@kernel
def _cross(events: Floats, n: int, levels: Floats, slot: int, t: int, fails: bool, rules: LevelRules) -> int:
    """Let price pass a level: a break, or soon after one the failure of that break; crossed too often, the level ends."""
    levels[slot, SIDE] = -levels[slot, SIDE]
    levels[slot, CROSSED] += 1
    levels[slot, BREAKS] += not fails
    n = record(events, n, levels, slot, t, FAILED_BREAK if fails else BREAK, CONFIRMED, NO_RULE)
    levels[slot, BROKEN_AT] = -1 if fails else t
    levels[slot, IS_TOUCHED], levels[slot, AWAY] = 0, 0
    if levels[slot, CROSSED] >= rules.worn:
        n = record(events, n, levels, slot, t, LEVEL, EXPIRED, WORN)
        levels[slot, IS_STANDING] = 0
    return n


@kernel
def _bounce(events: Floats, n: int, levels: Floats, slot: int, t: int) -> int:
    """Count a bounce; the first on the other side of a broken level is its change of role."""
    levels[slot, BOUNCES] += 1
    levels[slot, IS_TOUCHED], levels[slot, CROSSED] = 0, 0
    n = record(events, n, levels, slot, t, BOUNCE, CONFIRMED, NO_RULE)
    if levels[slot, BROKEN_AT] >= 0:
        levels[slot, FLIPS] += 1
        n = record(events, n, levels, slot, t, FLIP, CONFIRMED, NO_RULE)
        levels[slot, BROKEN_AT] = -1
    return n
