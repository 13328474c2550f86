"""An alert: something that became true at a close, told once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Alert"]


@dataclass(frozen=True, slots=True)
class Alert:
    """What became true, when, and in words.

    Two looks at the same close make the same alert, so its `id` is what keeps it from being told twice.

    Parameters
    ----------
    desk, market
        Whose watch it is, and what it is about (a pair is written `NQ-ZN`).
    kind
        The kind of fact, or `rung_touched`, `setup_filled`, `setup_stopped` ..., `correlation_changed`, `driver_changed`,
        `policy_moved`, `market_vanished`.
    session
        The session at whose close it became true, ISO.
    text
        One sentence for people.
    subject
        What tells two alerts of one kind, market and session apart.
    """

    desk: str
    market: str
    kind: str
    session: str
    text: str
    subject: str = ""

    @property
    def id(self) -> str:
        """A name made of what the alert is about, the words left out: a better sentence is no second alert."""
        about = (self.desk, self.market, self.kind, self.session, self.subject)
        return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """Return the alert as channels send it."""
        return asdict(self) | {"id": self.id}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Alert:
        """Return the alert that `to_json` wrote."""
        return cls(**{name: value for name, value in told.items() if name != "id"})
