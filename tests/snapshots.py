"""Snapshots of the shared data with each market's own instrument, for tests that put markets side by side."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.markets import instrument
from strategies import SHARED, shared_bars


def shared_snapshot(as_of: str, *markets: str) -> Snapshot:
    """Return what was known of some shared markets on a day."""
    return Snapshot(np.datetime64(as_of), {name: _described(name) for name in markets})


@lru_cache(maxsize=64)
def _described(market: str) -> Bars:
    return replace(shared_bars(market), instrument=instrument(market))


@lru_cache(maxsize=8)
def shared_table(name: str, *dates: str) -> pd.DataFrame:
    """Return a shared file of another shape, its date columns parsed."""
    return pd.read_csv(SHARED / f"{name}.csv", parse_dates=list(dates))
