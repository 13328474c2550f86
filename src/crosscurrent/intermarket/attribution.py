"""Attribution: how much of a move each of several drivers explains, when they move together and are known only so well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats

__all__ = ["Attribution", "attribute", "block_rows", "shapley_of_fit"]

RIDGE = 1e-9
DRAWS = 400
BLOCK = 10
LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """What each driver explains of one move.

    Parameters
    ----------
    parts : float64 of shape (p,)
        In the unit of the move; with the leftover they add up to it.
    given_others : float64 of shape (p,)
        Beta of the full regression times the driver's move: what it explains when all others are held fixed. They add up to the same.
    drawn, drawn_given_others : float64 of shape (draws, p)
        The same from the bootstrap, of which intervals are made for any sum of parts.
    shares : float64 of shape (p,)
        Shapley shares of R-squared in the estimation window; they add up to `r_squared`.
    betas : float64 of shape (p,)
        Of the full regression.
    leftover, leftover_percentile
        What is not explained, and the share of leftovers of equally long spans before that were smaller in absolute size.
    usual
        Root mean square of moves of that length before: the size of a usual move.
    blocks
        How many mean blocks the estimation window holds.
    """

    parts: Floats
    given_others: Floats
    drawn: Floats
    drawn_given_others: Floats
    shares: Floats
    r_squared: float
    betas: Floats
    leftover: float
    leftover_percentile: float
    usual: float
    blocks: int

    def interval_of(self, members: Sequence[int]) -> tuple[float, float]:
        """Return the interval for what some drivers explain together, credit shared."""
        return self._interval(self.drawn, members)

    def interval_given_others(self, members: Sequence[int]) -> tuple[float, float]:
        """Return the interval for what some drivers explain together when all others are held fixed."""
        return self._interval(self.drawn_given_others, members)

    def _interval(self, drawn: Floats, members: Sequence[int]) -> tuple[float, float]:
        """Return percentiles of the bootstrap, expanded as Hesterberg (2015) does for small samples; the sample are the blocks."""
        tail = _expanded_tail(self.blocks)
        low, high = np.quantile(drawn[:, list(members)].sum(axis=1), [tail, 1.0 - tail])
        return float(low), float(high)


def attribute(
    y: Floats,
    x: Floats,
    moved_y: float,
    moved_x: Floats,
    length: int,
    rng: np.random.Generator,
    *,
    groups: Sequence[Sequence[int]] | None = None,
    draws: int = DRAWS,
) -> Attribution:
    """Split a move into what each driver explains, with betas from before the move.

    Each part is a Shapley value: the mean, over all orders in which the drivers could be brought in, of what a driver adds to the
    fitted move. So drivers that move together share what they explain, instead of one of them taking it by chance. Drivers of one
    group come in together (Owen's value): else three names for one thing would take three shares. The spread comes from a stationary
    block bootstrap of the rows (mean block of ten), which keeps the clusters of volatility.

    Parameters
    ----------
    y : float64 of shape (n,)
        Changes of the market before the move.
    x : float64 of shape (n, p)
        Changes of the drivers on the same sessions.
    moved_y, moved_x
        The move, and the drivers' moves over the same span, as sums of changes.
    length
        Sessions in the span, for the usual size of a leftover.
    rng
        The only source of randomness.
    groups
        Columns that form one group, each column in one of them; every driver its own group when not given.

    References
    ----------
    Shapley (1953); Owen (1977); Lipovetsky & Conklin (2001) on regression; Politis & Romano (1994) on the bootstrap.
    """
    groups = [[k] for k in range(x.shape[1])] if groups is None else groups
    fitted, explained, held = shapley_of_fit(y[None], x[None], moved_x, groups)
    rows = block_rows(len(y), draws, rng)
    drawn, _, drawn_held = shapley_of_fit(y[rows], x[rows], moved_x, groups)
    betas = _betas(y, x)
    residual = y - y.mean() - (x - x.mean(axis=0)) @ betas
    residual *= np.sqrt(len(y) / max(len(y) - x.shape[1] - 1, 1))
    leftover = moved_y - float(fitted[0].sum())
    usual_leftovers = np.abs(_sums(residual, length))
    return Attribution(
        parts=fitted[0], given_others=held[0], drawn=drawn, drawn_given_others=drawn_held, shares=explained[0],
        r_squared=float(explained[0].sum()), betas=betas, leftover=leftover,
        leftover_percentile=float(np.mean(usual_leftovers < abs(leftover))),
        usual=float(np.sqrt(np.mean(_sums(y, length) ** 2))), blocks=max(len(y) // BLOCK, 2),
    )  # fmt: skip


def _expanded_tail(blocks: int) -> float:
    from scipy.special import ndtr, stdtrit

    return float(ndtr(np.sqrt(blocks / (blocks - 1)) * stdtrit(blocks - 1, (1 - LEVEL) / 2)))


def _sums(values: Floats, length: int) -> Floats:
    """Return the sums over all spans of that length."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[length:] - total[:-length]) if length <= len(values) else values.sum(keepdims=True)


def _betas(y: Floats, x: Floats) -> Floats:
    found, *_ = np.linalg.lstsq(x - x.mean(axis=0), y - y.mean(), rcond=None)
    return np.asarray(found)


def block_rows(n: int, draws: int, rng: np.random.Generator, block: float = BLOCK) -> NDArray[np.int64]:
    """Return rows for `draws` stationary-bootstrap samples of `n` sessions; shape (draws, n)."""
    starts_anew = rng.random((draws, n)) < 1.0 / block
    starts_anew[:, 0] = True
    at = np.arange(n)
    begun = np.maximum.accumulate(np.where(starts_anew, at, 0), axis=1)
    origin = np.take_along_axis(rng.integers(0, n, (draws, n)), begun, axis=1)
    return np.asarray((origin + at - begun) % n)


def shapley_of_fit(
    y: Floats, x: Floats, moved: Floats, groups: Sequence[Sequence[int]]
) -> tuple[Floats, Floats, Floats]:
    """Return, for many samples at once, the values of the fitted move and of R-squared, and the parts with all others held fixed.

    Parameters
    ----------
    y : float64 of shape (draws, n)
    x : float64 of shape (draws, n, p)
    moved : float64 of shape (p,)
    groups
        Columns that come in together.

    Returns
    -------
    three float64 of shape (draws, p)
    """
    correlations, to_y, scale_x, scale_y = _standardised(y, x)
    in_units = moved / scale_x * scale_y[:, None]
    nothing = np.zeros(len(y))
    fit, explained, held = {0: nothing}, {0: nothing}, np.zeros((len(y), x.shape[2]))
    for mask in sorted(_coalitions(groups) - {0}):
        members = [k for k in range(x.shape[2]) if mask >> k & 1]
        inner = correlations[np.ix_(range(len(y)), members, members)]
        beta = np.linalg.solve(inner, to_y[:, members, None])[..., 0]
        explained[mask] = (beta * to_y[:, members]).sum(axis=1)
        fit[mask] = (beta * in_units[:, members]).sum(axis=1)
        if len(members) == x.shape[2]:
            held = beta * in_units
    return _owen(fit, groups), _owen(explained, groups), held


def _bits(columns: Iterable[int]) -> int:
    return sum(1 << k for k in columns)


def _subsets(items: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def _coalitions(groups: Sequence[Sequence[int]]) -> set[int]:
    """Return, as bits, the sets of drivers that can stand before or after one more comes in."""
    found = set()
    for g, group in enumerate(groups):
        for others in _subsets([h for h in range(len(groups)) if h != g]):
            base = sum(_bits(groups[h]) for h in others)
            found |= {base | _bits(inside) for inside in _subsets(group)}
    return found


def _standardised(y: Floats, x: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the drivers' correlations (a touch of ridge keeps them solvable), those with `y`, and the scales."""
    cx, cy = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    scale_x, scale_y = np.sqrt((cx**2).mean(axis=1)), np.sqrt((cy**2).mean(axis=1))
    scale_x = np.where(scale_x > 0, scale_x, 1.0)  # a driver that did not move explains nothing
    zx, zy = cx / scale_x[:, None, :], cy / np.where(scale_y > 0, scale_y, 1.0)[:, None]
    n = y.shape[1]
    inner = np.swapaxes(zx, 1, 2) @ zx / n
    diagonal = np.arange(x.shape[2])
    inner[:, diagonal, diagonal] = 1.0 + RIDGE
    return inner, (zx * zy[..., None]).mean(axis=1), scale_x, scale_y


def _owen(value: Mapping[int, Floats], groups: Sequence[Sequence[int]]) -> Floats:
    """Return each driver's mean addition over all orders in which the members of a group follow each other; shape (draws, p)."""
    found = np.zeros((len(value[0]), sum(len(group) for group in groups)))
    for g, group in enumerate(groups):
        for others in _subsets([h for h in range(len(groups)) if h != g]):
            outer, base = _weight(len(others), len(groups)), sum(_bits(groups[h]) for h in others)
            for k in group:
                for inside in _subsets([j for j in group if j != k]):
                    before = base | _bits(inside)
                    found[:, k] += outer * _weight(len(inside), len(group)) * (value[before | 1 << k] - value[before])
    return found


def _weight(before: int, players: int) -> float:
    """Return the share of orders of `players` in which exactly these `before` ones precede a player."""
    return factorial(before) * factorial(players - before - 1) / factorial(players)
