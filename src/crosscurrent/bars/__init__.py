"""Bars, Panel, Snapshot, resample, continuous futures, quality."""

from crosscurrent.bars.bars import Bars, Basis, Floats, Sessions
from crosscurrent.bars.changes import change_between, change_over, returns
from crosscurrent.bars.checked import checked_bars
from crosscurrent.bars.continuous import Roll, adjusted, roll_bars, rolls
from crosscurrent.bars.panel import Pair, Unequal, pair
from crosscurrent.bars.resample import daily, monthly, weekly
from crosscurrent.bars.snapshot import Snapshot

__all__ = [
    "Bars",
    "Basis",
    "Floats",
    "Pair",
    "Roll",
    "Sessions",
    "Snapshot",
    "Unequal",
    "adjusted",
    "change_between",
    "change_over",
    "checked_bars",
    "daily",
    "monthly",
    "pair",
    "returns",
    "roll_bars",
    "rolls",
    "weekly",
]
