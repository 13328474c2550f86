"""Engines: who carries out the blocks of a scan. Each takes the same function and differs only in where it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from crosscurrent.errors import MissingData, RequestError, StorageError
from crosscurrent.evaluate.scan.block import Block, scan_block
from crosscurrent.evaluate.scan.plan import ScanPlan

__all__ = ["ENGINES", "Engine", "dask", "local"]

Engine = Callable[[str, ScanPlan, Iterable[int], Path, int, str | None], Iterator[Block]]
TRIES = 3
"""A block whose worker died is given to another so many times in all; what kills three is not the machine's fault."""


def local(
    data: str, plan: ScanPlan, blocks: Iterable[int], folder: Path, workers: int, scheduler: str | None
) -> Iterator[Block]:
    """Yield blocks as they are done, in this process or in a pool of processes on this machine.

    Workers are started afresh, not forked: numba's threads do not survive a fork.
    """
    left = list(blocks)
    if workers == 1:
        yield from (scan_block(data, plan, number, str(folder)) for number in left)
        return
    for _ in range(TRIES):
        try:
            with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
                waiting = {pool.submit(scan_block, data, plan, n, str(folder)): n for n in left}
                for done in as_completed(waiting):
                    block = done.result()
                    left.remove(waiting[done])
                    yield block
                # Workers take leave, which takes them a while, beside whatever is done next.
                pool.shutdown(wait=False)
        except BrokenProcessPool:
            continue
        return
    told = f"a worker died in each of {TRIES} tries (out of memory?); {len(left)} blocks are left"
    raise StorageError(str(folder), told, "Use fewer --workers and scan again: what is done is kept.")


def dask(
    data: str, plan: ScanPlan, blocks: Iterable[int], folder: Path, workers: int, scheduler: str | None
) -> Iterator[Block]:
    """Yield blocks as a Dask cluster finishes them: the one at `scheduler`, or one of `workers` processes on this machine.

    The data and the folder must be reachable by every worker under the same names. Dask gives the blocks of a worker that died to
    the others.
    """
    try:
        from distributed import Client, LocalCluster
        from distributed import as_completed as completed
    except ImportError:
        raise MissingData(
            "Dask", "this installation", "Install the extra: pip install 'crosscurrent[cluster]'."
        ) from None
    try:
        cluster = None if scheduler else LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        client = Client(scheduler or cluster, timeout="10s")
    except (OSError, TimeoutError) as fault:
        raise RequestError(f"No Dask scheduler answers at {scheduler}: {fault}. Start one, or scan without --engine dask.") from None  # fmt: skip
    with client:
        jobs = [
            client.submit(scan_block, data, plan, number, str(folder), pure=False, retries=TRIES) for number in blocks
        ]
        yield from (job.result() for job in completed(jobs))
    if cluster is not None:
        cluster.close()


ENGINES: dict[str, Engine] = {"local": local, "dask": dask}
