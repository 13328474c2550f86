"""The plan of a scan: which markets stand in which block, and what all of its parts must agree on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from crosscurrent.errors import RequestError
from crosscurrent.facts.table import Layout
from crosscurrent.structure import DETECTORS, Detector
from crosscurrent.version import VERSION

__all__ = ["BLOCK", "ScanPlan", "plan_of"]

BLOCK = 100
"""Markets in a block: the unit of work, of resumption and of a file, so that its bytes depend on no number of shards."""


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """What is scanned, cut into blocks of fixed size.

    A block is the same whoever computes it; a shard is every so-manieth block. So any number of shards and workers writes the same
    files, and a merge has only to see that all are there and come from one plan.

    Parameters
    ----------
    markets
        The universe by the source's own names, sorted, each once.
    as_of
        All closes labelled with this date or earlier, as ISO text; None for all there is.
    interval
        The interval of the bars that are looked at; weeks and months are made of days.
    block
        Markets in a block.
    carries
        Whether each block keeps what its detectors carry, so that a later day can be appended.
    after, of
        For a day that is appended: where the part before it lies, seen from its own folder, and that part's checksum.
    """

    markets: tuple[str, ...]
    as_of: str | None = None
    interval: str = "1d"
    block: int = BLOCK
    carries: bool = False
    after: str | None = None
    of: str | None = None

    @property
    def blocks(self) -> tuple[tuple[str, ...], ...]:
        """The markets of each block."""
        return tuple(self.markets[i : i + self.block] for i in range(0, len(self.markets), self.block))

    def shard(self, number: int, of: int) -> tuple[int, ...]:
        """Return the blocks of one shard, counted from 1; `RequestError` for a shard that does not exist."""
        if not 1 <= number <= of:
            raise RequestError(f"There is no shard {number} of {of}: shards are counted from 1 to {of}.")
        return tuple(range(number - 1, len(self.blocks), of))

    @property
    def digest(self) -> str:
        """What all parts of one scan share: the markets, the date, the detectors with their parameters, the version."""
        return _digest(self)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `scan.json` holds it."""
        return asdict(self) | {"version": VERSION, "digest": self.digest}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> ScanPlan:
        """Return the plan that `scan.json` holds."""
        names = ("as_of", "interval", "block", "carries", "after", "of")
        return cls(tuple(told["markets"]), *(told[name] for name in names))


def plan_of(
    markets: Sequence[str], as_of: str | None = None, interval: str = "1d", block: int = BLOCK, *, carries: bool = False
) -> tuple[ScanPlan, tuple[str, ...]]:
    """Return the plan for a universe, and the names that stood in it more than once; `RequestError` for an empty one."""
    if not markets:
        raise RequestError("The universe holds no market: there is nothing to scan.")
    if block < 1:
        raise RequestError(f"A block holds at least one market, not {block}.")
    return ScanPlan(tuple(sorted(set(markets))), as_of, interval, block, carries), _repeated(markets)


@lru_cache(maxsize=16)
def _digest(plan: ScanPlan) -> str:
    """Return a plan's digest, made once: every block of every day asks for it, and it tells all markets."""
    said = asdict(plan) | {"version": VERSION, "detectors": [_told(d) for d in DETECTORS]}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _told(detector: Detector) -> list[str]:
    """Return all that decides what a detector writes, in an order that no hashing decides."""
    layout = (getattr(detector.layout, f.name) for f in fields(Layout))
    return [repr(detector), *(repr(sorted(v) if isinstance(v, frozenset) else v) for v in layout)]


def _repeated(markets: Iterable[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    return tuple(sorted({m for m in markets if m in seen or seen.add(m)}))  # type: ignore[func-returns-value]
