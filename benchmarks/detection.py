"""How right the pattern detectors are: planted patterns found, and false alarms on random walks.

    python benchmarks/detection.py [--series 100] [--walks 60] [--peers] [--out docs/detection.md]

A planted pattern counts as found when a fact of its family is confirmed within a few bars of its break; any other confirmed fact
of the family in that series is a stray and lowers precision. Two families of planted patterns, and four kinds of random walk.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from detection_peers import peer_table
from sketched import SHAPES, clustering, sketch

from crosscurrent.bars.bars import Bars
from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.double_tops import DoubleTops
from crosscurrent.structure.flags import Flags
from crosscurrent.structure.head_and_shoulders import HeadAndShoulders
from crosscurrent.structure.rectangles import Rectangles
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.triangles import Triangles
from crosscurrent.structure.wedges import Wedges
from planted import KINDS, LEAD, Planted, bars_with_range, plant

FAMILIES: tuple[Detector, ...] = (Wedges(), Triangles(), Rectangles(), DoubleTops(), HeadAndShoulders(), Flags())
SIZES, SMALL_SIZES = (30, 60, 120), (15, 20)
NOISES = (0.1, 0.25, 0.5)


BANDS = ((20, 40), (40, 80), (80, 200))
Draw = Callable[[str, int, float, np.random.Generator], Planted]


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the planted patterns of one kind, sizes and noise."""

    kind: str
    size: str
    noise: float
    recall: float
    named: float
    precision: float
    delay: float


def scores(series: int) -> Iterator[Score]:
    """Yield the score of each kind at each size and noise, of the first family."""
    for detector in FAMILIES:
        for kind in detector.layout.kinds:
            for size in SMALL_SIZES if isinstance(detector, Flags) else SIZES:
                for noise in NOISES:
                    yield score(detector, kind, (size, size), noise, series, plant)


def other_scores(series: int) -> Iterator[Score]:
    """Yield the score of each kind in each band of sizes, of the second family."""
    for detector in FAMILIES:
        for kind in filter(SHAPES.__contains__, detector.layout.kinds):
            for band in BANDS:
                for noise in NOISES[1:]:
                    yield score(detector, kind, band, noise, series, sketch)


def score(detector: Detector, kind: str, sizes: tuple[int, int], noise: float, series: int, draw: Draw) -> Score:
    """Return how many of the planted patterns were found, under their own name too, and how many strays came with them."""
    rng = np.random.default_rng([sum(map(ord, kind)), sizes[0], round(100 * noise)])
    found, named, strays, delays = 0, 0, 0, []
    for _ in range(series):
        size = sizes[0] if sizes[0] == sizes[1] else int(rng.integers(*sizes))
        planted = draw(kind, size, noise, rng)
        facts = detector.sweep(Tape(planted.bars))
        facts = facts.where(facts.stage == CONFIRMED)
        is_near = np.abs(facts.at - planted.breaks) <= max(3, size // 10)
        found += bool(is_near.any())
        named += bool((is_near & (facts.kind == detector.layout.kind(kind))).any())
        strays += int((~is_near).sum())
        delays += list(facts.at[is_near][:1] - planted.breaks)
    delay = float(np.mean(delays)) if delays else np.nan
    told = str(sizes[0]) if sizes[0] == sizes[1] else f"{sizes[0]}-{sizes[1]}"
    return Score(kind, told, noise, found / series, named / series, found / max(found + strays, 1), delay)


WILDNESS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "plain": lambda n, rng: np.ones(n), "fat tails": lambda n, rng: np.sqrt(2.0 / rng.chisquare(4, n)),
    "clustered": clustering, "coarse ticks": lambda n, rng: np.ones(n),
}  # fmt: skip
"""How wild each bar of a walk is: the same for all, by a Student's t, or by a GARCH; and a plain walk on ticks of a third of an ATR."""


def walk(rng: np.random.Generator, bars: int, kind: str = "plain", inner: int = 16, volatility: float = 0.01) -> Bars:
    """Return a geometric random walk's bars, each with the high and low of `inner` steps of the walk itself."""
    steps = rng.standard_normal((bars, inner)) * volatility / np.sqrt(inner) * WILDNESS[kind](bars, rng)[:, None]
    path = 100.0 * np.exp(np.cumsum(steps.ravel()).reshape(bars, inner))
    if kind == "coarse ticks":
        path = 0.5 * np.round(path / 0.5)
    return bars_with_range(path[:, -1], rng, high=path.max(1), low=path.min(1))


