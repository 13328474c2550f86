"""Matched random trades: the same order, stop, targets and life at the same distances, on the same side, placed at any other close as calm.

Why: what a trade pays is mostly its geometry and its market. A near stop and a far target lose often and win much, whatever the
reason for the trade; a long in a market that rises gains from the rise; an order that waits below the market is filled when price
falls, one that waits for a close beyond a price is filled late after a strong day. The same order placed at the close of another
bar of like volatility, with every distance the same in ATR and the costs of that bar, shares all that with the setup, and lacks
only the setup's reason for being there. Like the setup's, its result counts where it was filled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.evaluate.ledger.following import Miss, Path, Terms, entered, lived, terms_of
from crosscurrent.evaluate.nulls.matched_entries import drawn_bars
from crosscurrent.setups.setup import Setup

__all__ = ["matched_results"]


def matched_results(
    setups: Sequence[Setup], bars: Bars, atr: Floats, rank: Floats, points: Floats, inside: NDArray[np.bool_], draws: int,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """Return what random trades like each of these paid, in multiples of the risk, after costs. Shape `(n, draws)`.

    Parameters
    ----------
    setups
        Setups of one market, planned at closes of `bars` (adjusted).
    atr, rank, points, inside : shape (n_bars,)
        The ATR; where it ranks in its year; a round trip's costs; at which closes an order may be placed.

    NaN for a draw that was not filled or is open at the last bar, and for all where no order may be placed.
    """
    eligible = inside & (atr > 0) & np.isfinite(points)
    if not setups or not np.any(eligible & np.isfinite(rank)):
        return np.full((len(setups), draws), np.nan)
    placed = np.array([bars.index_of(setup.session) for setup in setups])
    drawn = drawn_bars(placed, rank, eligible, draws, rng)
    paths = {sign: Path.of(bars, sign) for sign in (1, -1)}
    peers = np.empty(drawn.shape)
    for row, (setup, place) in enumerate(zip(setups, placed, strict=True)):
        path, own = paths[setup.sign], terms_of(setup, bars)
        for column, at in enumerate(drawn[row]):
            terms = _moved(own, float(path.close[place]), float(path.close[at]), float(atr[at] / atr[place]))
            peers[row, column] = _paid(path, terms, int(at), float(points[at]))
    return peers


def _moved(own: Terms, here: float, there: float, ratio: float) -> Terms:
    """Return the prices of an order as far from another close as they are from their own, in ATR."""

    def moved(price: float) -> float:
        return there + ratio * (price - here)

    return Terms(
        moved(own.entry), moved(own.stop), tuple(moved(target) for target in own.targets), moved(own.wrong), own.order, own.life,
        own.risk * ratio,
    )  # fmt: skip


def _paid(path: Path, terms: Terms, at: int, points: float) -> float:
    fill = entered(path, terms, at + 1, at + 1 + terms.life)
    end = None if isinstance(fill, Miss) else lived(path, terms, fill, points)
    return np.nan if end is None or end.r is None else end.r
