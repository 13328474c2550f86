"""Look at one market: every detector on the prices it is told in, as one thing that can be asked.

What an unfinished bar (a week on its Wednesday) shows may be undone by its close, so it is forming and never history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.bars import BASES, Bars, Basis
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark
from crosscurrent.facts.stage import FORMING
from crosscurrent.facts.table import FactTable
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["Look", "Sweep", "Tapes", "begun_on_both", "has_two_bases", "look_at", "looks_from", "swept"]

Tapes = tuple[Tape, Tape]
"""One market's tapes, on each of the bases."""


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """One detector's facts on one basis of a market.

    `table` is history, of an appended tape what is new in it; `unfinished` is what the last bar shows while it is still being
    traded, stage FORMING, empty when it has closed.
    """

    detector: Detector
    tape: Tape
    table: FactTable
    unfinished: FactTable

    def facts(self, rows: Iterable[int]) -> Iterator[Fact]:
        """Yield these rows as objects."""
        return (self.table.fact(int(row), self.tape.bars) for row in rows)

    def until(self, tape: Tape) -> Sweep:
        """Return what the detector had found at the last bar of a tape that is the beginning of this one."""
        return Sweep(self.detector, tape, self.table.until(len(tape) - 1), FactTable.empty(self.detector.layout))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """All that one market has drawn, on both bases.

    Parameters
    ----------
    traded, adjusted
        The tapes; of a market that does not roll, or whose gaps nobody knows, both are the same.
    sweeps
        One for each detector and basis, in the order of the detectors.
    """

    market: str
    traded: Tape
    adjusted: Tape
    sweeps: tuple[Sweep, ...]

    def facts(
        self, *kinds: str, since: np.datetime64 | None = None, basis: Basis | None = None, stage: str | None = None
    ) -> list[Fact]:
        """Return the facts of these kinds (all when none is named) known since a session, oldest first."""
        if since is None:
            return self._told(kinds, since, basis, stage)
        # What the last sessions have brought is asked by every plan and every rule of evidence.
        key = ("facts", kinds, since, basis, stage)
        return list(self.traded.once(key, lambda: self._told(kinds, since, basis, stage)))

    def _told(
        self, kinds: tuple[str, ...], since: np.datetime64 | None, basis: Basis | None, stage: str | None
    ) -> list[Fact]:
        found = [
            fact
            for sweep in self.sweeps
            if basis is None or sweep.tape.bars.basis == basis
            for fact in sweep.facts(_chosen(sweep, kinds, since))
            if stage is None or fact.stage == stage
        ]
        return sorted(found, key=lambda f: (f.known_at, f.kind, f.basis, f.subject))

    def forming(self, *kinds: str) -> list[Fact]:
        """Return what is forming at the last bar: about the present only."""
        found = []
        for sweep in self.sweeps:
            if not kinds or set(kinds) & set(sweep.detector.layout.kinds):
                for part in (_forming(sweep), sweep.unfinished):
                    found += [f for f in part.facts(sweep.tape.bars) if not kinds or f.kind in kinds]
        return found

    def until(self, day: np.datetime64) -> Look:
        """Return all that had been drawn by the close of a past day, without sweeping again.

        Facts are cut, as the equation that every detector keeps allows; what was forming then is made anew from the bars known then.
        """
        cut = {tape: Tape(tape.bars.until(day)) for tape in dict.fromkeys((self.traded, self.adjusted))}
        sweeps = tuple(s.until(cut[s.tape]) for s in self.sweeps if s.detector.can_read(cut[s.tape]))
        return Look(self.market, cut[self.traded], cut[self.adjusted], sweeps)

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return what a fact leaves on the chart."""
        for sweep in self.sweeps:
            if fact.kind in sweep.detector.layout.kinds and sweep.tape.bars.basis == fact.basis:
                return sweep.detector.marks(fact)
        return ()


def _chosen(sweep: Sweep, kinds: tuple[str, ...], since: np.datetime64 | None) -> np.ndarray:
    table, bars = sweep.table, sweep.tape.bars
    # Rows stand in the order in which they became known, so those since a session are the last ones.
    first = 0 if since is None else int(np.searchsorted(table.at, np.searchsorted(bars.session, since)))
    rows = np.arange(first, len(table))
    if not kinds:
        return rows
    wanted = [table.layout.kind(k) for k in kinds if k in table.layout.kinds]
    return rows[np.isin(table.kind[first:], wanted)] if wanted else rows[:0]


def _forming(sweep: Sweep) -> FactTable:
    """Return what is forming at the last bar, told once a tape however many ask."""
    return sweep.tape.once(("forming", sweep.detector), lambda: sweep.detector.forming(sweep.tape))


def swept(detector: Detector, tape: Tape) -> Sweep:
    """Return what a detector finds on a tape: history, and apart from it what an unfinished last bar shows."""
    if tape.closed is tape and not tape.bars.is_complete:
        tape = begun(tape.bars)
    table = _revealed(detector, tape.closed)
    if tape.closed is tape:
        return Sweep(detector, tape, table, FactTable.empty(detector.layout))
    shown = _revealed(detector, tape)
    return Sweep(detector, tape, table, replace(shown, stage=np.full(len(shown), FORMING, np.int8)))


def _revealed(detector: Detector, tape: Tape) -> FactTable:
    """Return what the tape's new bars reveal; a detector that carries nothing from bar to bar sweeps them all."""
    return detector.sweep(tape).since(tape.start) if detector.can_read(tape) else FactTable.empty(detector.layout)


def begun(bars: Bars) -> Tape:
    """Return the tape of a whole history, a last bar that is still being traded laid on top of it."""
    return Tape(bars.first(0)).append(bars)


def has_two_bases(traded: Bars, adjusted: Bars) -> bool:
    """Whether the market rolls and its gaps can be known, by what it is and not by what has happened so far: a label never changes."""
    instrument = traded.instrument
    return instrument.is_future and (instrument.reference is not None or adjusted.roll_source == "contracts")


def look_at(traded: Bars, adjusted: Bars, detectors: Iterable[Detector], basis: Basis | None = None) -> Look:
    """Return what the detectors find on the prices each is told in.

    With `basis` all of them are told in those prices instead. A market whose adjusted series is the traded one is looked at once.
    """
    return looks_from([begun_on_both(traded, adjusted)], detectors, basis)[0]


def begun_on_both(traded: Bars, adjusted: Bars) -> Tapes:
    """Return the tapes of a market's whole history, traded and adjusted; of one without two bases twice the same."""
    on_traded = begun(traded)
    return on_traded, begun(adjusted) if has_two_bases(traded, adjusted) else on_traded


def looks_from(markets: Sequence[Tapes], detectors: Iterable[Detector], basis: Basis | None = None) -> list[Look]:
    """Return what the detectors find on each market, told by its traded and its adjusted tape.

    Each detector is put to all markets before the next: its code is at hand for the second. One market after the other, a new bar of each
    costs a quarter more.
    """
    found: list[list[Sweep]] = [[] for _ in markets]
    for detector in detectors:
        asked = [BASES.index(told) for told in ((basis,) if basis else detector.bases)]
        for sweeps, tapes in zip(found, markets, strict=True):
            told_on = dict.fromkeys([tapes[place] for place in asked])
            sweeps += [swept(detector, tape) for tape in told_on if detector.can_read(tape)]
    return [
        Look(traded.bars.market, traded, adjusted, tuple(sweeps))
        for (traded, adjusted), sweeps in zip(markets, found, strict=True)
    ]
