"""Lines through swings of any series: drawn when their second swing is known, followed until they break, fade or are outranked."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED
from crosscurrent.facts.table import grown
from crosscurrent.structure.line_life import follow_line, is_quiet
from crosscurrent.structure.line_state import (
    AWAY,
    BROKEN,
    BROKEN_AT,
    FREE,
    FROM,
    FROM_PRICE,
    LINE,
    LINE_THEN,
    MERGED,
    NO_RULE,
    OUTRANKED,
    PHASE,
    SLOPE,
    STANDING,
    STATE,
    SUBJECT,
    TO,
    TO_PRICE,
    TOUCHED,
    TOUCHED_PRICE,
    TOUCHES,
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
SEEN = 16
"""How many earlier swings a new one is joined to at most."""


def no_lines(rules: LineRules) -> LineState:
    """Return what is carried into the first bar."""
    return LineState(np.zeros((4 * rules.keep, STATE)), np.zeros(0, np.bool_), np.zeros(1, np.int64))


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
    # The sweep stops where a bar might need more room than is left: growing the array inside would slow every bar.
    room = 2 * len(lines) + 2 * SEEN * most_at_once(known)
    events, done, drawn = (
        np.empty((len(close) - begin + room, LINE_THEN + STATE)),
        (0, begin, 0),
        np.zeros((SEEN, STATE)),
    )
    while True:
        done = _sweep(
            events, room, lines, drawn, is_swing, born, reach, far, close, yardstick, known, place, rules, *done
        )
        if done[1] == len(close):
            return LineSweep(events[: done[0]], LineState(lines, is_swing, born))
        events = grown(events)


@numba.njit(cache=True, nogil=True)
def most_at_once(known: Places) -> int:
    """Return how many swings become known at one bar at most."""
    most, count = 0, 0
    for i in range(len(known)):
        count = count + 1 if i and known[i] == known[i - 1] else 1
        most = max(most, count)
    return most


@numba.njit(cache=True, nogil=True)
def _sweep(
    events: Floats, room: int, lines: Floats, drawn: Floats, is_swing: NDArray[np.bool_], born: Places, reach: Floats, far: Floats,
    close: Floats, yardstick: Floats, known: Places, place: Places, rules: LineRules, n: int, begin: int, swing: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Carry the lines on from a bar as far as there is room for events; return how many, the bar and the swing so far."""
    walls = _walls(reach, close, yardstick, rules)
    for t in range(begin, len(close)):
        if n + room > len(events):
            return n, t, swing
        unit = yardstick[t]
        if unit > 0:
            for slot in range(len(lines)):
                if lines[slot, PHASE] != FREE and not is_quiet(lines, slot, t, reach[t], far[t], close[t], unit, rules):
                    n = follow_line(events, n, lines, slot, t, reach[t], far[t], close[t], unit, rules)
        while swing < len(known) and known[swing] == t:
            to = place[swing]
            swing += 1
            if unit > 0 and not is_swing[to]:
                seen = _see(drawn, t, to, reach, close, yardstick, walls, is_swing, rules)
                n, born[0] = _draw(events, n, born[0], lines, drawn, seen, t, unit, rules)
            is_swing[to] = True
    return n, len(close), swing


@numba.njit(cache=True, nogil=True)
def _walls(reach: Floats, close: Floats, yardstick: Floats, rules: LineRules) -> Floats:
    """Return how high each bar stands in the way of lines over it."""
    walls = np.empty(len(close))
    for t in range(len(close)):
        walls[t] = max(reach[t] - rules.pierce * yardstick[t], close[t] - rules.beyond * yardstick[t])
    return walls


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _see(
    drawn: Floats, t: int, to: int, reach: Floats, close: Floats, yardstick: Floats, walls: Floats, is_swing: NDArray[np.bool_],
    rules: LineRules,
) -> int:  # fmt: skip
    """Draw a line from a new swing to every earlier one that it can see; return how many.

    Walking back from the swing, the horizon is the steepest line that the bars passed so far allow; an earlier swing at or above the
    horizon is seen: no extreme between them lies beyond their line by more than `pierce`, and no close by more than `beyond`.
    """
    n, horizon, steepest = 0, -np.inf, rules.steepest * yardstick[t]
    for steps in range(1, _longest(reach, to, rules) + 1):
        at = to - steps
        if np.isnan(walls[at]) or n == SEEN or horizon > steepest:
            break
        if is_swing[at] and steps >= rules.min_span:
            slope = (reach[to] - reach[at]) / steps
            if -slope >= horizon and abs(slope) <= steepest and _carries(reach, at, steps, rules):
                drawn[n, PHASE], drawn[n, FROM], drawn[n, FROM_PRICE] = STANDING, at, reach[at]
                drawn[n, TO], drawn[n, TO_PRICE], drawn[n, SLOPE] = to, reach[to], slope
                n += _touched_and_unbroken(drawn, n, t, reach, close, yardstick, rules)
        rise = walls[at] - reach[to]
        if rise > horizon * steps:
            horizon = rise / steps
    return n


@numba.njit(cache=True, nogil=True)
def _longest(reach: Floats, to: int, rules: LineRules) -> int:
    """Return how long a line to a swing may be: so many times as long as the stretch to its left over which it is the extreme."""
    most, step = min(to, rules.reach_back - 1), 1
    while rules.carry * step < most and reach[to - step] <= reach[to]:
        step += 1
    return min(most, rules.carry * step)


