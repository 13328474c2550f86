"""A universe beside the peers: breakouts studied, pairs correlated, patterns found; how each grows, and what the machine allows.

    python benchmarks/universe.py [--out docs/peers.md]

Every peer is installed by pip into a virtual environment that is thrown away, gets the same numbers and has its answer held against
ours; one that cannot be installed, fails or answers otherwise is named. Ends with 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numba
import numpy as np
from speed import PEERS, best, installed, machine, peer_time, sized, walk
from universe_peers import HORIZONS, LOOKBACK, PAIRS, WINDOW

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.event_study import breakout_study
from crosscurrent.intermarket.rolling import rolling_blocks
from crosscurrent.publish.labels import spread

MARKETS, BARS, SIZES = 500, 2_500, (2_500, 6_500, 25_000, 100_000)
STUDY, TIMES_FASTER, ALL_PAIRS = 0.05, 30.0, 1.5
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "growth.svg"
SLOW = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer took and said; `fault` where it did not."""

    version: str = ""
    seconds: float = np.nan
    said: tuple[float, ...] = ()
    fault: str = ""


def closes() -> Floats:
    """Return random walks of the size of the study."""
    return 100 * np.exp(np.cumsum(0.01 * np.random.default_rng(0).standard_normal((MARKETS, BARS)), axis=1))


def asked(python: Path, peer: str, task: str, file: Path) -> Answer:
    """Return a peer's answer to a task."""
    script = Path(__file__).with_name("universe_peers.py")
    try:
        run = subprocess.run(
            [str(python), str(script), peer, task, str(file)], capture_output=True, text=True, timeout=SLOW
        )
    except subprocess.TimeoutExpired:
        return Answer(fault=f"more than {SLOW} s")
    if run.returncode:
        return Answer(fault=run.stderr.strip().splitlines()[-1][:70])
    told = json.loads(run.stdout.strip().splitlines()[-1])
    return Answer(told["version"], told["seconds"], tuple(told["said"]))


def answers(tasks: dict[str, tuple[str, ...]], file: Path, home: Path) -> dict[tuple[str, str], Answer]:
    """Return every peer's answers, each peer installed once."""
    found = {}
    for peer in dict.fromkeys(peer for peers in tasks.values() for peer in peers):
        python = installed(peer, home)
        for task, peers in tasks.items():
            if peer in peers:
                found[task, peer] = asked(python, peer, task, file) if python else Answer(fault="cannot be installed")
    return found


def wall(run: Callable[[], object], repeats: int = 9) -> float:
    """Return the least wall time of so many runs after a first one, in seconds."""
    run()
    return best(run, repeats, time.perf_counter)


@numba.njit(cache=True)
def summed(values: Floats) -> float:
    """Return a sum: one pass that does nothing but read."""
    total = 0.0
    for value in values:
        total += value
    return total


def bandwidth() -> tuple[float, float]:
    """Return how many GB a second this machine copies, and reads in one compiled pass on one core."""
    large, target = np.ones(2**26), np.empty(2**26)
    gigabytes = large.nbytes / 1e9
    return 2 * gigabytes / wall(lambda: np.copyto(target, large), 5), gigabytes / wall(lambda: summed(large), 5)


def row(name: str, answer: Answer, right: Floats, unit: float, ours: float) -> str:
    """Return a line of a table: the time, how many times ours it is, and whether the answer is ours."""
    if answer.fault:
        return f"| {name} | | | {answer.fault} |"
    off = float(np.max(np.abs(np.array(answer.said) - right)))
    agrees = "the same" if off < 1e-9 else f"differs by up to {off:.1g}"
    return f"| {name} {answer.version} | {unit * answer.seconds:,.2f} | {answer.seconds / ours:,.1f} | {agrees} |"


def study_lines(found: dict[tuple[str, str], Answer], close: Floats, ours: float) -> Iterator[str]:
    """Yield the table of event studies."""
    yield f"\n## Breakouts in {MARKETS} markets of {BARS:,} bars\n"
    yield f"Every close above the {LOOKBACK} before it, the first of its run, and the mean return {', '.join(map(str, HORIZONS))} bars on. Promised: {STUDY} s."
    yield "Ours tells besides how many events there were, and what any bar of the same markets was followed by.\n"
    yield "| | ms | times ours | answer |\n|---|--:|--:|---|"
    yield f"| **crosscurrent** | {1e3 * ours:,.2f} | 1 | |"
    right = breakout_study(close, LOOKBACK, HORIZONS).after
    for (task, peer), answer in found.items():
        if task == "study":
            yield row(peer, answer, right, 1e3, ours)


def pair_lines(found: dict[tuple[str, str], Answer], close: Floats, ours: float) -> Iterator[str]:
    """Yield the table of correlations, the peers' scaled up from a sample of pairs."""
    pairs = MARKETS * (MARKETS - 1) // 2
    yield f"\n## All {pairs:,} pairs of {MARKETS} markets, correlated over {WINDOW} bars at every bar\n"
    yield f"Promised: {ALL_PAIRS} s. Ours block by block on two threads; the peers' from {PAIRS} pairs. Held against ours at the last bar.\n"
    yield "| | s | times ours | answer |\n|---|--:|--:|---|"
    yield f"| **crosscurrent** | {ours:,.2f} | 1 | |"
    right = np.array([np.corrcoef(a[-WINDOW:], b[-WINDOW:])[0, 1] for a, b in pairwise(close[: PAIRS + 1])])
    for (task, peer), answer in found.items():
        if task == "correlation":
            scaled = Answer(answer.version, answer.seconds * pairs / PAIRS, answer.said, answer.fault)
            yield row(peer, scaled, right, 1.0, ours)


