"""Speed: what all detectors together cost a bar, how that grows, what the first use costs, and one bar more; peers beside.

    python benchmarks/speed.py [--peers] [--repeats 7] [--out docs/speed.md]

Figures are processor time on one core, the best of so many runs, except starts, which are what a person waits. With `--peers` the
other libraries are installed by pip into a virtual environment that is thrown away afterwards; what cannot be installed or does not
end is named.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numba
import numpy as np
from speed_peers import PEERS

from crosscurrent.bars.bars import Bars
from crosscurrent.markets.instrument import Instrument
from crosscurrent.structure import DETECTORS, Tape
from crosscurrent.structure.look import look_at
from crosscurrent.structure.watch import Watch
from crosscurrent.units import Notation

SIZES, MARKET, SMALL = (2_500, 6_500, 25_000, 100_000), 6_500, 400
TOY = Instrument("TOY", "Generated", "generic", "price", Notation(tick=0.01), "GENERIC")
PATIENCE, PIP = 60, 300
TARGETS = {"a bar": 5.0, "exponent": 1.05, "market": 35.0, "first use": 60.0}
WITHOUT = {"auto-chart-patterns": ["pandas"], "polars": ["numpy"]}
"""What a peer needs beside itself and does not say."""
MORE = 60
"""How many bars are appended one by one."""


@dataclass(frozen=True, slots=True)
class Sized:
    """What a series of one length costs: each detector's seconds, and those of all together."""

    bars: int
    each: dict[str, float]
    total: float


def walk(n: int, seed: int = 1) -> Bars:
    """Return a random walk with honest highs and lows (sixteen steps a bar) and a volume, long ago enough for any length."""
    rng = np.random.default_rng(seed)
    path = np.exp(np.log(100.0) + np.cumsum(rng.standard_normal(16 * n) * 0.0025)).reshape(n, 16)
    columns = path[:, 0], path.max(1), path.min(1), path[:, -1], 1e5 * np.exp(0.3 * rng.standard_normal(n))
    session = np.busday_offset(np.datetime64("1900-01-01"), np.arange(n))
    closed_at = session.astype("datetime64[s]") + np.timedelta64(22, "h")
    nothing = np.zeros(n)
    return Bars(
        "TOY", TOY, "1d", "traded", session, closed_at, *(c.copy() for c in columns), nothing, nothing.astype(bool)
    )


def sized(n: int, repeats: int) -> Sized:
    """Return the cost of one sweep of every detector over a walk, shared series counted where they are first asked for."""
    bars = walk(n)
    each, total = {type(d).__name__: np.inf for d in DETECTORS}, np.inf
    for _ in range(repeats):
        tape, began = Tape(bars), time.thread_time()
        for detector in DETECTORS:
            started = time.thread_time()
            detector.sweep(tape)
            name = type(detector).__name__
            each[name] = min(each[name], time.thread_time() - started)
        total = min(total, time.thread_time() - began)
    return Sized(n, each, total)


def appended(n: int) -> tuple[float, float, float]:
    """Return the seconds that one more bar costs a watch over so many, in the same process and when it was stored, and its bytes.

    Medians over `MORE` bars; from bytes to bytes, the bars being at hand.
    """
    bars, stayed, stored = walk(n + MORE), [], []
    watch = Watch.begin(bars.first(n), bars.first(n), DETECTORS)
    for i in range(1, MORE + 1):
        now, carried = bars.first(n + i), watch.to_bytes()
        began = time.thread_time()
        watch = watch.append(now, now)
        stayed.append(time.thread_time() - began)
        began = time.thread_time()
        Watch.from_bytes(carried, now, now, DETECTORS).to_bytes()
        stored.append(time.thread_time() - began)
    return float(np.median(stayed)), float(np.median(stored)), len(carried)


def best(run: Callable[[], object], repeats: int, clock: Callable[[], float] = time.thread_time) -> float:
    """Return the least time of so many runs, in seconds: processor time, or what another clock says."""
    times = []
    for _ in range(repeats):
        started = clock()
        run()
        times.append(clock() - started)
    return min(times)


def growth(of: list[Sized]) -> float:
    """Return the exponent by which cost grows from the shortest series to the longest."""
    first, last = of[0], of[-1]
    return float(np.log(last.total / first.total) / np.log(last.bars / first.bars))


