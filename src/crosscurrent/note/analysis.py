"""The analysis that a note is composed from: everything computed, nothing worded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evidence.experience import NONE_YET, Experience
from crosscurrent.intermarket.correlation import Correlation, CorrelationHistory
from crosscurrent.intermarket.curve import CurveReport
from crosscurrent.intermarket.drivers import DriverReport
from crosscurrent.intermarket.events import EventReport
from crosscurrent.intermarket.rarity import Move
from crosscurrent.intermarket.stock_bond import RegimeReport
from crosscurrent.note.desk import Desk
from crosscurrent.note.last import LastNote
from crosscurrent.setups.ladder import Ladder
from crosscurrent.setups.planning import Planned
from crosscurrent.setups.setup import Setup
from crosscurrent.structure.look import Look

__all__ = ["Analysis", "Missing", "Pairing"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that could not be had, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """How two markets of the desk move together, now and through time."""

    correlation: Correlation
    history: CorrelationHistory


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Facts, relations, evidence and setups at one close.

    `moves` holds, for each market and period, the latest move and how rare it is; `drivers` the week's attribution of each index;
    `ladders` what the next
    session's prices would mean; `regimes` the sign of each pair's link through time; `curve` and `events` are None where the data hold none;
    `last` is the desk's last published note, where a record of it was given; `experience` what came after earlier facts and breaks.
    With `embeds_bars` the charts carry their bars, so that a page can let them be explored.
    """

    desk: Desk
    snapshot: Snapshot
    looks: Mapping[str, Look]
    moves: Mapping[str, Mapping[str, Move]]
    pairs: tuple[Pairing, ...]
    planned: tuple[Planned, ...]
    missing: tuple[Missing, ...]
    source: str
    drivers: tuple[DriverReport, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    regimes: tuple[RegimeReport, ...] = ()
    curve: CurveReport | None = None
    events: EventReport | None = None
    last: LastNote | None = None
    experience: Experience = NONE_YET
    embeds_bars: bool = False

    @property
    def setups(self) -> tuple[Setup, ...]:
        """The setups of all markets, in the desk's order."""
        return tuple(setup for each in self.planned for setup in each.setups)

    @property
    def as_of(self) -> np.datetime64:
        """The date of the note."""
        return self.snapshot.as_of

    def bars(self, market: str) -> Bars:
        """Return a market's traded bars."""
        return self.snapshot.traded(market)

    def move(self, market: str, period: str = "1w") -> Move | None:
        """Return a market's latest move over the period, None where there is none."""
        return self.moves.get(market, {}).get(period)