@numba.njit(cache=True, nogil=True)
def _carries(reach: Floats, at: int, span: int, rules: LineRules) -> bool:
    """Whether a swing is the extreme of stretches on both sides long enough for a line from it.

    To its right a line of `span` bars is known to need no more than it covers, so nothing later than its second swing is read.
    """
    least, step = -(-span // rules.carry), 1
    while step < least <= at + 1 and reach[at - step] <= reach[at] and reach[at + step] <= reach[at]:
        step += 1
    return bool(least <= step)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _touched_and_unbroken(
    drawn: Floats, i: int, t: int, reach: Floats, close: Floats, yardstick: Floats, rules: LineRules
) -> bool:  # fmt: skip
    """Count how often price came to a new line, having been away in between (its two swings count as two); False if it is broken."""
    start, to, price, slope = int(drawn[i, FROM]), int(drawn[i, TO]), drawn[i, FROM_PRICE], drawn[i, SLOPE]
    touches, touched, away = 1, start, 0.0
    for s in range(start + 1, t + 1):
        value, unit = price + slope * (s - start), yardstick[s]
        distance = value - close[s]
        if -distance > rules.beyond * unit:
            return False
        # Chosen between values instead of branches: whether price comes near or goes further is a coin toss, and a wrong guess costs more.
        is_near, further = reach[s] >= value - rules.tolerance * unit, distance / unit
        touches += is_near and away >= rules.away
        touched = s if is_near else touched
        farthest = further if distance > away * unit else away
        away = 0.0 if is_near else farthest
        if s == to:
            touches = max(touches, 2)
    drawn[i, TOUCHED], drawn[i, TOUCHED_PRICE], drawn[i, TOUCHES], drawn[i, AWAY] = (
        touched,
        reach[touched],
        touches,
        away,
    )
    return True


@numba.njit(cache=True, nogil=True)
def _draw(
    events: Floats, n: int, born: int, lines: Floats, drawn: Floats, seen: int, t: int, unit: float, rules: LineRules
) -> tuple[int, int]:
    """Give the lines that a new swing completes their places, the strongest first; return how many events and lines there are."""
    for _ in range(seen):
        best = _strongest(drawn, seen, t)
        slot, why = _place_for(lines, drawn, best, t, unit, rules)
        if slot >= 0:
            if lines[slot, PHASE] == STANDING:
                n = record(events, n, lines, slot, t, LINE, EXPIRED, 1, why)
            for i in range(STATE):
                lines[slot, i] = drawn[best, i]
            lines[slot, SUBJECT] = born
            n = record(events, n, lines, slot, t, LINE, CONFIRMED, 1, NO_RULE)
            born += 1
        drawn[best, PHASE] = FREE
    return n, born


@numba.njit(cache=True, nogil=True)
def _strongest(drawn: Floats, seen: int, t: int) -> int:
    best, most = -1, -np.inf
    for i in range(seen):
        if drawn[i, PHASE] != FREE:
            strength = _strength(drawn, i, t)
            best, most = (i, strength) if strength > most else (best, most)
    return best


@numba.njit(cache=True, nogil=True)
def _strength(lines: Floats, slot: int, t: int) -> float:
    span, since = lines[slot, TOUCHED] - lines[slot, FROM], t - lines[slot, TOUCHED]
    return line_strength(lines[slot, TOUCHES], span, since)  # type: ignore[return-value]


@numba.njit(cache=True, nogil=True)
def _place_for(lines: Floats, drawn: Floats, i: int, t: int, unit: float, rules: LineRules) -> tuple[int, int]:
    """Return a new line's place and why what stands there must go; -1 for a line that stands already or is weaker than all."""
    twin, is_rising = _twin(lines, drawn, i, t, unit, rules), drawn[i, SLOPE] > 0
    if twin >= 0 and drawn[i, TOUCHES] <= lines[twin, TOUCHES]:
        return -1, MERGED
    if twin >= 0 and (lines[twin, SLOPE] > 0) == is_rising:
        return twin, MERGED
    weakest = _weakest(lines, is_rising, t, rules)
    if twin >= 0:
        return (twin if weakest < 0 else -1), MERGED
    if weakest < 0:
        return _free(lines), NO_RULE
    return (weakest if _strength(drawn, i, t) > _strength(lines, weakest, t) else -1), OUTRANKED


@numba.njit(cache=True, nogil=True)
def _twin(lines: Floats, drawn: Floats, i: int, t: int, unit: float, rules: LineRules) -> int:
    """Return the standing line that nearly coincides with a new one, now and for a month; -1 if none."""
    value = line_value(drawn, i, t)
    for slot in range(len(lines)):
        if lines[slot, PHASE] == STANDING:
            apart, turn = abs(line_value(lines, slot, t) - value), MONTH * abs(lines[slot, SLOPE] - drawn[i, SLOPE])
            if apart + turn <= rules.merge * unit:
                return slot
    return -1


@numba.njit(cache=True, nogil=True)
def _weakest(lines: Floats, is_rising: bool, t: int, rules: LineRules) -> int:
    """Return the weakest of the standing lines that rise, or do not, when their number is full, else -1."""
    standing, weakest, least = 0, -1, np.inf
    for slot in range(len(lines)):
        if lines[slot, PHASE] == STANDING and (lines[slot, SLOPE] > 0) == is_rising:
            standing, strength = standing + 1, _strength(lines, slot, t)
            weakest, least = (slot, strength) if strength < least else (weakest, least)
    return weakest if standing >= rules.keep else -1


@numba.njit(cache=True, nogil=True)
def _free(lines: Floats) -> int:
    """Return a place for one more line: a free one, or that of the line broken longest ago."""
    oldest = -1
    for slot in range(len(lines)):
        if lines[slot, PHASE] == FREE:
            return slot
        if lines[slot, PHASE] == BROKEN and (oldest < 0 or lines[slot, BROKEN_AT] < lines[oldest, BROKEN_AT]):
            oldest = slot
    return oldest
