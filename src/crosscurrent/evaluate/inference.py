"""Inference: how far a rate stands from its null, how sure that is, and how much of it is due to looking often.

Cases are rarely as many as they seem: ten markets fall on one day, and the ten bars after Monday are nine of those after Tuesday.
So the error of a mean is taken over sessions, not cases, with everything that overlaps counted as it moves together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, special

from crosscurrent.bars.bars import Floats

__all__ = [
    "FEWEST", "LEVEL", "Verdict", "across", "adjusted_p", "apart", "best_of_many", "clustering", "deflated_sharpe", "judge",
    "stationary_error", "stepwise_p", "weights_by_reach", "wilson",
]  # fmt: skip

FEWEST = 30
"""Fewer separate dates than this claim nothing."""
LEVEL = 0.05
SEEN = (0.5, 8.0)
"""Beyond these bounds of the smallest edge in standard errors a question is hopeless, or answered."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What cases say beside their null.

    Parameters
    ----------
    n, dates
        Cases, and how many of them lie apart: sessions so far from each other that their outcomes share no bar.
    rate, low, high
        The rate or mean with its 95 per cent interval: Wilson's on the effective number of cases, or the stationary bootstrap's.
    null, edge
        What chance gives under the same circumstances, and the difference.
    error
        The standard error of the edge if there were none.
    p
        Two-sided; None below `FEWEST` dates, because then nothing is claimed.
    """

    n: int
    dates: int
    rate: float
    low: float
    high: float
    null: float
    edge: float
    error: float
    p: float | None


def judge(
    outcome: Floats, null: Floats, variance: Floats, day: NDArray[np.int64], span: int, is_rate: bool, spread: float | None = None
) -> Verdict | None:  # fmt: skip
    """Return what cases say beside their null, None when there is none.

    Parameters
    ----------
    outcome, null, variance : float64 of shape (n,)
        What came of each case, what chance gives it, and with which variance.
    day : int64 of shape (n,)
        The weekday number of each case's session: several markets on one day are one cluster.
    span
        How many days an outcome takes: nearer cases overlap.
    spread
        The variance of the summed surprise when there is nothing to find, where it is known (by rotations of the calendar); else it
        is that of independent cases times their clustering.
    """
    n = len(outcome)
    if n == 0:
        return None
    surprise, alone = outcome - null, float(variance.sum())
    if spread is None:
        # The tails of a mean's outcomes may be wider than the null tells; a rate's cannot.
        wide = alone if is_rate else max(alone, float(surprise @ surprise))
        spread = wide * clustering(surprise, day, span)
    error = np.sqrt(spread) / n
    rate, dates = float(outcome.mean()), apart(day, span)
    if is_rate:
        low, high = wilson(rate, n / max(spread / alone, 1.0) if alone > 0 else n)
    else:
        strays = stationary_error(outcome - rate, day, span)
        # A few outcomes may lie together by chance; then chance's own spread is the better measure.
        strays = strays if dates >= FEWEST else max(strays, float(error))
        reach = special.stdtrit(max(dates - 1, 1), 1 - LEVEL / 2) * strays
        low, high = rate - reach, rate + reach
    edge = float(surprise.mean())
    p = float(2 * special.stdtr(dates - 1, -abs(edge) / error)) if dates >= FEWEST and error > 0 else None
    return Verdict(n, dates, rate, float(low), float(high), float(null.mean()), edge, float(error), p)


def apart(day: NDArray[np.int64], span: int) -> int:
    """Return how many of the days lie at least `span` apart, counted from the first: dates, not cases."""
    kept, last = 0, None
    for each in np.unique(day):
        if last is None or each - last >= span:
            kept, last = kept + 1, each
    return kept


def clustering(surprise: Floats, day: NDArray[np.int64], span: int) -> float:
    """Return by how much the variance of a sum exceeds that of independent cases, at least one.

    Sums by day are multiplied with those of the days within `span`, each product once in full: outcomes farther apart share no bar,
    and nearer ones share what they share. What comes out below one is chance and is not believed.
    """
    alone = float((surprise**2).sum())
    if alone <= 0 or len(surprise) < 2:
        return 1.0
    return max(1.0, _shared(surprise, day, span) / alone)


def across(surprises: Sequence[Floats], days: Sequence[NDArray[np.int64]], span: int) -> float:
    """Return by how much the variance of a sum over markets exceeds that of unrelated markets, at least one: they fall on the same days."""
    alone = sum(_shared(surprise, day, span) for surprise, day in zip(surprises, days, strict=True))
    if alone <= 0:
        return 1.0
    return max(1.0, _shared(np.concatenate(surprises), np.concatenate(days), span) / alone)


def _shared(surprise: Floats, day: NDArray[np.int64], span: int) -> float:
    """Return the squared sum of surprises as far as they lie within a span of each other, never below nought."""
    total = _by_day(surprise, day)
    lags = range(1, min(span, len(total)))
    return max(0.0, float(total @ total) + 2 * sum(float(total[:-k] @ total[k:]) for k in lags))


def _by_day(values: Floats, day: NDArray[np.int64]) -> Floats:
    first = int(day.min())
    summed: Floats = np.bincount(day - first, values, minlength=int(day.max()) - first + 1).astype(np.float64)
    return summed


def stationary_error(deviation: Floats, day: NDArray[np.int64], span: int) -> float:
    """Return the standard error of a mean by the stationary bootstrap, with blocks of twice the span on average.

    The bootstrap's variance has a closed form (Politis & Romano 1994, eq. 9), which is what infinitely many resamples would
    give: autocovariances of the daily sums with weights that fall by one block's chance to end.
    """
    total = _by_day(deviation, day)
    length, ends = len(total), 1.0 / (2 * max(span, 1))
    lags = np.arange(1, min(length, 12 * span))
    weights = (1 - lags / length) * (1 - ends) ** lags + lags / length * (1 - ends) ** (length - lags)
    whole = fft.next_fast_len(2 * length)
    products = fft.irfft(np.abs(fft.rfft(total, whole)) ** 2, whole)[lags]
    variance = float(total @ total + 2 * (weights @ products))
    return float(np.sqrt(max(variance, float(deviation @ deviation)))) / len(deviation)


def wilson(rate: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's interval (1927) of a rate, which stays within 0 and 1 and is honest with few cases; `n` need not be whole."""
    z2 = special.ndtri(1 - level / 2) ** 2
    middle, reach = rate + z2 / (2 * n), np.sqrt(z2 * (rate * (1 - rate) / n + z2 / (4 * n * n)))
    return float(max(0.0, (middle - reach) / (1 + z2 / n))), float(min(1.0, (middle + reach) / (1 + z2 / n)))


