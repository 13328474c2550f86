"""A setup: a trade one could take, with what would prove it wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

__all__ = ["Entry", "Invalidation", "Setup", "Side", "Target"]

Side = Literal["long", "short"]
Condition = Literal["close_above", "close_below"]


@dataclass(frozen=True, slots=True)
class Entry:
    """The price that starts the trade, and what must happen there."""

    price: float
    condition: Condition
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """A price to take profit at, why there, and how many times the risk it pays."""

    price: float
    reason: str
    r: float


@dataclass(frozen=True, slots=True)
class Invalidation:
    """What would prove the idea wrong, apart from the stop that limits its cost."""

    price: float
    condition: Condition
    reason: str


@dataclass(frozen=True, slots=True)
class Setup:
    """A plan applied to one market at one close.

    For a long: stop < entry < targets in order; for a short the mirror image. Prices lie on the market's tick. Known at the close
    of `session`; good until `expiry`.
    """

    market: str
    plan: str
    side: Side
    session: np.datetime64
    entry: Entry
    stop: float
    targets: tuple[Target, ...]
    invalidation: Invalidation
    expiry: np.datetime64
    supports: tuple[str, ...] = ()
    opposes: tuple[str, ...] = ()
    filter: Literal["aligned", "against", "neutral"] = "neutral"

    @property
    def id(self) -> str:
        """A name that says what and when: the same input gives the same name."""
        return f"{self.market}-{self.session}-{self.plan}-{self.side}"

    @property
    def risk(self) -> float:
        """Points between entry and stop."""
        return abs(self.entry.price - self.stop)

    def to_json(self) -> dict[str, Any]:
        """Return the setup as the contract of the commands prints it."""
        return {
            "id": self.id, "market": self.market, "plan": self.plan, "side": self.side,
            "entry": {"price": self.entry.price, "condition": self.entry.condition, "reason": self.entry.reason},
            "stop": self.stop, "targets": [{"price": t.price, "reason": t.reason, "r": round(t.r, 2)} for t in self.targets],
            "invalidation": {
                "price": self.invalidation.price, "condition": self.invalidation.condition, "reason": self.invalidation.reason
            },
            "expiry": str(self.expiry), "for": list(self.supports), "against": list(self.opposes), "filter": self.filter, "size": None,
        }  # fmt: skip
