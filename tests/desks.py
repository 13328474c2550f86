"""The app in process: asked as its own page asks, without a socket."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from crosscurrent.evaluate.ledger import Ledger
from crosscurrent.sources import open_source
from crosscurrent.sources.desks import read_desk
from crosscurrent.sources.source import Source
from crosscurrent.watch.outbox import Outbox
from crosscurrent.web.app import Setting, app_of
from crosscurrent.web.guards import COOKIE

TOKEN = "a-token-for-tests-alone"
HOST = "127.0.0.1:8765"
OWN = {"host": HOST, "origin": f"http://{HOST}", "cookie": f"{COOKIE}={TOKEN}"}


def sample() -> Source:
    return open_source("sample", np.datetime64("2026-01-05T12:00:00", "s"))


def guarded(folder: Path, **changed):
    """Return the sample's desk behind its guards."""
    given = {"desk": read_desk("sample"), "open": sample, "hosts": (HOST, "localhost:8765"), "token": TOKEN}
    stores = {"ledger": Ledger(folder / "ledger.sqlite"), "outbox": Outbox(folder / "outbox.sqlite")}
    return app_of(Setting(**(given | stores | changed)))


def client(app) -> TestClient:
    return TestClient(
        app, base_url=f"http://{HOST}", headers=OWN, raise_server_exceptions=False, follow_redirects=False
    )
