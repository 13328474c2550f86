"""A level while it is followed: what makes it one, what is kept of it, how it is written down when something happens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.kernel import kernel

__all__ = ["LevelRules", "LevelState", "LevelSweep", "Places", "level_strength", "record", "strength_of"]

Places = NDArray[np.int64]


class LevelRules(NamedTuple):
    """What makes a level; distances in ATR of the bar at which they are measured, times in bars.

    Parameters
    ----------
    width
        Half the width of a band.
    probed, rejected
        How far from its open a bar must have gone, and how far from there it must close, for its extreme to count as rejected.
    beyond
        How far past the band a close must lie to break the level.
    away
        A touch counts anew once a close has been so far from the band; a close so far away after a touch is a bounce.
    drift, patience
        A level fades when price is `drift` away, or when nothing has touched it for `patience` bars.
    worn
        A level crossed so many times without a bounce between is none any more.
    failed_within
        A close back past a level's middle after at most so many bars fails its break.
    swing_weight, enough
        A rejected bar weighs one and a swing `swing_weight`; a band is a level once what was rejected in it weighs `enough`.
    keep
        How many levels stand at a time.
    """

    width: float = 0.25
    probed: float = 0.25
    rejected: float = 0.5
    beyond: float = 0.1
    away: float = 1.0
    drift: float = 15.0
    patience: int = 250
    worn: int = 3
    failed_within: int = 5
    swing_weight: int = 2
    enough: int = 4
    keep: int = 12


class LevelState(NamedTuple):
    """What a sweep carries: the levels that stand, the latest rejections, and how many of each sort and of levels there were."""

    levels: Floats
    pool: Floats
    counts: Places


class LevelSweep(NamedTuple):
    """What a sweep leaves: its events, and what it carries at the last bar."""

    events: Floats
    state: LevelState


LEVEL, TOUCH, BOUNCE, BREAK, FLIP, FAILED_BREAK = range(6)
NO_RULE, DRIFTED, FADED, WORN, OUTRANKED = range(-1, 4)

# What is kept of a level. SIDE is where price is: 1 above it (support), -1 below (resistance).
(
    IS_STANDING, SUBJECT, MIDDLE, HALF, WEIGHT, SIDE, FIRST, FIRST_PRICE, SECOND, SECOND_PRICE, TOUCHES, BOUNCES, BREAKS, FLIPS,
    TOUCHED, TOUCHED_PRICE, AWAY, IS_TOUCHED, BROKEN_AT, CROSSED, STATE,
) = range(21)  # fmt: skip

# An event: when, what, which stage, why the level ended; then the level as it was.
AT, KIND, STAGE, WHY, LEVEL_THEN = range(5)


@kernel
def record(events: Floats, n: int, levels: Floats, slot: int, t: int, kind: int, stage: int, why: int) -> int:
    """Write down an event with the state of its level; return how many there are."""
    events[n, AT], events[n, KIND], events[n, STAGE], events[n, WHY] = t, kind, stage, why
    for i in range(STATE):
        events[n, LEVEL_THEN + i] = levels[slot, i]
    return n + 1


@kernel
def level_strength(held: float, broken: float, span: float, since_touch: float) -> float:
    """Return one to ten, the mean of three marks: what it held (rejections and bounces) against breaks, span, freshness.

    Four held and none broken are half a mark, as are a month of span and a quarter since the last touch.
    """
    return 1.0 + 3.0 * (held / (held + broken + 4.0) + span / (span + 21.0) + 63.0 / (63.0 + since_touch))


@kernel
def strength_of(levels: Floats, slot: int, t: int) -> float:
    """Return the strength of a level at a bar."""
    span = levels[slot, TOUCHED] - levels[slot, FIRST]
    return level_strength(
        levels[slot, WEIGHT] + levels[slot, BOUNCES], levels[slot, BREAKS], span, t - levels[slot, TOUCHED]
    )
