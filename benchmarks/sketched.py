"""A second family of planted patterns, drawn otherwise than the first, so that no rule is fitted to one way of drawing.

Unevenly spaced touches on lines of other slopes, legs that wander, three kinds of noise, three kinds of random walk around them with
or without a trend into the pattern, bars whose shadows are those of a path within the bar, prices on a tick. Prices are in ATR until
the last step. Nothing here reads a market.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crosscurrent.bars.bars import Bars
from planted import TOY, Planted

__all__ = ["SHAPES", "clustering", "sketch"]

Outline = tuple[np.ndarray, np.ndarray, tuple[float, float]]
"""Turns as shares of the pattern's bars, their prices as shares of its height, and the first and last price of the line broken."""


def sketch(kind: str, size: int, noise: float, rng: np.random.Generator) -> Planted:
    """Return a series with one pattern of `size` bars from first touch to break, its closes off their path by `noise` ATR."""
    height = rng.uniform(0.85, 1.3) * np.sqrt(size)
    share, price, edge = SHAPES[kind](rng)
    turn, price, side = np.round(size * share), height * price, np.sign(price[-1] - price[-2])
    price[-1] += 0.5 * side
    path = np.interp(np.arange(size + 1), turn, price)
    is_beyond = side * (path - height * np.linspace(*edge, size + 1)) > 0
    breaks = int(turn[-2]) + int(np.argmax(is_beyond[int(turn[-2]) :]))
    path += wandering(turn, rng)
    path += noise * NOISE[pick(NOISE, rng)](size + 1, rng)
    before, after = led_in(kind, path[0], price, height, rng), led_out(price, height, size, rng)
    close = np.concatenate([before, path, path[-1] + after])
    return Planted(shadowed(close, rng), kind, len(before), len(before) + breaks)


def pick(choices: dict[str, object], rng: np.random.Generator) -> str:
    """Return one of the names."""
    return list(choices)[rng.integers(len(choices))]


def wandering(turn: np.ndarray, rng: np.random.Generator, step: float = 0.2) -> np.ndarray:
    """Return bridges of a random walk between the turns: legs that arrive where they should, but not straight."""
    wander = np.concatenate([[0.0], np.cumsum(step * rng.standard_normal(int(turn[-1])))])
    return wander - np.interp(np.arange(len(wander)), turn, wander[turn.astype(int)])


