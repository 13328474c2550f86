"""The outbox: alerts on the disk before anybody is told, so that none is lost over a restart and none told twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crosscurrent.errors import StorageError
from crosscurrent.watch.alert import Alert

__all__ = ["Outbox"]

TABLES = """
CREATE TABLE IF NOT EXISTS look (desk TEXT PRIMARY KEY, as_of TEXT NOT NULL, first TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS alert (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, payload TEXT NOT NULL, made_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS told (id TEXT NOT NULL, channel TEXT NOT NULL, told_at TEXT NOT NULL, PRIMARY KEY (id, channel)) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Outbox:
    """A SQLite file that holds what was seen last, every alert, and which channel has told which.

    An alert and the look that made it are one transaction: after a kill either both are there or the look is made again, and the
    alert's own id keeps it from being stored twice. A channel's mark is set once it has told: a kill between the two tells it again
    with the same id, by which a receiver can know it.
    """

    path: Path
    patience: float = 10.0

    def last_look(self, desk: str) -> np.datetime64 | None:
        """Return the date up to which a desk was seen, None when it never was."""
        with self._open() as database:
            row = database.execute("SELECT as_of FROM look WHERE desk = ?", (desk,)).fetchone()
        return None if row is None else np.datetime64(row[0], "D")

    def first_look(self, desk: str) -> np.datetime64 | None:
        """Return the date of the first look: setups of that day and later are followed."""
        with self._open() as database:
            row = database.execute("SELECT first FROM look WHERE desk = ?", (desk,)).fetchone()
        return None if row is None else np.datetime64(row[0], "D")

    def keep(self, desk: str, as_of: np.datetime64, alerts: Iterable[Alert], now: np.datetime64) -> tuple[Alert, ...]:
        """Store a look with its alerts in one transaction and return those that are new."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            new = tuple(alert for alert in alerts if _inserted(database, alert, now))
            database.execute(
                "INSERT INTO look VALUES (?, ?, ?) ON CONFLICT (desk) DO UPDATE SET as_of = excluded.as_of",
                (desk, str(as_of), str(as_of)),
            )
            database.execute("COMMIT")
        return new

    def waiting(self, channel: str) -> tuple[Alert, ...]:
        """Return the alerts that a channel has not told yet, oldest first."""
        query = "SELECT payload FROM alert WHERE id NOT IN (SELECT id FROM told WHERE channel = ?) ORDER BY number"
        with self._open() as database:
            rows = database.execute(query, (channel,)).fetchall()
        return tuple(Alert.from_json(json.loads(row[0])) for row in rows)

    def mark(self, channel: str, alerts: Sequence[Alert], now: np.datetime64) -> None:
        """Say that a channel has told these."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            rows = [(alert.id, channel, f"{now}Z") for alert in alerts]
            database.executemany("INSERT OR IGNORE INTO told VALUES (?, ?, ?)", rows)
            database.execute("COMMIT")

    def recent(self, most: int = 100) -> tuple[Alert, ...]:
        """Return the latest alerts, newest first."""
        with self._open() as database:
            rows = database.execute("SELECT payload FROM alert ORDER BY number DESC LIMIT ?", (most,)).fetchall()
        return tuple(Alert.from_json(json.loads(row[0])) for row in rows)

    def newest(self) -> int:
        """Return the number of the latest alert, 0 when there is none."""
        with self._open() as database:
            return int(database.execute("SELECT coalesce(max(number), 0) FROM alert").fetchone()[0])

    def after(self, number: int) -> list[tuple[int, Alert]]:
        """Return the alerts after a number, with theirs, oldest first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT number, payload FROM alert WHERE number > ? ORDER BY number", (number,)
            ).fetchall()
        return [(int(row[0]), Alert.from_json(json.loads(row[1]))) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self.path, timeout=self.patience, isolation_level=None)
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(TABLES)
            yield database
        except (sqlite3.Error, OSError) as fault:
            raise StorageError(str(self.path), f"the outbox cannot be used ({fault})") from None
        finally:
            if database is not None:
                database.close()


def _inserted(database: sqlite3.Connection, alert: Alert, now: np.datetime64) -> bool:
    row = (alert.id, json.dumps(alert.to_json(), ensure_ascii=False), f"{now}Z")
    return database.execute("INSERT OR IGNORE INTO alert (id, payload, made_at) VALUES (?, ?, ?)", row).rowcount > 0
