"""Two markets side by side: paired by trade date, with every unequal session named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Sessions
from crosscurrent.errors import BrokenRule
from crosscurrent.markets import Calendar, calendar

__all__ = ["Pair", "Unequal", "common", "pair"]

APART = np.timedelta64(60, "m")
"""Two short sessions that end within the hour of each other count as equal."""


@dataclass(frozen=True, slots=True)
class Unequal:
    """A session that is not the same in both markets: `short` in one of them, or `missing` from one; with the reason in words."""

    session: np.datetime64
    kind: Literal["short", "missing"]
    market: str
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The sessions that two markets share, because a price paired with another day's price says nothing.

    Parameters
    ----------
    a, b
        The two markets' bars.
    sessions : datetime64[D] of shape (n,)
        The trade dates on which both have a bar.
    at_a, at_b : int64 of shape (n,)
        The places of those bars in `a` and in `b`.
    unequal
        Sessions within the shared span that are short in one market alone, or far shorter than in the other, and those missing
        from one; oldest first. A day without bond yields is `missing`; it is no row of the pair.
    """

    a: Bars
    b: Bars
    sessions: Sessions
    at_a: NDArray[np.int64]
    at_b: NDArray[np.int64]
    unequal: tuple[Unequal, ...]

    def __len__(self) -> int:
        return len(self.sessions)

    def last(self, n: int) -> Pair:
        """Return the last `n` shared sessions, with what is unequal among or between them."""
        kept = slice(max(len(self) - n, 0), None)
        since = self.sessions[kept][0] if len(self) and n > 0 else None
        unequal = tuple(one for one in self.unequal if since is not None and one.session >= since)
        return Pair(self.a, self.b, self.sessions[kept], self.at_a[kept], self.at_b[kept], unequal)

    @property
    def is_equal(self) -> NDArray[np.bool_]:
        """Whether each shared session, shape (n,), is of equal length in both."""
        named = np.array([one.session for one in self.unequal], "datetime64[D]")
        return np.asarray(~np.isin(self.sessions, named))


def pair(a: Bars, b: Bars) -> Pair:
    """Return the shared sessions of two series of one interval: days by trade date, with the unequal ones named.

    Weeks and months are paired by the calendar, because theirs may end on different days (the label is that of `a`); intraday
    bars by the moment of their close.
    """
    if a.interval != b.interval:
        raise BrokenRule("only bars of one interval are paired", a=a.interval, b=b.interval)
    at_a, at_b = common(a, b)
    sessions = a.session[at_a]
    unequal = _unequal(a, b, sessions) if a.interval == "1d" else ()
    return Pair(a, b, sessions, at_a, at_b, unequal)


def common(a: Bars, b: Bars) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the shared sessions in both series, for those who need not know which are unequal."""
    _, at_a, at_b = np.intersect1d(_keys(a), _keys(b), assume_unique=True, return_indices=True)
    return at_a.astype(np.int64), at_b.astype(np.int64)


def _keys(bars: Bars) -> Sessions:
    """Return what two bars must share to be a pair."""
    if bars.interval == "1w":
        # numpy's weeks begin on Thursdays, as 1 January 1970 was one; ours on Mondays.
        return (bars.session + np.timedelta64(3, "D")).astype("datetime64[W]")
    by = {"1d": "datetime64[D]", "1mo": "datetime64[M]"}.get(bars.interval)
    return bars.session.astype(by) if by else bars.closed_at


def _unequal(a: Bars, b: Bars, sessions: Sessions) -> tuple[Unequal, ...]:
    if not len(sessions):
        return ()
    found = [_short(a, b, day) for day in _short_days(a.instrument.exchange, b.instrument.exchange, sessions)]
    for here, there in ((a, b), (b, a)):
        alone = np.setdiff1d(here.session, there.session)
        alone = alone[(alone >= sessions[0]) & (alone <= sessions[-1])]
        notes = calendar(there.instrument.exchange)
        found += [Unequal(day, "missing", there.market, notes.note(day) or "no bar") for day in alone]
    return tuple(sorted(found, key=lambda one: (one.session, one.market)))


def _short_days(one: str, other: str, sessions: Sessions) -> Sessions:
    """Return the sessions that one exchange cuts short and the other does not, or ends more than an hour apart."""
    first, second = calendar(one), calendar(other)
    days = np.intersect1d(np.array(sorted({*first.short, *second.short}), "datetime64[D]"), sessions)
    return np.array([day for day in days if _differ(first, second, day)], "datetime64[D]")


def _differ(first: Calendar, second: Calendar, day: np.datetime64) -> bool:
    if first.is_short(day) != second.is_short(day):
        return True
    label = np.array([day])
    return bool(abs(first.closed_at(label)[0] - second.closed_at(label)[0]) > APART)


def _short(a: Bars, b: Bars, day: np.datetime64) -> Unequal:
    """Return the shorter session of the two."""
    label = np.array([day])
    mine, theirs = calendar(a.instrument.exchange), calendar(b.instrument.exchange)
    is_mine = mine.is_short(day) and (not theirs.is_short(day) or mine.closed_at(label)[0] < theirs.closed_at(label)[0])
    shorter, market = (mine, a.market) if is_mine else (theirs, b.market)
    return Unequal(day, "short", market, shorter.note(day))
