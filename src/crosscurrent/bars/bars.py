"""Bars: what was traded, as read-only columns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.errors import BrokenRule
from crosscurrent.markets.instrument import Instrument

__all__ = ["BASES", "Bars", "Basis", "Floats", "Sessions"]

Basis = Literal["traded", "adjusted"]
BASES: tuple[Basis, Basis] = ("traded", "adjusted")
Floats = NDArray[np.float64]
Sessions = NDArray[np.datetime64]
COLUMNS = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """One market's history on one basis, because every statement must say on which prices it stands.

    A bar is known at its `closed_at`. Arrays share one length `n`, ascend in time and are read-only.

    Parameters
    ----------
    market
        The name by which the data folder or the desk calls the market.
    interval
        `1d`, `1w`, `1h` ...
    basis
        `traded` (as charts show a front series) or `adjusted` (free of roll gaps).
    session : datetime64[D] of shape (n,)
        The exchange's own date label; of a week, its last session.
    closed_at : datetime64[s] of shape (n,)
        When the bar was complete, UTC.
    open, high, low, close : float64 of shape (n,)
        Never NaN. A close-only series repeats its close in all four and says so in `is_close_only`.
    volume : float64 of shape (n,)
        NaN where unknown.
    shift : float64 of shape (n,)
        What to add to a price of this basis to get the price of the contract current at that bar; zeros when traded.
    rolled : bool of shape (n,)
        Whether the bar is the first of a new contract.
    is_close_only
        Whether the series has closes alone; detectors that need a range stay silent on it.
    roll_source
        How roll gaps were found: `none`, `contracts`, `estimated`, `unadjusted`.
    gap : float64 of shape (n,), or None
        Of a series that says itself where it rolls: at the first bar of each contract its price less the old one's in one session
        before, NaN where that is not known, zero elsewhere. None when rolls are to be looked for.
    is_complete
        False when the last bar is still being traded (an unfinished week): it is then forming only.
    """

    market: str
    instrument: Instrument
    interval: str
    basis: Basis
    session: Sessions
    closed_at: Sessions
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    shift: Floats
    rolled: NDArray[np.bool_]
    is_close_only: bool = False
    roll_source: str = "none"
    is_complete: bool = True
    gap: Floats | None = None

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in self._held}
        if len(lengths) != 1:
            raise BrokenRule("all columns of bars share one length", market=self.market, lengths=sorted(lengths))
        for name in self._held:
            getattr(self, name).flags.writeable = False

    @property
    def _held(self) -> tuple[str, ...]:
        return (*COLUMNS, "session", "closed_at", "shift", "rolled", *(("gap",) if self.gap is not None else ()))

    def __len__(self) -> int:
        return len(self.close)

    @property
    def has_volume(self) -> bool:
        """Whether any volume is known and above zero."""
        return bool(np.any(self.volume > 0))

    @property
    def sha256(self) -> str:
        """A checksum of sessions, prices and volume, by which a later run knows whether history was restated."""
        digest = hashlib.sha256(self.session.astype("datetime64[s]").astype("<i8").tobytes())
        for name in COLUMNS:
            digest.update(np.ascontiguousarray(getattr(self, name), "<f8").tobytes())
        return digest.hexdigest()

    def slice(self, start: int, stop: int) -> Bars:
        """Return the bars from `start` up to, not including, `stop`, as copies that share nothing with what follows.

        Only the last bar can be unfinished, so what ends before it is complete. All bars are these: nothing follows them.
        """
        if start == 0 and stop >= len(self):
            return self
        cut = {name: getattr(self, name)[start:stop].copy() for name in self._held}
        return replace(self, **cut, is_complete=self.is_complete or stop < len(self))

    def first(self, n: int) -> Bars:
        """Return the first `n` bars: the history as it stood at the close of bar `n - 1`."""
        return self.slice(0, n)

    def last(self, n: int) -> Bars:
        """Return the last `n` bars, fewer when there are fewer."""
        return self.slice(max(len(self) - n, 0), len(self))

    def until(self, day: np.datetime64) -> Bars:
        """Return the bars of all sessions labelled `day` or earlier."""
        return self.first(int(np.searchsorted(self.session, _label(day), side="right")))

    def index_of(self, day: np.datetime64) -> int:
        """Return the place of the last session labelled `day` or earlier, -1 when there is none."""
        return int(np.searchsorted(self.session, _label(day), side="right")) - 1


def _label(day: object) -> np.datetime64:
    return np.datetime64(day, "D")  # type: ignore[call-overload, no-any-return]
