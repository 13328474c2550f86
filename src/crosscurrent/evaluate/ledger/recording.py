"""Recording: a note and its setups go in as they were published, and each setup's end when it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RequestError
from crosscurrent.evaluate.ledger.chain import Entry, canonical
from crosscurrent.evaluate.ledger.following import RULES, follow
from crosscurrent.evaluate.ledger.store import Draft, Ledger
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Entry as Order
from crosscurrent.setups.setup import Invalidation, Setup, Target

__all__ = ["Case", "correct", "followed", "publish", "record_ends", "setup_of"]

RESTATED = 1e-6


@dataclass(frozen=True, slots=True)
class Case:
    """A published setup and what became of it; `is_recorded` when its end stands in the ledger."""

    entry: Entry
    setup: Setup
    outcome: Outcome
    is_recorded: bool


def publish(
    ledger: Ledger,
    document: Mapping[str, Any],
    setups: Iterable[Setup],
    closes: Mapping[str, float],
    now: np.datetime64,
) -> tuple[Entry, ...]:
    """Record a note's document and its setups in one transaction and return the entries; nothing when just this is recorded already.

    Another document for the same desk and date is a new entry that refers to the old one, and so is a setup that has changed: what
    is scored stays what was published first.
    """
    wanted = tuple(setups)
    return ledger.append(lambda entries: tuple(_publication(entries, document, wanted, closes)), now)


def _publication(
    entries: tuple[Entry, ...], document: Mapping[str, Any], setups: tuple[Setup, ...], closes: Mapping[str, float]
) -> Iterator[Draft]:
    digest = hashlib.sha256(canonical(document).encode()).hexdigest()
    named = {"desk": document["desk"], "as_of": document["as_of"]}
    before = [e for e in entries if e.kind == "note" and {name: e.payload[name] for name in named} == named]
    if any(e.payload["document_sha256"] == digest for e in before):
        return
    number = entries[-1].id + 1
    title = document["title"]["text"]
    told = {"title": title, "setups": [s.id for s in setups], "document_sha256": digest, "document": document}
    yield "note", named | told | _reference(before)
    for setup in setups:
        told = setup.to_json()
        earlier = [
            e
            for e in entries
            if e.kind == "setup" and e.payload["desk"] == named["desk"] and e.payload["setup"]["id"] == setup.id
        ]
        if not any(e.payload["setup"] == told for e in earlier):
            yield (
                "setup",
                named
                | {"note": number, "setup": told, "close": closes.get(setup.market), "rules": RULES}
                | _reference(earlier),
            )


def _reference(earlier: list[Entry]) -> dict[str, int]:
    return {"refers_to": earlier[-1].id} if earlier else {}


def record_ends(ledger: Ledger, snapshot: Snapshot, now: np.datetime64) -> tuple[Entry, ...]:
    """Record the end of every setup that has ended on the snapshot's bars and whose end is not recorded yet."""

    def ends(entries: tuple[Entry, ...]) -> tuple[Draft, ...]:
        cases = followed(entries, snapshot)
        known = {e.payload["refers_to"] for e in entries if e.kind == "outcome"}
        return tuple(
            ("outcome", {"refers_to": c.entry.id, "setup": c.setup.id} | c.outcome.to_json())
            for c in cases
            if c.outcome.has_ended and c.entry.id not in known
        )

    return ledger.append(ends, now)


def correct(ledger: Ledger, number: int, reason: str, now: np.datetime64) -> Entry:
    """Record what is wrong with an entry as a new one that refers to it.

    `RequestError` when there is no such entry to correct, and for a correction without a reason, which would only cast doubt.
    """
    if not reason.strip():
        raise RequestError("A correction says what is wrong: give a reason.", entry=number)

    def correction(entries: tuple[Entry, ...]) -> tuple[Draft, ...]:
        if not any(e.id == number and e.kind != "format" for e in entries):
            raise RequestError(
                f"There is no note, setup or outcome with the number {number} in {ledger.path}.", entry=number
            )
        return (("correction", {"refers_to": number, "reason": reason}),)

    ledger.entries()  # nothing to correct where there is no ledger
    return ledger.append(correction, now)[0]


def followed(entries: Iterable[Entry], snapshot: Snapshot) -> tuple[Case, ...]:
    """Return every setup published for a date before the snapshot's, with what was known of it then, oldest first.

    An end that is recorded counts from its session on; before that, and without one, the setup is followed on the snapshot's
    bars. Of a setup that was published again with changes only the first counts.
    """
    known, told = tuple(entries), list[Case]()
    ends = _ends(known)
    for entry in known:
        if entry.kind != "setup" or "refers_to" in entry.payload:
            continue
        setup = setup_of(entry.payload["setup"])
        if setup.session < snapshot.as_of:
            end = ends.get(entry.id)
            is_recorded = end is not None and end.session is not None and bool(end.session <= snapshot.as_of)
            outcome = end if is_recorded and end is not None else _followed(entry, setup, snapshot)
            told.append(Case(entry, setup, outcome, is_recorded))
    return tuple(told)


def _ends(entries: tuple[Entry, ...]) -> dict[int, Outcome]:
    """Return the recorded end of each setup by the number of its entry; a correction stands in the place of what it corrects."""
    ends = {e.id: (e.payload["refers_to"], Outcome.from_json(e.payload)) for e in entries if e.kind == "outcome"}
    for e in entries:
        if e.kind == "correction" and e.payload["refers_to"] in ends and e.payload.get("outcome"):
            ends[e.payload["refers_to"]] = (ends[e.payload["refers_to"]][0], Outcome.from_json(e.payload["outcome"]))
    return dict(ends.values())


def _followed(entry: Entry, setup: Setup, snapshot: Snapshot) -> Outcome:
    if not snapshot.has(setup.market):
        return Outcome("waiting")
    bars = snapshot.adjusted(setup.market)
    moment = np.datetime64(entry.recorded_at.removesuffix("Z"), "s")
    return follow(setup, bars, moment, scale=_scale(bars, setup, entry.payload.get("close")))


def _scale(bars: Bars, setup: Setup, close: float | None) -> float:
    """Return by what the bars must be multiplied to be those of the publication: another close on that day tells of a split or dividend."""
    at = bars.index_of(setup.session)
    if close is None or bars.instrument.is_future or at < 0 or bars.session[at] != setup.session:
        return 1.0
    now = float(bars.close[at])
    is_restated = now > 0 and close > 0 and abs(close / now - 1) > RESTATED
    return close / now if is_restated else 1.0


def setup_of(kept: Mapping[str, Any]) -> Setup:
    """Return the setup that an entry keeps, without its evidence: what it takes to follow it."""
    day = {name: np.datetime64(kept[name], "D") for name in ("session", "expiry")}
    return Setup(
        kept["market"], kept["plan"], kept["side"], day["session"], Order(**kept["entry"]), kept["stop"],
        tuple(Target(**t) for t in kept["targets"]), Invalidation(**kept["invalidation"]), day["expiry"],
    )  # fmt: skip
