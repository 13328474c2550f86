"""One block of a scan: its markets read and looked at one after the other, the facts written as a folder that appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.intervals import on_both_bases
from crosscurrent.errors import CrosscurrentError, StaleWatch
from crosscurrent.evaluate.scan.columns import Joined, Part, table_of
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.evaluate.scan.stored import facts_file, states_file, states_in
from crosscurrent.facts.table import FactTable
from crosscurrent.sources import open_source
from crosscurrent.sources.disk import storage_error
from crosscurrent.sources.source import Source
from crosscurrent.sources.taking import take
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import Look
from crosscurrent.structure.watch import Watch

__all__ = ["CARRIED", "FORMING", "Block", "Scanned", "block_folder", "read_block", "scan_block", "whole_file"]

Content = tuple[str, Any, int]
"""A file's name, its bytes, and how many facts they hold."""
RANKS = {type(detector): rank for rank, detector in enumerate(DETECTORS)}
TOGETHER, APPENDED = 10_000, 75_000
"""How many bars of markets are looked at together: of whole histories few, because what they draw lies in memory among what is needed but
for a moment; of those to which a day is appended many, thirty of ten years' days."""
FORMING = ".forming"
CARRIED = "carried.parquet"


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a block's record keeps of one market: how much of it was read, and which bars those were; or why it was not."""

    market: str
    bars: int = 0
    first: str | None = None
    last: str | None = None
    sha256: str = ""
    fault: str = ""


Read = tuple[Scanned, tuple[Bars, Bars] | None]
"""A market's record and its bars on both bases, no bars where it could not be read."""


@dataclass(frozen=True, slots=True)
class Block:
    """The record of a block: the plan it belongs to, its markets, and each file with its facts and checksum.

    `is_anew` says that it holds all of history; a block of an appended day holds what that day revealed, unless history was restated.
    """

    plan: str
    number: int
    markets: tuple[Scanned, ...]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_anew: bool = True

    @property
    def sha256(self) -> str:
        """The checksum of everything the record says, and by its files' checksums of what they hold."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the record as `block.json` holds it."""
        markets = [{name: getattr(market, name) for name in Scanned.__slots__} for market in self.markets]
        return {
            "plan": self.plan,
            "number": self.number,
            "markets": markets,
            "files": self.files,
            "is_anew": self.is_anew,
        }


def block_folder(folder: Path, number: int) -> Path:
    """Return where a block lies."""
    return folder / "blocks" / f"{number:05d}"


def scan_block(data: str, plan: ScanPlan, number: int, folder: str) -> Block:
    """Scan one block of a plan, write it under `folder`, and return its record.

    The same function runs in this process, in a pool and on a cluster: it takes names and numbers, opens the data itself, and
    what it writes depends on the plan and the data alone. A market that cannot be read is named in the record and stops no other.
    """
    source, place = open_source(data), block_folder(Path(folder), number)
    before = None if plan.after is None else carried_in(block_folder(Path(folder) / plan.after, number))
    # All are read before the first is looked at: done in one go it takes half the time.
    read = [_read(source, plan, market) for market in plan.blocks[number]]
    try:
        told, contents = _scanned(read, plan, before or {})
    except StaleWatch:
        # A provider has corrected history: what was told about this block's markets is told anew.
        before = None
        told, contents = _scanned(read, plan, {})
    return _put(place, Block(plan.digest, number, told, is_anew=before is None), contents)


def carried_in(place: Path) -> dict[str, bytes] | None:
    """Return what the markets of a block carried at their last bars; None where it is not there or not as it was written."""
    block = read_block(place)
    data = None if block is None else whole_file(place, block, CARRIED)
    return None if data is None else states_in(data)


def read_block(place: Path) -> Block | None:
    """Return the record of the block that lies in a folder; None where there is none that can be read."""
    try:
        told = json.loads((place / "block.json").read_text("utf-8"))
        markets = tuple(Scanned(**market) for market in told.pop("markets"))
        return Block(**told, markets=markets)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def whole_file(place: Path, block: Block, name: str) -> bytes | None:
    """Return what a file of a block holds; None where it is not there or not as the record says."""
    try:
        data = (place / name).read_bytes()
        return data if hashlib.sha256(data).hexdigest() == block.files[name]["sha256"] else None
    except (OSError, KeyError):
        return None


