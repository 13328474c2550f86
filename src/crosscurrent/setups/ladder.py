"""The ladder: one column of prices, each with what happens there, how far it is and how likely to be touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.setups.touch import WEEK, Touch
from crosscurrent.setups.triggers import Eve, Trigger, triggers
from crosscurrent.setups.triggers.trigger import beyond

__all__ = ["Ladder", "Rung", "Shelf", "is_in_reach", "ladder"]

REACH = 6.0
"""Rungs farther from the close than this, in ATR, are left out, save averages and extremes of the year or of all time."""
FAR_REACH = 12.0
ALWAYS = ("average_", "record_", "year_")
NEAR = 0.25
"""Prices this close to each other, in ATR, are one shelf."""
APART = 0.5
"""Two shelves that are printed lie at least this far from each other."""
CLEAR = 0.1
"""A shelf nearer to the close than this is where the market stands, not where it is going."""
MOST = 4
WORTH = 5.0
"""The least strength of a shelf that desks would print."""
ADJUSTED = ", free of roll gaps"
"""What is added to what stands on adjusted prices alone."""
STANDS = ("swing_", "record_", "year_", "level_", "trendline_break", "average_")
"""Kinds of triggers that mark a price at which the market has turned or is expected to."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A trigger where it stands on the ladder.

    `price` lies on the tick: the first that makes the trigger true, or the price to be touched; `trigger.price` is the exact edge.
    Distances are signed, above the close positive. `probability_next` and `probability_week` are of a touch by the next close and
    within five sessions; `probability_close` that the next close itself makes the trigger true, None where a touch does.
    """

    trigger: Trigger
    price: float
    distance: float
    distance_atr: float
    probability_next: float
    probability_week: float
    probability_close: float | None

    @property
    def is_above(self) -> bool:
        """Whether it stands above the last close."""
        return self.distance > 0

    @property
    def is_met_unchanged(self) -> bool:
        """Whether the last close, repeated, would make the trigger true."""
        is_reached = self.distance >= 0 if self.trigger.beyond == "below" else self.distance <= 0
        return self.trigger.at == "close" and is_reached


@dataclass(frozen=True, slots=True)
class Shelf:
    """A support or resistance as desks print it: prices that lie so close together that they are one, with every reason.

    `price` is that of the strongest reason; `strength`, one to ten, is the strongest's and half a point for each other. `edge` is the
    first close on the tick that breaks it, None for a swing or record, which a touch passes. Probabilities are of a touch of `price`.
    """

    name: str
    price: float
    strength: float
    reasons: tuple[str, ...]
    edge: float | None = None
    probability_next: float = 0.0
    probability_week: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """Everything that the next session's prices would mean, highest first.

    Known at the close of `session`; the prices are for `next_session`, whose lines and averages they were computed for. `reason` says
    why there is no rung, where there is none.
    """

    bars: Bars
    close: float
    unit: float | None
    session: np.datetime64
    next_session: np.datetime64
    rungs: tuple[Rung, ...]
    resistance: tuple[Shelf, ...]
    support: tuple[Shelf, ...]
    reason: str = ""

    @property
    def market(self) -> str:
        """The market's name."""
        return self.bars.market

    def nearest(self, side: str, *kinds: str) -> Rung | None:
        """Return the rung nearest to the close among these kinds (all when none is named), `above` or `below` it.

        What a repeated close would already do is no price to wait for. Of two at one price the plainer kind is returned.
        """
        found = [r for r in self.rungs if r.is_above == (side == "above") and (not kinds or r.trigger.kind in kinds)]
        waiting = [r for r in found if not r.is_met_unchanged]
        return min(waiting, key=lambda r: (abs(r.distance), len(r.trigger.kind)), default=None)

    def away(self, distance: float) -> str:
        """Return a distance as the market tells its moves: basis points of a yield, 32nds of a Treasury, else per cent."""
        instrument = self.bars.instrument
        if instrument.quoted_as == "yield":
            return f"{100 * distance:+.0f} bp"
        if instrument.notation.parts:
            return f"{32 * distance:+g}/32"
        return f"{100 * distance / abs(self.close):+.2f}%" if self.close else f"{distance:+g}"

    def to_json(self) -> dict[str, Any]:
        """Return the ladder as the contract of the commands prints it."""
        return {
            "market": self.market, "close": self.close, "session": str(self.session), "next_session": str(self.next_session),
            "atr": self.unit, "rungs": [_rung_json(r, self.bars, self.close) for r in self.rungs],
            "resistance": [_shelf_json(s) for s in self.resistance], "support": [_shelf_json(s) for s in self.support],
            "reason": self.reason or None,
        }  # fmt: skip


