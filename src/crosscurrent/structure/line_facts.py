"""Lines told as facts: readings computed for all events of a sweep at once, and the lines that stand now."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import FORMING, NO_STRICTNESS
from crosscurrent.facts.table import HEAD
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
)  # fmt: skip

__all__ = ["READINGS", "RULES", "line_rows", "standing_rows"]

READINGS = (
    "price", "slope_atr", "touches", "span", "strength", "distance_atr", "since_touch", "after_break", "beyond_atr",
    "excursion_atr", "since_break", "volume_ratio", "next_price", "rank",
)  # fmt: skip

RULES = (
    "broken by a close beyond it", "price has drifted far away", "nothing has touched it for too long", "outranked by stronger lines",
    "merged into a line with more touches", "a rising line", "a falling line",
)  # fmt: skip
RISING, FALLING = RULES.index("a rising line"), RULES.index("a falling line")

SIGNS = (1, -1)


def line_rows(sides: tuple[LineSweep, LineSweep], close: Floats, yardstick: Floats) -> Floats:
    """Return fact rows of the events of both sides."""
    return np.concatenate([_told(side.events, sign, close, yardstick) for sign, side in zip(SIGNS, sides, strict=True)])


def standing_rows(sides: tuple[LineSweep, LineSweep], close: Floats, yardstick: Floats) -> Floats:
    """Return rows of the lines that stand at the last bar, the strongest first, with their value one bar on."""
    rows = np.concatenate(
        [
            _told(_as_events(side, len(close) - 1), sign, close, yardstick)
            for sign, side in zip(SIGNS, sides, strict=True)
        ]
    )
    named = {name: HEAD + place for place, name in enumerate(READINGS)}
    rows = rows[np.lexsort((rows[:, 5], -rows[:, named["strength"]]))]
    rows[:, named["next_price"]] = rows[:, named["price"]] + rows[:, named["slope_atr"]] * yardstick[-1:]
    rows[:, named["rank"]] = np.arange(1, len(rows) + 1)
    return rows


def _as_events(side: LineSweep, t: int) -> Floats:
    standing = side.last[side.last[:, PHASE] == STANDING]
    head = np.tile([t, LINE, FORMING, 1.0, NO_RULE], (len(standing), 1))
    return np.column_stack([head, standing])


def _told(events: Floats, sign: int, close: Floats, yardstick: Floats) -> Floats:
    """Return one side's events as rows: head, readings, rule, and the two swings and the latest touch as anchors."""
    line, kind = events[:, LINE_THEN:], events[:, KIND]
    at = events[:, AT].astype(np.int64)
    rows = np.full((len(events), HEAD + len(READINGS) + 1 + 6), np.nan)
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = at, kind, events[:, STAGE], -sign * events[:, HELD]
    rows[:, 4], rows[:, 5] = NO_STRICTNESS, 2 * line[:, SUBJECT] + (sign < 0)
    readings = rows[:, HEAD : HEAD + len(READINGS)]
    for place, column in enumerate(_readings(line, kind, at, sign, close, yardstick)):
        readings[:, place] = column
    is_rising = sign * line[:, SLOPE] > 0
    is_of_break = (kind == BREAK) | (kind == FAILED_BREAK)
    rows[:, HEAD + len(READINGS)] = np.where(is_of_break, np.where(is_rising, RISING, FALLING), events[:, WHY])
    anchors = rows[:, -6:]
    anchors[:, 0], anchors[:, 1], anchors[:, 2] = line[:, FROM], sign * line[:, FROM_PRICE], line[:, TO]
    anchors[:, 3] = sign * line[:, TO_PRICE]
    was_touched = line[:, TOUCHED] > line[:, TO]
    anchors[:, 4] = np.where(was_touched, line[:, TOUCHED], -1)
    anchors[:, 5] = np.where(was_touched, sign * line[:, TOUCHED_PRICE], np.nan)
    return rows


def _readings(
    line: Floats, kind: Floats, at: np.ndarray, sign: int, close: Floats, yardstick: Floats
) -> tuple[Floats, ...]:
    """Return the columns of `READINGS` up to `since_break`, NaN where a kind has no such reading."""
    value = sign * (line[:, FROM_PRICE] + line[:, SLOPE] * (at - line[:, FROM]))
    unit = yardstick[at]
    gap, span, since_touch = np.abs(close[at] - value) / unit, line[:, TOUCHED] - line[:, FROM], at - line[:, TOUCHED]
    strength = line_strength.py_func(line[:, TOUCHES], span, since_touch)
    is_broken, is_return = line[:, PHASE] == BROKEN, (kind == TOUCH) | (kind == RETEST)
    return (
        value, sign * line[:, SLOPE] / unit, line[:, TOUCHES], span, strength, gap,
        since_touch, np.where(kind == RETEST, is_broken, np.nan), np.where(kind == BREAK, gap, np.nan),
        np.where(is_return, line[:, AWAY], np.nan), np.where(is_broken, at - line[:, BROKEN_AT], np.nan),
    )  # fmt: skip
