"""The app: what can be asked, and nothing else. Every answer is as of a date; nothing after it is looked at."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sse_starlette.sse import EventSourceResponse

from crosscurrent.audit import audit
from crosscurrent.audit.document import parsed
from crosscurrent.errors import BrokenRule, CrosscurrentError, MissingData, RequestError, UnknownName
from crosscurrent.evaluate.ledger import Ledger
from crosscurrent.note.desk import Desk
from crosscurrent.publish.drawing import draw_svg
from crosscurrent.publish.folder import contents_of
from crosscurrent.publish.payload import payload
from crosscurrent.publish.scripts import credit
from crosscurrent.sources.source import Source
from crosscurrent.version import VERSION
from crosscurrent.watch.outbox import Outbox
from crosscurrent.web.desk import LiveDesk
from crosscurrent.web.guards import Guards
from crosscurrent.web.parts import part
from crosscurrent.web.stream import events
from crosscurrent.web.until import Until

__all__ = ["Setting", "app_of", "new_token"]

DATE = r"^\d{4}-\d{2}-\d{2}$"
FILES = ("note.html", "note.md", "note.json")
LARGEST = 50_000
"""Characters that a document of claims may have."""
STATUS: tuple[tuple[type[CrosscurrentError], int], ...] = (
    (UnknownName, 404), (MissingData, 404), (RequestError, 422), (BrokenRule, 500), (CrosscurrentError, 409),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What an app is made for.

    Parameters
    ----------
    desk, open
        The desk, and what opens its source.
    ledger, outbox
        The record, and the alerts of a watch; None where there are none.
    hosts
        Host headers that are this app.
    token
        The secret that opens it.
    """

    desk: Desk
    open: Callable[[], Source]
    hosts: tuple[str, ...]
    token: str
    ledger: Ledger | None = None
    outbox: Outbox | None = None
    pause: float = 1.0


def new_token() -> str:
    """Return a secret that nobody guesses."""
    return secrets.token_urlsafe(24)


class Claims(BaseModel):
    """Claims to be checked, as YAML or JSON."""

    text: str = Field(max_length=LARGEST)
    as_of: str | None = Field(default=None, pattern=DATE)


def app_of(setting: Setting) -> Guards:
    """Return the app behind its guards, as an ASGI application."""
    app = FastAPI(title="crosscurrent", version=VERSION, docs_url=None, redoc_url=None)
    app.state.live = LiveDesk(setting.desk, setting.open)
    app.state.setting = setting
    app.add_exception_handler(CrosscurrentError, _told)
    for routes in (_pages, _views, _record):
        routes(app)
    return Guards(app, setting.token, setting.hosts)


def _told(request: Request, fault: Exception) -> JSONResponse:
    """Answer one of our errors with its sentence; a broken rule is ours and says no more than that."""
    assert isinstance(fault, CrosscurrentError)
    status = next(status for kind, status in STATUS if isinstance(fault, kind))
    return JSONResponse({"error": "A rule of the program was broken." if status == 500 else fault.sentence}, status)


Day = Annotated[str | None, Query(pattern=DATE)]


def _day(text: str | None) -> np.datetime64 | None:
    if text is None:
        return None
    try:
        return np.datetime64(text, "D")
    except ValueError:
        raise RequestError(f"{text} is no date.") from None


def _pages(app: FastAPI) -> None:
    """The page, its parts, and the note of a date."""

    @app.get("/", include_in_schema=False)
    def page() -> Response:
        return _sent("index.html")

    @app.get("/assets/{name}", include_in_schema=False)
    def asset(name: str) -> Response:
        return _sent(name)

    @app.get("/api/export/{name}")
    def export(name: str, as_of: Day = None) -> Response:
        """Return the note of a date as a file: note.html, note.md or note.json."""
        if name not in FILES:
            raise UnknownName("file of a note", name, FILES)
        found = contents_of(app.state.live.note(_day(as_of)))
        return Response(
            found[name],
            media_type="application/octet-stream",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )


