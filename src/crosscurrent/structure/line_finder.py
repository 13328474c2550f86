"""Lines through swings of any series: drawn when their second swing is known, followed until they break, fade or are outranked."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, FAILED, FORMING, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, grown

__all__ = ["BROKEN", "READINGS", "RULES", "STANDING", "LineRules", "LineSweep", "follow_lines", "standing_rows"]

Places = NDArray[np.int64]


class LineRules(NamedTuple):
    """What makes a line; distances in ATR of the bar at which they are measured, times in bars.

    Parameters
    ----------
    tolerance
        How far an extreme may miss or pierce a line that it touches.
    beyond
        How far a close must lie past a line to break it.
    away, excursion
        A touch counts anew once a close has been `away` from the line; a return from an `excursion` is told as a retest.
    drift, patience
        A line fades when price is `drift` away, or when nothing has touched it for `patience` bars or twice its span, the longer.
    steepest
        The greatest slope a bar.
    merge
        Lines that stay as close as that from now to a month ahead are one.
    carry, min_span, reach_back
        A swing carries a line so many times as long as the stretch over which it is the extreme; lines span `min_span` to
        `reach_back` bars when drawn.
    failed_within, watch
        A close back inside after at most `failed_within` bars fails a break; a broken line is watched for `watch` bars, Bulkowski's
        thirty days for a throwback.
    keep
        How many lines a side stand at a time, rising and falling ones apart.
    """

    tolerance: float = 0.25
    beyond: float = 0.1
    away: float = 1.0
    excursion: float = 2.0
    drift: float = 8.0
    steepest: float = 0.5
    merge: float = 1.0
    carry: int = 5
    min_span: int = 5
    reach_back: int = 250
    patience: int = 60
    failed_within: int = 5
    watch: int = 30
    keep: int = 3


class LineSweep(NamedTuple):
    """What a sweep over one side leaves: fact rows, and the lines that stand or are watched at the last bar."""

    rows: Floats
    last: Floats


KINDS = 5
LINE, TOUCH, BREAK, RETEST, FAILED_BREAK = range(KINDS)

READINGS = (
    "price", "slope_atr", "touches", "span", "strength", "distance_atr", "since_touch", "after_break", "beyond_atr",
    "excursion_atr", "since_break", "volume_ratio", "next_price", "rank",
)  # fmt: skip
(
    PRICE,
    SLOPE_ATR,
    TOUCHES_,
    SPAN,
    STRENGTH,
    DISTANCE,
    SINCE,
    AFTER,
    BEYOND,
    EXCURSION,
    SINCE_BREAK,
    VOLUME_RATIO,
    NEXT_PRICE,
    RANK,
) = range(HEAD, HEAD + len(READINGS))
RULE = HEAD + len(READINGS)
WIDTH = RULE + 1 + 6

RULES = (
    "broken by a close beyond it", "price has drifted far away", "nothing has touched it for too long", "outranked by stronger lines",
    "merged into a line with more touches", "a rising line", "a falling line",
)  # fmt: skip
BROKEN_RULE, DRIFTED, FADED, OUTRANKED, MERGED, RISING, FALLING = range(len(RULES))

# A line's state: which it is, its two swings, its slope, how it has been touched, and since when it is broken.
PHASE, SUBJECT, FROM, FROM_PRICE, TO, TO_PRICE, SLOPE, TOUCHES, TOUCHED, TOUCHED_PRICE, AWAY, BROKEN_AT, STATE = range(
    13
)
FREE, STANDING, BROKEN = range(3)

MONTH = 21


@numba.njit(cache=True, nogil=True)
def follow_lines(
    reach: Floats,
    far: Floats,
    close: Floats,
    yardstick: Floats,
    known: Places,
    place: Places,
    sign: int,
    rules: LineRules,
) -> LineSweep:
    """Return the life of every line of one side.

    `reach` holds the extremes that rest on lines and `far` the opposite ones: highs and lows for resistance (`sign` 1), the negated
    lows and highs for support (`sign` -1, `close` negated too), so that both sides are one arithmetic and mirror exactly. Swings
    come as `known`, `place`, ascending in `known`. Bars whose yardstick is NaN or zero are passed over.
    """
    lines = np.zeros((4 * rules.keep, STATE))
    rows, n, born, swing = np.empty((64, WIDTH)), 0, 0, 0
    is_swing, left, right = np.zeros(len(close), np.bool_), _bars_beneath(reach, 1), _bars_beneath(reach, -1)
    for t in range(len(close)):
        if yardstick[t] > 0:
            for slot in range(len(lines)):
                if lines[slot, PHASE] != FREE and not _is_quiet(
                    lines, slot, t, reach[t], far[t], close[t], yardstick[t], rules
                ):
                    rows, n = _follow(rows, n, lines[slot], t, reach[t], far[t], close[t], yardstick[t], sign, rules)
        while swing < len(known) and known[swing] == t:
            to = place[swing]
            swing += 1
            if is_swing[to]:
                continue
            is_swing[to] = True
            if yardstick[t] > 0:
                rows, n, born = _draw(
                    rows, n, born, lines, t, to, reach, close, yardstick, is_swing, left, right, sign, rules
                )
    return LineSweep(rows[:n].copy(), lines[lines[:, PHASE] != FREE])


@numba.njit(cache=True, nogil=True)
def _value(line: Floats, t: int) -> float:
    return line[FROM_PRICE] + line[SLOPE] * (t - line[FROM])  # type: ignore[no-any-return]


@numba.njit(cache=True, nogil=True)
def _strength(line: Floats, t: int) -> float:
    """Return one to ten, the mean of three marks: touches (half at two, more with each), span (half at a month), freshness."""
    touches = 1.0 - 1.0 / line[TOUCHES]
    span = line[TOUCHED] - line[FROM]
    return 1.0 + 3.0 * (  # type: ignore[no-any-return]
        touches + span / (span + 21.0) + 63.0 / (63.0 + t - line[TOUCHED])
    )


@numba.njit(cache=True, nogil=True)
def _tell(
    rows: Floats,
    n: int,
    line: Floats,
    t: int,
    kind: int,
    stage: int,
    holds: int,
    close: float,
    unit: float,
    sign: int,
    rule: int,
) -> tuple[Floats, int]:
    """Write a fact about a line; `holds` is 1 where the line held (resistance: bearish), -1 where it gave way."""
    if n == len(rows):
        rows = grown(rows)
    row, value = rows[n], _value(line, t)
    row[:] = np.nan
    row[0], row[1], row[2], row[3], row[4], row[5] = t, kind, stage, -sign * holds, NO_STRICTNESS, line[SUBJECT]
    row[PRICE], row[SLOPE_ATR], row[TOUCHES_] = sign * value, sign * line[SLOPE] / unit, line[TOUCHES]
    row[SPAN], row[STRENGTH], row[DISTANCE] = line[TOUCHED] - line[FROM], _strength(line, t), abs(close - value) / unit
    row[SINCE], row[RULE] = t - line[TOUCHED], rule
    row[RULE + 1], row[RULE + 2], row[RULE + 3], row[RULE + 4] = (
        line[FROM],
        sign * line[FROM_PRICE],
        line[TO],
        sign * line[TO_PRICE],
    )
    later = line[TOUCHED] > line[TO]
    row[RULE + 5], row[RULE + 6] = (line[TOUCHED], sign * line[TOUCHED_PRICE]) if later else (-1.0, np.nan)
    return rows, n + 1


@numba.njit(cache=True, nogil=True)
def _is_quiet(
    lines: Floats, slot: int, t: int, reach: float, far: float, close: float, unit: float, rules: LineRules
) -> bool:
    """Whether nothing happens at a line on this bar, as on most; then only how far price has been away is kept."""
    value = lines[slot, FROM_PRICE] + lines[slot, SLOPE] * (t - lines[slot, FROM])
    if lines[slot, PHASE] == STANDING:
        distance, near = value - close, value - reach
        waited = t - lines[slot, TOUCHED]
        is_stale = waited > rules.patience and waited > 2 * (lines[slot, TOUCHED] - lines[slot, FROM])
        is_quiet = near > rules.tolerance * unit and distance <= rules.drift * unit and not is_stale
    else:
        distance, near = close - value, far - value
        is_quiet = distance >= 0 and near > rules.tolerance * unit and t - lines[slot, BROKEN_AT] < rules.watch
    if is_quiet and distance > lines[slot, AWAY] * unit:
        lines[slot, AWAY] = distance / unit
    return is_quiet


@numba.njit(cache=True, nogil=True)
def _follow(
    rows: Floats,
    n: int,
    line: Floats,
    t: int,
    reach: float,
    far: float,
    close: float,
    unit: float,
    sign: int,
    rules: LineRules,
) -> tuple[Floats, int]:
    """Carry a line over a bar on which something happens to it."""
    if line[PHASE] == BROKEN:
        return _watch(rows, n, line, t, far, close, unit, sign, rules)
    value = _value(line, t)
    if close - value > rules.beyond * unit:
        return _break(rows, n, line, t, close, unit, sign)
    if reach >= value - rules.tolerance * unit:
        return _touch(rows, n, line, t, reach, close, unit, sign, rules)
    line[PHASE] = FREE
    return _tell(
        rows, n, line, t, LINE, EXPIRED, 1, close, unit, sign, DRIFTED if value - close > rules.drift * unit else FADED
    )


@numba.njit(cache=True, nogil=True)
def _touch(
    rows: Floats, n: int, line: Floats, t: int, reach: float, close: float, unit: float, sign: int, rules: LineRules
) -> tuple[Floats, int]:
    """Count a touch if price had been away, and tell a return from an excursion as a retest of an unbroken line."""
    away = line[AWAY]
    if away >= rules.away:
        line[TOUCHES] += 1
        rows, n = _tell(rows, n, line, t, TOUCH, CONFIRMED, 1, close, unit, sign, -1)
        rows[n - 1, EXCURSION] = away
    if away >= rules.excursion:
        rows, n = _tell(rows, n, line, t, RETEST, CONFIRMED, 1, close, unit, sign, -1)
        rows[n - 1, AFTER], rows[n - 1, EXCURSION] = 0, away
    line[TOUCHED], line[TOUCHED_PRICE], line[AWAY] = t, reach, 0
    return rows, n


@numba.njit(cache=True, nogil=True)
def _break(rows: Floats, n: int, line: Floats, t: int, close: float, unit: float, sign: int) -> tuple[Floats, int]:
    """End a line by a close beyond it; from now on only what follows the break is watched."""
    beyond = (close - _value(line, t)) / unit
    for kind, stage, rule in (
        (LINE, FAILED, BROKEN_RULE),
        (BREAK, CONFIRMED, RISING if sign * line[SLOPE] > 0 else FALLING),
    ):
        rows, n = _tell(rows, n, line, t, kind, stage, -1, close, unit, sign, rule)
        rows[n - 1, BEYOND] = beyond
    line[PHASE], line[BROKEN_AT], line[AWAY] = BROKEN, t, beyond
    return rows, n


@numba.njit(cache=True, nogil=True)
def _watch(
    rows: Floats, n: int, line: Floats, t: int, far: float, close: float, unit: float, sign: int, rules: LineRules
) -> tuple[Floats, int]:
    """Watch a broken line: a close back inside soon fails the break, a return from beyond that holds is a retest."""
    value, since = _value(line, t), t - line[BROKEN_AT]
    if close < value:
        if since <= rules.failed_within:
            rows, n = _tell(
                rows,
                n,
                line,
                t,
                FAILED_BREAK,
                CONFIRMED,
                1,
                close,
                unit,
                sign,
                RISING if sign * line[SLOPE] > 0 else FALLING,
            )
            rows[n - 1, SINCE_BREAK] = since
        line[PHASE] = FREE
        return rows, n
    if far <= value + rules.tolerance * unit and line[AWAY] >= rules.away:
        rows, n = _tell(rows, n, line, t, RETEST, CONFIRMED, -1, close, unit, sign, -1)
        rows[n - 1, AFTER], rows[n - 1, EXCURSION], rows[n - 1, SINCE_BREAK] = 1, line[AWAY], since
        line[AWAY] = 0
    line[AWAY] = max(line[AWAY], (close - value) / unit)
    if since >= rules.watch:
        line[PHASE] = FREE
    return rows, n


@numba.njit(cache=True, nogil=True)
def _draw(
    rows: Floats, n: int, born: int, lines: Floats, t: int, to: int, reach: Floats, close: Floats, yardstick: Floats,
    is_swing: NDArray[np.bool_], left: Places, right: Places, sign: int, rules: LineRules,
) -> tuple[Floats, int, int]:  # fmt: skip
    """Draw the lines that a new swing completes, the strongest first."""
    drawn = _seen(t, to, reach, close, yardstick, is_swing, left, right, rules)
    while len(drawn):
        best = 0
        for i in range(1, len(drawn)):
            if _strength(drawn[i], t) > _strength(drawn[best], t):
                best = i
        line = drawn[best].copy()
        line[SUBJECT] = 2 * born + (sign < 0)
        rows, n, was_placed = _place(rows, n, lines, line, t, close[t], yardstick[t], sign, rules)
        born += was_placed
        drawn[best] = drawn[-1]
        drawn = drawn[:-1]
    return rows, n, born


@numba.njit(cache=True, nogil=True)
def _seen(
    t: int, to: int, reach: Floats, close: Floats, yardstick: Floats, is_swing: NDArray[np.bool_], left: Places, right: Places,
    rules: LineRules,
) -> Floats:  # fmt: skip
    """Return the lines from a new swing to every earlier one that it can see.

    Walking back from the swing, the horizon is the steepest line that the bars passed so far allow; an earlier swing at or above the
    horizon is seen: no extreme between them lies beyond their line by more than the tolerance, and no close by more than `beyond`.
    """
    drawn, n, horizon = np.zeros((16, STATE)), 0, -np.inf
    for at in range(to - 1, max(to - rules.reach_back, -1), -1):
        unit, steps = yardstick[at], to - at
        if np.isnan(unit) or n == len(drawn):
            break
        slope = (reach[to] - reach[at]) / steps
        carries = min(left[at], right[at], left[to]) * rules.carry >= steps >= rules.min_span
        if is_swing[at] and carries and -slope >= horizon and abs(slope) <= rules.steepest * yardstick[t]:
            line = drawn[n]
            line[PHASE], line[FROM], line[FROM_PRICE], line[TO], line[TO_PRICE] = STANDING, at, reach[at], to, reach[to]
            line[SLOPE] = slope
            if _holds_until(line, t, close, yardstick, rules):
                _count_touches(line, t, reach, close, yardstick, rules)
                n += 1
        highest = max(reach[at] - rules.tolerance * unit, close[at] - rules.beyond * unit)
        horizon = max(horizon, (highest - reach[to]) / steps)
    return drawn[:n]


@numba.njit(cache=True, nogil=True)
def _bars_beneath(reach: Floats, step: int) -> Places:
    """Return for each bar how many bars on its left (step 1) or right (-1) pass until one reaches higher; all of them if none does."""
    beneath = np.empty(len(reach), np.int64)
    for i in range(len(reach)):
        t = i if step > 0 else len(reach) - 1 - i
        other = t - step
        while 0 <= other < len(reach) and reach[other] <= reach[t]:
            other -= step * beneath[other]
        beneath[t] = abs(t - other)
    return beneath


@numba.njit(cache=True, nogil=True)
def _holds_until(line: Floats, t: int, close: Floats, yardstick: Floats, rules: LineRules) -> bool:
    """Whether no close since the line's second swing lies beyond it."""
    for s in range(int(line[TO]), t + 1):  # noqa: SIM110 (a generator would not compile)
        if close[s] - _value(line, s) > rules.beyond * yardstick[s]:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _count_touches(line: Floats, t: int, reach: Floats, close: Floats, yardstick: Floats, rules: LineRules) -> None:
    """Count how often price has come to the line between its swings, having been away in between; its two swings count as two."""
    touches, away = 1, 0.0
    for s in range(int(line[FROM]) + 1, t + 1):
        value, unit = _value(line, s), yardstick[s]
        if reach[s] >= value - rules.tolerance * unit:
            touches += away >= rules.away
            line[TOUCHED], line[TOUCHED_PRICE], away = s, reach[s], 0.0
        else:
            away = max(away, (value - close[s]) / unit)
        if s == line[TO]:
            touches = max(touches, 2)
    line[TOUCHES], line[AWAY] = touches, away


