"""One front series out of a chain of contracts: rolled where trade moves on, with gaps that both contracts' closes tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import BrokenRule
from crosscurrent.markets.instrument import Instrument

__all__ = ["RollRule", "front_series"]

PATIENCE = 5
"""Sessions without a bar of the current and the next contract, after which a later one may take over: the chain has a hole."""
Array = NDArray[Any]
RollRule = Literal["volume", "calendar"]


def front_series(market: str, instrument: Instrument, contracts: Sequence[Bars], by: RollRule = "volume") -> Bars:
    """Return the traded front series of daily contracts, which are given in the order of their delivery.

    By `volume` the next contract takes over in the session after the first close at which more of it than of the current one was
    traded; by `calendar` when the current one has no more bars. Either way it takes over where the current one has none and the
    next has (a later one only when both have had none for a week), and nothing ever goes back. All of it is known at the close
    before, or at the bar itself: a contract that is listed later, and every later bar, changes nothing earlier.

    At the first bar of each contract `gap` is its close less the old one's in the last session before that both traded: not the
    old one's final session, whose close is a settlement of another hour. Zero elsewhere, NaN where no session was shared.
    """
    if not contracts or any(one.interval != "1d" for one in contracts):
        raise BrokenRule("a chain is made of daily contracts", market=market, contracts=len(contracts))
    days = np.unique(np.concatenate([one.session for one in contracts]))
    places = [np.searchsorted(one.session, days) for one in contracts]
    held = [_held(one, days, at) for one, at in zip(contracts, places, strict=True)]
    current = _current(contracts, days, held, by)
    used = np.flatnonzero(current >= 0)
    rows = [(int(current[t]), int(held[current[t]][t])) for t in used]
    columns: dict[str, Any] = {
        name: np.array([getattr(contracts[k], name)[i] for k, i in rows])
        for name in ("session", "closed_at", "open", "high", "low", "close", "volume")
    }
    rolled = np.diff(current[used], prepend=current[used][:1]) > 0
    gap = np.zeros(len(used))
    for at in np.flatnonzero(rolled):
        gap[at] = _gap(contracts[rows[at - 1][0]], contracts[rows[at][0]], days[used[at]], by)
    return replace(
        contracts[0], market=market, instrument=instrument, **columns, shift=np.zeros(len(used)), rolled=rolled, gap=gap,
        is_close_only=any(one.is_close_only for one in contracts),
    )  # fmt: skip


def _held(one: Bars, days: Array, at: Array) -> Array:
    """Return the place of each day's bar in a contract, -1 where it has none."""
    inside = np.minimum(at, max(len(one) - 1, 0))
    return np.where(one.session[inside] == days, inside, -1) if len(one) else np.full(len(days), -1)


def _current(contracts: Sequence[Bars], days: Array, held: Sequence[Array], by: RollRule) -> Array:
    """Return which contract is the front on each day, -1 where neither it nor the next has a bar."""
    front, idle, current = 0, 0, np.full(len(days), -1)
    for t in range(len(days)):
        ahead = [k for k in range(front, len(contracts)) if held[k][t] >= 0][:1]
        if not ahead or (ahead[0] > front + 1 and idle < PATIENCE):
            idle += 1
            continue
        front, idle = ahead[0], 0
        current[t] = front
        if by == "volume" and _has_moved_on(contracts, held, front, t):
            front += 1
    return current


def _has_moved_on(contracts: Sequence[Bars], held: Sequence[Array], front: int, t: int) -> bool:
    if front + 1 >= len(contracts) or held[front + 1][t] < 0:
        return False
    return bool(contracts[front + 1].volume[held[front + 1][t]] > contracts[front].volume[held[front][t]])


def _gap(old: Bars, new: Bars, day: np.datetime64, by: RollRule) -> float:
    shared = np.intersect1d(old.session[old.session < day], new.session)
    if by == "calendar" and len(shared) > 1 and shared[-1] == old.session[old.session < day][-1]:
        shared = shared[:-1]
    if not len(shared):
        return float("nan")
    return float(new.close[new.index_of(shared[-1])] - old.close[old.index_of(shared[-1])])
