"""The live desk on a free port of this machine, for as long as a test needs it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from crosscurrent.note.desk import Desk
from crosscurrent.sources.desks import read_desk
from crosscurrent.sources.source import Source
from crosscurrent.watch.outbox import Outbox
from crosscurrent.web.app import Setting, app_of
from desks import TOKEN, sample


@dataclass(frozen=True)
class Served:
    """A desk that listens."""

    base: str
    outbox: Outbox

    @property
    def door(self) -> str:
        """The address that holds the token."""
        return f"{self.base}/?token={TOKEN}"


@contextmanager
def served(folder: Path, desk: Desk | None = None, opens: Callable[[], Source] = sample) -> Iterator[Served]:
    """Yield a desk, by default the sample's, and end it."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    outbox = Outbox(folder / "outbox.sqlite")
    setting = Setting(desk or read_desk("sample"), opens, (host,), TOKEN, outbox=outbox, pause=0.05)
    server = uvicorn.Server(uvicorn.Config(app_of(setting), log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Served(f"http://{host}", outbox)
    server.should_exit = True
    thread.join(10)
    listener.close()
