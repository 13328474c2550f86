"""A fact: one thing that can be said about one market, with the moment that revealed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Anchor", "Fact"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A bar and a price that the fact rests on."""

    session: np.datetime64
    price: float


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a fact table, as an object.

    Known at `known_at`, the close that revealed it; `session` is that bar's label. Prices among `readings` and `anchors` are those
    of the contract that was current at `known_at`. `subject` numbers the line, level or pattern that several facts are about,
    within its market, interval, basis and detector.
    """

    kind: str
    stage: str
    direction: str
    market: str
    interval: str
    basis: str
    known_at: np.datetime64
    session: np.datetime64
    strictness: str | None
    readings: Mapping[str, float | str]
    anchors: tuple[Anchor, ...]
    subject: int
    at: int

    @property
    def is_pattern(self) -> bool:
        """Whether the fact is about a chart pattern: something with a boundary to break and a measured target."""
        return "trigger" in self.readings and "target" in self.readings

    def to_json(self) -> dict[str, Any]:
        """Return the fact as the contract of the commands prints it."""
        return {
            "kind": self.kind, "stage": self.stage, "direction": self.direction, "market": self.market,
            "interval": self.interval, "basis": self.basis, "known_at": f"{self.known_at.astype('datetime64[s]')}Z",
            "session": str(self.session), "strictness": self.strictness, "readings": dict(self.readings),
            "anchors": [{"session": str(a.session), "price": a.price} for a in self.anchors], "subject": self.subject,
        }  # fmt: skip
