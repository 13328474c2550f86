"""A channel drawn by hand, and a wedge and a narrow lane that are none."""

from __future__ import annotations

import numpy as np

from crosscurrent.structure import Tape
from crosscurrent.structure.channels import Channels
from strategies import path_bars


def zigzag(depths, *, slope=0.3, leg=8, width=8.0, tail=()):
    """Return bars that travel between a line and points beneath it, the latter at these shares of the width."""
    top = [(2 * leg * i, 100 + slope * 2 * leg * i) for i in range(len(depths) + 1)]
    bottom = [(2 * leg * i + leg, 100 + slope * (2 * leg * i + leg) - depth * width) for i, depth in enumerate(depths)]
    points = [(-20, 80), *sorted(top + bottom)]
    points += [(points[-1][0] + step, points[-1][1] + change) for step, change in tail]
    at, price = zip(*points, strict=True)
    return path_bars(np.interp(np.arange(at[0], at[-1] + 1), at, price))


def told(bars):
    return [(f.stage, f.direction, f.readings.get("rule")) for f in Channels().sweep(Tape(bars)).facts(bars)]


def test_a_rising_channel():
    bars = zigzag([1, 1, 1], tail=[(5, -4)])
    table = Channels().sweep(Tape(bars))
    assert ("confirmed", "bullish", None) in told(bars)
    assert np.all(table.reading("parallel_touches") >= 2)
    assert np.all(np.abs(np.abs(table.reading("price") - table.reading("parallel")) - 8) < 1.5)


def test_it_fails_by_a_close_past_the_parallel():
    bars = zigzag([1, 1, 1], tail=[(24, -24)])
    assert ("failed", "bearish", "broken by a close beyond the parallel") in told(bars)


def test_a_narrowing_path_is_no_channel():
    assert told(zigzag([1, 0.55, 0.25], tail=[(3, -1)])) == []


def test_a_narrow_lane_is_no_channel():
    assert told(zigzag([1, 1, 1], width=1.2, tail=[(3, -0.5)])) == []


def test_it_stands_until_it_ends():
    bars = zigzag([1, 1, 1], tail=[(5, -4)])
    standing = Channels().forming(Tape(bars))
    assert len(standing) >= 1
    assert np.all(standing.at == len(bars) - 1)
    broken = zigzag([1, 1, 1], tail=[(24, -24)])
    ended = Channels().sweep(Tape(broken))
    assert set(Channels().forming(Tape(broken)).subject) == set(ended.subject) - set(ended.subject[ended.stage != 1])
