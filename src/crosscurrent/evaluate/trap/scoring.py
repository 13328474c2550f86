"""Scoring: the Brier score of forecasts, their skill against another forecast of the same breaks, and whether they are reliable.

Breaks of one week share their bars, and those of several markets their day. So the interval is the stationary bootstrap's over dates,
in its closed form: what infinitely many resamples would give.

References
----------
Brier (1950), Verification of forecasts expressed in terms of probability. Murphy (1973), A new vector partition of the probability score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.inference import FEWEST, apart, stationary_error, wilson

__all__ = ["Bin", "Skill", "reliability", "skill_of"]

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Skill:
    """How much better forecasts were than a reference: one less the ratio of their Brier scores.

    Parameters
    ----------
    n, dates
        Forecasts whose outcome is known, and how many of their dates lie so far apart that they share no bar.
    brier, reference
        The Brier scores of the forecasts and of the reference.
    value, low, high
        The skill with its 95 per cent interval; zero is as good as the reference, one is perfect.
    """

    n: int
    dates: int
    brier: float
    reference: float
    value: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low > 0

    def to_json(self) -> dict[str, Any]:
        """Return the score as the contract of the commands prints it."""
        return {
            "n": self.n, "dates": self.dates, "brier": self.brier, "reference": self.reference, "skill": self.value,
            "skill_interval": [self.low, self.high], "is_better": self.is_better,
        }  # fmt: skip


def skill_of(probability: Floats, reference: Floats, failed: Floats, day: NDArray[np.int64], span: int) -> Skill | None:
    """Return the skill of forecasts against reference forecasts of the same breaks; None below `FEWEST` separate dates.

    `day` is the weekday number of each break, `span` how many sessions its outcome takes. Shapes `(n,)`; none may be NaN.
    """
    dates = apart(day, span)
    if dates < FEWEST:
        return None
    error, other = (probability - failed) ** 2, (reference - failed) ** 2
    brier, against = float(error.mean()), float(other.mean())
    if against == 0:
        return None
    value = 1 - brier / against
    # The influence of each break on the ratio of the two means.
    influence = ((1 - value) * other - error) / against
    reach = float(special.stdtrit(dates - 1, 1 - LEVEL / 2)) * stationary_error(influence, day, span)
    return Skill(len(failed), dates, brier, against, value, value - reach, value + reach)


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts of about one size beside what came: reliable forecasts lie on the diagonal. `low` and `high` are Wilson's interval."""

    n: int
    forecast: float
    rate: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return the bin as the contract of the commands prints it."""
        return {"n": self.n, "forecast": self.forecast, "rate": self.rate, "interval": [self.low, self.high]}


def reliability(probability: Floats, failed: Floats, bins: int = 10) -> tuple[Bin, ...]:
    """Return forecasts in equally filled bins, the lowest first; fewer bins where there are fewer forecasts."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, len(order)) or 1) if len(part)]
    return tuple(_bin(probability[part], failed[part]) for part in parts)


def _bin(probability: Floats, failed: Floats) -> Bin:
    rate = float(failed.mean())
    low, high = wilson(rate, len(failed))
    return Bin(len(failed), float(probability.mean()), rate, low, high)
