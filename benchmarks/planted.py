"""Patterns planted where nobody can doubt them: straight legs between known turns, with noise, inside a random walk.

Prices are in ATR around a level, so that a pattern's size and its noise mean the same at every scale. Nothing here reads a market.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["KINDS", "LEAD", "Planted", "bars_with_range", "plant"]

TOY = Instrument("TOY", "Planted", "generic", "price", Notation(tick=0.01), "GENERIC")
Knots = list[tuple[float, float]]
LEVEL, LEAD = 200.0, 60


@dataclass(frozen=True, slots=True)
class Planted:
    """A series with one pattern in it: its bars, its kind, and the bars of its first touch and of its break."""

    bars: Bars
    kind: str
    start: int
    breaks: int


def plant(kind: str, size: int, noise: float, rng: np.random.Generator) -> Planted:
    """Return a series with one pattern of about `size` bars whose closes miss their path by `noise` ATR (standard deviation)."""
    height = rng.uniform(0.9, 1.2) * 0.9 * np.sqrt(size)
    knots, at_break = KINDS[kind](size, height, rng)
    begin = knots[0][0]
    times, prices = np.array([t - begin for t, _ in knots]), np.array([p for _, p in knots])
    path = np.interp(np.arange(int(times[-1]) + 1), times, prices)
    path += noise * rng.standard_normal(len(path))
    before = np.cumsum(0.6 * rng.standard_normal(LEAD))
    after = np.cumsum(0.6 * rng.standard_normal(30))
    close = np.concatenate([before - before[-1] + path[0], path, path[-1] + after])
    first = len(before) - begin
    return Planted(bars_with_range(LEVEL + close, rng), kind, int(first), int(first + at_break))


def bars_with_range(
    close: np.ndarray, rng: np.random.Generator, high: np.ndarray | None = None, low: np.ndarray | None = None
) -> Bars:
    """Return bars that follow these closes, with shadows, where none are given, that bring the mean true range to about one."""
    opening = np.concatenate([close[:1], close[:-1]])
    body = np.convolve(np.abs(close - opening), np.ones(9) / 9, "same")
    shadow = np.maximum(1.0 - body, 0.3)
    top, bottom = np.maximum(opening, close), np.minimum(opening, close)
    high = top + shadow * rng.random(len(close)) if high is None else np.maximum(high, top)
    low = bottom - shadow * rng.random(len(close)) if low is None else np.minimum(low, bottom)
    session = np.busday_offset(np.datetime64("2000-01-03"), np.arange(len(close)))
    nothing = np.zeros(len(close))
    return Bars(
        "TOY", TOY, "1d", "traded", session, session.astype("datetime64[s]") + np.timedelta64(22, "h"), opening, high, low,
        close.copy(), 1e5 * np.exp(0.3 * rng.standard_normal(len(close))), nothing, nothing.astype(bool),
    )  # fmt: skip


def turns(count: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return the bars of `count` touches over about five sixths of the size, a little uneven."""
    at = np.linspace(0.0, 0.85 * size, count)
    at[1:-1] += rng.uniform(-0.12, 0.12, count - 2) * (at[1] - at[0])
    return np.round(at)


def between(
    size: int, height: float, rng: np.random.Generator, upper: float, lower: float, side: int
) -> tuple[Knots, int]:
    """Return touches by turns on two lines that move by `upper` and `lower` heights over the size, and a break to one side."""

    def line(is_upper: bool, t: float) -> float:
        return height * (1.0 + upper * t / size) if is_upper else height * lower * t / size

    count = int(rng.integers(5, 8))
    last_is_upper = side < 0
    sides = [last_is_upper == ((count - 1 - i) % 2 == 0) for i in range(count)]
    touches = [(t, line(s, t)) for t, s in zip(turns(count, size, rng), sides, strict=True)]
    lead = (-round(0.5 * size), touches[0][1] + (-1.8 * height if sides[0] else 1.8 * height))
    out = line(side > 0, size) + side * 0.4
    return [lead, *touches, (size, out), (round(1.3 * size), out + side * height)], size


