"""The breakout plan: with a boundary that has just been broken, or on the close that would break the nearest one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.markets.sessions import calendar
from crosscurrent.setups.landmarks import Landmark, landmarks, spread_out
from crosscurrent.setups.setup import Entry, Invalidation, Setup, Side, Target
from crosscurrent.structure.look import Look

__all__ = ["Breakout"]

BREAKS = ("trendline_break", "level_break")
UNDONE = ("failed_break",)
SIDES: tuple[Side, Side] = ("long", "short")


@dataclass(frozen=True, slots=True)
class Boundary:
    """What a breakout goes through: its price at the next bar, what it is, and whether a close has broken it already."""

    price: float
    what: str
    is_broken: bool


@dataclass(frozen=True, slots=True)
class Breakout:
    r"""Buy above a boundary that price has just closed through, or on the close that would break it; sell the mirror image.

                      target 2  ----------  landmarks beyond, nearest first
                      target 1  ----------
                     __/
        ____________/_________  boundary    entry: a close beyond it; the stop lies beyond structure by a margin in ATR
           /\  /\  /
          /  \/  \/                         invalidation: an average or the latest swing, whichever is nearer

    Known at the last close. A long and a short may both stand: that is a range, and the note says so.

    Parameters
    ----------
    recent
        How many sessions old a break may be.
    step, near
        How far, in ATR, an unbroken boundary must at least and may at most be to be worth waiting for.
    margin
        How far beyond structure the stop lies, in ATR.
    room
        The least distance between entry and first target, in ATR.
    apart
        The least distance between two targets, in ATR.
    patience
        After how many sessions the setup expires.
    """

    recent: int = 5
    step: float = 0.25
    near: float = 1.0
    margin: float = 0.5
    room: float = 0.5
    apart: float = 0.5
    patience: int = 10
    most_targets: int = 3

    name = "breakout"

    def setups(self, look: Look) -> Iterator[Setup]:
        """Yield the long and the short setup, where structure gives one."""
        bars = look.traded.bars
        if not len(bars) or not np.isfinite(look.traded.atr[-1]) or look.traded.atr[-1] <= 0:
            return
        marks = landmarks(look)
        broken: dict[Side, Boundary | None] = {side: self._broken(look, side) for side in SIDES}
        for side, other in zip(SIDES, reversed(SIDES), strict=True):
            boundary = broken[side] or self._next(look, marks, side, broken[other])
            setup = self._setup(look, marks, side, boundary) if boundary is not None else None
            if setup is not None:
                yield setup

    def _setup(self, look: Look, marks: tuple[Landmark, ...], side: Side, boundary: Boundary) -> Setup | None:
        bars, unit = look.traded.bars, float(look.traded.atr[-1])
        sign = 1.0 if side == "long" else -1.0
        notation = bars.instrument.notation
        outward, inward = (
            (notation.round_up, notation.round_down) if side == "long" else (notation.round_down, notation.round_up)
        )
        entry = outward(boundary.price)
        stop = inward(boundary.price - sign * self.margin * unit)
        targets = self._targets(marks, entry, stop, unit, sign, inward)
        wrong = self._invalidation(marks, stop, unit, sign, inward)
        if not targets or entry == stop:
            return None
        last = np.datetime64(bars.session[-1], "D")
        return Setup(
            bars.market, self.name, side, last,
            Entry(entry, "close_above" if side == "long" else "close_below", boundary.what), stop, targets, wrong,
            calendar(bars.instrument.exchange).next_session(last, self.patience),
        )  # fmt: skip

    def _broken(self, look: Look, side: Side) -> Boundary | None:
        """Return the farthest boundary that was broken lately and on whose far side price still is."""
        bars = look.traded.bars
        sign = 1.0 if side == "long" else -1.0
        since = bars.session[max(len(bars) - self.recent, 0)]
        direction = "bullish" if side == "long" else "bearish"
        facts = look.facts(since=since)
        undone = {(f.basis, f.subject) for f in facts if f.kind in UNDONE and f.direction != direction}
        held = [
            b for f in facts
            if f.direction == direction and _is_break(f) and (f.basis, f.subject) not in undone
            for b in [_boundary(f)]
            if sign * (bars.close[-1] - b.price) > 0
        ]  # fmt: skip
        return max(held, key=lambda b: sign * b.price, default=None)

    def _next(self, look: Look, marks: tuple[Landmark, ...], side: Side, against: Boundary | None) -> Boundary | None:
        """Return the nearest line or level beyond the close; against a break that stands, only one beyond that break's stop."""
        close, unit = float(look.traded.bars.close[-1]), float(look.traded.atr[-1])
        sign = 1.0 if side == "long" else -1.0
        nearest = self.step * unit
        if against is not None:
            nearest = max(nearest, sign * (against.price - close) + self.margin * unit)
        ahead = [
            m
            for m in marks
            if m.kind in ("line", "level") and nearest <= sign * (m.price - close) <= nearest + self.near * unit
        ]
        chosen = min(ahead, key=lambda m: sign * m.price, default=None)
        return None if chosen is None else Boundary(chosen.price, chosen.reason, False)

    def _targets(self, marks, entry, stop, unit, sign, inward) -> tuple[Target, ...]:  # type: ignore[no-untyped-def]
        ahead = [m for m in marks if sign * (m.price - entry) >= self.room * unit and m.kind != "line"]
        ordered = spread_out(sorted(ahead, key=lambda m: sign * m.price), self.apart * unit)[: self.most_targets]
        risk = abs(entry - stop)
        return tuple(
            Target(inward(m.price), m.reason, abs(inward(m.price) - entry) / risk) for m in ordered if risk > 0
        )

    def _invalidation(self, marks, stop, unit, sign, inward) -> Invalidation:  # type: ignore[no-untyped-def]
        condition = "close_below" if sign > 0 else "close_above"
        swing = "swing_low" if sign > 0 else "swing_high"
        latest = max(
            (m for m in marks if m.kind == swing and m.session is not None), key=lambda m: m.session, default=None
        )
        behind = [m for m in marks if (m.kind == "average" or m is latest) and 0 < sign * (stop - m.price) <= 4 * unit]
        nearest = max(behind, key=lambda m: sign * m.price, default=None)
        if nearest is None:
            return Invalidation(stop, condition, "the stop itself: no average or swing stands near behind it")  # type: ignore[arg-type]
        return Invalidation(inward(nearest.price), condition, nearest.reason)  # type: ignore[arg-type]


def _is_break(fact: Fact) -> bool:
    return fact.kind in BREAKS or (fact.stage == "confirmed" and fact.is_pattern)


def _boundary(fact: Fact) -> Boundary:
    price = float(fact.readings["trigger"] if fact.is_pattern else fact.readings["price"])
    what = fact.kind.replace("_", " ") + f" of {np.datetime_as_string(fact.session, 'D')}"
    return Boundary(price, what, True)
