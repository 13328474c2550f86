"""The candles' inequalities as numbers: each margin is a sum of columns, so that one kernel can weigh them all.

An inequality is written once, as a function of a shape (`inequality.py`). Handed a shape of symbols instead of prices, the same
function tells which columns it adds up, how many bars back, and with which weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.candles.inequality import Inequality
from crosscurrent.structure.candles.shape import DEPTH, UPSIDE_DOWN, Shape

__all__ = ["Margins"]

_COLUMNS = tuple(field.name for field in fields(Shape))
Term = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sum:
    """Columns so many bars back, weighed and added up, and absolute values of such sums."""

    terms: dict[Term, float]
    folded: tuple[tuple[float, Sum], ...] = ()

    def __add__(self, other: Sum) -> Sum:
        keys = {**self.terms, **other.terms}
        terms = {key: self.terms.get(key, 0.0) + other.terms.get(key, 0.0) for key in keys}
        return Sum(terms, self.folded + other.folded)

    def __mul__(self, factor: float) -> Sum:
        return Sum({k: factor * w for k, w in self.terms.items()}, tuple((factor * w, s) for w, s in self.folded))

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Sum:
        return self * (1.0 / divisor)

    def __neg__(self) -> Sum:
        return self * -1.0

    def __sub__(self, other: Sum) -> Sum:
        return self + -other

    def __abs__(self) -> Sum:
        return Sum({}, ((1.0, self),))


@dataclass(frozen=True, slots=True)
class _Symbol:
    """A column that stands for itself."""

    name: str

    def __call__(self, lag: int = 0) -> Sum:
        """Return the column so many bars back as a sum of one term."""
        return Sum({(self.name.lstrip("-"), lag): -1.0 if self.name.startswith("-") else 1.0})


_UPRIGHT = Shape(*(_Symbol(field.name) for field in fields(Shape)))  # type: ignore[arg-type]
_TURNED = Shape(*(_Symbol(UPSIDE_DOWN.get(field.name, field.name)) for field in fields(Shape)))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """Inequalities with their orientation, ready to be weighed.

    Parameters
    ----------
    starts, column, lag, weight
        The terms of sum s are those at `starts[s]` up to `starts[s + 1]`; the first sums are the inequalities' own.
    into, factor
        The sums after those are folded: their absolute values, times a factor, join the inequality `into`.
    """

    starts: NDArray[np.int64]
    column: NDArray[np.int64]
    lag: NDArray[np.int64]
    weight: Floats
    into: NDArray[np.int64]
    factor: Floats

    @classmethod
    def of(cls, keys: Iterable[tuple[Inequality, bool]], ahead: int = 0) -> Margins:
        """Return these inequalities, each upright or (True) upside down, as so many bars `ahead` of the judged one would be judged."""
        own: list[Sum] = [i.margin(_TURNED if is_mirrored else _UPRIGHT) for i, is_mirrored in keys]  # type: ignore[misc]
        folded = [(place, factor, part) for place, one in enumerate(own) for factor, part in one.folded]
        sums = [*own, *(part for _, _, part in folded)]
        terms = [(_COLUMNS.index(name), lag, w) for one in sums for (name, lag), w in one.terms.items()]
        column, lag, weight = (np.array(part) for part in zip(*terms, strict=True))
        return cls(
            np.cumsum([0, *(len(one.terms) for one in sums)]), column, lag - ahead, weight,
            np.array([place for place, _, _ in folded], np.int64), np.array([factor for _, factor, _ in folded], np.float64),
        )  # fmt: skip

    def weigh(self, shape: Shape) -> Floats:
        """Return the margin of each inequality at each judged bar."""
        columns = [getattr(shape, name).values for name in _COLUMNS]
        return weighed(np.array(columns), self.starts, self.column, self.lag, self.weight, self.into, self.factor)


@numba.njit(cache=True, nogil=True)
def weighed(
    table: Floats, starts: NDArray[np.int64], column: NDArray[np.int64], lag: NDArray[np.int64], weight: Floats,
    into: NDArray[np.int64], factor: Floats,
) -> Floats:  # fmt: skip
    """Return `Margins.weigh` of a table of columns, which hold one value a bar."""
    own = len(starts) - 1 - len(into)
    margins, n = np.zeros((len(starts) - 1, table.shape[1] - DEPTH)), table.shape[1]
    for i in range(len(starts) - 1):
        for term in range(starts[i], starts[i + 1]):
            back, times = lag[term], weight[term]
            values = table[column[term], DEPTH - back : n - back]
            for t in range(len(values)):
                margins[i, t] += times * values[t]
    for i in range(len(into)):
        for t in range(margins.shape[1]):
            margins[into[i], t] += factor[i] * abs(margins[own + i, t])
    return margins[:own]
