"""Landmarks: the prices around a close that a trade is planned by, each with the reason why it matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.facts.table import FactTable
from crosscurrent.indicators.averages import sma
from crosscurrent.structure.look import Look
from crosscurrent.units.dates import date_of

__all__ = ["AVERAGES", "Landmark", "extremes", "laid_out", "landmarks", "spread_out"]

YEAR = 252
AVERAGES = (50, 200)
SWING, LARGE_SWING = 1.5, 3.0
"""The scales, in ATR, of the swings that serve as targets."""
FRESH = 63
"""Sessions for which a small swing is remembered by most."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A price with its reason.

    `kind` is what stands there: `swing_high`, `swing_low`, `record_high`, `record_low`, `average`, `level`, `line` or `measured`.
    `session` dates a swing, a record or a line's first swing; `length` an average; `touches` a level or a line. `weight` says how
    much it is watched: one for a small or old swing, two for a fresh one, a level or a line, three for averages, records and
    targets.
    """

    kind: str
    price: float
    session: np.datetime64 | None = None
    length: int | None = None
    touches: int | None = None
    what: str = ""
    subject: int = -1
    weight: float = 1.0

    @property
    def reason(self) -> str:
        """The reason in words, for JSON and tables."""
        if self.kind == "average":
            return f"{self.length}-day average"
        if self.kind == "measured":
            return self.what if " " in self.what else f"measured target of the {self.what.replace('_', ' ')}"
        name = self.kind.replace("_", " ")
        return f"{name} of {date_of(self.session)}" if self.session is not None else name


def landmarks(look: Look) -> tuple[Landmark, ...]:
    """Return every landmark known at the last close, lowest first, in the prices of the current contract."""
    found = [*extremes(look), *_averages(look), *_levels(look), *_lines(look), *_measured(look)]
    return tuple(sorted(found, key=lambda mark: mark.price))


def extremes(look: Look) -> tuple[Landmark, ...]:
    """Return the swing highs and lows of the last year, and the extremes of that year or of the whole history, each price once."""
    if not len(look.traded):
        return ()
    records = tuple(_records(look))
    taken = {(mark.session, mark.price) for mark in records}
    return (*(mark for mark in _swings(look) if (mark.session, mark.price) not in taken), *records)


def _swings(look: Look) -> Iterator[Landmark]:
    bars = look.traded.bars
    if not len(bars):
        return
    since, fresh = (bars.session[max(len(bars) - n, 0)] for n in (YEAR, FRESH))
    facts = look.facts("swing_high", "swing_low", since=since, basis="traded")
    large = {(f.kind, f.anchors[0].session) for f in facts if f.readings.get("atr_reversal") == LARGE_SWING}
    for fact in facts:
        if fact.readings.get("atr_reversal") == SWING:
            at = fact.anchors[0]
            weight = 1.0 + (at.session >= fresh) + ((fact.kind, at.session) in large)
            yield Landmark(fact.kind, at.price, at.session, weight=weight)


def _records(look: Look) -> Iterator[Landmark]:
    """Yield the year's extremes of prices as charted, called records where they are the highest or lowest of the whole history."""
    bars = look.traded.bars
    if not len(bars):
        return
    recent = slice(max(len(bars) - YEAR, 0), None)
    at_high = recent.start + int(np.argmax(bars.high[recent]))
    at_low = recent.start + int(np.argmin(bars.low[recent]))
    high_kind = "record_high" if bars.high[at_high] >= bars.high.max() else "year_high"
    low_kind = "record_low" if bars.low[at_low] <= bars.low.min() else "year_low"
    yield Landmark(high_kind, float(bars.high[at_high]), bars.session[at_high], weight=3.0)
    yield Landmark(low_kind, float(bars.low[at_low]), bars.session[at_low], weight=3.0)


def _averages(look: Look) -> Iterator[Landmark]:
    for length in AVERAGES:
        value = sma(look.traded.bars.close, length)[-1:]
        if len(value) and np.isfinite(value[0]):
            yield Landmark("average", float(value[0]), length=length, weight=3.0)


def _levels(look: Look) -> Iterator[Landmark]:
    for fact in look.forming("level"):
        if fact.basis == "traded":
            yield Landmark("level", float(fact.readings["price"]), fact.anchors[0].session if fact.anchors else None,
                           touches=int(fact.readings.get("touches", 0)), subject=fact.subject, weight=2.0)  # fmt: skip


def _lines(look: Look) -> Iterator[Landmark]:
    for fact in look.forming("trendline"):
        if fact.basis == "traded" and "next_price" in fact.readings:
            yield Landmark("line", float(fact.readings["next_price"]), fact.anchors[0].session,
                           touches=int(fact.readings["touches"]), subject=fact.subject, weight=2.0)  # fmt: skip


def _measured(look: Look) -> Iterator[Landmark]:
    """Yield the targets of patterns that are confirmed and have not yet ended."""
    for sweep in look.sweeps:
        if {"trigger", "target"} <= set(sweep.table.layout.readings):
            for fact in sweep.facts(_last_of_each(sweep.table)):
                if "target" in fact.readings:
                    # A roll since the confirmation has moved the contract's prices, and the target with them.
                    bars = sweep.tape.bars
                    target = float(fact.readings["target"]) + float(bars.shift[-1] - bars.shift[fact.at])
                    yield Landmark("measured", target, what=fact.kind, subject=fact.subject, weight=3.0)


def _last_of_each(table: FactTable) -> NDArray[np.intp]:
    """Return the places of the last fact about each subject that is confirmed: what still stands."""
    life = np.stack([table.kind.astype(np.int64), table.subject])[:, ::-1]
    _, newest = np.unique(life, axis=1, return_index=True)
    last = np.sort(len(table) - 1 - newest)
    return np.asarray(last[table.stage[last] == CONFIRMED])


def spread_out(marks: Iterable[Landmark], apart: float) -> tuple[Landmark, ...]:
    """Return the landmarks in the order given, without those that lie closer than `apart` to one before them."""
    kept: list[Landmark] = []
    for mark in marks:
        if all(abs(mark.price - other.price) >= apart for other in kept):
            kept.append(mark)
    return tuple(kept)


def laid_out(marks: Iterable[Landmark], apart: float) -> tuple[Landmark, ...]:
    """Return the landmarks in the order given, of those that lie closer than `apart` to one another the weightiest; records always.

    Two marks a step from each other are one price to a trader, but nobody leaves a record off the chart.
    """
    kept: list[Landmark] = []
    for mark in marks:
        is_near = bool(kept) and abs(mark.price - kept[-1].price) < apart
        if not is_near or mark.kind.startswith("record"):
            kept.append(mark)
        elif mark.weight > kept[-1].weight:
            kept[-1] = mark
    return tuple(kept)
