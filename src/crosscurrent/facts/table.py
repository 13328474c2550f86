"""Facts in bulk: one table of columns a detector, made from the rows its sweep wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from math import isnan
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.errors import BrokenRule
from crosscurrent.facts.fact import Anchor, Fact
from crosscurrent.facts.stage import CONFIRMED, DIRECTIONS, NEUTRAL, NO_STRICTNESS, STAGES, STRICTNESSES

__all__ = ["HEAD", "FactTable", "Layout", "empty_rows", "grown"]

Ints = NDArray[np.integer]

HEAD = 6
"""A kernel's row opens with six numbers: at, kind, stage, direction, strictness, subject; then readings; then anchor pairs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a detector's table, declared once, so that kernels can write bare rows of numbers.

    Parameters
    ----------
    kinds
        The fact kinds it can write; a row holds the place in this tuple.
    readings
        The names of its readings; NaN in a row means the fact has no such reading.
    prices
        Those readings that are prices of the basis; they are shifted to the contract current at `known_at` when told.
    spans
        Those readings that are differences of prices (a height, a MACD): they scale with price, and no roll shifts them.
    anchors
        How many anchors (bar, price) a row has room for; a bar below zero means none.
    rules
        Sentences that `readings.rule` may be (a near miss names the inequality that failed). When given, the row carries one more
        number between readings and anchors: the place in this tuple, or -1.
    indexed
        Those readings that are places of bars (an apex may lie ahead); they are told as session labels.
    price_anchors
        False when anchors are values of an indicator (an RSI), which no roll shifts.
    """

    kinds: tuple[str, ...]
    readings: tuple[str, ...] = ()
    prices: frozenset[str] = frozenset()
    anchors: int = 0
    rules: tuple[str, ...] = ()
    indexed: frozenset[str] = frozenset()
    price_anchors: bool = True
    spans: frozenset[str] = frozenset()

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return HEAD + len(self.readings) + bool(self.rules) + 2 * self.anchors

    def kind(self, name: str) -> int:
        """Return the code of a kind."""
        return self.kinds.index(name)


def empty_rows(layout: Layout, capacity: int = 64) -> Floats:
    """Return room for a kernel's rows."""
    return np.empty((capacity, layout.width))


@numba.njit(cache=True, nogil=True)
def grown(rows: Floats) -> Floats:
    """Return the rows with twice the room."""
    more = np.empty((2 * rows.shape[0], rows.shape[1]))
    more[: rows.shape[0]] = rows
    return more


@numba.njit(cache=True, nogil=True)
def _order(at: Floats) -> NDArray[np.int64]:
    """Return the places of rows in the order in which they became known, those of one bar as they stand.

    Rows are counted bar by bar: there are few bars a row, and most rows are in order already.
    """
    first, last = int(at.min()), int(at.max())
    ends, order = np.zeros(last - first + 2, np.int64), np.empty(len(at), np.int64)
    for i in range(len(at)):
        ends[int(at[i]) - first + 1] += 1
    for t in range(1, len(ends)):
        ends[t] += ends[t - 1]
    for i in range(len(at)):
        t = int(at[i]) - first
        order[ends[t]] = i
        ends[t] += 1
    return order


@numba.njit(cache=True, nogil=True)
def _write(
    rows: Floats, at: Ints, kind: Ints, stage: Ints, direction: Ints, strictness: Ints, subject: Ints, told: Floats, rule: Ints,
    anchor_at: Ints, anchor_price: Floats,
) -> None:  # fmt: skip
    """Write a table's columns in one pass: a call of numpy for each would cost more than short tables hold."""
    order, readings, first = _order(rows[:, 0]), told.shape[1], rows.shape[1] - 2 * anchor_at.shape[1]
    for i in range(len(rows)):
        row = rows[order[i]]
        at[i], kind[i], stage[i], direction[i] = int(row[0]), int(row[1]), int(row[2]), int(row[3])
        strictness[i], subject[i] = int(row[4]), int(row[5])
        rule[i] = int(row[first - 1]) if first > HEAD + readings else -1
        for j in range(readings):
            told[i, j] = row[HEAD + j]
        for j in range(anchor_at.shape[1]):
            anchor_at[i, j], anchor_price[i, j] = int(row[first + 2 * j]), row[first + 2 * j + 1]


