"""Traps: the odds that a break fails, and whether they are worth more than the base rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscurrent.facts.fact import Fact

__all__ = ["Odds", "Worth"]


@dataclass(frozen=True, slots=True)
class Worth:
    """The skill of odds against a reference, with its 95 per cent interval: zero is as good as the reference, one is perfect."""

    value: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low > 0

    @property
    def interval(self) -> list[float]:
        """The interval as documents hold it."""
        return [self.low, self.high]


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely it was at a break's close that price would close back inside within `within` sessions.

    All of it was known at the start of the year of `session`, but for what the break itself showed.

    Parameters
    ----------
    kind, basis, subject, direction
        Which break.
    probability
        By the model; None while too few breaks are decided to make one.
    base_rate, n
        Of earlier breaks of its sort, and how many these are; None while they are too few.
    chance
        How often price came back as far, whatever had been broken.
    skill, over_chance
        What such odds were worth against the base rate and against that chance; None while too few were judged.
    failed
        What became of it; None while undecided.
    """

    market: str
    kind: str
    basis: str
    subject: int
    direction: str
    session: np.datetime64
    within: int
    probability: float | None
    base_rate: float | None
    n: int
    chance: float | None
    skill: Worth | None
    over_chance: Worth | None
    failed: bool | None = None

    @property
    def is_better(self) -> bool:
        """Whether the model's odds have been better than the base rate, so that they may be printed."""
        return self.probability is not None and self.skill is not None and self.skill.is_better

    @property
    def told(self) -> float | None:
        """What may be printed: the model's probability where it has been better than the base rate, else the base rate."""
        return self.probability if self.is_better else self.base_rate

    def is_of(self, fact: Fact) -> bool:
        """Whether the odds are of the break that a fact tells."""
        mine = (self.market, self.kind, self.basis, self.subject, self.session)
        return mine == (fact.market, fact.kind, fact.basis, fact.subject, fact.session.astype("datetime64[D]"))

    def to_json(self) -> dict[str, Any]:
        """Return the odds as the contract of the commands prints them."""
        return {
            "session": str(self.session), "kind": self.kind, "direction": self.direction, "basis": self.basis,
            "probability": self.probability, "base_rate": self.base_rate, "n": self.n, "chance": self.chance,
            "skill": self.skill and self.skill.value, "skill_interval": self.skill and self.skill.interval,
            "skill_over_chance": self.over_chance and self.over_chance.value,
            "skill_over_chance_interval": self.over_chance and self.over_chance.interval,
            "is_better": self.is_better, "told": self.told, "failed": self.failed,
        }  # fmt: skip
