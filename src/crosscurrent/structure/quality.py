"""How good a pattern is: its five parts by formula, and the odds that it was drawn rather than walked by chance."""

from __future__ import annotations

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.formations import END, EVENNESS, MISS, PACE, START, TOUCHES, height_of
from crosscurrent.structure.tape import Tape

__all__ = ["graded", "log_odds", "quality_parts", "traded"]


@numba.njit(cache=True, nogil=True)
def log_odds(rows: Floats) -> Floats:
    """Return the log odds that a formation was drawn by buyers and sellers at two lines rather than by a random walk.

    A walk draws formations all the time: with five touches and the usual tolerance some thirty break in a thousand bars. What it
    draws seldom is many touches, evenly spaced, near their lines, and legs between them that go further than a walk comes in
    their time. The weights are those of a logistic regression, rounded: planted formations of two families and many sizes against
    those of random walks and those that break before the planted one does. Nothing of any market went into them. Zero stands where
    walks still show about one wedge in two thousand bars. Shape `(n,)`.
    """
    odds = np.empty(len(rows))
    for i in range(len(rows)):
        row = rows[i]
        clear = 0.7 * row[TOUCHES] + 10.0 * row[EVENNESS] - 8.0 * row[MISS] / height_of(row)
        odds[i] = clear + 7.5 * row[PACE] - 14.0
    return odds


def traded(tape: Tape) -> Floats:
    """Return what was traded before each bar, and on how many bars that is known; one row more than there are bars."""

    def compute() -> Floats:
        known = np.isfinite(tape.bars.volume)
        total = np.zeros((len(known) + 1, 2))
        np.cumsum(np.where(known, tape.bars.volume, 0.0), out=total[1:, 0])
        np.cumsum(known, out=total[1:, 1])
        return total

    return tape.once("traded", compute)


@numba.njit(cache=True, nogil=True)
def graded(value: float, worst: float, best: float) -> float:
    """Return a grade from 1 at `worst` to 10 at `best`, straight in between; NaN where the value is unknown."""
    share = (value - worst) / (best - worst)
    return 1.0 + 9.0 * (0.0 if share < 0.0 else 1.0 if share > 1.0 else share)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def quality_parts(
    row: Floats,
    now: int,
    trigger: float,
    is_confirmed: bool,
    close: Floats,
    atr: Floats,
    volume: Floats,
    before: Floats,
    parts: Floats,
) -> None:
    """Write the five parts and their mean, each from 1 to 10, as Autochartist names them.

    `initial_trend`: how far price came over as many bars before the pattern, 1 for nothing, 10 for its height or more.
    `uniformity`: how evenly the touches are spaced, 10 when the shortest gap is the mean gap. `clarity`: how near the touches lie
    to their lines, 10 for no miss, 1 for a mean miss of a tenth of the height. `breakout_strength`: by how much the close is
    beyond the line, 10 for one ATR. `volume_change`: the volume of the break against the pattern's mean, 1 at half, 10 at twice.
    The last two are NaN unless confirmed, volume also where it is unknown; the mean is over the parts there are.
    """
    height = height_of(row)
    parts[0] = graded(initial_move(row, close) / height, 0.0, 1.0)
    parts[1] = graded(row[EVENNESS], 0.0, 1.0)
    parts[2] = graded(row[MISS] / row[TOUCHES] / height, 0.1, 0.0)
    parts[3], parts[4] = np.nan, np.nan
    if is_confirmed:
        parts[3] = graded(abs(close[now] - trigger) / atr[now], 0.0, 1.0)
        parts[4] = graded(volume_ratio(volume, before, int(row[START]), now), 0.5, 2.0)
    total, known = 0.0, 0
    for part in parts[:5]:
        if np.isfinite(part):
            total, known = total + part, known + 1
    parts[5] = total / max(known, 1)


@numba.njit(cache=True, nogil=True)
def initial_move(row: Floats, close: Floats) -> float:
    """Return how far price moved into a pattern, over as many bars as it has, fewer when the series is younger."""
    start, end = int(row[START]), int(row[END])
    return float(abs(close[start] - close[max(2 * start - end, 0)]))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def volume_ratio(volume: Floats, before: Floats, start: int, at: int) -> float:
    """Return the volume at a bar over the mean since the pattern's start, NaN where unknown."""
    ratio = volume[at] / ((before[at, 0] - before[start, 0]) / (before[at, 1] - before[start, 1]))
    return float(ratio if np.isfinite(ratio) else np.nan)
