"""How right the pattern detectors are: planted patterns found, and false alarms on random walks.

    python benchmarks/detection.py [--series 60] [--walks 60] [--peers] [--out docs/detection.md]

A planted pattern counts as found when a fact of its family is confirmed within a few bars of its break; any other confirmed fact
of the family in that series is a stray and lowers precision. Random walks are geometric with honest highs and lows, so whatever
is confirmed on them is a false alarm.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from detection_peers import peer_table

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
from planted import KINDS, LEAD, bars_with_range, plant

FAMILIES: tuple[Detector, ...] = (Wedges(), Triangles(), Rectangles(), DoubleTops(), HeadAndShoulders(), Flags())
SIZES, SMALL_SIZES = (30, 60, 120), (15, 20)
NOISES = (0.1, 0.25, 0.5)


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the planted patterns of one kind, size and noise."""

    kind: str
    size: int
    noise: float
    recall: float
    named: float
    precision: float
    delay: float


def scores(series: int) -> Iterator[Score]:
    """Yield the score of each kind at each size and noise."""
    for detector in FAMILIES:
        for kind in detector.layout.kinds:
            for size in SMALL_SIZES if isinstance(detector, Flags) else SIZES:
                for noise in NOISES:
                    yield score(detector, kind, size, noise, series)


def score(detector: Detector, kind: str, size: int, noise: float, series: int) -> Score:
    """Return how many of the planted patterns were found, under their own name too, and how many strays came with them."""
    rng = np.random.default_rng([sum(map(ord, kind)), size, round(100 * noise)])
    found, named, strays, delays = 0, 0, 0, []
    near = max(3, size // 10)
    for _ in range(series):
        planted = plant(kind, size, noise, rng)
        facts = detector.sweep(Tape(planted.bars))
        facts = facts.where(facts.stage == CONFIRMED)
        is_near = np.abs(facts.at - planted.breaks) <= near
        found += bool(is_near.any())
        named += bool((is_near & (facts.kind == detector.layout.kind(kind))).any())
        strays += int((~is_near).sum())
        delays += list(facts.at[is_near][:1] - planted.breaks)
    delay = float(np.mean(delays)) if delays else np.nan
    return Score(kind, size, noise, found / series, named / series, found / max(found + strays, 1), delay)


def walk(rng: np.random.Generator, bars: int, inner: int = 16, volatility: float = 0.01) -> Bars:
    """Return a geometric random walk's bars, each with the high and low of `inner` steps of the walk itself."""
    steps = rng.standard_normal((bars, inner)) * volatility / np.sqrt(inner)
    path = 100.0 * np.exp(np.cumsum(steps.ravel()).reshape(bars, inner))
    return bars_with_range(path[:, -1], rng, high=path.max(1), low=path.min(1))


def false_alarms(walks: int, bars: int = 1500) -> dict[str, float]:
    """Return confirmed facts per thousand bars of random walk, of each kind and each family."""
    counts = {kind: 0 for detector in FAMILIES for kind in detector.layout.kinds}
    for seed in range(walks):
        tape = Tape(walk(np.random.default_rng([7, seed]), bars))
        for detector in FAMILIES:
            facts = detector.sweep(tape)
            for code, kind in enumerate(detector.layout.kinds):
                counts[kind] += int(((facts.kind == code) & (facts.stage == CONFIRMED)).sum())
    return {kind: count / walks / bars * 1000 for kind, count in counts.items()}


def report(found: list[Score], alarms: dict[str, float]) -> str:
    """Return both tables in Markdown."""
    lines = [
        "| planted | bars | noise (ATR) | recall | by name | precision | delay (bars) |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for s in found:
        row = (s.kind, s.size, s.noise, f"{s.recall:.2f}", f"{s.named:.2f}", f"{s.precision:.2f}", f"{s.delay:.1f}")
        lines.append("| " + " | ".join(map(str, row)) + " |")
    lines += ["", "| false alarms per 1,000 random-walk bars | confirmed |", "|---|--:|"]
    for detector in FAMILIES:
        kinds = detector.layout.kinds
        lines += [f"| {kind} | {alarms[kind]:.2f} |" for kind in kinds]
        lines.append(f"| **{type(detector).__name__}, all** | **{sum(alarms[kind] for kind in kinds):.2f}** |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the tables where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=60, help="planted series of each kind, size and noise")
    parser.add_argument("--walks", type=int, default=100, help="random walks of 1,500 bars")
    parser.add_argument("--peers", action="store_true", help="measure ta-patterns too, where it is installed")
    parser.add_argument("--out", type=Path, help="a Markdown file to write")
    asked = parser.parse_args()
    text = report(list(scores(asked.series)), false_alarms(asked.walks))
    if asked.peers:
        text += peer_table([walk(np.random.default_rng([7, seed]), 1500) for seed in range(10)], asked.series)
    sys.stdout.write(text)
    if asked.out:
        asked.out.write_text(PREFACE + text, encoding="utf-8")


PREFACE = f"""# How right the pattern detectors are

Written by `python benchmarks/detection.py --peers --out docs/detection.md`. Patterns are planted as straight legs between known turns,
{LEAD} bars of random walk before them; noise is the standard deviation by which closes miss their path, in ATR. *Recall*: a fact of
the family confirmed within a tenth of the size (at least three bars) of the break; *by name*: under the very kind that was
planted (a triangle whose flat line noise has tilted may be called by its sibling's name). *Precision*: found over found and
strays. *Delay*: from the planted break to the confirming close.

"""

if __name__ == "__main__":
    assert set(KINDS) == {kind for detector in FAMILIES for kind in detector.layout.kinds}
    main()