def _sent(name: str) -> Response:
    found = part(name)
    return Response("There is no such part.", 404) if found is None else Response(found[0], media_type=found[1])


def _views(app: FastAPI) -> None:
    """What the desk knows at a date."""
    live: LiveDesk = app.state.live

    @app.get("/api/desk")
    def desk(as_of: Day = None) -> dict[str, Any]:
        """Return the markets with their state."""
        return live.overview(_day(as_of))

    @app.get("/api/markets/{market}/chart")
    def chart(market: str, as_of: Day = None) -> dict[str, Any]:
        """Return a market's chart: its bars, panes and marks, and the printed one for where the library is not."""
        found = live.chart(_day(as_of), market)
        return {
            "title": found.title,
            "alt": found.alt,
            "caption": found.caption,
            "explored": payload(found),
            "svg": draw_svg(found, "wide"),
            "table": found.table(),
            "credit": credit(),
        }

    @app.get("/api/markets/{market}/facts")
    def facts(market: str, as_of: Day = None, since: Day = None) -> list[dict[str, Any]]:
        """Return a market's facts since a session, and what is forming."""
        return live.facts(_day(as_of), market, _day(since))

    @app.get("/api/markets/{market}/ladder")
    def ladder(market: str, as_of: Day = None) -> dict[str, Any]:
        """Return what the next session's prices would mean."""
        return live.ladder(_day(as_of), market)

    @app.get("/api/setups")
    def setups(as_of: Day = None) -> list[dict[str, Any]]:
        """Return the setups of the desk."""
        return live.setups(_day(as_of))

    @app.get("/api/links")
    def links(as_of: Day = None) -> dict[str, Any]:
        """Return how the pairs move together and what drove each week."""
        return live.links(_day(as_of))

    @app.get("/api/rates")
    def rates(as_of: Day = None) -> dict[str, Any]:
        """Return yields, their rarity and the policy path."""
        return live.rates(_day(as_of))

    @app.post("/api/audit")
    def check(claims: Claims) -> dict[str, Any]:
        """Return the verdict on each claim of a document; nothing after `as_of` is looked at, and no file that a text may name."""
        day = _day(claims.as_of)
        source = live.open() if day is None else Until(live.open(), day)
        return audit(parsed(claims.text), source, default_day=day).to_json()


def _record(app: FastAPI) -> None:
    """The record of what was published, and the alerts of a watch."""
    setting: Setting = app.state.setting

    @app.get("/api/record")
    def record(as_of: Day = None) -> dict[str, Any]:
        """Return the notes and setups that were published up to a date and how they had ended by then, empty where nothing was."""
        if setting.ledger is None or not setting.ledger.path.exists():
            return {"notes": [], "score": None}
        from crosscurrent.evaluate.ledger.recording import followed
        from crosscurrent.evaluate.ledger.scoring import score

        entries, analysis = setting.ledger.entries(), app.state.live.at(_day(as_of))
        notes = [
            {"id": e.id, "recorded_at": e.recorded_at, "title": e.payload["title"], "as_of": e.payload["as_of"]}
            for e in entries
            if e.kind == "note" and (as_of is None or e.payload["as_of"] <= as_of)
        ]
        return {"notes": notes, "score": score(followed(entries, analysis.snapshot)).to_json()}

    @app.get("/api/alerts")
    def alerts(as_of: Day = None) -> list[dict[str, Any]]:
        """Return the latest alerts of the watch up to a date, newest first."""
        day = _day(as_of)
        found = () if setting.outbox is None else setting.outbox.recent()
        return [alert.to_json() for alert in found if day is None or alert.session[:10] <= str(day)]

    @app.get("/api/events", include_in_schema=False)
    async def stream(last_event_id: Annotated[str | None, Header()] = None) -> Response:
        if setting.outbox is None:
            return Response("No watch is kept.", 404)
        return EventSourceResponse(events(setting.outbox, last_event_id, setting.pause))
