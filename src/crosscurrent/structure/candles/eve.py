"""What is settled of a candle on the eve of its last bar, so that next closes are tried for those candles alone that can still come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscurrent.structure.candles.candle import Candle
from crosscurrent.structure.candles.compiled import Margins
from crosscurrent.structure.candles.inequality import Inequality
from crosscurrent.structure.candles.shape import Shape

__all__ = ["Eve"]

DOUBT = 1e-6
"""Margins nearer to nothing than this, in ATR, settle nothing: how wide a tie is depends on the bar to come."""


@dataclass(frozen=True, slots=True, eq=False)
class Eve:
    """The inequalities of candles that read none but the bars already there.

    Parameters
    ----------
    candles
        Those of which one bar is to come.
    margins
        The settled inequalities, as they stand a bar earlier.
    whose
        The place among `candles` that each of them belongs to.
    """

    candles: tuple[Candle, ...]
    margins: Margins
    whose: NDArray[np.intp]

    @classmethod
    def of(cls, candles: tuple[Candle, ...]) -> Eve:
        """Return what the eve of these candles settles."""
        each = [(at, (rule, c.is_mirrored)) for at, c in enumerate(candles) for rule in c.rule() if _is_settled(rule)]
        return cls(candles, Margins.of([key for _, key in each], ahead=1), np.array([at for at, _ in each]))

    def possible(self, shape: Shape) -> list[Candle]:
        """Return the candles of which nothing that is settled has failed at the last bar of a shape."""
        failed = ~(self.margins.weigh(shape)[:, -1] > -DOUBT * shape.atr()[-1])
        missed = set(self.whose[failed].tolist())
        return [candle for at, candle in enumerate(self.candles) if at not in missed]


def _is_settled(inequality: Inequality) -> bool:
    """Whether an inequality reads no bar to come; the futures rule relaxes by an ATR that has still to come."""
    return not inequality.relaxed and all(lag >= 1 for lag in Margins.of([(inequality, False)]).lag)
