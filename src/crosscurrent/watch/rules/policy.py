"""Moves of the policy path that are worth a call."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.watch.alert import Alert
from crosscurrent.watch.seen import Seen

__all__ = ["policy_moved"]

LARGE = 0.9
"""A day's move is told when it is larger than nine in ten of the days before in its direction."""


def policy_moved(before: Seen, now: Seen) -> Iterator[Alert]:
    """Yield a large day's move of the implied policy rate."""
    market = now.analysis.desk.rates.implied
    known = None if market is None else before.last(market)
    move = None if market is None else now.analysis.move(market, "1d")
    if market is None or known is None or move is None or move.change is None or move.end <= known:
        return
    if move.percentile is not None and move.percentile >= LARGE:
        way = "easing" if move.change < 0 else "tightening"
        since = "" if move.largest_since is None else f", the largest such move since {move.largest_since}"
        text = f"The policy path moved {move.change:+.0f} bp towards {way} in a day{since}."
        yield Alert(now.desk, market, "policy_moved", str(move.end), text)
