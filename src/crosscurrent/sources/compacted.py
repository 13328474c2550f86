"""A universe in one file: every market's bars as a row group of its own, so that thousands are opened once and one is read alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import CrosscurrentError, MissingData, RejectedData, StorageError, UnknownName
from crosscurrent.sources.columns import Prices
from crosscurrent.sources.disk import replacing, storage_error
from crosscurrent.sources.source import Gap, Source, Table, as_bars, resolve
from crosscurrent.sources.stored import COLUMNS, ROLLS, columns_in, columns_of, described, instrument_of

__all__ = ["Compacted", "compact"]

KEY = b"crosscurrent"
MARKET = pa.dictionary(pa.int32(), pa.string())
QUICK: dict[str, Any] = {
    "compression": "lz4", "use_dictionary": ["market"], "column_encoding": {"session": "DELTA_BINARY_PACKED"},
    "write_statistics": False, "write_page_checksum": True,
}  # fmt: skip
"""A universe is written once and read every evening: what is quick to read, which happens to be small, and tells when it is damaged."""


def compact(
    source: Source,
    markets: Iterable[str],
    path: Path,
    interval: str = "1d",
    told: Callable[[str], None] = lambda market: None,
) -> tuple[Gap, ...]:
    """Write markets of a source into one file, sorted by name; return those that could not be read, and why.

    The file appears whole or not at all. Only one market is held at a time. `MissingData` when none can be read.
    """
    gaps: list[Gap] = []
    index: dict[str, Any] = {}
    with (
        replacing(path) as file,
        pq.ParquetWriter(file, _schema(interval), **QUICK) as writer,
    ):
        for market in sorted(set(markets)):
            _add(writer, source, market, interval, index, gaps)
            told(market)
        if not index:
            raise MissingData("a market", source.name, str(gaps[0]) if gaps else "")
        writer.add_key_value_metadata({KEY: json.dumps({"interval": interval, "markets": index})})
    return tuple(gaps)


def _add(writer: Any, source: Source, market: str, interval: str, index: dict[str, Any], gaps: list[Gap]) -> None:
    try:
        bars = source.bars(market, interval)
    except StorageError:
        raise
    except CrosscurrentError as fault:
        gaps.append(Gap(market, fault.sentence))
        return
    name = pa.DictionaryArray.from_arrays(np.zeros(len(bars), np.int32), [market])
    columns = {"market": name} | {n: pa.array(c) for n, c in columns_of(bars).items() if n not in ROLLS}
    index[market] = {"group": len(index), "rows": len(bars), "instrument": described(bars)} | _rolls(bars)
    writer.write_table(pa.table(columns, schema=_schema(interval)), row_group_size=max(len(bars), 1))


def _rolls(bars: Bars) -> dict[str, Any]:
    """Return the rolls that a series tells of itself, each as row and gap (None where it is open)."""
    if bars.gap is None:
        return {}
    found = np.flatnonzero(bars.rolled)
    return {"rolls": [[int(at), float(bars.gap[at]) if np.isfinite(bars.gap[at]) else None] for at in found]}


def _roll_columns(told: Mapping[str, Any], n: int) -> dict[str, Any]:
    if "rolls" not in told:
        return {}
    rolled, gap = np.zeros(n, bool), np.zeros(n)
    for at, points in told["rolls"]:
        rolled[at], gap[at] = True, np.nan if points is None else points
    return {"rolled": rolled, "gap": gap}


def _schema(interval: str) -> Any:
    label = pa.date32() if interval.endswith(("d", "w", "mo")) else pa.timestamp("s")
    return pa.schema([("market", MARKET), ("session", label), *((name, pa.float64()) for name in COLUMNS)])


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """A file that was opened: its reader, the interval of its bars, and where each market lies."""

    reader: Any
    interval: str
    markets: Mapping[str, Mapping[str, Any]]


class Compacted:
    """One file that `compact` wrote, as a source.

    Parameters
    ----------
    path
        The file. `RejectedData` for a Parquet file of another make: a folder of files is read by `Files`.
    """

    may_be_republished = False
    takes_any_name = False
    notes: tuple[Gap, ...] = ()

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        try:
            stat = self.path.stat()
        except OSError as fault:
            raise storage_error(self.path, fault, "read") from None
        self._opened = _open(self.path, stat.st_mtime_ns, stat.st_size)

    @property
    def name(self) -> str:
        """The file's name, without the way to it."""
        return f"the file {self.path.name}"

    def markets(self) -> tuple[str, ...]:
        """Return the markets it holds, sorted."""
        return tuple(self._opened.markets)

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return nothing: the file holds bars alone."""
        return ()

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's bars; `RejectedData` when its part of the file is damaged."""
        opened = self._opened
        name = market if market in opened.markets else resolve(self, market)
        if interval != opened.interval:
            raise UnknownName(f"interval of {name}", interval, [opened.interval])
        told = opened.markets[name]
        try:
            # Threads that share out six small columns cost more than the columns.
            table = opened.reader.read_row_group(told["group"], ["session", *COLUMNS], use_threads=False)
            columns = columns_in(table, interval)
        except (pa.ArrowException, OSError, IndexError):
            raise RejectedData(
                f"{self.path.name}, {name}", "its part of the file is damaged", "Compact again."
            ) from None
        n = len(columns["session"])
        prices = Prices(**columns, **_roll_columns(told, n), row=np.arange(1, n + 1))
        return as_bars(name, prices, interval, f"{self.path.name}, {name}", instrument_of(told["instrument"]))


@lru_cache(maxsize=4)
def _open(path: Path, changed: int, size: int) -> _Opened:
    """Open a file once a process, as long as it stays the same: reading where thousands of markets lie takes longer than one market."""
    try:
        # What lies in memory is not fetched ahead: handing it to another thread costs more than to read it.
        reader = pq.ParquetFile(path, memory_map=True, pre_buffer=False, page_checksum_verification=True)
        told = json.loads(reader.metadata.metadata[KEY])
        return _Opened(reader, told["interval"], told["markets"])
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        rule = "it is not a universe that `crosscurrent data compact` wrote"
        raise RejectedData(path.name, rule, "Name a folder of files instead.") from None
