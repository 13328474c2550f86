"""Delimited text, as programs and people save it: commas, semicolons or tabs, with or without a byte order mark, zipped or not.

Two ways in. The quick one hands typed columns to Arrow's reader (a 6,500-row file in about 3 ms). Whatever that cannot type is
read once more as text, so that the error can name the row and the words that stand in it.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from crosscurrent.errors import MissingData, RejectedData, StorageError
from crosscurrent.sources.cells import MISSING
from crosscurrent.sources.columns import folded

__all__ = ["LARGEST", "Layout", "file_bytes", "first_bytes", "layout_of", "text_table", "typed_table"]

LARGEST = 1 << 29
"""Bytes a market's file may hold once unpacked; a century of minutes is less. More is a mistake, or a bomb."""
HEAD = 8192
NUMBERS = ("open", "high", "low", "close", "adj_close", "volume", "value", "price", "open_interest")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written, told from its first lines: what parts its cells, its column names as written, where rows begin."""

    delimiter: str
    names: tuple[str, ...]
    skip: int
    decimal: str = "."
    dates: tuple[str, ...] = ()
    several: bool = False

    @property
    def folded(self) -> tuple[str, ...]:
        """The column names in the case and spelling they are compared in."""
        return tuple(folded(name) for name in self.names)


def file_bytes(path: Path) -> bytes:
    """Return what a file holds, unpacked; a file that cannot be read, or unpacks to more than `LARGEST`, is a typed error."""
    return _read(path, LARGEST + 1, whole=True)


def first_bytes(path: Path) -> bytes:
    """Return the beginning of a file, enough to tell its columns by."""
    return _read(path, HEAD, whole=False)


def _read(path: Path, most: int, whole: bool) -> bytes:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            found = file.read(most)
    except FileNotFoundError:
        raise MissingData(f"the file {path.name}", str(path.parent)) from None
    except PermissionError:
        raise StorageError(str(path), "there is no right to read it", "Change its permissions.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise RejectedData(path.name, f"it is not a whole gzip file ({fault})") from None
    except OSError as fault:
        raise StorageError(str(path), f"it cannot be read ({fault.strerror or fault})") from None
    if whole and len(found) > LARGEST:
        raise RejectedData(path.name, f"it holds more than {LARGEST >> 20} MB, more than any one market's bars")
    return found


def layout_of(head: bytes, where: str) -> Layout:
    """Return how a file that begins with `head` is written."""
    lines = _text(head, where, cut=len(head) >= HEAD).splitlines()
    if not any(line.strip() for line in lines):
        raise RejectedData(where, "it is empty")
    delimiter = max(",;\t", key=lambda mark: lines[0].count(mark))
    rows = _cells(lines[:8], delimiter, where)
    if len(rows) > 2 and [row[0] if row else "" for row in rows[:2]] == ["Price", "Ticker"]:
        # yfinance writes two header lines, and the index name alone on a third.
        tickers = {cell for cell in rows[1][1:] if cell}
        dated = [row[0] for row in rows[3:] if row]
        return Layout(delimiter, ("Date", *rows[0][1:]), 3, ".", tuple(dated), len(tickers) > 1)
    names = tuple(rows[0])
    at = next((i for i, name in enumerate(names) if folded(name) in ("date", "datetime", "time", "timestamp", "")), 0)
    dated = [row[at] for row in rows[1:] if len(row) > at]
    decimal = "," if delimiter == ";" and any("," in cell for row in rows[1:] for cell in row) else "."
    return Layout(delimiter, names, 1, decimal, tuple(dated))


def _cells(lines: Iterable[str], delimiter: str, where: str) -> list[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error as fault:
        raise RejectedData(f"{where}, row {reader.line_num}", f"it is no row of cells ({fault})") from None


def _text(data: bytes, where: str, cut: bool = False) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:HEAD]:
        raise RejectedData(where, "it is not UTF-8 text", "Save it as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig", "ignore" if cut else "strict")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise RejectedData(f"{where}, row {line}", "it is not UTF-8 text", "Save it as CSV in UTF-8.") from None


def typed_table(data: bytes, layout: Layout) -> Any | None:
    """Return the file as Arrow columns by the quick way, None where a cell is not what its column promises."""
    dates = [name for name in layout.names if folded(name) in ("date", "observation_date")]
    types = {name: pa.date32() for name in dates} | {n: pa.float64() for n in layout.names if folded(n) in NUMBERS}
    try:
        return pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(column_names=list(layout.names), skip_rows=layout.skip, use_threads=False),
            parse_options=pacsv.ParseOptions(delimiter=layout.delimiter),
            convert_options=pacsv.ConvertOptions(
                column_types=types, null_values=list(MISSING), decimal_point=layout.decimal, strings_can_be_null=True
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None


def text_table(data: bytes, layout: Layout, where: str) -> Any:
    """Return the file as Arrow columns of text, row by row; a row of another width is refused by its number."""
    rows = _cells(io.StringIO(_text(data, where), newline=None), layout.delimiter, where)[layout.skip :]
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if [] in rows:
        rows = [row for row in rows if row]  # as the quick way does; rows after a blank line then count one less
    width = len(layout.names)
    for i, row in enumerate(rows):
        if len(row) != width:
            raise RejectedData(
                f"{where}, row {i + layout.skip + 1}", f"it has {len(row)} cells where the heading has {width}"
            )
    cells = list(zip(*rows, strict=True)) if rows else [()] * width
    return pa.Table.from_arrays(
        [pa.array([cell if cell.strip() else None for cell in column], pa.string()) for column in cells],
        list(layout.names),
    )
