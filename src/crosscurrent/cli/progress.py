"""Progress on standard error: where a person watches, and nowhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["steps", "tell_first_use"]


@contextmanager
def steps(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done; silent when `quiet` or when nobody watches standard error."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("")
        yield lambda text: progress.update(task, description=text)


def tell_first_use() -> None:
    """Say on standard error that the detectors are compiled now, where no compiled one is kept yet: it takes up to a minute, once."""
    kept = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(kept) if kept else Path(__file__).parents[1] / "structure"
    if not any(folder.rglob("*.nbi")):
        sys.stderr.write("Compiling the detectors once for this machine: up to a minute.\n")
        sys.stderr.flush()
