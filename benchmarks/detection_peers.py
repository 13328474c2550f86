"""The peers on the same input: ta-patterns, the one library of chart patterns that is point in time.

Run by `python benchmarks/detection.py --peers` where `ta-patterns` (MIT) is installed. Its detectors label bars, often many in a row
for one pattern; a run of labels counts once here, which flatters it.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars
from planted import plant

NAMES = {
    "falling_wedge": "falling_wedge", "rising_wedge": "rising_wedge", "ascending_triangle": "ascending_triangle",
    "descending_triangle": "descending_triangle", "symmetrical_triangle": "symmetrical_triangle", "double_top": "double_top",
    "double_bottom": "double_bottom", "triple_top": "triple_top", "triple_bottom": "triple_bottom",
    "head_and_shoulders": "hs_top", "inverse_head_and_shoulders": "hs_bottom",
}  # fmt: skip
"""Our kinds and the peer's names for them."""


@dataclass(frozen=True, slots=True)
class PeerScore:
    """What the peer made of one kind: recall and precision on planted patterns, false alarms per thousand bars of random walk."""

    kind: str
    recall: float
    precision: float
    alarms: float
    microseconds: float


def labelled(detector: Callable[..., np.ndarray], bars: Bars) -> np.ndarray:
    """Return the bars at which a run of the peer's labels begins."""
    importlib.import_module("ta_patterns.chart_patterns").clear_cache()
    labels = np.asarray(detector(bars.open.copy(), bars.high.copy(), bars.low.copy(), bars.close.copy())) != 0
    return np.flatnonzero(labels & ~np.concatenate([[False], labels[:-1]]))


def peer_scores(walks: list[Bars], series: int, size: int = 60, noise: float = 0.25) -> Iterator[PeerScore]:
    """Yield the peer's score for each kind it shares with us."""
    library = importlib.import_module("ta_patterns.chart_patterns")
    for kind, name in NAMES.items():
        detector = getattr(library, name)
        rng = np.random.default_rng([sum(map(ord, kind)), size, round(100 * noise)])
        found, strays = 0, 0
        for _ in range(series):
            planted = plant(kind, size, noise, rng)
            near = np.abs(labelled(detector, planted.bars) - planted.breaks) <= max(3, size // 10)
            found, strays = found + bool(near.any()), strays + int((~near).sum())
        began = time.perf_counter()
        alarms = sum(len(labelled(detector, walk)) for walk in walks)
        seconds = time.perf_counter() - began
        bars = sum(map(len, walks))
        yield PeerScore(
            kind, found / series, found / max(found + strays, 1), 1000 * alarms / bars, 1e6 * seconds / bars
        )


def peer_table(walks: list[Bars], series: int) -> str:
    """Return the peer's table in Markdown."""
    lines = [
        "", "| ta-patterns, 60 bars, noise 0.25 | recall | precision | false alarms per 1,000 bars | microseconds a bar |",
        "|---|--:|--:|--:|--:|",
    ]  # fmt: skip
    for s in peer_scores(walks, series):
        lines.append(f"| {s.kind} | {s.recall:.2f} | {s.precision:.2f} | {s.alarms:.1f} | {s.microseconds:.1f} |")
    return "\n".join(lines) + "\n"
