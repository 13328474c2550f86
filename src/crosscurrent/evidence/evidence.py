"""Evidence: a fact and what it means for one market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscurrent.evidence.record import Record

__all__ = ["Evidence"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one fact says about where a market leans, and by which rule it says so.

    Known at the close of `session` (of a scheduled event: its day). `direction` is `bullish` or `bearish`, or `neutral` for what
    speaks against any trade; `weight` is how much it counts against other evidence, in breaks of a line (a break weighs one); `rule`
    names the file of the rule; `why` is a clause for readers. `is_counted` says whether it is a fact of the kind that records count, not
    a state or a near miss; `record` is what came after earlier ones, None where there is none yet.
    """

    market: str
    kind: str
    direction: str
    session: np.datetime64
    weight: float
    rule: str
    why: str
    is_counted: bool = False
    record: Record | None = None

    @property
    def points(self) -> float:
        """The weight, negative when bearish, zero when neutral."""
        return {"bullish": self.weight, "bearish": -self.weight}.get(self.direction, 0.0)

    def to_json(self) -> dict[str, Any]:
        """Return the evidence as setups print it."""
        return {
            "kind": self.kind,
            "session": str(self.session),
            "direction": self.direction,
            "rule": self.rule,
            "why": self.why,
            "record": self.record.to_json() if self.record else None,
        }
