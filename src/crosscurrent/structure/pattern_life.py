"""The life of a pattern after its break: what became of it, whether price came back inside, and which breaks are told at all."""

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
    LOWER,
    LOWER_ZERO,
    SIDE,
    START,
    UPPER,
    UPPER_ZERO,
)  # fmt: skip

__all__ = ["lives", "outdrawn", "returned", "told_patterns"]


def told_patterns(rows: Floats, odds: Floats, start: Floats, back: Floats) -> NDArray[np.int64]:
    """Return the places of the rows that are told, in the order of their breaks; each subject once.

    `start` is where each formation begins, `back` the bar at which price had closed back inside it.
    """
    last: dict[tuple[float, float], int] = {}
    told: list[int] = []
    subjects_told: set[float] = set()
    for row in np.lexsort((start, -odds, rows[:, 0])):
        if rows[row, 5] in subjects_told:
            continue
        stream, at = (rows[row, 2], rows[row, 3]), rows[row, 0]
        before = last.get(stream)
        if before is not None and back[before] >= at:
            shared = min(rows[before, 0], at) - max(start[before], start[row])
            if shared > 0.5 * (at - start[row]):
                continue
        last[stream] = row
        subjects_told.add(rows[row, 5])
        told.append(row)
    return np.array(told, dtype=np.int64)


@numba.njit(cache=True, nogil=True)
def outdrawn(rows: Floats, odds: Floats, patience: float) -> NDArray[np.bool_]:
    """Return whether at the break of each formation a clearer one that holds most of its bars was standing, price inside it.

    Where several pairs of lines run through one market, the clearest is the one that is seen, and a close that has left
    another but not that one has broken nothing.
    """
    is_outdrawn = np.zeros(len(rows), np.bool_)
    for i in range(len(rows)):
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
def returned(close: Floats, rows: Floats) -> Floats:
    """Return the bar at which price closed back inside each formation, by half an ATR, infinity where it has not."""
    at = np.full(len(rows), np.inf)
    for i in range(len(rows)):
        row = rows[i]
        slope, zero = (row[UPPER], row[UPPER_ZERO]) if row[SIDE] > 0 else (row[LOWER], row[LOWER_ZERO])
        for t in range(int(row[BROKEN]) + 1, len(close)):
            if (close[t] - zero - slope * t) * row[SIDE] < -0.5 * row[ATR]:
                at[i] = t
                break
    return at


@numba.njit(cache=True, nogil=True)
def lives(high: Floats, low: Floats, close: Floats, confirmed: Floats) -> Floats:
    """Return (bar, stage) of what became of each pattern (at, direction, target, invalidation, bars); a bar of -1: not known yet."""
    ends = np.full((len(confirmed), 2), -1.0)
    for i in range(len(confirmed)):
        at, direction, target, invalidation, bars = confirmed[i]
        for t in range(int(at) + 1, min(len(close), int(at + bars) + 1)):
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