def adjusted_p(p: Floats) -> Floats:
    """Return p after Benjamini & Hochberg (1995) over the whole list, NaN where there is none."""
    adjusted = np.full(len(p), np.nan)
    asked = np.isfinite(p)
    if asked.any():
        from scipy.stats import false_discovery_control  # takes longer to load than a note has for it

        adjusted[asked] = false_discovery_control(p[asked])
    return adjusted


def weights_by_reach(reach: Floats, level: float = LEVEL) -> Floats:
    """Return how much of the error budget each question deserves, a mean of one, by what it could find. Shape `(n,)`.

    `reach` is the smallest edge worth finding over the question's standard error, known before the answer. A question of fifty cases cannot
    see such an edge and one of five thousand cannot miss it; what is spent on either is lost to those between. The weights
    are those that find most (Roeder & Wasserman 2009, eq. 5), and with any weights fixed beforehand the correction holds.
    """
    m, seen = len(reach), np.clip(reach, *SEEN)
    if not m:
        return np.empty(0)

    def weights(c: float) -> Floats:
        return np.asarray(2 * m / level * special.ndtr(-(seen / 2 + c / seen)))

    from scipy.optimize import brentq

    return weights(brentq(lambda c: float(weights(c).mean()) - 1.0, -64.0, 64.0))


