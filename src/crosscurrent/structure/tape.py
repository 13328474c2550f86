"""A tape: one market's bars on one basis, with the causal series that many detectors read, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.bars.continuous import roll_bars
from crosscurrent.indicators.volatility import atr
from crosscurrent.markets.expiry import expiries

__all__ = ["State", "States", "Tape"]

T = TypeVar("T")
State = tuple[NDArray[Any], ...]
NOTHING = object()
"""What no sweep ever finds."""
States = Mapping[int, State]
"""What sweeps carry at the end of a tape, by the name of what was swept: arrays alone, so that they can be stored."""


class Tape:
    """What a detector is handed: bars, and what has been computed from them.

    Every series on it is causal: its value at a bar depends on that bar and earlier ones alone, NaN in its warm-up. Sweeps that
    several detectors share (swings, lines) are kept here by key, so that the whole past costs one pass.

    Parameters
    ----------
    bars
        All of them, from the first one on.
    start, carried
        Where new bars begin, and what the sweeps carried at the bar before: facts of earlier bars need not be found again. From
        nothing everything is new. What was carried is the tape's from now on, and changes.
    closed
        The tape without a last bar that is still being traded, which nothing is carried on from; None where there is none.
    """

    def __init__(self, bars: Bars, start: int = 0, carried: States | None = None, closed: Tape | None = None) -> None:
        self.bars = bars
        self.start = start
        self._closed = closed
        self._carried: States = carried or {}
        self._states: dict[int, State] = {}
        self._kept: dict[object, object] = {}

    def append(self, bars: Bars) -> Tape:
        """Return the tape of a longer history of the same market, on which only what is new is swept."""
        return Tape.resuming(bars, len(self.closed), _Lent(self.closed.states))

    @classmethod
    def resuming(cls, bars: Bars, start: int, carried: States) -> Tape:
        """Return the tape of bars of which those from `start` on are new, a last one that is still being traded laid on top."""
        if bars.is_complete:
            return cls(bars, start, carried)
        closed = cls(bars.first(len(bars) - 1), start, carried)
        return cls(bars, len(closed), _Lent(closed.states), closed)

    @property
    def closed(self) -> Tape:
        """The tape of the bars that are over: itself, unless the last one is still being traded.

        It keeps no hold of itself, so that its curves are let go of with it, and the next market's lie where they lay.
        """
        return self if self._closed is None else self._closed

    @property
    def states(self) -> States:
        """What the sweeps carry at the last bar."""
        return self._states

    @cached_property
    def anew(self) -> Tape:
        """The same bars with nothing carried, for a sweep that the tape before had not made."""
        return Tape(self.bars) if self.start else self

    def __len__(self) -> int:
        return len(self.bars)

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """Return what `compute` gives, computed at the first call with this key."""
        found = self._kept.get(key, NOTHING)
        if found is NOTHING:
            found = self._kept[key] = compute()
        return found  # type: ignore[return-value]

    def resumed(self, key: object, fresh: Callable[[], State], go_on: Callable[[Tape, State], tuple[T, State]]) -> T:
        """Return what a sweep finds from `start` on, computed at the first call with this key.

        `go_on` is given a tape and what was carried to its start, which it may change, and returns what it found and what to carry
        on. Where the tape before had not made this sweep, it is made from the first bar.
        """
        name = named(key)
        return self.once(name, lambda: self._resume(name, fresh, go_on))

    def _resume(self, name: int, fresh: Callable[[], State], go_on: Callable[[Tape, State], tuple[T, State]]) -> T:
        state = self._carried.get(name)
        found, self._states[name] = go_on(self.anew, fresh()) if state is None else go_on(self, state)
        return found

    def carrying(self, key: object) -> State:
        """Return what a sweep that has been made on this tape carries at the last bar."""
        return self._states[named(key)]

    def since(self, rows: Floats) -> Floats:
        """Return the rows that `start` or a later bar revealed, of rows whose first number is the bar."""
        return rows[rows[:, 0] >= self.start] if self.start else rows

    @cached_property
    def atr(self) -> Floats:
        """Wilder's average true range over 14 bars: the yardstick of every tolerance."""
        return atr(self.bars.high, self.bars.low, self.bars.close)

    @cached_property
    def rolled(self) -> NDArray[np.bool_]:
        """Whether each bar is the first of a new contract: as the bars say, else as the roll calendar and the volume do."""
        is_said = self.bars.basis == "adjusted" or bool(self.bars.rolled.any())
        return self.bars.rolled if is_said else self._looked_up()

    def _looked_up(self) -> NDArray[np.bool_]:
        if self.bars.interval == "1d":
            return roll_bars(self.bars)
        ends = self._last_days()
        places = np.searchsorted(self.bars.session, ends, side="right")
        rolled = np.zeros(len(self.bars), bool)
        rolled[places[(places > 0) & (places < len(self.bars))]] = True
        return rolled

    def _last_days(self) -> Sessions:
        """Return the last sessions of the contracts within the years of the bars, by the roll calendar."""
        bars = self.bars
        if not len(bars):
            return bars.session
        first, last = (int(day.astype("datetime64[Y]").astype(int)) + 1970 for day in bars.session[[0, -1]])
        return expiries(bars.instrument.symbol, bars.instrument.roll, first, last)

    @cached_property
    def cut(self) -> NDArray[np.bool_]:
        """Whether each bar's prices are of another contract than those before it, so that no rule may compare them.

        Of adjusted prices: where a roll's gap could not be found, so that nothing was moved. Each bar's own matter: whether other
        rolls could be bridged, later ones at that, must not change it.
        """
        cut, shift = self.rolled.copy(), self.bars.shift
        cut[1:] &= shift[1:] == shift[:-1]
        return cut

    @cached_property
    def settled_early(self) -> NDArray[np.bool_]:
        """Whether each bar closes at the morning's special settlement: an index future's last day, on which it is no market close.

        On adjusted prices too, where the close is at best put where the reference ended: an estimate, and no shape of a bar.
        """
        bars = self.bars
        if bars.interval != "1d" or bars.instrument.roll != "equity_quarterly":
            return np.zeros(len(bars), bool)
        return np.isin(bars.session, self._last_days())


@dataclass(frozen=True, slots=True)
class _Lent(Mapping[int, State]):
    """What a tape's sweeps carry, handed to another tape as copies: it may be gone on from more than once."""

    states: States

    def __getitem__(self, name: int) -> State:
        return tuple([array.copy() for array in self.states[name]])

    def __iter__(self) -> Iterator[int]:
        return iter(self.states)

    def __len__(self) -> int:
        return len(self.states)


@lru_cache(maxsize=4096)
def named(key: object) -> int:
    """Return the name under which a sweep's state is stored: its key says which sweep, and with which parameters."""
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=8).digest(), "little", signed=True)
