"""Screen a scan: which markets show this, with the filter on their side, and is there an edge in it?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.dataset as ds

from crosscurrent.errors import RejectedData, RequestError, UnknownName
from crosscurrent.evaluate.scan.manifest import Scan
from crosscurrent.evidence.rates_filter import rates_filter
from crosscurrent.pipeline import look
from crosscurrent.sources.source import Source
from crosscurrent.sources.taking import take
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import Look

__all__ = ["Hit", "Question", "edges_in", "filtered", "screen"]

SHOWN = ("trigger", "target", "level", "price", "quality", "next_price")
SIDES = {"bullish": "long", "bearish": "short"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a scan; what is not said is not asked.

    Parameters
    ----------
    kinds
        Any of these kinds of fact.
    since
        Known in this session or later.
    stage, direction, strictness
        Exactly this one. Stage `forming` asks what is forming at each market's last bar.
    """

    kinds: tuple[str, ...]
    since: np.datetime64
    stage: str | None = None
    direction: str | None = None
    strictness: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One fact that answers the question; `filter` and `edge` are None where nobody asked or nobody knows."""

    market: str
    kind: str
    stage: str
    direction: str
    session: str
    basis: str
    readings: Mapping[str, float]
    filter: str | None = None
    edge: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row that `screen` prints."""
        return {
            "market": self.market, "kind": self.kind, "stage": self.stage, "direction": self.direction, "session": self.session,
            "basis": self.basis, "readings": dict(self.readings), "filter": self.filter, "edge": self.edge,
        }  # fmt: skip


def screen(scan: Scan, question: Question) -> list[Hit]:
    """Return the facts that answer a question, by market and oldest first; `UnknownName` for a kind that no detector writes."""
    known = {kind: detector for detector in DETECTORS for kind in detector.layout.kinds}
    for kind in question.kinds:
        if kind not in known:
            raise UnknownName("kind of fact", kind, known)
    names = dict.fromkeys(type(known[kind]).__name__ for kind in question.kinds)
    apart = ".forming" if question.stage == "forming" else ""
    hits = [hit for name in names for hit in _hits(scan.files(f"{name}{apart}"), question)]
    return sorted(hits, key=lambda hit: (hit.market, hit.session, hit.kind, hit.basis))


def _hits(files: Sequence[Path], question: Question) -> Iterable[Hit]:
    if not files:
        return ()
    facts = ds.dataset([str(file) for file in files], format="parquet")
    table = facts.to_table(filter=_asked(question))
    return (_hit(row) for row in table.to_pylist())


def _asked(question: Question) -> Any:
    asked = pc.field("kind").isin(list(question.kinds)) & (pc.field("session") >= question.since.item())
    for name in ("stage", "direction", "strictness"):
        if (value := getattr(question, name)) is not None:
            asked &= pc.field(name) == value
    return asked


def _hit(row: Mapping[str, Any]) -> Hit:
    readings = {name: row[f"reading_{name}"] for name in SHOWN if row.get(f"reading_{name}") is not None}
    return Hit(row["market"], row["kind"], row["stage"], row["direction"], str(row["session"]), row["basis"], readings)


def filtered(hits: Iterable[Hit], source: Source, market: str, as_of: str | None) -> list[Hit]:
    """Return the hits with what another market, as filter, says to each: aligned, against, neutral; None for a neutral fact.

    Judged at the scan's date, on the same data; each market is looked at once.
    """
    hits = list(hits)
    looks = _looks(source, dict.fromkeys([market, *(hit.market for hit in hits)]), as_of)
    if market not in looks:
        raise RequestError(f"{market} cannot serve as filter: it could not be read.")
    beside, said = looks[market], {}
    for hit in hits:
        if hit.market in looks and hit.market not in said and hit.market != market:
            said[hit.market] = rates_filter(looks[hit.market], beside)
    return [
        _with(hit, filter=said[hit.market].of(SIDES[hit.direction]))
        if hit.market in said and hit.direction in SIDES
        else hit
        for hit in hits
    ]


def _looks(source: Source, markets: Iterable[str], as_of: str | None) -> dict[str, Look]:
    snapshot = take(source, markets, as_of).snapshot
    return dict(look(snapshot, [m for m in markets if snapshot.has(m)]))


def _with(hit: Hit, **more: Any) -> Hit:
    return Hit(**({name: getattr(hit, name) for name in Hit.__slots__} | more))


def edges_in(hits: Iterable[Hit], table: Path) -> list[Hit]:
    """Return the hits with the edge that a study's table (CSV) has for their kind in their market, else for their kind everywhere.

    An edge is observed less null; where the study claims none (too few cases) it stays None. Of several outcomes the first counts.
    """
    try:
        with table.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        edges: dict[tuple[str, str], float] = {}
        for row in rows:
            if row["edge"] and row["p"]:
                edges.setdefault((row["kind"], row["market"]), float(row["edge"]))
    except (OSError, KeyError, ValueError):
        raise RejectedData(table.name, "it is no table of `crosscurrent study --out`") from None
    return [_with(hit, edge=edges.get((hit.kind, hit.market), edges.get((hit.kind, "all")))) for hit in hits]
