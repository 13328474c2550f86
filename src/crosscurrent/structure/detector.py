"""A detector: one sweep from left to right that writes a fact at the close that reveals it."""

from __future__ import annotations

from typing import ClassVar, Literal

from crosscurrent.bars.bars import Basis
from crosscurrent.errors import BrokenRule
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.tape import Tape

__all__ = ["Detector"]


class Detector:
    """The base of every detector: parameters are the fields of a frozen dataclass, facts come from `sweep`.

    The rule that all of them keep: *facts(bars until t) = facts(all bars) with known_at <= t*. A sweep carries only what it has
    seen, bounded by `lookback`, or declared unbounded.

    Class attributes
    ----------------
    layout
        The columns of its table and the kinds it can write.
    needs
        `close`, `ohlc` or `volume`: it stays silent on bars that lack it.
    bases
        On which prices it is told when nobody says: levels, candles and averages as charts show them (traded), patterns that
        straddle rolls on adjusted prices, lines on both.
    lookback
        How many bars before a fact its truth can depend on; None when unbounded (records, Wilder and exponential averages, streaks,
        and all that is measured in ATR only to the extent of Wilder's memory, which `lookback` leaves out).
    mirror
        What each kind becomes when prices are turned upside down; a kind that is left out becomes itself.
    phrases
        For each kind the template of a sentence about it, for `say`: names in braces, no digit.
    """

    layout: ClassVar[Layout]
    needs: ClassVar[Literal["close", "ohlc", "volume"]] = "ohlc"
    bases: ClassVar[tuple[Basis, ...]] = ("traded",)
    lookback: ClassVar[int | None] = None
    mirror: ClassVar[dict[str, str]] = {}
    phrases: ClassVar[dict[str, str]] = {}

    def sweep(self, tape: Tape) -> FactTable:
        """Return every fact of the tape's history, oldest first."""
        raise BrokenRule("every detector has a sweep of its own", detector=type(self).__name__)

    def forming(self, tape: Tape) -> FactTable:
        """Return what is still forming at the last bar: about the present only, stage FORMING, never counted."""
        return FactTable.empty(self.layout)

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return what the fact leaves on a chart: by default a point at each anchor, or at none."""
        return tuple(Point(a.session, a.price, fact.kind, fact.kind) for a in fact.anchors)

    def can_read(self, tape: Tape) -> bool:
        """Whether the bars hold what the detector needs."""
        if self.needs == "close":
            return True
        if tape.bars.is_close_only or self.needs == "ohlc":
            return not tape.bars.is_close_only
        return tape.once("has volume", lambda: tape.bars.has_volume)
