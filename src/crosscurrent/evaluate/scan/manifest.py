"""What a scan's folder holds: the plan, the blocks that are there and whole, and the checksum of all of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crosscurrent.errors import MissingData, RejectedData
from crosscurrent.evaluate.scan.block import FORMING, Block, Scanned, block_folder, read_block, whole_file
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.sources.disk import replace_whole, storage_error

__all__ = ["DAYS", "PLAN", "Scan", "begin", "block_of", "finish", "merge", "opened", "read_plan"]

PLAN, MANIFEST, DAYS = "scan.json", "manifest.json", "days"


@dataclass(frozen=True, slots=True)
class Scan:
    """A finished scan: its plan, its blocks, and one checksum that any way of dividing the work gives.

    `later` holds the days appended to it since, oldest first, each a scan of its own that goes on where the one before it ended.
    """

    folder: Path
    plan: ScanPlan
    blocks: tuple[Block, ...]
    later: tuple[Scan, ...] = ()

    @property
    def latest(self) -> Scan:
        """The part that knows the last day."""
        return self.later[-1] if self.later else self

    @property
    def sha256(self) -> str:
        """The checksum over all blocks in order, those of appended days after them."""
        parts = "".join(block.sha256 for part in (self, *self.later) for block in part.blocks)
        return hashlib.sha256(parts.encode()).hexdigest()

    @property
    def rows(self) -> int:
        """How many facts it holds, what is forming included."""
        return sum(block.files[path.name]["rows"] for block, path in self._in_effect())

    @property
    def faults(self) -> tuple[Scanned, ...]:
        """The markets that could not be read, and why."""
        return tuple(market for block in self.latest.blocks for market in block.markets if market.fault)

    @property
    def last_session(self) -> np.datetime64:
        """The last session of any of its markets; `RejectedData` when none could be read."""
        known = [market.last for block in self.latest.blocks for market in block.markets if market.last]
        if not known:
            raise RejectedData(self.folder.name, "no market of this scan could be read")
        return np.datetime64(max(known), "D")

    def files(self, detector: str) -> list[Path]:
        """Return the files of one detector's facts, in the order of the blocks and in each of the days."""
        return [path for _, path in self._in_effect() if path.name == f"{detector}.parquet"]

    def _in_effect(self) -> Iterator[tuple[Block, Path]]:
        """Yield the files that hold: of history all since the block was last told anew, of what is forming the last day's."""
        for number in range(len(self.blocks)):
            chain = [(part.folder, part.blocks[number]) for part in (self, *self.later)]
            first = max((place for place, (_, block) in enumerate(chain) if block.is_anew), default=0)
            for folder, block in chain[first:]:
                is_last = block is chain[-1][1]
                yield from (
                    (block, block_folder(folder, number) / n) for n in block.files if is_last or FORMING not in n
                )


def begin(folder: Path, plan: ScanPlan) -> None:
    """Write a scan's plan where it is to lie; `RejectedData` when another scan lies there already."""
    if (folder / PLAN).exists() and read_plan(folder).digest != plan.digest:
        raise RejectedData(
            folder.name, "another scan lies there (other markets, date or detectors)", "Name an empty folder."
        )
    replace_whole(folder / PLAN, (json.dumps(plan.to_json(), indent=1) + "\n").encode())


def read_plan(folder: Path) -> ScanPlan:
    """Return the plan of the scan in a folder; `MissingData` when there is none, `RejectedData` when it cannot be read."""
    try:
        return ScanPlan.from_json(json.loads((folder / PLAN).read_text("utf-8")))
    except FileNotFoundError:
        raise MissingData("A scan", folder.name, "Write one first: crosscurrent scan.") from None
    except OSError as fault:
        raise storage_error(folder / PLAN, fault, "read") from None
    except (ValueError, KeyError, TypeError):
        raise RejectedData(PLAN, "it is no plan of a scan") from None


def block_of(folder: Path, plan: ScanPlan, number: int) -> Block | None:
    """Return a block's record if the block is there, whole and of this plan; None when it has to be made (again)."""
    block, place = _recorded(folder, plan, number), block_folder(folder, number)
    is_whole = block is not None and all(whole_file(place, block, name) is not None for name in block.files)
    return block if is_whole else None


def _recorded(folder: Path, plan: ScanPlan, number: int) -> Block | None:
    block = read_block(block_folder(folder, number))
    return block if block is not None and (block.plan, block.number) == (plan.digest, number) else None


def opened(folder: Path) -> Scan:
    """Return a scan that was finished before with the days appended to it, by its records alone: nothing is hashed again.

    `RejectedData` when it is not finished, or when a day was appended to another scan than the one that lies there.
    """
    whole = _opened(folder)
    for part in sorted((folder / DAYS).glob("*/" + MANIFEST)):
        day = _opened(part.parent)
        if day.plan.of != whole.sha256:
            raise RejectedData(f"{DAYS}/{part.parent.name}", "this day was appended to another scan", "Remove it.")
        whole = replace(whole, later=(*whole.later, day))
    return whole


def _opened(folder: Path) -> Scan:
    plan = read_plan(folder)
    blocks = [_recorded(folder, plan, number) for number in range(len(plan.blocks))]
    found = tuple(block for block in blocks if block is not None)
    if len(found) < len(blocks) or not (folder / MANIFEST).exists():
        raise RejectedData(folder.name, "the scan is not finished", "Scan again: what is whole is kept.")
    return Scan(folder, plan, found)


def finish(folder: Path, known: Iterable[Block] = ()) -> Scan:
    """Return the finished scan of a folder and write its manifest; `RejectedData` names what is missing, damaged or of another scan.

    Blocks that are `known` to be whole, because they were written or looked over just now, are not hashed once more.
    """
    plan, sure = read_plan(folder), {block.number: block for block in known}
    numbers = range(len(plan.blocks))

    def there(number: int) -> Block | None:
        block = _recorded(folder, plan, number)
        return block if block is not None and block == sure.get(number) else block_of(folder, plan, number)

    with ThreadPoolExecutor() as pool:
        found = dict(zip(numbers, pool.map(there, numbers), strict=True))
    missing = [number for number, block in found.items() if block is None]
    if missing:
        named = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        rule = f"{len(missing)} of {len(found)} blocks are missing, damaged or of another scan: {named}"
        raise RejectedData(folder.name, rule, "Scan again: what is whole is kept.")
    scan = Scan(folder, plan, tuple(block for block in found.values() if block is not None))
    told = {"plan": plan.digest, "sha256": scan.sha256, "rows": scan.rows, "blocks": [b.sha256 for b in scan.blocks]}
    replace_whole(folder / MANIFEST, (json.dumps(told, indent=1) + "\n").encode())
    return scan


def merge(folders: Iterable[Path], into: Path) -> Scan:
    """Return one scan from the shards in several folders; `RejectedData` when they belong to different scans or a block is missing.

    Files are linked where the disk can, copied where it cannot; the shards stay as they are.
    """
    folders = list(folders)
    plans = {folder: read_plan(folder) for folder in folders}
    if len({plan.digest for plan in plans.values()}) > 1:
        raise RejectedData(
            ", ".join(f.name for f in folders), "these are shards of different scans (other markets, date or detectors)"
        )
    plan = plans[folders[0]]
    begin(into, plan)
    for number in range(len(plan.blocks)):
        held = next((f for f in folders if block_of(f, plan, number)), None)
        if held is not None and held != into:
            _linked(block_folder(held, number), block_folder(into, number))
    return finish(into)


def _linked(source: Path, place: Path) -> None:
    try:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(source, place)
    except OSError as fault:
        raise storage_error(place, fault, "written") from None
