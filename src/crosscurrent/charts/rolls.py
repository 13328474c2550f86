"""Marks of the adjusted basis on a chart of traded prices: a straight line steps where the contract rolled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.facts.marks import Band, Mark, Point, Segment

__all__ = ["as_charted"]


def as_charted(marks: Iterable[Mark], adjusted: Bars, known: np.datetime64 | None = None) -> tuple[Mark, ...]:
    """Return marks that were found on adjusted prices, in the prices that the traded series showed at each session.

    A pattern that straddles a roll is straight only on adjusted prices. Drawn unchanged over traded candles its older half would hang
    a roll gap away from the highs it rests on; so a line is cut at each roll and every piece laid on the contract then traded.

    Parameters
    ----------
    marks
        In prices of the contract that was current at `known`, as facts tell them. Those of indicator panes stay as they are.
    adjusted
        The adjusted bars; a series without a roll (traded basis) leaves all marks as they are.
    known
        The session at which the marks became known; the last by default.
    """
    if adjusted.basis == "traded" or not len(adjusted):
        return tuple(marks)
    base = float(adjusted.shift[_place(adjusted, adjusted.session[-1] if known is None else known)])
    return tuple(piece for mark in marks for piece in _charted(mark, adjusted, base))


def _charted(mark: Mark, adjusted: Bars, base: float) -> Iterator[Mark]:
    if mark.pane != "price":
        yield mark
    elif isinstance(mark, Segment):
        yield from _pieces(mark, adjusted, base)
    elif isinstance(mark, Point):
        yield replace(mark, price=mark.price + _gap(adjusted, _place(adjusted, mark.at), base))
    elif isinstance(mark, Band):
        gap = _gap(adjusted, len(adjusted) - 1, base)
        yield replace(mark, low=mark.low + gap, high=mark.high + gap)


def _pieces(line: Segment, adjusted: Bars, base: float) -> Iterator[Segment]:
    """Yield the line contract by contract; only the last piece is carried on."""
    first, last = _place(adjusted, line.start), _place(adjusted, line.end)
    rolls = [int(at) for at in np.flatnonzero(adjusted.rolled[first + 1 : last + 1]) + first + 1]
    starts, ends = [first, *rolls], [*(at - 1 for at in rolls), last]
    slope = (line.end_price - line.start_price) / max(last - first, 1)
    for start, end in zip(starts, ends, strict=True):
        gap = _gap(adjusted, end, base)
        yield replace(
            line,
            start=line.start if start == first else adjusted.session[start],
            start_price=line.start_price + slope * (start - first) + gap,
            end=line.end if end == last else adjusted.session[end],
            end_price=(line.end_price if end == last else line.start_price + slope * (end - first)) + gap,
            extends=line.extends and end == last,
        )


def _place(bars: Bars, day: np.datetime64) -> int:
    return max(bars.index_of(day), 0)


def _gap(adjusted: Bars, place: int, base: float) -> float:
    return float(adjusted.shift[place]) - base
