"""The retest plan: wait for price to come back to what it has broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosscurrent.setups.boundaries import broken, is_beyond
from crosscurrent.setups.ground import SIDES, Ground, Idea
from crosscurrent.setups.setup import Condition

__all__ = ["Retest"]


@dataclass(frozen=True, slots=True)
class Retest:
    r"""Buy the return to a boundary that was broken upward and left behind; sell the mirror image.

                   /\
                  /  \   /      entry: price trades back to the boundary, as a limit order waits there
        _________/____\_/____   boundary, where it stands in the next session
           /\   /      .        stop: beyond it by a margin in ATR
          /  \_/

    Parameters
    ----------
    recent
        How many sessions old the break may be: Bulkowski's thirty calendar days for a throwback.
    left, lost
        How far beyond the boundary the close must at least and may at most be, in ATR.
    margin, patience
        As in `Breakout`.

    References
    ----------
    Bulkowski, Encyclopedia of Chart Patterns, on throwbacks and pullbacks.
    """

    recent: int = 20
    left: float = 0.75
    lost: float = 1.5
    margin: float = 0.5
    patience: int = 10

    name = "retest"

    def ideas(self, ground: Ground) -> Iterator[Idea]:
        """Yield for each side the worthiest boundary that has been left behind."""
        for side in SIDES:
            left = [
                b for b in broken(ground, side, self.recent) if self.left <= is_beyond(b, ground, side) <= self.lost
            ]
            chosen = max(left, key=lambda b: b.worth, default=None)
            if chosen is not None:
                condition: Condition = "retest_from_above" if side == "long" else "retest_from_below"
                yield Idea(
                    self.name,
                    side,
                    chosen.price,
                    condition,
                    f"return to the {chosen.what}",
                    chosen.price,
                    self.margin,
                    self.patience,
                )
