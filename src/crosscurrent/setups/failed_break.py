"""The failed-break plan: trade the trap, once it has sprung or on the close that would spring it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.setups.ground import Ground, Idea
from crosscurrent.setups.setup import Side
from crosscurrent.setups.triggers import Trigger
from crosscurrent.units.dates import date_of

__all__ = ["FailedBreak"]


@dataclass(frozen=True, slots=True)
class FailedBreak:
    r"""Sell what broke upward in vain: those who bought the break are trapped. Buy the mirror image.

              /\       stop: beyond the highest high since the break, by a margin in ATR
        _____/__\____  boundary: broken, then closed back inside
            /    \
           /      \.   entry: trade below the low of the bar that came back inside,
                       or, while the break still stands, the close that would come back

    Parameters
    ----------
    recent
        How many sessions old the failure may be.
    near
        How far from the close the entry may be, in ATR.
    strong
        How strong what was broken must have been, one to ten, for its failure to be waited for.
    margin, patience
        As in `Breakout`.

    References
    ----------
    Schwager, Getting Started in Technical Analysis, ch. 11: failed signals are among the most reliable of all.
    """

    recent: int = 3
    near: float = 1.0
    strong: float = 6.0
    margin: float = 0.25
    patience: int = 5

    name = "failed_break"

    def ideas(self, ground: Ground) -> Iterator[Idea]:
        """Yield the traps that have sprung, else for each break that stands the one that would."""
        sprung = [idea for fact in self._failures(ground) for idea in self._sprung(fact, ground)]
        yield from sprung
        taken = {idea.side for idea in sprung}
        for trigger in sorted(ground.triggers, key=lambda t: abs(t.price - ground.close)):
            if trigger.kind == "failed_break" and _side(trigger.direction) not in taken:
                yield from self._conditional(trigger, ground)

    def _failures(self, ground: Ground) -> list[Fact]:
        """Return the latest failure of each direction."""
        facts = ground.eve.look.facts("failed_break", since=ground.since(self.recent))
        return list({fact.direction: fact for fact in facts}.values())

    def _sprung(self, fact: Fact, ground: Ground) -> Iterator[Idea]:
        side, bars = _side(fact.direction), ground.eve.look.traded.bars
        sign = 1.0 if side == "long" else -1.0
        at = bars.index_of(fact.session)
        entry = float(bars.high[at:].max() if side == "long" else bars.low[at:].min())
        if 0 <= sign * (entry - ground.close) <= self.near * ground.unit:
            since = len(bars) - at + int(float(fact.readings.get("since_break", 5)))
            reason = f"the {_trap(side)} trap of {date_of(fact.session)}: its bars are left behind"
            yield Idea(self.name, side, entry, "trade_above" if side == "long" else "trade_below", reason, ground.extreme(side, since),
                       self.margin, self.patience)  # fmt: skip

    def _conditional(self, trigger: Trigger, ground: Ground) -> Iterator[Idea]:
        side = _side(trigger.direction)
        sign = 1.0 if side == "long" else -1.0
        if trigger.strength >= self.strong and 0 < sign * (trigger.price - ground.close) <= self.near * ground.unit:
            session = trigger.session if trigger.session is not None else np.datetime64("NaT")
            since = len(ground.eve.look.traded) - ground.eve.look.traded.bars.index_of(session)
            reason = f"a close back inside what was broken on {date_of(session)}: a {_trap(side)} trap"
            yield Idea(self.name, side, trigger.price, "close_above" if side == "long" else "close_below", reason,
                       ground.extreme(side, since), self.margin, self.patience)  # fmt: skip


def _side(direction: str) -> Side:
    return "long" if direction == "bullish" else "short"


def _trap(side: Side) -> str:
    return "bear" if side == "long" else "bull"
