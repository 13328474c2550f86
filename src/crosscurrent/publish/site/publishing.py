"""Publish a note to a site: its files once and for all, then the pages and the feed that lead to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crosscurrent.errors import RejectedData, RequestError
from crosscurrent.evaluate.ledger.scoring import Score
from crosscurrent.note.note import Note
from crosscurrent.publish.document import document
from crosscurrent.publish.folder import contents_of
from crosscurrent.publish.site.feed import feed
from crosscurrent.publish.site.pages import site_pages
from crosscurrent.publish.site.shelf import put, read_shelf
from crosscurrent.sources.disk import replace_whole

__all__ = ["Site", "publish"]

SETTINGS = "site.json"
HOME = "../../index.html"


@dataclass(frozen=True, slots=True)
class Site:
    """What a site is called and where it will be served; kept in its folder once told."""

    title: str = ""
    address: str = ""


def publish(
    note: Note, folder: Path, now: np.datetime64, *, site: Site | None = None, score: Score | None = None, correction: str = "",
    has_pdf: bool = False,
) -> Path:  # fmt: skip
    """Put a note on a site and return its folder there; index, archive, scorecard and feed are written anew.

    Notes that lie there are left as they are: one whose files are not what was published stops everything (`RejectedData`), and another
    note for the same desk and day is refused (`RequestError`) unless `correction` says why. `score` is the record as the scorecard shows
    it; without one it says that there is none.
    """
    read_shelf(folder)
    settings = _settings(folder, site or Site(), note)

    def make(name: str) -> dict[str, bytes]:
        address = f"{settings.address}notes/{name}/" if settings.address else ""
        return contents_of(note, has_pdf=has_pdf, has_mail=True, home=HOME, address=address)

    placed = put(folder, make, document(note), f"{now}Z", correction)
    _lead_to_it(folder, settings, score)
    return placed


def _lead_to_it(folder: Path, settings: Site, score: Score | None) -> None:
    notes = read_shelf(folder)
    pages = site_pages(settings.title, notes, score)
    kept = json.dumps({"title": settings.title, "address": settings.address}, ensure_ascii=False, indent=1) + "\n"
    written = pages | {"feed.xml": feed(settings.title, notes, settings.address), SETTINGS: kept.encode()}
    for name, data in written.items():
        replace_whole(folder / name, data)


def _settings(folder: Path, given: Site, note: Note) -> Site:
    """Return what is told now, else what was told before, else the note's publisher."""
    kept = _kept(folder / SETTINGS)
    address = given.address or kept.get("address", "")
    if address and not address.startswith(("https://", "http://")):
        raise RequestError(f"{address!r} is no address of a site: write it like https://example.com/notes/.")
    title = given.title or kept.get("title", "") or note.written_for or note.desk
    return Site(title, address if not address or address.endswith("/") else f"{address}/")


def _kept(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as fault:
        raise RejectedData(str(path), f"it cannot be read: {fault}") from None