@dataclass(frozen=True, slots=True, eq=False)
class FactTable:
    """One detector's facts about one market, oldest first, as columns that share a length.

    `at` is the place of the bar whose close revealed the fact, so `known_at` is `bars.closed_at[at]`.
    """

    layout: Layout
    at: NDArray[np.int32]
    kind: NDArray[np.int16]
    stage: NDArray[np.int8]
    direction: NDArray[np.int8]
    strictness: NDArray[np.int8]
    subject: NDArray[np.int64]
    readings: Floats
    rule: NDArray[np.int16]
    anchor_at: NDArray[np.int32]
    anchor_price: Floats

    @classmethod
    def from_rows(cls, layout: Layout, rows: Floats) -> FactTable:
        """Return the table of a kernel's rows, in the order in which they became known (a stable sort by `at`)."""
        if rows.ndim != 2 or rows.shape[1] != layout.width:
            raise BrokenRule("a row is as wide as its layout", kinds=layout.kinds, shape=rows.shape, width=layout.width)
        if not len(rows):
            return cls.empty(layout)
        table = cls.sized(layout, len(rows))
        _write(rows, *table.columns)
        return table

    @classmethod
    def sized(cls, layout: Layout, n: int) -> FactTable:
        """Return a table of so many rows that hold nothing yet."""
        empty = np.empty
        return cls(
            layout, empty(n, np.int32), empty(n, np.int16), empty(n, np.int8), empty(n, np.int8), empty(n, np.int8),
            empty(n, np.int64), empty((n, len(layout.readings))), empty(n, np.int16), empty((n, layout.anchors), np.int32),
            empty((n, layout.anchors)),
        )  # fmt: skip

    @classmethod
    def of(
        cls,
        layout: Layout,
        at: NDArray[np.integer],
        kind: NDArray[np.integer] | int = 0,
        direction: NDArray[np.integer] | int = NEUTRAL,
        stage: NDArray[np.integer] | int = CONFIRMED,
        strictness: NDArray[np.integer] | int = NO_STRICTNESS,
        subject: NDArray[np.integer] | int = -1,
        anchors: tuple[tuple[NDArray[np.integer], Floats], ...] = (),
        **readings: NDArray[np.floating] | float,
    ) -> FactTable:
        """Return a table from whole columns, for sweeps that numpy does at once; readings that are not given are NaN.

        `anchors` are pairs of columns (bar, price), as many as the layout has room for or fewer.
        """
        if not len(at):
            return cls.empty(layout)
        rows = np.full((len(at), layout.width), np.nan)
        for place, column in enumerate((at, kind, stage, direction, strictness, subject)):
            rows[:, place] = column
        for name, value in readings.items():
            rows[:, HEAD + layout.readings.index(name)] = value
        start = HEAD + len(layout.readings)
        rows[:, start : start + bool(layout.rules)] = -1
        rows[:, start + bool(layout.rules) :: 2] = -1
        for place, pair in enumerate(anchors):
            first = start + bool(layout.rules) + 2 * place
            rows[:, first], rows[:, first + 1] = pair
        return cls.from_rows(layout, rows)

    @classmethod
    def empty(cls, layout: Layout) -> FactTable:
        """Return a table without facts."""
        return _without_facts(layout)

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        """All columns, in the order in which kernels write them."""
        return (
            self.at, self.kind, self.stage, self.direction, self.strictness, self.subject, self.readings, self.rule, self.anchor_at,
            self.anchor_price,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.at)

    def reading(self, name: str) -> Floats:
        """Return one reading as a column, in prices of the basis."""
        return self.readings[:, self.layout.readings.index(name)]

    def where(self, mask: NDArray[np.bool_] | NDArray[np.integer] | slice) -> FactTable:
        """Return the rows that the mask, the places or the span choose."""
        return FactTable(self.layout, *(column[mask] for column in self.columns))

    def until(self, at: int) -> FactTable:
        """Return what was known at the close of bar `at`: one side of the equation that no detector may break."""
        return self.where(slice(0, int(np.searchsorted(self.at, at, side="right"))))

    def since(self, at: int) -> FactTable:
        """Return what the close of bar `at` or a later one revealed."""
        return self if not len(self) or self.at[0] >= at else self.where(self.at >= at)

    def and_then(self, later: FactTable) -> FactTable:
        """Return both tables as one, the second revealed after the first."""
        if not len(self) or not len(later):
            return later if len(later) else self
        return FactTable(self.layout, *map(np.concatenate, zip(self.columns, later.columns, strict=True)))

    def of_kind(self, *names: str) -> FactTable:
        """Return the rows of these kinds."""
        return self.where(np.isin(self.kind, [self.layout.kind(n) for n in names if n in self.layout.kinds]))

    def same_as(self, other: FactTable) -> bool:
        """Whether both tables say exactly the same: the other side of that equation."""
        columns = [f.name for f in fields(self) if f.name != "layout"]
        return self.layout == other.layout and all(
            np.array_equal(getattr(self, c), getattr(other, c), equal_nan=c in ("readings", "anchor_price"))
            for c in columns
        )

    def facts(self, bars: Bars) -> Iterator[Fact]:
        """Yield the rows as objects, told in the prices of the contract current when each became known."""
        for row in range(len(self)):
            yield self.fact(row, bars)

    def fact(self, row: int, bars: Bars) -> Fact:
        """Return one row as an object."""
        at = int(self.at[row])
        strictness = int(self.strictness[row])
        return Fact(
            self.layout.kinds[self.kind[row]], STAGES[self.stage[row]], DIRECTIONS[int(self.direction[row])],
            bars.market, bars.interval, bars.basis, bars.closed_at[at], bars.session[at],
            None if strictness == NO_STRICTNESS else STRICTNESSES[strictness],
            self._told_readings(row, bars), self._told_anchors(row, bars), int(self.subject[row]), at,
        )  # fmt: skip

    def _told_readings(self, row: int, bars: Bars) -> dict[str, float | str]:
        shift = float(bars.shift[self.at[row]])
        told: dict[str, float | str] = {}
        for name, value in zip(self.layout.readings, self.readings[row].tolist(), strict=True):
            if isnan(value):
                continue
            if name in self.layout.indexed:
                told[name] = str(session_at(bars, int(value)))
            else:
                told[name] = value + shift if name in self.layout.prices else value
        if self.rule[row] >= 0:
            told["rule"] = self.layout.rules[self.rule[row]]
        return told

    def _told_anchors(self, row: int, bars: Bars) -> tuple[Anchor, ...]:
        shift = float(bars.shift[self.at[row]]) if self.layout.price_anchors else 0.0
        pairs = zip(self.anchor_at[row].tolist(), self.anchor_price[row].tolist(), strict=True)
        return tuple(Anchor(bars.session[at], price + shift) for at, price in pairs if at >= 0)


@cache
def _without_facts(layout: Layout) -> FactTable:
    return FactTable.from_rows(layout, np.zeros((1, layout.width))).where(np.zeros(1, bool))


def session_at(bars: Bars, place: int) -> np.datetime64:
    """Return the label of a bar's session; ahead of the last bar, that many weekdays on."""
    beyond = place - (len(bars) - 1)
    if beyond <= 0:
        return np.datetime64(bars.session[max(place, 0)], "D")
    return np.busday_offset(np.datetime64(bars.session[-1], "D"), beyond, roll="forward")