def false_alarms(walks: int, kind_of_walk: str, bars: int = 1500) -> dict[str, float]:
    """Return confirmed facts per thousand bars of random walk, of each kind."""
    counts = {kind: 0 for detector in FAMILIES for kind in detector.layout.kinds}
    for seed in range(walks):
        tape = Tape(walk(np.random.default_rng([7, seed]), bars, kind_of_walk))
        for detector in FAMILIES:
            facts = detector.sweep(tape)
            for code, kind in enumerate(detector.layout.kinds):
                counts[kind] += int(((facts.kind == code) & (facts.stage == CONFIRMED)).sum())
    return {kind: count / walks / bars * 1000 for kind, count in counts.items()}


def score_table(found: Iterator[Score]) -> str:
    """Return scores in Markdown."""
    lines = [
        "",
        "| planted | bars | noise (ATR) | recall | by name | precision | delay (bars) |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for s in found:
        row = (s.kind, s.size, s.noise, f"{s.recall:.2f}", f"{s.named:.2f}", f"{s.precision:.2f}", f"{s.delay:.1f}")
        lines.append("| " + " | ".join(map(str, row)) + " |")
    return "\n".join(lines) + "\n"


def alarm_table(walks: int) -> str:
    """Return the false alarms on each kind of walk in Markdown."""
    alarms = {kind: false_alarms(walks, kind) for kind in WILDNESS}
    lines = [
        "",
        "| confirmed per 1,000 random-walk bars | " + " | ".join(alarms) + " |",
        "|---|" + "--:|" * len(alarms),
    ]
    for detector in FAMILIES:
        kinds = detector.layout.kinds
        lines += [f"| {kind} | " + " | ".join(f"{a[kind]:.2f}" for a in alarms.values()) + " |" for kind in kinds]
        totals = [f"**{sum(a[kind] for kind in kinds):.2f}**" for a in alarms.values()]
        lines.append(f"| **{type(detector).__name__}, all** | " + " | ".join(totals) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the tables where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=100, help="planted series of each kind, size and noise")
    parser.add_argument("--walks", type=int, default=60, help="random walks of 1,500 bars")
    parser.add_argument("--peers", action="store_true", help="measure the peers too")
    parser.add_argument("--out", type=Path, help="a Markdown file to write")
    asked = parser.parse_args()
    text = FIRST + score_table(scores(asked.series)) + SECOND + score_table(other_scores(asked.series))
    text += ALARMS + alarm_table(asked.walks)
    if asked.peers:
        text += peer_table([walk(np.random.default_rng([7, seed]), 1500) for seed in range(10)], asked.series)
    sys.stdout.write(text)
    if asked.out:
        asked.out.write_text(
            f"# How right the pattern detectors are\n\n{PREFACE}{date.today()}.\n{text}", encoding="utf-8"
        )


PREFACE = """Written by `python benchmarks/detection.py --peers --out docs/detection.md`. *Recall*: a fact of the family is confirmed within a
tenth of the size (at least three bars) of the planted break; *by name*: under the very kind that was planted (a triangle whose flat
line noise has tilted may be called by its sibling's name). *Precision*: found over found and strays, where every other confirmed fact of
the family in the series is a stray. *Delay*: from the planted break to the confirming close. Noise is the standard deviation by
which closes miss their path, in ATR. Measured on """
FIRST = f"""
## The first family

Straight legs between known turns with Gaussian noise, {LEAD} bars of random walk before them.
"""
SECOND = """
## The second family

Drawn otherwise, so that no rule is fitted to one way of drawing: unevenly spaced touches on lines of other slopes, legs that wander,
Gaussian, Laplace or autoregressive noise, longer walks of three kinds around them, with or without a trend into the pattern, shadows
of a path within each bar, ticks of several sizes. Most of its strays lie within the planted pattern: noise closes beyond a line
before its time, as it does on a market.
"""
ALARMS = """
## False alarms

Random walks with honest highs and lows, so whatever is confirmed on them is a false alarm.
"""

if __name__ == "__main__":
    assert set(KINDS) == {kind for detector in FAMILIES for kind in detector.layout.kinds}
    main()