@numba.njit(cache=True, nogil=True)
def _place(
    rows: Floats, n: int, lines: Floats, line: Floats, t: int, close: float, unit: float, sign: int, rules: LineRules
) -> tuple[Floats, int, bool]:
    """Give a new line its place among those that stand, unless it is one of them or weaker than all."""
    twin = _twin(lines, line, t, unit, rules)
    slot, why = twin, MERGED
    if twin >= 0 and lines[twin, TOUCHES] >= line[TOUCHES]:
        return rows, n, False
    if twin < 0:
        slot, why = _weakest(lines, line, t, rules), OUTRANKED
        if slot >= 0 and _strength(lines[slot], t) >= _strength(line, t):
            return rows, n, False
    if slot >= 0:
        rows, n = _tell(rows, n, lines[slot], t, LINE, EXPIRED, 1, close, unit, sign, why)
    else:
        slot = _free(lines)
    lines[slot] = line
    rows, n = _tell(rows, n, line, t, LINE, CONFIRMED, 1, close, unit, sign, -1)
    return rows, n, True


@numba.njit(cache=True, nogil=True)
def _twin(lines: Floats, line: Floats, t: int, unit: float, rules: LineRules) -> int:
    """Return the standing line that nearly coincides with a new one, now and a month ago or on; -1 if none."""
    for slot in range(len(lines)):
        if lines[slot, PHASE] == STANDING:
            now, turn = abs(_value(lines[slot], t) - _value(line, t)), MONTH * abs(lines[slot, SLOPE] - line[SLOPE])
            if now + turn <= rules.merge * unit:
                return slot
    return -1


