"""Null honesty and power: does the study find nothing where there is nothing, and something where something was planted?

    python benchmarks/null_honesty.py [--universes 500] [--markets 2] [--bars 1500] [--cases 300] [--out FILE]

A universe is some random walks with volatility that clusters, put through every detector and the whole study. It is false when one
row of it survives the correction. With a planted edge, the next ten bars after drawn facts drift by half an ATR in all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.evaluate.cases import Cases, Market, market_of
from crosscurrent.evaluate.study import Study
from crosscurrent.indicators.volatility import atr
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from strategies import bars_of

ALLOWED, POWER = 0.075, 0.8
DRIFT, AHEAD = 0.5, 10


def walk(rng: np.random.Generator, n: int, name: str, drift: np.ndarray | None = None) -> Bars:
    """Return bars of a walk whose volatility clusters as that of markets does, sixteen steps a bar; `drift` is each bar's, in ATR."""
    turbulence = np.empty(n)
    state = 0.0
    for t, shock in enumerate(rng.standard_normal(n)):
        state = 0.97 * state + 0.08 * shock
        turbulence[t] = np.exp(state)
    steps = rng.standard_normal((n, 16)) * (0.01 * turbulence)[:, None] / 4
    if drift is not None:
        steps += (drift * 0.01 * turbulence * 1.55 / 16)[:, None]
    log = np.log(100) + np.cumsum(steps.ravel()).reshape(n, 16)
    inner = np.exp(log)
    open_ = np.concatenate([[100.0], inner[:-1, -1]])
    high, low = np.maximum(open_, inner.max(1)), np.minimum(open_, inner.min(1))
    return bars_of(open_, high, low, inner[:, -1], 1e5 * turbulence * np.exp(0.3 * rng.standard_normal(n)), market=name)


def false_universe(seed: int, markets: int, bars: int) -> tuple[int, int]:
    """Return how many rows of a universe without anything in it survive the correction, and how many were asked."""
    rng, study = np.random.default_rng([1, seed]), Study()
    for k in range(markets):
        made = walk(rng, bars, f"W{seed}-{k}")
        study.add(market_of(look_at(made, made, DETECTORS)))
    return len(study.findings()), study.tried


def planted_universe(seed: int, bars: int, cases: int) -> bool:
    """Return whether a drift after drawn facts is found among every other kind's rows."""
    rng = np.random.default_rng([2, seed])
    at = np.sort(rng.choice(np.arange(100, bars - 2 * AHEAD), cases, replace=False))
    side = np.where(rng.random(cases) < 0.5, -1, 1)
    drift = np.zeros(bars)
    for t, sign in zip(at, side, strict=True):
        drift[t + 1 : t + 1 + AHEAD] += sign * DRIFT / AHEAD
    made = walk(rng, bars, f"P{seed}", drift)
    market = market_of(look_at(made, made, DETECTORS))
    study = Study()
    study.add(with_planted(market, at, side))
    return any(row.kind == "planted" for row in study.findings())


def with_planted(market: Market, at: np.ndarray, side: np.ndarray) -> Market:
    """Return the market with one more kind."""
    planted = Cases("planted", at.astype(np.int64), side.astype(np.int64))
    return Market(
        market.name,
        market.bars,
        market.atr,
        market.rank,
        market.state,
        market.day,
        {**market.cases, "planted": planted},
    )


def page(options: argparse.Namespace) -> Iterator[str]:
    """Yield the report line by line."""
    begun, false, tried = time.perf_counter(), 0, 0
    for seed in range(options.universes):
        found, asked = false_universe(seed, options.markets, options.bars)
        false, tried = false + (found > 0), tried + asked
    share = false / options.universes
    yield f"- False universes: {false} of {options.universes} ({share:.1%}, at most {ALLOWED:.1%} allowed), {tried / options.universes:.0f} questions each."
    yield f'- The rest, {1 - share:.1%}, say "no measurable edge". {time.perf_counter() - begun:.0f} s.'
    hits = [planted_universe(seed, options.planted_bars, options.cases) for seed in range(options.power)]
    yield f"- Planted edge of {DRIFT} ATR over {AHEAD} bars, {options.cases} cases among all other kinds: found in {np.mean(hits):.1%} of {len(hits)} (at least {POWER:.0%} wanted)."
    yield f"- ATR of such a walk against its daily standard deviation: {atr_per_sigma():.2f}."


def atr_per_sigma() -> float:
    """Return the mean ATR over the standard deviation of changes, to which the planted drift is measured."""
    made = walk(np.random.default_rng(3), 5000, "A")
    unit = atr(made.high, made.low, made.close)[100:]
    return float(np.mean(unit / made.close[100:]) / np.std(np.diff(np.log(made.close))))


def main() -> int:
    """Print the report, or write it to a file; the promises are for its reader to judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    defaults = {"universes": 500, "markets": 2, "bars": 1500, "power": 100, "cases": 300, "planted-bars": 6000}
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = list(page(options))
    if options.out is None:
        print("\n".join(lines))
    else:
        options.out.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
