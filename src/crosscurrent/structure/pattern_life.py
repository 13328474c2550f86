"""The life of a pattern after its formation: which breaks are told at all, and what became of those that were."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, FAILED, FORMING, INVALIDATED, REACHED
from crosscurrent.structure.formations import (
    ATR,
    BORN,
    BROKEN,
    END,
    KIND,
    LOWER,
    LOWER_ZERO,
    OWN_SIDE,
    SIDE,
    START,
    UPPER,
    UPPER_ZERO,
    lower_at,
    upper_at,
)

__all__ = [
    "AT", "DIRECTION", "LASTING", "PLACE", "STAGE", "STREAMS", "WAY", "clearest", "is_last_of_its_kind", "is_outdrawn", "lives",
    "subject", "told_patterns",
]  # fmt: skip

KINDS = 8
"""The most kinds of one detector."""
BOTH_SIDES = 0
SIDES = 3
STREAMS = 6 * SIDES
"""Places for the pattern told last of each stage and direction."""
LASTING = SIDE + 1
"""How many columns of that are kept: its bars, its lines, its ATR and its break."""

PLACE, AT, STAGE, WAY, DIRECTION = range(5)
VERDICT = 5
"""A verdict says of the formation at a place at which bar it comes to which stage, the side on which it is measured, its direction."""


@numba.njit(cache=True, nogil=True)
def told_patterns(
    rows: Floats,
    odds: Floats,
    close: Floats,
    patience: float,
    min_bars: int,
    is_choosy: bool,
    last: Floats,
    told: Floats,
) -> Floats:
    """Return a verdict on each ended formation that is told, in the order in which they became known; each subject once.

    `rows` are all formations that were open when the new bars began or have formed since. `is_choosy` says whether a clearer one that
    still stands keeps a break from being told. What was told so far is carried: `last` holds the formation of the pattern told last in
    each stream, its first columns alone, NaN where there is none, and changes; `told` are all subjects.
    """
    verdicts, subjects, n = np.empty((len(rows), VERDICT)), np.empty(len(rows)), 0
    places = _ended(rows, odds, patience, min_bars, is_choosy)
    for i in range(len(places)):
        row, verdict = rows[places[i]], verdicts[n]
        verdict[PLACE], verdict[AT] = places[i], row[BROKEN]
        _judge(row, close, verdict)
        subjects[n], stream = subject(row, verdict[WAY]), int(SIDES * verdict[STAGE] + verdict[DIRECTION] + 1)
        is_known = subjects[n] in told or subjects[n] in subjects[:n]
        if not is_known and not _is_much_the_same(row, last[stream], close):
            for column in range(LASTING):
                last[stream, column] = row[column]
            n += 1
    return verdicts[:n].copy()


@numba.njit(cache=True, nogil=True)
def _ended(rows: Floats, odds: Floats, patience: float, min_bars: int, is_choosy: bool) -> NDArray[np.int64]:
    """Return the places of the formations whose end may be told: by its bar, then the clearest first, then the longest."""
    places, n = np.empty(len(rows), np.int64), 0
    for i in range(len(rows)):
        row = rows[i]
        is_over = row[BROKEN] >= 0 and row[BROKEN] - row[START] + 1 >= min_bars
        if not is_over or (is_choosy and is_outdrawn(rows, odds, i, patience)):
            continue
        if row[SIDE] != 0 or (row[BROKEN] > row[BORN] and is_last_of_its_kind(rows, i)):
            j = n
            while j > 0 and _comes_before(rows, odds, i, places[j - 1]):
                places[j] = places[j - 1]
                j -= 1
            places[j] = i
            n += 1
    return places[:n]


@numba.njit(cache=True, nogil=True)
def _comes_before(rows: Floats, odds: Floats, i: int, j: int) -> bool:
    if rows[i, BROKEN] != rows[j, BROKEN]:
        return bool(rows[i, BROKEN] < rows[j, BROKEN])
    return bool(odds[i] > odds[j] or (odds[i] == odds[j] and rows[i, START] < rows[j, START]))


@numba.njit(cache=True, nogil=True)
def _judge(row: Floats, close: Floats, verdict: Floats) -> None:
    """Write what an ended formation has come to.

    One that may break either way is measured on the side of its break, else on that of the line nearer to the close.
    """
    at, last = row[BROKEN], close[int(row[BROKEN])]
    near = 1.0 if upper_at(row, at) - last < last - lower_at(row, at) else -1.0
    verdict[WAY] = row[OWN_SIDE] if row[OWN_SIDE] != BOTH_SIDES else row[SIDE] if row[SIDE] != 0 else near
    verdict[DIRECTION] = row[OWN_SIDE] if row[SIDE] == 0 else verdict[WAY]
    verdict[STAGE] = EXPIRED if row[SIDE] == 0 else CONFIRMED if row[SIDE] == verdict[WAY] else INVALIDATED


@numba.njit(cache=True, nogil=True)
def subject(row: Floats, side: float) -> float:
    """Return a number for a pattern that no later bar changes: where it starts and ends, its kind and its side."""
    length = min(row[END] - row[START], 4095.0)
    return float(((row[START] * 4096 + length) * KINDS + row[KIND]) * 2 + (1 if side > 0 else 0))


@numba.njit(cache=True, nogil=True)
def is_outdrawn(rows: Floats, odds: Floats, i: int, patience: float) -> bool:
    """Whether at the break of a formation a clearer one that holds most of its bars was standing, price inside it.

    `rows` are all that may have been standing then; of one that no close has broken nothing is said.

    Where several pairs of lines run through one market, the clearest is the one that is seen, and a close that has left
    another but not that one has broken nothing.
    """
    if rows[i, BROKEN] < 0 or rows[i, SIDE] == 0:
        return False
    at, start = rows[i, BROKEN], rows[i, START]
    for j in range(len(rows)):
        holds_most = at - max(start, rows[j, START]) > 0.5 * (at - start)
        if odds[j] > odds[i] and holds_most and stands(rows[j], at, patience):
            return True
    return False


@numba.njit(cache=True, nogil=True)
def stands(row: Floats, at: float, patience: float) -> bool:
    """Whether a formation is known at a bar, not broken by its close, not stale, and its lines have not met."""
    is_open = row[BORN] <= at <= row[END] + patience * (row[END] - row[START]) and not 0 <= row[BROKEN] <= at
    return bool(is_open and upper_at(row, at) > lower_at(row, at))


@numba.njit(cache=True, nogil=True)
def is_last_of_its_kind(rows: Floats, i: int) -> bool:
    """Whether no formation of its kind is open any more at the close that ended this one."""
    at, still = rows[i, BROKEN], 0
    for j in range(len(rows)):
        is_open = rows[j, BORN] <= at and not 0 <= rows[j, BROKEN] <= at
        still += is_open and rows[j, KIND] == rows[i, KIND]
    return still == 0


@numba.njit(cache=True, nogil=True)
def _is_much_the_same(row: Floats, before: Floats, close: Floats) -> bool:
    """Whether more than half of a formation's bars lie in the one told before, and price has not closed back inside that since."""
    if np.isnan(before[START]) or _came_back(close, before, int(row[BROKEN])):
        return False
    shared = min(before[BROKEN], row[BROKEN]) - max(before[START], row[START])
    return bool(shared > 0.5 * (row[BROKEN] - row[START]))


