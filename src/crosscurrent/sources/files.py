"""A folder of files as a source: the file's name is the market, its columns say what kind of table it is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars
from crosscurrent.errors import (
    BadSetting,
    CrosscurrentError,
    DataError,
    MissingData,
    RejectedData,
    StorageError,
    UnknownName,
)
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources import arrow
from crosscurrent.sources.cells import ISO
from crosscurrent.sources.chains import chained
from crosscurrent.sources.columns import Prices, Shape, folded, prices_of, shape_of
from crosscurrent.sources.delimited import Layout, file_bytes, first_bytes, layout_of, text_table, typed_table
from crosscurrent.sources.source import Gap, Table, as_bars, resolve

__all__ = ["Files"]

ENDINGS = (".csv", ".csv.gz", ".parquet")
INTERVAL = re.compile(r"(.+)_(\d+(?:m|h|d|w|mo))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _File:
    """A file with what its first lines told: its shape, or why it is left aside."""

    path: Path
    stem: str
    shape: Shape
    reason: str = ""
    layout: Layout | None = None
    fault: CrosscurrentError | None = None

    @property
    def market(self) -> tuple[str, str]:
        """The market and interval that the name stands for: NQ_1h is NQ by the hour."""
        named = INTERVAL.fullmatch(self.stem)
        return (named[1], named[2].lower()) if named and self.shape == "intraday" else (self.stem, "1d")


class Files:
    """A folder of CSV or Parquet files: the file's name is the market.

    Columns may come in any case and order; `Adj Close` is not used, because levels are told in prices that traded. A file of
    another shape is known by its columns (contracts, events, meetings, probabilities, intraday) or left aside with a word. A TOML
    file of the same name describes a market that is no known instrument. Only the files of the markets asked for are read,
    each once.

    Every fault is typed and names the file: one that cannot be read or used stops nobody but who asks for it.
    """

    may_be_republished = False
    takes_any_name = False

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._said: dict[str, Gap] = {}
        self._read: dict[Path, Bars] = {}
        try:
            is_there = self.folder.is_dir()
        except OSError as fault:
            raise StorageError(str(folder), f"the folder cannot be read ({fault.strerror})") from None
        if not is_there:
            raise MissingData("A folder of data", str(folder), "Name a folder, or one of the sources.")

    @property
    def name(self) -> str:
        """The folder's name, without the way to it: a note must not tell where a disk keeps its files."""
        return f"the folder {self.folder.resolve().name}"

    @property
    def notes(self) -> tuple[Gap, ...]:
        """The files left aside, and what was read differently."""
        aside = [Gap(file.path.name, file.reason) for file in self._files.values() if file.shape == "aside"]
        return (*aside, *self._said.values())

    @cached_property
    def _paths(self) -> dict[str, tuple[Path, ...]]:
        found: dict[str, tuple[Path, ...]] = {}
        try:
            listed = sorted(self.folder.iterdir())
        except OSError as fault:
            raise StorageError(str(self.folder), f"the folder cannot be read ({fault.strerror})") from None
        for path in listed:
            ending = next((e for e in ENDINGS if path.name.lower().endswith(e)), None)
            if ending and not path.name.startswith("."):
                stem = path.name[: -len(ending)]
                found[stem] = (*found.get(stem, ()), path)
        return found

    @cached_property
    def _files(self) -> dict[str, _File]:
        return {stem: self._looked_at(stem) for stem in self._paths}

    def _looked_at(self, stem: str) -> _File:
        paths = self._paths[stem]
        if len(paths) > 1:
            return _File(paths[0], stem, "aside", f"{' and '.join(p.name for p in paths)} name the same market")
        try:
            return (
                _parquet_file(paths[0], stem) if paths[0].suffix.lower() == ".parquet" else _text_file(paths[0], stem)
            )
        except (DataError, StorageError) as fault:
            return _File(paths[0], stem, "aside", _reason(fault), fault=fault)

    def markets(self) -> tuple[str, ...]:
        """Return the markets of the folder, sorted."""
        return tuple(sorted({file.market[0] for file in self._files.values() if file.shape in ("bars", "intraday")}))

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's history; an error names the file, the row and the rule.

        `ZQ.v.0` and `ZQ.c.0` are made of the contracts in a table, rolled by volume or by calendar.
        """
        chain = chained(market, self.tables("contracts")) if interval == "1d" and market not in self._paths else None
        if chain is not None:
            if chain[1]:
                self._said[market] = Gap(market, "; ".join(chain[1]))
            return chain[0]
        file = self._file_of(market, interval)
        if file.path not in self._read:
            prices = _prices(file)
            bars = as_bars(file.market[0], prices, interval, file.path.name, self._described(file))
            self._say(file, prices, bars)
            self._read[file.path] = bars
        return self._read[file.path]

    def _say(self, file: _File, prices: Prices, bars: Bars) -> None:
        alone = int(np.isnan(prices.open).sum())
        notes = list(prices.notes)
        if bars.is_close_only and alone < len(bars):
            notes.append(f"{alone} of {len(bars)} rows have a close alone, so the whole series is read as close-only")
        if notes:
            self._said[file.stem] = Gap(file.market[0], "; ".join(notes))

    def _file_of(self, market: str, interval: str) -> _File:
        stem = market if interval == "1d" else f"{market}_{interval}"
        if stem in self._paths:
            file = self._looked_at(stem)
            if file.shape == "aside":
                raise file.fault or RejectedData(file.path.name, file.reason)
            if file.market == (market, interval):
                return file
        name = resolve(self, market)
        held = {file.market: file for file in self._files.values() if file.shape in ("bars", "intraday")}
        if (name, interval) in held:
            return held[name, interval]
        raise UnknownName(f"interval of {name}", interval, [i for m, i in held if m == name])

    def _described(self, file: _File) -> Instrument | None:
        path = self.folder / f"{file.market[0]}.toml"
        try:
            return known.described(file.market[0], tomllib.loads(path.read_text("utf-8")), path.name)
        except FileNotFoundError:
            return None
        except tomllib.TOMLDecodeError as fault:
            raise BadSetting(path.name, "the file", f"it is no TOML ({fault})") from None
        except UnicodeDecodeError:
            raise BadSetting(path.name, "the file", "it is not UTF-8 text") from None
        except OSError as fault:
            raise StorageError(str(path), f"it cannot be read ({fault.strerror})") from None

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return the folder's tables of one shape."""
        return tuple(_table(file) for file in self._files.values() if file.shape == shape)


