"""Facts as Arrow tables: for each detector one table of plain columns, told in the prices of the contract current when each became known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.facts.stage import DIRECTIONS, STAGES, STRICTNESSES
from crosscurrent.facts.table import FactTable, Layout

__all__ = ["Named", "table_of"]

Named = tuple[str, FactTable, Bars]
"""A detector's facts with the market's name and the bars they are about."""


def table_of(layout: Layout, parts: Sequence[Named]) -> Any:
    """Return one Arrow table of a detector's facts about several markets, in the order given.

    Readings and anchors that a fact does not have are null; those that are places of bars become session labels.
    """
    many = _Many.of(layout, parts)
    facts = many.facts
    columns = {
        "market": _named([name for name, _, _ in parts], many.part),
        "basis": _named([bars.basis for _, _, bars in parts], many.part),
        "session": pa.array(many.session[many.first + facts.at]),
        "known_at": pa.array(many.closed_at[many.first + facts.at], pa.timestamp("s", "UTC")),
        "kind": _words(layout.kinds, facts.kind),
        "stage": _words(STAGES, facts.stage),
        "direction": _words([DIRECTIONS[c] for c in sorted(DIRECTIONS)], facts.direction - min(DIRECTIONS)),
        "strictness": _words(STRICTNESSES, facts.strictness),
        "subject": pa.array(facts.subject),
    }
    if layout.rules:
        columns["rule"] = _words(layout.rules, facts.rule)
    columns |= {f"reading_{name}": many.reading(name) for name in layout.readings}
    for place in range(layout.anchors):
        columns[f"anchor_{place + 1}_session"] = many.anchor_session(place)
        columns[f"anchor_{place + 1}_price"] = many.anchor_price(place)
    return pa.table(columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Many:
    """The facts about several markets as one table, with where each market's bars begin among all of them.

    `part` is the market of a fact, `first` and `last` the places of its first and last bar among the joined sessions, `shift` what
    tells its prices in the contract of the time. All have a fact's length; `session` and `closed_at` have that of all bars.
    """

    facts: FactTable
    part: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    shift: Floats
    session: Sessions
    closed_at: Sessions

    @classmethod
    def of(cls, layout: Layout, parts: Sequence[Named]) -> _Many:
        tables = [facts for _, facts, _ in parts]
        names = [f.name for f in fields(FactTable) if f.name != "layout"]
        joined = FactTable(layout, *(np.concatenate([getattr(t, name) for t in tables]) for name in names))
        part = np.repeat(np.arange(len(parts)), [len(table) for table in tables])
        ends = np.cumsum([len(bars) for _, _, bars in parts])
        starts = np.concatenate([[0], ends[:-1]])
        return cls(
            joined, part, starts[part], ends[part] - 1,
            np.concatenate([bars.shift[facts.at] for _, facts, bars in parts]),
            np.concatenate([bars.session for _, _, bars in parts]).astype("datetime64[D]"),
            np.concatenate([bars.closed_at for _, _, bars in parts]),
        )  # fmt: skip

    def reading(self, name: str) -> Any:
        """Return a reading's column: a number, told in the prices of the time where it is a price, or the label of a session."""
        layout, values = self.facts.layout, self.facts.reading(name)
        if name in layout.indexed:
            return self._labels(values, ~np.isnan(values))
        return _numbers(values + self.shift if name in layout.prices else values, ~np.isnan(values))

    def anchor_session(self, place: int) -> Any:
        """Return the sessions of the anchors in this place."""
        at = self.facts.anchor_at[:, place]
        return self._labels(at, at >= 0)

    def anchor_price(self, place: int) -> Any:
        """Return the prices of the anchors in this place."""
        shift = self.shift if self.facts.layout.price_anchors else 0.0
        return _numbers(self.facts.anchor_price[:, place] + shift, self.facts.anchor_at[:, place] >= 0)

    def _labels(self, places: NDArray[Any], is_said: NDArray[np.bool_]) -> Any:
        """Return session labels; ahead of a market's last bar, that many weekdays on."""
        at = self.first + np.where(is_said, places, 0).astype(np.int64)
        told = self.session[np.clip(at, self.first, self.last)]
        ahead = at > self.last
        told[ahead] = np.busday_offset(told[ahead], (at - self.last)[ahead], roll="forward")
        return pa.array(told, mask=~is_said)


def _numbers(values: Floats, is_said: NDArray[np.bool_]) -> Any:
    return pa.array(np.ascontiguousarray(values), mask=None if is_said.all() else ~is_said)


def _named(names: Sequence[str], part: NDArray[np.int64]) -> Any:
    """Return the name of each row's part; a dictionary holds a name once, or its bytes would be nobody's to foretell."""
    words = list(dict.fromkeys(names))
    return _words(words, np.array([words.index(name) for name in names])[part])


def _words(words: Sequence[str], codes: NDArray[Any]) -> Any:
    """Return a column of words by their codes; a code below zero says nothing."""
    unsaid = codes < 0
    indices = pa.array(codes.astype(np.int32), mask=unsaid if unsaid.any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words), pa.string()))
