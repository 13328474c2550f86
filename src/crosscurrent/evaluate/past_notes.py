"""Past notes: a desk's notes as it would have written them, each opening with what had become of the one before it.

note 1  -->  note 2  -->  note 3        each is written from the snapshot of its own close; the setups of all earlier ones are
  \\___________/\\___________/           followed to that close and no further
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.ledger.following import follow
from crosscurrent.evaluate.ledger.scoring import tally
from crosscurrent.evaluate.replay import Past
from crosscurrent.note.last import LastNote
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Setup

__all__ = ["PastNotes"]


@dataclass(slots=True)
class PastNotes:
    """What a desk had planned at the closes before a note, and how that stood: what a note opens with in a replay.

    Parameters
    ----------
    pasts
        The past of each of the desk's index markets, in its order.
    """

    pasts: Mapping[str, Past]
    _planned: list[tuple[np.datetime64, str, tuple[Setup, ...]]] = field(default_factory=list)
    _ends: dict[str, Outcome] = field(default_factory=dict)

    def add(self, day: np.datetime64, title: str) -> None:
        """Take in the note of a day: its setups are planned anew from what was known at that close."""
        found = [s for past in self.pasts.values() if past.has(day) for s in past.planned(day).setups]
        self._planned.append((day, title, tuple(found)))

    def last(self, snapshot: Snapshot) -> LastNote | None:
        """Return the note before this snapshot with what had become of it by then; None before the first."""
        if not self._planned:
            return None
        day, title, setups = self._planned[-1]
        earlier = [setup for _, _, planned in self._planned for setup in planned]
        outcomes = {setup.id: self._outcome(setup, snapshot) for setup in earlier}
        return LastNote(day, title, tuple((s, outcomes[s.id]) for s in setups), tally(outcomes.values()))

    def _outcome(self, setup: Setup, snapshot: Snapshot) -> Outcome:
        """Return how a setup stood at the snapshot's close. An end is final, so each is found once."""
        if setup.id not in self._ends:
            outcome = follow(setup, snapshot.adjusted(setup.market))
            if not outcome.has_ended:
                return outcome
            self._ends[setup.id] = outcome
        return self._ends[setup.id]
