"""The universe of a study: every market of a source that can be judged, one after the other, so that only one is held in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import CrosscurrentError
from crosscurrent.evaluate.cases import Market, is_traded, market_of
from crosscurrent.indicators.volatility import atr
from crosscurrent.sources import open_source
from crosscurrent.sources.source import Gap, Source, resolve
from crosscurrent.sources.taking import take
from crosscurrent.structure import DETECTORS, Detector
from crosscurrent.structure.look import look_at

__all__ = ["Entered", "filter_direction", "looked_at", "markets_in"]

WEEK, LEANS = 5, 0.5
FILTERED = ("equity_index", "etf")


@dataclass(frozen=True, slots=True, eq=False)
class Entered:
    """A market as it enters a study: `filtered` is the filter's direction at each of its bars, where one was asked for; `traded` is
    what was read.
    """

    market: Market
    traded: Bars
    filtered: NDArray[np.int64] | None = None


def markets_in(
    data: str, asked: Iterable[str], until: str | None, kinds: Iterable[str] | None, filter_market: str | None, gaps: list[Gap],
    has: Callable[[str, Bars], bool] | None = None,
) -> Iterator[Entered]:  # fmt: skip
    """Yield the markets asked for, of all that the source has when none is named; what is left out is put into `gaps`.

    Left out are series that somebody sets rather than trades, and for a study by filter all but share indices and funds. Those that
    the study `has` already, by name and bars, are passed over. One market is held at a time.
    """
    source = open_source(data)
    day = None if until is None else np.datetime64(until, "D")
    names = tuple(resolve(source, text, day) for text in asked) or source.markets()
    for market in asked:
        source.bars(resolve(source, market, day))  # what is wrong with a market that was asked for must rise
    lean = _lean(take(source, (filter_market,), day).snapshot, filter_market) if filter_market else None
    for name in names:
        known = _taken(source, name, day, gaps)
        if known is None or (has and has(name, known.traded(name))):
            continue
        traded = known.traded(name)
        if not is_traded(traded):
            gaps.append(
                Gap(name, "it closes where it closed before too often to be traded, so its ATR measures nothing")
            )
        elif lean is None:
            yield Entered(_told(looked_at(known, name, kinds), gaps), traded)
        elif traded.instrument.asset_class in FILTERED and name != filter_market:
            yield Entered(_told(looked_at(known, name, kinds), gaps), traded, _paired(traded, *lean))


def _taken(source: Source, name: str, day: np.datetime64 | None, gaps: list[Gap]) -> Snapshot | None:
    """Return what is known of one market; None where nothing is, the reason put into `gaps`.

    That a series ended before another is no gap in a study of the past.
    """
    try:
        taken = take(source, (name,), day)
    except CrosscurrentError as fault:
        gaps.append(Gap(name, fault.sentence))
        return None
    gaps += [gap for gap in taken.gaps if gap.what == name and not taken.snapshot.has(name)]
    return taken.snapshot if taken.snapshot.has(name) else None


def _told(market: Market, gaps: list[Gap]) -> Market:
    """Return the market; what its rolls do to its outcomes is put into `gaps`."""
    if market.is_patched:
        gaps.append(
            Gap(
                market.name,
                "its rolls are on days that nobody told, so its outcomes hold their gaps: not counted among all markets",
            )
        )
    elif market.torn is not None and market.torn.any():
        gaps.append(
            Gap(
                market.name,
                "what reaches over a roll of unknown gap, or over closes that repeat their opens, is left out",
            )
        )
    return market


def looked_at(snapshot: Snapshot, market: str, kinds: Iterable[str] | None = None) -> Market:
    """Return a market's cases, swept by the detectors that write these kinds alone."""
    wanted = None if kinds is None else set(kinds)
    detectors: tuple[Detector, ...] = tuple(d for d in DETECTORS if wanted is None or wanted & set(d.layout.kinds))
    return market_of(look_at(snapshot.traded(market), snapshot.adjusted(market), detectors), wanted)


def filter_direction(bars: Bars) -> NDArray[np.int64]:
    """Return where a filter market went over the last week at each bar: 1 or -1 for half an ATR or more, else 0. Known at its close."""
    unit, went = atr(bars.high, bars.low, bars.close), np.zeros(len(bars))
    went[WEEK:] = bars.close[WEEK:] - bars.close[:-WEEK]
    direction: NDArray[np.int64] = np.where(np.abs(went) >= LEANS * unit, np.sign(went), 0.0).astype(np.int64)
    return direction


def _lean(snapshot: Snapshot, market: str) -> tuple[Bars, NDArray[np.int64]]:
    bars = snapshot.adjusted(market)
    return bars, filter_direction(bars)


def _paired(bars: Bars, other: Bars, direction: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the other's last direction known at each bar, paired by trade date; 0 before it began."""
    place = np.searchsorted(other.session, bars.session, side="right") - 1
    return np.where(place >= 0, direction[np.maximum(place, 0)], 0)
