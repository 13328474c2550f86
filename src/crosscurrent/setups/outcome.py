"""An outcome: what became of a setup by its own rules, as far as the bars go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np

__all__ = ["ENDED", "Outcome", "Status"]

Status = Literal["waiting", "open", "target", "stopped", "invalidated", "expired", "never_filled"]
ENDED = ("target", "stopped", "invalidated", "expired", "never_filled")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a setup stands or how it ended, because a plan that nobody follows up can never be wrong.

    Prices are those of the contract that was current on their session. Known at the close of `session` once it has ended.

    Parameters
    ----------
    status
        `waiting` for its entry, `open`, or how the last part ended: at the last `target`, `stopped`, `invalidated` by a close,
        `expired` in time, `never_filled`.
    targets_reached
        How many targets, nearest first; also of a trade that was stopped later.
    filled_on, fill
        Session and price of the entry; None without one.
    session, price
        Of the end; the price is None where nothing was filled.
    r
        What it paid in multiples of the planned risk, after costs, an equal part taken at each target; None until it has ended, and without a fill.
    same_bar
        Whether stop and target (or entry) lay inside one bar, so that the order is not known and the stop counts.
    after_the_fact
        Whether it was published when the first bar it is judged by had already closed: it then is no record.
    """

    status: Status
    targets_reached: int = 0
    filled_on: np.datetime64 | None = None
    fill: float | None = None
    session: np.datetime64 | None = None
    price: float | None = None
    r: float | None = None
    same_bar: bool = False
    after_the_fact: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can become of it."""
        return self.status in ENDED

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as the record keeps it."""
        day = {
            name: None if value is None else str(value)
            for name, value in (("filled_on", self.filled_on), ("session", self.session))
        }
        return {
            "status": self.status, "targets_reached": self.targets_reached, "filled_on": day["filled_on"], "fill": self.fill,
            "session": day["session"], "price": self.price, "r": self.r, "same_bar": self.same_bar, "after_the_fact": self.after_the_fact,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Outcome:
        """Return the outcome that `to_json` wrote."""
        filled, session = (
            None if kept[name] is None else np.datetime64(kept[name], "D") for name in ("filled_on", "session")
        )
        return cls(
            cast("Status", kept["status"]), kept["targets_reached"], filled, kept["fill"], session, kept["price"], kept["r"], kept["same_bar"],
            kept["after_the_fact"],
        )  # fmt: skip
