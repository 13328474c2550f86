"""What a desk has seen at a close: the analysis, and the setups that are still being followed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.evaluate.ledger.following import follow
from crosscurrent.note.analysis import Analysis
from crosscurrent.setups.outcome import ENDED, Outcome
from crosscurrent.setups.setup import Setup

__all__ = ["Seen"]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One look: everything computed at a close.

    Parameters
    ----------
    analysis
        What the note would be composed from.
    followed
        Setups of earlier looks that had not ended; those of this look come on top.
    """

    analysis: Analysis
    followed: tuple[Setup, ...] = ()

    @property
    def desk(self) -> str:
        """The desk's name."""
        return self.analysis.desk.name

    @property
    def setups(self) -> tuple[Setup, ...]:
        """Every setup that is being followed, each once."""
        return tuple({setup.id: setup for setup in (*self.followed, *self.analysis.setups)}.values())

    def outcome(self, setup: Setup) -> Outcome | None:
        """Return where a setup stands, None when its market is not here."""
        snapshot = self.analysis.snapshot
        return follow(setup, snapshot.adjusted(setup.market)) if snapshot.has(setup.market) else None

    def alive(self) -> tuple[Setup, ...]:
        """Return the setups that have not ended; one whose market is not here waits for it."""
        outcomes = {setup.id: self.outcome(setup) for setup in self.setups}
        return tuple(s for s in self.setups if (o := outcomes[s.id]) is None or o.status not in ENDED)

    def last(self, market: str) -> np.datetime64 | None:
        """Return a market's last session, None when it is not here."""
        snapshot = self.analysis.snapshot
        return np.datetime64(snapshot.traded(market).session[-1], "D") if snapshot.has(market) else None
