"""The breakout plan: with a boundary that has just been broken, or on the close that would break the next one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosscurrent.setups.boundaries import Boundary, ahead, broken
from crosscurrent.setups.ground import SIDES, Ground, Idea
from crosscurrent.setups.setup import Side

__all__ = ["Breakout"]


@dataclass(frozen=True, slots=True)
class Breakout:
    r"""Buy above a boundary that price has just closed through, or on the close that would break the next; sell the mirror image.

                      target 2  ----------  landmarks beyond, nearest first
                      target 1  ----------
                     __/
        ____________/_________  boundary    entry: a close beyond it; the stop lies beyond structure by a margin in ATR
           /\  /\  /
          /  \/  \/                         invalidation: an average or the latest swing behind the stop

    A strong line overhead outweighs a weak one just broken, since nobody buys into resistance. Known at the last close. A long and a
    short may both stand: that is a range.

    Parameters
    ----------
    recent
        How many sessions old a break may be.
    extended
        How far beyond a broken boundary the close may be, in ATR: farther, and the trade is a retest.
    strong
        From which worth on a boundary is strong.
    step, near
        How far, in ATR, an unbroken boundary must at least be from the close, and the close that breaks it may at most be.
    margin
        How far beyond the boundary the stop lies, in ATR.
    patience
        After how many sessions the setup expires.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 27 and 28, on stops and on what is a break.
    """

    recent: int = 5
    extended: float = 1.0
    strong: float = 7.0
    step: float = 0.25
    near: float = 1.25
    margin: float = 0.5
    patience: int = 10

    name = "breakout"

    def ideas(self, ground: Ground) -> Iterator[Idea]:
        """Yield the long and the short idea, where structure gives one."""
        held = {side: self._held(ground, side) for side in SIDES}
        for side, other in zip(SIDES, reversed(SIDES), strict=True):
            chosen = self._chosen(held[side], list(self._next(ground, side, held[other])), side)
            if chosen is not None:
                yield self._idea(chosen, side)

    def _chosen(self, held: list[Boundary], next_: list[Boundary], side: Side) -> Boundary | None:
        """Return a strong break that stands, else the nearest strong boundary ahead, else the worthiest of either."""
        sign = 1.0 if side == "long" else -1.0
        best = max(held, key=lambda b: b.worth, default=None)
        if best is not None and best.worth >= self.strong:
            return best
        nearest = min((b for b in next_ if b.worth >= self.strong), key=lambda b: sign * b.edge, default=None)
        return nearest or max([*held, *next_], key=lambda b: b.worth, default=None)

    def _idea(self, boundary: Boundary, side: Side) -> Idea:
        goal = None if boundary.goal is None else (boundary.goal, "measured target of the pattern")
        return Idea(self.name, side, boundary.edge, "close_above" if side == "long" else "close_below", boundary.what, boundary.price,
                    self.margin, self.patience, goal)  # fmt: skip

    def _held(self, ground: Ground, side: Side) -> list[Boundary]:
        return [
            b for b in broken(ground, side, self.recent) if abs(ground.close - b.price) <= self.extended * ground.unit
        ]

    def _next(self, ground: Ground, side: Side, against: list[Boundary]) -> Iterator[Boundary]:
        """Yield the boundaries ahead; against a break that stands, only those beyond its stop."""
        sign = 1.0 if side == "long" else -1.0
        nearest = self.step * ground.unit
        for boundary in against:
            nearest = max(nearest, sign * (boundary.price - ground.close) + self.margin * ground.unit)
        for boundary in ahead(ground, side):
            away, edge = sign * (boundary.price - ground.close), sign * (boundary.edge - ground.close)
            if nearest <= away and edge <= self.near * ground.unit:
                yield boundary
