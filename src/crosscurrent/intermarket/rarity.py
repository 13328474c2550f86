"""How rare a move is: its rank, its percentile, and the date since which it is the largest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.errors import MissingData, RequestError

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot

__all__ = ["PERIODS", "Move", "RawMove", "Streak", "move_of", "moves_of_bars", "period_ends", "rarity", "spans"]

PERIODS = ("1d", "1w", "1mo")
VOLATILITY_WINDOW = 63
SAME = 1e-7  # moves this close are equal: yields are quoted to a hundredth, floats are not


@dataclass(frozen=True, slots=True)
class RawMove:
    """What the unadjusted series would have said, kept where a roll makes it say otherwise."""

    change: float
    largest_since: np.datetime64 | None


@dataclass(frozen=True, slots=True)
class Streak:
    """How many periods in a row went one way, and the end of the latest earlier run at least as long (None: there was none)."""

    length: int
    longest_since: np.datetime64 | None


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """One change and how it compares with all earlier ones of the same kind.

    Known at the close of `end`. A fall is compared with falls, a rise with rises.

    Parameters
    ----------
    market, unit, period
        `unit` is `bp` for yields, `pct` for prices; `period` is `1d`, `1w` (weeks ending Friday), `1mo`, or `5d` for five sessions.
    change
        None where a price at or below zero leaves per cent without a meaning.
    start, end
        The two sessions compared.
    rank, periods
        1 is the largest move in that direction of all `periods` on record. None for no change.
    percentile
        Share of earlier periods with a smaller move in that direction.
    volatility_percentile
        The same, each move divided by the volatility of daily changes over the 63 sessions before it began.
    largest_since
        Last session of the latest earlier period with at least as large a move in that direction; None if there was none.
    is_complete
        False while the week or month is still running.
    raw
        What the unadjusted series says where that differs.
    """

    market: str
    unit: Literal["pct", "bp"]
    period: str
    change: float | None
    start: np.datetime64
    end: np.datetime64
    rank: int | None
    periods: int
    percentile: float | None
    volatility_percentile: float | None
    largest_since: np.datetime64 | None
    streak: Streak | None
    is_complete: bool = True
    basis: str = "traded"
    roll_source: str = "none"
    raw: RawMove | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row that `rates` and `rarity` print."""
        key = f"change_{self.unit}"
        raw = self.raw and {key: self.raw.change, "largest_since": _day(self.raw.largest_since)}
        streak = self.streak and {"length": self.streak.length, "longest_since": _day(self.streak.longest_since)}
        return {
            "market": self.market, "unit": self.unit, "period": self.period, key: self.change, "from": str(self.start),
            "to": str(self.end), "rank": self.rank, "periods": self.periods, "percentile": self.percentile,
            "volatility_percentile": self.volatility_percentile, "largest_since": _day(self.largest_since), "streak": streak,
            "is_complete": self.is_complete, "basis": self.basis, "roll_source": self.roll_source, "unadjusted": raw or None,
        }  # fmt: skip


def _day(day: np.datetime64 | None) -> str | None:
    return None if day is None else str(day)


def rarity(snapshot: Snapshot, market: str, periods: Sequence[str] = PERIODS) -> tuple[Move, ...]:
    """Return how rare the latest move of a market is over each period, on the basis free of roll gaps.

    A period without two observations is left out. `RequestError` for a period that is none, `MissingData` when no period has two.
    """
    moves = moves_of_bars(
        snapshot.adjusted(market), snapshot.traded(market), periods, snapshot.as_of.astype("datetime64[D]")
    )
    if not moves:
        raise MissingData(f"A second observation of {market}", f"the data until {snapshot.as_of}")
    return moves


def moves_of_bars(
    adjusted: Bars, traded: Bars, periods: Sequence[str] = PERIODS, as_of: np.datetime64 | None = None
) -> tuple[Move, ...]:
    """Return the latest move over each period that has two observations; `traded` says what a roll would have made of it."""
    unit = adjusted.instrument.change_unit
    kept = []
    for period in periods:
        series = (adjusted.session, adjusted.close, adjusted.shift)
        move = move_of(adjusted.market, *series, period, unit=unit, as_of=as_of)
        if move is None:
            continue
        raw = move_of(traded.market, traded.session, traded.close, traded.shift, period, unit=unit, as_of=as_of)
        kept.append(_with_source(move, adjusted, raw))
    return tuple(kept)


def _with_source(move: Move, bars: Bars, raw: Move | None) -> Move:
    differs = raw is not None and raw.change is not None and raw.largest_since != move.largest_since
    told = RawMove(raw.change, raw.largest_since) if differs and raw is not None and raw.change is not None else None
    return replace(move, basis=bars.basis, roll_source=bars.roll_source, raw=told)


