"""The no-repaint equation for everything at once: each past date's own snapshot, on both bases and every interval, against today's.

`no_repaint` cuts bars; here the data are cut, so that what is made of them before a detector sees them (rolls, adjusted prices,
weeks) stands on trial too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars, Basis
from crosscurrent.bars.resample import monthly, weekly
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.no_repaint import facts_of, first_difference
from crosscurrent.structure import DETECTORS, Detector

__all__ = ["INTERVALS", "Replay", "replay"]

INTERVALS = ("1d", "1w", "1mo")


@dataclass(frozen=True, slots=True)
class Replay:
    """What replaying one market showed: how many facts history holds, how many were said or unsaid at a cut, and in which words."""

    market: str
    basis: Basis
    interval: str
    bars: int
    cuts: int
    facts: int
    changed: tuple[str, ...]


def replay(
    snapshot: Snapshot,
    market: str,
    days: Iterable[np.datetime64],
    *,
    basis: Basis = "traded",
    interval: str = "1d",
    detectors: Iterable[Detector] = DETECTORS,
) -> Replay:
    """Return what changed between the facts known on each of these days and those that the whole snapshot holds of the same time.

    A fact that was said and is no longer, that was not said and is now, or that reads otherwise, counts as changed: one sentence
    for each detector and day.
    """
    detectors, days = tuple(detectors), tuple(days)
    whole = _prices(snapshot, market, basis, interval)
    history = [facts_of(detector, whole) for detector in detectors]
    changed = []
    for day in days:
        then = _prices(Snapshot(day, snapshot.markets), market, basis, interval)
        known = len(then) - 1 - (not then.is_complete)
        for detector, table in zip(detectors, history, strict=True):
            said, still = facts_of(detector, then), table.until(known)
            if not said.same_as(still):
                changed.append(f"{market} {interval} {basis} on {day}: {first_difference(said, still, whole)}")
    return Replay(market, basis, interval, len(whole), len(days), sum(map(len, history)), tuple(changed))


def _prices(snapshot: Snapshot, market: str, basis: Basis, interval: str) -> Bars:
    bars = snapshot.on(market, basis)
    return bars if interval == bars.interval else weekly(bars) if interval == "1w" else monthly(bars)
