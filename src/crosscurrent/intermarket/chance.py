"""What unrelated series show: the distribution of a correlation when there is nothing to find."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats

__all__ = ["YEAR", "Chance", "chance_of_changes", "chance_of_levels", "generator_for", "surrogates"]

YEAR = 252
SURROGATES = 1000
BLOCK = 10
FEWEST_CHANGES = 20
STEPS, COMMON = 1000, 0.95


@dataclass(frozen=True, slots=True)
class Chance:
    """How much of a correlation unrelated series show, because without it the figure cannot be judged.

    Parameters
    ----------
    percentile
        Share of unrelated surrogate pairs with a smaller absolute value, 0 to 1.
    within_a_year
        Probability that unrelated series show at least this absolute value in some window of that length within 252 sessions;
        None when the window is longer than that.
    of
        `levels` or `changes`.
    surrogates, history
        How many surrogate years stand behind the figures, and from how many changes of each market they were drawn.
    band
        The absolute value that unrelated series exceed in one window of twenty, to the third digit: what a chart shades as chance.
    """

    percentile: float
    within_a_year: float | None
    of: str
    surrogates: int
    history: int
    band: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as the contract of the commands prints them."""
        return {
            "percentile": self.percentile, "within_a_year": self.within_a_year, "of": self.of,
            "surrogates": self.surrogates, "history": self.history, "band": self.band,
        }  # fmt: skip


def generator_for(*words: object) -> np.random.Generator:
    """Return the generator that belongs to these words: the same in every process, so that a figure never moves by itself."""
    return np.random.default_rng([zlib.crc32(str(word).encode()) for word in words])


def surrogates(
    a: Floats, b: Floats, rows: int, length: int, rng: np.random.Generator, block: float = BLOCK
) -> tuple[Floats, Floats]:
    """Return pairs of series made of the markets' own changes, in blocks of random order and each with a sign of its own.

    The blocks (stationary bootstrap, Politis & Romano 1994) keep tails and volatility clusters, and are the same for both: markets
    that have nothing to do with each other still have their turbulent weeks together. The random signs leave no direction, so no
    drift and no correlation. Shape (rows, length) each; mean block length in changes.
    """
    n = min(len(a), len(b))
    starts_anew = rng.random((rows, length), dtype=np.float32) < 1.0 / block
    starts_anew[:, 0] = True
    at = np.arange(length)
    begun = np.maximum.accumulate(np.where(starts_anew, at, 0), axis=1)
    origin = np.take_along_axis(rng.integers(0, n, (rows, length)), begun, axis=1)
    drawn = (origin + at - begun) % n
    signs = rng.integers(0, 2, (2, rows, length), dtype=np.int8) * 2 - 1
    return a[-n:][drawn] * signs[0], b[-n:][drawn] * signs[1]


def chance_of_levels(r: float, a: Floats, b: Floats, window: int, rng: np.random.Generator) -> Chance | None:
    """Return where a level correlation stands among those of unrelated random walks with the volatility of these two markets.

    Parameters
    ----------
    r
        The level correlation observed.
    a, b : float64 of shape (n,)
        Changes of each market over its recent history, of which the surrogate walks are made; no NaN.
    window
        Closes in the window.
    rng
        The only source of randomness.

    Returns None when `r` is undefined or a market has fewer than 20 changes, or none that differ.
    """
    return _chance(r, a, b, window, rng, "levels")


def chance_of_changes(r: float, a: Floats, b: Floats, window: int, rng: np.random.Generator) -> Chance | None:
    """Return where a change correlation stands among those of unrelated changes; parameters as of `chance_of_levels`."""
    return _chance(r, a, b, window, rng, "changes")


def _chance(r: float, a: Floats, b: Floats, window: int, rng: np.random.Generator, of: str) -> Chance | None:
    if np.isnan(r) or min(len(a), len(b)) < FEWEST_CHANGES or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    first, second = surrogates(a, b, SURROGATES, max(YEAR, window), rng)
    if of == "levels":
        first, second = np.cumsum(first, axis=1), np.cumsum(second, axis=1)
    # Rounding must not let a perfect correlation count as smaller than itself.
    sizes, reached, years = _reaching(first, second, window, abs(r) - 1e-9)
    windows = int(sizes.sum())
    within = years / SURROGATES if window <= YEAR else None
    band = float(np.searchsorted(np.cumsum(sizes), COMMON * windows) + 1) / STEPS if windows else None
    return Chance(1.0 - reached / max(windows, 1), within, of, SURROGATES, min(len(a), len(b)), band)


@numba.njit(cache=True, nogil=True)
def _reaching(a: Floats, b: Floats, window: int, least: float) -> tuple[NDArray[np.int64], int, int]:
    """Return the windows with a correlation by its size, the number that show at least `least`, and of rows with any such window.

    Running sums suffice here: surrogates hold no bad tick but those of the market itself, and a count needs no ninth digit.
    """
    sizes, reached, rows = np.zeros(STEPS, np.int64), 0, 0
    for row in range(a.shape[0]):
        x, y, xx, yy, xy, any_reached = 0.0, 0.0, 0.0, 0.0, 0.0, False
        for t in range(a.shape[1]):
            x, y = x + a[row, t], y + b[row, t]
            xx, yy, xy = xx + a[row, t] ** 2, yy + b[row, t] ** 2, xy + a[row, t] * b[row, t]
            if t >= window:
                gone_a, gone_b = a[row, t - window], b[row, t - window]
                x, y = x - gone_a, y - gone_b
                xx, yy, xy = xx - gone_a**2, yy - gone_b**2, xy - gone_a * gone_b
            spread = (xx - x * x / window) * (yy - y * y / window)
            if t < window - 1 or not spread > 1e-20 * xx * yy:
                continue
            size = abs(xy - x * y / window) / np.sqrt(spread)
            sizes[min(int(size * STEPS), STEPS - 1)] += 1
            if size >= least:
                reached += 1
                any_reached = True
        rows += any_reached
    return sizes, reached, rows
