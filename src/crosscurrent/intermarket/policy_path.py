"""The policy path that fed funds futures imply, by the method CME publishes for its FedWatch tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

__all__ = [
    "InForce",
    "MeetingOdds",
    "Segments",
    "distribution",
    "implied_rates",
    "meeting_odds",
    "segment_rates",
    "target_range",
]

STEP = 0.25
NEGLIGIBLE = 1e-12

InForce = Literal["day_after", "decision_day"]
"""From when a decision counts in the month's average: the day after (as the Fed's implementation notes have it since 2016), or the
day itself (as CME's worked example of August and September 2015 counts)."""


@dataclass(frozen=True, slots=True, eq=False)
class MeetingOdds:
    """What the futures say of one meeting.

    Parameters
    ----------
    date
        Decision day.
    probabilities
        Target range after the meeting -> probability; None when not computable.
    expected_rate
        Implied average rate after the meeting, per cent; None when not computable.
    hike, cut
        Probabilities that this meeting raises or lowers the rate.
    reason
        Why not computable; None when it is.
    """

    date: np.datetime64
    probabilities: Mapping[str, float] | None
    expected_rate: float | None
    hike: float | None
    cut: float | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the row of `meetings` that `rates` prints."""
        return {
            "date": str(self.date), "probabilities": dict(self.probabilities) if self.probabilities is not None else None,
            "expected_rate": self.expected_rate, "hike": self.hike, "cut": self.cut, "reason": self.reason,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """The rate between meetings: `rates[0]` before the first, `rates[k]` after the k-th; NaN where the strip does not tell.

    `reasons[k]` says why `rates[k]` is unknown, None where it is known.
    """

    meetings: tuple[np.datetime64, ...]
    rates: tuple[float, ...]
    reasons: tuple[str | None, ...]


def implied_rates(prices: Mapping[np.datetime64, float]) -> dict[np.datetime64, float]:
    """Return the average rate that each month's contract implies: 100 less its price, in per cent; NaN prices are left out."""
    return {month.astype("datetime64[M]"): 100.0 - price for month, price in prices.items() if np.isfinite(price)}


def target_range(rate: float) -> float:
    """Return the lower bound of the quarter-point range that holds an effective rate: 4.83 lies in 4.75-5.00."""
    return float(np.floor(rate / STEP + 1e-9) * STEP)


def segment_rates(
    averages: Mapping[np.datetime64, float],
    meetings: Sequence[np.datetime64],
    *,
    now: float | None = None,
    current: int = 0,
    in_force: InForce = "day_after",
) -> Segments:
    """Return the rate between each two meetings, from the months' average rates.

    Months without a meeting are anchors: their average is the rate. A month with meetings is a weighted mean of the rates before and
    after, so that one unknown rate follows from its neighbours. Of several ways to an unknown rate the one that magnifies errors of
    the prices least is taken: a meeting late in its month is solved backward, from the month that follows.

    Parameters
    ----------
    averages
        Month -> implied average rate, per cent.
    meetings
        Decision days, ascending.
    now
        The effective rate today, used for the segment numbered `current` only where the strip has no anchor for it.
    in_force
        See `InForce`.
    """
    edges = _edges(meetings, in_force)
    shares = {month: _days_by_segment(month, edges) for month in averages}
    rates, gains = _anchored(averages, shares, len(meetings) + 1)
    _solve(averages, shares, rates, gains)
    if now is not None and np.isnan(rates[current]):
        rates[current], gains[current] = now, 1.0
        _solve(averages, shares, rates, gains)
    reasons = tuple(None if np.isfinite(rate) else _reason(k, meetings, averages) for k, rate in enumerate(rates))
    return Segments(tuple(meetings), tuple(float(rate) for rate in rates), reasons)


def _edges(meetings: Sequence[np.datetime64], in_force: InForce) -> np.ndarray:
    """Return the first day of each rate."""
    days = np.array([m.astype("datetime64[D]") for m in meetings], "datetime64[D]")
    return days + np.timedelta64(1 if in_force == "day_after" else 0, "D")


def _days_by_segment(month: np.datetime64, edges: np.ndarray) -> np.ndarray:
    """Return how many days of the month each segment has."""
    first = month.astype("datetime64[D]")
    days = np.arange(first, (month + 1).astype("datetime64[D]"))
    return np.bincount(np.searchsorted(edges, days, side="right"), minlength=len(edges) + 1)


def _anchored(
    averages: Mapping[np.datetime64, float], shares: Mapping[np.datetime64, np.ndarray], segments: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rates that whole months tell, and how much each magnifies an error in a price."""
    rates, gains = np.full(segments, np.nan), np.full(segments, np.inf)
    # Of two whole months in one segment the nearer to its start is kept: that is the one CME links to the meeting before it.
    for month in sorted(averages, reverse=True):
        whole = np.flatnonzero(shares[month])
        if len(whole) == 1:
            rates[whole[0]], gains[whole[0]] = averages[month], 1.0
    return rates, gains


def _solve(
    averages: Mapping[np.datetime64, float],
    shares: Mapping[np.datetime64, np.ndarray],
    rates: np.ndarray,
    gains: np.ndarray,
) -> None:
    """Fill, in place, each unknown rate that a month gives away, the best conditioned first."""
    while True:
        best: tuple[float, int, float] | None = None
        for month, average in averages.items():
            days = shares[month]
            unknown = np.flatnonzero((days > 0) & np.isnan(rates))
            if len(unknown) != 1:
                continue
            k = int(unknown[0])
            known = (days > 0) & ~np.isnan(rates)
            gain = (days.sum() + days[known] @ gains[known]) / days[k]
            if best is None or gain < best[0]:
                best = gain, k, (days.sum() * average - days[known] @ rates[known]) / days[k]
        if best is None:
            return
        gains[best[1]], rates[best[1]] = best[0], best[2]


def _reason(k: int, meetings: Sequence[np.datetime64], averages: Mapping[np.datetime64, float]) -> str:
    """Say which contracts, were they there, would tell the rate of segment `k`."""
    first = meetings[k - 1].astype("datetime64[M]") if k > 0 else meetings[0].astype("datetime64[M]") - 1
    last = meetings[k].astype("datetime64[M]") if k < len(meetings) else first + 1
    absent = [str(month) for month in np.arange(first, last + 1) if month not in averages]
    if not absent:
        return "the contracts of the months around it do not settle the rate before it"
    listed = absent[0] if len(absent) == 1 else f"{', '.join(absent[:-1])} and {absent[-1]}"
    return f"no price for the contract{'s' if len(absent) > 1 else ''} of {listed}"


def distribution(steps: float) -> dict[int, float]:
    """Return the probabilities of whole quarter-point steps whose mean is `steps`: the two nearest, by CME's rule."""
    lower = int(np.floor(steps))
    rest = steps - lower
    return {lower: 1.0 - rest, lower + 1: rest} if rest > 0 else {lower: 1.0}


def meeting_odds(
    segments: Segments, as_of: np.datetime64, *, lower_bound: float | None = None
) -> tuple[MeetingOdds, ...]:
    """Return the probabilities of the target range after each meeting that is still to come.

    The change at each meeting is spread over two quarter-point steps, and the steps of successive meetings are convolved as if they
    were independent. After a meeting that is not computable no later one is: its starting point is unknown.

    Parameters
    ----------
    segments
        Rates between meetings, those already held included.
    lower_bound
        Of the target range today; taken from the rate before the next meeting when not given.
    """
    ahead = [k for k, meeting in enumerate(segments.meetings, 1) if meeting > as_of]
    odds: list[MeetingOdds] = []
    reached: dict[int, float] = {0: 1.0}
    broken: str | None = None
    for k in ahead:
        before, after = segments.rates[k - 1], segments.rates[k]
        if lower_bound is None and np.isfinite(before):
            lower_bound = target_range(before)
        reason = broken or _why_not(segments, k)
        if reason or lower_bound is None:
            odds.append(
                MeetingOdds(segments.meetings[k - 1], None, _finite(after), None, None, f"not computable: {reason}")
            )
            broken = broken or f"nor is the meeting of {segments.meetings[k - 1]} before it ({reason})"
            continue
        taken = distribution((after - before) / STEP)
        reached = _convolved(reached, taken)
        odds.append(_odds(segments.meetings[k - 1], after, reached, taken, lower_bound))
    return tuple(odds)


def _why_not(segments: Segments, k: int) -> str | None:
    """Say why the change at meeting `k` is unknown, if it is."""
    return segments.reasons[k - 1] or segments.reasons[k]


def _finite(rate: float) -> float | None:
    return rate if np.isfinite(rate) else None


def _convolved(first: Mapping[int, float], second: Mapping[int, float]) -> dict[int, float]:
    total: dict[int, float] = {}
    for a, p in first.items():
        for b, q in second.items():
            total[a + b] = total.get(a + b, 0.0) + p * q
    return total


def _odds(
    meeting: np.datetime64, rate: float, reached: Mapping[int, float], taken: Mapping[int, float], lower: float
) -> MeetingOdds:
    named = {_range_name(lower + STEP * step): p for step, p in sorted(reached.items()) if p > NEGLIGIBLE}
    hike = sum((p for step, p in taken.items() if step > 0), 0.0)
    cut = sum((p for step, p in taken.items() if step < 0), 0.0)
    return MeetingOdds(meeting, named, rate, hike, cut, None)


def _range_name(lower: float) -> str:
    return f"{lower:.2f}-{lower + STEP:.2f}"