def every_pair(close: Floats) -> float:
    """Return the wall seconds for all pairs, block by block."""
    columns = np.ascontiguousarray(close.T)
    return wall(lambda: [block[:, -1].max() for _, block in rolling_blocks(columns, WINDOW, threads=2)], 2)


def curves(home: Path) -> dict[str, dict[int, float]]:
    """Return the seconds of all our detectors, and of each peer that finds patterns, by the length of the series."""
    found = {"crosscurrent": {n: sized(n, 3).total for n in SIZES}}
    for n in SIZES[:3]:
        np.savez(home / f"{n}.npz", **{c: getattr(walk(n), c) for c in ("open", "high", "low", "close", "volume")})
    for peer in PEERS:
        python = installed(peer, home)
        told = {n: peer_time(python, peer, home / f"{n}.npz") if python else "" for n in SIZES[:3]}
        found[peer] = {n: float(text.replace(",", "")) / 1e3 for n, text in told.items() if text[:1].isdigit()}
    return found


def growth_lines(found: dict[str, dict[int, float]]) -> Iterator[str]:
    """Yield the table of how each grows."""
    yield "\n## All patterns in one market, by its length\n"
    yield "Processor milliseconds on one core. Each finds something else: `docs/detection.md` says who is right. A gap: it did not end within a minute, or failed.\n"
    yield (
        "| | " + " | ".join(f"{n:,} bars" for n in SIZES) + " | grows as n to the |\n|---|" + "--:|" * (len(SIZES) + 1)
    )
    for name, times in found.items():
        cells = [f"{1e3 * times[n]:,.1f}" if n in times else "" for n in SIZES]
        lengths = sorted(times)
        power = (
            np.log(times[lengths[-1]] / times[lengths[0]]) / np.log(lengths[-1] / lengths[0])
            if len(times) > 1
            else None
        )
        yield f"| {name} | " + " | ".join(cells) + f" | {'' if power is None else f'{power:.2f}'} |"
    yield "\n![Milliseconds by bars, both on logarithmic scales](pictures/growth.svg)"


def draw(found: dict[str, dict[int, float]], where: Path) -> None:
    """Draw how each grows, on logarithmic scales, each line named at its end."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "growth", "font.family": "sans-serif"}):
        figure = Figure(figsize=(7.6, 4.4))
        axes = figure.subplots()
        told = {name: sorted(times.items()) for name, times in found.items() if times}
        # Names stand beside the ends of their lines, on a scale of powers of ten, a tenth of one apart at least.
        ends = spread([np.log10(1e3 * points[-1][1]) for points in told.values()], 0.1, 0.0, 6.0)
        for (name, points), end in zip(told.items(), ends, strict=True):
            look = {"color": "#1f5fbf", "lw": 2.2} if name == "crosscurrent" else {"color": "#8a8f98", "lw": 1.2}
            axes.plot([n for n, _ in points], [1e3 * seconds for _, seconds in points], "o-", ms=4, **look)
            axes.text(
                points[-1][0] * 1.1,
                10**end,
                name,
                va="center",
                fontsize=9,
                weight="bold" if look["lw"] > 2 else "normal",
            )
        axes.set(xscale="log", yscale="log", xlim=(2_000, 320_000), xlabel="bars", ylabel="milliseconds")
        axes.set_xticks(SIZES, [f"{n:,}" for n in SIZES])
        axes.minorticks_off()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#e3e5e8", lw=0.7)
        figure.savefig(where, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})


def floor_lines(study: float, pairs: float) -> Iterator[str]:
    """Yield what the machine allows at best."""
    copied, read = bandwidth()
    size = MARKETS * BARS * 8 / 1e9
    written = MARKETS * (MARKETS - 1) / 2 * (BARS - WINDOW + 1) * 8 / 1e9
    yield "\n## What the machine allows\n"
    yield "| | |\n|---|--:|"
    yield f"| memory copied, GB/s | {copied:.1f} |"
    yield f"| one compiled pass that only reads, GB/s | {read:.1f} |"
    yield f"| reading the {1e3 * size:.0f} MB of closes once, ms; the study is so many times that | {1e3 * size / read:.1f}; {study / (size / read):.1f} |"
    yield f"| writing {written:.1f} GB of correlations once at the speed of a copy, s; all pairs are so many times that | {2 * written / copied:.2f}; {pairs / (2 * written / copied):.1f} |"


def main() -> int:
    """Print the page, or write it; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path)
    out = parser.parse_args().out
    close = closes()
    study, pairs = wall(lambda: breakout_study(close, LOOKBACK, HORIZONS)), every_pair(close)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        np.save(home / "closes.npy", close)
        tasks = {"study": ("polars", "vectorbt", "pandas"), "correlation": ("numbagg", "polars", "pandas")}
        found, grown = answers(tasks, home / "closes.npy", home), curves(home)
    rival = grown["ta-patterns"].get(BARS, np.nan) / grown["crosscurrent"][BARS]
    lines = [
        "# A universe, beside the peers\n",
        f"Written by `python benchmarks/universe.py --out docs/peers.md`: {machine()}. The best of several runs, imports and compilation apart, the same",
        "numbers for all, every answer held against ours. What a whole scan takes is in [scale.md](scale.md), each detector's cost in [speed.md](speed.md).",
        *study_lines(found, close, study), *pair_lines(found, close, pairs), *growth_lines(grown),
        f"\nAgainst ta-patterns, the fastest peer that finds patterns point in time: {rival:.0f} times as fast at {BARS:,} bars (promised: {TIMES_FASTER:.0f}).",
        *floor_lines(study, pairs),
    ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    print(text)
    if out:
        out.write_text(text)
        draw(grown, PICTURE)
    return int(study > STUDY or pairs > ALL_PAIRS or not rival >= TIMES_FASTER)


if __name__ == "__main__":
    sys.exit(main())
