"""Full replay: whether any fact of any past date has changed since, for every detector, market, basis and interval.

    python benchmarks/replay.py [--data DIR] [--markets NQ ZN] [--cuts 50] [--series 200] [--intervals 1d 1w] [--jobs 1]

Every file of the folder that has open, high, low and close is cut at so many dates: the last bars, random dates, and for a market
that rolls the days around its rolls. At each cut everything is made anew from the data known then: rolls, adjusted prices, weeks,
facts. Then so many generated series of several characters are cut likewise. The number of changed facts must be nought; if it is
not, each is told and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from crosscurrent.bars.bars import BASES, Bars, Floats
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.full_replay import Replay, replay
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.files import Files
from crosscurrent.units import Notation

TOY = Instrument("TOY", "Generated", "generic", "price", Notation(tick=0.01), "GENERIC")
LENGTH = 600


def of_market(folder: Path, market: str, cuts: int, intervals: tuple[str, ...]) -> list[Replay]:
    """Return the replays of one file, on each basis that differs."""
    source = Files(folder)
    bars = source.bars(market)
    if bars.interval != "1d":
        return [replay(Snapshot(bars.session[-1], {market: bars}), market, days(bars, cuts))]
    reference = bars.instrument.reference
    others = {reference: source.bars(reference)} if reference in source.markets() else {}
    snapshot = Snapshot(bars.session[-1], {market: bars} | others)
    bases = BASES if bars.instrument.is_future else BASES[:1]
    at = days(snapshot.on(market, bases[-1]), cuts)
    return [replay(snapshot, market, at, basis=basis, interval=interval) for interval in intervals for basis in bases]


def days(bars: Bars, cuts: int, seed: int = 0) -> list[np.datetime64]:
    """Return where to cut: the last two bars, the bars before and after some rolls, and random ones."""
    rng = np.random.default_rng(seed)
    rolls = np.flatnonzero(bars.rolled)
    near = rng.choice(rolls, min(len(rolls), cuts // 5), replace=False)
    places = {len(bars) - 1, len(bars) - 2, *near.tolist(), *(near - 1).tolist()}
    while len(places) < min(cuts, len(bars)):
        places.add(int(rng.integers(len(bars))))
    return [bars.session[place] for place in sorted(places) if place >= 0]


def of_series(seed: int, cuts: int) -> list[Replay]:
    """Return the replay of one generated series, its character told by its seed."""
    bars = generated(seed)
    return [replay(Snapshot(bars.session[-1], {bars.market: bars}), bars.market, days(bars, cuts, seed))]


def generated(seed: int) -> Bars:
    """Return bars that are honest (each made of many steps) and of one of several characters."""
    rng = np.random.default_rng(seed)
    name, character = list(CHARACTERS.items())[seed % len(CHARACTERS)]
    inner = 16
    path = np.cumsum(character(rng.standard_normal(LENGTH * inner) / np.sqrt(inner)))
    prices = np.round(100.0 + path.reshape(LENGTH, inner), 2)
    session = np.busday_offset(np.datetime64("2000-01-03"), np.arange(LENGTH))
    columns = prices[:, 0], prices.max(1), prices.min(1), prices[:, -1]
    volume = 1e5 * np.exp(0.3 * rng.standard_normal(LENGTH))
    return Bars(
        f"{name} {seed}", TOY, "1d", "traded", session, session.astype("datetime64[s]") + np.timedelta64(22, "h"),
        *(c.copy() for c in columns), volume, np.zeros(LENGTH), np.zeros(LENGTH, bool),
    )  # fmt: skip


def _bursts(steps: Floats) -> Floats:
    return steps * np.exp(np.sin(np.arange(len(steps)) / 900.0))


def _turning(steps: Floats) -> Floats:
    return steps + 0.02 * np.cos(np.arange(len(steps)) / 160.0)


def _jumping(steps: Floats) -> Floats:
    return steps + 12.0 * (np.abs(steps) > 0.95) * np.sign(steps)


def _still(steps: Floats) -> Floats:
    return np.where(np.arange(len(steps)) // 1600 % 2 == 1, 0.0, steps)


CHARACTERS: dict[str, Callable[[Floats], Floats]] = {
    "walk": lambda steps: steps, "trend": lambda steps: steps + 0.01, "bursts": _bursts, "turning": _turning,
    "jumping": _jumping, "still at times": _still, "coarse": lambda steps: np.round(steps),
}  # fmt: skip
"""What the generated series are like; `coarse` moves in whole points, so that equal extremes are common."""


def priced(folder: Path) -> Iterator[str]:
    """Yield the markets of the folder that have open, high, low and close."""
    source = Files(folder)
    for market in source.markets():
        bars = source.bars(market)
        if not bars.is_close_only and len(bars):
            yield market


def main() -> int:
    """Replay, print a line a market and the sum; 1 when a fact has changed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--markets", nargs="*")
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--intervals", nargs="*", default=["1d", "1w"])
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    with ProcessPoolExecutor(asked.jobs) as pool:
        markets = (asked.markets or list(priced(asked.data))) if asked.data else []
        of_files = partial(of_market, asked.data, cuts=asked.cuts, intervals=tuple(asked.intervals))
        on_files = told(pool.map(of_files, markets))
        on_series = told(pool.map(partial(of_series, cuts=asked.cuts), range(asked.series)), quiet=True)
    for name, total in (("files", on_files), ("generated series", on_series)):
        print(
            f"{name}: {total['replays']} replays, {total['cuts']} cuts, {total['facts']} facts, {total['changed']} changed"
        )
    print(f"{time.perf_counter() - began:.0f} s")
    return 1 if on_files["changed"] or on_series["changed"] else 0


def told(groups: Iterator[list[Replay]], *, quiet: bool = False) -> Counter[str]:
    """Print what was found, and return the sums."""
    total: Counter[str] = Counter()
    for group in groups:
        for each in group:
            total.update(replays=1, cuts=each.cuts, facts=each.facts, changed=len(each.changed))
            if each.changed or not quiet:
                print(line(each), flush=True)
            for sentence in each.changed[:5]:
                print(f"    {sentence}", flush=True)
    return total


def line(each: Replay) -> str:
    """Return one replay as a line of the printed table."""
    what = f"{each.market:>12} {each.interval:>3} {each.basis:<8}"
    return f"{what} {each.bars:6} bars {each.cuts:4} cuts {each.facts:7} facts {len(each.changed):4} changed"


if __name__ == "__main__":
    sys.exit(main())
