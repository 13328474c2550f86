"""How strictly each bar keeps a candle's rule."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import FUTURES, NEAR_MISS, STRICT
from crosscurrent.structure.candles.candle import Candle
from crosscurrent.structure.candles.inequality import MOST_MISSED, Inequality
from crosscurrent.structure.candles.shape import Shape

__all__ = ["Judge", "Judgement"]

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Where a candle stands, and how strictly: columns of one length.

    `at` counts judged bars; `missed` is the place, in the rule, of the one inequality that a near miss fails, -1 for all else;
    `missed_by` is by how much, as a share of the last bar's range, NaN for all else.
    """

    at: Places
    strictness: NDArray[np.int8]
    missed: NDArray[np.int8]
    missed_by: Floats

    def followed_by(self, other: Judgement) -> Judgement:
        """Return both, one after the other."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in ("at", "strictness", "missed", "missed_by"))
        return Judgement(*(np.concatenate(pair) for pair in pairs))


@dataclass(slots=True)
class Judge:
    """Judges candles by one shape, evaluating each inequality once however many candles share it."""

    shape: Shape
    _upside_down: Shape | None = None
    _margins: dict[tuple[Inequality, bool], Floats] = field(default_factory=dict)
    _held: dict[tuple[Inequality, bool, bool], Mask] = field(default_factory=dict)

    def oriented(self, mirrored: bool) -> Shape:
        """Return the shape, upside down when mirrored."""
        if not mirrored:
            return self.shape
        self._upside_down = self._upside_down or self.shape.mirrored()
        return self._upside_down

    def margin(self, inequality: Inequality, mirrored: bool) -> Floats:
        """Return the margin at each judged bar, in price."""
        key = (inequality, mirrored)
        if key not in self._margins:
            self._margins[key] = inequality.margin(self.oriented(mirrored))
        return self._margins[key]

    def held(self, inequality: Inequality, mirrored: bool, relaxed: bool) -> Mask:
        """Whether each judged bar keeps the inequality, by the futures rule when `relaxed`."""
        key = (inequality, mirrored, relaxed and inequality.relaxed > 0)
        if key not in self._held:
            self._held[key] = inequality.holds(self.margin(inequality, mirrored), self.shape.atr(), relaxed)
        return self._held[key]

    def keeps(self, candle: Candle, relaxed: bool, with_trend: bool = True) -> Mask:
        """Whether each judged bar completes the candle: strictly, or by the futures rule."""
        rule = candle.rule(with_trend)
        kept = self.held(rule[0], candle.is_mirrored, relaxed)
        for inequality in rule[1:]:
            kept = kept & self.held(inequality, candle.is_mirrored, relaxed)
        return kept

    def judge(self, candle: Candle, readable: Mask) -> Judgement:
        """Return how strictly the readable bars complete the candle."""
        strict = self.keeps(candle, relaxed=False)
        kept = np.flatnonzero((self.keeps(candle, relaxed=True) if candle.is_relaxed else strict) & readable)
        strictness = np.where(strict[kept], STRICT, FUTURES).astype(np.int8)
        of_kept = Judgement(kept, strictness, np.full(len(kept), -1, np.int8), np.full(len(kept), np.nan))
        return of_kept.followed_by(self._near_misses(candle, readable)) if candle.has_near_misses else of_kept

    def _near_misses(self, candle: Candle, readable: Mask) -> Judgement:
        """Return where all but one inequality hold, which one, and by how much it is missed."""
        rule = candle.rule()
        may_fail = [place for place, i in enumerate(rule) if i.may_be_missed]
        possible = readable
        for inequality in rule:
            if not inequality.may_be_missed:
                possible = possible & self.held(inequality, candle.is_mirrored, True)
        at = np.flatnonzero(possible)
        held = np.array([self.held(rule[place], candle.is_mirrored, True)[at] for place in may_fail])
        one = held.sum(axis=0) == len(may_fail) - 1
        which = np.argmin(held[:, one], axis=0)
        at, missed = at[one], np.array(may_fail, np.int8)[which]
        short, most = self._missed_by(candle, rule, at, missed)
        near = short <= most
        strictness = np.full(np.count_nonzero(near), NEAR_MISS, np.int8)
        return Judgement(at[near], strictness, missed[near], short[near] / self.shape.span()[at[near]])

    def _missed_by(
        self, candle: Candle, rule: tuple[Inequality, ...], at: Places, missed: NDArray[np.int8]
    ) -> tuple[Floats, Floats]:
        """Return by how much the one inequality is missed at these bars, and by how much it may be, in price."""
        short, most = np.empty(len(at)), np.empty(len(at))
        for place, inequality in enumerate(rule):
            here = missed == place
            if here.any():
                unit = self.shape.atr() if inequality.unit == "atr" else self.shape.span()
                short[here] = np.maximum(-self.margin(inequality, candle.is_mirrored)[at[here]], 0.0)
                most[here] = MOST_MISSED[inequality.unit] * unit[at[here]]
        return short, most
