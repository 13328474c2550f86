"""A candle: a small declaration, its rule as inequalities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from crosscurrent.facts.stage import BEARISH, BULLISH, NEUTRAL
from crosscurrent.structure.candles.inequality import Inequality

__all__ = ["TREND", "Candle", "twins"]

TREND = 0.25
"""How far beyond its ten-bar average the close before the candle must be, in ATR, for a trend to have led there."""


@dataclass(frozen=True, slots=True, eq=False)
class Candle:
    """A candle by its rule: the trend before it, and inequalities that its bars keep.

    Parameters
    ----------
    kind
        The fact kind.
    bars
        How many bars it has.
    inequalities
        In the bullish orientation; a mirrored candle keeps them upside down.
    direction
        BULLISH, NEUTRAL or BEARISH: what it is said to foretell.
    before
        What must have led there, in the bullish orientation: `fall`, `rise`, or nothing when empty.
    is_mirrored
        Whether the rule is read upside down.
    has_near_misses
        False where geometry decides: a bar is inside the last or it is not.
    """

    kind: str
    bars: int
    inequalities: tuple[Inequality, ...]
    direction: int = NEUTRAL
    before: str = ""
    is_mirrored: bool = False
    has_near_misses: bool = True

    @property
    def is_relaxed(self) -> bool:
        """Whether the futures rule differs from the strict one."""
        return any(inequality.relaxed for inequality in self.inequalities)

    def rule(self, with_trend: bool = True) -> tuple[Inequality, ...]:
        """Return every inequality, that of the trend first; without it, what TA-Lib's functions ask."""
        return (trend(self.before, self.bars), *self.inequalities) if self.before and with_trend else self.inequalities


def twins(
    bullish: str, bearish: str, bars: int, inequalities: tuple[Inequality, ...], before: str = "", near: bool = True
) -> tuple[Candle, Candle]:
    """Return a bullish candle and the same upside down: written once, they cannot disagree."""
    first = Candle(bullish, bars, inequalities, BULLISH, before, has_near_misses=near)
    return first, replace(first, kind=bearish, direction=BEARISH, is_mirrored=True)


@cache
def trend(before: str, bars: int) -> Inequality:
    """Return the inequality of the trend before a candle: the close before it stands away from its ten-bar average.

    Source: Morris, Candlestick Charting Explained, who tells the trend by a ten-period average.
    """
    sign = 1 if before == "rise" else -1
    margin = lambda s: sign * (s.close(bars) - s.average_close(bars)) - TREND * s.atr(bars)  # noqa: E731
    return Inequality(f"a {before} leads to it", margin, is_essential=True)
