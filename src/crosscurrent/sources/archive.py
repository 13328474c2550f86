"""The archive: what was fetched, from whom, when, and with a checksum; one Parquet file a market and interval.

A file is written beside its place, flushed to the disk and moved over the old one in one step, so that a reader sees the old or the
new and a kill at any moment leaves one of them whole. What an answer no longer holds is never dropped: a history that lacks sessions
the archive has is refused, and the archive stays as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crosscurrent.bars.bars import Bars, Sessions
from crosscurrent.errors import MissingData, RejectedData, StorageError, UnknownName
from crosscurrent.sources.columns import Prices
from crosscurrent.sources.disk import replace_whole, storage_error
from crosscurrent.sources.source import Gap, Table, as_bars, resolve
from crosscurrent.sources.stored import COLUMNS, ROLLS, columns_in, columns_of, described, instrument_of
from crosscurrent.sources.vintages import is_restated, set_aside, standing_at

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: replacing stays one step, only the queue of writers is missing
    fcntl = None  # type: ignore[assignment]

__all__ = ["Archive", "Kept", "archive_folder"]

KEY = b"crosscurrent"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the archive knows of one market's bars: where they came from, when, and which ones they are.

    Parameters
    ----------
    market, interval, provider
        What it is, and who gave it.
    fetched_at
        ISO 8601, UTC.
    vintage
        The date as of which the provider's figures stood, where it revises them; else the day of fetching.
    sha256
        Of the bars and of everything said here, so that neither can change unnoticed.
    instrument
        Its description, for a market that is not known by its symbol.
    """

    market: str
    interval: str
    provider: str
    fetched_at: str
    vintage: str
    sha256: str = ""
    instrument: Mapping[str, Any] | None = None


def archive_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return where the archive lies: CROSSCURRENT_ARCHIVE, else where the platform keeps a user's data."""
    if environment.get("CROSSCURRENT_ARCHIVE"):
        return Path(environment["CROSSCURRENT_ARCHIVE"])
    home = Path(environment.get("HOME") or "~").expanduser()
    if environment.get("XDG_DATA_HOME"):
        base = Path(environment["XDG_DATA_HOME"])
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = home / ".local" / "share"
    return base / "crosscurrent" / "archive"


