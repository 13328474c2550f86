"""Lines told as facts: readings computed for all events of a sweep at once, and the lines that stand now."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import FORMING, NO_STRICTNESS
from crosscurrent.facts.table import FactTable, Ints, Layout
from crosscurrent.structure.kernel import kernel
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
    Places,
    line_strength,
    record,
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

(
    PRICE, SLOPE_ATR, TOUCHES_READ, SPAN, STRENGTH, DISTANCE, SINCE_TOUCH, AFTER_BREAK, BEYOND, EXCURSION, SINCE_BREAK, VOLUME,
    NEXT_PRICE, RANK,
) = range(len(READINGS))  # fmt: skip


def line_table(layout: Layout, sides: tuple[LineSweep, LineSweep], close: Floats, yardstick: Floats) -> FactTable:
    """Return the events of both sides as facts, oldest first."""
    on_highs, on_lows = (side.events for side in sides)
    order = np.empty(len(on_highs) + len(on_lows), np.int64)
    if not len(order):
        return FactTable.empty(layout)
    _put_in_order(order, on_highs, on_lows)
    return _told(layout, order, on_highs, on_lows, close, yardstick)


def standing_table(
    layout: Layout, sides: tuple[LineSweep, LineSweep], close: Floats, yardstick: Floats, kind: int = LINE
) -> FactTable:
    """Return the lines that stand at the last bar, the strongest first, with their value one bar on.

    With `kind` BREAK, those that are broken and still watched instead.
    """
    on_highs, on_lows = (_as_events(side, len(close) - 1, kind) for side in sides)
    order = np.empty(len(on_highs) + len(on_lows), np.int64)
    if not len(order):
        return FactTable.empty(layout)
    _put_strongest_first(order, on_highs, on_lows)
    table = _told(layout, order, on_highs, on_lows, close, yardstick)
    _look_ahead(table.readings, yardstick[-1])
    return table


def _as_events(side: LineSweep, t: int, kind: int) -> Floats:
    lines = side.state.lines
    events = np.empty((lines.shape[1], LINE_THEN + STATE))
    return events[: _write_standing(events, lines, t, kind)]


@kernel
def _write_standing(events: Floats, lines: Floats, t: int, kind: int) -> int:
    """Write down the lines that stand, or those that are broken, as what happens at a bar; return how many."""
    n, phase, held = 0, STANDING if kind == LINE else BROKEN, 1 if kind == LINE else -1
    for slot in range(lines.shape[1]):
        if lines[PHASE, slot] == phase:
            n = record(events, n, lines, slot, t, kind, FORMING, held, NO_RULE)
    return n


@kernel
def _put_in_order(order: Places, on_highs: Floats, on_lows: Floats) -> None:
    """Write down the places of both sides' events, oldest first; those on lows come after, and count from -1 down."""
    high, low = 0, 0
    for i in range(len(order)):
        is_high = low == len(on_lows) or (high < len(on_highs) and on_highs[high, AT] <= on_lows[low, AT])
        order[i] = high if is_high else -1 - low
        high, low = high + is_high, low + (not is_high)


@kernel
def _put_strongest_first(order: Places, on_highs: Floats, on_lows: Floats) -> None:
    """Write down the places of both sides' lines, the strongest first, of equals the one born first."""
    for i in range(len(order)):
        place = i if i < len(on_highs) else len(on_highs) - 1 - i
        while i and _rank(place, on_highs, on_lows) < _rank(order[i - 1], on_highs, on_lows):
            order[i], i = order[i - 1], i - 1
        order[i] = place


@kernel
def _rank(place: int, on_highs: Floats, on_lows: Floats) -> tuple[float, float]:
    line = on_highs[place] if place >= 0 else on_lows[-1 - place]
    since_touch = line[AT] - line[LINE_THEN + TOUCHED]
    strength = line_strength(line[LINE_THEN + TOUCHES], line[LINE_THEN + TOUCHED] - line[LINE_THEN + FROM], since_touch)
    return -strength, 2 * line[LINE_THEN + SUBJECT] + (place < 0)