@numba.njit(cache=True, nogil=True)
def _weakest(lines: Floats, line: Floats, t: int, rules: LineRules) -> int:
    """Return the weakest standing line of the same slope's sign when their number is full, else -1."""
    standing, weakest = 0, -1
    for slot in range(len(lines)):
        if lines[slot, PHASE] == STANDING and (lines[slot, SLOPE] > 0) == (line[SLOPE] > 0):
            standing += 1
            if weakest < 0 or _strength(lines[slot], t) < _strength(lines[weakest], t):
                weakest = slot
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


def standing_rows(sides: tuple[LineSweep, LineSweep], t: int, close: float, unit: float) -> Floats:
    """Return rows of the lines that stand at the last bar `t`, the strongest first, with their value one bar on."""
    rows = np.full((sum(int((side.last[:, PHASE] == STANDING).sum()) for side in sides), WIDTH), np.nan)
    n = 0
    for sign, side in zip((1, -1), sides, strict=True):
        for line in side.last[side.last[:, PHASE] == STANDING]:
            _tell(rows, n, line, t, LINE, FORMING, 1, sign * close, unit, sign, -1)
            rows[n, NEXT_PRICE] = sign * _value(line, t + 1)
            n += 1
    rows = rows[np.lexsort((rows[:, 5], -rows[:, STRENGTH]))]
    rows[:, RANK] = np.arange(1, n + 1)
    return rows
