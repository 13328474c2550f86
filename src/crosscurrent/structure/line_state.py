"""A line while it is followed: what makes it one, what is kept of it, how it is written down when something happens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.kernel import kernel

__all__ = ["LineRules", "LineState", "LineSweep", "Places", "line_strength", "line_value", "record"]

Places = NDArray[np.int64]


class LineRules(NamedTuple):
    """What makes a line; distances in ATR of the bar at which they are measured, times in bars.

    Parameters
    ----------
    tolerance
        How far an extreme may miss a line that it touches.
    pierce
        How far an extreme between the two swings may reach past a line when it is drawn.
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
        A close back inside after at most `failed_within` bars fails a break; a broken line is watched for `watch` bars,
        Bulkowski's thirty days for a throwback.
    keep
        How many lines a side stand at a time, rising and falling ones apart.
    """

    tolerance: float = 0.25
    pierce: float = 0.5
    beyond: float = 0.1
    away: float = 1.0
    excursion: float = 2.0
    drift: float = 8.0
    steepest: float = 0.5
    merge: float = 0.5
    carry: int = 4
    min_span: int = 5
    reach_back: int = 250
    patience: int = 60
    failed_within: int = 5
    watch: int = 30
    keep: int = 3


class LineState(NamedTuple):
    """What a sweep over one side carries: the lines that stand or are watched, which bars are swings, how many lines were born."""

    lines: Floats
    is_swing: NDArray[np.bool_]
    born: Places


class LineSweep(NamedTuple):
    """What a sweep over one side leaves: its events, and what it carries at the last bar."""

    events: Floats
    state: LineState


LINE, TOUCH, BREAK, RETEST, FAILED_BREAK = range(5)
NO_RULE, BROKEN_BY_CLOSE, DRIFTED, FADED, OUTRANKED, MERGED = range(-1, 5)

# What is kept of a line: which it is, its two swings, its slope, how it was touched, and since when it is broken.
PHASE, SUBJECT, FROM, FROM_PRICE, TO, TO_PRICE, SLOPE, TOUCHES, TOUCHED, TOUCHED_PRICE, AWAY, BROKEN_AT, STATE = range(
    13
)
FREE, STANDING, BROKEN = range(3)

# What lines are drawn on, a row each: the extremes that rest on lines and the opposite ones, closes, the yardstick; then how high
# each bar stands in the way of lines over it, and the higher of that and of a swing's extreme.
REACH, FAR, CLOSE, UNIT, WALL, EDGE, ROWS = range(7)

# An event: when, what, which stage, whether the line held (1) or gave way (-1), why it ended; then the line as it was.
AT, KIND, STAGE, HELD, WHY, LINE_THEN = range(6)


@kernel
def record(events: Floats, n: int, lines: Floats, slot: int, t: int, kind: int, stage: int, held: int, why: int) -> int:
    """Write down an event with the state of its line; return how many there are."""
    events[n, AT], events[n, KIND], events[n, STAGE], events[n, HELD], events[n, WHY] = t, kind, stage, held, why
    for i in range(STATE):
        events[n, LINE_THEN + i] = lines[i, slot]
    return n + 1


@kernel
def line_value(lines: Floats, slot: int, t: int) -> float:
    """Return where a line stands at a bar."""
    return lines[FROM_PRICE, slot] + lines[SLOPE, slot] * (t - lines[FROM, slot])  # type: ignore[no-any-return]


@kernel
def line_strength(touches: float, span: float, since_touch: float) -> float:
    """Return one to ten, the mean of three marks: touches (half at two), span (half at a month), freshness (half at a quarter)."""
    return 1.0 + 3.0 * (1.0 - 1.0 / touches + span / (span + 21.0) + 63.0 / (63.0 + since_touch))
