"""Records of arguments: how often facts of a kind were followed by what they say, in a market's own past as far as a look holds it.

One outcome serves all kinds, so that arguments can be put side by side: from the next open, does price go an ATR further before it
goes an ATR back, within twenty sessions? The null is the same at all bars of the market in the same state of volatility.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.cases import Market, is_traded, market_of
from crosscurrent.evaluate.inference import Verdict, judge
from crosscurrent.evaluate.nulls.matched_entries import Expected, expected
from crosscurrent.evaluate.outcomes import EachBar, first_touch
from crosscurrent.evaluate.torn import is_torn
from crosscurrent.evidence.record import FEWEST, Record, Records
from crosscurrent.structure.look import Look

__all__ = ["records_of"]

REACH, PATIENCE = 1.0, 20
"""The distance of target and stop, in ATR, and how many sessions they have."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shelf:
    """A market's cases with what came after each of its bars, what chance gives there, and which outcomes are whole."""

    market: Market
    came: EachBar
    chance: Expected
    whole: NDArray[np.bool_]

    def judged(self, kind: str, direction: str) -> Iterator[tuple[Floats, ...]]:
        """Yield outcome, null, variance and day of the kind's cases in that direction whose outcome is known."""
        cases = self.market.cases.get(kind)
        if cases is None:
            return
        mine = cases.side == (1 if direction == "bullish" else -1)
        side, at = cases.side[mine], cases.at[mine]
        columns = (self.came.on(side, at), *self.chance.on(side, at), self.market.day[at])
        known = np.isfinite(columns[0]) & np.isfinite(columns[1]) & self.whole[at]
        if known.any():
            yield tuple(column[known] for column in columns)


def records_of(looks: Mapping[str, Look]) -> Records:
    """Return what has the record of a market, a kind and a direction; each is counted when it is first asked for.

    A market's own cases make the record; where their dates are too few to claim anything, those of all the markets together. None where
    there was no case, or the market has no ATR to measure by. What a look does not hold (a later bar) is in no record.
    """
    shelves = {name: _shelf(look) for name, look in looks.items() if is_readable(look)}

    @cache
    def record(market: str, kind: str, direction: str) -> Record | None:
        if market not in shelves:
            return None
        own = _verdict([shelves[market]], kind, direction)
        if own is not None and own.dates >= FEWEST:
            return _told(own, "market")
        return _told(_verdict(shelves.values(), kind, direction), "desk")

    return record


def is_readable(look: Look) -> bool:
    """Whether a market's past can be judged: it trades, and its bars have a range."""
    bars = look.adjusted.bars
    return len(bars) > PATIENCE and not bars.is_close_only and is_traded(bars)


def _shelf(look: Look) -> _Shelf:
    market = market_of(look)
    came = first_touch(market.bars, market.atr, REACH, REACH, PATIENCE)
    whole = ~is_torn(look.adjusted, np.arange(len(market.bars)), PATIENCE)
    return _Shelf(market, came, expected(came, market.state, whole), whole)


def _verdict(shelves: Iterable[_Shelf], kind: str, direction: str) -> Verdict | None:
    parts = [part for shelf in shelves for part in shelf.judged(kind, direction)]
    if not parts:
        return None
    came, null, variance, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    return judge(came, null, variance, day.astype(np.int64), PATIENCE, is_rate=True)


def _told(verdict: Verdict | None, scope: str) -> Record | None:
    if verdict is None:
        return None
    return Record(verdict.n, verdict.dates, verdict.rate, verdict.low, verdict.high, verdict.null, scope)  # type: ignore[arg-type]
