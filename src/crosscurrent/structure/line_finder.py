"""Lines through swings of any series: drawn when their second swing is known, followed until they break, fade or are outranked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED
from crosscurrent.facts.table import grown
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.line_life import follow_line, quiet_until
from crosscurrent.structure.line_sight import SEEN, see
from crosscurrent.structure.line_state import (
    BROKEN,
    BROKEN_AT,
    CLOSE,
    EDGE,
    FAR,
    FREE,
    FROM,
    LINE,
    LINE_THEN,
    MERGED,
    NO_RULE,
    OUTRANKED,
    PHASE,
    REACH,
    ROWS,
    SLOPE,
    STANDING,
    STATE,
    SUBJECT,
    TOUCHED,
    TOUCHES,
    UNIT,
    WALL,
    LineRules,
    LineState,
    LineSweep,
    Places,
    line_strength,
    line_value,
    record,
)
from crosscurrent.structure.swings import HIGH

__all__ = ["find_lines", "follow_lines", "no_lines"]

MONTH = 21


def no_lines(rules: LineRules) -> LineState:
    """Return what is carried into the first bar."""
    return LineState(np.zeros((STATE, 4 * rules.keep)), np.zeros(0, np.bool_), np.zeros(1, np.int64))


def find_lines(
    high: Floats, low: Floats, close: Floats, yardstick: Floats, swings: Floats, rules: LineRules,
    carried: tuple[NDArray[Any], ...] = (), begin: int = 0,
) -> tuple[LineSweep, LineSweep]:  # fmt: skip
    """Return resistance and support lines of any series, on its swings.

    Series of shape `(n,)`; swings as rows (known, at, price, side). Support is the same arithmetic on the negated series, so
    both sides mirror exactly. A series with one value a bar is handed in three times. With what both sides `carried` to bar
    `begin`, which changes, swings and events are those known from there on.
    """
    on_highs, on_lows = (LineState(*carried[part]) if carried else no_lines(rules) for part in (slice(3), slice(3, 6)))
    order = np.argsort(swings[:, 0], kind="stable")
    known, place, is_high = (
        swings[order, 0].astype(np.int64),
        swings[order, 1].astype(np.int64),
        swings[order, 3] == HIGH,
    )
    return (
        follow_lines(high, low, close, yardstick, known[is_high], place[is_high], rules, on_highs, begin),
        follow_lines(-low, -high, -close, yardstick, known[~is_high], place[~is_high], rules, on_lows, begin),
    )


def follow_lines(
    reach: Floats, far: Floats, close: Floats, yardstick: Floats, known: Places, place: Places, rules: LineRules,
    state: LineState | None = None, begin: int = 0,
) -> LineSweep:  # fmt: skip
    """Return the life of every line of one side, in one pass.

    `reach` holds the extremes that rest on lines and `far` the opposite ones. Swings come as `known`, `place`, ascending in `known`.
    Bars whose yardstick is NaN or zero are passed over.
    """
    lines, was_swing, born = state or no_lines(rules)
    is_swing = np.zeros(len(close), np.bool_)
    is_swing[: len(was_swing)] = was_swing
    series = np.empty((ROWS, len(close)))
    _lay_out(series, reach, far, close, yardstick, is_swing, place, begin, rules)
    # The sweep stops where a bar might need more room than is left: growing the array inside would slow every bar.
    room = 2 * lines.shape[1] + 2 * SEEN * most_at_once(known)
    events, done = np.empty((len(close) - begin + room, LINE_THEN + STATE)), (0, begin, 0)
    drawn, wakes = np.zeros((STATE, SEEN)), np.full(lines.shape[1], -1)
    while True:
        done = _sweep(events, room, lines, wakes, drawn, is_swing, born, series, known, place, rules, *done)
        if done[1] == len(close):
            return LineSweep(events[: done[0]], LineState(lines, is_swing, born))
        events = grown(events)


@kernel
def _lay_out(
    series: Floats, reach: Floats, far: Floats, close: Floats, yardstick: Floats, is_swing: NDArray[np.bool_], place: Places, begin: int,
    rules: LineRules,
) -> None:  # fmt: skip
    """Lay out what lines are drawn on, as far back from `begin` as lines to new swings may reach and be looked at."""
    first = begin
    for to in place:
        first = max(0, min(first, to - 2 * rules.reach_back))
    for t in range(first, len(close)):
        series[REACH, t], series[FAR, t], series[CLOSE, t], series[UNIT, t] = reach[t], far[t], close[t], yardstick[t]
        wall = max(reach[t] - rules.pierce * yardstick[t], close[t] - rules.beyond * yardstick[t])
        series[WALL, t], series[EDGE, t] = wall, max(wall, reach[t]) if is_swing[t] else wall


@kernel
def most_at_once(known: Places) -> int:
    """Return how many swings become known at one bar at most."""
    most, count = 0, 0
    for i in range(len(known)):
        count = count + 1 if i and known[i] == known[i - 1] else 1
        most = max(most, count)
    return most


@kernel
def _sweep(
    events: Floats, room: int, lines: Floats, wakes: Places, drawn: Floats, is_swing: NDArray[np.bool_], born: Places, series: Floats,
    known: Places, place: Places, rules: LineRules, n: int, begin: int, swing: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Carry the lines on from a bar as far as there is room for events; return how many, the bar and the swing so far.

    `wakes` says of each line until when nothing happens to it; below zero, that this has yet to be found. How far price has been away
    from a sleeping line is already that of the bar at which it wakes: only what happens there tells it.
    """
    soonest = _sleep(lines, wakes, begin, series, rules)
    for t in range(begin, series.shape[1]):
        if n + room > len(events):
            return n, t, swing
        unit = series[UNIT, t]
        if t >= soonest and unit > 0:
            soonest = series.shape[1]
            for slot in range(len(wakes)):
                if wakes[slot] <= t:
                    n = follow_line(events, n, lines, slot, t, series, rules)
                    wakes[slot] = quiet_until(lines, slot, t + 1, series, rules)
                soonest = min(soonest, wakes[slot])
        while swing < len(known) and known[swing] == t:
            to = place[swing]
            swing += 1
            if unit > 0 and not is_swing[to]:
                seen = see(drawn, t, to, series, is_swing, rules)
                n, born[0] = _draw(events, n, born[0], lines, wakes, drawn, seen, t, unit, rules)
                soonest = _sleep(lines, wakes, t + 1, series, rules)
            is_swing[to] = True
            series[EDGE, to] = max(series[WALL, to], series[REACH, to])
    return n, series.shape[1], swing