def stepwise_p(z: Floats, chance: Floats, weight: Floats) -> Floats:
    """Return p of each question corrected for the whole list, step by step, by what chance gives all of them together. Shape `(m,)`.

    The kinds of a market overlap: a break of a line and a band are often one bar. Chance then errs in many questions at once, and the best
    of sixty strays less than the best of sixty strangers would. So the whole list is drawn under chance, and each question is compared
    with the best of those that are not answered yet. At most one list in twenty that holds nothing is wrong anywhere.

    Parameters
    ----------
    z : float64 of shape (m,)
        Edges in standard errors.
    chance : float64 of shape (m, draws)
        The same when chance brings facts and outcomes together, drawn for all questions at once.
    weight : float64 of shape (m,)
        How much of the error budget each deserves.

    References
    ----------
    Westfall & Young (1993), Resampling-based multiple testing. Romano & Wolf (2005), Stepwise multiple testing.
    """
    if not len(z):
        return np.empty(0)
    cost, drawn = (2 * special.ndtr(-np.abs(each)) / w for each, w in ((z, weight), (chance, weight[:, None])))
    order = np.argsort(cost)
    best = np.minimum.accumulate(drawn[order][::-1], axis=0)[::-1]
    beaten = (1 + (best <= cost[order][:, None]).sum(axis=1)) / (1 + chance.shape[1])
    corrected = np.empty(len(z))
    corrected[order] = np.maximum.accumulate(beaten)
    return corrected


def best_of_many(
    returns: Floats, benchmark: Floats, rng: np.random.Generator, *, block: int = 10, resamples: int = 1000
) -> tuple[float, tuple[int, ...]]:
    """Return the p of the best of many rules (Hansen's SPA, consistent) and the rules that are better one by one (StepM).

    Parameters
    ----------
    returns : float64 of shape (n_sessions, n_rules)
        What each rule earned.
    benchmark : float64 of shape (n_sessions,)
        What it is compared with.

    References
    ----------
    Hansen (2005), A test for superior predictive ability. Romano & Wolf (2005), Stepwise multiple testing. Both by `arch`.
    """
    from arch.bootstrap import SPA, StepM

    seed = int(rng.integers(2**31))
    spa = SPA(-benchmark, -returns, block_size=block, reps=resamples, bootstrap="stationary", seed=seed)
    spa.compute()
    steps = StepM(-benchmark, -returns, size=LEVEL, block_size=block, reps=resamples, bootstrap="stationary", seed=seed)
    steps.compute()
    return float(spa.pvalues["consistent"]), tuple(int(str(model)) for model in steps.superior_models)


def deflated_sharpe(
    sharpe: float, n: int, skew: float, kurtosis: float, trials: int, variance: float, *, periods: float = 1.0
) -> float:
    """Return the probability that a Sharpe ratio is above what the best of `trials` worthless rules would have shown.

    `sharpe` and the `variance` of Sharpe ratios across trials are of a year of `periods` observations (1: as observed); `n`
    observations; `kurtosis` is raw, 3 for a normal.

    References
    ----------
    Bailey & Lopez de Prado (2014), The deflated Sharpe ratio.
    """
    observed, spread = sharpe / np.sqrt(periods), np.sqrt(variance / periods)
    best = spread * (
        (1 - np.euler_gamma) * special.ndtri(1 - 1 / trials) + np.euler_gamma * special.ndtri(1 - 1 / (trials * math.e))
    ) if trials > 1 else 0.0  # fmt: skip
    error = np.sqrt((1 - skew * observed + (kurtosis - 1) / 4 * observed**2) / (n - 1))
    return float(special.ndtr((observed - best) / error))
