"""How right lines and levels are: planted ones found, and touches held beside random prices at the same distance.

    python benchmarks/detection_lines.py [--series 100] [--walks 60] [--out docs/detection_lines.md]

A planted line or level is found when, five bars after its last touch, one that stands runs within three quarters of an ATR of
it, at its first touch and at its last. Precision would say nothing here: a random background holds genuine lines too. So the
second table asks whether a touch means anything. A touch has held when price closes one ATR away before it closes beyond. Each
is compared with prices set at random, at the same distance from another close of the same series, on the same side, with
the same slope: on a walk without memory both must hold equally often, and where a level truly turns price back, touches must
hold more often.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.structure.levels import Levels, standing_levels
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.trendlines import Trendlines, standing_lines
from planted import bars_with_range

LEAD, SIZES, NOISES, TOUCHES = 60, (40, 80, 160), (0.1, 0.25, 0.5), (3, 4, 5)
HORIZON, CONTROLS, NEAR = 40, 10, 0.75


@dataclass(frozen=True, slots=True)
class Planted:
    """A series with one line in it: its bars, its first and last touch, its price at both."""

    bars: Bars
    first: int
    last: int
    at_first: float
    at_last: float


def plant(slope: float, size: int, touches: int, noise: float, rng: np.random.Generator) -> Planted:
    """Return a series that comes to a line from beneath (or above, by a coin) so many times.

    Closes are off their path, and touches off the line, by `noise` ATR; between touches highs keep half an ATR or more away.
    """
    side = 1.0 if rng.random() < 0.5 else -1.0
    at = np.round(np.linspace(0, size, touches) + np.r_[0, rng.uniform(-0.1, 0.1, touches - 2) * size / touches, 0])
    depth = 0.8 * np.sqrt(size / (touches - 1))
    troughs = (at[:-1] + at[1:]) / 2
    knots = np.r_[-2 * depth, np.sort(np.r_[at, troughs]), at[-1] + 8]
    beneath = np.where(np.isin(knots, at), 0.6, depth * rng.uniform(0.8, 1.2, len(knots)))
    beneath[[0, -1]] = 2 * depth, 4.0
    begin = int(np.floor(knots[0]))
    time = np.arange(begin, int(knots[-1]) + 1)
    line = slope * time
    path = line - np.interp(time, knots, beneath) + noise * rng.standard_normal(len(time))
    path = np.minimum(path, line - 0.3)
    before = np.cumsum(0.6 * rng.standard_normal(LEAD))
    bars = bars_with_range(np.concatenate([before - before[-1] + path[0], path]), rng)
    high, low = bars.high.copy(), np.minimum(bars.low, bars.close)
    high[LEAD:] = np.maximum(
        np.minimum(high[LEAD:], line - 0.5 - 0.5 * rng.random(len(line))), np.maximum(bars.open, bars.close)[LEAD:]
    )
    touched = LEAD - begin + at.astype(int)
    high[touched] = np.maximum(slope * at + noise * rng.standard_normal(touches), high[touched])
    first = LEAD - begin
    return Planted(_turned(bars, high, low, side), first, first + int(at[-1]), 200.0, 200.0 + side * slope * at[-1])


def _turned(bars: Bars, high: np.ndarray, low: np.ndarray, side: float) -> Bars:
    """Return the bars around two hundred, upside down for a line beneath prices."""
    if side < 0:
        high, low = -low, -high
    columns = {"open": side * bars.open, "high": high, "low": low, "close": side * bars.close}
    return replace(bars, **{name: 200.0 + column for name, column in columns.items()})


def is_found(planted: Planted, *, as_level: bool) -> bool:
    """Whether a line or level stands near the planted one, soon after its last touch."""
    bars = planted.bars.first(planted.last + 6)
    tape = Tape(bars)
    near = NEAR * tape.atr[-1]
    if as_level:
        return bool(np.any(np.abs(standing_levels(tape).reading("price") - planted.at_first) <= near))
    lines = standing_lines(tape)
    slope = np.diff(lines.anchor_price[:, :2])[:, 0] / np.diff(lines.anchor_at[:, :2])[:, 0]
    values = [lines.anchor_price[:, 0] + slope * (at - lines.anchor_at[:, 0]) for at in (planted.first, planted.last)]
    return is_near(planted, *values, near)


def is_near(planted: Planted, at_first: np.ndarray, at_last: np.ndarray, near: float) -> bool:
    """Whether one of the lines with these values runs near the planted one, at its first touch and at its last."""
    misses = np.maximum(np.abs(at_first - planted.at_first), np.abs(at_last - planted.at_last))
    return bool(np.any(misses <= near))


def recall(series: int, *, as_level: bool) -> Iterator[tuple[int, float, float]]:
    """Yield the share found at each size and noise."""
    for size in SIZES:
        for noise in NOISES:
            rng = np.random.default_rng([size, round(100 * noise), as_level])
            slopes = np.zeros(series) if as_level else rng.uniform(0.03, 0.12, series) * rng.choice([-1, 1], series)
            found = [
                is_found(plant(slope, size, TOUCHES[i % len(TOUCHES)], noise, rng), as_level=as_level)
                for i, slope in enumerate(slopes)
            ]
            yield size, noise, float(np.mean(found))


def walk(rng: np.random.Generator, *, turned_back: float, n: int = 1500) -> Bars:
    """Return a random walk in which prices four ATR apart turn a crossing close back with this probability."""
    close = np.empty(n)
    price = 0.0
    for t in range(n):
        step = 0.65 * rng.standard_normal()
        crossed = np.floor(price / 4) != np.floor((price + step) / 4)
        if crossed and rng.random() < turned_back:
            edge = 4 * max(np.floor(price / 4), np.floor((price + step) / 4))
            step = 2 * (edge - price) - step
        price += step
        close[t] = price
    return bars_with_range(500.0 + close, rng)


def outcomes(bars: Bars, at: np.ndarray, direction: np.ndarray, distance: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Return whether lines so far from these closes held: 1 held, 0 gave way, NaN undecided. Distances and slopes in ATR."""
    unit, held = Tape(bars).atr, np.full(len(at), np.nan)
    for i, t in enumerate(at):
        ahead = np.arange(t + 1, min(t + HORIZON, len(bars)))
        value = bars.close[t] - direction[i] * distance[i] * unit[t] + slope[i] * unit[t] * (ahead - t)
        gap = direction[i] * (bars.close[ahead] - value) / unit[ahead]
        decided = np.flatnonzero((gap < -0.1) | (gap > 1.0))
        if len(decided):
            held[i] = gap[decided[0]] > 0
    return held