@numba.njit(cache=True, nogil=True)
def _came_back(close: Floats, row: Floats, until: int) -> bool:
    """Whether price closed back inside a formation, by half an ATR, after its break and before a bar."""
    slope, zero = (row[UPPER], row[UPPER_ZERO]) if row[SIDE] > 0 else (row[LOWER], row[LOWER_ZERO])
    t = int(row[BROKEN]) + 1
    while t < until and (close[t] - zero - slope * t) * row[SIDE] >= -0.5 * row[ATR]:
        t += 1
    return t < until


@numba.njit(cache=True, nogil=True)
def clearest(rows: Floats, odds: Floats, at: float, min_bars: int) -> Floats:
    """Return a verdict on what a close at the next bar `at` may confirm: of each kind and direction the clearest, downward first."""
    verdicts, n = np.empty((2 * KINDS, VERDICT)), 0
    for which in range(2 * KINDS):
        kind, side = which // 2, which % 2 * 2 - 1
        place = _clearest_of(rows, odds, kind, side, at - min_bars + 1)
        if place >= 0:
            verdict = verdicts[n]
            verdict[PLACE], verdict[AT], verdict[STAGE] = place, at, FORMING
            verdict[WAY], verdict[DIRECTION] = side, side
            n += 1
    return verdicts[:n].copy()


@numba.njit(cache=True, nogil=True)
def _clearest_of(rows: Floats, odds: Floats, kind: int, side: int, latest: float) -> int:
    """Return the place of the clearest of a kind that began by the bar `latest` and may break to that side; -1 where there is none."""
    best = -1
    for i in range(len(rows)):
        row = rows[i]
        is_allowed = (
            row[KIND] == kind and row[START] <= latest and (row[OWN_SIDE] == side or row[OWN_SIDE] == BOTH_SIDES)
        )
        if is_allowed and (best < 0 or odds[i] > odds[best]):
            best = i
    return best


@numba.njit(cache=True, nogil=True)
def lives(high: Floats, low: Floats, close: Floats, confirmed: Floats, begin: int = 0) -> Floats:
    """Return (bar, stage) of what became of each pattern (at, direction, target, invalidation, bars); a bar of -1: not known yet.

    Nothing had become of them before bar `begin`.
    """
    ends = np.full((len(confirmed), 2), -1.0)
    for i in range(len(confirmed)):
        at, direction, target, invalidation, bars = confirmed[i]
        for t in range(max(int(at) + 1, begin), min(len(close), int(at + bars) + 1)):
            reach = high[t] - target if direction > 0 else target - low[t]
            if (close[t] - invalidation) * direction < 0:
                ends[i, 0], ends[i, 1] = t, FAILED
            elif reach >= 0:
                ends[i, 0], ends[i, 1] = t, REACHED
            elif t == int(at + bars):
                ends[i, 0], ends[i, 1] = t, EXPIRED
            if ends[i, 0] >= 0:
                break
    return ends
