"""Horizontal bands where price has been rejected again and again: found, followed through touches, breaks and changes of role."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, FORMING, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, grown

__all__ = ["READINGS", "RULES", "LevelRules", "LevelSweep", "follow_levels", "standing_rows"]

Places = NDArray[np.int64]


class LevelRules(NamedTuple):
    """What makes a level; distances in ATR of the bar at which they are measured, times in bars.

    Parameters
    ----------
    width
        Half the width of a band.
    rejected
        How far from its extreme a bar must close for that extreme to count as rejected.
    beyond
        How far past the band a close must lie to break the level.
    away
        A touch counts anew once a close has been so far from the band; a close so far away after a touch is a bounce.
    drift, patience
        A level fades when price is `drift` away, or when nothing has touched it for `patience` bars.
    worn
        A level crossed so many times without a bounce between is none any more.
    failed_within
        A close back past a level's middle after at most so many bars fails its break.
    swing_weight, enough
        A rejected bar weighs one and a swing `swing_weight`; a band is a level once what was rejected in it weighs `enough`.
    keep
        How many levels stand at a time.
    """

    width: float = 0.25
    rejected: float = 0.5
    beyond: float = 0.1
    away: float = 1.0
    drift: float = 15.0
    patience: int = 250
    worn: int = 3
    failed_within: int = 5
    swing_weight: int = 2
    enough: int = 4
    keep: int = 12


class LevelSweep(NamedTuple):
    """What a sweep leaves: fact rows, and the levels that stand at the last bar."""

    rows: Floats
    last: Floats


LEVEL, TOUCH, BOUNCE, BREAK, FLIP, FAILED_BREAK = range(6)

READINGS = (
    "price", "low", "high", "touches", "bounces", "breaks", "flips", "strength", "distance_atr", "span", "since_touch",
    "after_break", "beyond_atr", "since_break", "volume_ratio", "rank",
)  # fmt: skip
(
    PRICE,
    LOWER,
    UPPER,
    TOUCHES_,
    BOUNCES_,
    BREAKS_,
    FLIPS_,
    STRENGTH,
    DISTANCE,
    SPAN,
    SINCE,
    AFTER,
    BEYOND,
    SINCE_BREAK,
) = range(HEAD, HEAD + 14)
RANK = HEAD + len(READINGS) - 1
RULE = HEAD + len(READINGS)
WIDTH = RULE + 1 + 6

RULES = (
    "price has drifted far away", "nothing has touched it for too long", "crossed to and fro without holding",
    "outranked by stronger levels", "a level",
)  # fmt: skip
DRIFTED, FADED, WORN, OUTRANKED, A_LEVEL = range(len(RULES))

# A level's state. SIDE is where price is: 1 above it (support), -1 below (resistance).
(
    IS_STANDING, SUBJECT, MIDDLE, HALF, WEIGHT, SIDE, FIRST, FIRST_PRICE, SECOND, SECOND_PRICE, TOUCHES, BOUNCES, BREAKS, FLIPS,
    TOUCHED, TOUCHED_PRICE, AWAY, IS_TOUCHED, BROKEN_AT, CROSSED, STATE,
) = range(21)  # fmt: skip

POOL = 64
AT, AT_PRICE, AT_WEIGHT, AT_SIDE = range(4)


@numba.njit(cache=True, nogil=True)
def follow_levels(
    high: Floats,
    low: Floats,
    close: Floats,
    yardstick: Floats,
    known: Places,
    place: Places,
    side: Places,
    rules: LevelRules,
) -> LevelSweep:
    """Return the life of every level.

    Swings come as `known`, `place`, `side` (1 for lows, which hold from beneath, -1 for highs), ascending in `known`. Bars whose
    yardstick is NaN or zero are passed over.
    """
    levels, pool = np.zeros((rules.keep, STATE)), np.full((POOL, 4), -1.0)
    rows, n, born, swing, pooled = np.empty((64, WIDTH)), 0, 0, 0, 0
    for t in range(len(close)):
        unit = yardstick[t]
        if unit > 0:
            for slot in range(len(levels)):
                if levels[slot, IS_STANDING] and not _is_quiet(levels, slot, t, high[t], low[t], close[t], unit, rules):
                    rows, n = _follow(rows, n, levels[slot], t, high[t], low[t], close[t], unit, rules)
            # The extreme further from the close is judged first, so that upside down the order is the same.
            first = 1 if close[t] - low[t] >= high[t] - close[t] else -1
            for of in (first, -first):
                extreme = low[t] if of > 0 else high[t]
                if of * (close[t] - extreme) >= rules.rejected * unit:
                    pooled = _pool(pool, pooled, t, extreme, 1, of)
                    rows, n, born = _reject(rows, n, born, levels, pool, t, t, extreme, of, 1, close[t], unit, rules)
        while swing < len(known) and known[swing] == t:
            at, of = place[swing], side[swing]
            swing += 1
            extreme = low[at] if of > 0 else high[at]
            pooled = _pool(pool, pooled, at, extreme, rules.swing_weight, of)
            if unit > 0:
                rows, n, born = _reject(
                    rows, n, born, levels, pool, t, at, extreme, of, rules.swing_weight, close[t], unit, rules
                )
    return LevelSweep(rows[:n].copy(), levels[levels[:, IS_STANDING] > 0])


@numba.njit(cache=True, nogil=True)
def _pool(pool: Floats, pooled: int, at: int, price: float, weight: int, side: int) -> int:
    """Keep a rejection among the latest; a rejected bar that turns out to be a swing gains its weight."""
    for i in range(len(pool)):
        if pool[i, AT] == at and pool[i, AT_SIDE] == side:
            pool[i, AT_WEIGHT] = max(pool[i, AT_WEIGHT], weight)
            return pooled
    i = pooled % len(pool)
    pool[i, AT], pool[i, AT_PRICE], pool[i, AT_WEIGHT], pool[i, AT_SIDE] = at, price, weight, side
    return pooled + 1


@numba.njit(cache=True, nogil=True)
def _reject(
    rows: Floats, n: int, born: int, levels: Floats, pool: Floats, t: int, at: int, price: float, side: int, weight: int,
    close: float, unit: float, rules: LevelRules,
) -> tuple[Floats, int, int]:  # fmt: skip
    """Let a rejection strengthen the level in whose band it lies, or complete a new one with earlier rejections."""
    half = rules.width * unit
    for slot in range(len(levels)):
        if levels[slot, IS_STANDING] and abs(price - levels[slot, MIDDLE]) <= levels[slot, HALF]:
            level = levels[slot]
            level[MIDDLE] = (level[WEIGHT] * level[MIDDLE] + weight * price) / (level[WEIGHT] + weight)
            level[WEIGHT] += weight
            return rows, n, born
    level = np.zeros(STATE)
    _gather(level, pool, price, half, rules)
    if level[WEIGHT] < rules.enough or _overlaps(levels, level[MIDDLE], half):
        return rows, n, born
    level[IS_STANDING], level[SUBJECT], level[HALF], level[BROKEN_AT] = 1, born, half, -1
    level[SIDE] = side if close == level[MIDDLE] else np.sign(close - level[MIDDLE])
    level[AWAY] = abs(close - level[MIDDLE]) / unit
    slot = _place(levels, level, t)
    if slot < 0:
        return rows, n, born
    if levels[slot, IS_STANDING]:
        rows, n = _tell(rows, n, levels[slot], t, LEVEL, EXPIRED, close, unit, OUTRANKED)
    levels[slot] = level
    rows, n = _tell(rows, n, level, t, LEVEL, CONFIRMED, close, unit, -1)
    return rows, n, born + 1


@numba.njit(cache=True, nogil=True)
def _gather(level: Floats, pool: Floats, price: float, half: float, rules: LevelRules) -> None:
    """Gather what was rejected within half a band of a price: its mean, weight, first two and last."""
    level[FIRST], level[SECOND], level[TOUCHED] = -1, -1, -1
    for i in range(len(pool)):
        at, other, weight = pool[i, AT], pool[i, AT_PRICE], pool[i, AT_WEIGHT]
        if at < 0 or abs(other - price) > half:
            continue
        level[MIDDLE] += weight * other
        level[WEIGHT] += weight
        level[TOUCHES] += 1
        if level[FIRST] < 0 or at < level[FIRST]:
            level[SECOND], level[SECOND_PRICE] = level[FIRST], level[FIRST_PRICE]
            level[FIRST], level[FIRST_PRICE] = at, other
        elif level[SECOND] < 0 or at < level[SECOND]:
            level[SECOND], level[SECOND_PRICE] = at, other
        if at > level[TOUCHED]:
            level[TOUCHED], level[TOUCHED_PRICE] = at, other
    if level[WEIGHT] > 0:
        level[MIDDLE] /= level[WEIGHT]


@numba.njit(cache=True, nogil=True)
def _overlaps(levels: Floats, middle: float, half: float) -> bool:
    for slot in range(len(levels)):
        if levels[slot, IS_STANDING] and abs(levels[slot, MIDDLE] - middle) < levels[slot, HALF] + half:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def _place(levels: Floats, level: Floats, t: int) -> int:
    """Return a free place, or that of the weakest level if the new one is stronger, else -1."""
    weakest = 0
    for slot in range(len(levels)):
        if not levels[slot, IS_STANDING]:
            return slot
        if _strength(levels[slot], t) < _strength(levels[weakest], t):
            weakest = slot
    return weakest if _strength(level, t) > _strength(levels[weakest], t) else -1


@numba.njit(cache=True, nogil=True)
def _strength(level: Floats, t: int) -> float:
    """Return one to ten, the mean of three marks: what was rejected there, over how long, how lately touched."""
    span = level[TOUCHED] - level[FIRST]
    held = (level[WEIGHT] + level[BOUNCES]) / (level[WEIGHT] + level[BOUNCES] + level[BREAKS] + 4.0)
    return 1.0 + 3.0 * (held + span / (span + 21.0) + 63.0 / (63.0 + t - level[TOUCHED]))  # type: ignore[no-any-return]


@numba.njit(cache=True, nogil=True)
def _is_quiet(
    levels: Floats, slot: int, t: int, high: float, low: float, close: float, unit: float, rules: LevelRules
) -> bool:
    """Whether nothing happens at a level on this bar, as on most; then only how far price has been away is kept."""
    middle, side = levels[slot, MIDDLE], levels[slot, SIDE]
    near = (low - middle if side > 0 else middle - high) - levels[slot, HALF]
    distance = side * (close - middle) - levels[slot, HALF]
    waits = levels[slot, IS_TOUCHED] > 0 and distance >= rules.away * unit
    if near <= 0 or waits or distance > rules.drift * unit or t - levels[slot, TOUCHED] > rules.patience:
        return False
    if distance > levels[slot, AWAY] * unit:
        levels[slot, AWAY] = distance / unit
    return True


@numba.njit(cache=True, nogil=True)
def _follow(
    rows: Floats, n: int, level: Floats, t: int, high: float, low: float, close: float, unit: float, rules: LevelRules
) -> tuple[Floats, int]:
    """Carry a level over a bar on which something happens to it."""
    side = level[SIDE]
    distance = side * (close - level[MIDDLE])
    near = side * ((low if side > 0 else high) - level[MIDDLE])
    fails = level[BROKEN_AT] >= 0 and t - level[BROKEN_AT] <= rules.failed_within and distance < 0
    if fails or distance < -level[HALF] - rules.beyond * unit:
        return _cross(rows, n, level, t, close, unit, fails, rules)
    if near <= level[HALF]:
        if level[AWAY] >= rules.away:
            level[TOUCHES] += 1
            level[IS_TOUCHED] = 1
            rows, n = _tell(rows, n, level, t, TOUCH, CONFIRMED, close, unit, -1)
        level[TOUCHED], level[TOUCHED_PRICE], level[AWAY] = t, (low if side > 0 else high), 0
    if distance - level[HALF] >= rules.away * unit:
        level[AWAY] = (distance - level[HALF]) / unit
        if level[IS_TOUCHED] > 0:
            return _bounce(rows, n, level, t, close, unit)
    if distance - level[HALF] > rules.drift * unit or t - level[TOUCHED] > rules.patience:
        why = DRIFTED if distance - level[HALF] > rules.drift * unit else FADED
        rows, n = _tell(rows, n, level, t, LEVEL, EXPIRED, close, unit, why)
        level[IS_STANDING] = 0
    return rows, n


@numba.njit(cache=True, nogil=True)
def _cross(
    rows: Floats, n: int, level: Floats, t: int, close: float, unit: float, fails: bool, rules: LevelRules
) -> tuple[Floats, int]:
    """Let price pass a level: a break, or soon after one the failure of that break; crossed too often, the level ends."""
    level[SIDE] = -level[SIDE]
    level[IS_TOUCHED], level[AWAY] = 0, 0
    since = t - level[BROKEN_AT]
    level[CROSSED] += 1
    level[BROKEN_AT] = -1 if fails else t
    level[BREAKS] += not fails
    rows, n = _tell(
        rows, n, level, t, FAILED_BREAK if fails else BREAK, CONFIRMED, close, unit, A_LEVEL if fails else -1
    )
    if fails:
        rows[n - 1, SINCE_BREAK] = since
    else:
        rows[n - 1, BEYOND] = (abs(close - level[MIDDLE]) - level[HALF]) / unit
    if level[CROSSED] >= rules.worn:
        rows, n = _tell(rows, n, level, t, LEVEL, EXPIRED, close, unit, WORN)
        level[IS_STANDING] = 0
    return rows, n


@numba.njit(cache=True, nogil=True)
def _bounce(rows: Floats, n: int, level: Floats, t: int, close: float, unit: float) -> tuple[Floats, int]:
    """Count a bounce; the first on the other side of a broken level is its change of role."""
    level[BOUNCES] += 1
    level[IS_TOUCHED], level[CROSSED] = 0, 0
    rows, n = _tell(rows, n, level, t, BOUNCE, CONFIRMED, close, unit, -1)
    if level[BROKEN_AT] >= 0:
        level[FLIPS] += 1
        rows, n = _tell(rows, n, level, t, FLIP, CONFIRMED, close, unit, -1)
        rows[n - 1, SINCE_BREAK] = t - level[BROKEN_AT]
        level[BROKEN_AT] = -1
    return rows, n


@numba.njit(cache=True, nogil=True)
def _tell(
    rows: Floats, n: int, level: Floats, t: int, kind: int, stage: int, close: float, unit: float, rule: int
) -> tuple[Floats, int]:
    """Write a fact about a level; its direction is bullish with price above the level."""
    if n == len(rows):
        rows = grown(rows)
    row = rows[n]
    row[:] = np.nan
    row[0], row[1], row[2], row[3], row[4], row[5] = t, kind, stage, level[SIDE], NO_STRICTNESS, level[SUBJECT]
    row[PRICE], row[LOWER], row[UPPER] = level[MIDDLE], level[MIDDLE] - level[HALF], level[MIDDLE] + level[HALF]
    row[TOUCHES_], row[BOUNCES_], row[BREAKS_], row[FLIPS_] = (
        level[TOUCHES],
        level[BOUNCES],
        level[BREAKS],
        level[FLIPS],
    )
    row[STRENGTH], row[DISTANCE] = _strength(level, t), abs(close - level[MIDDLE]) / unit
    row[SPAN], row[SINCE], row[RULE] = level[TOUCHED] - level[FIRST], t - level[TOUCHED], rule
    if kind == TOUCH:
        row[AFTER] = level[BROKEN_AT] >= 0
    row[RULE + 1], row[RULE + 2], row[RULE + 3], row[RULE + 4] = (
        level[FIRST],
        level[FIRST_PRICE],
        level[SECOND],
        level[SECOND_PRICE],
    )
    row[RULE + 5], row[RULE + 6] = level[TOUCHED], level[TOUCHED_PRICE]
    return rows, n + 1


def standing_rows(levels: Floats, t: int, close: float, unit: float) -> Floats:
    """Return rows of the levels that stand at the last bar `t`, the strongest first."""
    rows = np.full((len(levels), WIDTH), np.nan)
    for n, level in enumerate(levels):
        _tell(rows, n, level, t, LEVEL, FORMING, close, unit, -1)
    rows = rows[np.lexsort((rows[:, 5], -rows[:, STRENGTH]))]
    rows[:, RANK] = np.arange(1, len(rows) + 1)
    return rows
