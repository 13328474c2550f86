"""Cases: the facts of one market as places of bars and sides, with all that outcomes and nulls need to judge them.

A fact is one case, however often it is told: three lines broken at one close, or one swing at five scales, are one thing that
happened. Near misses are no cases, nor is what became of a pattern later; a pattern is a case at its confirmation. Where a kind is told
on both bases the adjusted one is taken, because roll gaps draw lines too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.evaluate.nulls.matched_entries import volatility_rank, volatility_state
from crosscurrent.evaluate.outcomes import Barriers
from crosscurrent.evaluate.torn import torn
from crosscurrent.facts.stage import CONFIRMED, NEAR_MISS
from crosscurrent.facts.table import FactTable
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.look import Look, Sweep

__all__ = ["FAMILIES", "FOLLOW_THROUGH", "Cases", "Market", "Touches", "family_of", "is_traded", "market_of"]

CANDLE_PATIENCE, LEVEL_PATIENCE, FOLLOW_PATIENCE, THROWBACK_PATIENCE = 20, 10, 3, 22
FOLLOW_THROUGH = "follows_through"
BOUNCE = 1.0
"""How far from a level, in ATR, a close has bounced from it."""
BUST = 0.1
"""A pattern that went less than this share of its price before it closed beyond its other side is a bust (Bulkowski)."""
UNCHANGED = 0.25
"""A series that closes where it closed before on more than this share of sessions is set by somebody, not traded."""
FAMILIES = ("candle", "pattern", "level", "other")


def is_traded(bars: Bars) -> bool:
    """Whether the series moves on most sessions; a policy rate does not, and its ATR measures nothing."""
    return len(bars) > 1 and float(np.mean(np.diff(bars.close) == 0)) <= UNCHANGED


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Touches of levels as barriers, with what a bar must have reached to have touched such a level: `edge`, in ATR from the close."""

    barriers: Barriers
    edge: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """One kind's cases in one market, oldest first: where each was revealed and on which side; 0 is neutral.

    `barriers` holds those with prices of their own, `touches` those of levels; None for the kinds that have none. `later` holds what
    else is told case by case: a follow-through, a throwback, a bust. `family` is one of `FAMILIES`.
    """

    kind: str
    at: NDArray[np.int64]
    side: NDArray[np.int64]
    barriers: Barriers | None = None
    touches: Touches | None = None
    later: tuple[Barriers, ...] = ()
    family: str = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """One market as a study sees it.

    Parameters
    ----------
    bars
        Free of roll gaps, because outcomes must not earn them.
    atr, rank, state
        The yardstick, where it stands among those of the last year, and the tercile of that; all known at each close.
    day : int64 of shape (n,)
        Weekday numbers of the sessions, by which markets fall into clusters.
    torn : bool of shape (n,)
        The bars that no outcome may reach over: the first of a contract whose gap nobody knows, and those of a stretch in which closes
        repeat their opens.
    is_patched
        Whether contracts follow each other at days that nobody knows, so that outcomes hold gaps which cannot be left out.
    """

    name: str
    bars: Bars
    atr: Floats
    rank: Floats
    state: NDArray[np.int64]
    day: NDArray[np.int64]
    cases: Mapping[str, Cases]
    torn: NDArray[np.bool_] | None = None
    is_patched: bool = False


def market_of(look: Look, kinds: Iterable[str] | None = None) -> Market:
    """Return a market's cases of these kinds, of all when none is named."""
    wanted = None if kinds is None else set(kinds)
    bars, atr = look.adjusted.bars, look.adjusted.atr
    rank = volatility_rank(bars, atr)
    day = np.busday_count(np.datetime64("1970-01-01"), bars.session.astype("datetime64[D]"))
    found: dict[str, list[Cases]] = {}
    for sweep in _on_one_basis(look.sweeps):
        for kind in sweep.detector.layout.kinds:
            if wanted is None or kind in wanted:
                cases = _cases(sweep, kind, look)
                if len(cases.at):
                    found.setdefault(kind, []).append(cases)
    merged = {kind: several[0] if len(several) == 1 else _merged(kind, several) for kind, several in found.items()}
    is_patched = bars.instrument.roll == "monthly" and bars.roll_source != "contracts"
    return Market(look.market, bars, atr, rank, volatility_state(rank), day, merged, torn(look.adjusted), is_patched)


def _on_one_basis(sweeps: Iterable[Sweep]) -> Iterator[Sweep]:
    chosen: dict[Detector, Sweep] = {}
    for sweep in sweeps:
        if sweep.detector not in chosen or sweep.tape.bars.basis == "adjusted":
            chosen[sweep.detector] = sweep
    return iter(chosen.values())


def family_of(detector: Detector) -> str:
    """Return which family's null a detector's facts are judged by besides the matched entries."""
    names = set(detector.layout.readings)
    if {"target", "invalidation"} <= names:
        return "pattern"
    if "missed_by" in names:
        return "candle"
    return "level" if "level_touch" in detector.layout.kinds else "other"


