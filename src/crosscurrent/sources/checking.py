"""Checking a source: every market read once, with what its bars leave to be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.quality import Finding, check
from crosscurrent.errors import CrosscurrentError
from crosscurrent.sources.source import Gap, Source
from crosscurrent.sources.taking import STALE

__all__ = ["MarketReport", "SourceReport", "check_source"]


@dataclass(frozen=True, slots=True)
class MarketReport:
    """What is known of one market's bars: how many, from when to when, what is odd; or the fault that kept them out."""

    market: str
    rows: int = 0
    first: np.datetime64 | None = None
    last: np.datetime64 | None = None
    is_close_only: bool = False
    findings: tuple[Finding, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """All markets of a source, and what it left aside."""

    source: str
    markets: tuple[MarketReport, ...]
    aside: tuple[Gap, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every market could be read and none has a finding that is more than a remark."""
        return all(not m.fault and all(f.severity == "info" for f in m.findings) for m in self.markets)


def check_source(
    source: Source,
    markets: Iterable[str] | None = None,
    as_of: np.datetime64 | None = None,
    told: Callable[[str], None] = lambda market: None,
) -> SourceReport:
    """Read markets (all by default) and return what is odd about each until `as_of`; a fault of one stops no other.

    `told` is called with each market when it is done, for a progress bar.
    """
    reports: list[MarketReport] = []
    for market in source.markets() if markets is None else markets:
        reports.append(_report(source, market, as_of))
        told(market)
    newest = max((one.last for one in reports if one.last is not None), default=None)
    return SourceReport(source.name, tuple(_dated(one, newest) for one in reports), source.notes)


def _dated(one: MarketReport, newest: np.datetime64 | None) -> MarketReport:
    """Return the report with what is to be said of a market that ended before the others: delisted, or no longer fetched."""
    if one.last is None or newest is None or one.last >= newest - STALE:
        return one
    told = f"its last bar is of {one.last}, {(newest - one.last).astype(int)} days before the newest of the source"
    return replace(one, findings=(*one.findings, Finding(one.market, one.last, "ended", told, "info")))


def _report(source: Source, market: str, as_of: np.datetime64 | None) -> MarketReport:
    try:
        whole = source.bars(market)
    except CrosscurrentError as fault:
        return MarketReport(market, fault=fault.sentence)
    bars = whole if as_of is None else whole.until(as_of)
    if not len(bars):
        return MarketReport(market, fault=f"Nothing was known by {as_of}; its first session is {whole.session[0]}.")
    return MarketReport(market, len(bars), bars.session[0], bars.session[-1], bars.is_close_only, check(bars))