def starts() -> tuple[float, float]:
    """Return the seconds from a fresh process to the first facts: with nothing compiled, and with everything cached."""
    with tempfile.TemporaryDirectory() as cache:
        settings = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"NUMBA_CACHE_DIR": cache}
        times = []
        for _ in range(2):
            began = time.perf_counter()
            subprocess.run([sys.executable, __file__, "--first"], env=settings, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
    return times[0], times[1]


def first() -> None:
    """Do what a first use does: look at a market on both bases, and at what is forming."""
    bars = walk(SMALL)
    look_at(bars, bars, DETECTORS).forming()


def memory(n: int) -> tuple[float, float]:
    """Return how much a process grows at its peak while all detectors sweep, and the bytes of bars and facts, in MB."""
    run = subprocess.run([sys.executable, __file__, "--memory", str(n)], check=True, capture_output=True, text=True)
    peak, held = json.loads(run.stdout)
    return peak, held


def grow(n: int) -> None:
    """Print the growth of this process, of its peak since the bars were there, and the size of what it keeps."""
    first()
    bars, tables = walk(n), []
    Path("/proc/self/clear_refs").write_text("5")  # from here on the peak is counted anew
    before = resident("VmRSS")
    tape = Tape(bars)
    for detector in DETECTORS:
        tables.append(detector.sweep(tape))
    grown = resident("VmHWM") - before
    columns = (
        "at",
        "kind",
        "stage",
        "direction",
        "strictness",
        "subject",
        "readings",
        "rule",
        "anchor_at",
        "anchor_price",
    )
    held = sum(getattr(table, name).nbytes for table in tables for name in columns)
    print(json.dumps([grown / 1024, held / 2**20]))


def resident(what: str, process: int | str = "self") -> int:
    """Return a figure of a process's memory in kB, as Linux tells it: what it holds (VmRSS), or held at its peak (VmHWM).

    Nothing when the process has ended.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(what)), 0)


def talib_candles(bars: Bars) -> Callable[[], object]:
    """Return a run of TA-Lib's sixty-one candles."""
    import talib

    names = [n for n in talib.get_functions() if n.startswith("CDL")]
    return lambda: [getattr(talib, n)(bars.open, bars.high, bars.low, bars.close) for n in names]


def peers(sizes: tuple[int, ...]) -> Iterator[tuple[str, list[str]]]:
    """Yield each peer with its milliseconds at each size, or why there are none; each in an environment that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for n in sizes:
            bars = walk(n)
            np.savez(home / f"{n}.npz", **{c: getattr(bars, c) for c in ("open", "high", "low", "close", "volume")})
        for peer in PEERS:
            python = installed(peer, home)
            yield peer, [peer_time(python, peer, home / f"{n}.npz") if python else "cannot be installed" for n in sizes]


def installed(peer: str, home: Path) -> Path | None:
    """Return a Python that has the peer, None where pip cannot bring it."""
    place = home / peer
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True)
    python = place / "bin" / "python"
    more = WITHOUT.get(peer, [])
    try:
        run = subprocess.run([str(python), "-m", "pip", "install", "-q", peer, *more], capture_output=True, timeout=PIP)
    except subprocess.TimeoutExpired:
        return None
    return python if run.returncode == 0 else None


def peer_time(python: Path, peer: str, bars: Path) -> str:
    """Return a peer's milliseconds on a file of bars, or what became of it."""
    script = Path(__file__).with_name("speed_peers.py")
    try:
        run = subprocess.run(
            [str(python), str(script), peer, str(bars)], capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return f"more than {PATIENCE} s"
    if run.returncode:
        return f"fails: {run.stderr.strip().splitlines()[-1][:60]}"
    return milliseconds(json.loads(run.stdout.strip().splitlines()[-1])["seconds"])


def milliseconds(seconds: float) -> str:
    """Return a time as the tables have it."""
    return f"{1e3 * seconds:,.1f}" if seconds < 1 else f"{1e3 * seconds:,.0f}"


def machine() -> str:
    """Return the machine and the versions in a sentence, without a name or a path."""
    model = platform.processor() or platform.machine()
    told = Path("/proc/cpuinfo")
    if told.exists():
        names = [line.split(":")[1].strip() for line in told.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "TA-Lib"))
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}"


def cost_table(of: list[Sized]) -> Iterator[str]:
    """Yield the lines of the table of costs a bar, the dearest detector first."""
    yield "| microseconds a bar | " + " | ".join(f"{s.bars:,} bars" for s in of) + " |"
    yield "|---|" + "--:|" * len(of)
    yield "| **all together** | " + " | ".join(f"**{1e6 * s.total / s.bars:.2f}**" for s in of) + " |"
    yield "| all together, in ms | " + " | ".join(milliseconds(s.total) for s in of) + " |"
    for name in sorted(of[1].each, key=lambda n: -of[1].each[n]):
        yield f"| {name} | " + " | ".join(f"{1e6 * s.each[name] / s.bars:.3f}" for s in of) + " |"


