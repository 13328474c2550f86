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
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, FORMING, INVALIDATED, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.formations import (
    BORN,
    KIND,
    MOST_TOUCHES,
    NO_FORMATIONS,
    OWN_SIDE,
    WIDTH,
    Formations,
    closed_outside,
)
from crosscurrent.structure.pattern_life import STREAMS, are_last_of_their_kind, lives, outdrawn, told_patterns
from crosscurrent.structure.quality import log_odds, quality_parts
from crosscurrent.structure.tape import State, Tape

__all__ = ["Patterns", "Plan", "pattern_layout"]

READINGS = (
    "trigger", "target", "invalidation", "top", "bottom", "apex", "confirmed_on", "touches", "bars", "height_atr", "convergence",
    "upper_from", "upper_to", "lower_from", "lower_to", "log_odds",
    "initial_trend", "uniformity", "clarity", "breakout_strength", "volume_change", "quality",
)  # fmt: skip
PRICES = frozenset(
    {"trigger", "target", "invalidation", "top", "bottom", "upper_from", "upper_to", "lower_from", "lower_to"}
)
BOTH_SIDES = 0


def pattern_layout(*kinds: str) -> Layout:
    """Return the columns that every chart pattern has."""
    return Layout(kinds, READINGS, PRICES, anchors=MOST_TOUCHES, indexed=frozenset({"apex", "confirmed_on"}))


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
        The formation told last in each stream, as `told_patterns` has it.
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

    @abstractmethod
    def target(self, found: Formations, kind: NDArray[np.int64], side: Floats, trigger: Floats) -> Floats:
        """Return the price that a break to that side promises."""

    def invalidation(self, found: Formations, side: Floats, at: Floats) -> Floats:
        """Return the price beyond which a close undoes the break: the other line at the break, where the plan says nothing else."""
        return np.where(side > 0, found.lower(at), found.upper(at))

    def odds(self, found: Formations, kind: NDArray[np.int64]) -> Floats:
        """Return the log odds that the formations were drawn rather than walked."""
        return log_odds(found)

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
        found = found.where(self._is_long(found, np.full(len(found), float(len(tape)))))
        return FactTable.from_rows(self.layout, clearest(self._forming_rows(tape, found)))

    def _nothing_yet(self) -> Course:
        return Course(NO_FORMATIONS, np.empty((0, self.layout.width)), np.full((STREAMS, WIDTH), np.nan), np.empty(0))

    def _go_on(self, tape: Tape, carried: State) -> tuple[FactTable, State]:
        """Carry formations and patterns over the new bars."""
        course, bars = Course(*carried), tape.bars
        born = self._planned(self.formations(tape))
        found = Formations(np.concatenate([course.open, born.rows]))
        closed_outside(bars.close, found.rows, self.patience, tape.start)
        if not len(found) and not len(course.alive):
            return FactTable.empty(self.layout), course
        rows = self._told_rows(tape, found, course)
        told = np.concatenate([course.told, rows[:, 5]])
        alive = np.concatenate([course.alive, rows[rows[:, 2] == CONFIRMED]])
        ends = self._ends(tape, alive)
        is_over = ends[:, 0] >= 0
        after = alive[is_over]
        after[:, [0, 2]] = ends[is_over]
        course = Course(found.rows[found.broken < 0], alive[~is_over], course.last, told)
        if not len(rows) and not len(after):
            return FactTable.empty(self.layout), course
        return FactTable.from_rows(self.layout, np.concatenate([rows, after])), course

    def _told_rows(self, tape: Tape, found: Formations, course: Course) -> Floats:
        """Return the fact rows of what the new bars have ended, as far as it is told."""
        if not np.any(found.broken >= 0):
            return np.empty((0, self.layout.width))
        is_over = (found.broken >= 0) & self._is_long(found, found.broken)
        if np.isfinite(self.least_odds):
            is_over &= ~outdrawn(found.rows, self.odds(found, found.kind), self.patience)
        ended = found.where(is_over)
        if not len(ended):
            return np.empty((0, self.layout.width))
        was_forming = (ended.side != 0) | (
            (ended.broken > ended.rows[:, BORN]) & are_last_of_their_kind(ended.rows, found.rows)
        )
        ended = ended.where(was_forming)
        if not len(ended):
            return np.empty((0, self.layout.width))
        side = np.where(ended.own_side == BOTH_SIDES, self._broken_or_near(tape, ended), ended.own_side)
        is_confirmed = side == ended.side
        rows = self._rows(tape, ended, side, ended.broken, is_confirmed)
        rows[:, 2] = np.select([ended.side == 0, is_confirmed], [EXPIRED, CONFIRMED], INVALIDATED)
        rows[:, 3] = np.where(ended.side == 0, ended.own_side, side)
        odds = rows[:, HEAD + READINGS.index("log_odds")]
        return rows[told_patterns(rows, ended.rows, odds, tape.bars.close, course.last, set(course.told.tolist()))]

    @staticmethod
    def _broken_or_near(tape: Tape, ended: Formations) -> Floats:
        """Return the side of each break; where there was none, that of the line nearer to the last close."""
        close = tape.bars.close[ended.broken.astype(np.int64)]
        is_near_above = ended.upper(ended.broken) - close < close - ended.lower(ended.broken)
        return np.where(ended.side != 0, ended.side, np.where(is_near_above, 1.0, -1.0))

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

    def _is_long(self, found: Formations, at: Floats) -> NDArray[np.bool_]:
        return at - found.start + 1 >= self.min_bars

    def _planned(self, found: Formations) -> Formations:
        """Return the formations that the rule names and that look drawn, with what the rule says of them."""
        if not len(found):
            return found
        plan = self.plan(found)
        mine = (plan.kind >= 0) & (self.odds(found, plan.kind) >= self.least_odds)
        rows = found.rows[mine]
        rows[:, KIND], rows[:, OWN_SIDE] = plan.kind[mine], plan.side[mine]
        return Formations(rows)

    def _forming_rows(self, tape: Tape, found: Formations) -> Floats:
        """Return what is open as the next bar may confirm it, each formation on every side that its kind allows, upward first."""
        allowed = [np.flatnonzero((found.own_side == side) | (found.own_side == BOTH_SIDES)) for side in (1, -1)]
        sides, now = np.repeat([1.0, -1.0], [len(places) for places in allowed]), len(tape) - 1
        at = np.full(len(sides), now + 1.0)
        rows = self._rows(tape, found.where(np.concatenate(allowed)), sides, at, np.zeros(len(sides), bool))
        rows[:, 0], rows[:, 2] = now, FORMING
        return rows

    def _rows(
        self,
        tape: Tape,
        found: Formations,
        side: Floats,
        at: Floats,
        is_confirmed: NDArray[np.bool_],
    ) -> Floats:
        """Return fact rows of the formations as they stand at these bars, which may be the next one where none is confirmed."""
        kind = found.kind
        rows = np.full((len(found), self.layout.width), np.nan)
        trigger = found.trigger(side, at)
        rows[:, 0], rows[:, 1], rows[:, 3], rows[:, 4] = at, kind, side, NO_STRICTNESS
        rows[:, 5] = subjects(found, kind, side)
        odds = self.odds(found, kind)
        told = self._told(found, at) | quality_parts(tape, found, at, trigger, is_confirmed)
        told |= {"trigger": trigger, "target": self.target(found, kind, side, trigger), "log_odds": odds}
        told["invalidation"] = self.invalidation(found, side, at)
        told["confirmed_on"] = np.where(is_confirmed, at, np.nan)
        touched_at, touches = found.touched()
        rows[:, HEAD + len(READINGS) :: 2], rows[:, HEAD + len(READINGS) + 1 :: 2] = touched_at, touches
        told["top"], told["bottom"] = np.fmax.reduce(touches, axis=1), np.fmin.reduce(touches, axis=1)
        for name, column in told.items():
            rows[:, HEAD + READINGS.index(name)] = column
        return rows

    @staticmethod
    def _told(found: Formations, at: Floats) -> dict[str, Floats]:
        """Return the readings of the two lines."""
        start, end, height = found.start, found.end, found.height
        now = found.upper(at) - found.lower(at)
        bars = at - start + 1
        closing = np.where(height > now, (height - now) / np.maximum(at - start, 1), np.nan)
        apex = np.ceil(at + now / closing)
        return {
            "apex": np.where(apex - at <= 5 * bars, apex, np.nan), "touches": found.touches, "bars": bars,
            "height_atr": height / found.atr,
            "convergence": 1.0 - (found.upper(end) - found.lower(end)) / height,
            "upper_from": found.upper(start), "upper_to": found.upper(at),
            "lower_from": found.lower(start), "lower_to": found.lower(at),
        }  # fmt: skip

    @staticmethod
    def _ends(tape: Tape, alive: Floats) -> Floats:
        """Return bar and stage of what the new bars made of each confirmed row; a bar of -1 where nothing has become of it yet."""
        place = [0, 3, *(HEAD + READINGS.index(name) for name in ("target", "invalidation", "bars"))]
        bars = tape.bars
        return lives(bars.high, bars.low, bars.close, alive[:, place], tape.start)


def _line(fact: Fact, name: str, start: np.datetime64, end: np.datetime64) -> Segment:
    first, last = float(fact.readings[f"{name}_from"]), float(fact.readings[f"{name}_to"])
    return Segment(start, first, end, last, name, fact.kind.replace("_", " "))


def subjects(found: Formations, kind: NDArray[np.int64], side: Floats) -> Floats:
    """Return a number for each pattern that no later bar changes: where it starts and ends, its kind and its side."""
    start, length = found.start, np.minimum(found.end - found.start, 4095)
    return ((start * 4096 + length) * 8 + kind) * 2 + (side > 0)


def clearest(rows: Floats) -> Floats:
    """Return of each kind and direction the row with the highest log odds."""
    order = np.lexsort((-rows[:, HEAD + READINGS.index("log_odds")], rows[:, 3], rows[:, 1]))
    rows = rows[order]
    is_first = np.ones(len(rows), bool)
    is_first[1:] = np.any(rows[1:, [1, 3]] != rows[:-1, [1, 3]], axis=1)
    return rows[is_first]