@kernel
def _look_ahead(readings: Floats, unit: float) -> None:
    """Write each line's value one bar on and its rank beside its other readings."""
    for i in range(len(readings)):
        readings[i, NEXT_PRICE] = readings[i, PRICE] + readings[i, SLOPE_ATR] * unit
        readings[i, RANK] = i + 1


def _told(
    layout: Layout, order: Places, on_highs: Floats, on_lows: Floats, close: Floats, yardstick: Floats
) -> FactTable:
    """Return events of both sides as a table, in the given order."""
    table = FactTable.sized(layout, len(order))
    _write(order, on_highs, on_lows, close, yardstick, *table.columns)
    return table


@kernel
def _write(
    order: Places, on_highs: Floats, on_lows: Floats, close: Floats, yardstick: Floats, at: Ints, kind: Ints, stage: Ints,
    direction: Ints, strictness: Ints, subject: Ints, readings: Floats, rule: Ints, anchor_at: Ints, anchor_price: Floats,
) -> None:  # fmt: skip
    """Write events as facts in one pass: whole columns at once would cost a call each, and copy the widest rows many times over."""
    for i in range(len(order)):
        sign, event = (1, on_highs[order[i]]) if order[i] >= 0 else (-1, on_lows[-1 - order[i]])
        line, t = event[LINE_THEN:], int(event[AT])
        at[i], kind[i], stage[i], direction[i] = t, int(event[KIND]), int(event[STAGE]), int(-sign * event[HELD])
        strictness[i], subject[i] = NO_STRICTNESS, 2 * int(line[SUBJECT]) + (sign < 0)
        rule[i] = _rule(event, sign)
        _read(readings[i], event, sign, close[t], yardstick[t])
        _anchor(anchor_at[i], anchor_price[i], line, sign)


@kernel
def _rule(event: Floats, sign: int) -> int:
    """Return the place of the sentence that goes with an event, -1 for none."""
    if event[KIND] in (BREAK, FAILED_BREAK):
        return RISING if sign * event[LINE_THEN + SLOPE] > 0 else FALLING
    return int(event[WHY])


@kernel
def _anchor(at: Ints, price: Floats, line: Floats, sign: int) -> None:
    """Write down a line's two swings, and its latest touch if that came after them."""
    was_touched = line[TOUCHED] > line[TO]
    at[0], price[0], at[1], price[1] = int(line[FROM]), sign * line[FROM_PRICE], int(line[TO]), sign * line[TO_PRICE]
    at[2], price[2] = int(line[TOUCHED]) if was_touched else -1, sign * line[TOUCHED_PRICE] if was_touched else np.nan


@kernel
def _read(readings: Floats, event: Floats, sign: int, close: float, unit: float) -> None:
    """Write down the readings, NaN where a kind has none; those after `since_break` are for the caller to fill in."""
    at, kind, line = event[AT], event[KIND], event[LINE_THEN:]
    value = sign * (line[FROM_PRICE] + line[SLOPE] * (at - line[FROM]))
    gap, span, since_touch = abs(close - value) / unit, line[TOUCHED] - line[FROM], at - line[TOUCHED]
    is_broken, is_return = line[PHASE] == BROKEN, kind in (TOUCH, RETEST)
    readings[PRICE], readings[SLOPE_ATR], readings[TOUCHES_READ] = value, sign * line[SLOPE] / unit, line[TOUCHES]
    readings[SPAN], readings[STRENGTH] = span, line_strength(line[TOUCHES], span, since_touch)
    readings[DISTANCE], readings[SINCE_TOUCH] = gap, since_touch
    readings[AFTER_BREAK] = is_broken if kind == RETEST else np.nan
    readings[BEYOND] = gap if kind == BREAK else np.nan
    readings[EXCURSION] = line[AWAY] if is_return else np.nan
    readings[SINCE_BREAK] = at - line[BROKEN_AT] if is_broken else np.nan
    readings[VOLUME], readings[NEXT_PRICE], readings[RANK] = np.nan, np.nan, np.nan
