"""Attribution: how much of a move each of several drivers explains, when they move together and are known only so well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    drawn : float64 of shape (draws, p)
        The same from the bootstrap, of which `interval_of` makes intervals for any sum of parts.
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
    drawn: Floats
    shares: Floats
    r_squared: float
    betas: Floats
    leftover: float
    leftover_percentile: float
    usual: float
    blocks: int

    def interval_of(self, members: Sequence[int]) -> tuple[float, float]:
        """Return the interval for what some drivers explain together.

        Percentiles of the bootstrap, expanded as Hesterberg (2015) does for small samples; the sample are the blocks, not the days.
        """
        total = self.drawn[:, list(members)].sum(axis=1)
        tail = _expanded_tail(self.blocks)
        low, high = np.quantile(total, [tail, 1.0 - tail])
        return float(low), float(high)


def attribute(
    y: Floats, x: Floats, moved_y: float, moved_x: Floats, length: int, rng: np.random.Generator, draws: int = DRAWS
) -> Attribution:
    """Split a move into what each driver explains, with betas from before the move.

    Each part is a Shapley value: the mean, over all orders in which the drivers could be brought in, of what a driver adds to the
    fitted move. So drivers that move together share what they explain, instead of one of them taking it by chance. The spread comes
    from a stationary block bootstrap of the rows (mean block of ten), which keeps the clusters of volatility.

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

    References
    ----------
    Shapley (1953); Lipovetsky & Conklin (2001) on regression; Politis & Romano (1994) on the bootstrap.
    """
    fitted, explained = shapley_of_fit(y[None], x[None], moved_x)
    rows = block_rows(len(y), draws, rng)
    drawn, _ = shapley_of_fit(y[rows], x[rows], moved_x)
    betas = _betas(y, x)
    residual = y - y.mean() - (x - x.mean(axis=0)) @ betas
    residual *= np.sqrt(len(y) / max(len(y) - x.shape[1] - 1, 1))
    leftover = moved_y - float(fitted[0].sum())
    usual_leftovers = np.abs(_sums(residual, length))
    return Attribution(
        fitted[0], drawn, explained[0], float(explained[0].sum()), betas, leftover,
        float(np.mean(usual_leftovers < abs(leftover))), float(np.sqrt(np.mean(_sums(y, length) ** 2))),
        max(len(y) // BLOCK, 2),
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


def shapley_of_fit(y: Floats, x: Floats, moved: Floats) -> tuple[Floats, Floats]:
    """Return the Shapley values of the fitted move and of R-squared, for many samples at once.

    Parameters
    ----------
    y : float64 of shape (draws, n)
    x : float64 of shape (draws, n, p)
    moved : float64 of shape (p,)

    Returns
    -------
    two float64 of shape (draws, p)
    """
    correlations, to_y, scale_x, scale_y = _standardised(y, x)
    p = x.shape[2]
    fit, explained = np.zeros((1 << p, len(y))), np.zeros((1 << p, len(y)))
    for mask in range(1, 1 << p):
        members = [k for k in range(p) if mask >> k & 1]
        inner = correlations[np.ix_(range(len(y)), members, members)]
        beta = np.linalg.solve(inner, to_y[:, members, None])[..., 0]
        explained[mask] = (beta * to_y[:, members]).sum(axis=1)
        fit[mask] = (beta * moved[members] / scale_x[:, members]).sum(axis=1) * scale_y
    return _shapley(fit, p), _shapley(explained, p)


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


def _shapley(value: Floats, p: int) -> Floats:
    """Return each player's mean addition over all orders, from the value of every coalition; shape (draws, p)."""
    found = np.zeros((value.shape[1], p))
    for mask in range(1 << p):
        size = mask.bit_count()
        for k in range(p):
            if not mask >> k & 1:
                weight = factorial(size) * factorial(p - size - 1) / factorial(p)
                found[:, k] += weight * (value[mask | 1 << k] - value[mask])
    return found
