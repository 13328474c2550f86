"""The peers on the same input: what they find of planted patterns and lines, and what they see in random walks.

Run by `python benchmarks/detection.py --peers`: each peer is installed into an environment that is thrown away, and reads the same bars
from a file. What a peer has no detector for is not held against it.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from detection_labels import NAMES
from detection_lines import NEAR, TOUCHES, is_found, is_near
from detection_lines import plant as plant_line
from sketched import sketch
from speed import installed

from crosscurrent.bars.bars import Bars
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.trendlines import standing_lines
from planted import Planted, plant

SILENT = {
    "smartmoneyconcepts": "swings, gaps, order blocks and liquidity, no chart pattern; its swings look ahead",
    "sortefi-ta": "candles, and six set-ups of its own (cup, contraction, tight weeks), none of these patterns",
}  # fmt: skip
"""Peers that have nothing to compare here, and why."""
SIZE, LINE_SIZE, NOISE = 60, 80, 0.25


@dataclass(frozen=True, slots=True)
class Told:
    """What a peer said of some series: its version, and for each series the names with their bars."""

    version: str
    labels: list[list[tuple[str, int]]]


def asked(python: Path, peer: str, series: list[Bars], home: Path) -> Told:
    """Return what the peer says of these bars."""
    path, script = home / f"{peer}.npz", Path(__file__).with_name("detection_labels.py")
    columns = {
        f"{name}{i}": getattr(bars, name) for i, bars in enumerate(series) for name in ("open", "high", "low", "close")
    }
    np.savez(path, n=len(series), **columns)
    run = subprocess.run([str(python), str(script), peer, str(path)], capture_output=True, text=True, check=True)
    return Told(**json.loads(run.stdout.splitlines()[-1]))


def pattern_rows(python: Path, peer: str, walks: list[Bars], series: int, home: Path) -> Iterator[str]:
    """Yield a row for each kind that the peer shares with us: recall and precision on both families, alarms on walks."""
    on_walks = asked(python, peer, walks, home)
    bars = sum(map(len, walks))
    for kind, name in NAMES[peer].items():
        alarms = sum(label == name for labels in on_walks.labels for label, _ in labels) * 1000 / bars
        shares = []
        for draw in (plant, sketch):
            rng = np.random.default_rng([sum(map(ord, kind)), SIZE, round(100 * NOISE)])
            planted = [draw(kind, SIZE, NOISE, rng) for _ in range(series)]
            told = asked(python, peer, [p.bars for p in planted], home)
            shares += judged(planted, [[at for label, at in labels if label == name] for labels in told.labels])
        cells = " | ".join(f"{share:.2f}" for share in shares)
        yield f"| {peer} {on_walks.version} | {kind} | {cells} | {alarms:.1f} |"


def judged(planted: list[Planted], labels: list[list[int]]) -> tuple[float, float]:
    """Return recall and precision of labels at these bars; a peer may be early or late by half the pattern."""
    found, strays = 0, 0
    for p, at in zip(planted, labels, strict=True):
        near = [p.breaks - SIZE // 2 <= bar <= p.breaks + SIZE // 2 for bar in at]
        found, strays = found + any(near), strays + near.count(False)
    return found / len(planted), found / max(found + strays, 1)


def line_rows(python: Path, series: int, home: Path) -> Iterator[str]:
    """Yield rows of trendln and of ours: planted lines found as they stand five bars after the last touch, lines told in all."""
    rng = np.random.default_rng(SIZE)
    slopes = rng.uniform(0.03, 0.12, series) * rng.choice([-1, 1], series)
    planted = [plant_line(slope, LINE_SIZE, TOUCHES[i % 3], NOISE, rng) for i, slope in enumerate(slopes)]
    cut = [p.bars.first(p.last + 6) for p in planted]
    found, told = [], asked(python, "trendln", cut, home)
    for p, bars, labels in zip(planted, cut, told.labels, strict=True):
        slope, zero = np.array(labels, float).reshape(-1, 2).T
        found.append(is_near(p, slope * p.first + zero, slope * p.last + zero, NEAR * Tape(bars).atr[-1]))
    ours = [standing_lines(Tape(bars)) for bars in cut]
    seen = [is_found(p, as_level=False) for p in planted]
    for name, hits, lines in (
        (f"trendln {told.version}", found, np.mean([len(labels) for labels in told.labels])),
        ("ours", seen, np.mean([len(table) for table in ours])),
    ):
        yield f"| {name} | {np.mean(hits):.2f} | {lines:.0f} |"


def peer_table(walks: list[Bars], series: int) -> str:
    """Return the peers' tables in Markdown, or of each why there is none."""
    patterns, lines, silent = [], [], [f"{peer} has {why}." for peer, why in SILENT.items()]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for peer in (*NAMES, "trendln"):
            python = installed(peer, home)
            if python is None:
                silent.append(f"{peer} could not be installed.")
            elif peer == "trendln":
                lines += line_rows(python, series, home)
            else:
                patterns += pattern_rows(python, peer, walks, series, home)
    head = ["", "## The peers on the same input", "", EXPLAINED, "", HEAD, "|---|---|--:|--:|--:|--:|--:|"]
    line_head = [
        "",
        f"| planted trendline, {LINE_SIZE} bars, noise {NOISE} | recall | lines told in a series |",
        "|---|--:|--:|",
    ]
    return "\n".join([*head, *patterns, *line_head, *lines, "", " ".join(silent)]) + "\n"


HEAD = "| peer | kind | recall, first family | precision | recall, second family | precision | false alarms per 1,000 bars |"
EXPLAINED = f"""Patterns of {SIZE} bars, noise {NOISE} ATR. A peer has found a pattern when it labels a bar no further from the break than
half the pattern, before or after, under the right name; a run of labels counts once, and every other label of that name is a stray:
both flatter it. auto-chart-patterns says nothing of breaks: its label stands at the pattern's last turn."""
