"""The fact row of a formation: its lines, its touches and its quality, as they stand at the bar that ends it or may do so."""

from __future__ import annotations

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, Layout
from crosscurrent.structure.formations import (
    ATR,
    END,
    KIND,
    MOST_TOUCHES,
    START,
    TOUCHED,
    TOUCHES,
    height_of,
    lower_at,
    trigger_at,
    upper_at,
)
from crosscurrent.structure.pattern_life import AT, DIRECTION, STAGE, WAY, subject
from crosscurrent.structure.quality import quality_parts

__all__ = ["READINGS", "fact_rows", "pattern_layout"]

READINGS = (
    "trigger", "target", "invalidation", "top", "bottom", "apex", "confirmed_on", "touches", "bars", "height_atr", "convergence",
    "upper_from", "upper_to", "lower_from", "lower_to", "log_odds",
    "initial_trend", "uniformity", "clarity", "breakout_strength", "volume_change", "quality",
)  # fmt: skip
(TRIGGER, TARGET, INVALIDATION, TOP, BOTTOM, APEX, CONFIRMED_ON, COUNT, BARS, HEIGHT_ATR, CONVERGENCE,
 UPPER_FROM, UPPER_TO, LOWER_FROM, LOWER_TO, LOG_ODDS, INITIAL_TREND) = range(HEAD, HEAD + 17)  # fmt: skip
QUALITY_PARTS = 6
ANCHORS = INITIAL_TREND + QUALITY_PARTS
FACT_WIDTH = ANCHORS + 2 * MOST_TOUCHES
PRICES = frozenset(
    {"trigger", "target", "invalidation", "top", "bottom", "upper_from", "upper_to", "lower_from", "lower_to"}
)


def pattern_layout(*kinds: str) -> Layout:
    """Return the columns that every chart pattern has."""
    return Layout(kinds, READINGS, PRICES, anchors=MOST_TOUCHES, indexed=frozenset({"apex", "confirmed_on"}))


@numba.njit(cache=True, nogil=True)
def fact_rows(found: Floats, verdicts: Floats, close: Floats, atr: Floats, volume: Floats, before: Floats) -> Floats:
    """Return the fact row of each formation as its verdict has it.

    Target and invalidation are those of most kinds: the height from the break, and the other line at the break. A verdict's bar may be
    the next one where nothing is confirmed. `before` is what `traded` gives, read where something is.
    """
    facts = np.full((len(found), FACT_WIDTH), np.nan)
    for i in range(len(found)):
        row, fact, at, side = found[i], facts[i], verdicts[i, AT], verdicts[i, WAY]
        is_confirmed = verdicts[i, STAGE] == CONFIRMED
        fact[0], fact[1], fact[2], fact[3] = at, row[KIND], verdicts[i, STAGE], verdicts[i, DIRECTION]
        fact[4], fact[5] = NO_STRICTNESS, subject(row, side)
        fact[TRIGGER] = trigger_at(row, side, at)
        fact[CONFIRMED_ON] = at if is_confirmed else np.nan
        fact[TARGET] = fact[TRIGGER] + side * height_of(row)
        fact[INVALIDATION] = lower_at(row, at) if side > 0 else upper_at(row, at)
        _write_lines(row, at, fact)
        _write_touches(row, fact)
        parts, now = fact[INITIAL_TREND:ANCHORS], min(int(at), len(close) - 1)
        quality_parts(row, now, fact[TRIGGER], is_confirmed, close, atr, volume, before, parts)
    return facts


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _write_lines(row: Floats, at: float, fact: Floats) -> None:
    """Write the readings of the two lines; they meet at the apex, which is none when it lies far ahead."""
    start, end, height = row[START], row[END], height_of(row)
    fact[UPPER_FROM], fact[UPPER_TO] = upper_at(row, start), upper_at(row, at)
    fact[LOWER_FROM], fact[LOWER_TO] = lower_at(row, start), lower_at(row, at)
    now, bars = fact[UPPER_TO] - fact[LOWER_TO], at - start + 1
    fact[BARS], fact[HEIGHT_ATR] = bars, height / row[ATR]
    fact[CONVERGENCE] = 1.0 - (upper_at(row, end) - lower_at(row, end)) / height
    if height > now:
        apex = np.ceil(at + now / ((height - now) / max(at - start, 1.0)))
        fact[APEX] = apex if apex - at <= 5 * bars else np.nan


@numba.njit(cache=True, nogil=True)
def _write_touches(row: Floats, fact: Floats) -> None:
    """Write how many touches there are, the highest and the lowest of them, and each as an anchor."""
    count, top, bottom = int(row[TOUCHES]), row[TOUCHED + 1], row[TOUCHED + 1]
    for i in range(count):
        top, bottom = max(top, row[TOUCHED + 2 * i + 1]), min(bottom, row[TOUCHED + 2 * i + 1])
    fact[COUNT], fact[TOP], fact[BOTTOM] = count, top, bottom
    for i in range(2 * MOST_TOUCHES):
        fact[ANCHORS + i] = row[TOUCHED + i]
