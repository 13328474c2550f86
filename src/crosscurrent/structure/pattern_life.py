"""The life of a pattern after its formation: which breaks are told at all, and what became of those that were."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import EXPIRED, FAILED, REACHED
from crosscurrent.structure.formations import (
    ATR,
    BORN,
    BROKEN,
    END,
    KIND,
    LOWER,
    LOWER_ZERO,
    SIDE,
    START,
    UPPER,
    UPPER_ZERO,
)

__all__ = ["STREAMS", "are_last_of_their_kind", "lives", "outdrawn", "told_patterns"]

STAGE, SIDES = 2, 3
STREAMS = 6 * SIDES
"""Places for the pattern told last of each stage and direction."""


def told_patterns(
    rows: Floats, ended: Floats, odds: Floats, close: Floats, last: Floats, told: set[float]
) -> NDArray[np.int64]:
    """Return the places of the fact rows that are told, in the order in which they became known; each subject once.

    `ended` are the formations behind the rows. What was told so far is carried: `last` holds the formation of the pattern told last
    in each stream, NaN where there is none, and `told` all subjects; both change.
    """
    chosen = []
    for row in np.lexsort((ended[:, START], -odds, rows[:, 0])):
        stream = int(SIDES * rows[row, STAGE] + rows[row, 3] + 1)
        if rows[row, 5] in told or _is_much_the_same(ended[row], last[stream], close):
            continue
        last[stream] = ended[row]
        told.add(rows[row, 5])
        chosen.append(row)
    return np.array(chosen, dtype=np.int64)


@numba.njit(cache=True, nogil=True)
def outdrawn(rows: Floats, odds: Floats, patience: float) -> NDArray[np.bool_]:
    """Return whether at the break of each formation a clearer one that holds most of its bars was standing, price inside it.

    `rows` are all that may have been standing then; of those that no close has broken nothing is said.

    Where several pairs of lines run through one market, the clearest is the one that is seen, and a close that has left
    another but not that one has broken nothing.
    """
    is_outdrawn = np.zeros(len(rows), np.bool_)
    for i in range(len(rows)):
        if rows[i, BROKEN] < 0 or rows[i, SIDE] == 0:
            continue
        at, start = rows[i, BROKEN], rows[i, START]
        for j in range(len(rows)):
            if (
                odds[j] > odds[i]
                and at - max(start, rows[j, START]) > 0.5 * (at - start)
                and stands(rows[j], at, patience)
            ):
                is_outdrawn[i] = True
                break
    return is_outdrawn


@numba.njit(cache=True, nogil=True)
def stands(row: Floats, at: float, patience: float) -> bool:
    """Whether a formation is known at a bar, not broken by its close, not stale, and its lines have not met."""
    is_open = row[BORN] <= at <= row[END] + patience * (row[END] - row[START]) and not 0 <= row[BROKEN] <= at
    return bool(is_open and row[UPPER_ZERO] + row[UPPER] * at > row[LOWER_ZERO] + row[LOWER] * at)


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


def are_last_of_their_kind(ended: Floats, found: Floats) -> NDArray[np.bool_]:
    """Whether no formation of the same kind among `found` is open any more at the close that ended each."""
    is_last = np.zeros(len(ended), bool)
    for kind in np.unique(ended[:, KIND]):
        mine, same = ended[:, KIND] == kind, found[found[:, KIND] == kind]
        over, at = np.sort(same[same[:, BROKEN] >= 0, BROKEN]), ended[mine, BROKEN]
        born = np.searchsorted(np.sort(same[:, BORN]), at, side="right")
        is_last[mine] = born == np.searchsorted(over, at, side="right")
    return is_last


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
