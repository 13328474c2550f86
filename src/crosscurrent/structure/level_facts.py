"""Levels told as facts: readings computed for all events of a sweep at once, and the levels that stand now."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import FORMING, NO_STRICTNESS
from crosscurrent.facts.table import FactTable, Ints, Layout
from crosscurrent.structure.kernel import kernel
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
    STATE,
    SUBJECT,
    TOUCH,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    WEIGHT,
    WHY,
    Places,
    level_strength,
    record,
    strength_of,
)

__all__ = ["READINGS", "RULES", "level_table", "standing_table"]

READINGS = (
    "price", "low", "high", "touches", "bounces", "breaks", "flips", "strength", "distance_atr", "span", "since_touch",
    "after_break", "beyond_atr", "since_break", "volume_ratio", "rank",
)  # fmt: skip

RULES = (
    "price has drifted far away", "nothing has touched it for too long", "crossed to and fro without holding",
    "outranked by stronger levels", "a level",
)  # fmt: skip
A_LEVEL = RULES.index("a level")

(
    PRICE, LOW_EDGE, HIGH_EDGE, TOUCHES_READ, BOUNCES_READ, BREAKS_READ, FLIPS_READ, STRENGTH, DISTANCE, SPAN, SINCE_TOUCH, AFTER_BREAK,
    BEYOND, SINCE_BREAK, VOLUME, RANK,
) = range(len(READINGS))  # fmt: skip


def level_table(layout: Layout, events: Floats, close: Floats, yardstick: Floats) -> FactTable:
    """Return the events of a sweep as facts, with the first two rejections and the latest touch as anchors."""
    if not len(events):
        return FactTable.empty(layout)
    table = FactTable.sized(layout, len(events))
    _write(events, close, yardstick, *table.columns)
    return table


def standing_table(layout: Layout, levels: Floats, close: Floats, yardstick: Floats) -> FactTable:
    """Return the levels that stand at the last bar, the strongest first; the last of a sweep's levels is none yet."""
    order, events = np.empty(len(levels), np.int64), np.empty((len(levels), LEVEL_THEN + STATE))
    n = _write_standing(events, order, levels[:-1], len(close) - 1)
    table = level_table(layout, events[:n], close, yardstick)
    if n:
        table.readings[:, RANK] = order[:n]
    return table


@kernel
def _write_standing(events: Floats, order: Places, levels: Floats, t: int) -> int:
    """Write down the levels that stand as what happens at a bar, and their ranks; return how many.

    The strongest comes first, of equals the one born first.
    """
    n = 0
    for slot in range(len(levels)):
        if levels[slot, IS_STANDING] > 0:
            i, n = n, n + 1
            while i and _rank(levels, slot, t) < _rank(levels, order[i - 1], t):
                order[i], i = order[i - 1], i - 1
            order[i] = slot
    for i in range(n):
        record(events, i, levels, order[i], t, LEVEL, FORMING, NO_RULE)
        order[i] = i + 1
    return n


@kernel
def _rank(levels: Floats, slot: int, t: int) -> tuple[float, float]:
    return -strength_of(levels, slot, t), levels[slot, SUBJECT]


@kernel
def _write(
    events: Floats, close: Floats, yardstick: Floats, at: Ints, kind: Ints, stage: Ints, direction: Ints, strictness: Ints,
    subject: Ints, readings: Floats, rule: Ints, anchor_at: Ints, anchor_price: Floats,
) -> None:  # fmt: skip
    """Write events as facts in one pass."""
    for i in range(len(events)):
        event, level, t = events[i], events[i, LEVEL_THEN:], int(events[i, AT])
        at[i], kind[i], stage[i], direction[i] = t, int(event[KIND]), int(event[STAGE]), int(level[SIDE])
        strictness[i], subject[i] = NO_STRICTNESS, int(level[SUBJECT])
        rule[i] = A_LEVEL if event[KIND] == FAILED_BREAK else int(event[WHY])
        _read(readings[i], level, event[KIND], t, close[t], yardstick[t])
        anchor_at[i, 0], anchor_price[i, 0] = int(level[FIRST]), level[FIRST_PRICE]
        anchor_at[i, 1], anchor_price[i, 1] = int(level[SECOND]), level[SECOND_PRICE]
        anchor_at[i, 2], anchor_price[i, 2] = int(level[TOUCHED]), level[TOUCHED_PRICE]


@kernel
def _read(readings: Floats, level: Floats, kind: float, at: int, close: float, unit: float) -> None:
    """Write down the readings, NaN where a kind has none; those after `since_break` are for the caller to fill in."""
    middle, half, is_broken = level[MIDDLE], level[HALF], level[BROKEN_AT] >= 0
    gap, span, since_touch = abs(close - middle), level[TOUCHED] - level[FIRST], at - level[TOUCHED]
    follows_break = is_broken and kind in (FAILED_BREAK, FLIP, TOUCH)
    readings[PRICE], readings[LOW_EDGE], readings[HIGH_EDGE] = middle, middle - half, middle + half
    readings[TOUCHES_READ], readings[BOUNCES_READ] = level[TOUCHES], level[BOUNCES]
    readings[BREAKS_READ], readings[FLIPS_READ] = level[BREAKS], level[FLIPS]
    readings[STRENGTH] = level_strength(level[WEIGHT] + level[BOUNCES], level[BREAKS], span, since_touch)
    readings[DISTANCE], readings[SPAN], readings[SINCE_TOUCH] = gap / unit, span, since_touch
    readings[AFTER_BREAK] = is_broken if kind == TOUCH else np.nan
    readings[BEYOND] = (gap - half) / unit if kind == BREAK else np.nan
    readings[SINCE_BREAK] = at - level[BROKEN_AT] if follows_break else np.nan
    readings[VOLUME], readings[RANK] = np.nan, np.nan
