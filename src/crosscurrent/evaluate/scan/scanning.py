"""Scan a universe, or one shard of it: what is done already is kept, what is missing is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crosscurrent.evaluate.scan.block import Block
from crosscurrent.evaluate.scan.engines import ENGINES
from crosscurrent.evaluate.scan.manifest import begin, block_of
from crosscurrent.evaluate.scan.plan import ScanPlan

__all__ = ["scan"]


def scan(
    data: str,
    plan: ScanPlan,
    folder: Path,
    *,
    shard: tuple[int, int] = (1, 1),
    workers: int = 1,
    engine: str = "local",
    scheduler: str | None = None,
    told: Callable[[Block], None] = lambda block: None,
) -> None:
    """Write the blocks of a shard that are not there yet; `finish` says whether the whole is.

    `told` is called with each block when it is done, for a progress bar.
    """
    begin(folder, plan)
    left = []
    for number in plan.shard(*shard):
        block = block_of(folder, plan, number)
        if block is None:
            left.append(number)
        else:
            told(block)
    for block in ENGINES[engine](data, plan, left, folder, workers, scheduler) if left else ():
        told(block)
