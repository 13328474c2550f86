"""Correlation: how fast and exact the rolling kernel is beside its peers, and how honest intervals and percentiles are.

    python benchmarks/correlation.py [--markets 500] [--bars 2500] [--window 10] [--runs 1000] [--out FILE]

Peers that are not installed are left out and said so. Everything below is measured in one run, on as many cores as `--threads`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import talib
from scipy import stats

from crosscurrent.bars.bars import Floats
from crosscurrent.intermarket.chance import chance_of_changes, chance_of_levels
from crosscurrent.intermarket.correlation import change_interval
from crosscurrent.intermarket.rolling import (
    correlation,
    pair_places,
    rolling_all_pairs,
    rolling_blocks,
    rolling_correlation,
)

WINDOWS, CORRELATIONS = (10, 20, 60, 120, 250), (0.0, 0.6, 0.9)
SAMPLE = 200


def walks(bars: int, markets: int) -> Floats:
    """Return prices near a hundred thousand, where running sums lose digits."""
    return 1e5 + np.cumsum(np.random.default_rng(0).standard_normal((bars, markets)), axis=0)


def by_numpy(a: Floats, b: Floats, window: int) -> Floats:
    """Return the reference: `numpy.corrcoef` in every window, NaN where one is constant."""
    views = [np.lib.stride_tricks.sliding_window_view(series, window) for series in (a, b)]
    return np.array(
        [np.corrcoef(x, y)[0, 1] if np.ptp(x) > 0 and np.ptp(y) > 0 else np.nan for x, y in zip(*views, strict=True)]
    )


def by_talib(a: Floats, b: Floats, window: int) -> Floats:
    """Return what TA-Lib gives."""
    return np.asarray(talib.CORREL(a, b, window)[window - 1 :])


def by_pandas(a: Floats, b: Floats, window: int) -> Floats:
    """Return what pandas gives."""
    return pd.Series(a).rolling(window).corr(pd.Series(b)).to_numpy()[window - 1 :]


def ours(a: Floats, b: Floats, window: int) -> Floats:
    """Return what our kernel for all pairs gives for one of them."""
    return rolling_all_pairs(np.column_stack([a, b]), window)[0]


def speeds(columns: Floats, window: int, threads: int) -> Iterator[str]:
    """Yield the time for all pairs, the peers' from a sample of pairs."""
    pairs = pair_places(columns.shape[1])
    total = len(pairs[0])
    list(rolling_blocks(columns[:, :3], window, threads=threads))
    strongest = np.zeros(total)
    begun = time.perf_counter()
    for _, block in rolling_blocks(columns, window, threads=threads):
        np.maximum(strongest, block[:, -1], out=strongest)
    yield f"| crosscurrent, block by block, {threads} threads | {time.perf_counter() - begun:.2f} | all {total:,} pairs |"
    begun = time.perf_counter()
    found = rolling_all_pairs(columns, window, threads=threads)
    took, size = time.perf_counter() - begun, found.nbytes / 1e9
    yield f"| crosscurrent, kept in one array of {size:.1f} GB | {took:.2f} | all, with the time the system takes to hand out the memory |"
    begun = time.perf_counter()
    rolling_all_pairs(columns, window, threads=threads, out=found)
    yield f"| crosscurrent, into that array again | {time.perf_counter() - begun:.2f} | all |"
    picked = np.random.default_rng(1).choice(total, min(SAMPLE, total), replace=False)
    for name, peer in {"TA-Lib, a loop": by_talib, "pandas": by_pandas}.items():
        begun = time.perf_counter()
        for k in picked:
            peer(np.ascontiguousarray(columns[:, pairs[0][k]]), np.ascontiguousarray(columns[:, pairs[1][k]]), window)
        yield f"| {name} | {(time.perf_counter() - begun) / len(picked) * total:.1f} | from {len(picked)} pairs |"
    yield from numbagg_speed(columns, window, pairs, picked)
    worst = max(
        np.abs(found[k] - by_numpy(columns[:, pairs[0][k]], columns[:, pairs[1][k]], window)).max() for k in picked[:20]
    )
    yield f"\nWorst difference to `numpy.corrcoef` over {20 * found.shape[1]:,} windows: {worst:.1e}. Beyond one: {int((np.abs(found) > 1).sum())}."


