"""The archive and a compacted universe under rewrites and kills: a reader sees the old or the new, never half of one.

    python benchmarks/archive_kills.py [--reads 10000] [--kills 200] [--seed 0] [--write-in-place]

Reads: a child rewrites three markets (and a universe of them) without pause, by turns in two versions; every read must be one of the
two, whole, and all markets of one opened universe of the same version. Kills: a child fetches and compacts without pause and
acknowledges on a pipe; it is killed (SIGKILL) at a random moment. Afterwards every market must be read with its checksum, what was
acknowledged must be there, and the next writer must find no lock. `--write-in-place` is the counter-example: a child that writes into
the archive's files themselves.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from ledger_kills import in_child

from crosscurrent import markets
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.checked import checked_bars
from crosscurrent.errors import CrosscurrentError
from crosscurrent.sources import archive as archives
from crosscurrent.sources.archive import Archive
from crosscurrent.sources.compacted import Compacted, compact
from crosscurrent.sources.fetching import fetch

NAMES = ("ES", "NQ", "RTY")
NOW = np.datetime64("2025-01-17T22:05:00", "s")
DAYS = markets.calendar("CME_EQUITY").sessions(np.datetime64("2015-01-02"), np.datetime64("2025-01-17"))


class Versions:
    """A provider whose closes all end in one version's figure, so that half of another would be seen."""

    name = "versions"
    notes = ()

    def __init__(self, version: int) -> None:
        self.version = version

    def markets(self) -> tuple[str, ...]:
        """Return the three."""
        return NAMES

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return ten years, every price of which tells the version."""
        close = 1000.0 + np.arange(len(DAYS)) + self.version / 4
        shown = {"session": DAYS, "open": close, "high": close, "low": close, "close": close}
        return checked_bars(market, markets.instrument(market), shown)


def version_of(bars: Bars) -> int:
    """Return the version of which all prices are, -1 when they are mixed or not all there."""
    if len(bars) != len(DAYS):
        return -1
    told = np.unique((np.stack([bars.open, bars.high, bars.low, bars.close]) - np.arange(len(DAYS)) - 1000.0) * 4)
    return int(told[0]) if len(told) == 1 and told[0] in (0.0, 1.0) else -1


def _write_in_place(path: Path, data: bytes) -> Path:
    half = len(data) // 2
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb", buffering=0) as file:
        file.write(data[:half])
        file.write(data[half:])
    return path


def write_without_pause(folder: Path, pipe: int, in_place: bool) -> None:
    """Fetch and compact for ever, by turns in two versions; tell each that is done."""
    if in_place:
        archives.replace_whole = _write_in_place
    turn, parent = 0, os.getppid()
    # A writer whose reader is gone must not write for ever.
    while os.getppid() == parent:
        turn += 1
        fetch(Versions(turn % 2), NAMES, Archive(folder / "archive"), NOW)
        compact(Versions(turn % 2), NAMES, folder / "all.parquet")
        with suppress(BlockingIOError):
            os.write(pipe, f"{turn}\n".encode())


def look(folder: Path) -> dict[str, int]:
    """Return whether a read of every market and of the universe was torn or failed."""
    told = {"torn": 0, "failed": 0}
    try:
        told["torn"] += sum(version_of(Archive(folder / "archive").bars(name)) < 0 for name in NAMES)
        universe = Compacted(folder / "all.parquet")
        told["torn"] += {version_of(universe.bars(name)) for name in NAMES} not in ({0}, {1})
    except CrosscurrentError as fault:
        told["failed"] += 1
        print(fault.sentence, file=sys.stderr)
    return told


@contextmanager
def writer(folder: Path, in_place: bool) -> Iterator[Callable[[], list[str]]]:
    """Run a writer; gives a function that kills it and returns what it acknowledged."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    child = in_child(lambda: write_without_pause(folder, write, in_place))
    os.close(write)

    def end() -> list[str]:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(read) as pipe:
            return pipe.read().split()

    yield end


def seeded(folder: Path) -> None:
    """Put the first version there: a reader must find something."""
    fetch(Versions(0), NAMES, Archive(folder / "archive"), NOW)
    compact(Versions(0), NAMES, folder / "all.parquet")


def reads(folder: Path, n: int, in_place: bool) -> dict[str, int]:
    """Return how many of `n` reads during rewrites were torn or failed; a read is one market, or one of the universe."""
    seeded(folder)
    told = {"reads": 0, "torn": 0, "failed": 0}
    with writer(folder, in_place) as end:
        while told["reads"] < n:
            told["reads"] += 2 * len(NAMES)
            for name, value in look(folder).items():
                told[name] += value
        told["rewrites"] = len(end())
    return told


def kills(folder: Path, n: int, rng: random.Random, in_place: bool) -> dict[str, int]:
    """Return what `n` kills left behind: reads that are torn or fail, and writers that find the lock held."""
    seeded(folder)
    told = {"kills": n, "acknowledged": 0, "torn": 0, "failed": 0, "locked": 0}
    for _ in range(n):
        with writer(folder, in_place) as end:
            time.sleep(rng.uniform(0.0, 0.15))
            told["acknowledged"] += len(end())
        for name, value in look(folder).items():
            told[name] += value
        try:
            Archive(folder / "archive", patience=1.0).keep(Versions(0).bars(NAMES[0]), "versions", NOW)
        except CrosscurrentError:
            told["locked"] += 1
    told["left_beside"] = sum(1 for _ in folder.rglob("*.new"))
    return told


def main() -> int:
    """Run what was asked for and print one JSON document; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("reads", 10_000), ("kills", 200), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--write-in-place", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, started = Path(name), time.perf_counter()
        told = {
            "reads": reads(folder / "reads", asked.reads, asked.write_in_place),
            "kills": kills(folder / "kills", asked.kills, random.Random(asked.seed), asked.write_in_place),
        }
        print(json.dumps(told | {"seconds": round(time.perf_counter() - started, 1)}))
    broken = sum(part.get(fault, 0) for part in told.values() for fault in ("torn", "failed", "locked"))
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