def target_table(of: list[Sized], cold: float, cached: float, peak: float, held: float) -> Iterator[str]:
    """Yield the lines of the table of what was promised and what is measured."""
    worst = max(1e6 * s.total / s.bars for s in of)
    market = 1e3 * next(s.total for s in of if s.bars == MARKET)
    yield "| what | promised | measured |"
    yield "|---|--:|--:|"
    yield f"| all detectors, microseconds a bar, at the worst of the four lengths | {TARGETS['a bar']:.0f} | {worst:.2f} |"
    yield f"| growth from {SIZES[0]:,} to {SIZES[-1]:,} bars, exponent | {TARGETS['exponent']} | {growth(of):.2f} |"
    yield f"| one market of {MARKET:,} bars, ms | {TARGETS['market']:.0f} | {market:.1f} |"
    yield f"| first use on a fresh machine, compiling everything, s | {TARGETS['first use']:.0f} | {cold:.1f} |"
    yield f"| start of a process with everything cached, s | | {cached:.1f} |"
    yield f"| memory at {SIZES[-1]:,} bars: growth at the peak, MB, beside {held:.0f} MB of facts | | {peak:.0f} |"


def append_table(of: list[Sized]) -> Iterator[str]:
    """Yield the lines of the table of what one more bar costs beside a sweep of all."""
    yield "| one more bar | " + " | ".join(f"{s.bars:,} bars" for s in of) + " |"
    yield "|---|" + "--:|" * len(of)
    costs = [appended(s.bars) for s in of]
    yield "| in the same process, ms | " + " | ".join(f"{1e3 * stayed:.2f}" for stayed, _, _ in costs) + " |"
    yield (
        "| from stored bytes to stored bytes, ms | "
        + " | ".join(f"{1e3 * stored:.2f}" for _, stored, _ in costs)
        + " |"
    )
    share = (stayed / s.total for s, (stayed, _, _) in zip(of, costs, strict=True))
    yield "| share of a sweep of all bars | " + " | ".join(f"{100 * part:.0f} %" for part in share) + " |"
    yield "| bytes stored, kB | " + " | ".join(f"{size / 1024:.0f}" for _, _, size in costs) + " |"


def peer_table(sizes: tuple[int, ...], repeats: int, with_peers: bool) -> Iterator[str]:
    """Yield the lines of the table of peers, in milliseconds."""
    yield "| milliseconds | what | " + " | ".join(f"{n:,} bars" for n in sizes) + " |"
    yield "|---|---|" + "--:|" * len(sizes)
    ours = [milliseconds(sized(n, repeats).total) for n in sizes]
    yield f"| **crosscurrent** | {len(DETECTORS)} detectors, every past bar | " + " | ".join(ours) + " |"
    candles = [milliseconds(best(talib_candles(walk(n)), repeats)) for n in sizes]
    yield "| TA-Lib | sixty-one candles | " + " | ".join(candles) + " |"
    for peer, told in peers(sizes) if with_peers else ():
        yield f"| {peer} | {PEERS[peer]} | " + " | ".join(told) + " |"
    if not with_peers:
        yield "| other peers | | " + " | ".join(["not asked for"] * len(sizes)) + " |"


HEAD = """# How fast the detectors are

Written by `python benchmarks/speed.py --peers --out docs/speed.md`: {machine}. Processor time on one core, the best of {repeats} runs, on
random walks with honest highs and lows; starts are what a person waits. *All together* is one sweep of every detector over one
series, in which series that several need (ATR, swings, lines) are computed once and counted where they are first asked for.
"""


def page(repeats: int, with_peers: bool) -> Iterator[str]:
    """Yield the lines of the page."""
    first()
    of = [sized(n, repeats) for n in SIZES]
    yield HEAD.format(machine=machine(), repeats=repeats)
    yield from target_table(of, *starts(), *memory(SIZES[-1]))
    yield "\n## Each detector\n"
    yield from cost_table(of)
    yield "\n## One more bar\n"
    yield APPEND_NOTE
    yield from append_table(of)
    yield "\n## Beside the peers\n"
    yield PEERS_NOTE
    yield from peer_table(SIZES[:3:2], repeats, with_peers)


APPEND_NOTE = f"""All detectors together carry on from where they stood (`structure.watch.Watch`), and reveal to the last digit what a sweep of all
bars does; `docs/decisions/appending.md` says how. Medians over {MORE} bars appended one by one, the bars themselves being at hand.
"""

PEERS_NOTE = """Each does something else, so this says what a person waits and not who is better: `docs/detection.md` says who is right.
Everything on the same walks in the same run, imports and compilation apart.
"""


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--first", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    numba.set_num_threads(1)
    if asked.first:
        first()
    elif asked.memory:
        grow(asked.memory)
    else:
        text = "\n".join(page(asked.repeats, asked.peers)) + "\n"
        print(text)
        if asked.out:
            asked.out.write_text(text)


if __name__ == "__main__":
    main()
