"""Full replay, in small: past dates' own snapshots say what is still said of them. `benchmarks/replay.py` runs all of it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from contract.leaky import LEAKY
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.full_replay import replay
from snapshots import shared_snapshot
from strategies import needs_shared, random_bars

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from replay import CHARACTERS, days, generated

REFERENCES = {"NQ": "NDX", "RTY": "RUT", "ZN": "DGS10", "ZT": "DGS2", "CL": "VIX"}


@pytest.mark.parametrize("seed", range(2 * len(CHARACTERS)))
def test_no_fact_changes_on_generated_series(seed):
    bars = generated(seed)
    found = replay(Snapshot(bars.session[-1], {bars.market: bars}), bars.market, days(bars, 10, seed))
    assert found.changed == ()
    assert found.cuts == 10 and found.facts > 100


@needs_shared
@pytest.mark.parametrize("basis", ["traded", "adjusted"])
@pytest.mark.parametrize("market", REFERENCES)
def test_no_fact_changes_across_rolls(market, basis):
    """The prices are those that each date's own snapshot made, its rolls found and bridged with what was known."""
    whole = shared_snapshot("2025-06-30", market, REFERENCES[market])
    late = Snapshot(whole.as_of, {name: bars.last(1500) for name, bars in whole.markets.items()})
    found = replay(late, market, days(late.adjusted(market), 10), basis=basis)
    assert found.changed == ()
    assert found.facts > 1000


@needs_shared
@pytest.mark.parametrize(("market", "until"), [("RTY", "2018-12-31"), ("ZF", "2006-12-31")])
def test_no_fact_changes_when_the_first_roll_is_bridged(market, until):
    """Before it nothing is known to be bridged, and after it that must change nothing earlier."""
    whole = shared_snapshot(until, market, {"RTY": "RUT", "ZF": "DGS5"}[market])
    adjusted = whole.adjusted(market)
    first = int(np.flatnonzero(np.diff(adjusted.shift))[0])
    at = adjusted.session[[*range(max(first - 80, 20), first + 40, 8), first, first + 1]]
    assert replay(whole, market, at, basis="adjusted").changed == ()


@pytest.mark.parametrize("leak", LEAKY, ids=lambda d: type(d).__name__)
def test_a_leak_is_caught_in_replay(leak):
    bars = random_bars(3, 400)
    cut = bars.session[[*range(10, 60, 10), *np.random.default_rng(1).integers(60, 398, 25)]]
    assert replay(Snapshot(bars.session[-1], {"TOY": bars}), "TOY", cut, detectors=[leak]).changed