def numbagg_speed(
    columns: Floats, window: int, pairs: tuple[np.ndarray, np.ndarray], picked: np.ndarray
) -> Iterator[str]:
    """Yield numbagg's time and error where it is installed."""
    try:
        import numbagg
    except ImportError:
        yield "| numbagg | not installed | |"
        return
    rows = np.ascontiguousarray(columns.T)
    numbagg.move_corr(rows[:2], rows[1:3], window=window)
    begun = time.perf_counter()
    found = numbagg.move_corr(rows[pairs[0][picked]], rows[pairs[1][picked]], window=window)
    total = (time.perf_counter() - begun) / len(picked) * len(pairs[0])
    exact = by_numpy(rows[pairs[0][picked[0]]], rows[pairs[1][picked[0]]], window)
    yield f"| numbagg | {total:.1f} | from {len(picked)} pairs; errs by {np.nanmax(np.abs(found[0][window - 1 :] - exact)):.0e} |"


def exactness(window: int) -> Iterator[str]:
    """Yield the worst difference to numpy where running sums fail: after a bad tick, and beside constant windows."""
    for name, (a, b) in hard_cases().items():
        exact = by_numpy(a, b, window)
        cells = []
        for peer in (ours, by_talib, by_pandas):
            found = peer(a, b, window)
            wrong = int((np.isfinite(found) != np.isfinite(exact)).sum())
            both = np.isfinite(found) & np.isfinite(exact)
            cells.append(f"{np.abs(found - exact)[both].max():.0e}, {wrong} wrongly defined")
        yield f"| {name} | {' | '.join(cells)} |"


def hard_cases() -> dict[str, tuple[Floats, Floats]]:
    """Return pairs on which running sums go wrong."""
    a, b = walks(2000, 2).T.copy()
    ticked, flat = a.copy(), a.copy()
    ticked[500], flat[500:600] = 1e12, 0.1
    return {"prices near 1e5": (a, b), "after a bad tick of 1e12": (ticked, b), "a hundred constant closes": (flat, b)}


def garch(
    rng: np.random.Generator, runs: int, n: int, rho: float, persistence: tuple[float, float] = (0.05, 0.9)
) -> Floats:
    """Return pairs with t5 shocks of one correlation, each with its own GARCH(1,1) volatility; shape (runs, n, 2)."""
    shock = rng.standard_normal((runs, n + 300, 2))
    shock[..., 1] = rho * shock[..., 0] + np.sqrt(1 - rho**2) * shock[..., 1]
    shock *= np.sqrt(3.0 / rng.chisquare(5, (runs, n + 300, 1)))
    drawn, variance = np.empty_like(shock), np.ones((runs, 2))
    for t in range(n + 300):
        drawn[:, t] = np.sqrt(variance) * shock[:, t]
        variance = 1 - sum(persistence) + persistence[0] * drawn[:, t] ** 2 + persistence[1] * variance
    return drawn[:, 300:]


