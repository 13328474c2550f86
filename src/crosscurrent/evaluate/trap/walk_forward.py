"""Walking forward: at the start of each year a model of the breaks decided by then, which forecasts the breaks of that year.

A break counts as decided at the session that decides it, not at its own: that is the embargo. So whatever is forecast, everything that
went into it was known before, and a forecast once made is never made again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.inference import FEWEST
from crosscurrent.evaluate.trap.breaks import SORTS, WITHIN, Breaks
from crosscurrent.evaluate.trap.scoring import Skill, skill_of

__all__ = ["Edition", "Forecast", "Model", "Terms", "scored", "walk_forward"]


MOST_STEPS, STILL = 100, 1e-10
"""Newton steps at most, and the largest change of a weight at which it has arrived."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a model is made by, the same for all markets and dates and fitted to none.

    Parameters
    ----------
    strength
        The inverse of the ridge penalty on standardised features: small, because most features say little.
    fewest
        With fewer decided breaks no model is fitted.
    """

    strength: float = 0.1
    fewest: int = 250


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A ridge logistic regression on standardised features; one that is not known is taken as usual.

    `centre` and `spread` are those of the cases it was fitted on, `weights` the log odds that a feature adds for each spread.
    """

    centre: Floats
    spread: Floats
    weights: Floats
    intercept: float

    def probability(self, features: Floats) -> Floats:
        """Return the probability that each break fails. Shape `(n,)`."""
        # Row by row, since a matrix product may round a row otherwise when rows are added: what was said must stay to the last bit.
        added = (_standardised(features, self.centre, self.spread) * self.weights).sum(axis=1)
        return np.asarray(expit(self.intercept + added))


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What was known at the start of a year.

    Parameters
    ----------
    since : datetime64[D]
        The year's first day; only outcomes decided before it count.
    rates : float64 of shape (number of sorts,)
        The base rate of each sort of break, that of all sorts where one has too few; NaN where all together have.
    counts : int64 of shape (number of sorts,)
        How many breaks stand behind each.
    skill
        Of all forecasts decided by then against their base rates; None while there are too few.
    over_chance
        Of the same against the chance of return, which knows how near the boundary was and nothing else.
    model
        None while too few breaks are decided.
    """

    since: np.datetime64
    rates: Floats
    counts: NDArray[np.int64]
    skill: Skill | None
    over_chance: Skill | None
    model: Model | None


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What was forecast of each break at its close, from what had been decided at the start of its year.

    Shapes `(n,)`; `probability` is NaN where there was no model yet, `base` where there was no base rate; `edition` is the place in
    `editions`.
    """

    probability: Floats
    base: Floats
    edition: NDArray[np.int64]
    editions: tuple[Edition, ...]


def walk_forward(breaks: Breaks, terms: Terms | None = None) -> Forecast:
    """Return what could have been forecast of each break, year by year."""
    terms, year = terms or Terms(), breaks.session.astype("datetime64[Y]")
    probability, base, edition = (
        np.full(len(breaks), np.nan),
        np.full(len(breaks), np.nan),
        np.zeros(len(breaks), np.int64),
    )
    editions: list[Edition] = []
    for each in np.unique(year):
        mine, since = year == each, each.astype("datetime64[D]")
        made = _edition(breaks, since, probability, base, terms)
        base[mine], edition[mine] = made.rates[breaks.sort[mine]], len(editions)
        if made.model is not None:
            probability[mine] = made.model.probability(breaks.features[mine])
        editions.append(made)
    return Forecast(probability, base, edition, tuple(editions))


def _edition(breaks: Breaks, since: np.datetime64, probability: Floats, base: Floats, terms: Terms) -> Edition:
    known = breaks.is_case & (breaks.settled < since) & np.isfinite(breaks.failed)
    of_sort = [known & (breaks.sort == sort) for sort in range(len(SORTS))]
    chosen = [mask if mask.sum() >= FEWEST else known for mask in of_sort]
    rates = [float(breaks.failed[mask].mean()) if mask.sum() >= FEWEST else np.nan for mask in chosen]
    return Edition(
        since, np.array(rates), np.array([mask.sum() for mask in chosen]), scored(breaks, known, probability, base),
        scored(breaks, known, probability, breaks.chance), _fitted(breaks.features[known], breaks.failed[known], terms),
    )  # fmt: skip


def scored(breaks: Breaks, known: NDArray[np.bool_], probability: Floats, reference: Floats) -> Skill | None:
    """Return the skill of forecasts of the `known` breaks that are decided against a reference; None where too few have both."""
    both = known & np.isfinite(breaks.failed) & np.isfinite(probability) & np.isfinite(reference)
    columns = (probability[both], reference[both], breaks.failed[both], breaks.day[both])
    return skill_of(*columns, WITHIN) if both.any() else None


def _fitted(features: Floats, failed: Floats, terms: Terms) -> Model | None:
    if len(failed) < terms.fewest or len(np.unique(failed)) < 2:
        return None
    known = np.isfinite(features)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, features, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, features - centre, 0.0) ** 2).sum(axis=0) / count)
    spread[spread == 0] = 1.0
    weights = ridge_logistic(_standardised(features, centre, spread), failed, terms.strength)
    return Model(centre, spread, weights[:-1], float(weights[-1]))


def ridge_logistic(features: Floats, failed: Floats, strength: float) -> Floats:
    """Return the weights of a logistic regression with a ridge penalty, the intercept last and unpenalised, by Newton's method.

    What minimises `strength` times the summed log loss plus half the squared weights, to ten digits: that of scikit-learn's
    `LogisticRegression(C=strength)`, which the tests hold it to and which takes longer to load than a note has. A step that does not
    lower the loss is halved.
    """
    design = np.column_stack([features, np.ones(len(features))])
    penalty = np.append(np.full(features.shape[1], 1.0 / strength), 0.0)
    sign, weights = np.where(failed > 0, -1.0, 1.0), np.zeros(design.shape[1])

    def loss(at: Floats) -> float:
        return float(np.logaddexp(0.0, sign * (design @ at)).sum() + penalty @ at**2 / 2)

    for _ in range(MOST_STEPS):
        share = expit(design @ weights)
        slope = design.T @ (share - (failed > 0)) + penalty * weights
        bend = (design * (share * (1.0 - share))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > STILL:
            step /= 2
        weights = weights - step
        if np.abs(step).max() <= STILL:
            break
    return weights


def _standardised(features: Floats, centre: Floats, spread: Floats) -> Floats:
    return np.nan_to_num((features - centre) / spread, nan=0.0)
