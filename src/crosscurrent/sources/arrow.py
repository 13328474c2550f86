"""Arrow columns as numpy arrays, straight from their buffers.

Arrow's own conversion (and any call of it that makes a scalar) imports pandas first, which costs more than reading all files of a
desk; so numbers and dates are taken from the buffers, as their format lays them out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats, Sessions

__all__ = ["days", "first_missing", "floats", "moments"]

WIDTHS: dict[Any, type[np.generic]] = {
    pa.int16(): np.int16, pa.int32(): np.int32, pa.int64(): np.int64, pa.float32(): np.float32, pa.float64(): np.float64
}  # fmt: skip
"""Numbers that lie in their buffer as numpy keeps them; others are cast first."""


def floats(column: Any) -> Floats:
    """Return a column of integers, floats or decimals as float64, NaN where it says nothing."""
    known = column.type in WIDTHS
    whole, kind = (column, WIDTHS[column.type]) if known else (column.cast(pa.float64(), safe=False), np.float64)
    return _joined([_told(chunk, kind) for chunk in whole.chunks], np.float64)


def days(column: Any) -> Sessions:
    """Return a column of dates as datetime64[D], NaT where it says nothing."""
    parts = []
    dated = column if pa.types.is_date32(column.type) else column.cast(pa.date32())
    for chunk in dated.chunks:
        found = _values(chunk, np.int32).astype("datetime64[D]")
        if chunk.null_count:
            found[~_said(chunk)] = np.datetime64("NaT")
        parts.append(found)
    return _joined(parts, "datetime64[D]")


def moments(column: Any) -> Sessions:
    """Return a column of timestamps as datetime64[s] (of its wall clock when it has no zone, else UTC), fractions cut off."""
    whole = column if column.type.unit == "s" else column.cast(pa.timestamp("s"), safe=False)
    return _joined([_values(chunk, np.int64).astype("datetime64[s]") for chunk in whole.chunks], "datetime64[s]")


def first_missing(column: Any) -> int:
    """Return the place of the first row that says nothing, -1 when every row does."""
    said = _joined([_said(chunk) for chunk in column.chunks], np.bool_)
    return -1 if said.all() else int(np.argmin(said))


def _told(chunk: Any, kind: type[np.generic]) -> NDArray[Any]:
    return np.where(_said(chunk), _values(chunk, kind), np.nan) if chunk.null_count else _values(chunk, kind)


def _said(chunk: Any) -> NDArray[np.bool_]:
    bitmap = chunk.buffers()[0]
    if not chunk.null_count or bitmap is None:
        return np.full(len(chunk), chunk.null_count == 0)
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")
    return bits[chunk.offset : chunk.offset + len(chunk)].astype(bool)


def _values(chunk: Any, kind: type[np.generic]) -> NDArray[Any]:
    """Return the chunk's values as a copy; those of rows that say nothing are whatever stands there."""
    data = chunk.buffers()[1]
    whole = np.frombuffer(data, kind) if data is not None else np.zeros(chunk.offset + len(chunk), kind)
    return whole[chunk.offset : chunk.offset + len(chunk)].copy()


def _joined(parts: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    whole = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, kind), *parts])
    return whole.astype(kind, copy=False)
