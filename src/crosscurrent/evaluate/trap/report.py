"""A report on one market's breaks: the odds of each as they were said at its close, and what such odds have been worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.experience import odds_of
from crosscurrent.evaluate.records import is_readable
from crosscurrent.evaluate.trap.breaks import WITHIN, Breaks, breaks_of, pooled, tells_breaks
from crosscurrent.evaluate.trap.features import FEATURES
from crosscurrent.evaluate.trap.scoring import Bin, Skill, reliability
from crosscurrent.evaluate.trap.walk_forward import Forecast, scored, walk_forward
from crosscurrent.evidence.trap import Odds
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at

__all__ = ["TrapReport", "report"]


@dataclass(frozen=True, slots=True, eq=False)
class TrapReport:
    """What is known of a market's breaks at one date.

    Parameters
    ----------
    market, markets
        Whose breaks are told, and whose taught the model.
    odds
        Of every counted break of the market, oldest first; what became of the last ones is not decided.
    skill, over_chance
        Of all forecasts decided by now: against the base rate, and against the distance alone; None while there are too few.
    bins
        Forecasts beside what came, of all markets.
    weights
        What each feature adds to the log odds of failure for each of its standard deviations, by the last model; empty without one.
    """

    market: str
    markets: tuple[str, ...]
    odds: tuple[Odds, ...]
    skill: Skill | None
    over_chance: Skill | None
    bins: tuple[Bin, ...]
    weights: dict[str, float]

    @property
    def verdict(self) -> str:
        """Say in plain words what the odds are worth."""
        if self.skill is None:
            return "Too few breaks are decided to judge any odds: the base rate stands."
        score = f"skill {self.skill.value:+.3f}, {self.skill.low:+.3f} to {self.skill.high:+.3f}, over {self.skill.n} breaks"
        if not self.skill.is_better:
            return f"The odds are no better than the base rate ({score}): the base rate stands."
        told = f"The odds are better than the base rate ({score})"
        if self.over_chance is None or self.over_chance.is_better:
            return f"{told}."
        low, high = self.over_chance.low, self.over_chance.high
        return f"{told}, but no better than the distance from the line alone (skill {self.over_chance.value:+.3f}, {low:+.3f} to {high:+.3f})."

    def to_json(self) -> dict[str, Any]:
        """Return the report as the contract of the commands prints it."""
        return {
            "market": self.market, "markets": list(self.markets), "within": WITHIN, "breaks": [odds.to_json() for odds in self.odds],
            "skill": self.skill.to_json() if self.skill else None,
            "skill_over_chance": self.over_chance.to_json() if self.over_chance else None,
            "reliability": [each.to_json() for each in self.bins], "weights": self.weights, "verdict": self.verdict,
        }  # fmt: skip


def report(
    snapshot: Snapshot,
    market: str,
    teachers: Iterable[str],
    beside: str | None = None,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> TrapReport:
    """Return what is known of a market's breaks, which teach the model together with those of the `teachers`.

    `beside` is the filter market; `tell` is called with the name of each market that is read. A market whose bars have no range, or that
    hardly moves, teaches nothing.
    """
    other = snapshot.adjusted(beside) if beside is not None and snapshot.has(beside) else None
    parts, detectors = [], tuple(d for d in DETECTORS if tells_breaks(d))
    for name in dict.fromkeys((market, *teachers)):
        tell(name)
        look = look_at(snapshot.traded(name), snapshot.adjusted(name), detectors)
        if is_readable(look):
            parts.append(breaks_of(look, other))
    if not parts:
        return TrapReport(market, (), (), None, None, (), {})
    breaks = pooled(parts)
    return _told(market, breaks, walk_forward(breaks))


def _told(market: str, breaks: Breaks, forecast: Forecast) -> TrapReport:
    mine = (breaks.market == market) & breaks.is_case
    judged = breaks.is_case & np.isfinite(breaks.failed) & np.isfinite(forecast.probability)
    model = forecast.editions[-1].model if forecast.editions else None
    names = [feature.__name__ for feature in FEATURES]
    return TrapReport(
        market, tuple(dict.fromkeys(map(str, breaks.market))), odds_of(breaks, forecast, np.flatnonzero(mine)),
        scored(breaks, judged, forecast.probability, forecast.base), scored(breaks, judged, forecast.probability, breaks.chance),
        reliability(forecast.probability[judged], breaks.failed[judged]),
        {} if model is None else dict(zip(names, map(float, model.weights), strict=True)),
    )  # fmt: skip
