"""What unrelated series show: the distribution of a correlation when there is nothing to find."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.intermarket.rolling import rolling_rows

__all__ = ["YEAR", "Chance", "chance_of_changes", "chance_of_levels", "generator_for", "surrogates"]

YEAR = 252
SURROGATES = 1000
BLOCK = 10
FEWEST_CHANGES = 20


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
    """

    percentile: float
    within_a_year: float | None
    of: str
    surrogates: int
    history: int

    def to_json(self) -> dict[str, Any]:
        """Return the figures as the contract of the commands prints them."""
        return {
            "percentile": self.percentile, "within_a_year": self.within_a_year, "of": self.of,
            "surrogates": self.surrogates, "history": self.history,
        }  # fmt: skip


def generator_for(*words: object) -> np.random.Generator:
    """Return the generator that belongs to these words: the same in every process, so that a figure never moves by itself."""
    return np.random.default_rng([zlib.crc32(str(word).encode()) for word in words])


def surrogates(changes: Floats, rows: int, length: int, rng: np.random.Generator, block: float = BLOCK) -> Floats:
    """Return series made of blocks of one market's own changes in random order, without drift.

    The stationary bootstrap (Politis & Romano 1994) keeps the size, tails and volatility clusters of the changes, and nothing of
    how they go with any other market. Shape (rows, length); mean block length in changes.
    """
    n = len(changes)
    starts_anew = rng.random((rows, length)) < 1.0 / block
    starts_anew[:, 0] = True
    at = np.arange(length)
    begun = np.maximum.accumulate(np.where(starts_anew, at, 0), axis=1)
    origin = np.take_along_axis(rng.integers(0, n, (rows, length)), begun, axis=1)
    return np.asarray((changes - changes.mean())[(origin + at - begun) % n])


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
    length = max(YEAR, window)
    drawn = [surrogates(changes, SURROGATES, length, rng) for changes in (a, b)]
    first, second = [np.cumsum(rows, axis=1) for rows in drawn] if of == "levels" else drawn
    shown = np.abs(rolling_rows(first, second, window)[:, window - 1 :])
    # Rounding must not let a perfect correlation count as smaller than itself.
    reached = shown >= abs(r) - 1e-12
    # A window without a change has no correlation: it shows nothing, and counts neither way.
    smaller = 1.0 - reached.sum() / max(np.isfinite(shown).sum(), 1)
    within = float(reached.any(axis=1).mean()) if window <= YEAR else None
    return Chance(float(smaller), within, of, SURROGATES, min(len(a), len(b)))