def ladder(eve: Eve) -> Ladder:
    """Return the ladder of a market on the eve of its next session; without an ATR it has no rungs and says why."""
    bars = eve.look.traded.bars
    if not eve.is_readable:
        reason = f"{bars.market} has no average range yet, so no distance can be measured." if len(bars) < 15 else (
            f"{bars.market} has not moved of late, so no distance can be measured.")  # fmt: skip
        return Ladder(bars, eve.close, None, eve.session, eve.next_session, (), (), (), reason)
    touch = Touch(eve.look.adjusted)
    rungs = _rungs(eve, [t for t in triggers(eve) if is_in_reach(t, eve)], touch)
    above, below = (_shelves(rungs, eve, side, touch) for side in (1, -1))
    return Ladder(bars, eve.close, eve.unit, eve.session, eve.next_session, rungs, above, below)


def is_in_reach(trigger: Trigger, eve: Eve) -> bool:
    """Whether a trigger is near enough to be a rung, at a price that the market can have."""
    gap = abs(trigger.price - eve.close)
    reach = FAR_REACH if trigger.kind.startswith(ALWAYS) else REACH
    instrument = eve.look.traded.bars.instrument
    return gap <= reach * eve.unit and (trigger.price > 0 or instrument.may_be_negative or eve.close <= 0)


def _rungs(eve: Eve, found: list[Trigger], touch: Touch) -> tuple[Rung, ...]:
    if not found:
        return ()
    price = np.array([eve.on_tick(t) for t in found])
    distance = price - eve.close
    is_above = np.array([t.beyond == "above" for t in found])
    # A price that trades already is touched at once; one away must be come to.
    by_next, by_week = touch.within(distance, 1), touch.within(distance, WEEK)
    closes = touch.closes_beyond(distance, is_above)
    rungs = [
        Rung(t, float(p), float(d), float(d / eve.unit), float(one), float(week), float(c) if t.at == "close" else None)
        for t, p, d, one, week, c in zip(found, price, distance, by_next, by_week, closes, strict=True)
    ]
    return tuple(sorted(_without_twins(rungs), key=lambda r: (-r.price, -r.trigger.strength, r.trigger.kind)))


def _without_twins(rungs: Iterable[Rung]) -> Iterable[Rung]:
    """Leave out what says the same at the same tick, as a line does that stands on both bases: the stronger is kept."""
    kept: dict[tuple[object, ...], Rung] = {}
    for rung in sorted(rungs, key=lambda r: (-r.trigger.strength, r.trigger.basis != "traded")):
        kept.setdefault(
            (rung.trigger.kind, rung.trigger.beyond, rung.trigger.at, rung.trigger.is_made, rung.price), rung
        )
    return kept.values()


