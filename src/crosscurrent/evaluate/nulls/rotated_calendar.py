"""Rotated calendars: the facts keep their order and what came keeps its own, and only which of them meet is left to chance.

Why: thirty facts in one month are not thirty facts, and the ten bars after Monday are nine of those after Tuesday. How far a mean
strays when there is nothing in it depends on both, so it is asked of the market itself. All facts of a kind are moved on by as many
bars, one rotation after the other, round the whole history; their clusters stay, the overlaps of the outcomes stay, and every
rotation but the true one is chance. The variance over all of them needs no model of either, and is right too where
facts cover much of the history, where a formula for independent cases is too wide. Outcomes enter in units of their own
volatility state, so that a kind which comes in turbulent weeks is not judged by calm ones.

All rotations at once are one circular correlation, by Fourier transforms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.nulls.matched_entries import Expected
from crosscurrent.evaluate.outcomes import EachBar

__all__ = ["Rotations", "rotations_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Rotations:
    """An outcome's surprises round the calendar, long and short.

    Parameters
    ----------
    first, length
        The place of the first bar with a known outcome, and how many bars there are up to the last one.
    spectrum
        Of the surprises in units of their state's standard deviation. Shape `(2, length // 2 + 1)`.
    scale : float64 of shape (2, n)
        That standard deviation at each bar.
    """

    first: int
    length: int
    spectrum: NDArray[np.complex128]
    scale: Floats

    def sums(self, at: NDArray[np.integer], side: NDArray[np.integer]) -> Floats:
        """Return the summed surprise of these cases under each rotation, the true one first. Shape `(length,)`.

        Their variance is that of the sum when only chance brings cases and outcomes together.
        """
        row = np.where(side < 0, 1, 0)
        weights = np.zeros((2, self.length))
        np.add.at(weights, (row, at - self.first), self.scale[row, at])
        turned = (np.conj(np.fft.rfft(weights, axis=1)) * self.spectrum).sum(axis=0)
        return np.asarray(np.fft.irfft(turned, self.length))


def rotations_of(each: EachBar, chance: Expected, known: NDArray[np.bool_]) -> Rotations | None:
    """Return the rotations of an outcome over the bars at which it is `known`; None where there are none."""
    scale = np.sqrt(chance.variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = (np.stack([each.long, each.short]) - chance.mean) / scale
    told = known & np.isfinite(surprise).all(axis=0)
    places = np.flatnonzero(told)
    if not len(places):
        return None
    first, end = int(places[0]), int(places[-1]) + 1
    spectrum = np.fft.rfft(np.where(told, surprise, 0.0)[:, first:end], axis=1)
    return Rotations(first, end - first, spectrum, scale)
