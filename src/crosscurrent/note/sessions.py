"""The section on sessions: holidays, half days and merged trade dates behind and ahead, because bars on them mean less."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.markets.sessions import calendar
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.names import and_list
from crosscurrent.note.note import Section
from crosscurrent.note.readings import day
from crosscurrent.note.say import Name, Sentence, say

__all__ = ["sessions"]

BEHIND, AHEAD = 7, 7


def sessions(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where a day of the week behind or ahead is no ordinary session for a market of the desk."""
    behind = tuple(_days(analysis, range(1 - BEHIND, 1)))
    ahead = tuple(_days(analysis, range(1, AHEAD + 1)))
    if behind or ahead:
        yield Section("sessions", say("Sessions that are not like others"), tuple(p for p in (behind, ahead) if p))


def _days(analysis: Analysis, offsets: range) -> Iterator[Sentence]:
    for offset in offsets:
        session = analysis.as_of + np.timedelta64(offset, "D")
        if not np.is_busday(session):
            continue
        for note, markets in _notes(analysis, session).items():
            names = and_list([Name(m) for m in markets])
            label = day(session, "a day that is no ordinary session")
            yield say("{day:weekday}, {day}, for {markets}: {note}.", day=label, markets=names, note=Name(note))


def _notes(analysis: Analysis, session: np.datetime64) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for market in analysis.desk.markets:
        if analysis.snapshot.has(market.name):
            note = calendar(analysis.bars(market.name).instrument.exchange).note(session)
            if note:
                told.setdefault(note, []).append(market.name)
    return told
