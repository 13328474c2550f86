"""Horizontal bands where price has been rejected again and again: found, and followed until they fade, wear out or are outranked."""

from __future__ import annotations

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED
from crosscurrent.facts.table import grown
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.level_life import follow_level, is_quiet
from crosscurrent.structure.level_state import (
    AWAY,
    BROKEN_AT,
    FIRST,
    FIRST_PRICE,
    HALF,
    IS_STANDING,
    LEVEL,
    LEVEL_THEN,
    MIDDLE,
    NO_RULE,
    OUTRANKED,
    SECOND,
    SECOND_PRICE,
    SIDE,
    STATE,
    SUBJECT,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    WEIGHT,
    LevelRules,
    LevelState,
    LevelSweep,
    Places,
    record,
    strength_of,
)

__all__ = ["follow_levels", "no_levels"]

POOL = 64
"""How many of the latest rejected bars, and of the latest swings, may still make a level."""
ROOM = 64
"""More events than a bar's rejections can cause; each level that stands may add three."""

BAR, PRICE, WORTH, HELD_FROM = range(4)


def no_levels(rules: LevelRules) -> LevelState:
    """Return what is carried into the first bar."""
    # The row after those that stand is the level that is being made.
    return LevelState(np.zeros((rules.keep + 1, STATE)), np.full((2 * POOL, 4), -1.0), np.zeros(3, np.int64))


def follow_levels(
    opened: Floats, high: Floats, low: Floats, close: Floats, yardstick: Floats, known: Places, place: Places, side: Places,
    rules: LevelRules, state: LevelState | None = None, begin: int = 0,
) -> LevelSweep:  # fmt: skip
    """Return the life of every level, in one pass.

    Swings come as `known`, `place`, `side` (1 for lows, which hold from beneath, -1 for highs), ascending in `known`. Bars whose
    yardstick is NaN or zero are passed over. With a state, which changes, levels are carried on from bar `begin`, and swings and
    events are those known from there on.
    """
    state = state or no_levels(rules)
    events = _sweep(opened, high, low, close, yardstick, known, place, side, rules, *state, begin)
    return LevelSweep(events, state)


@numba.njit(cache=True, nogil=True)
def _sweep(
    opened: Floats, high: Floats, low: Floats, close: Floats, yardstick: Floats, known: Places, place: Places, side: Places,
    rules: LevelRules, levels: Floats, pool: Floats, counts: Places, begin: int,
) -> Floats:  # fmt: skip
    """Carry the levels on from a bar and return the events."""
    pooled, born, n, swing = counts[:2], counts[2], 0, 0
    events = np.empty((ROOM + 6 * rules.keep, LEVEL_THEN + STATE))
    for t in range(begin, len(close)):
        unit = yardstick[t]
        if n + ROOM + 3 * rules.keep > len(events):
            events = grown(events)
        if unit > 0:
            for slot in range(rules.keep):
                if levels[slot, IS_STANDING] and not is_quiet(levels, slot, t, high[t], low[t], close[t], unit, rules):
                    n = follow_level(events, n, levels, slot, t, high[t], low[t], close[t], unit, rules)
            # The extreme further from the close comes first, so that upside down the order is the same.
            first = 1 if close[t] - low[t] >= high[t] - close[t] else -1
            for of in (first, -first):
                extreme = low[t] if of > 0 else high[t]
                went, came_back = of * (opened[t] - extreme), of * (close[t] - extreme)
                if went >= rules.probed * unit and came_back >= rules.rejected * unit:
                    _pool(pool, pooled, t, extreme, 1, of, False)
                    n, born = _reject(events, n, born, levels, pool, t, extreme, of, 1, close[t], unit, rules)
        while swing < len(known) and known[swing] == t:
            at, of = place[swing], side[swing]
            swing += 1
            extreme = low[at] if of > 0 else high[at]
            _pool(pool, pooled, at, extreme, rules.swing_weight, of, True)
            if unit > 0:
                n, born = _reject(
                    events, n, born, levels, pool, t, extreme, of, rules.swing_weight, close[t], unit, rules
                )
    counts[2] = born
    return events[:n].copy()


