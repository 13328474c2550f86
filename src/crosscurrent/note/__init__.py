"""The note: one section a file, every sentence by `say`, disclosure top and bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crosscurrent.note.analysis import Analysis
from crosscurrent.note.drivers import drivers
from crosscurrent.note.events import events
from crosscurrent.note.ladder import ladders
from crosscurrent.note.market import markets
from crosscurrent.note.note import Section
from crosscurrent.note.rates import rates
from crosscurrent.note.scenarios import scenarios
from crosscurrent.note.scorecard import scorecard
from crosscurrent.note.sessions import sessions
from crosscurrent.note.setups import setups

__all__ = ["SECTIONS"]

SECTIONS: tuple[Callable[[Analysis], Iterator[Section]], ...] = (
    scorecard,
    rates,
    drivers,
    events,
    markets,
    ladders,
    scenarios,
    setups,
    sessions,
)
"""The sections, in the order in which a reader needs them; each yields nothing where it has nothing to say."""
