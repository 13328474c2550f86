"""What is told of a market: what has ended or been cancelled by its last close is no news."""

from __future__ import annotations

import numpy as np

from crosscurrent.note.choose import recent_facts
from crosscurrent.structure.look import look_at
from crosscurrent.structure.streaks import Streaks
from strategies import path_bars

RISE = [100.0 + 0.3 * (t % 2) for t in range(60)] + [101.0 + 0.5 * t for t in range(7)]


def told(path) -> set[str]:
    bars = path_bars(np.array(path), wick=0.1)
    return {f.kind for f in recent_facts(look_at(bars, bars, [Streaks()]), 5)}


def test_a_streak_is_told_while_it_lasts():
    assert told(RISE) == {"streak"}


def test_a_streak_that_ended_with_the_last_close_is_not():
    assert told([*RISE, RISE[-1] - 0.5]) == set()
