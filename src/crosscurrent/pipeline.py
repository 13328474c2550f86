"""Snapshot in, note out: the whole analysis on one page, the same for today, for any past date and for evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crosscurrent.bars.bars import Bars, Basis
from crosscurrent.bars.resample import monthly, weekly
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RequestError
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import Look, look_at

__all__ = ["all_kinds", "look"]


def look(
    snapshot: Snapshot, markets: Iterable[str], *, interval: str = "1d", basis: str | Basis | None = None
) -> Mapping[str, Look]:
    """Return what each market has drawn: every detector, on the prices in which it is told."""
    return {
        market: look_at(
            _in_interval(snapshot.traded(market), interval), _in_interval(snapshot.adjusted(market), interval), DETECTORS, basis  # type: ignore[arg-type]
        )
        for market in markets
    }  # fmt: skip


def _in_interval(bars: Bars, interval: str) -> Bars:
    if interval == bars.interval:
        return bars
    if interval in ("1w", "1mo"):
        return weekly(bars) if interval == "1w" else monthly(bars)
    raise RequestError(f"There are no {interval} bars of {bars.market}; these are {bars.interval}. Ask for 1d, 1w or 1mo.")


def all_kinds() -> tuple[str, ...]:
    """Return every kind of fact that the detectors can write, in their order."""
    return tuple(dict.fromkeys(kind for detector in DETECTORS for kind in detector.layout.kinds))
