"""Patterns: from a formation to a told fact, and its life after confirmation; what all chart patterns share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Basis, Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point, Segment
from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.facts.table import FactTable
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.formations import KIND, NO_FORMATIONS, OWN_SIDE, Formations, closed_outside
from crosscurrent.structure.pattern_facts import (
    BARS,
    FACT_WIDTH,
    INVALIDATION,
    LOG_ODDS,
    READINGS,
    TARGET,
    fact_rows,
    pattern_layout,
)
from crosscurrent.structure.pattern_life import LASTING, PLACE, STAGE, STREAMS, WAY, clearest, lives, told_patterns
from crosscurrent.structure.quality import log_odds, traded
from crosscurrent.structure.tape import State, Tape

__all__ = ["READINGS", "Patterns", "Plan", "pattern_layout"]

SUBJECT = 5
LIFE = np.array([0, 3, TARGET, INVALIDATION, BARS])
"""Where a fact row has what its life depends on."""
NO_FACTS = np.empty((0, FACT_WIDTH))
NOTHING_TRADED = np.empty((0, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a kind's rule says about formations, one entry each.

    Parameters
    ----------
    kind
        The code of the kind, -1 where the formation is none of the detector's.
    side
        The side on which a close confirms it: 1 above, -1 below, 0 either.
    """

    kind: NDArray[np.int64]
    side: NDArray[np.int64]


class Course(NamedTuple):
    """What a sweep for patterns carries from bar to bar.

    Parameters
    ----------
    open
        Formations of the detector's kinds that nothing has ended.
    alive
        Fact rows of confirmed patterns of which nothing has become yet.
    last
        The formation told last in each stream, without its swings, as `told_patterns` has it.
    told
        Every subject told so far.
    """

    open: Floats
    alive: Floats
    last: Floats
    told: Floats


