"""Boundaries: what price has lately broken through, or may break next, and how much each is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.setups.ground import Ground
from crosscurrent.setups.setup import Side
from crosscurrent.structure.tape import Tape
from crosscurrent.units.dates import date_of

__all__ = ["Boundary", "ahead", "broken"]

BREAKS = ("trendline_break", "level_break")
PATTERN = 9.0
"""What a pattern's boundary is worth against a line's or level's strength of one to ten."""
AGE_LOSES = 0.25
"""What a session of age takes from a break."""
NEAR = 0.25
BACKING = 0.5
"""What another boundary within `NEAR` ATR adds."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """What a trade is about: where it stands in the next session, the close that breaks it, what it is, what it is worth.

    `edge` is the close beyond it by the tolerance of its kind; of a boundary that is broken already, `price` itself. `broken_at` is the
    place of the bar that broke it, -1 when none has.
    """

    price: float
    edge: float
    what: str
    worth: float
    broken_at: int = -1
    goal: float | None = None


def ahead(ground: Ground, side: Side) -> Iterator[Boundary]:
    """Yield the standing lines and levels whose break would be the side's, by the close that breaks them."""
    wanted = "above" if side == "long" else "below"
    found = [t for t in ground.triggers if t.kind in BREAKS and t.beyond == wanted and t.value is not None]
    for trigger in found:
        near = {t.subject for t in found if t is not trigger and abs(t.price - trigger.price) <= NEAR * ground.unit}
        what = trigger.consequence.split(" breaks the ")[-1].split(",")[0]
        yield Boundary(
            trigger.value or trigger.price, trigger.price, what, trigger.strength + BACKING * min(len(near), 3)
        )


def broken(ground: Ground, side: Side, recent: int) -> Iterator[Boundary]:
    """Yield what was broken to a side within the last sessions and has held: price is still beyond it, and no close came back inside."""
    look, direction = ground.eve.look, "bullish" if side == "long" else "bearish"
    sign, last = (1.0 if side == "long" else -1.0), len(look.traded) - 1
    facts = look.facts(since=ground.since(recent))
    undone = {(f.basis, f.subject) for f in facts if f.kind == "failed_break" and f.direction != direction}
    ended = {(f.kind, f.basis, f.subject) for f in facts if f.is_pattern and f.stage in ("failed", "expired")}
    for fact in facts:
        is_break = fact.kind in BREAKS and (fact.basis, fact.subject) not in undone
        is_pattern = (
            fact.is_pattern and fact.stage == "confirmed" and (fact.kind, fact.basis, fact.subject) not in ended
        )
        if fact.direction == direction and (is_break or is_pattern):
            boundary = _of_fact(fact, ground, last - fact.at)
            if sign * (ground.close - boundary.price) > 0:
                yield boundary


def _of_fact(fact: Fact, ground: Ground, age: int) -> Boundary:
    tape = _tape(fact, ground)
    moved = float(tape.bars.shift[-1] - tape.bars.shift[fact.at])
    if fact.is_pattern:
        price, worth = float(fact.readings["trigger"]) + moved, PATTERN
    else:
        slope = float(fact.readings.get("slope_atr", 0.0)) * float(tape.atr[fact.at])
        price = float(fact.readings["price"]) + moved + slope * (len(tape) - fact.at)
        worth = float(fact.readings.get("strength", 5.0))
    goal = float(fact.readings["target"]) + moved if fact.is_pattern else None
    what = fact.kind.replace("_break", "").replace("_", " ").replace("trendline", "line")
    return Boundary(price, price, f"{what} broken on {date_of(fact.session)}", worth - AGE_LOSES * age, fact.at, goal)


def _tape(fact: Fact, ground: Ground) -> Tape:
    look = ground.eve.look
    return look.traded if fact.basis == look.traded.bars.basis else look.adjusted


def is_beyond(boundary: Boundary, ground: Ground, side: Side) -> float:
    """Return how far the close lies beyond a boundary on a side, in ATR; below zero while it has not been reached."""
    return (
        float((1 if side == "long" else -1) * (ground.close - boundary.price) / ground.unit)
        if np.isfinite(ground.unit)
        else 0.0
    )
