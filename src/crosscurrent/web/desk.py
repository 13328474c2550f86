"""The desk behind the app: one analysis a date, computed once and kept while it is asked for, each view read from it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.charts.spec import Chart
from crosscurrent.errors import RequestError, UnknownName
from crosscurrent.evaluate.experience import learn
from crosscurrent.evidence.rates_filter import stance
from crosscurrent.intermarket.rarity import Move
from crosscurrent.intermarket.rates import rates
from crosscurrent.note import SECTIONS
from crosscurrent.note.analysis import Analysis, Missing
from crosscurrent.note.choose import recent_facts
from crosscurrent.note.compose import compose
from crosscurrent.note.desk import Desk
from crosscurrent.note.figure import figure
from crosscurrent.note.note import Note
from crosscurrent.pipeline import analyse
from crosscurrent.sources.desks import read_pack
from crosscurrent.sources.source import Source
from crosscurrent.sources.tables import table_of
from crosscurrent.sources.taking import Taken, take
from crosscurrent.structure.look import Look

__all__ = ["LiveDesk"]

KEPT = 12
"""Analyses of different dates that are kept: a reader goes back and forth between a few."""
RECENT = 5
FRESH = 60.0
"""Seconds for which what was read is taken for what the source holds: a desk left open over midnight sees the new session."""


@dataclass(slots=True)
class _Kept:
    read_at: float
    holds: tuple[object, ...]
    analysis: Analysis


@dataclass
class LiveDesk:
    """A desk whose analysis at any date can be asked for.

    Parameters
    ----------
    desk, open
        The desk, and what opens its source afresh.
    clock
        Seconds that only grow; what was read longer than `FRESH` ago is read again, and computed again where it changed.
    """

    desk: Desk
    open: Callable[[], Source]
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def at(self, day: np.datetime64 | None) -> Analysis:
        """Return the analysis of everything known at the close of a day, nothing else; the last one when none is named."""
        key = "" if day is None else str(day)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or self.clock() - kept.read_at > FRESH:
                kept = self._kept[key] = self._read(day, kept)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return kept.analysis

    def _read(self, day: np.datetime64 | None, before: _Kept | None) -> _Kept:
        source = self.open()
        taken = take(source, self.desk.all_names(), day)
        holds = (*_contents(taken.snapshot), *taken.gaps)
        same = before is not None and before.holds == holds
        return _Kept(self.clock(), holds, before.analysis if before and same else self._analysed(source, taken))

    def _analysed(self, source: Source, taken: Taken) -> Analysis:
        missing = tuple(Missing(gap.what, gap.why) for gap in taken.gaps)
        return analyse(
            taken.snapshot, self.desk, source=source.name, missing=missing, calendar=table_of(source, "events"),
            meetings=table_of(source, "meetings"), learn=learn,
            embeds_bars=True,  # the reader holds the data already: nothing is passed on to anybody
        )  # fmt: skip

    def overview(self, day: np.datetime64 | None) -> dict[str, Any]:
        """Return the desk's markets with their state, and the span of dates that can be asked for."""
        analysis = self.at(day)
        source = self.open()
        spans = [source.bars(name).session[[0, -1]] for name in analysis.snapshot.names]
        return {
            "desk": self.desk.name, "as_of": str(analysis.as_of), "source": analysis.source,
            "first": str(min(span[0] for span in spans)), "last": str(max(span[1] for span in spans)),
            "markets": [self._market(analysis, market.name, market.role) for market in self.desk.markets if analysis.snapshot.has(market.name)],
            "gaps": [{"what": gap.what, "why": gap.why} for gap in analysis.missing],
        }  # fmt: skip

    def _market(self, analysis: Analysis, name: str, role: str) -> dict[str, Any]:
        bars, look = analysis.bars(name), analysis.looks.get(name)
        close, instrument = float(bars.close[-1]), bars.instrument
        is_price = instrument.quoted_as == "price"
        return {
            "market": name, "name": instrument.name, "role": role, "session": str(bars.session[-1]), "close": close,
            "shown": instrument.notation.format(close, "chart") if is_price else f"{close:.2f}%",
            "notation": {"tick": instrument.notation.tick, "digits": instrument.notation.digits, "parts": instrument.notation.parts},
            "quoted": instrument.quoted_as, "changes": {period: _changed(analysis.move(name, period)) for period in ("1d", "1w", "1mo")},
            "stance": None if look is None else stance(look).direction, "is_charted": look is not None,
        }  # fmt: skip

    def facts(self, day: np.datetime64 | None, market: str, since: np.datetime64 | None) -> list[dict[str, Any]]:
        """Return a charted market's facts since a session, by default those of the last five, and what is forming."""
        look = self._look(day, market)
        bars = look.traded.bars
        start = bars.session[max(len(bars) - RECENT, 0)] if since is None else since
        return [fact.to_json() for fact in (*look.facts(since=start), *look.forming())]

    def _look(self, day: np.datetime64 | None, market: str) -> Look:
        looks = self.at(day).looks
        if market not in looks:
            raise UnknownName("charted market", market, looks)
        return looks[market]

    def chart(self, day: np.datetime64 | None, market: str) -> Chart:
        """Return a charted market's chart as the note draws it, with what can be explored."""
        analysis, look = self.at(day), self._look(day, market)
        return figure(look, recent_facts(look, self.desk.windows.recent), analysis)

    def note(self, day: np.datetime64 | None) -> Note:
        """Return the note of a date."""
        return compose(self.at(day), read_pack(self.desk.disclosure), SECTIONS)

    def ladder(self, day: np.datetime64 | None, market: str) -> dict[str, Any]:
        """Return what the next session's prices would mean for a market."""
        self._look(day, market)
        return next(ladder.to_json() for ladder in self.at(day).ladders if ladder.market == market)

    def setups(self, day: np.datetime64 | None) -> list[dict[str, Any]]:
        """Return the desk's setups."""
        return [setup.to_json() for setup in self.at(day).setups]

    def links(self, day: np.datetime64 | None) -> dict[str, Any]:
        """Return how the desk's pairs move together, and what drove each index's week."""
        analysis = self.at(day)
        return {
            "pairs": [pair.correlation.to_json() for pair in analysis.pairs],
            "drivers": [report.to_json() for report in analysis.drivers],
        }

    def rates(self, day: np.datetime64 | None) -> dict[str, Any]:
        """Return the moves of yields and the policy path."""
        analysis = self.at(day)
        names = [m.name for m in self.desk.with_role("yield", "policy") if analysis.snapshot.has(m.name)]
        if not names:
            raise RequestError("This desk has no yield and no policy rate.")
        source = self.open()
        found = rates(
            analysis.snapshot, names, contracts=table_of(source, "contracts"), meetings=table_of(source, "meetings"),
            implied=[m.name for m in self.desk.with_role("policy") if m.name in names], implied_path=table_of(source, "probabilities"),
        )  # fmt: skip
        told: dict[str, Any] = found.to_json()
        return told


def _contents(snapshot: Snapshot) -> list[object]:
    """Return what tells apart two states of the same markets: sessions that came and closes that were restated."""
    held = [snapshot.traded(name) for name in snapshot.names]
    return [snapshot.as_of, *((b.market, len(b), b.session[-1], float(np.nansum(b.close))) for b in held)]


def _changed(move: Move | None) -> dict[str, Any] | None:
    return None if move is None or move.change is None else {"value": move.change, "unit": move.unit}