def _shelves(rungs: Iterable[Rung], eve: Eve, side: int, touch: Touch) -> tuple[Shelf, ...]:
    """Return the four nearest shelves on a side that are strong enough, named as desks name them."""
    marks = [
        (rung.trigger.value if rung.trigger.value is not None else rung.trigger.price, rung)
        for rung in rungs
        if rung.trigger.kind.startswith(STANDS)
    ]
    ahead = [(price, rung) for price, rung in marks if side * (price - eve.close) >= CLEAR * eve.unit]
    shelves: list[tuple[float, Rung, list[str]]] = []
    for price, rung in sorted(ahead, key=lambda pair: -pair[1].trigger.strength):
        near = next((s for s in shelves if abs(s[0] - price) <= NEAR * eve.unit), None)
        told = _told(rung.trigger)
        if near is None:
            shelves.append((price, rung, [told]))
        else:
            _add(near[2], told)
    name, notation = "RES" if side > 0 else "SUP", eve.look.traded.bars.instrument.notation
    chosen: list[Shelf] = []
    for price, rung, why in sorted(
        shelves, key=lambda s: (-s[1].trigger.strength - 0.5 * len(s[2]), abs(s[0] - eve.close))
    ):
        strength = min(rung.trigger.strength + 0.5 * (len(why) - 1), 10.0)
        edge = rung.price if rung.trigger.at == "close" and rung.trigger.beyond == beyond(side) else None
        shelf = Shelf(name, notation.round(price), strength, tuple(why), edge)
        if shelf.strength >= WORTH and all(abs(shelf.price - other.price) >= APART * eve.unit for other in chosen):
            chosen.append(shelf)
    nearest = sorted(chosen, key=lambda s: abs(s.price - eve.close))[:MOST]
    return tuple(_with_chances(nearest, name, eve, touch))


def _with_chances(shelves: list[Shelf], name: str, eve: Eve, touch: Touch) -> Iterable[Shelf]:
    """Yield the shelves with their names, counted from the close outward, and how likely each is to be touched."""
    distance = np.array([shelf.price - eve.close for shelf in shelves])
    by_next, by_week = touch.within(distance, 1), touch.within(distance, WEEK)
    for place, (shelf, one, week) in enumerate(zip(shelves, by_next, by_week, strict=True), 1):
        yield replace(shelf, name=f"{name} {place}", probability_next=float(one), probability_week=float(week))


def _told(trigger: Trigger) -> str:
    """Return what stands at a shelf, without what a close beyond it would do."""
    words = trigger.consequence
    for opening in ("a close above breaks ", "a close below breaks ", "a close above ", "a close back above ", "a close below ",
                    "resistance: ", "support: "):  # fmt: skip
        words = words.removeprefix(opening)
    return words if trigger.basis == "traded" else f"{words}{ADJUSTED}"


def _add(reasons: list[str], told: str) -> None:
    """Add a reason that is new; a line that stands on both bases at nearly one price is told once, without the basis."""
    plain = told.removesuffix(ADJUSTED)
    same = [k for k, reason in enumerate(reasons) if reason.removesuffix(ADJUSTED) == plain]
    if not same:
        reasons.append(told)
    elif reasons[same[0]] != told:
        reasons[same[0]] = plain


def _rung_json(rung: Rung, bars: Bars, close: float) -> dict[str, Any]:
    trigger = rung.trigger
    relative = _relative(rung.distance, bars, close)
    return {
        "price": rung.price, "exact": trigger.price, "shown": bars.instrument.notation.format(rung.price, "chart"), "kind": trigger.kind,
        "consequence": trigger.consequence, "direction": trigger.direction, "at": trigger.at, "beyond": trigger.beyond,
        "is_made": trigger.is_made, "strength": round(trigger.strength, 1), "distance_atr": rung.distance_atr, **relative,
        "probability_next": rung.probability_next, "probability_week": rung.probability_week, "probability_close": rung.probability_close,
        "basis": trigger.basis, "assumption": trigger.assumption or None, "since": None if trigger.session is None else str(trigger.session),
    }  # fmt: skip


def _relative(distance: float, bars: Bars, close: float) -> dict[str, float | None]:
    """Return a distance in the units of the market: basis points of a yield, else per cent, and 32nds where it is quoted in them."""
    if bars.instrument.quoted_as == "yield":
        return {"distance_bp": 100 * distance}
    in_32nds = {"distance_32nds": 32 * distance} if bars.instrument.notation.parts else {}
    return {"distance_pct": 100 * distance / abs(close) if close else None, **in_32nds}


def _shelf_json(shelf: Shelf) -> dict[str, Any]:
    return {
        "name": shelf.name,
        "price": shelf.price,
        "strength": round(shelf.strength, 1),
        "reasons": list(shelf.reasons),
        "edge": shelf.edge,
        "probability_next": shelf.probability_next,
        "probability_week": shelf.probability_week,
    }
