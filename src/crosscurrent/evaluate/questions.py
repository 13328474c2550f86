"""Where a study's samples lie until they are judged, question by question: in memory, or in a file where a universe needs no more
memory than its largest question.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from crosscurrent.errors import RejectedData
from crosscurrent.evaluate.samples import Sample
from crosscurrent.sources.disk import storage_error

__all__ = ["Held", "Kept", "Questions"]

Key = tuple[str, str, str | None]
COLUMNS = {"came": "<f8", "null": "<f8", "variance": "<f8", "day": "<i8", "by_chance": "<f8"}
PLAIN = tuple(f.name for f in fields(Sample) if f.name not in COLUMNS)
SCHEMA = """
create table if not exists about (design text);
create table if not exists market (place integer primary key, name text unique, bars text);
create table if not exists sample (place integer, nth integer, kind text, outcome text, part text, is_patched integer, plain text,
    came blob, "null" blob, variance blob, day blob, by_chance blob);
create index if not exists asked on sample (kind, outcome, part, place);
"""
WRITE = "insert into sample values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
READ = 'select plain, came, "null", variance, day, by_chance from sample where kind = ? and outcome = ? and part is ? order by place'
TALLY = """select kind, outcome, part, count(*), min(is_patched) from sample
    group by kind, outcome, part order by min(place * 1000000 + nth)"""


class Questions(Protocol):
    """All samples of a study, by question: a kind, an outcome, a group."""

    @property
    def markets(self) -> dict[str, str]:
        """The markets that were added, in that order, each with the checksum of the bars that its samples were made of."""

    def put(self, market: str, samples: Iterable[Sample], bars: str = "") -> None:
        """Add all of one market's samples, in the place of those it had; `bars` is a checksum of what they were made of."""

    def parts(self, outcome: str | None = None) -> Iterator[tuple[Key, list[Sample]]]:
        """Yield each question (of one outcome alone, if named), with a sample of each market that it can be asked of."""

    def tally(self) -> Iterator[tuple[int, bool]]:
        """Yield for each question of how many markets it is asked, and whether any of them is free of unknown roll gaps."""


class Held:
    """Samples in memory."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, tuple[Sample, ...]]] = {}

    @property
    def markets(self) -> dict[str, str]:
        """The markets that were added, in that order, each with the checksum of its bars."""
        return {market: bars for market, (bars, _) in self._held.items()}

    def put(self, market: str, samples: Iterable[Sample], bars: str = "") -> None:
        """Add all of one market's samples, in the place of those it had."""
        self._held[market] = bars, tuple(samples)

    def parts(self, outcome: str | None = None) -> Iterator[tuple[Key, list[Sample]]]:
        """Yield each question with its samples, in the order in which they came up."""
        asked: dict[Key, list[Sample]] = {}
        for _, samples in self._held.values():
            for sample in samples:
                asked.setdefault((sample.kind, sample.outcome, sample.group), []).append(sample)
        yield from ((key, parts) for key, parts in asked.items() if outcome in (None, key[1]))

    def tally(self) -> Iterator[tuple[int, bool]]:
        """Yield for each question of how many markets it is asked, and whether any is free of unknown roll gaps."""
        return ((len(parts), not all(part.is_patched for part in parts)) for _, parts in self.parts())


class Kept:
    """Samples in a file: what was kept is not made again, a kill loses at most the market that was being written.

    `design` says in words what is asked, of what version; `RejectedData` for a file that holds another study, `StorageError` when it
    cannot be written.
    """

    def __init__(self, path: Path, design: str) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path)
            self._file.executescript("pragma journal_mode=wal;" + SCHEMA)
            kept = self._file.execute("select design from about").fetchone()
        except (OSError, sqlite3.OperationalError) as fault:
            raise storage_error(path, fault if isinstance(fault, OSError) else OSError(str(fault)), "written") from None
        except sqlite3.DatabaseError:
            raise RejectedData(path.name, "it is no file of a study", "Name another one.") from None
        if kept is None:
            with self._file as file:
                file.execute("insert into about values (?)", (design,))
        elif kept[0] != design:
            raise RejectedData(path.name, "it holds a study that asks something else", "Name another file.")

    @property
    def markets(self) -> dict[str, str]:
        """The markets that were added, in that order, each with the checksum of its bars."""
        return dict(self._file.execute("select name, bars from market order by place"))

    def put(self, market: str, samples: Iterable[Sample], bars: str = "") -> None:
        """Add all of one market's samples in one step, in the place of those it had."""
        upsert = "insert into market (name, bars) values (?, ?) on conflict (name) do update set bars = excluded.bars"
        try:
            with self._file as file:
                file.execute(upsert, (market, bars))
                (place,) = file.execute("select place from market where name = ?", (market,)).fetchone()
                file.execute("delete from sample where place = ?", (place,))
                file.executemany(WRITE, ((place, nth, *_written(sample)) for nth, sample in enumerate(samples)))
        except sqlite3.OperationalError as fault:
            raise storage_error(self.path, OSError(str(fault)), "written") from None

    def parts(self, outcome: str | None = None) -> Iterator[tuple[Key, list[Sample]]]:
        """Yield each question with its samples; those of one question are in memory at a time."""
        for kind, named, part, *_ in self._file.execute(TALLY).fetchall():
            if outcome in (None, named):
                rows = self._file.execute(READ, (kind, named, part))
                yield (kind, named, part), [_read(*row) for row in rows]

    def tally(self) -> Iterator[tuple[int, bool]]:
        """Yield for each question of how many markets it is asked, and whether any is free of unknown roll gaps."""
        return ((count, not patched) for *_, count, patched in self._file.execute(TALLY))


def _written(sample: Sample) -> Iterator[Any]:
    yield from (sample.kind, sample.outcome, sample.group, int(sample.is_patched))
    yield json.dumps({name: getattr(sample, name) for name in PLAIN})
    for name, dtype in COLUMNS.items():
        column = getattr(sample, name)
        yield None if column is None else np.ascontiguousarray(column, dtype).tobytes()


def _read(plain: str, *columns: bytes | None) -> Sample:
    arrays: dict[str, Any] = {
        name: None if column is None else np.frombuffer(column, dtype)
        for (name, dtype), column in zip(COLUMNS.items(), columns, strict=True)
    }
    return Sample(**json.loads(plain), **arrays)