def led_in(kind: str, first: float, price: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """Return a random walk that ends beside the first touch, and a trend into it: always before a reversal, else by a coin."""
    walk = walked(int(rng.integers(60, 140)), rng)
    is_reversal = "wedge" not in kind and "triangle" not in kind and kind != "rectangle"
    if is_reversal or rng.random() < 0.5:
        rise = np.sign(price[0] - price[1]) * height * rng.uniform(1.2, 2.2)
        bars = int(np.ceil(abs(rise) / rng.uniform(0.35, 0.8)))
        walk = np.concatenate(
            [walk, walk[-1] + rise * np.arange(1, bars + 1) / bars + 0.25 * rng.standard_normal(bars)]
        )
    return walk - walk[-1] + first - np.sign(price[0] - price[1]) * 0.4


def led_out(price: np.ndarray, height: float, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return a move on in the direction of the break, and a random walk after it."""
    bars = max(4, int(rng.uniform(0.15, 0.35) * size))
    away = np.sign(price[-1] - price[-2]) * height * rng.uniform(0.4, 1.0) * np.arange(1, bars + 1) / bars
    away += 0.25 * rng.standard_normal(bars)
    return np.concatenate([away, away[-1] + walked(int(rng.integers(20, 50)), rng)])


def fat_tailed(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return steps of Student's t with four degrees of freedom, of unit variance."""
    return rng.standard_t(4, n) / np.sqrt(2.0)


def clustering(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the volatility of a GARCH(1, 1) of unit variance, bar by bar: calm and wild times by turns."""
    variance = np.ones(n)
    for t in range(1, n):
        variance[t] = 0.03 + (0.1 * rng.standard_normal() ** 2 + 0.87) * variance[t - 1]
    return np.sqrt(variance)


WALKS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "plain": lambda n, rng: rng.standard_normal(n), "fat tails": fat_tailed,
    "clustered": lambda n, rng: rng.standard_normal(n) * clustering(n, rng),
}  # fmt: skip
"""Steps of random walks, of unit variance."""


def walked(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random walk of one of the kinds, in ATR."""
    return 0.65 * np.cumsum(WALKS[pick(WALKS, rng)](n, rng))


def remembering(n: int, rng: np.random.Generator, memory: float = 0.6) -> np.ndarray:
    """Return first-order autoregressive noise of unit variance."""
    noise = rng.standard_normal(n)
    for t in range(1, n):
        noise[t] = memory * noise[t - 1] + np.sqrt(1 - memory**2) * noise[t]
    return noise


NOISE: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "Gaussian": lambda n, rng: rng.standard_normal(n), "Laplace": lambda n, rng: rng.laplace(0.0, np.sqrt(0.5), n),
    "autoregressive": remembering,
}  # fmt: skip
"""What closes miss their path by, of unit variance."""


def shadowed(close: np.ndarray, rng: np.random.Generator, inner: int = 12) -> Bars:
    """Return bars with these closes, small gaps, and the high and low of a path within each bar; prices on a tick of some size."""
    opening = np.concatenate([close[:1], close[:-1]]) + 0.08 * rng.standard_normal(len(close))
    share = np.arange(1, inner + 1) / inner
    within = np.cumsum(rng.standard_normal((len(close), inner)), axis=1) * 0.5 / np.sqrt(inner)
    within += opening[:, None] + share * (close - opening - within[:, -1])[:, None]
    high = np.maximum(np.maximum(opening, close), within.max(1))
    low = np.minimum(np.minimum(opening, close), within.min(1))
    unit, tick = float(rng.choice([0.05, 1.0, 40.0])), float(rng.choice([0.001, 0.01, 0.1]))
    base = 60.0 - min(float(low.min()), 0.0)
    columns = [unit * tick * np.round((base + column) / tick) for column in (opening, high, low, close)]
    return as_bars(*columns, 1e5 * np.exp(0.3 * rng.standard_normal(len(close))))


def as_bars(opening: np.ndarray, high: np.ndarray, low: np.ndarray, close: np.ndarray, volume: np.ndarray) -> Bars:
    """Return daily bars of these columns."""
    session = np.busday_offset(np.datetime64("2000-01-03"), np.arange(len(close)))
    nothing = np.zeros(len(close))
    return Bars(
        "TOY", TOY, "1d", "traded", session, session.astype("datetime64[s]") + np.timedelta64(22, "h"), opening, high, low,
        close, volume, nothing, nothing.astype(bool),
    )  # fmt: skip


def spaced(touches: int, until: float, rng: np.random.Generator) -> np.ndarray:
    """Return unevenly spaced shares from zero to `until`."""
    gaps = rng.uniform(0.65, 1.35, touches - 1)
    return np.concatenate([[0.0], np.cumsum(gaps)]) / gaps.sum() * until


def touching(upper: tuple[float, float], lower: tuple[float, float], side: int, rng: np.random.Generator) -> Outline:
    """Return five to seven touches by turns on lines given by their first and last price, and a break of one at the end."""
    touches = int(rng.integers(5, 8))
    share = spaced(touches, rng.uniform(0.8, 0.9), rng)
    last_is_upper = side < 0
    is_upper = (np.arange(touches)[::-1] % 2 == 0) == last_is_upper
    price = np.where(is_upper, np.interp(share, [0, 1], upper), np.interp(share, [0, 1], lower))
    edge = upper if side > 0 else lower
    return np.append(share, 1.0), np.append(price, edge[1]), edge


def coin(rng: np.random.Generator) -> int:
    """Return one or minus one."""
    return 1 if rng.random() < 0.5 else -1


def falling_wedge(rng: np.random.Generator) -> Outline:
    """Return lines that fall, the upper one 1.5 to 3 times as fast."""
    narrow = rng.uniform(0.45, 0.75)
    lower = -narrow / (rng.uniform(1.5, 3.0) - 1.0)
    return touching((1.0, 1.0 + lower - narrow), (0.0, lower), 1, rng)


def ascending_triangle(rng: np.random.Generator) -> Outline:
    """Return highs that are nearly flat, lows that rise, and a break upward."""
    return touching((1.0, 1.0 + rng.uniform(-0.05, 0.05)), (0.0, rng.uniform(0.5, 0.8)), 1, rng)


def symmetrical_triangle(rng: np.random.Generator) -> Outline:
    """Return lines that meet, one up to twice as steep as the other, and a break to either side."""
    narrow, part = rng.uniform(0.55, 0.8), rng.uniform(0.36, 0.64)
    return touching((1.0, 1.0 - part * narrow), (0.0, (1 - part) * narrow), coin(rng), rng)


def rectangle(rng: np.random.Generator) -> Outline:
    """Return two flat lines and a break to either side."""
    return touching((1.0, 1.0), (0.0, 0.0), coin(rng), rng)


def double_top(rng: np.random.Generator) -> Outline:
    """Return two tops that differ by up to a twelfth of the height."""
    second, valley = rng.uniform(0.5, 0.75), rng.uniform(0.4, 0.6)
    tops = 1.0 - np.array([0.0, rng.uniform(0.0, 0.08)])[:: coin(rng)]
    return np.array([0.0, valley * second, second, 1.0]), np.array([tops[0], 0.0, tops[1], -0.05]), (0.0, 0.0)


def head_and_shoulders(rng: np.random.Generator) -> Outline:
    """Return a head between shoulders, over a neckline that may tilt by a tenth of its height."""
    share = spaced(5, rng.uniform(0.75, 0.85), rng)
    shoulder, tilt = rng.uniform(0.45, 0.7), rng.uniform(-0.1, 0.1)
    over = np.array([shoulder, 0.0, 1.0, 0.0, shoulder + rng.uniform(-0.1, 0.1), -0.05])
    share = np.append(share, 1.0)
    return share, over + tilt * share, (0.0, tilt)


def upside_down(outline: Callable[[np.random.Generator], Outline]) -> Callable[[np.random.Generator], Outline]:
    """Return the same outline mirrored."""

    def mirrored(rng: np.random.Generator) -> Outline:
        share, price, edge = outline(rng)
        return share, -price, (-edge[0], -edge[1])

    return mirrored


SHAPES: dict[str, Callable[[np.random.Generator], Outline]] = {
    "falling_wedge": falling_wedge, "rising_wedge": upside_down(falling_wedge),
    "ascending_triangle": ascending_triangle, "descending_triangle": upside_down(ascending_triangle),
    "symmetrical_triangle": symmetrical_triangle, "rectangle": rectangle,
    "double_top": double_top, "double_bottom": upside_down(double_top),
    "head_and_shoulders": head_and_shoulders, "inverse_head_and_shoulders": upside_down(head_and_shoulders),
}  # fmt: skip
