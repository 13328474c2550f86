"""A market's bars in the interval that is asked for: apart from the pipeline, because whoever scans needs this of it and no more."""

from __future__ import annotations

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.resample import monthly, weekly
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RequestError

__all__ = ["on_both_bases"]


def on_both_bases(snapshot: Snapshot, market: str, interval: str = "1d") -> tuple[Bars, Bars]:
    """Return a market's bars in an interval as traded and free of roll gaps."""
    return _in_interval(snapshot.traded(market), interval), _in_interval(snapshot.adjusted(market), interval)


def _in_interval(bars: Bars, interval: str) -> Bars:
    if interval == bars.interval:
        return bars
    if interval in ("1w", "1mo"):
        return weekly(bars) if interval == "1w" else monthly(bars)
    raise RequestError(
        f"There are no {interval} bars of {bars.market}; these are {bars.interval}. Ask for 1d, 1w or 1mo."
    )
