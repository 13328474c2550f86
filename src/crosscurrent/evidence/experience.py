"""Experience: what came after earlier facts and breaks, as far as the last close knew it, for whoever weighs the present ones.

It is computed above the pipeline, which cannot import it; so whoever runs the pipeline hands in how it is gained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crosscurrent.evidence.record import NO_RECORDS, Record, Records, is_counted
from crosscurrent.evidence.trap import Odds
from crosscurrent.facts.fact import Fact
from crosscurrent.structure.look import Look

__all__ = ["NONE_YET", "Experience", "Learn"]


@dataclass(frozen=True, slots=True, eq=False)
class Experience:
    """The records of arguments, and the odds of breaks whose end is not known yet."""

    records: Records = NO_RECORDS
    odds: tuple[Odds, ...] = ()

    def record_of(self, fact: Fact) -> Record | None:
        """Return the record of a fact used as an argument; None where its like is not counted or has not happened before."""
        return self.records(fact.market, fact.kind, fact.direction) if is_counted(fact) else None

    def odds_of(self, fact: Fact) -> Odds | None:
        """Return the odds that the break which a fact tells fails; None where it tells none, or one that is decided."""
        return next((odds for odds in self.odds if odds.is_of(fact)), None)


NONE_YET = Experience()

Learn = Callable[[Mapping[str, Look], str | None], Experience]
"""How experience is gained: from what the charted markets have drawn, and the name of the filter among them."""
