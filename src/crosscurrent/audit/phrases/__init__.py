"""The stock phrases of market notes, each a small function from a sentence to what it seems to say."""

from collections.abc import Callable, Iterator

from crosscurrent.audit.phrases.levels import (
    averages,
    breakout,
    crosses,
    fibonacci,
    level,
    rejection,
    this_level,
    trendline,
)
from crosscurrent.audit.phrases.moves import (
    change,
    correlation,
    curve,
    distance,
    extreme,
    policy,
    streak,
    superlative,
    volume,
)
from crosscurrent.audit.phrases.reading import NUMBER, Reading
from crosscurrent.audit.phrases.shapes import candle, divergence, momentum, pattern
from crosscurrent.audit.phrases.trades import setup, setup_tail

__all__ = ["NUMBER", "PHRASES", "Reading", "setup_tail", "this_level"]

PHRASES: tuple[Callable[[str], Iterator[Reading]], ...] = (
    correlation, superlative, extreme, change, curve, distance, policy, breakout, level, fibonacci, candle, pattern, momentum, averages, crosses,
    volume, trendline, rejection, setup, divergence, streak,
)  # fmt: skip