def held_beside_random(bars: Bars, kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each touch held, and whether random prices at the same distance did."""
    detector = Levels() if kind == "level_touch" else Trendlines()
    table = detector.sweep(Tape(bars)).of_kind(kind)
    table = table.where(table.reading("distance_atr") < 0.9)
    slope = table.reading("slope_atr") if "slope_atr" in table.layout.readings else np.zeros(len(table))
    arguments = (table.direction.astype(float), table.reading("distance_atr"), slope)
    real = outcomes(bars, table.at, *arguments)
    elsewhere = rng.integers(20, len(bars) - HORIZON, CONTROLS * len(table))
    chance = outcomes(bars, elsewhere, *(np.repeat(column, CONTROLS) for column in arguments))
    return real, chance


def compare(make: Callable[[np.random.Generator], Bars], kind: str, walks: int) -> tuple[int, float, float, float]:
    """Return the number of touches, their share that held, that of random prices, and the standard error of the difference."""
    real, chance = [], []
    for seed in range(walks):
        rng = np.random.default_rng(seed)
        pair = held_beside_random(make(rng), kind, rng)
        real.append(pair[0][~np.isnan(pair[0])])
        chance.append(pair[1][~np.isnan(pair[1])])
    ours, theirs = np.concatenate(real), np.concatenate(chance)
    return (
        len(ours),
        float(ours.mean()),
        float(theirs.mean()),
        float(np.sqrt(ours.var() / len(ours) + theirs.var() / len(theirs))),
    )


def report(series: int, walks: int) -> str:
    """Return both tables in Markdown."""
    lines = ["| planted | bars | noise (ATR) | recall |", "|---|--:|--:|--:|"]
    for name, as_level in (("trendline", False), ("level", True)):
        lines += [
            f"| {name} | {size} | {noise} | {share:.2f} |" for size, noise, share in recall(series, as_level=as_level)
        ]
    lines += [
        "",
        "| touches of | on | n | held | random prices | difference | standard error |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for where, turned_back in (("a random walk", 0.0), ("a walk that is turned back", 0.7)):
        for kind in ("level_touch", "trendline_touch"):
            n, ours, theirs, error = compare(lambda rng, p=turned_back: walk(rng, turned_back=p), kind, walks)
            lines.append(
                f"| {kind} | {where} | {n:,} | {ours:.3f} | {theirs:.3f} | {ours - theirs:+.3f} | {error:.3f} |"
            )
    return "\n".join(lines) + "\n"


PREFACE = """# How right lines and levels are

Written by `python benchmarks/detection_lines.py --out docs/detection_lines.md`.

"""


def main() -> None:
    """Measure, print, and write the tables where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=100, help="planted series of each size and noise")
    parser.add_argument("--walks", type=int, default=60, help="walks of 1,500 bars")
    parser.add_argument("--out", type=Path, help="a Markdown file to write")
    asked = parser.parse_args()
    text = report(asked.series, asked.walks)
    sys.stdout.write(text)
    if asked.out:
        explained = (__doc__ or "").split("\n\n", 2)[2]
        asked.out.write_text(PREFACE + explained + "\n" + text, encoding="utf-8")


if __name__ == "__main__":
    main()
