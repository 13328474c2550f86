"""The ground a plan stands on: one market on the eve of its next session, and the trade that an idea makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crosscurrent.setups.landmarks import Landmark, laid_out, landmarks
from crosscurrent.setups.setup import Condition, Entry, Invalidation, Setup, Side, Target, Withheld
from crosscurrent.setups.triggers import Eve, Trigger, triggers

__all__ = ["SIDES", "Ground", "Idea", "Terms", "drawn_up"]

SIDES: tuple[Side, Side] = ("long", "short")


@dataclass(frozen=True, eq=False)
class Ground:
    """What every plan reads: the eve of a session with its triggers and landmarks, computed once."""

    eve: Eve

    @cached_property
    def marks(self) -> tuple[Landmark, ...]:
        """Every price that trades are planned by, lowest first."""
        return landmarks(self.eve.look)

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        """Every solved price of the next session, highest first."""
        return triggers(self.eve)

    @property
    def close(self) -> float:
        """The last close."""
        return self.eve.close

    @property
    def unit(self) -> float:
        """The last ATR."""
        return self.eve.unit

    def since(self, sessions: int) -> np.datetime64:
        """Return the first of the last so many sessions."""
        bars = self.eve.look.traded.bars
        return np.datetime64(bars.session[max(len(bars) - sessions, 0)], "D")

    def extreme(self, side: Side, sessions: int) -> float:
        """Return how far price came on the side's own far end in the last sessions: the lowest low for a long, the highest high for a short."""
        bars = self.eve.look.traded.bars
        return float(bars.low[-sessions:].min() if side == "long" else bars.high[-sessions:].max())


@dataclass(frozen=True, slots=True)
class Idea:
    """What a plan has seen, before it is a trade.

    Parameters
    ----------
    plan, side
        Whose idea it is, and which way.
    price, condition, reason
        Where the trade starts, by what, and why there.
    structure
        The price beyond which the stop lies by a margin.
    margin
        That margin, in ATR.
    expiry
        After how many sessions it lapses.
    goal
        A target of the idea's own, with its reason (a pattern's measured move, the other edge of a range); None when it has none.
    """

    plan: str
    side: Side
    price: float
    condition: Condition
    reason: str
    structure: float
    margin: float
    expiry: int
    goal: tuple[float, str] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What all plans share; distances in ATR.

    Parameters
    ----------
    room
        The least distance between entry and first target.
    apart
        Targets nearer to each other than this are one, save records.
    most_targets
        How many targets are told.
    least_risk, most_risk
        A stop nearer to the entry is moved away to the least; one farther than the most is no stop, and the setup is withheld.
    least_target, least_reward
        What any target, and what the farthest one, must pay at least, in multiples of the risk.
    behind
        How far behind the stop an average or a swing may stand to be the invalidation.
    """

    room: float = 0.5
    apart: float = 0.4
    most_targets: int = 4
    least_risk: float = 0.25
    most_risk: float = 2.5
    least_target: float = 0.5
    least_reward: float = 1.0
    behind: float = 4.0


def drawn_up(idea: Idea, ground: Ground, terms: Terms) -> Setup | Withheld:
    """Return the trade that an idea makes: prices on the tick, stop beyond structure, targets in order; or why there is none."""
    bars, unit, sign = ground.eve.look.traded.bars, ground.unit, 1.0 if idea.side == "long" else -1.0
    notation = bars.instrument.notation
    outward, inward = (notation.round_up, notation.round_down) if sign > 0 else (notation.round_down, notation.round_up)
    entry = outward(idea.price)
    stop = inward(
        min(sign * (idea.structure - sign * idea.margin * unit), sign * (entry - sign * terms.least_risk * unit)) * sign
    )
    if entry == stop:
        return Withheld(bars.market, idea.plan, idea.side, "entry and stop fall on the same tick")
    risk = abs(entry - stop)
    if risk > terms.most_risk * unit:
        return Withheld(
            bars.market, idea.plan, idea.side, f"its stop would lie {risk / unit:.1f} ATR away, beyond the structure"
        )
    # On a coarse tick two landmarks may round to one price: the first that names it has it.
    reasons: dict[float, str] = {}
    for price, reason in _goals(idea, ground, entry, sign, terms):
        reasons.setdefault(inward(price), reason)
    targets = tuple(
        Target(price, reason, abs(price - entry) / risk)
        for price, reason in sorted(reasons.items(), key=lambda pair: sign * pair[0])
        if sign * (price - entry) >= terms.least_target * risk and sign * (price - ground.close) > 0
    )
    if not targets or targets[-1].r < terms.least_reward:
        return Withheld(bars.market, idea.plan, idea.side, "no target before it pays what it risks")
    return Setup(
        bars.market, idea.plan, idea.side, ground.eve.session, Entry(entry, idea.condition, idea.reason), stop, targets,
        _invalidation(ground, stop, sign, terms, inward), ground.eve.ahead(idea.expiry),
    )  # fmt: skip


def _goals(idea: Idea, ground: Ground, entry: float, sign: float, terms: Terms) -> list[tuple[float, str]]:
    """Return the targets' prices and reasons, nearest first; where nothing stands ahead, as at records, moves of a usual size."""
    unit, bars = ground.unit, ground.eve.look.traded.bars
    own = [Landmark("measured", idea.goal[0], what=idea.goal[1], weight=3.0)] if idea.goal else []
    # Where the close has left the entry behind, a target between them would be behind the trade as well.
    start = max(sign * entry, sign * ground.close)
    marks = [m for m in (*ground.marks, *own) if m.kind != "line" and sign * m.price - start >= terms.room * unit]
    marks = [m for m in marks if m.price > 0 or bars.instrument.may_be_negative or bars.close[-1] <= 0]
    chosen = laid_out(sorted(marks, key=lambda m: sign * m.price), terms.apart * unit)[: terms.most_targets]
    if chosen:
        return [(mark.price, mark.reason) for mark in chosen]
    week, month = (float(np.sqrt(n)) * unit for n in (5, 21))
    where = "above" if sign > 0 else "below"
    told = (
        (week, f"a usual week's move from the entry, for want of a level {where}"),
        (month, "a usual month's move from the entry"),
    )
    return [
        (entry + sign * way, reason)
        for way, reason in told
        if entry + sign * way > 0 or bars.instrument.may_be_negative
    ]


def _invalidation(ground: Ground, stop: float, sign: float, terms: Terms, inward) -> Invalidation:  # type: ignore[no-untyped-def]
    """Return the nearest average, or the latest swing, behind the stop: the close beyond it ends the idea itself."""
    swing = "swing_low" if sign > 0 else "swing_high"
    dated = [(m.session, m) for m in ground.marks if m.kind == swing and m.session is not None]
    latest = max(dated, key=lambda pair: pair[0])[1] if dated else None
    behind: Iterable[Landmark] = [
        m
        for m in ground.marks
        if (m.kind == "average" or m is latest) and 0 < sign * (stop - m.price) <= terms.behind * ground.unit
    ]
    nearest = max(behind, key=lambda m: sign * m.price, default=None)
    condition = "close_below" if sign > 0 else "close_above"
    if nearest is None:
        return Invalidation(stop, condition, "the stop itself: no average or swing stands near behind it")  # type: ignore[arg-type]
    return Invalidation(inward(nearest.price), condition, nearest.reason)  # type: ignore[arg-type]