@kernel
def _sleep(lines: Floats, wakes: Places, begin: int, series: Floats, rules: LineRules) -> int:
    """Let lines sleep from a bar until something happens to them; return when the first of all wakes."""
    soonest = series.shape[1]
    for slot in range(len(wakes)):
        if wakes[slot] < 0:
            wakes[slot] = quiet_until(lines, slot, begin, series, rules)
        soonest = min(soonest, wakes[slot])
    return int(soonest)


@kernel
def _draw(
    events: Floats, n: int, born: int, lines: Floats, wakes: Places, drawn: Floats, seen: int, t: int, unit: float, rules: LineRules
) -> tuple[int, int]:  # fmt: skip
    """Give the lines that a new swing completes their places, the strongest first; return how many events and lines there are."""
    for _ in range(seen):
        best = _strongest(drawn, seen, t)
        slot, why = _place_for(lines, drawn, best, t, unit, rules)
        if slot >= 0:
            if lines[PHASE, slot] == STANDING:
                n = record(events, n, lines, slot, t, LINE, EXPIRED, 1, why)
            for i in range(STATE):
                lines[i, slot] = drawn[i, best]
            lines[SUBJECT, slot], wakes[slot] = born, -1
            n = record(events, n, lines, slot, t, LINE, CONFIRMED, 1, NO_RULE)
            born += 1
        drawn[PHASE, best] = FREE
    return n, born


@kernel
def _strongest(drawn: Floats, seen: int, t: int) -> int:
    best, most = -1, -np.inf
    for i in range(seen):
        if drawn[PHASE, i] != FREE:
            strength = _strength(drawn, i, t)
            best, most = (i, strength) if strength > most else (best, most)
    return best


@kernel
def _strength(lines: Floats, slot: int, t: int) -> float:
    span, since = lines[TOUCHED, slot] - lines[FROM, slot], t - lines[TOUCHED, slot]
    return line_strength(lines[TOUCHES, slot], span, since)


@kernel
def _place_for(lines: Floats, drawn: Floats, i: int, t: int, unit: float, rules: LineRules) -> tuple[int, int]:
    """Return a new line's place and why what stands there must go; -1 for a line that stands already or is weaker than all."""
    twin, is_rising = _twin(lines, drawn, i, t, unit, rules), drawn[SLOPE, i] > 0
    if twin >= 0 and drawn[TOUCHES, i] <= lines[TOUCHES, twin]:
        return -1, MERGED
    if twin >= 0 and (lines[SLOPE, twin] > 0) == is_rising:
        return twin, MERGED
    weakest = _weakest(lines, is_rising, t, rules)
    if twin >= 0:
        return (twin if weakest < 0 else -1), MERGED
    if weakest < 0:
        return _free(lines), NO_RULE
    return (weakest if _strength(drawn, i, t) > _strength(lines, weakest, t) else -1), OUTRANKED


@kernel
def _twin(lines: Floats, drawn: Floats, i: int, t: int, unit: float, rules: LineRules) -> int:
    """Return the standing line that nearly coincides with a new one, now and for a month; -1 if none."""
    value = line_value(drawn, i, t)
    for slot in range(lines.shape[1]):
        if lines[PHASE, slot] == STANDING:
            apart, turn = abs(line_value(lines, slot, t) - value), MONTH * abs(lines[SLOPE, slot] - drawn[SLOPE, i])
            if apart + turn <= rules.merge * unit:
                return slot
    return -1


@kernel
def _weakest(lines: Floats, is_rising: bool, t: int, rules: LineRules) -> int:
    """Return the weakest of the standing lines that rise, or do not, when their number is full, else -1."""
    weakest, least = -1, np.inf
    if _standing(lines, is_rising) >= rules.keep:
        for slot in range(lines.shape[1]):
            if lines[PHASE, slot] == STANDING and (lines[SLOPE, slot] > 0) == is_rising:
                strength = _strength(lines, slot, t)
                weakest, least = (slot, strength) if strength < least else (weakest, least)
    return weakest


@kernel
def _standing(lines: Floats, is_rising: bool) -> int:
    """Return how many of the standing lines rise, or do not."""
    count = 0
    for slot in range(lines.shape[1]):
        count += (lines[PHASE, slot] == STANDING) & ((lines[SLOPE, slot] > 0) == is_rising)
    return count


@kernel
def _free(lines: Floats) -> int:
    """Return a place for one more line: a free one, or that of the line broken longest ago."""
    oldest = -1
    for slot in range(lines.shape[1]):
        if lines[PHASE, slot] == FREE:
            return slot
        if lines[PHASE, slot] == BROKEN and (oldest < 0 or lines[BROKEN_AT, slot] < lines[BROKEN_AT, oldest]):
            oldest = slot
    return oldest
