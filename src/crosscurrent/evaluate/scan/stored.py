"""The files of a block: facts as Parquet that is quick to write, and what detectors carry from day to day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["facts_file", "states_file", "states_in"]

REPEATED = frozenset({"market", "basis", "kind", "stage", "direction", "strictness", "rule", "known_at"})
"""Columns of few values, which are written once and counted; a price or an average seldom comes twice."""
ASKED = ("market", "session")
"""The columns by which a question can pass over a whole file: only they bear statistics."""
QUICK = {"compression": "snappy", "write_batch_size": 1 << 16}
TIGHT = {"compression": "zstd", "compression_level": 1}
"""What detectors carry is mostly room for what has not come yet."""


def facts_file(table: Any) -> Any:
    """Return a table of facts as the bytes of a file.

    All of it is written and little of it ever read at once, so what is cheap to write wins: days and subjects as steps from row
    to row, numbers as they are under a compression that hardly costs.
    """
    steps = [field.name for field in table.schema if pa.types.is_date32(field.type)] + ["subject"]
    return _written(
        table,
        use_dictionary=[name for name in table.column_names if name in REPEATED],
        column_encoding=dict.fromkeys(steps, "DELTA_BINARY_PACKED"),
        write_statistics=list(ASKED),
        **QUICK,
    )


def states_file(carried: Mapping[str, bytes]) -> Any:
    """Return what the detectors of each market carry as the bytes of a file."""
    columns = {"market": pa.array(list(carried), pa.string()), "state": pa.array(list(carried.values()), pa.binary())}
    return _written(pa.table(columns), use_dictionary=False, write_statistics=False, **TIGHT)


def states_in(data: bytes) -> dict[str, bytes]:
    """Return what `states_file` wrote."""
    columns = pq.read_table(pa.BufferReader(data)).to_pydict()
    return dict(zip(columns["market"], columns["state"], strict=True))


def _written(table: Any, **settings: Any) -> Any:
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, **settings)
    return buffer.getvalue()
