"""Facts as Arrow tables: for each detector one table of plain columns, told in the prices of the contract current when each became known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosscurrent.bars.bars import BASES, Bars, Floats
from crosscurrent.facts.stage import DIRECTIONS, STAGES, STRICTNESSES
from crosscurrent.facts.table import FactTable, Layout

__all__ = ["Joined", "Part", "table_of"]

Part = tuple[int, FactTable]
"""A detector's facts with the place of the bars that they are about."""
Places = NDArray[np.int32]
SAID = frozenset({"market", "basis", "session", "known_at", "kind", "stage", "direction", "subject"})


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """The bars of several markets end to end, because the tables of all detectors ask the same of them.

    `market`, `basis` (as codes), `first` and `last` (where they begin and end) have one number for each bars; `day`, `known_at`
    (milliseconds, as Parquet keeps them) and `shift` one for each bar.
    """

    markets: tuple[str, ...]
    market: Places
    basis: Places
    first: Places
    last: Places
    day: Places
    known_at: NDArray[np.int64]
    shift: Floats

    @classmethod
    def of(cls, bars: Iterable[Bars]) -> Joined:
        """Return these bars, joined in their order."""
        every = list(bars)
        codes = {name: code for code, name in enumerate(dict.fromkeys(one.market for one in every))}
        ends = np.cumsum([len(one) for one in every])
        return cls(
            tuple(codes),
            np.array([codes[one.market] for one in every], np.int32),
            np.array([BASES.index(one.basis) for one in every], np.int32),
            (ends - [len(one) for one in every]).astype(np.int32), (ends - 1).astype(np.int32),
            np.concatenate([one.session for one in every]).astype("datetime64[D]").astype(np.int32),
            np.concatenate([one.closed_at for one in every]).astype("datetime64[ms]").astype(np.int64),
            np.concatenate([one.shift for one in every]),
        )  # fmt: skip


def table_of(layout: Layout, parts: Sequence[Part], joined: Joined) -> Any:
    """Return one Arrow table of a detector's facts about several markets, in the order given.

    Readings and anchors that a fact does not have are null; those that are places of bars become session labels.
    """
    many = _Many.of(layout, parts, joined)
    columns = many.head() | {f"reading_{name}": many.reading(place) for place, name in enumerate(layout.readings)}
    for place in range(layout.anchors):
        columns[f"anchor_{place + 1}_session"] = many.anchor_session(place)
        columns[f"anchor_{place + 1}_price"] = many.anchor_price(place)
    # What every fact of every detector says is declared so: Parquet then keeps no account of where it is missing.
    schema = pa.schema([pa.field(name, column.type, name not in SAID) for name, column in columns.items()])
    return pa.Table.from_arrays(list(columns.values()), schema=schema)


@dataclass(frozen=True, slots=True, eq=False)
class _Many:
    """The facts about several markets as columns.

    `first` is where a fact's bars begin and `bar` where its own bar lies, among all that are joined. Readings and anchors lie column
    by column, told in the prices of the time.
    """

    layout: Layout
    joined: Joined
    parts: Sequence[Part]
    first: Places
    bar: Places
    readings: Floats
    anchor_at: Places
    anchor_prices: Floats

    @classmethod
    def of(cls, layout: Layout, parts: Sequence[Part], joined: Joined) -> _Many:
        tables = [facts for _, facts in parts]
        first = _each(joined.first, parts)
        bar = first + np.concatenate([facts.at for facts in tables])
        shift, readings = joined.shift.take(bar), _turned([facts.readings for facts in tables])
        for name in layout.prices:
            readings[layout.readings.index(name)] += shift
        anchor_prices = _turned([facts.anchor_price for facts in tables])
        if layout.price_anchors:
            anchor_prices += shift
        anchor_at = _turned([facts.anchor_at for facts in tables])
        return cls(layout, joined, parts, first, bar, readings, anchor_at, anchor_prices)

    def head(self) -> dict[str, Any]:
        """Return the columns that facts of every detector have."""
        joined, direction = self.joined, self._whole("direction")
        columns = {
            "market": _words(joined.markets, _each(joined.market, self.parts)),
            "basis": _words(BASES, _each(joined.basis, self.parts)),
            "session": _column(pa.date32(), joined.day.take(self.bar)),
            "known_at": _column(pa.timestamp("ms", "UTC"), joined.known_at.take(self.bar)),
            "kind": _words(self.layout.kinds, self._whole("kind")),
            "stage": _words(STAGES, self._whole("stage")),
            "direction": _words([DIRECTIONS[c] for c in sorted(DIRECTIONS)], direction - np.int8(min(DIRECTIONS))),
            "strictness": _words(STRICTNESSES, self._whole("strictness")),
            "subject": _column(pa.int64(), self._whole("subject")),
        }
        return columns | ({"rule": _words(self.layout.rules, self._whole("rule"))} if self.layout.rules else {})

    def reading(self, place: int) -> Any:
        """Return a reading's column: a number, or the label of a session."""
        values = self.readings[place]
        is_said = ~np.isnan(values)
        if self.layout.readings[place] in self.layout.indexed:
            return self._labels(np.where(is_said, values, 0).astype(np.int32), is_said)
        return _column(pa.float64(), values, is_said)

    def anchor_session(self, place: int) -> Any:
        """Return the sessions of the anchors in this place."""
        at = self.anchor_at[place]
        return self._labels(at, at >= 0)

    def anchor_price(self, place: int) -> Any:
        """Return the prices of the anchors in this place."""
        return _column(pa.float64(), self.anchor_prices[place], self.anchor_at[place] >= 0)

    def _whole(self, name: str) -> NDArray[Any]:
        return np.concatenate([getattr(facts, name) for _, facts in self.parts])

    def _labels(self, places: Places, is_said: NDArray[np.bool_]) -> Any:
        """Return session labels; ahead of a market's last bar, that many weekdays on."""
        at, last = self.first + places, _each(self.joined.last, self.parts)
        days = self.joined.day.take(np.clip(at, self.first, last))
        ahead = np.flatnonzero(at > last)
        ends = days[ahead].astype("datetime64[D]")
        days[ahead] = np.busday_offset(ends, (at - last)[ahead], roll="forward").astype(np.int32)
        return _column(pa.date32(), days, is_said)


def _each(values: Places, parts: Sequence[Part]) -> Places:
    """Return for each fact what holds of its bars."""
    return np.repeat(values[[place for place, _ in parts]], [len(facts) for _, facts in parts])


def _turned(blocks: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return blocks of rows, joined, as an array of columns: each then lies in one piece, as Arrow wants it."""
    columns = np.empty((blocks[0].shape[1], sum(map(len, blocks))), blocks[0].dtype)
    return np.concatenate([block.T for block in blocks], axis=1, out=columns)


def _words(words: Sequence[str], codes: NDArray[Any]) -> Any:
    """Return a column of words by their codes; a code below zero says nothing."""
    places = _column(pa.from_numpy_dtype(codes.dtype), codes, codes >= 0)
    return pa.DictionaryArray.from_arrays(places, pa.array(list(words), pa.string()))


def _column(kind: Any, values: NDArray[Any], is_said: NDArray[np.bool_] | None = None) -> Any:
    """Return a column that lies where the values do; Arrow's own reading of a mask goes byte by byte and takes longer than all else."""
    missing = 0 if is_said is None else len(is_said) - int(np.count_nonzero(is_said))
    bits = pa.py_buffer(np.packbits(is_said, bitorder="little")) if is_said is not None and missing else None
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values)], missing)