@kernel
def _pool(pool: Floats, pooled: Places, at: int, price: float, worth: int, side: int, is_swing: bool) -> None:
    """Keep a rejection among the latest of its sort; a rejected bar that turns out to be a swing counts as that alone."""
    if is_swing:
        for i in range(2 * POOL):
            if pool[i, BAR] == at and pool[i, HELD_FROM] == side:
                if i >= POOL:
                    return
                pool[i, BAR] = -1
    i = POOL * is_swing + pooled[int(is_swing)] % POOL
    pool[i, BAR], pool[i, PRICE], pool[i, WORTH], pool[i, HELD_FROM] = at, price, worth, side
    pooled[int(is_swing)] += 1


@kernel
def _reject(
    events: Floats, n: int, born: int, levels: Floats, pool: Floats, t: int, price: float, side: int, worth: int, close: float,
    unit: float, rules: LevelRules,
) -> tuple[int, int]:  # fmt: skip
    """Let a rejection strengthen the level in whose band it lies, or complete a new one with earlier rejections."""
    new = rules.keep
    for slot in range(rules.keep):
        if levels[slot, IS_STANDING] and abs(price - levels[slot, MIDDLE]) <= levels[slot, HALF]:
            weight = levels[slot, WEIGHT]
            levels[slot, MIDDLE] = (weight * levels[slot, MIDDLE] + worth * price) / (weight + worth)
            levels[slot, WEIGHT] += worth
            return n, born
    _gather(levels, new, pool, price, rules.width * unit)
    if levels[new, WEIGHT] < rules.enough or _overlaps(levels, rules.keep):
        return n, born
    slot = _place_for(levels, rules.keep, t)
    if slot < 0:
        return n, born
    if levels[slot, IS_STANDING]:
        n = record(events, n, levels, slot, t, LEVEL, EXPIRED, OUTRANKED)
    above = close - levels[new, MIDDLE]
    levels[new, IS_STANDING], levels[new, SUBJECT], levels[new, BROKEN_AT] = 1, born, -1
    levels[new, SIDE], levels[new, AWAY] = side if above == 0 else np.sign(above), abs(above) / unit
    for i in range(STATE):
        levels[slot, i] = levels[new, i]
    return record(events, n, levels, slot, t, LEVEL, CONFIRMED, NO_RULE), born + 1


@kernel
def _gather(levels: Floats, new: int, pool: Floats, price: float, half: float) -> None:
    """Gather what was rejected within half a band of a price: its mean, its weight, its first two and its last."""
    for i in range(STATE):
        levels[new, i] = 0
    levels[new, FIRST], levels[new, SECOND], levels[new, TOUCHED], levels[new, HALF] = -1, -1, -1, half
    total = 0.0
    for i in range(2 * POOL):
        at, other = pool[i, BAR], pool[i, PRICE]
        # What lies elsewhere comes first, because nearly all does.
        if abs(other - price) > half or at < 0:
            continue
        total += pool[i, WORTH] * (other - price)
        levels[new, WEIGHT] += pool[i, WORTH]
        levels[new, TOUCHES] += 1
        if levels[new, FIRST] < 0 or at < levels[new, FIRST]:
            levels[new, SECOND], levels[new, SECOND_PRICE] = levels[new, FIRST], levels[new, FIRST_PRICE]
            levels[new, FIRST], levels[new, FIRST_PRICE] = at, other
        elif levels[new, SECOND] < 0 or at < levels[new, SECOND]:
            levels[new, SECOND], levels[new, SECOND_PRICE] = at, other
        if at > levels[new, TOUCHED]:
            levels[new, TOUCHED], levels[new, TOUCHED_PRICE] = at, other
    levels[new, MIDDLE] = price + total / levels[new, WEIGHT]


@kernel
def _overlaps(levels: Floats, new: int) -> bool:
    """Whether the band being made overlaps one that stands."""
    for slot in range(new):
        apart = abs(levels[slot, MIDDLE] - levels[new, MIDDLE])
        if levels[slot, IS_STANDING] and apart < levels[slot, HALF] + levels[new, HALF]:
            return True
    return False


@kernel
def _place_for(levels: Floats, new: int, t: int) -> int:
    """Return a free place, or that of the weakest level if the new one is stronger, else -1."""
    weakest = 0
    for slot in range(new):
        if not levels[slot, IS_STANDING]:
            return slot
        if strength_of(levels, slot, t) < strength_of(levels, weakest, t):
            weakest = slot
    return weakest if strength_of(levels, new, t) > strength_of(levels, weakest, t) else -1
