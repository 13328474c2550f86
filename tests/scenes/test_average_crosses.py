"""Golden and death crosses: drawn, and as the newspapers dated them."""

from __future__ import annotations

import numpy as np

from crosscurrent.structure import Tape
from crosscurrent.structure.average_crosses import AverageCrosses
from strategies import bars_of, needs_shared, path_bars, shared_bars

VALLEY = np.concatenate([np.linspace(200, 100, 260), np.linspace(100, 180, 160)])
REPORTED = {
    "2015-08-28": "death_cross", "2015-12-21": "golden_cross", "2016-01-11": "death_cross", "2016-04-25": "golden_cross",
    "2018-12-07": "death_cross", "2019-04-01": "golden_cross", "2020-03-30": "death_cross", "2020-07-09": "golden_cross",
    "2022-03-14": "death_cross", "2023-02-02": "golden_cross", "2025-04-14": "death_cross", "2025-07-01": "golden_cross",
}  # fmt: skip
"""The crosses of the S&P 500 as the press reported them at the time."""


def told(bars):
    return [(f.kind, f.direction) for f in AverageCrosses().sweep(Tape(bars)).facts(bars)]


def test_a_valley_ends_in_a_golden_cross():
    assert told(path_bars(VALLEY)) == [("golden_cross", "bullish")]
    assert told(path_bars(300 - VALLEY)) == [("death_cross", "bearish")]


def test_the_cross_is_known_at_the_first_close_that_makes_it():
    bars = path_bars(VALLEY)
    at = int(AverageCrosses().sweep(Tape(bars)).at[0])
    fast, slow = ([bars.close[t - n + 1 : t + 1].mean() for t in (at - 1, at)] for n in (50, 200))
    assert fast[0] < slow[0]
    assert fast[1] > slow[1]


def test_averages_that_meet_and_part_again_have_not_crossed():
    assert told(path_bars(VALLEY[:320])) == []
    flat = np.concatenate([VALLEY[:260], np.full(400, VALLEY[259])])
    assert told(bars_of(flat, flat, flat, flat)) == []


@needs_shared
def test_the_crosses_that_were_reported():
    bars = shared_bars("SPX")
    facts = list(AverageCrosses().sweep(Tape(bars)).facts(bars))
    since = np.datetime64("2015-01-01")
    until = np.datetime64("2025-12-31")
    assert {str(f.session): f.kind for f in facts if since <= f.session <= until} == REPORTED
