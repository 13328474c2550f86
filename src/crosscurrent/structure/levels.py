"""Support and resistance: bands found from price, with every touch, bounce, break and change of role dated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Band, Mark, Point
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.break_volume import volume_ratio_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.level_facts import READINGS, RULES, level_table, standing_table
from crosscurrent.structure.level_finder import follow_levels, no_levels
from crosscurrent.structure.level_state import LevelRules, LevelState, LevelSweep
from crosscurrent.structure.swings import LOW, reversals_on, sided_on
from crosscurrent.structure.tape import State, Tape

__all__ = ["Levels", "standing_levels"]

OF_PRICE = LevelRules()


@dataclass(frozen=True, slots=True)
class Levels(Detector):
    r"""Find levels: horizontal bands in which price was rejected again and again, from either side.

                                        /    A rejection is a swing, or a bar turned back from its extreme. A band
            /\      /\                 /     that has seen two swings, or their worth in bars, is a level. It is touched
        ===/==\====/==\======/\==/\===/===   when price comes back from afar, bounces when a close leaves it again on the
          /    \  /    \    /  \/  \/        same side, breaks by a close past its far edge; a bounce on the new side is
                \/      \  /   flip          a flip (resistance became support); a close back soon fails the break.

    A level is known at the close that completes its last rejection (a swing's confirmation), everything else at its own close. Its
    price is the mean of what was rejected in it, swings weighing double, and moves as more joins; its width is fixed in ATR
    when found. Bands do not overlap at birth, and few stand: a new one must be stronger than the weakest. Strength (one to ten) is
    the mean of three marks: rejections and bounces against breaks, span, time since the last touch. Bullish means that price is above
    the level (after a break: now above).

    `after_break` is one for a touch from the new side of a broken level. Silent while the ATR warms up.

    Parameters
    ----------
    rules
        Tolerances and numbers; see `LevelRules`.
    sides, reversals
        Which swings count double: by bars on each side, by reversal in ATR.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 13. Osler, Support for Resistance, FRBNY Economic Policy Review 6 (2000).
    """

    rules: LevelRules = OF_PRICE
    sides: tuple[int, ...] = (5,)
    reversals: tuple[float, ...] = (1.5,)

    layout = Layout(
        kinds=("level", "level_touch", "level_bounce", "level_break", "level_flip", "failed_break"),
        readings=READINGS,
        prices=frozenset({"price", "low", "high"}),
        anchors=3,
        rules=RULES,
    )
    phrases = {
        "level": "a level at {price}, touched {touches} times",
        "level_touch": "a touch of the level at {price}",
        "level_bounce": "a bounce from the level at {price}, the {bounces} so far",
        "level_break": "a close {beyond_atr} past the level at {price}",
        "level_flip": "the level at {price} has changed its role, {since_break} sessions after it was broken",
        "failed_break": "a close back past the level at {price}, {since_break} sessions after it was broken",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return the life of every level."""
        table = level_table(self.layout, self._levels(tape).events, tape.bars.close, tape.atr)
        is_break = table.kind == self.layout.kind("level_break")
        if is_break.any():
            table.reading("volume_ratio")[is_break] = volume_ratio_on(tape)[table.at[is_break]]
        return table

    def forming(self, tape: Tape) -> FactTable:
        """Return the levels that stand at the last bar, the strongest first."""
        return standing_table(self.layout, self._levels(tape).state.levels, tape.bars.close, tape.atr)

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the band from its first rejection on, and its touches."""
        low, high = float(fact.readings["low"]), float(fact.readings["high"])
        band = Band(min(a.session for a in fact.anchors), low, high, "level", fact.kind)
        return band, *(Point(a.session, a.price, "touch") for a in fact.anchors)

    def _levels(self, tape: Tape) -> LevelSweep:
        return tape.resumed(("levels", self), lambda: no_levels(self.rules), self._followed)

    def _followed(self, tape: Tape, carried: State) -> tuple[LevelSweep, State]:
        bars = tape.bars
        swings = np.concatenate(
            [sided_on(tape, n) for n in self.sides] + [tape.since(reversals_on(tape, k)) for k in self.reversals]
        )
        swings = swings[np.lexsort((-swings[:, 1], swings[:, 0]))]
        known, place = swings[:, 0].astype(np.int64), swings[:, 1].astype(np.int64)
        side, state = np.where(swings[:, 3] == LOW, 1, -1), LevelState(*carried)
        found = follow_levels(
            bars.open, bars.high, bars.low, bars.close, tape.atr, known, place, side, self.rules, state, tape.start
        )
        return found, state


def standing_levels(tape: Tape, detector: Levels | None = None) -> FactTable:
    """Return the levels that stand at the last bar, strongest first (`rank` from one): stage FORMING."""
    detector = detector or Levels()
    return detector.forming(tape) if detector.can_read(tape) else FactTable.empty(detector.layout)
