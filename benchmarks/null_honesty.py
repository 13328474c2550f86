"""Null honesty and power: does the study find nothing where there is nothing, and something where something was planted?

    python benchmarks/null_honesty.py [--universes 500] [--power 100] [--markets 2] [--bars 1500] [--cases 300] [--out FILE]

A universe is some random walks with volatility that clusters, put through every detector and the whole study, as the command
runs it. It is false when one row of it survives the correction. With a planted edge, the ten bars after drawn facts drift by half an
ATR in all, and the study is asked about every kind: in one market, in four that share the cases, and about the planted kind alone.
Each bar is 256 steps, so that its ATR is 1.45 of the deviation of its changes: index and note futures of 2000-2026 have 1.47 to 1.50.
Ends with 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.evaluate.cases import Cases, Market, market_of
from crosscurrent.evaluate.study import THOROUGH, Design, Row, Study
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from strategies import bars_of

ALLOWED, POWER = 0.075, 0.8
DRIFT, AHEAD, DAILY = 0.5, 10, 0.01
INNER, ATR_PER_SIGMA = 256, 1.567
"""Steps a bar, and the ATR of such a walk over its deviation at the moment, measured on 20,000 bars."""
PLANTED = "planted"


@dataclass(frozen=True)
class Measured:
    """One line of the report: what was measured, and whether the promise holds."""

    told: str
    is_kept: bool


def walk(rng: np.random.Generator, n: int, name: str, drift: np.ndarray | None = None) -> Bars:
    """Return bars of a walk whose volatility clusters as that of markets does; `drift` is each bar's, in ATR."""
    turbulence = np.empty(n)
    state = 0.0
    for t, shock in enumerate(rng.standard_normal(n)):
        state = 0.97 * state + 0.08 * shock
        turbulence[t] = np.exp(state)
    steps = rng.standard_normal((n, INNER)) * (DAILY * turbulence)[:, None] / np.sqrt(INNER)
    if drift is not None:
        steps += (drift * DAILY * turbulence * ATR_PER_SIGMA / INNER)[:, None]
    inner = np.exp(np.log(100) + np.cumsum(steps.ravel()).reshape(n, INNER))
    open_ = np.concatenate([[100.0], inner[:-1, -1]])
    high, low = np.maximum(open_, inner.max(1)), np.minimum(open_, inner.min(1))
    return bars_of(open_, high, low, inner[:, -1], 1e5 * turbulence * np.exp(0.3 * rng.standard_normal(n)), market=name)


def false_universe(seed: int, markets: int, bars: int) -> tuple[int, int]:
    """Return how many rows of a universe without anything in it survive the correction, and how many were asked."""
    rng, study = np.random.default_rng([1, seed]), Study(Design(series=THOROUGH))
    for k in range(markets):
        made = walk(rng, bars, f"W{seed}-{k}")
        study.add(market_of(look_at(made, made, DETECTORS)))
    return len(study.findings()), study.tried


def planted_rows(seed: int, markets: int, bars: int, cases: int, *, alone: bool = False) -> list[Row]:
    """Return the planted kind's rows of a study of every kind, or of that kind alone."""
    rng, study = np.random.default_rng([2, seed, markets]), Study(Design(series=THOROUGH))
    for k in range(markets):
        market = planted_market(rng, f"P{seed}-{k}", bars // markets, cases // markets)
        study.add(replace(market, cases={PLANTED: market.cases[PLANTED]}) if alone else market)
    return [row for row in study.rows() if row.kind == PLANTED]


def planted_market(rng: np.random.Generator, name: str, bars: int, cases: int) -> Market:
    """Return a walk that drifts after drawn facts, with these as one more kind."""
    at = np.sort(rng.choice(np.arange(100, bars - 2 * AHEAD), cases, replace=False)).astype(np.int64)
    side = np.where(rng.random(cases) < 0.5, -1, 1).astype(np.int64)
    drift = np.zeros(bars)
    for t, sign in zip(at, side, strict=True):
        drift[t + 1 : t + 1 + AHEAD] += sign * DRIFT / AHEAD
    made = walk(rng, bars, name, drift)
    market = market_of(look_at(made, made, DETECTORS))
    return replace(market, cases={**market.cases, PLANTED: Cases(PLANTED, at, side)})


def falsehood(options: argparse.Namespace) -> Measured:
    """Return how many universes without anything in them hold a finding."""
    begun = time.process_time()
    universes = []
    for seed in range(options.universes):
        universes.append(false_universe(seed, options.markets, options.bars))
        if len(universes) % 50 == 0:
            print(f"{sum(f > 0 for f, _ in universes)} of {len(universes)} false", file=sys.stderr, flush=True)
    found, asked = np.array(universes).T
    share = float(np.mean(found > 0))
    told = (
        f"False universes: {int(np.sum(found > 0))} of {options.universes} ({share:.1%}, at most {ALLOWED:.1%} allowed), {asked.mean():.0f} "
        f'questions each; the other {1 - share:.1%} say "no measurable edge". {time.process_time() - begun:.0f} s of processor time.'
    )
    return Measured(told, share <= ALLOWED)


def power(options: argparse.Namespace, markets: int, *, alone: bool = False) -> Measured:
    """Return how often a planted edge is found; the promise is about one market, where nothing must be learnt about how markets go together."""
    rows = [
        planted_rows(seed, markets, options.planted_bars, options.cases, alone=alone) for seed in range(options.power)
    ]
    share = float(np.mean([any(row.is_finding for row in part) for part in rows]))
    edges = [row.verdict.edge for part in rows for row in part if row.is_first]
    asked = "asked alone" if alone else "among all other kinds"
    told = (
        f"Planted drift of {DRIFT} ATR over {AHEAD} bars, {options.cases} cases in {markets} market{'s' * (markets > 1)}, {asked}: "
        f"found in {share:.1%} of {options.power} (at least {POWER:.0%} wanted), mean edge {np.mean(edges):.2f} ATR."
    )
    return Measured(told, share >= POWER or markets > 1)


def measured(options: argparse.Namespace) -> Iterator[Measured]:
    """Yield what was measured, line by line."""
    if options.universes:
        yield falsehood(options)
    if options.power:
        yield power(options, 1)
        yield power(options, 1, alone=True)
        yield power(options, 4)


def main() -> int:
    """Print the report, or write it to a file; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    defaults = {"universes": 500, "markets": 2, "bars": 1500, "power": 100, "cases": 300, "planted-bars": 6000}
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = list(measured(options))
    told = "".join(f"- {line.told}{'' if line.is_kept else ' BROKEN.'}\n" for line in lines)
    if options.out is None:
        print(told, end="")
    else:
        options.out.write_text(told, "utf-8")
    return 0 if all(line.is_kept for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
