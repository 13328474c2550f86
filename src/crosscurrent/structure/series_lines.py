"""Trendlines of any series with one value a bar: an indicator, a ratio of two markets, a spread."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.table import FactTable
from crosscurrent.indicators.volatility import atr
from crosscurrent.structure.line_facts import line_table, standing_table
from crosscurrent.structure.line_finder import find_lines
from crosscurrent.structure.line_state import LineRules, LineSweep
from crosscurrent.structure.swings import sided_swings
from crosscurrent.structure.tape import State
from crosscurrent.structure.trendlines import Trendlines

__all__ = ["lines_of", "series_lines", "yardstick_of"]


def yardstick_of(values: Floats, length: int = 14) -> Floats:
    """Return Wilder's average of a series' absolute changes: what the ATR is to prices. NaN while it warms up."""
    return atr(values, values, values, length)


def lines_of(
    values: Floats, unit: Floats, sides: tuple[int, ...] = (2, 5), rules: LineRules | None = None, carried: State = (), begin: int = 0
) -> tuple[LineSweep, LineSweep]:  # fmt: skip
    """Return the lines on a series' highs and on its lows; its extremes and its closes are the same. Carried on as in `find_lines`."""
    swings = np.concatenate([sided_swings(values, values, n, begin) for n in sides])
    return find_lines(values, values, values, unit, swings, rules or LineRules(), carried, begin)


def series_lines(values: Floats, rules: LineRules | None = None) -> tuple[FactTable, FactTable]:
    """Return the facts about a series' trendlines, and the lines that stand at its last value.

    Shape `(n,)`; NaN only before the first value. Kinds and readings are those of `Trendlines`, `price` being the series' own
    value and `_atr` its average absolute change. Relative performance is the ratio of two closes paired by session: a break of
    its line says that one market has begun to lead the other.
    """
    unit = yardstick_of(values)
    found = lines_of(values, unit, rules=rules)
    return line_table(Trendlines.layout, found, values, unit), standing_table(Trendlines.layout, found, values, unit)
