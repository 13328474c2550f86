"""Levels told as facts: readings computed for all events of a sweep at once, and the levels that stand now."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import FORMING, NO_STRICTNESS
from crosscurrent.facts.table import HEAD
from crosscurrent.structure.level_state import (
    AT,
    BOUNCES,
    BREAK,
    BREAKS,
    BROKEN_AT,
    FAILED_BREAK,
    FIRST,
    FIRST_PRICE,
    FLIP,
    FLIPS,
    HALF,
    IS_STANDING,
    KIND,
    LEVEL,
    LEVEL_THEN,
    MIDDLE,
    NO_RULE,
    SECOND,
    SECOND_PRICE,
    SIDE,
    STAGE,
    SUBJECT,
    TOUCH,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    WEIGHT,
    WHY,
    level_strength,
)

__all__ = ["READINGS", "RULES", "level_rows", "standing_rows"]

READINGS = (
    "price", "low", "high", "touches", "bounces", "breaks", "flips", "strength", "distance_atr", "span", "since_touch",
    "after_break", "beyond_atr", "since_break", "volume_ratio", "rank",
)  # fmt: skip

RULES = (
    "price has drifted far away", "nothing has touched it for too long", "crossed to and fro without holding",
    "outranked by stronger levels", "a level",
)  # fmt: skip
A_LEVEL = RULES.index("a level")


def level_rows(events: Floats, close: Floats, yardstick: Floats) -> Floats:
    """Return the events of a sweep as rows: head, readings, rule, and the first two rejections and the latest touch as anchors."""
    level, kind, at = events[:, LEVEL_THEN:], events[:, KIND], events[:, AT].astype(np.int64)
    rows = np.full((len(events), HEAD + len(READINGS) + 1 + 6), np.nan)
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = at, kind, events[:, STAGE], level[:, SIDE]
    rows[:, 4], rows[:, 5] = NO_STRICTNESS, level[:, SUBJECT]
    for place, column in enumerate(_readings(level, kind, at, close, yardstick)):
        rows[:, HEAD + place] = column
    rows[:, -7] = np.where(kind == FAILED_BREAK, A_LEVEL, events[:, WHY])
    anchored = (FIRST, FIRST_PRICE, SECOND, SECOND_PRICE, TOUCHED, TOUCHED_PRICE)
    rows[:, -6:] = level[:, anchored]
    return rows


def _readings(level: Floats, kind: Floats, at: np.ndarray, close: Floats, yardstick: Floats) -> tuple[Floats, ...]:
    """Return the columns of `READINGS` up to `since_break`, NaN where a kind has no such reading."""
    middle, half, unit = level[:, MIDDLE], level[:, HALF], yardstick[at]
    gap, span, since_touch = np.abs(close[at] - middle), level[:, TOUCHED] - level[:, FIRST], at - level[:, TOUCHED]
    strength = level_strength.py_func(level[:, WEIGHT] + level[:, BOUNCES], level[:, BREAKS], span, since_touch)
    is_broken = level[:, BROKEN_AT] >= 0
    follows_break = is_broken & ((kind == FAILED_BREAK) | (kind == FLIP) | (kind == TOUCH))
    return (
        middle, middle - half, middle + half, level[:, TOUCHES], level[:, BOUNCES], level[:, BREAKS], level[:, FLIPS], strength,
        gap / unit, span, since_touch, np.where(kind == TOUCH, is_broken, np.nan),
        np.where(kind == BREAK, (gap - half) / unit, np.nan), np.where(follows_break, at - level[:, BROKEN_AT], np.nan),
    )  # fmt: skip


def standing_rows(levels: Floats, close: Floats, yardstick: Floats) -> Floats:
    """Return rows of the levels that stand at the last bar, the strongest first; the last of a sweep's levels is none yet."""
    standing = levels[:-1][levels[:-1, IS_STANDING] > 0]
    head = np.tile([len(close) - 1, LEVEL, FORMING, NO_RULE], (len(standing), 1))
    rows = level_rows(np.column_stack([head, standing]), close, yardstick)
    rows = rows[np.lexsort((rows[:, 5], -rows[:, HEAD + READINGS.index("strength")]))]
    rows[:, HEAD + READINGS.index("rank")] = np.arange(1, len(rows) + 1)
    return rows