def plain_bootstrap(a: Floats, b: Floats, rng: np.random.Generator) -> tuple[float, float]:
    """Return the percentile interval of a stationary bootstrap with blocks of three, the usual choice that does not cover."""
    n, draws = len(a), 299
    anew = rng.random((draws, n)) < 1 / 3
    anew[:, 0] = True
    begun = np.maximum.accumulate(np.where(anew, np.arange(n), 0), axis=1)
    rows = (np.take_along_axis(rng.integers(0, n, (draws, n)), begun, axis=1) + np.arange(n) - begun) % n
    x, y = a[rows] - a[rows].mean(1, keepdims=True), b[rows] - b[rows].mean(1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (x * y).sum(1) / np.sqrt((x * x).sum(1) * (y * y).sum(1))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def coverage(runs: int) -> Iterator[str]:
    """Yield the share of 95 per cent intervals that hold the true correlation of changes."""
    methods: dict[str, Callable[[Floats, Floats, np.random.Generator], tuple[float, float] | None]] = {
        "ours": lambda a, b, _: change_interval(a, b), "plain stationary bootstrap": plain_bootstrap,
    }  # fmt: skip
    for name, interval in methods.items():
        for window in WINDOWS if name == "ours" else WINDOWS[:2]:
            cells = []
            for rho in CORRELATIONS:
                rng = np.random.default_rng([window, round(10 * rho)])
                found = [interval(x[:, 0], x[:, 1], rng) for x in garch(rng, runs, window, rho)]
                cells.append(f"{100 * np.mean([f is not None and f[0] <= rho <= f[1] for f in found]):.1f}")
            yield f"| {name} | {window} | {' | '.join(cells)} |"


def uniformity(runs: int) -> Iterator[str]:
    """Yield Kolmogorov-Smirnov p of the percentile on unrelated pairs, and the time a pair takes."""
    for window in WINDOWS:
        pairs, levels, changes = garch(np.random.default_rng(window), runs, 400, 0.0), [], []
        begun = time.perf_counter()
        for seed, pair in enumerate(pairs):
            a, b, rng = pair[:, 0].copy(), pair[:, 1].copy(), np.random.default_rng(seed)
            level = correlation(np.cumsum(a)[-window:], np.cumsum(b)[-window:])
            change = correlation(a[-window:], b[-window:])
            levels.append(getattr(chance_of_levels(level, a, b, window, rng), "percentile", np.nan))
            changes.append(getattr(chance_of_changes(change, a, b, window, rng), "percentile", np.nan))
        took = 1000 * (time.perf_counter() - begun) / runs
        p = [stats.kstest(found, "uniform").pvalue for found in (levels, changes)]
        yield f"| {window} | {p[0]:.2f} | {p[1]:.2f} | {took:.0f} |"


def page(options: argparse.Namespace) -> Iterator[str]:
    """Yield the report line by line."""
    columns = walks(options.bars, options.markets)
    yield f"Rolling correlation, {options.markets} markets, {options.bars:,} bars, window {options.window}:\n"
    yield "| by | seconds | measured on |\n|---|--:|---|"
    yield from speeds(columns, options.window, options.threads)
    yield "\nWorst difference to `numpy.corrcoef`, and windows wrongly defined or undefined:\n"
    yield "| series | crosscurrent | TA-Lib | pandas |\n|---|---|---|---|"
    yield from exactness(options.window)
    yield f"\nCoverage of 95 % intervals for the correlation of changes, per cent, {options.runs:,} runs:\n"
    yield "| method | window | 0 | 0.6 | 0.9 |\n|---|--:|--:|--:|--:|"
    yield from coverage(options.runs)
    yield "\nPercentile on unrelated pairs, Kolmogorov-Smirnov p, and milliseconds for both percentiles of a pair:\n"
    yield "| window | levels | changes | ms |\n|--:|--:|--:|--:|"
    yield from uniformity(min(options.runs, 400))
    one = walks(2500, 2)
    begun = time.perf_counter()
    rolling_correlation(one[:, 0], one[:, 1], options.window)
    yield f"\nOne pair's whole history of {len(one):,} bars: {1000 * (time.perf_counter() - begun):.1f} ms."


def main() -> int:
    """Print the report, or write it to a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in {"markets": 500, "bars": 2500, "window": 10, "runs": 1000, "threads": 2}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = []
    for line in page(options):
        lines.append(line)
        if options.out is None:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    if options.out is not None:
        options.out.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
