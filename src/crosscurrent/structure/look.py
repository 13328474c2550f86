"""Look at one market: every detector on the prices it is told in, as one thing that can be asked.

What an unfinished bar (a week on its Wednesday) shows may be undone by its close, so it is forming and never history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.bars import Bars, Basis
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark
from crosscurrent.facts.stage import FORMING
from crosscurrent.facts.table import FactTable
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["Look", "Sweep", "has_two_bases", "look_at", "look_from", "swept"]


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
                table = sweep.detector.forming(sweep.tape)
                for part in (table, sweep.unfinished):
                    found += [f for f in part.facts(sweep.tape.bars) if not kinds or f.kind in kinds]
        return found

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return what a fact leaves on the chart."""
        for sweep in self.sweeps:
            if fact.kind in sweep.detector.layout.kinds and sweep.tape.bars.basis == fact.basis:
                return sweep.detector.marks(fact)
        return ()


def _chosen(sweep: Sweep, kinds: tuple[str, ...], since: np.datetime64 | None) -> np.ndarray:
    table, bars = sweep.table, sweep.tape.bars
    keep = np.ones(len(table), bool)
    if kinds:
        keep &= np.isin(table.kind, [table.layout.kind(k) for k in kinds if k in table.layout.kinds])
    if since is not None and len(table):
        keep &= bars.session[table.at] >= since
    return np.flatnonzero(keep)


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
    on_traded = begun(traded)
    on_adjusted = begun(adjusted) if has_two_bases(traded, adjusted) else on_traded
    return look_from(on_traded, on_adjusted, detectors, basis)


def look_from(traded: Tape, adjusted: Tape, detectors: Iterable[Detector], basis: Basis | None = None) -> Look:
    """Return what the detectors find on two tapes, or on one that stands for both bases."""
    tapes = {"traded": traded, "adjusted": adjusted}
    asked = [(d, t) for d in detectors for t in dict.fromkeys(tapes[b] for b in ((basis,) if basis else d.bases))]
    sweeps = tuple(swept(detector, tape) for detector, tape in asked if detector.can_read(tape))
    return Look(traded.bars.market, traded, adjusted, sweeps)
