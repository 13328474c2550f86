"""How long an indicator takes to be defined, and how long until it no longer remembers where its data began."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["WarmUp", "smoothing_memory", "wilder_memory"]


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Two lengths of an indicator's youth, because a value can exist long before two platforms agree on it.

    Parameters
    ----------
    defined
        How many bars come before the first value: so many NaN open the series, and a series no longer than that is all NaN.
    settled
        How many bars until series that began on different days agree to about four decimals (of an RSI, or relative to the spread of
        the closes). Equal to `defined` where the memory is finite.
    """

    defined: int
    settled: int


def smoothing_memory(weight: float, remainder: float = 1e-8) -> int:
    """Return the bars after which an exponential smoothing keeps less than `remainder` of what it started from.

    Every bar keeps `1 - weight` of the past. Wilder's 14 takes 249 bars to 1e-8, which is the "about 250" of the field.
    """
    return 0 if weight >= 1 else math.ceil(math.log(remainder) / math.log1p(-weight))


def wilder_memory(timeperiod: int) -> int:
    """Return the memory of Wilder's smoothing, which weighs each new bar by 1 / timeperiod."""
    return smoothing_memory(1 / timeperiod)
