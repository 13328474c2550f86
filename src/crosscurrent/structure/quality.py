"""How good a pattern is: its five parts by formula, and the odds that it was drawn rather than walked by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.formations import EVENNESS, MISS, PACE, Formations
from crosscurrent.structure.tape import Tape

__all__ = ["graded", "log_odds", "quality_parts"]


def log_odds(found: Formations) -> Floats:
    """Return the log odds that a formation was drawn by buyers and sellers at two lines rather than by a random walk.

    A walk draws formations all the time: with five touches and the usual tolerance some thirty break in a thousand bars. What it
    draws seldom is many touches, evenly spaced, near their lines, and legs between them that go further than a walk comes in
    their time. The weights are those of a logistic regression, rounded: planted formations of two families and many sizes against
    those of random walks and those that break before the planted one does. Nothing of any market went into them. Zero stands where
    walks still show about one wedge in two thousand bars. Shape `(n,)`.
    """
    rows = found.rows
    return np.asarray(
        0.7 * found.touches + 10.0 * rows[:, EVENNESS] - 8.0 * rows[:, MISS] / found.height + 7.5 * rows[:, PACE] - 14.0
    )


def graded(value: Floats, worst: float, best: float) -> Floats:
    """Return grades from 1 at `worst` to 10 at `best`, straight in between."""
    return 1.0 + 9.0 * np.clip((value - worst) / (best - worst), 0.0, 1.0)


def quality_parts(
    tape: Tape, found: Formations, at: Floats, trigger: Floats, is_confirmed: NDArray[np.bool_]
) -> dict[str, Floats]:
    """Return the five parts and their mean, each from 1 to 10, as Autochartist names them.

    `initial_trend`: how far price came over as many bars before the pattern, 1 for nothing, 10 for its height or more.
    `uniformity`: how evenly the touches are spaced, 10 when the shortest gap is the mean gap. `clarity`: how near the touches lie
    to their lines, 10 for no miss, 1 for a mean miss of a tenth of the height. `breakout_strength`: by how much the close is
    beyond the line, 10 for one ATR. `volume_change`: the volume of the break against the pattern's mean, 1 at half, 10 at twice.
    The last two are NaN unless confirmed, volume also where it is unknown; the mean is over the parts there are.
    """
    rows = found.rows
    miss = rows[:, MISS] / found.touches / found.height
    parts = {
        "initial_trend": graded(initial_move(tape, found) / found.height, 0.0, 1.0),
        "uniformity": graded(rows[:, EVENNESS], 0.0, 1.0), "clarity": graded(miss, 0.1, 0.0),
    }  # fmt: skip
    now = np.minimum(at, len(tape) - 1).astype(np.int64)
    beyond = np.abs(tape.bars.close[now] - trigger) / tape.atr[now]
    parts["breakout_strength"] = np.where(is_confirmed, graded(beyond, 0.0, 1.0), np.nan)
    parts["volume_change"] = np.where(is_confirmed, graded(volume_ratio(tape, found, now), 0.5, 2.0), np.nan)
    columns = np.column_stack(list(parts.values()))
    known = np.isfinite(columns)
    parts["quality"] = np.where(known, columns, 0.0).sum(1) / np.maximum(known.sum(1), 1)
    return parts


def initial_move(tape: Tape, found: Formations) -> Floats:
    """Return how far price moved into each pattern, over as many bars as it has, fewer when the series is younger."""
    start, end = found.start.astype(np.int64), found.end.astype(np.int64)
    close = tape.bars.close
    move: Floats = np.abs(close[start] - close[np.maximum(2 * start - end, 0)])
    return move


def volume_ratio(tape: Tape, found: Formations, at: NDArray[np.int64]) -> Floats:
    """Return the volume at these bars over the mean since the pattern's start, NaN where unknown."""
    volume, start = tape.bars.volume, found.start.astype(np.int64)
    known = np.isfinite(volume)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, volume, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = volume[at] / ((total[at] - total[start]) / (count[at] - count[start]))
    return np.where(np.isfinite(ratio), ratio, np.nan)
