"""One block of a scan: its markets read and looked at one after the other, the facts written as a folder that appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crosscurrent.errors import CrosscurrentError, StaleWatch
from crosscurrent.evaluate.scan.columns import Named, table_of
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.facts.table import Layout
from crosscurrent.pipeline import on_both_bases
from crosscurrent.sources import open_source
from crosscurrent.sources.disk import storage_error
from crosscurrent.sources.source import Source
from crosscurrent.sources.taking import take
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import Look
from crosscurrent.structure.watch import Watch

__all__ = ["CARRIED", "FORMING", "Block", "Scanned", "block_folder", "read_block", "scan_block", "whole_file"]

COMPRESSION = {"compression": "zstd", "compression_level": 1}
WORDS = ("market", "basis", "kind", "stage", "direction", "strictness", "rule")
ASKED = ("market", "session", "kind", "stage")
"""The columns that questions begin with: only their row groups bear statistics."""
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
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


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
    try:
        told, contents = _scanned(source, plan, plan.blocks[number], before or {})
    except StaleWatch:
        # A provider has corrected history: what was told about this block's markets is told anew.
        before = None
        told, contents = _scanned(source, plan, plan.blocks[number], {})
    record = Block(plan.digest, number, told, {name: _told(name, c) for name, c in contents.items()}, before is None)
    _put(place, contents, record)
    return record


def carried_in(place: Path) -> dict[str, bytes] | None:
    """Return what the markets of a block carried at their last bars; None where it is not there or not as it was written."""
    block = read_block(place)
    data = None if block is None else whole_file(place, block, CARRIED)
    if data is None:
        return None
    columns = pq.read_table(pa.BufferReader(data)).to_pydict()
    return dict(zip(columns["market"], columns["state"], strict=True))


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


def _scanned(
    source: Source, plan: ScanPlan, markets: tuple[str, ...], before: dict[str, bytes]
) -> tuple[tuple[Scanned, ...], dict[str, tuple[bytes, int]]]:
    """Return what is to be recorded of each market, and each file's bytes and facts."""
    drawn: dict[str, list[Named]] = {}
    told, carried = [], dict[str, bytes]()
    for market in markets:
        found, record = _looked_at(source, plan, market, before.get(market))
        told.append(record)
        for name, part in () if found is None else _parts(found.look):
            drawn.setdefault(name, []).append(part)
        if plan.carries and (state := before.get(market) if found is None else found.to_bytes()):
            carried[market] = state
    contents = dict(_contents(drawn))
    if plan.carries:
        contents[CARRIED] = _states(carried), 0
    return tuple(told), contents


def _looked_at(source: Source, plan: ScanPlan, market: str, before: bytes | None) -> tuple[Watch | None, Scanned]:
    """Return a market as its detectors see it, from where they left off `before`; None with the reason when it cannot be read."""
    try:
        snapshot = take(source, [market], plan.as_of).snapshot
        if not snapshot.has(market):
            return None, Scanned(market, fault=f"nothing was known by {plan.as_of}")
        bars, both = snapshot.traded(market), on_both_bases(snapshot, market, plan.interval)
        seen = Watch.begin(*both, DETECTORS) if before is None else Watch.from_bytes(before, *both, DETECTORS)
    except StaleWatch:
        raise
    except CrosscurrentError as fault:
        return None, Scanned(market, fault=fault.sentence)
    return seen, Scanned(market, len(bars), str(bars.session[0]), str(bars.session[-1]), bars.sha256)


def _states(carried: dict[str, bytes]) -> bytes:
    columns = {"market": pa.array(list(carried), pa.string()), "state": pa.array(list(carried.values()), pa.binary())}
    return _written(pa.table(columns), use_dictionary=False, write_statistics=False)


def _parts(look_: Look) -> Iterator[tuple[str, Named]]:
    """Yield what goes into each file, so that of a market nothing but its facts and bars is held until the block is written."""
    for sweep in look_.sweeps:
        name, market, bars = type(sweep.detector).__name__, look_.market, sweep.tape.bars
        yield name, (market, sweep.table, bars)
        yield f"{name}{FORMING}", (market, sweep.detector.forming(sweep.tape), bars)
        yield f"{name}{FORMING}", (market, sweep.unfinished, bars)


def _contents(drawn: dict[str, list[Named]]) -> Iterator[tuple[str, tuple[bytes, int]]]:
    """Yield each file's name, bytes and rows: for each detector what is known, and apart from it what is forming."""
    for detector in DETECTORS:
        for name in (type(detector).__name__, f"{type(detector).__name__}{FORMING}"):
            yield from _file(name, detector.layout, drawn.pop(name, []))


def _file(name: str, layout: Layout, parts: list[Named]) -> Iterator[tuple[str, tuple[bytes, int]]]:
    parts = [part for part in parts if len(part[1])]
    if parts:
        table = table_of(layout, parts)
        yield f"{name}.parquet", (_parquet(table), len(table))


def _parquet(table: Any) -> bytes:
    words = [name for name in WORDS if name in table.column_names]
    return _written(table, use_dictionary=words, write_statistics=list(ASKED))


def _written(table: Any, **settings: Any) -> bytes:
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, **settings, **COMPRESSION)
    return bytes(buffer.getvalue())


def _told(name: str, content: tuple[bytes, int]) -> dict[str, Any]:
    return {"rows": content[1], "sha256": hashlib.sha256(content[0]).hexdigest()}


def _put(folder: Path, contents: dict[str, tuple[bytes, int]], record: Block) -> None:
    """Write a block beside its place and move it there in one step, so that a kill leaves no half of one."""
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name, (data, _) in contents.items():
            (beside / name).write_bytes(data)
        (beside / "block.json").write_text(json.dumps(asdict(record), sort_keys=True, indent=1) + "\n", "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        beside.replace(folder)
    except OSError as fault:
        shutil.rmtree(beside, ignore_errors=True)
        raise storage_error(folder, fault, "written") from None
