"""Scan a universe, or one shard of it: what is done already is kept, what is missing is made."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
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
) -> list[Block]:
    """Write the blocks of a shard that are not there yet, and return all of the shard; `finish` says whether the whole is there.

    `told` is called with each block when it is done, for a progress bar.
    """
    begin(folder, plan)
    numbers = plan.shard(*shard)
    kept = [block for number in numbers if (block := block_of(folder, plan, number))]
    left = sorted({*numbers} - {block.number for block in kept})
    made = ENGINES[engine](data, plan, left, folder, workers, scheduler) if left else ()
    done = []
    for block in chain(kept, made):
        told(block)
        done.append(block)
    return done
