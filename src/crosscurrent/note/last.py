"""The last note as the next one sees it: what it planned, and what became of that by now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Setup

__all__ = ["LastNote", "Tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """All trades of the desk that were filled and have ended: how many took their first target, and below how many nothing is claimed."""

    ended: int
    reached: int
    fewest: int
    after_the_fact: int


@dataclass(frozen=True, slots=True)
class LastNote:
    """A published note with each of its setups and how that stands at the close of the next note; nothing later is in it."""

    as_of: np.datetime64
    title: str
    setups: tuple[tuple[Setup, Outcome], ...]
    tally: Tally
