"""A trigger: a price that would make something true, or end it, in the next session."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from crosscurrent.markets.sessions import calendar
from crosscurrent.structure.look import Look
from crosscurrent.structure.tape import Tape

__all__ = ["AT_LAST_CLOSE", "Beyond", "Eve", "Trigger", "beyond", "with_tolerance"]

Part = Literal["close", "high", "low"]
Beyond = Literal["above", "below"]
AT_LAST_CLOSE = "the session opens at the last close and trades no further than from there to its close"
"""The assumption behind every price that depends on more of the next bar than its close."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A price of the next session with its consequence, because "poised to break out" has a price.

    Known at the last close. Any next close (or high, or low, as `at` says) `beyond` the edge makes the consequence true, any on the
    other side does not; on the edge itself most rules say neither.

    Parameters
    ----------
    price
        The edge, exact, in prices of the current contract; `Eve.on_tick` gives the first price that can trade.
    kind
        The kind of fact it makes true, or ends.
    direction
        `bullish`, `bearish` or `neutral`: which way what happens there points.
    beyond, at
        On which side of the edge, and which part of the next bar.
    consequence
        In words.
    is_made
        True when the fact becomes true there, False when a fact that stands ends there.
    strength
        How much it is watched, one to ten.
    basis
        On which prices it is told.
    assumption
        What is assumed of the next session beyond its close; empty when nothing is.
    value
        The line's own value in the next session, where the edge lies beyond it by a tolerance; else the edge.
    session
        The day that dates what stands there, where one does.
    """

    price: float
    kind: str
    direction: str
    beyond: Beyond
    consequence: str
    at: Part = "close"
    is_made: bool = True
    strength: float = 5.0
    basis: str = "traded"
    assumption: str = ""
    value: float | None = None
    session: np.datetime64 | None = None
    subject: int = -1


@dataclass(frozen=True, eq=False)
class Eve:
    """What is known on the eve of a session: one market's look, and beside it another market's where one is given.

    Parameters
    ----------
    look
        All that the market has drawn.
    beside
        The look of the market it is held against (a rates filter), None when there is none.
    """

    look: Look
    beside: Look | None = field(default=None)

    @property
    def close(self) -> float:
        """The last close, as charted."""
        return float(self.look.traded.bars.close[-1])

    @cached_property
    def unit(self) -> float:
        """The last ATR; NaN while it warms up or where the market does not move."""
        tape = self.look.traded
        unit = float(tape.atr[-1]) if len(tape) else float("nan")
        return unit if np.isfinite(unit) and unit > 1e-9 * abs(self.close) else float("nan")

    @property
    def is_readable(self) -> bool:
        """Whether distances can be measured: there is an ATR above zero."""
        return bool(np.isfinite(self.unit))

    @property
    def session(self) -> np.datetime64:
        """The last session."""
        return np.datetime64(self.look.traded.bars.session[-1], "D")

    @cached_property
    def next_session(self) -> np.datetime64:
        """The session whose close comes next, by the exchange's calendar: a merged holiday has none of its own."""
        return calendar(self.look.traded.bars.instrument.exchange).next_session(self.session)

    @cached_property
    def tapes(self) -> tuple[Tape, ...]:
        """The tape of each basis, once where both are one."""
        return tuple(dict.fromkeys((self.look.traded, self.look.adjusted)))

    def ahead(self, sessions: int) -> np.datetime64:
        """Return the session so many sessions on."""
        return calendar(self.look.traded.bars.instrument.exchange).next_session(self.session, sessions)

    def on_tick(self, trigger: Trigger) -> float:
        """Return the first price on the tick that makes the trigger true; where a touch suffices, the nearest one."""
        notation = self.look.traded.bars.instrument.notation
        if trigger.at != "close":
            return notation.round(trigger.price)
        hair = 1e-6 * notation.tick
        if trigger.beyond == "above":
            return notation.round_up(trigger.price + 2 * hair)
        return notation.round_down(trigger.price - 2 * hair)


def beyond(side: float) -> Beyond:
    """Return the word for a side: above zero is above."""
    return "above" if side > 0 else "below"


def with_tolerance(edge: float, side: int, share: float, unit: float, last: float, memory: int = 14) -> float:
    """Return the next value beyond an edge by `share` of the average range, which itself counts the next bar.

    The average after the next bar is ((memory - 1) unit + |x - last|) / memory where the bar opens at the last value and has no
    shadows, so x is the root of a straight line on either side of the last value. `side` is 1 above the edge, -1 below.
    """
    weight = share / memory
    for way in (1, -1):
        # On this side of the last value |x - last| = way (x - last).
        x = (edge + side * weight * ((memory - 1) * unit - way * last)) / (1 - side * way * weight)
        if way * (x - last) >= 0:
            return float(x)
    return float("nan")
