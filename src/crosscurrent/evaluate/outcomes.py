"""Outcomes: what came after a close, by rules that are fixed before anybody looks.

Every rule is measured in ATR of the close at which it starts, so that markets and decades can be put side by side. Some can be
told for every bar and both sides at once (`EachBar`); those whose prices belong to the fact (a candle's range, a pattern's
target, a level) are told case by case (`Barriers`). Orders follow three rules. A bar that opens beyond an order fills it at the open.
Where stop and target lie inside one bar, the stop counts and the case is flagged. Costs are never zero unless somebody says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats

__all__ = [
    "AFTER", "BEFORE", "BOTH", "NEVER", "NO_COSTS", "OPEN", "SAME_BAR", "STOPPED", "TARGET", "TIMED_OUT",
    "Barriers", "Costs", "EachBar", "first_touch", "forward_return", "settle",
]  # fmt: skip

NEVER, BEFORE, AFTER, BOTH = 0, 1, 2, 3
"""How barriers end: neither was met in time, the good one came first, the bad one did, one bar held both: counted as the bad one."""
OPEN, TARGET, STOPPED, SAME_BAR, TIMED_OUT = range(5)
"""How a trade ends; `OPEN` when the bars end before it does."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What a round trip costs: commission and spread in ticks of the market, and slippage in ATR because it grows with turbulence.

    The defaults are two ticks and a fiftieth of an ATR: about what a future of an index or a Treasury note costs those who trade at
    the market. They are the same on both sides of every comparison, so they lower the rate and its null alike, not the edge.
    """

    ticks: float = 2.0
    atr: float = 0.02

    def in_atr(self, bars: Bars, atr: Floats) -> Floats:
        """Return the costs of a round trip begun at each bar, in its ATR, NaN where that is not known. Shape `(n,)`."""
        tick = bars.instrument.notation.tick if bars.instrument.asset_class != "generic" else 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(atr > 0, self.ticks * tick / atr, np.nan) + self.atr)


NO_COSTS = Costs(0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class EachBar:
    """An outcome told for every bar as if a fact had been revealed at its close, for both sides: a null comes with it for nothing.

    Parameters
    ----------
    long, short : float64 of shape (n,)
        What came; NaN where the bars end too soon or the ATR is not known.
    span
        How many bars an outcome may take: a case is judged only when they are there, so that no case is chosen by how it ended.
    is_rate
        Whether the outcome is one or nought, otherwise it is a mean in ATR.
    flagged : bool of shape (2, n)
        Where stop and target lay inside one bar, long and short.
    """

    name: str
    long: Floats
    short: Floats
    span: int
    is_rate: bool
    flagged: NDArray[np.bool_] | None = None

    def on(self, side: NDArray[np.integer], at: NDArray[np.integer]) -> Floats:
        """Return the outcomes of these bars on these sides; neutral facts are taken as long."""
        chosen: Floats = np.where(side < 0, self.short[at], self.long[at])
        return chosen


def forward_return(bars: Bars, atr: Floats, horizon: int, costs: Floats) -> EachBar:
    """Return how far price went from the next open to the close `horizon` bars on, in ATR, signed by side, after costs.

    The next open is the first price anybody could have had. On close-only bars it is the next close.
    """
    n = len(bars)
    move = np.full(n, np.nan)
    if n > horizon:
        start = bars.open[1 : n - horizon + 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            went = (bars.close[horizon:] - start) / atr[: n - horizon]
        move[: n - horizon] = np.where(atr[: n - horizon] > 0, went, np.nan)
    return EachBar(f"return_{horizon}", move - costs, -move - costs, horizon, False)


def first_touch(bars: Bars, atr: Floats, target: float, stop: float, patience: int) -> EachBar:
    """Return whether a target that many ATR away is touched before the stop, both measured from the next open; time up counts as not."""
    ends = [_first_touches(bars.open, bars.high, bars.low, atr, target, stop, patience, side) for side in (1.0, -1.0)]
    long, short = (np.where(end == OPEN, np.nan, (end == TARGET).astype(float)) for end in ends)
    flagged = np.stack([end == SAME_BAR for end in ends])
    return EachBar(f"target_first_{target:g}to{stop:g}", long, short, patience, True, flagged)


@numba.njit(cache=True, nogil=True)
def _first_touches(
    open: Floats, high: Floats, low: Floats, atr: Floats, target: float, stop: float, patience: int, side: float
) -> NDArray[np.int8]:  # fmt: skip
    """Return how a trade from the open after each bar ends: the stop first where one bar holds both."""
    n = len(open)
    ends = np.zeros(n, np.int8)
    for t in range(n - patience):
        if not atr[t] > 0:
            continue
        good, bad = open[t + 1] + side * target * atr[t], open[t + 1] - side * stop * atr[t]
        ends[t] = TIMED_OUT
        for u in range(t + 1, t + patience + 1):
            best, worst = (high[u], low[u]) if side > 0 else (low[u], high[u])
            if (open[u] - good) * side >= 0:
                ends[t] = TARGET
            elif (worst - bad) * side <= 0:
                is_open_beyond, is_good = (open[u] - bad) * side <= 0, (best - good) * side >= 0
                ends[t] = SAME_BAR if is_good and not is_open_beyond else STOPPED
            elif (best - good) * side >= 0:
                ends[t] = TARGET
            if ends[t] != TIMED_OUT:
                break
    return ends


@dataclass(frozen=True, slots=True, eq=False)
class Barriers:
    """Cases with prices of their own: a good one ahead and a bad one behind, as distances from the close in ATR.

    Distances need no basis: a level at 21,480 on charted prices is so many ATR from the close on any.

    Parameters
    ----------
    at : int64 of shape (n,)
        The bar at whose close the case begins; what ends it comes later.
    side : float64 of shape (n,)
        1 when the good barrier is above.
    good, bad : float64 of shape (n,)
        Distances from the close in ATR, both counted away from it as positive; an infinite one is never met.
    patience : int64 of shape (n,)
        After how many bars time is up.
    by_touch
        Whether the good barrier is met by a high or low; otherwise, and always for the bad one, by a close beyond.
    """

    name: str
    at: NDArray[np.int64]
    side: Floats
    good: Floats
    bad: Floats
    patience: NDArray[np.int64]
    by_touch: bool

    def __len__(self) -> int:
        return len(self.at)

    def chosen(self, mine: NDArray[np.intp] | NDArray[np.bool_]) -> Barriers:
        """Return the cases that the places or the mask choose."""
        columns = {name: getattr(self, name)[mine] for name in ("at", "side", "good", "bad", "patience")}
        return replace(self, **columns)

    def ends(self, bars: Bars, atr: Floats) -> NDArray[np.int8]:
        """Return which barrier each case met first, of as many bars as there are."""
        where = (self.at, self.side, self.good, self.bad, self.patience, self.by_touch)
        ends: NDArray[np.int8] = settle(bars.high, bars.low, bars.close, atr, *where)
        return ends

    def outcomes(self, bars: Bars, atr: Floats) -> Floats:
        """Return one where the good barrier came first, nought where it did not, NaN where the bars end before the patience does."""
        is_whole = (self.at + self.patience < len(bars)) & np.isfinite(self.good) & ~np.isnan(self.bad)
        return np.where(is_whole, (self.ends(bars, atr) == BEFORE).astype(float), np.nan)


@numba.njit(cache=True, nogil=True)
def settle(
    high: Floats, low: Floats, close: Floats, atr: Floats, at: NDArray[np.int64], side: Floats, good: Floats, bad: Floats,
    patience: NDArray[np.int64], by_touch: bool,
) -> NDArray[np.int8]:  # fmt: skip
    """Return which barrier each case meets first; the bad one where a bar holds both."""
    ends = np.zeros(len(at), np.int8)
    for i in range(len(at)):
        t, s = at[i], side[i]
        ahead, behind = close[t] + s * good[i] * atr[t], close[t] - s * bad[i] * atr[t]
        for u in range(t + 1, min(len(close), t + patience[i] + 1)):
            reach = (high[u] if s > 0 else low[u]) if by_touch else close[u]
            met = (reach - ahead) * s
            is_met = met > 0 or (by_touch and met == 0)
            if (close[u] - behind) * s < 0:
                ends[i] = BOTH if is_met else AFTER
                break
            if is_met:
                ends[i] = BEFORE
                break
    return ends
