"""How often a provider may be asked: counted in a small file beside the archive, so that restarts and other processes count too.

Every request is a row. A window slides over them, because a bucket that refills would let a burst through at each edge, and some
providers punish the sixty-first request in ten minutes with disconnection.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscurrent.errors import StorageError

__all__ = ["Limit", "Pace"]

TABLE = "CREATE TABLE IF NOT EXISTS asked (provider TEXT NOT NULL, request TEXT NOT NULL, at REAL NOT NULL)"
COUNTED = "SELECT at FROM asked WHERE provider = ? AND at > ?{alike} ORDER BY at DESC LIMIT 1 OFFSET ?"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` within any `seconds`: of all that are asked of a provider, or of requests that are `alike`."""

    requests: int
    seconds: float
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """Lets a request through when all limits allow it, and waits until then.

    Parameters
    ----------
    path
        The file that is shared by all processes; it need not exist. `StorageError` when it cannot be written.
    provider, limits
        Whose requests they are, and how many of them there may be.
    clock, sleep
        Seconds since 1970, and how time is waited for; tests bring their own.
    """

    path: Path
    provider: str
    limits: Sequence[Limit]
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, request: str) -> None:
        """Return when the request may be sent; it is counted as sent."""
        while self.limits and (wait := self._wait(request)) > 0:
            self.sleep(wait)

    def _wait(self, request: str) -> float:
        """Count the request and return nought, or return the seconds until it may be tried again."""
        with self._opened() as file:
            now = self.clock()
            longest = max(limit.seconds for limit in self.limits)
            # What a clock that was set back has left in the future would block for ever.
            stale = "DELETE FROM asked WHERE provider = ? AND (at <= ? OR at > ?)"
            file.execute(stale, (self.provider, now - longest, now))
            wait = max(self._until(file, limit, request, now) - now for limit in self.limits)
            if wait <= 0:
                file.execute("INSERT INTO asked VALUES (?, ?, ?)", (self.provider, request, now))
        return wait

    def _until(self, file: sqlite3.Connection, limit: Limit, request: str, now: float) -> float:
        sql = COUNTED.format(alike=" AND request = ?" if limit.alike else "")
        alike = (request,) if limit.alike else ()
        found = file.execute(sql, (self.provider, now - limit.seconds, *alike, limit.requests - 1)).fetchone()
        return now if found is None else float(found[0]) + limit.seconds

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Hold the file alone: two processes that counted at once would both be let through."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self.path, timeout=30.0, isolation_level=None)) as file:
                file.execute("BEGIN IMMEDIATE")
                file.execute(TABLE)
                yield file
                file.execute("COMMIT")
        except (sqlite3.Error, OSError) as fault:
            raise StorageError(str(self.path), f"the count of requests cannot be kept ({fault})") from None
