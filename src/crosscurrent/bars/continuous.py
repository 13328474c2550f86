"""Continuous futures: where a front series rolls, how wide each gap is, and the series without the gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.markets.expiry import first_of_new

__all__ = ["Roll", "RollSource", "adjusted", "roll_bars", "rolls"]

RollSource = Literal["contracts", "reference", "earlier rolls", "none"]

EARLY = 7
"""How many sessions before the calendar's day volume may show a roll."""
JUMP = 8.0
"""A volume this many times that of the bar before, after the old contract dried up, is a new contract."""
DRY = 0.35
"""The old contract has dried up when its volume is below this share of the usual."""
USUAL = 60
"""Sessions over which the usual volume, and the beta to a yield, are measured."""
STALE = 4
"""How many sessions before the roll the last common close with the reference may lie."""


@dataclass(frozen=True, slots=True)
class Roll:
    """One roll: its first bar, the new contract's price less the old one's, and how that gap was found.

    `at` is the place of the new contract's first bar, at whose close the gap is known; `gap` is in points.
    """

    at: int
    session: np.datetime64
    gap: float
    source: RollSource


def roll_bars(bars: Bars) -> NDArray[np.bool_]:
    """Return for each bar of shape (n,) whether it is the first of a new contract.

    Front series keep the expiring contract to its end. Equity index: the session after the third Friday of March, June, September
    and December. Treasuries: the last trading day itself; verified on two decades of volume (ZN 2024-12-18: 377 lots, 2024-12-19:
    2.3 million). Where a series changes up to seven sessions before the calendar's day and volume shows it (dried up, then at
    least eightfold), that bar is the roll. Each is decided at the bar itself, from data until then. Monthly rolls (crude oil,
    metals) are not looked for, because nothing here could bridge them.
    """
    marked = np.zeros(len(bars), bool)
    if bars.instrument.roll not in ("equity_quarterly", "treasury_quarterly") or not len(bars):
        return marked
    years = bars.session[[0, -1]].astype("datetime64[Y]").astype(int) + 1970
    due = first_of_new(bars.instrument.symbol, bars.instrument.roll, int(years[0]), int(years[1]))
    surged = _surges(bars.volume) if bars.instrument.roll == "treasury_quarterly" else marked
    for day in due:
        place = int(np.searchsorted(bars.session, day))
        early = np.flatnonzero(surged[max(place - EARLY, 0) : place])
        at = max(place - EARLY, 0) + int(early[0]) if len(early) else place
        if 0 < at < len(bars) and (at < place or bars.session[at] - day < np.timedelta64(8, "D")):
            marked[at] = True
    return marked


def _surges(volume: Floats) -> NDArray[np.bool_]:
    """Return the bars whose volume jumps from a contract that had dried up to the usual of the sixty bars before."""
    surged = np.zeros(len(volume), bool)
    if len(volume) <= USUAL:
        return surged
    usual = np.median(np.lib.stride_tricks.sliding_window_view(np.nan_to_num(volume), USUAL), axis=1)[:-1]
    before, now = np.nan_to_num(volume[USUAL - 1 : -1]), np.nan_to_num(volume[USUAL:])
    surged[USUAL:] = (now > JUMP * before) & (before > 0) & (before < DRY * usual) & (now > DRY * usual)
    return surged


def rolls(bars: Bars, reference: Bars | None = None, contracts: Mapping[str, Bars] | None = None) -> tuple[Roll, ...]:
    """Return the rolls of a traded front series with their gaps, oldest first.

    The gap comes from both contracts' closes of one session where `contracts` holds them; else from the reference; where that
    misses the days around the roll, from the median of the last four gaps (per cent) that were found; else it stays
    open (zero, `none`). Each gap is known at the close of the roll's first bar and never changes.
    """
    found: list[Roll] = []
    for at in np.flatnonzero(roll_bars(bars)):
        gap, source = _gap(bars, int(at), reference, contracts, found)
        found.append(Roll(int(at), bars.session[at], gap, source))
    return tuple(found)


def _gap(
    bars: Bars, at: int, reference: Bars | None, contracts: Mapping[str, Bars] | None, earlier: list[Roll]
) -> tuple[float, RollSource]:
    known = _from_contracts(bars, at, contracts or {})
    if known is not None:
        return known, "contracts"
    estimate = None if reference is None else _from_reference(bars, at, reference)
    if estimate is not None:
        return estimate, "reference"
    shares = [roll.gap / bars.close[roll.at - 1] for roll in earlier if roll.source in ("contracts", "reference")][-4:]
    if shares:
        return float(np.median(shares) * bars.close[at - 1]), "earlier rolls"
    return 0.0, "none"