def _cases(sweep: Sweep, kind: str, look: Look) -> Cases:
    table = sweep.table.of_kind(kind)
    table = table.where((table.stage == CONFIRMED) & (table.strictness != NEAR_MISS))
    table = table.where(_first_of_each(table))
    at, side = table.at.astype(np.int64), table.direction.astype(np.int64)
    bars, atr, family = sweep.tape.bars, look.adjusted.atr[at], family_of(sweep.detector)
    close, follows = bars.close[at], () if bars.is_close_only else (_follow_through(bars, at, side, atr),)
    if family == "pattern":
        later = (*follows, _throwback(table, at, side, close, atr), _bust(table, at, side, close, atr))
        return Cases(kind, at, side, _promise(table, at, side, close, atr), later=later, family=family)
    if family == "candle":
        return Cases(kind, at, side, _range(table, at, side, close, atr), later=follows, family=family)
    if kind == "level_touch":
        return Cases(kind, at, side, touches=_touches(table, at, side, close, atr), later=follows, family=family)
    return Cases(kind, at, side, later=follows, family=family)


def _first_of_each(table: FactTable) -> NDArray[np.int64]:
    """Return the places of the first fact of each bar and direction."""
    key = table.at.astype(np.int64) * 4 + table.direction
    return np.sort(np.unique(key, return_index=True)[1])


def _merged(kind: str, several: list[Cases]) -> Cases:
    at, side = (np.concatenate([getattr(c, name) for c in several]) for name in ("at", "side"))
    _, first = np.unique(at * 4 + side, return_index=True)
    later = [_joined(parts) for parts in zip(*(c.later for c in several), strict=False)]
    return Cases(kind, at[first], side[first], later=tuple(barriers.chosen(first) for barriers in later))


def _joined(parts: tuple[Barriers, ...]) -> Barriers:
    at, side, good, bad, patience = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("at", "side", "good", "bad", "patience")
    )
    return replace(parts[0], at=at, side=side, good=good, bad=bad, patience=patience)


def _distances(
    side: NDArray[np.integer], close: Floats, atr: Floats, ahead: Floats, behind: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return sides without a neutral one, and how far two prices lie ahead of and behind the close, in ATR."""
    sign = np.where(side < 0, -1.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return sign, (ahead - close) * sign / atr, (close - behind) * sign / atr


def _promise(table: FactTable, at: NDArray[np.int64], side: NDArray[np.int64], close: Floats, atr: Floats) -> Barriers:
    """Return a pattern's target, touched, against its failure, by a close, within as many bars as the pattern has."""
    sign, good, bad = _distances(side, close, atr, table.reading("target"), table.reading("invalidation"))
    good[(good <= 0) | (bad < 0)] = np.nan
    bars = np.nan_to_num(table.reading("bars"), nan=1.0).astype(np.int64)
    return Barriers("target_before_failure", at, sign, good, bad, bars, True)


def _range(table: FactTable, at: NDArray[np.int64], side: NDArray[np.int64], close: Floats, atr: Floats) -> Barriers:
    """Return which side of a candle's range closes first: the books' test of a reversal."""
    high, low = table.reading("high"), table.reading("low")
    sign, good, bad = _distances(side, close, atr, np.where(side < 0, low, high), np.where(side < 0, high, low))
    return Barriers("closes_beyond_first", at, sign, good, bad, np.full(len(at), CANDLE_PATIENCE), False)


def _follow_through(bars: Bars, at: NDArray[np.int64], side: NDArray[np.int64], atr: Floats) -> Barriers:
    """Return whether one of the next closes lies beyond the revealing bar's own extreme; a neutral fact has nothing to follow."""
    close = bars.close[at]
    sign, good, _ = _distances(side, close, atr, np.where(side < 0, bars.low[at], bars.high[at]), close)
    good[side == 0] = np.nan
    never = np.full(len(at), np.inf)
    return Barriers(FOLLOW_THROUGH, at, sign, good, never, np.full(len(at), FOLLOW_PATIENCE), False)


def _throwback(
    table: FactTable, at: NDArray[np.int64], side: NDArray[np.int64], close: Floats, atr: Floats
) -> Barriers:
    """Return whether price comes back to the line that it broke within a month."""
    sign, _, back = _distances(side, close, atr, close, table.reading("trigger"))
    back[back < 0] = np.nan
    never = np.full(len(at), np.inf)
    return Barriers("throws_back", at, -sign, back, never, np.full(len(at), THROWBACK_PATIENCE), True)


def _bust(table: FactTable, at: NDArray[np.int64], side: NDArray[np.int64], close: Floats, atr: Floats) -> Barriers:
    """Return whether price closes beyond the pattern's other side before it has gone a tenth of itself the way it broke."""
    sign, _, other = _distances(side, close, atr, close, table.reading("invalidation"))
    with np.errstate(divide="ignore", invalid="ignore"):
        tenth = BUST * np.abs(close) / atr
    other[other < 0] = np.nan
    bars = np.nan_to_num(table.reading("bars"), nan=1.0).astype(np.int64)
    return Barriers("busts", at, -sign, other, tenth, bars, False)


def _touches(table: FactTable, at: NDArray[np.int64], side: NDArray[np.int64], close: Floats, atr: Floats) -> Touches:
    """Return whether a close bounces an ATR off a touched level before one breaks its far edge."""
    near, far = (table.reading(n) for n in ("high", "low"))
    near, far = np.where(side < 0, far, near), np.where(side < 0, near, far)
    sign, _, bad = _distances(side, close, atr, near, far)
    edge = (close - near) * sign / np.where(atr > 0, atr, np.nan)
    good = BOUNCE - (close - table.reading("price")) * sign / np.where(atr > 0, atr, np.nan)
    good[(good <= 0) | (bad < 0)] = np.nan
    barriers = Barriers("bounces_before_breaking", at, sign, good, bad, np.full(len(at), LEVEL_PATIENCE), False)
    return Touches(barriers, edge)
