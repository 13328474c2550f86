"""The range-edge plan: buy the floor and sell the ceiling of a market that goes nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosscurrent.facts.fact import Fact
from crosscurrent.setups.ground import Ground, Idea

__all__ = ["RangeEdge"]


@dataclass(frozen=True, slots=True)
class RangeEdge:
    r"""Buy the return to the floor of a range, sell the return to its ceiling; the other edge is the target.

        ========/\=======/\====  ceiling: a level, strong and often touched
            /\ /  \     /
           /  \    \   /
        ==/=========\/========.  floor: entry where price trades back to it, stop beyond the band by a margin in ATR

    A range is two strong levels between which every bar of the last weeks has kept.

    Parameters
    ----------
    weeks
        How many sessions the range must have held.
    strength, touches
        What each level must be at least.
    narrow, wide
        How wide the range must at least and may at most be, in ATR.
    over
        How far bars may have reached past a level, in ATR.
    near
        How far from the close the edge may be, in ATR.
    margin, patience
        As in `Breakout`.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 9, on rectangles.
    """

    weeks: int = 20
    strength: float = 6.5
    touches: int = 3
    narrow: float = 2.5
    wide: float = 10.0
    over: float = 0.5
    near: float = 1.5
    margin: float = 0.25
    patience: int = 5

    name = "range_edge"

    def ideas(self, ground: Ground) -> Iterator[Idea]:
        """Yield the long at the floor and the short at the ceiling of the narrowest range that holds the last weeks."""
        found = self._range(ground)
        if found is None:
            return
        floor, ceiling = found
        bottom, top = float(floor.readings["high"]), float(ceiling.readings["low"])
        if ground.unit * 0.25 <= ground.close - bottom <= self.near * ground.unit:
            yield Idea(self.name, "long", bottom, "retest_from_above", "the floor of the range", float(floor.readings["low"]), self.margin,
                       self.patience, (top, "the ceiling of the range"))  # fmt: skip
        if ground.unit * 0.25 <= top - ground.close <= self.near * ground.unit:
            yield Idea(self.name, "short", top, "retest_from_below", "the ceiling of the range", float(ceiling.readings["high"]), self.margin,
                       self.patience, (bottom, "the floor of the range"))  # fmt: skip

    def _range(self, ground: Ground) -> tuple[Fact, Fact] | None:
        bars, unit = ground.eve.look.traded.bars, ground.unit
        low, high = float(bars.low[-self.weeks :].min()), float(bars.high[-self.weeks :].max())
        levels = [
            f for f in ground.eve.look.forming("level")
            if float(f.readings["strength"]) >= self.strength and float(f.readings["touches"]) >= self.touches
        ]  # fmt: skip
        floors = [
            f
            for f in levels
            if float(f.readings["high"]) < ground.close and low >= float(f.readings["low"]) - self.over * unit
        ]
        ceilings = [
            f
            for f in levels
            if float(f.readings["low"]) > ground.close and high <= float(f.readings["high"]) + self.over * unit
        ]
        if not floors or not ceilings:
            return None
        floor = max(floors, key=lambda f: f.readings["price"])
        ceiling = min(ceilings, key=lambda f: f.readings["price"])
        width = float(ceiling.readings["price"]) - float(floor.readings["price"])
        return (floor, ceiling) if self.narrow * unit <= width <= self.wide * unit else None