def move_of(
    market: str,
    sessions: Sessions,
    closes: Floats,
    shift: Floats,
    period: str,
    *,
    unit: Literal["pct", "bp"] = "pct",
    as_of: np.datetime64 | None = None,
) -> Move | None:
    """Return the latest move over `period` and its rarity, from plain arrays; None with fewer than two observations.

    Parameters
    ----------
    sessions, closes, shift : arrays of shape (n,)
        Closes free of roll gaps, and what to add to get prices of the contract then current (zeros for what never rolls).
    period
        `1d`, `1w`, `1mo`, or `nd` for n sessions.
    as_of
        Decides whether the running week or month is over; the last session when not given.
    """
    starts, ends = spans(sessions, period)
    if len(ends) == 0:
        return None
    changes = _changes(closes, shift, starts, ends, unit)
    scaled = changes / _volatility_before(closes, shift, unit, starts)
    now, before = changes[-1], changes[:-1]
    defined = bool(np.isfinite(now))
    rank, since = _rank_and_since(now, before, sessions[ends[:-1]])
    return Move(
        market=market, unit=unit, period=period, change=round(float(now), 9) if defined else None, start=sessions[starts[-1]],
        end=sessions[ends[-1]], rank=rank, periods=int(np.isfinite(changes).sum()), percentile=_share_smaller(now, before),
        volatility_percentile=_share_smaller(scaled[-1], scaled[:-1]), largest_since=since,
        streak=_streak(changes, sessions[ends]), is_complete=_is_over(sessions[-1] if as_of is None else as_of, sessions[-1], period),
    )  # fmt: skip


def spans(sessions: Sessions, period: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each period starts (the last observation before it) and ends."""
    days = re.fullmatch(r"(\d+)d", period)
    if days and int(days[1]) > 0:
        at = np.arange(len(sessions))
        return at[: -int(days[1])], at[int(days[1]) :]
    ends = period_ends(sessions, period)
    number = _period_number(sessions[ends], period)
    # A hole in the data is not one long week: only neighbours are compared.
    is_next = np.diff(number) == 1
    return ends[:-1][is_next], ends[1:][is_next]


def period_ends(sessions: Sessions, period: str) -> NDArray[np.intp]:
    """Return the place of the last observation of each week (ending Friday) or month."""
    number = _period_number(sessions, period)
    return np.flatnonzero(np.append(number[1:] != number[:-1], True)) if len(sessions) else np.empty(0, np.intp)


def _period_number(sessions: Sessions, period: str) -> NDArray[np.int64]:
    """Number the weeks or months; a week runs from Saturday to Friday."""
    if period == "1w":
        return np.asarray((sessions.astype("datetime64[D]").astype(np.int64) + 5) // 7)
    if period == "1mo":
        return sessions.astype("datetime64[M]").astype(np.int64)
    raise RequestError(f"{period!r} is no period: use 1w, 1mo or a number of sessions such as 1d or 5d.", period=period)


def _is_over(as_of: np.datetime64, last: np.datetime64, period: str) -> bool:
    if period not in ("1w", "1mo"):
        return True
    today = np.array([last, as_of + np.timedelta64(1, "D")], "datetime64[D]")
    numbers = _period_number(today, period)
    return bool(numbers[1] > numbers[0])


def _changes(closes: Floats, shift: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp], unit: str) -> Floats:
    """Return the changes in basis points, or in per cent of the price of the contract current at the end."""
    moved = closes[ends] - closes[starts]
    if unit == "bp":
        return np.asarray(100.0 * moved)
    base = closes[starts] + shift[ends]
    return np.asarray(np.divide(100.0 * moved, base, out=np.full(len(moved), np.nan), where=base > 0))


def _volatility_before(closes: Floats, shift: Floats, unit: str, starts: NDArray[np.intp]) -> Floats:
    """Return the root mean square of the 63 daily changes until each start; NaN before there are as many, or when all were zero."""
    at = np.arange(len(closes))
    squares = np.concatenate([[0.0], _changes(closes, shift, at[:-1], at[1:], unit) ** 2])
    window = (
        np.lib.stride_tricks.sliding_window_view(squares, VOLATILITY_WINDOW)
        if len(closes) >= VOLATILITY_WINDOW
        else None
    )
    found = np.full(len(closes), np.nan)
    if window is not None:
        found[VOLATILITY_WINDOW - 1 :] = np.sqrt(window.mean(axis=1))
    found[:VOLATILITY_WINDOW] = np.nan
    found[found == 0] = np.nan
    return np.asarray(found[starts])


def _share_smaller(now: float, before: Floats) -> float | None:
    """Return the share of earlier moves that were smaller in the direction of this one."""
    known = before[np.isfinite(before)]
    if not np.isfinite(now) or abs(now) < SAME or len(known) == 0:
        return None
    way = np.sign(now)
    return float(np.mean(way * known < way * now - SAME))


def _rank_and_since(now: float, before: Floats, ends: Sessions) -> tuple[int | None, np.datetime64 | None]:
    """Return the rank of a move in its direction, and when there last was one at least as large."""
    if not np.isfinite(now) or abs(now) < SAME:
        return None, None
    way = np.sign(now)
    as_large = np.flatnonzero(way * before >= way * now - SAME)
    strictly = int(np.sum(way * before > way * now + SAME))
    return strictly + 1, ends[as_large[-1]] if len(as_large) else None


def _streak(changes: Floats, ends: Sessions) -> Streak | None:
    """Return the run of moves in one direction that the last move belongs to."""
    ways = np.where(np.abs(changes) < SAME, 0.0, np.sign(changes))
    if not np.isfinite(ways[-1]) or ways[-1] == 0:
        return None
    runs = _run_lengths(ways == ways[-1])
    length = int(runs[-1])
    earlier = np.flatnonzero(runs[: len(runs) - length] >= length)
    return Streak(length, ends[earlier[-1]] if len(earlier) else None)


def _run_lengths(holds: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return, at each place, for how many places in a row the statement has held."""
    at = np.arange(1, len(holds) + 1)
    return np.asarray(at - np.maximum.accumulate(np.where(holds, 0, at)))
