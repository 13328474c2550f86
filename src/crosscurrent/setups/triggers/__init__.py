"""Triggers: the exact prices at which the next session would make something true, or end it; one file a family."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crosscurrent.setups.triggers.averages import averages, crosses
from crosscurrent.setups.triggers.boundaries import failed_breaks, levels, lines
from crosscurrent.setups.triggers.candles import candles
from crosscurrent.setups.triggers.extremes import highs_and_lows
from crosscurrent.setups.triggers.momentum import (
    bands,
    divergences,
    macd_crosses,
    parabolic_stop,
    rsi_lines,
    rsi_thresholds,
)
from crosscurrent.setups.triggers.moves import correlation_sign, streaks, weeks
from crosscurrent.setups.triggers.patterns import forming_patterns, standing_patterns
from crosscurrent.setups.triggers.trigger import Eve, Trigger

__all__ = ["FAMILIES", "Eve", "Trigger", "triggers"]

FAMILIES: tuple[Callable[[Eve], Iterator[Trigger]], ...] = (
    highs_and_lows, lines, levels, failed_breaks, forming_patterns, standing_patterns, candles, averages, crosses,
    rsi_thresholds, rsi_lines, macd_crosses, divergences, bands, parabolic_stop, streaks, weeks, correlation_sign,
)  # fmt: skip
"""Every family of triggers, each of which solves its own."""


def triggers(eve: Eve) -> tuple[Trigger, ...]:
    """Return every trigger that is known on the eve of a session, highest price first; none where no ATR is known yet."""
    if not len(eve.look.traded) or not eve.is_readable:
        return ()
    found = [trigger for family in FAMILIES for trigger in family(eve)]
    return tuple(sorted(found, key=lambda t: (-t.price, t.kind, t.basis, t.subject)))
