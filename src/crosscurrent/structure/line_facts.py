"""Lines told as facts: readings computed for all events of a sweep at once, and the lines that stand now."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import FORMING, NO_STRICTNESS
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.line_state import (
    AT,
    AWAY,
    BREAK,
    BROKEN,
    BROKEN_AT,
    FAILED_BREAK,
    FROM,
    FROM_PRICE,
    HELD,
    KIND,
    LINE,
    LINE_THEN,
    NO_RULE,
    PHASE,
    RETEST,
    SLOPE,
    STAGE,
    STANDING,
    STATE,
    SUBJECT,
    TO,
    TO_PRICE,
    TOUCH,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
    WHY,
    LineSweep,
    line_strength,
)

__all__ = ["READINGS", "RULES", "line_table", "standing_table"]

READINGS = (
    "price", "slope_atr", "touches", "span", "strength", "distance_atr", "since_touch", "after_break", "beyond_atr",
    "excursion_atr", "since_break", "volume_ratio", "next_price", "rank",
)  # fmt: skip

RULES = (
    "broken by a close beyond it", "price has drifted far away", "nothing has touched it for too long", "outranked by stronger lines",
    "merged into a line with more touches", "a rising line", "a falling line",
)  # fmt: skip
RISING, FALLING = RULES.index("a rising line"), RULES.index("a falling line")


def line_table(layout: Layout, sides: tuple[LineSweep, LineSweep], close: Floats, yardstick: Floats) -> FactTable:
    """Return the events of both sides as facts, oldest first."""
    return _told(layout, [side.events for side in sides], close, yardstick)


def standing_table(
    layout: Layout, sides: tuple[LineSweep, LineSweep], close: Floats, yardstick: Floats, kind: int = LINE
) -> FactTable:
    """Return the lines that stand at the last bar, the strongest first, with their value one bar on.

    With `kind` BREAK, those that are broken and still watched instead.
    """
    table = _told(layout, [_as_events(side, len(close) - 1, kind) for side in sides], close, yardstick)
    value, slope, strength, ahead, rank = (
        READINGS.index(n) for n in ("price", "slope_atr", "strength", "next_price", "rank")
    )
    table = table.where(np.lexsort((table.subject, -table.readings[:, strength])))
    table.readings[:, ahead] = table.readings[:, value] + table.readings[:, slope] * yardstick[-1:]
    table.readings[:, rank] = np.arange(1, len(table) + 1)
    return table


def _as_events(side: LineSweep, t: int, kind: int) -> Floats:
    lines = side.state.lines[side.state.lines[:, PHASE] == (STANDING if kind == LINE else BROKEN)]
    head = np.tile([t, kind, FORMING, 1.0 if kind == LINE else -1.0, NO_RULE], (len(lines), 1))
    return np.column_stack([head, lines])


def _told(layout: Layout, of_sides: list[Floats], close: Floats, yardstick: Floats) -> FactTable:
    """Return events of both sides as a table, made column by column: the widest rows would be copied twice on the way."""
    if not any(map(len, of_sides)):
        return FactTable.empty(layout)
    order = np.argsort(np.concatenate([side[:, AT] for side in of_sides]), kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    first = len(of_sides[0])
    columns, sign = np.empty((LINE_THEN + STATE, len(order))), np.empty(len(order))
    for side, where, its_sign in zip(of_sides, (place[:first], place[first:]), (1.0, -1.0), strict=True):
        columns[:, where], sign[where] = side.T, its_sign
    kind, line, at = columns[KIND], columns[LINE_THEN:], columns[AT].astype(np.int64)
    is_of_break = (kind == BREAK) | (kind == FAILED_BREAK)
    rule = np.where(is_of_break, np.where(sign * line[SLOPE] > 0, RISING, FALLING), columns[WHY])
    was_touched = line[TOUCHED] > line[TO]
    places = (line[FROM], line[TO], np.where(was_touched, line[TOUCHED], -1.0))
    prices = (sign * line[FROM_PRICE], sign * line[TO_PRICE], np.where(was_touched, sign * line[TOUCHED_PRICE], np.nan))
    return FactTable(
        layout, at.astype(np.int32), kind.astype(np.int16), columns[STAGE].astype(np.int8),
        (-sign * columns[HELD]).astype(np.int8), np.full(len(at), NO_STRICTNESS, np.int8),
        (2 * line[SUBJECT] + (sign < 0)).astype(np.int64), _readings(line, kind, at, sign, close, yardstick),
        rule.astype(np.int16), np.array(places, np.int32).T, np.array(prices).T,
    )  # fmt: skip


def _readings(
    line: Floats, kind: Floats, at: NDArray[np.int64], sign: Floats, close: Floats, yardstick: Floats
) -> Floats:  # fmt: skip
    """Return the readings, NaN where a kind has none; those after `since_break` are for the caller to fill in."""
    value = sign * (line[FROM_PRICE] + line[SLOPE] * (at - line[FROM]))
    unit = yardstick[at]
    gap, span, since_touch = np.abs(close[at] - value) / unit, line[TOUCHED] - line[FROM], at - line[TOUCHED]
    strength = line_strength.py_func(line[TOUCHES], span, since_touch)
    is_broken, is_return = line[PHASE] == BROKEN, (kind == TOUCH) | (kind == RETEST)
    told = (
        value, sign * line[SLOPE] / unit, line[TOUCHES], span, strength, gap, since_touch,
        np.where(kind == RETEST, is_broken, np.nan), np.where(kind == BREAK, gap, np.nan),
        np.where(is_return, line[AWAY], np.nan), np.where(is_broken, at - line[BROKEN_AT], np.nan),
    )  # fmt: skip
    readings = np.full((len(READINGS), len(at)), np.nan)
    for place, column in enumerate(told):
        readings[place] = column
    return readings.T