class Patterns(Detector):
    """The base of the chart patterns: a kind brings its formations, its rule and its target, and the rest is the same for all.

    Confirmed by the first close outside the boundary, if that side is the pattern's own; a first close on the other side
    invalidates it. A formation's break is not told while a clearer one that holds more than half of its bars still stands: price inside
    the best-drawn lines has broken nothing. One that neither broke nor may do so at the next close has expired: told where it had been
    forming, and nothing of its kind is any more. Of formations that break on one bar to one side the one with the highest log odds is
    told, and a pattern is not told when more than half of its bars lie in the one last told for that side, unless price has closed
    back inside that one since, by half an ATR: all this is decided with what is known at the break.
    After confirmation the target is reached (a high or low touches it), or the pattern fails (a close beyond `invalidation`, which
    wins within one bar), or it expires when as many bars have passed as the pattern has.

    Class attributes
    ----------------
    patience
        A formation goes stale when this share of its length has passed since its last swing.
    least_odds
        The log odds below which a formation looks like a walk's; see `quality.log_odds`. At minus infinity every shape is told, and
        none has to be the clearest.
    """

    bases: ClassVar[tuple[Basis, ...]] = ("adjusted",)
    patience: ClassVar[float] = 0.75
    least_odds: float
    min_bars: int

    @abstractmethod
    def formations(self, tape: Tape) -> Formations:
        """Return the candidates, whatever their shape."""

    @abstractmethod
    def plan(self, found: Formations) -> Plan:
        """Return which kind each candidate is, judged by its swings alone, and on which side a close confirms it."""

    def target(self, found: Formations, side: Floats, facts: Floats) -> Floats:
        """Return the price that a break to that side promises: the height from the break, where the kind says nothing else."""
        return facts[:, TARGET]

    def invalidation(self, found: Formations, side: Floats, facts: Floats) -> Floats:
        """Return the price beyond which a close undoes the break: the other line at the break, where the kind says nothing else."""
        return facts[:, INVALIDATION]

    def odds(self, found: Formations) -> Floats:
        """Return the log odds that the formations were drawn rather than walked."""
        odds: Floats = log_odds(found.rows)
        return odds

    def sweep(self, tape: Tape) -> FactTable:
        """Return every confirmation, what became of it, and every formation that broke the wrong way or never broke."""
        if not self.can_read(tape):
            return FactTable.empty(self.layout)
        return tape.resumed(("patterns", self), self._nothing_yet, self._go_on)

    def forming(self, tape: Tape) -> FactTable:
        """Return what is still between its lines at the last bar, with the trigger at the next bar; the clearest of each kind."""
        if not self.can_read(tape) or not len(tape):
            return FactTable.empty(self.layout)
        self.sweep(tape)
        found = Formations(Course(*tape.carrying(("patterns", self))).open)
        if not len(found):
            return FactTable.empty(self.layout)
        odds = self.odds(found)
        rows = self._rows(tape, found, odds, clearest(found.rows, odds, float(len(tape)), self.min_bars))
        rows[:, 0] = len(tape) - 1
        return FactTable.from_rows(self.layout, rows)

    def _nothing_yet(self) -> Course:
        return Course(NO_FORMATIONS, NO_FACTS, np.full((STREAMS, LASTING), np.nan), np.empty(0))

    def _go_on(self, tape: Tape, carried: State) -> tuple[FactTable, State]:
        """Carry formations and patterns over the new bars: most end none, and then there is nothing to tell."""
        course = Course(*carried)
        found = self._formed(tape, course.open)
        if not len(course.alive) and not np.count_nonzero(found.broken >= 0):
            return FactTable.empty(self.layout), Course(found.rows, *course[1:])
        rows = self._told(tape, found, course)
        after, alive = self._lived(tape, np.concatenate([course.alive, rows[rows[:, 2] == CONFIRMED]]))
        told = np.concatenate([course.told, rows[:, SUBJECT]])
        facts = FactTable.from_rows(self.layout, np.concatenate([rows, after]))
        return facts, Course(found.rows[found.broken < 0], alive, course.last, told)

    def _formed(self, tape: Tape, before: Floats) -> Formations:
        """Return the formations that were open before or have formed since, with what the new closes have ended."""
        born = self._planned(self.formations(tape)).rows
        rows = np.concatenate([before, born]) if len(born) else before
        if len(rows):
            closed_outside(tape.bars.close, rows, self.patience, tape.start)
        return Formations(rows)

    def _planned(self, found: Formations) -> Formations:
        """Return the formations that look drawn and that the rule names, with what the rule says of them."""
        likely = found.where(self.odds(found) >= self.least_odds) if len(found) else found
        if not len(likely):
            return likely
        plan = self.plan(likely)
        mine = plan.kind >= 0
        rows = likely.rows[mine]
        rows[:, KIND], rows[:, OWN_SIDE] = plan.kind[mine], plan.side[mine]
        return Formations(rows)

    def _told(self, tape: Tape, found: Formations, course: Course) -> Floats:
        """Return the fact rows of what the new bars have ended, as far as it is told."""
        odds, is_choosy = self.odds(found), self.least_odds > -np.inf
        verdicts = told_patterns(
            found.rows, odds, tape.bars.close, self.patience, self.min_bars, is_choosy, course.last, course.told
        )
        return self._rows(tape, found, odds, verdicts)

    def _rows(self, tape: Tape, found: Formations, odds: Floats, verdicts: Floats) -> Floats:
        """Return the fact rows of the formations that the verdicts are about."""
        if not len(verdicts):
            return NO_FACTS
        places, side, bars = verdicts[:, PLACE].astype(np.int64), verdicts[:, WAY], tape.bars
        found, before = found.where(places), NOTHING_TRADED
        if (verdicts[:, STAGE] == CONFIRMED).any():
            before = traded(tape)
        rows: Floats = fact_rows(found.rows, verdicts, bars.close, tape.atr, bars.volume, before)
        rows[:, TARGET], rows[:, INVALIDATION] = self.target(found, side, rows), self.invalidation(found, side, rows)
        rows[:, LOG_ODDS] = odds[places]
        return rows

    @staticmethod
    def _lived(tape: Tape, alive: Floats) -> tuple[Floats, Floats]:
        """Return the fact rows of what became of confirmed patterns in the new bars, and those of which nothing has become yet."""
        if not len(alive):
            return alive, alive
        bars = tape.bars
        ends = lives(bars.high, bars.low, bars.close, np.take(alive, LIFE, axis=1), tape.start)
        is_over = ends[:, 0] >= 0
        after = alive[is_over]
        after[:, 0], after[:, 2] = ends[is_over].T
        return after, alive[~is_over]

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return both boundary lines, a point at each touch, and the target."""
        if not fact.anchors:
            return ()
        start = fact.anchors[0].session
        end = np.datetime64(str(fact.readings.get("confirmed_on", fact.session)), "D")
        lines = [_line(fact, name, start, end) for name in ("upper", "lower")]
        touches = [Point(a.session, a.price, "touch") for a in fact.anchors]
        target = Segment(
            end, float(fact.readings["target"]), fact.session, float(fact.readings["target"]), "target", "target"
        )
        return (*lines, *touches, target)


def _line(fact: Fact, name: str, start: np.datetime64, end: np.datetime64) -> Segment:
    first, last = float(fact.readings[f"{name}_from"]), float(fact.readings[f"{name}_to"])
    return Segment(start, first, end, last, name, fact.kind.replace("_", " "))