def _read(source: Source, plan: ScanPlan, market: str) -> Read:
    """Return what is to be recorded of a market and its bars on both bases; no bars where it cannot be read."""
    try:
        snapshot = take(source, [market], plan.as_of).snapshot
        if not snapshot.has(market):
            return Scanned(market, fault=f"nothing was known by {plan.as_of}"), None
        bars, both = snapshot.traded(market), on_both_bases(snapshot, market, plan.interval)
    except CrosscurrentError as fault:
        return Scanned(market, fault=fault.sentence), None
    return Scanned(market, len(bars), str(bars.session[0]), str(bars.session[-1]), bars.sha256), both


def _scanned(
    read: list[Read], plan: ScanPlan, before: dict[str, bytes]
) -> tuple[tuple[Scanned, ...], Iterator[Content]]:
    """Return what is recorded of each market, seen by all detectors from where they left off `before`, and the files to be written."""
    drawn = _Drawn()
    told, carried = [], dict[str, bytes]()
    for some in _together(read, APPENDED if before else TOGETHER):
        seen = _looked_at(some, before)
        drawn.add([watch.look for _, watch in seen if watch is not None])
        for record, watch in seen:
            told.append(record)
            if plan.carries and (state := before.get(record.market) if watch is None else watch.to_bytes()):
                carried[record.market] = state
    kept = [(CARRIED, states_file(carried), 0)] if plan.carries else []
    return tuple(told), chain(drawn.contents(), kept)


def _together(read: list[Read], most: int) -> Iterator[list[Read]]:
    """Yield the markets in runs of so many bars as may be held at once, or of one that is longer."""
    some: list[Read] = []
    for one in read:
        if some and sum(record.bars for record, _ in (*some, one)) > most:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _looked_at(some: list[Read], before: dict[str, bytes]) -> list[tuple[Scanned, Watch | None]]:
    """Return the records of markets, and each as its detectors see it; the record tells when they cannot."""
    readable = [(before.get(record.market), *both) for record, both in some if both is not None]
    try:
        watches = iter(Watch.many(readable, DETECTORS))
        return [(record, None if both is None else next(watches)) for record, both in some]
    except StaleWatch:
        raise
    except CrosscurrentError as fault:
        if len(some) == 1:
            return [(Scanned(some[0][0].market, fault=fault.sentence), None)]
        # One of them it is: the others do not suffer for it.
        return [seen for one in some for seen in _looked_at([one], before)]


class _Drawn:
    """What the markets of a block have drawn: of each nothing but its facts and bars is held until the block is written."""

    def __init__(self) -> None:
        self._bars: dict[Bars, int] = {}
        self._parts: dict[str, list[Part]] = {}

    def add(self, looks: list[Look]) -> None:
        """Take in what markets have drawn: for each detector what is known, and apart from it what is forming."""
        sweeps = [sweep for look in looks for sweep in look.sweeps]
        places = {bars: self._bars.setdefault(bars, len(self._bars)) for bars in (sweep.tape.bars for sweep in sweeps)}
        # Detector by detector, for the reason that `looks_from` gives.
        for sweep in sorted(sweeps, key=lambda sweep: RANKS[type(sweep.detector)]):
            name, place = type(sweep.detector).__name__, places[sweep.tape.bars]
            self._put(name, place, sweep.table)
            self._put(f"{name}{FORMING}", place, sweep.detector.forming(sweep.tape))
            self._put(f"{name}{FORMING}", place, sweep.unfinished)

    def _put(self, name: str, place: int, facts: FactTable) -> None:
        if len(facts):
            self._parts.setdefault(name, []).append((place, facts))

    def contents(self) -> Iterator[Content]:
        """Yield the files one by one, and let go of what they hold."""
        joined = Joined.of(self._bars) if self._parts else None
        for detector in DETECTORS:
            for name in (type(detector).__name__, f"{type(detector).__name__}{FORMING}"):
                if joined is not None and name in self._parts:
                    table = table_of(detector.layout, self._parts.pop(name), joined)
                    yield f"{name}.parquet", facts_file(table), len(table)


def _put(folder: Path, record: Block, contents: Iterator[Content]) -> Block:
    """Write a block beside its place and move it there in one step, so that a kill leaves no half of one; return its record."""
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        record = replace(record, files={name: _stored(beside / name, *content) for name, *content in contents})
        (beside / "block.json").write_text(json.dumps(record.to_json(), sort_keys=True, indent=1) + "\n", "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        beside.replace(folder)
        return record
    except OSError as fault:
        raise storage_error(folder, fault, "written") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _stored(path: Path, data: Any, rows: int) -> dict[str, Any]:
    """Write one file and return its record; only one is held at a time."""
    path.write_bytes(data)
    return {"rows": rows, "sha256": hashlib.sha256(data).hexdigest()}
