"""One more day for a whole universe: what the new bars reveal, beside what was known, at the price of the new bars."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crosscurrent.errors import RejectedData, RequestError
from crosscurrent.evaluate.scan.block import Block
from crosscurrent.evaluate.scan.manifest import DAYS, PLAN, Scan, finish, opened, read_plan
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.evaluate.scan.scanning import scan

__all__ = ["append", "next_part"]


def append(
    data: str,
    folder: Path,
    as_of: str | None = None,
    *,
    workers: int = 1,
    engine: str = "local",
    scheduler: str | None = None,
    told: Callable[[Block], None] = lambda block: None,
) -> Scan:
    """Write what the bars since a scan's last day reveal, as a part of its own under `days`, and return the whole.

    What the scan and its earlier days hold is not touched, so a stop leaves it as it was, and the next call goes on. Markets whose history
    was restated are told anew with the hundred that they lie among. `RejectedData` for a scan that carries nothing to go on from,
    `RequestError` for a day before its last.
    """
    part, plan = next_part(opened(folder), as_of)
    if (part / PLAN).exists() and read_plan(part).digest != plan.digest:
        shutil.rmtree(part)  # a day that was begun and never finished: nobody was told of it
    finish(part, scan(data, plan, part, workers=workers, engine=engine, scheduler=scheduler, told=told))
    return opened(folder)


def next_part(whole: Scan, as_of: str | None) -> tuple[Path, ScanPlan]:
    """Return where the next day of a scan lies, and its plan."""
    if not whole.plan.carries:
        raise RejectedData(whole.folder.name, "this scan carries nothing to go on from", "Scan with --carry.")
    last, count = str(whole.last_session), len(whole.later)
    if as_of is not None and as_of < last:
        raise RequestError(f"The scan knows {last} already; {as_of} is before it.")
    after = f"../{count:04d}" if count else "../.."
    plan = replace(whole.plan, as_of=as_of, after=after, of=whole.sha256)
    return whole.folder / DAYS / f"{count + 1:04d}", plan
