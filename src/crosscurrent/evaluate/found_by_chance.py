"""What the detectors find in series without anything in them, and how it ends there: the null of candles and of patterns.

A candle is found by its shape and a pattern by its past; both choose the distances to what would confirm or refute them, and the moment.
Only the detector itself makes those choices as it makes them, so it is run on series made of the market's own bars, and what it
finds there is followed by the same rules. The rate is one for each kind and side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.evaluate.cases import Cases, Market, family_of, market_of
from crosscurrent.evaluate.nulls.bootstrapped_bars import bootstrapped
from crosscurrent.evaluate.nulls.surrogate_series import surrogate
from crosscurrent.intermarket.chance import generator_for
from crosscurrent.structure import DETECTORS, Detector
from crosscurrent.structure.look import look_at

__all__ = ["Found", "found_by_chance"]

Key = tuple[str, str, int]
Made = Callable[[Bars, np.random.Generator], Bars]


@dataclass(frozen=True, slots=True)
class Found:
    """How often what was found by chance ended well, of how many."""

    rate: float
    n: int


def found_by_chance(market: Market, places: slice, series: int) -> Mapping[Key, Found]:
    """Return by kind, outcome and side what chance gives a market's candles and patterns.

    Parameters
    ----------
    places
        The bars of the study's period: the series are made of these alone.
    series
        How many are made for each family. More make the null steadier: its error is counted, one part in `series`.
    """
    bars, unit = market.bars.slice(*places.indices(len(market.bars))[:2]), market.atr[places]
    ends = np.zeros(len(market.bars), bool)
    for cases in _of_family(market, "candle"):
        ends[cases.at] = True
    made: dict[str, Made] = {
        "candle": lambda bars, rng: bootstrapped(bars, unit, rng, ends=ends[places]),
        "pattern": lambda bars, rng: surrogate(bars, unit, rng),
    }
    told: dict[Key, list[float]] = {}
    for family, make in made.items():
        kinds = {cases.kind for cases in _of_family(market, family)}
        detectors = tuple(d for d in DETECTORS if family_of(d) == family and kinds & set(d.layout.kinds))
        for draw in range(series if detectors else 0):
            drawn = make(bars, generator_for(market.name, family, draw))
            for key, ended in _ended(drawn, detectors, kinds):
                told.setdefault(key, []).extend(ended)
    return {key: Found(float(np.mean(ended)), len(ended)) for key, ended in told.items() if ended}


def _of_family(market: Market, family: str) -> list[Cases]:
    return [cases for cases in market.cases.values() if cases.family == family]


def _ended(bars: Bars, detectors: tuple[Detector, ...], kinds: set[str]) -> Iterator[tuple[Key, list[float]]]:
    """Yield how the cases of a made series ended, by kind, outcome and side."""
    market = market_of(look_at(bars, bars, detectors), kinds)
    for cases in market.cases.values():
        for barriers in (*((cases.barriers,) if cases.barriers else ()), *cases.later):
            came = barriers.outcomes(market.bars, market.atr)
            for side in (-1, 0, 1):
                known = np.isfinite(came) & (cases.side == side)
                yield (cases.kind, barriers.name, side), came[known].tolist()