def falling_wedge(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return both lines falling, the upper faster."""
    lower = -rng.uniform(0.3, 1.0)
    return between(size, height, rng, lower - rng.uniform(0.4, 0.7), lower, 1)


def ascending_triangle(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return flat highs, rising lows and an upward break."""
    return between(size, height, rng, 0.0, rng.uniform(0.45, 0.75), 1)


def symmetrical_triangle(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return falling highs, rising lows and a break to either side."""
    side = 1 if rng.random() < 0.5 else -1
    return between(size, height, rng, -rng.uniform(0.28, 0.4), rng.uniform(0.28, 0.4), side)


def rectangle(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return two flat lines and a break to either side."""
    return between(size, height, rng, 0.0, 0.0, 1 if rng.random() < 0.5 else -1)


def topped(size: int, height: float, shape: Sequence[tuple[float, float]]) -> tuple[Knots, int]:
    """Return a rise, the shape (share of size, share of height above the neckline), a break below it and the fall after."""
    knots: Knots = [(-round(0.4 * size), -0.6 * height)]
    knots += [(round(share * size), part * height) for share, part in shape]
    return [*knots, (size, -0.4), (round(1.4 * size), -height)], size


def double_top(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return two equal tops."""
    second = rng.uniform(0.58, 0.68)
    return topped(size, height, [(0.0, 1.0), (second / 2, 0.0), (second, 1.0)])


def triple_top(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return three equal tops."""
    return topped(size, height, [(0.0, 1.0), (0.19, 0.0), (0.38, 1.0), (0.57, 0.0), (0.77, 1.0)])


def head_and_shoulders(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return a head between two shoulders that are nearly alike."""
    shoulder = rng.uniform(0.5, 0.68)
    right = shoulder + rng.uniform(-0.08, 0.08)
    return topped(size, 1.2 * height, [(0.0, shoulder), (0.17, 0.0), (0.4, 1.0), (0.63, 0.0), (0.8, right)])


def flag(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return a pole, a short channel against it, and a break in its direction."""
    pole = max(round(0.5 * size), 3)
    depth, fall = 0.6 * height, 0.35 * height
    t = turns(5, size, rng)
    touches = [(x, -fall * x / size - (depth if i % 2 else 0.0)) for i, x in enumerate(t)]
    touches += [(t[-1] + 0.08 * size, touches[-1][1] - 0.5 * depth)]
    return [(-pole, -2.0 * height), *touches, (size, -fall + 0.4), (round(1.5 * size), height)], size


def pennant(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
    """Return a pole, a small converging pause, and a break in its direction."""
    pole, depth = max(round(0.5 * size), 3), 0.75 * height
    t = turns(5, size, rng)
    touches = [(x, -0.3 * depth * x / size if i % 2 == 0 else -depth * (1 - 0.4 * x / size)) for i, x in enumerate(t)]
    return [(-pole, -2.0 * height), *touches, (size, 0.2), (round(1.5 * size), height)], size


def upside_down(draw: Callable[..., tuple[Knots, int]]) -> Callable[..., tuple[Knots, int]]:
    """Return the same pattern mirrored."""

    def mirrored(size: int, height: float, rng: np.random.Generator) -> tuple[Knots, int]:
        knots, at_break = draw(size, height, rng)
        return [(t, -p) for t, p in knots], at_break

    return mirrored


KINDS: dict[str, Callable[[int, float, np.random.Generator], tuple[Knots, int]]] = {
    "falling_wedge": falling_wedge, "rising_wedge": upside_down(falling_wedge),
    "ascending_triangle": ascending_triangle, "descending_triangle": upside_down(ascending_triangle),
    "symmetrical_triangle": symmetrical_triangle, "rectangle": rectangle,
    "double_top": double_top, "double_bottom": upside_down(double_top),
    "triple_top": triple_top, "triple_bottom": upside_down(triple_top),
    "head_and_shoulders": head_and_shoulders, "inverse_head_and_shoulders": upside_down(head_and_shoulders),
    "bull_flag": flag, "bear_flag": upside_down(flag), "pennant": pennant,
}  # fmt: skip