def _from_contracts(bars: Bars, at: int, contracts: Mapping[str, Bars]) -> float | None:
    """Return the gap between the two contracts' closes in the last session that both and the old front series have.

    Which contracts they are is read off the closes: the one that the front series showed before the roll, and the one after.
    """
    old = _contract_at(bars, at - 2 if bars.instrument.roll == "equity_quarterly" else at - 1, contracts)
    new = _contract_at(bars, at, contracts)
    if old is None or new is None or old is new:
        return None
    common = np.intersect1d(old.session, new.session)
    common = common[common < bars.session[max(at - 1, 0) if bars.instrument.roll == "equity_quarterly" else at]]
    if not len(common):
        return None
    return float(new.close[new.index_of(common[-1])] - old.close[old.index_of(common[-1])])


def _contract_at(bars: Bars, at: int, contracts: Mapping[str, Bars]) -> Bars | None:
    """Return the contract whose close is that of the front series at a bar, to a hundredth of a per cent."""
    if at < 0:
        return None
    best, miss = None, 1e-4 * abs(bars.close[at])
    for one in contracts.values():
        place = one.index_of(bars.session[at])
        if place >= 0 and one.session[place] == bars.session[at] and abs(one.close[place] - bars.close[at]) < miss:
            best, miss = one, abs(one.close[place] - bars.close[at])
    return best


def _from_reference(bars: Bars, at: int, reference: Bars) -> float | None:
    """Return the gap that the reference leaves unexplained between the old contract's last good close and the new one's first.

    An equity future's last good close is the one before the expiry day, whose close is a morning settlement.
    """
    last = at - 2 if bars.instrument.roll == "equity_quarterly" else at - 1
    after = _close_on(reference, bars.session[at])
    before, start = _last_common(bars, last, reference)
    if after is None or start is None:
        return None
    if bars.instrument.reference_beta == 0.0:
        # The basis is a share of the index; the gap is told at the new contract's level.
        return float(bars.close[at] - bars.close[before] * after / start) if after > 0 and start > 0 else None
    moved = _beta(bars, reference, before) * (after - start)
    return float(bars.close[at] - bars.close[before] - moved)


def _last_common(bars: Bars, last: int, reference: Bars) -> tuple[int, float | None]:
    """Return the place of the last bar, up to `last`, whose session the reference has as well, and its close there."""
    for place in range(last, max(last - STALE, -1), -1):
        close = _close_on(reference, bars.session[place])
        if close is not None:
            return place, close
    return last, None


def _close_on(reference: Bars, day: np.datetime64) -> float | None:
    place = reference.index_of(day)
    return float(reference.close[place]) if place >= 0 and reference.session[place] == day else None


def _beta(bars: Bars, reference: Bars, until: int) -> float:
    """Return points of price a percentage point of yield, by least squares through nought over the old contract's own bars."""
    start = max(until - USUAL, 0)
    _, mine, theirs = np.intersect1d(bars.session[start : until + 1], reference.session, return_indices=True)
    moves = np.diff(bars.close[start : until + 1][mine])
    yields = np.diff(reference.close[theirs])
    near = np.abs(moves) < 4 * np.median(np.abs(moves)) + 1e-12 if len(moves) else np.zeros(0, bool)
    usual = bars.instrument.reference_beta
    if near.sum() < USUAL // 3 or not np.any(yields[near]):
        return usual
    beta = float(yields[near] @ moves[near] / (yields[near] @ yields[near]))
    # Half to twice the usual: beyond that the yields of those weeks hardly moved, and say nothing.
    return beta if 0.4 < beta / usual < 2.0 else usual


def adjusted(bars: Bars, reference: Bars | None = None, contracts: Mapping[str, Bars] | None = None) -> Bars:
    """Return the series free of roll gaps, anchored at its first contract, so that a later roll changes nothing earlier.

    Each contract's prices are moved by the sum of the gaps until then; `shift` is that sum, and price plus shift is what traded.
    `roll_source`: `contracts` when every gap was read off both contracts, `estimated` when any came from the reference,
    `unadjusted` when none could be found, `none` for a market that does not roll. Detection and gaps are point in time.
    """
    if not bars.instrument.is_future or bars.basis == "adjusted":
        return replace(bars, basis="adjusted")
    found = rolls(bars, reference, contracts)
    shift, rolled = np.zeros(len(bars)), np.zeros(len(bars), bool)
    for roll in found:
        shift[roll.at :] += roll.gap
        rolled[roll.at] = True
    moved = {name: getattr(bars, name) - shift for name in ("open", "high", "low", "close")}
    return replace(bars, basis="adjusted", shift=shift, rolled=rolled, roll_source=_source(found), **moved)


def _source(found: tuple[Roll, ...]) -> str:
    sources = {roll.source for roll in found}
    if not sources or sources == {"none"}:
        return "unadjusted"
    return "contracts" if sources == {"contracts"} else "estimated"
