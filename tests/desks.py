"""The app in process: asked as its own page asks, without a socket."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from crosscurrent.errors import UnknownName
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


class Growing:
    """The sample up to a day that moves on, as a folder that gets a bar each evening; a market can vanish from it."""

    def __init__(self, day: str = "2006-08-17"):
        self.day, self.gone, self.source = np.datetime64(day), set(), sample()

    def __getattr__(self, name):
        return getattr(self.source, name)

    def bars(self, market, interval="1d"):
        if market in self.gone:
            raise UnknownName("market", market, ())
        return self.source.bars(market, interval).until(self.day)


def guarded(folder: Path, **changed):
    """Return the sample's desk behind its guards."""
    given = {"desk": read_desk("sample"), "open": sample, "hosts": (HOST, "localhost:8765"), "token": TOKEN}
    stores = {"ledger": Ledger(folder / "ledger.sqlite"), "outbox": Outbox(folder / "outbox.sqlite")}
    return app_of(Setting(**(given | stores | changed)))


def client(app) -> TestClient:
    return TestClient(
        app, base_url=f"http://{HOST}", headers=OWN, raise_server_exceptions=False, follow_redirects=False
    )