class Archive:
    """What was fetched, as a source, and the place to keep more of it.

    Parameters
    ----------
    folder
        Where it lies; `archive_folder()` when nothing is said. It need not exist yet.
    patience
        Seconds to wait for another writer of the same market before `StorageError`.
    known_at
        Read it as it stood at this moment, UTC: what a provider has restated since is read as it was. None for the present.
    """

    name = "the archive"
    may_be_republished = False
    takes_any_name = False
    notes: tuple[Gap, ...] = ()

    def __init__(
        self, folder: Path | str | None = None, patience: float = 10.0, known_at: np.datetime64 | None = None
    ) -> None:
        self.folder = archive_folder() if folder is None else Path(folder)
        self.patience = patience
        self.known_at = known_at

    def markets(self) -> tuple[str, ...]:
        """Return the markets it holds, sorted."""
        return tuple(sorted({market for market, _ in self._held()}))

    def _held(self) -> list[tuple[str, str]]:
        try:
            names = [path.name for path in self.folder.glob("*.parquet")]
        except OSError as fault:
            raise StorageError(str(self.folder), f"the folder cannot be read ({fault.strerror})") from None
        stems = [name.removesuffix(".parquet").rpartition(".") for name in names if not name.startswith(".")]
        return [(unquote(market), interval) for market, _, interval in stems if market]

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return nothing: the archive keeps bars alone."""
        return ()

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's bars as they were kept; `RejectedData` when they no longer are what was kept."""
        held = self._held()
        if not held:
            raise MissingData(market, self.name, "It is empty: fetch something first (crosscurrent data fetch).")
        name = market if (market, interval) in held else resolve(self, market)
        if (name, interval) not in held:
            raise UnknownName(f"interval of {name}", interval, [i for m, i in held if m == name])
        path = self._path(name, interval)
        kept, columns = self._read(path if self.known_at is None else standing_at(path, self.known_at))
        n = len(columns["session"])
        prices = Prices(**columns, row=np.arange(1, n + 1))
        return as_bars(name, prices, interval, f"the archive, {name}", instrument_of(kept.instrument))

    def kept(self, market: str, interval: str = "1d") -> Kept:
        """Return where a market's bars came from and when; `MissingData` when there are none."""
        return self._read(self._path(market, interval))[0]

    def keep(self, bars: Bars, provider: str, fetched_at: np.datetime64, vintage: np.datetime64 | None = None) -> Kept:
        """Keep bars in place of the market's older ones and return the record of it.

        `RejectedData` when they lack sessions that the archive holds, `StorageError` when the disk does not take them or another
        writer holds the market: what was kept before is then intact. Where they restate bars that are kept, those are set aside as a
        vintage, which `known_at` reads.
        """
        moment = fetched_at.astype("datetime64[s]")
        known_as_of = moment.astype("datetime64[D]") if vintage is None else vintage.astype("datetime64[D]")
        kept = Kept(bars.market, bars.interval, provider, f"{moment}Z", str(known_as_of), "", described(bars))
        path = self._path(bars.market, bars.interval)
        with self._locked(path):
            columns = columns_of(bars)
            held = self._held_columns(path)
            if held is not None:
                _refuse_loss(bars.market, held["session"], columns["session"])
                if is_restated(held, columns):
                    set_aside(path, moment)
            signed = _signed(kept, columns)
            replace_whole(path, _parquet(signed, columns))
        return signed

    def _path(self, market: str, interval: str) -> Path:
        # A leading dot would hide the file.
        return self.folder / f"{quote(market, safe='').replace('.', '%2E')}.{quote(interval, safe='')}.parquet"

    def _held_columns(self, path: Path) -> dict[str, Any] | None:
        if not path.exists():
            return None
        try:
            return self._read(path)[1]
        except RejectedData:
            # What is damaged cannot stand in the way of whole bars, but it is not thrown away either.
            path.replace(path.with_name(f"{path.name}.damaged"))
            return None

    def _read(self, path: Path) -> tuple[Kept, dict[str, Any]]:
        where = f"the archive, {path.name}"
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise MissingData(f"the file {path.name}", self.name, "Fetch it first: crosscurrent data fetch.") from None
        except OSError as fault:
            raise storage_error(path, fault, "read") from None
        try:
            table = pq.ParquetFile(pa.BufferReader(data)).read()
            kept = Kept(**json.loads(table.schema.metadata[KEY]))
            columns = columns_in(table, kept.interval)
        except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
            raise RejectedData(where, "it is not a whole file of the archive", "Fetch it again.") from None
        if _signed(kept, columns).sha256 != kept.sha256:
            raise RejectedData(where, "its checksum is off: it is no longer what was kept", "Fetch it again.")
        return kept, columns

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        """Hold the market's lock: one writer at a time; it falls with its process, however that ends."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = path.with_name(f".{path.name}.lock").open("ab")
        except OSError as fault:
            raise storage_error(path, fault, "written") from None
        with lock:
            until = time.monotonic() + self.patience
            while not _taken(lock.fileno()):
                if time.monotonic() >= until:
                    raise StorageError(str(path), "another writer holds it", "Let it finish, then try again.")
                time.sleep(0.02)
            yield


def _refuse_loss(market: str, held: Sessions, session: Sessions) -> None:
    lost = np.setdiff1d(held, session)
    if len(lost):
        rule = f"the new answer lacks {len(lost)} of the {len(held)} bars that are kept, the first of {lost[0]}: the old ones stay"
        raise RejectedData(f"the archive, {market}", rule, "Fetch again later, or move the kept file away.")


def _taken(descriptor: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signed(kept: Kept, columns: Mapping[str, Any]) -> Kept:
    told = asdict(kept) | {"sha256": ""}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for name in ("session", *COLUMNS, *(name for name in ROLLS if name in columns)):
        column = columns[name]
        digest.update(
            column.astype("datetime64[s]").astype("<i8").tobytes()
            if name == "session"
            else column.astype("<f8").tobytes()
        )
    return Kept(**(told | {"sha256": digest.hexdigest()}))


def _parquet(kept: Kept, columns: Mapping[str, Any]) -> bytes:
    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    table = table.replace_schema_metadata({KEY: json.dumps(asdict(kept), sort_keys=True)})
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    return bytes(buffer.getvalue())
