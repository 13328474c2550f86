"""The ledger's file: SQLite in WAL mode, flushed before anything counts as written, closed to change and deletion.

A write is one transaction begun with the lock in hand (`BEGIN IMMEDIATE`), so two who publish at once come one after the other. It is
acknowledged when `COMMIT` has returned, with `synchronous=FULL`: a kill before that leaves the old record, a kill after it the new
one. Shown for kills of the process, not for a loss of power. Never on a network share: SQLite's locks do not hold there.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import numpy as np

from crosscurrent.errors import BrokenLedger, MissingData, RejectedData, StorageError
from crosscurrent.evaluate.ledger.chain import (
    FORMAT,
    GENESIS,
    Broken,
    Entry,
    Head,
    Row,
    canonical,
    entry_of,
    hash_of,
    walk,
)
from crosscurrent.sources.archive import archive_folder

__all__ = ["Draft", "Ledger", "ledger_file"]

T = TypeVar("T")
Draft = tuple[str, Mapping[str, Any]]
"""A kind and a payload, before they are an entry."""

TABLE = """CREATE TABLE entry (
 id INTEGER PRIMARY KEY,
 recorded_at TEXT NOT NULL,
 kind TEXT NOT NULL,
 payload TEXT NOT NULL,
 previous TEXT NOT NULL,
 hash TEXT NOT NULL
) STRICT"""
GUARDS = {
    "entry_is_never_changed": """CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END""",
    "entry_is_never_deleted": """CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END""",
    "entry_follows_the_last": f"""CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM entry)
 OR NEW.previous IS NOT coalesce((SELECT hash FROM entry ORDER BY id DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger follows the last one'); END""",
}
"""Triggers that refuse update, deletion (and so replacement), and any entry that does not continue the chain."""
COLUMNS = "id, recorded_at, kind, payload, previous, hash"
FAULTS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk did not take it: full, at its limit, or failing",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_PERM: "there is no right to write it",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: no right, or no such folder",
    sqlite3.SQLITE_BUSY: "another writer holds it",
    sqlite3.SQLITE_LOCKED: "another writer holds it",
}
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def ledger_file(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return where the ledger lies: CROSSCURRENT_LEDGER, else beside the archive in the user's data."""
    if environment.get("CROSSCURRENT_LEDGER"):
        return Path(environment["CROSSCURRENT_LEDGER"])
    elsewhere = {name: value for name, value in environment.items() if name != "CROSSCURRENT_ARCHIVE"}
    return archive_folder(elsewhere, platform).with_name("ledger.sqlite")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The record of what was published; it is only ever added to.

    Parameters
    ----------
    path
        Its file, on a disk of this machine. It need not exist yet: the first entry makes it.
    patience
        Seconds to wait for another writer before `StorageError`.
    """

    path: Path
    patience: float = 30.0

    def append(
        self, drafts: Sequence[Draft] | Callable[[tuple[Entry, ...]], Sequence[Draft]], now: np.datetime64
    ) -> tuple[Entry, ...]:
        """Record drafts in one transaction, all or none, and return the entries; when this returns they are on the disk.

        What to record may depend on what is there: a function is given all entries under the lock, so that nobody comes between.
        `StorageError` when the disk is full, read-only or held by another: the old record is then intact. `BrokenLedger` when the
        last entry is not what was written: nothing is built on a broken chain.
        """
        self._make_folder()
        moment = f"{now.astype('datetime64[s]')}Z"
        with self._open("rwc") as database, self._writing(database):
            last = self._ready(database, moment)
            wanted = drafts if not callable(drafts) else drafts(self._sound(database))
            written = []
            for kind, payload in wanted:
                last = _insert(database, last, moment, kind, payload)
                written.append(last)
        return tuple(written)

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, oldest first; `MissingData` when there is no ledger, `BrokenLedger` when one is not what was written."""
        with self._reading() as database:
            return self._sound(database)

    def head(self) -> Head:
        """Return where the ledger stands, to be kept elsewhere; reads the last entry alone."""
        with self._reading() as database:
            last = _last(database)
        return Head(last.id, last.hash) if last else Head(0, GENESIS)

    def verify(self, kept: Head | None = None) -> tuple[Head, Broken | None]:
        """Check file, guards and chain and return where the ledger stands, or the first place where it is broken."""
        try:
            with self._reading() as database:
                head, broken = walk(_rows(database), kept)
                return head, broken or _damage(database)
        except RejectedData as fault:
            return Head(0, GENESIS), Broken(None, str(fault.fields["rule"]))

    def _sound(self, database: sqlite3.Connection) -> tuple[Entry, ...]:
        rows = list(_rows(database))
        _, broken = walk(rows)
        if broken and rows:
            raise BrokenLedger(str(self.path), str(broken))
        return tuple(entry_of(row) for row in rows)

    def _ready(self, database: sqlite3.Connection, moment: str) -> Entry:
        """Return the last entry; a new ledger is begun, an older one is brought to this format by an entry that says so."""
        if not database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entry'").fetchone()[0]:
            for statement in (TABLE, *GUARDS.values()):
                database.execute(statement)
            return _insert(database, None, moment, "format", {"format": "crosscurrent/ledger", "version": FORMAT})
        broken = _unsound_end(database) or _unguarded(database)
        last = None if broken else _last(database)
        if last is None:
            raise BrokenLedger(str(self.path), str(broken))
        return self._migrated(database, last, moment)

    def _migrated(self, database: sqlite3.Connection, last: Entry, moment: str) -> Entry:
        text = database.execute("SELECT payload FROM entry WHERE kind = 'format' ORDER BY id DESC LIMIT 1").fetchone()
        version = entry_of((0, "", "", text[0], "", "")).payload.get("version") if text else None
        if version == FORMAT:
            return last
        if not isinstance(version, int) or version > FORMAT:
            rule = f"it is written in format {version}, and this program knows {FORMAT} and older"
            raise RejectedData(str(self.path), rule, "Use a newer crosscurrent.")
        return _insert(
            database, last, moment, "format", {"format": "crosscurrent/ledger", "version": FORMAT, "from": version}
        )

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise StorageError(str(self.path), f"its folder cannot be made: {fault.strerror or fault}") from None

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            raise MissingData("A ledger", str(self.path), "Publish something first: crosscurrent note --publish.")
        with self._open("ro") as database:
            database.execute("BEGIN")
            yield database

    @contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection]:
        """Give a connection and turn every fault of SQLite into one of ours."""
        database = None
        try:
            database = self._patiently(lambda: self._connected(mode))
            yield database
        except sqlite3.Error as fault:
            raise self._told(fault) from None
        finally:
            if database is not None:
                database.close()

    def _connected(self, mode: str) -> sqlite3.Connection:
        database = self._connect(mode)
        try:
            database.execute("PRAGMA synchronous = FULL")
            if mode == "rwc" and database.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                database.execute("PRAGMA journal_mode = WAL")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as fault:
            database.close()
            if (
                mode == "ro"
                and _code(fault) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
                and not self._has_log()
            ):
                # On a disk that takes no lock file a ledger at rest can still be read as it lies.
                return self._connect("ro&immutable=1")
            raise
        return database

    def _has_log(self) -> bool:
        log = self.path.with_name(self.path.name + "-wal")
        return log.exists() and log.stat().st_size > 0

    def _connect(self, mode: str) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=self.patience, isolation_level=None)

    def _patiently(self, begin: Callable[[], T]) -> T:
        """Try until the patience ends: opening can meet another's lock in ways that SQLite's own waiting does not cover."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return begin()
            except sqlite3.Error as fault:
                if _code(fault) not in BUSY or time.monotonic() >= until:
                    raise
                time.sleep(0.01)

    @contextmanager
    def _writing(self, database: sqlite3.Connection) -> Iterator[None]:
        self._patiently(lambda: database.execute("BEGIN IMMEDIATE"))
        try:
            yield
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _told(self, fault: sqlite3.Error) -> StorageError | RejectedData:
        if _code(fault) in FAULTS:
            return StorageError(str(self.path), FAULTS[_code(fault)], "What was recorded before is intact.")
        return RejectedData(str(self.path), f"it is not a whole ledger ({fault})", "Restore it from a copy.")


def _code(fault: sqlite3.Error) -> int:
    return getattr(fault, "sqlite_errorcode", 0) & 0xFF


def _rows(database: sqlite3.Connection, which: str = "ORDER BY id") -> Iterator[Row]:
    """Yield the stored rows, texts as bytes: what an alien hand wrote need not be text."""
    if database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entry'").fetchone()[0]:
        database.text_factory = bytes
        yield from database.execute(f"SELECT {COLUMNS} FROM entry {which}")
        database.text_factory = str


def _last(database: sqlite3.Connection) -> Entry | None:
    """Return the last entry, None in a file that was only begun."""
    return next((entry_of(row) for row in _rows(database, "ORDER BY id DESC LIMIT 1")), None)


def _unsound_end(database: sqlite3.Connection) -> Broken | None:
    """Return what is wrong with the last entry alone, which is what a new one would stand on."""
    rows = list(_rows(database, "ORDER BY id DESC LIMIT 1"))
    if not rows:
        return walk(rows)[1]
    (row,) = rows
    try:
        fields = [row[0], *(str(field, "utf-8") for field in row[1:])]
        is_whole = hash_of(*fields[:5]) == fields[5] and isinstance(json.loads(fields[3]), dict)
    except (TypeError, ValueError):
        is_whole = False
    return None if is_whole else Broken(row[0], "its hash is off: it is not what was written")


def _insert(
    database: sqlite3.Connection, last: Entry | None, moment: str, kind: str, payload: Mapping[str, Any]
) -> Entry:
    number, previous = (last.id + 1, last.hash) if last else (1, GENESIS)
    text = canonical(payload)
    row = (number, moment, kind, text, previous, hash_of(number, moment, kind, text, previous))
    database.execute(f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)
    return entry_of(row)


def _damage(database: sqlite3.Connection) -> Broken | None:
    """Return what is wrong with the file or its guards while the chain itself is whole."""
    found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        return Broken(None, f"the file is damaged: {found}")
    return _unguarded(database)


def _unguarded(database: sqlite3.Connection) -> Broken | None:
    known = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    gone = [name for name, guard in GUARDS.items() if known.get(name) != guard]
    return Broken(None, f"a guard against change is gone: {', '.join(gone)}") if gone else None