def _reason(fault: CrosscurrentError) -> str:
    """Return a fault's words without the file's name, which stands before them already."""
    return str(fault.fields.get("rule") or fault.fields.get("fault") or fault.sentence)


def _text_file(path: Path, stem: str) -> _File:
    layout = layout_of(first_bytes(path), path.name)
    if layout.several:
        return _File(path, stem, "aside", "it holds several markets side by side; save one file a market")
    shape, reason = shape_of(layout.folded, stem, layout.dates)
    if shape == "intraday" and not INTERVAL.fullmatch(stem):
        return _File(
            path, stem, "aside", f"its rows are intraday; name it with its interval, as in {stem}_1h.csv", layout
        )
    return _File(path, stem, shape, reason, layout)


def _parquet_file(path: Path, stem: str) -> _File:
    table = _parquet(path, rows=False)
    names = [folded(name) for name in table.names]
    kinds = {n: table.field(i).type for i, n in enumerate(names)}
    shape, reason = shape_of(names, stem)
    if (
        shape == "bars"
        and "datetime" in names
        and pa.types.is_timestamp(kinds["datetime"])
        and INTERVAL.fullmatch(stem)
    ):
        shape = "intraday"
    return _File(path, stem, shape, reason)


def _parquet(path: Path, rows: bool = True) -> Any:
    try:
        return pq.ParquetFile(path).read() if rows else pq.read_schema(path)
    except PermissionError:
        raise StorageError(str(path), "there is no right to read it", "Change its permissions.") from None
    except (pa.ArrowException, OSError) as fault:
        raise RejectedData(path.name, f"it is not a whole Parquet file ({str(fault).splitlines()[0][:80]})") from None


def _prices(file: _File) -> Prices:
    where, intraday = file.path.name, file.shape == "intraday"
    if file.layout is None:
        return prices_of(_parquet(file.path), file.stem, where, 1, intraday=intraday)
    data, layout = file_bytes(file.path), file.layout
    typed = typed_table(data, layout)
    table = text_table(data, layout, where) if typed is None else typed
    decimal = layout.decimal if typed is None else "."
    return prices_of(table, file.market[0], where, layout.skip + 1, decimal, intraday)


def _table(file: _File) -> Table:
    if file.layout is None:
        table = _parquet(file.path)
    else:
        data = file_bytes(file.path)
        table = typed_table(data, file.layout)
        table = text_table(data, file.layout, file.path.name) if table is None else table
    return Table(file.stem, file.shape, {folded(n): _array(table.column(n)) for n in table.column_names})


def _array(column: Any) -> np.ndarray[Any, Any]:
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        return arrow.floats(column)
    if pa.types.is_date(kind):
        return arrow.days(column)
    if pa.types.is_timestamp(kind):
        return arrow.moments(column)
    if pa.types.is_time(kind):
        return np.array([None if time is None else f"{time:%H:%M}" for time in column.to_pylist()], object)
    texts = [None if text is None else str(text) for text in column.to_pylist()]
    dated = [ISO.fullmatch(text) for text in texts if text]
    if dated and all(found and not found[4] for found in dated):
        return np.array([text or "NaT" for text in texts], "datetime64[D]")
    return np.array(texts, object)
