"""A candle: a small declaration, and how strictly each bar keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import BEARISH, BULLISH, FUTURES, NEAR_MISS, NEUTRAL, STRICT
from crosscurrent.structure.candles.inequality import Inequality, mirrored_words
from crosscurrent.structure.candles.shape import Shape

__all__ = ["MOST_MISSED", "TREND", "Candle", "Judge", "Judgement", "twins"]

MOST_MISSED = 0.25
"""By how much at most a near miss may miss its one inequality: a quarter of its unit, ATR or the bar's range."""
TREND = 0.25
"""How far beyond its ten-bar average the close before the candle must be, in ATR, for a trend to have led there."""


@dataclass(frozen=True, slots=True)
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
        What led there, in the bullish orientation: `fall`, `rise` or nothing required.
    is_mirrored
        Whether the rule is read upside down.
    said
        The candle as a noun with its article, for sentences.
    """

    kind: str
    bars: int
    inequalities: tuple[Inequality, ...]
    direction: int = NEUTRAL
    before: str = ""
    is_mirrored: bool = False
    said: str = ""

    def rule(self, with_trend: bool = True) -> tuple[Inequality, ...]:
        """Return every inequality, that of the trend first; without it, what TA-Lib's functions ask."""
        return (trend(self.before, self.bars), *self.inequalities) if self.before and with_trend else self.inequalities


def twins(
    bullish: str, bearish: str, bars: int, inequalities: tuple[Inequality, ...], before: str = "", said: str = ""
) -> tuple[Candle, Candle]:
    """Return a bullish candle and the same upside down: written once, they cannot disagree."""
    first = Candle(bullish, bars, inequalities, BULLISH, before, said=said)
    return first, replace(first, kind=bearish, direction=BEARISH, is_mirrored=True)


@cache
def trend(before: str, bars: int) -> Inequality:
    """Return the inequality of the trend before a candle: the close before it stands away from its ten-bar average.

    Source: Morris, Candlestick Charting Explained, who tells the trend by a ten-period average.
    """
    sign = 1 if before == "rise" else -1
    margin = lambda s: sign * (s.close(bars) - s.average_close(bars)) - TREND * s.atr(bars)  # noqa: E731
    return Inequality(f"a {before} leads to it", margin, is_essential=True)


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """How one candle stands at each judged bar.

    `strictness` is -1 where it is none; `missed` is the place, in the rule, of the one inequality that a near miss fails.
    """

    strictness: NDArray[np.int8]
    missed: NDArray[np.int8]
    missed_by: Floats


@dataclass(slots=True)
class Judge:
    """Judges candles by one shape, evaluating each inequality once however many candles share it."""

    shape: Shape
    upside_down: Shape = field(init=False)
    _margins: dict[tuple[Inequality, bool], Floats] = field(default_factory=dict)
    _held: dict[tuple[Inequality, bool, bool], NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.upside_down = self.shape.mirrored()

    def oriented(self, mirrored: bool) -> Shape:
        """Return the shape, upside down when mirrored."""
        return self.upside_down if mirrored else self.shape

    def margin(self, inequality: Inequality, mirrored: bool) -> Floats:
        """Return the margin at each judged bar, in price."""
        key = (inequality, mirrored)
        if key not in self._margins:
            self._margins[key] = inequality.margin(self.oriented(mirrored))
        return self._margins[key]

    def held(self, inequality: Inequality, mirrored: bool, relaxed: bool) -> NDArray[np.bool_]:
        """Whether each judged bar keeps the inequality, by the futures rule when `relaxed`."""
        key = (inequality, mirrored, relaxed and inequality.relaxed > 0)
        if key not in self._held:
            self._held[key] = inequality.holds(self.oriented(mirrored), self.margin(inequality, mirrored), key[2])
        return self._held[key]

    def keeps(self, candle: Candle, relaxed: bool, with_trend: bool = True) -> NDArray[np.bool_]:
        """Whether each judged bar completes the candle: strictly, or by the futures rule."""
        kept = np.ones(self.shape.close().shape, bool)
        for inequality in candle.rule(with_trend):
            kept &= self.held(inequality, candle.is_mirrored, relaxed)
        return kept

    def judge(self, candle: Candle) -> Judgement:
        """Return how strictly each judged bar completes the candle."""
        rule = candle.rule()
        strictness = np.full(self.shape.close().shape, -1, np.int8)
        missed, missed_by = np.full(strictness.shape, -1, np.int8), np.full(strictness.shape, np.nan)
        held = np.array([self.held(i, candle.is_mirrored, True) for i in rule])
        strictness[held.all(axis=0)] = FUTURES
        strictness[self.keeps(candle, relaxed=False)] = STRICT
        one = np.flatnonzero(held.sum(axis=0, dtype=np.int8) == len(rule) - 1)
        missed[one] = np.argmin(held[:, one], axis=0)
        missed_by[one] = self._missed_by(candle, rule, one, missed[one])
        strictness[missed_by <= MOST_MISSED] = NEAR_MISS
        return Judgement(strictness, missed, missed_by)

    def _missed_by(
        self, candle: Candle, rule: tuple[Inequality, ...], at: NDArray[np.intp], missed: NDArray[np.int8]
    ) -> Floats:
        """Return by how much the one inequality is missed at these bars, in its unit; NaN when it is essential."""
        amounts = np.full(len(at), np.nan)
        atr, span = self.shape.atr()[at], self.shape.span()[at]
        for place, inequality in enumerate(rule):
            here = missed == place
            if inequality.is_essential or not here.any():
                continue
            short = -self.margin(inequality, candle.is_mirrored)[at[here]] - inequality.relaxed * atr[here]
            unit = (atr if inequality.unit == "atr" else span)[here]
            amounts[here] = np.divide(np.maximum(short, 0.0), unit, out=np.full(len(unit), np.nan), where=unit > 0)
        return amounts


def words(candle: Candle) -> str:
    """Return the candle as a noun with its article."""
    said = candle.said or f"a {candle.kind.replace('_', ' ')}"
    return mirrored_words(said) if candle.is_mirrored and candle.said else said
