"""Scan a universe from Parquet to facts in Parquet, then append a day to it: seconds, peak memory, growth.

    python benchmarks/scan.py [--markets 5000] [--out docs/scale.md]

Wall time with two processes on this machine, the memory of all of them together at its peak. Ends with 1 when a promise is broken.
The universe is random walks of 2,500 bars with honest highs and lows, made first and not counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from speed import best, machine, resident, walk

from crosscurrent.bars.bars import Bars
from crosscurrent.evaluate.event_study import breakout_study
from crosscurrent.sources.compacted import compact

BARS, PROGRAM = 2_500, [sys.executable, "-c", "from crosscurrent.cli import main; main()"]
LONG = (5, 100_000)
"""Markets and bars of histories as long as a year of minutes."""
PROMISED = {"scan": 60.0, "memory": 4096.0, "day": 5.0, "study": 0.05}


class Walks:
    """So many random walks of so many bars as a source."""

    name = "random walks"

    def __init__(self, markets: int, length: int = BARS) -> None:
        self.count, self.length = markets, length

    def markets(self) -> tuple[str, ...]:
        """Return their names."""
        return tuple(f"W{number:05d}" for number in range(self.count))

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return one walk, of which the last bar that a full length has is today's."""
        full = max(BARS, self.length)
        session = np.busday_offset(np.datetime64("2024-08-01"), np.arange(1 - full, 1), roll="forward")
        closed_at = session.astype("datetime64[s]") + np.timedelta64(22, "h")
        whole = replace(walk(full, int(market[1:])), market=market, session=session, closed_at=closed_at)
        return whole.first(self.length)


@dataclass(frozen=True, slots=True)
class Run:
    """What a scan took: wall seconds, peak MB of all processes together, and what it printed."""

    seconds: float
    peak: float
    said: dict[str, object]


def scanned(data: Path, out: Path, *more: str) -> Run:
    """Run the command and watch its memory and that of its workers."""
    began = time.perf_counter()
    with subprocess.Popen(
        [*PROGRAM, "scan", "--data", str(data), "--out", str(out), "--json", *more], stdout=subprocess.PIPE
    ) as run:
        peaks = [0.0]
        threading.Thread(target=_watch, args=(run, peaks), daemon=True).start()
        said = run.stdout.read() if run.stdout else b""
    return Run(time.perf_counter() - began, max(peaks), json.loads(said) if said else {})


def _watch(run: subprocess.Popen[bytes], peaks: list[float]) -> None:
    while run.poll() is None:
        # Pages that several share are counted in each: asking for shares walks all pages and would slow what is measured.
        peaks.append(sum(resident("VmRSS", pid) for pid in (run.pid, *_children(run.pid))) / 1024)
        time.sleep(0.2)


def _children(pid: int) -> list[int]:
    """Return a process's descendants, as Linux tells them."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    own = [int(child) for child in text.split()]
    return own + [further for child in own for further in _children(child)]


def study_seconds() -> float:
    """Return the seconds of an event study of breakouts over 500 markets of 2,500 bars."""
    close = 100 * np.exp(np.cumsum(0.01 * np.random.default_rng(0).standard_normal((500, BARS)), axis=1))
    breakout_study(close)
    return best(lambda: breakout_study(close), 9)


def weight(folder: Path, pattern: str) -> float:
    """Return how many bytes the files of a pattern hold."""
    return float(sum(path.stat().st_size for path in folder.glob(pattern)))


def page(markets: int, whole: Run, day: Run, small: Run, long: Run, home: Path, study: float) -> Iterator[str]:
    """Yield the lines of the page."""
    each, bars = 1e3 * whole.seconds / markets, markets * BARS
    carried = weight(home / "all", "blocks/*/carried.parquet")
    facts = weight(home / "all", "blocks/*/*.parquet") - carried
    yield "# What a universe costs\n"
    yield f"Written by `python benchmarks/scan.py --out docs/scale.md`: {machine()}. Wall time, two processes, from one Parquet file to facts"
    yield "in Parquet; the memory of all processes together at its peak.\n"
    yield "| what | promised | measured |"
    yield "|---|--:|--:|"
    yield f"| {markets:,} markets of {BARS:,} daily bars, all detectors, s | {PROMISED['scan']:.0f} | {whole.seconds:.1f} |"
    yield f"| a market, ms (two cores) | | {each:.1f} |"
    yield f"| facts written | | {whole.said['facts']:,} |"
    yield f"| peak memory, MB | {PROMISED['memory']:.0f} | {whole.peak:.0f} |"
    yield f"| bytes a bar: bars; facts | | {weight(home, 'all.parquet') / bars:.0f}; {facts / bars:.0f} |"
    yield f"| kB a market carried for the next day | | {carried / markets / 1e3:.0f} |"
    yield f"| one day appended to all of them, s | {PROMISED['day']:.0f} | {day.seconds:.1f} |"
    yield f"| its peak memory, MB | {PROMISED['memory']:.0f} | {day.peak:.0f} |"
    yield f"| {small.said['markets']:,} markets, s | | {small.seconds:.1f} |"
    yield f"| {LONG[0]} markets of {LONG[1]:,} bars, one process, microseconds a bar | | {1e6 * long.seconds / LONG[0] / LONG[1]:.1f} |"
    yield f"| its peak memory, MB | | {long.peak:.0f} |"
    yield f"| event study of breakouts, 500 markets of {BARS:,} bars, s | {PROMISED['study']} | {study:.3f} |"


def write(file: Path, walks: Walks) -> None:
    """Write the universe as one file."""
    compact(walks, walks.markets(), file)


def main() -> int:
    """Print the page, or write it; return how many promises are broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markets", type=int, default=5_000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, few = Path(folder), max(asked.markets // 10, 1)
        write(home / "few.parquet", Walks(few))
        small = scanned(home / "few.parquet", home / "few")
        write(home / "all.parquet", Walks(asked.markets, BARS - 1))
        whole = scanned(home / "all.parquet", home / "all", "--carry")
        write(home / "all.parquet", Walks(asked.markets))
        day = scanned(home / "all.parquet", home / "all", "--append")
        write(home / "long.parquet", Walks(*LONG))
        long = scanned(home / "long.parquet", home / "long", "--workers", "1", "--block", "1")
        study = study_seconds()
        text = "\n".join(page(asked.markets, whole, day, small, long, home, study)) + "\n"
    print(text)
    if asked.out:
        asked.out.write_text(text)
    broken = [whole.seconds > PROMISED["scan"], max(whole.peak, day.peak) > PROMISED["memory"]]
    return sum([*broken, day.seconds > PROMISED["day"], study > PROMISED["study"]])


if __name__ == "__main__":
    sys.exit(bool(main()))
