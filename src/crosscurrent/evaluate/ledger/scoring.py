"""Scoring: what came of all that was published, beside what chance gives the same stops and targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.inference import FEWEST, wilson
from crosscurrent.evaluate.ledger.chain import Entry
from crosscurrent.evaluate.ledger.recording import Case, followed
from crosscurrent.note.last import LastNote, Tally
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Setup

__all__ = ["Score", "last_note", "score", "scorecard", "tally"]


@dataclass(frozen=True, slots=True)
class Score:
    """The record so far; setups published after the fact are shown and not counted.

    Parameters
    ----------
    n, reached
        Trades that were filled and have ended, and how many of them took their first target.
    interval
        Wilson's, of `reached / n`; None without a trade.
    null
        What chance gives on average: distance to the stop over that to stop and first target, without drift, costs or a limit of time.
    mean_r
        The mean result in multiples of the risk, after costs.
    """

    cases: tuple[Case, ...]
    n: int
    reached: int
    interval: tuple[float, float] | None
    null: float | None
    mean_r: float | None

    @property
    def verdict(self) -> str:
        """What may be said."""
        if self.n < FEWEST or self.interval is None or self.null is None:
            return f"{self.n} of at least {FEWEST} trades: nothing is claimed"
        low, high = self.interval
        return (
            "better than chance"
            if low > self.null
            else "worse than chance"
            if high < self.null
            else "no better than chance"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the score as the command prints it."""
        return {
            "setups": [_row(case) for case in self.cases], "statuses": dict(Counter(c.outcome.status for c in self.cases)),
            "after_the_fact": sum(c.outcome.after_the_fact for c in self.cases), "n": self.n, "reached": self.reached,
            "rate": self.reached / self.n if self.n else None, "interval": list(self.interval) if self.interval else None, "null": self.null,
            "edge": self.reached / self.n - self.null if self.null is not None else None, "mean_r": self.mean_r, "verdict": self.verdict,
        }  # fmt: skip


def score(cases: Iterable[Case]) -> Score:
    """Return the record of these setups."""
    told = tuple(cases)
    counted = [c for c in told if c.outcome.r is not None and not c.outcome.after_the_fact]
    n, reached = len(counted), sum(c.outcome.targets_reached > 0 for c in counted)
    null = float(np.mean([_chance(c) for c in counted])) if n else None
    mean = float(np.mean([c.outcome.r for c in counted])) if n else None
    return Score(told, n, reached, wilson(reached / n, n) if n else None, null, mean)


def _chance(case: Case) -> float:
    """Return the probability that price without drift meets the first target ahead of the fill before the stop."""
    setup, fill = case.setup, float(case.outcome.fill or 0.0)
    ahead = [setup.sign * (t.price - fill) for t in setup.targets if setup.sign * (t.price - fill) > 0]
    behind = max(setup.sign * (fill - setup.stop), 0.0)
    return behind / (behind + ahead[0]) if ahead and behind + ahead[0] > 0 else 0.5


def scorecard(entries: Iterable[Entry], cases: Iterable[Case], desk: str, as_of: np.datetime64) -> LastNote | None:
    """Return what a note opens with: the desk's latest note for an earlier date, its setups with what became of them, and the tally."""
    notes = [
        e
        for e in entries
        if e.kind == "note" and e.payload["desk"] == desk and np.datetime64(e.payload["as_of"], "D") < as_of
    ]
    if not notes:
        return None
    last = max(notes, key=lambda e: (e.payload["as_of"], e.id))
    mine = tuple(c for c in cases if c.entry.payload["desk"] == desk and c.setup.session < as_of)
    told = tuple((c.setup, c.outcome) for c in mine if _is_of(last, c.setup))
    return LastNote(
        np.datetime64(last.payload["as_of"], "D"), last.payload["title"], told, tally(c.outcome for c in mine)
    )


def _is_of(note: Entry, setup: Setup) -> bool:
    """Whether a note told of a setup: by name, as a market may not have traded on the note's own day; old entries go by the day."""
    if "setups" in note.payload:
        return bool(setup.id in note.payload["setups"])
    return bool(str(setup.session) == note.payload["as_of"])


def tally(outcomes: Iterable[Outcome]) -> Tally:
    """Return what became of all these in numbers: what was recorded after the fact is counted apart."""
    known = tuple(outcomes)
    paid = [o for o in known if o.r is not None and not o.after_the_fact]
    return Tally(len(paid), sum(o.targets_reached > 0 for o in paid), FEWEST, sum(o.after_the_fact for o in known))


def last_note(entries: Iterable[Entry], snapshot: Snapshot, desk: str) -> LastNote | None:
    """Return the scorecard that a desk's note at the snapshot's date opens with, its setups followed on the snapshot's bars."""
    known = tuple(entries)
    return scorecard(known, followed(known, snapshot), desk, snapshot.as_of)


def _row(case: Case) -> dict[str, Any]:
    setup = case.setup
    return {"entry": case.entry.id, "id": setup.id, "market": setup.market, "side": setup.side, "plan": setup.plan,
            "published": str(setup.session), "recorded": case.is_recorded} | case.outcome.to_json()  # fmt: skip
