"""A setup: a trade one could take, with what speaks for it, what against it, and what would prove it wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.rates_filter import Filter, Filtered
from crosscurrent.setups.sizing import Size

__all__ = ["Condition", "Entry", "Invalidation", "Parting", "Setup", "Side", "Start", "Target", "Withheld"]

Side = Literal["long", "short"]
Condition = Literal[
    "close_above", "close_below", "trade_above", "trade_below", "retest_from_above", "retest_from_below"
]
"""What starts a trade: a close beyond the price; trade through it, as a stop order does; or a return to it, as a limit order waits."""


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
    condition: Literal["close_above", "close_below"]
    reason: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A setup that a plan saw and that is not printed, with the reason, because silence would look like nothing was there."""

    market: str
    plan: str
    side: Side
    reason: str

    def __str__(self) -> str:
        named = self.plan.replace("_", " ")
        return f"{self.market}: {'an' if named[0] in 'aeiou' else 'a'} {named} {self.side} is withheld: {self.reason}."


@dataclass(frozen=True, slots=True)
class Start:
    """What starts a trade: the way price must come, the price, and the side that it starts."""

    way: str
    price: float
    side: Side


@dataclass(frozen=True, slots=True)
class Parting:
    """What parts a trade from one on the other side at nearly the same price, in words and by its parts."""

    text: str
    starts: tuple[Start, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """A plan applied to one market at one close.

    For a long: stop < entry < targets in order, invalidation at the stop or below; for a short the mirror image. Prices lie on the
    market's tick. Known at the close of `session`; good until `expiry`, the last session in which it may be entered. `supports` and
    `opposes` hold the market's own evidence; `filter` says whether the filter market is aligned with it, against it or neutral, and
    `filtered_by` why; None where there is no filter. `parting` says what separates it from a trade on the other side at nearly the
    same price, empty where there is none.
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
    supports: tuple[Evidence, ...] = ()
    opposes: tuple[Evidence, ...] = ()
    filter: Filtered = "neutral"
    filtered_by: Filter | None = None
    size: Size | None = None
    parting: Parting | None = None

    @property
    def id(self) -> str:
        """A name that says what and when: the same input gives the same name."""
        return f"{self.market}-{self.session}-{self.plan}-{self.side}"

    @property
    def risk(self) -> float:
        """Points between entry and stop."""
        return abs(self.entry.price - self.stop)

    @property
    def ahead(self) -> tuple[Evidence, ...]:
        """The scheduled events before it expires: the part of what opposes it that has no direction."""
        return tuple(e for e in self.opposes if e.rule == "events_ahead")

    @property
    def sign(self) -> int:
        """1 for a long, -1 for a short."""
        return 1 if self.side == "long" else -1

    def to_json(self) -> dict[str, Any]:
        """Return the setup as the contract of the commands prints it."""
        return {
            "id": self.id, "market": self.market, "plan": self.plan, "side": self.side, "session": str(self.session),
            "entry": {"price": self.entry.price, "condition": self.entry.condition, "reason": self.entry.reason},
            "stop": self.stop, "risk": self.risk,
            "targets": [{"price": t.price, "reason": t.reason, "r": round(t.r, 2)} for t in self.targets],
            "invalidation": {
                "price": self.invalidation.price, "condition": self.invalidation.condition, "reason": self.invalidation.reason
            },
            "expiry": str(self.expiry), "for": [e.to_json() for e in self.supports], "against": [e.to_json() for e in self.opposes],
            "filter": self.filter, "filtered_by": self.filtered_by.to_json() if self.filtered_by else None,
            "size": self.size.to_json() if self.size else None, "parting": self.parting.text if self.parting else None,
        }  # fmt: skip
