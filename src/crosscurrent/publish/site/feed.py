"""The site's Atom feed (RFC 4287): one entry a note, whose id and dates never change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from xml.etree import ElementTree as Tree

from crosscurrent.publish.canvas import printable
from crosscurrent.publish.site.shelf import Published

__all__ = ["feed"]

ATOM = "http://www.w3.org/2005/Atom"
NAMESPACE = uuid.UUID("5f1a7a52-6f0e-5c0b-9d61-3a1f0c6f2b7e")
"""Under which the ids of notes are made, so that a note has the same id on every host."""
MOST = 50
EPOCH = "1970-01-01T00:00:00Z"


def feed(title: str, notes: Sequence[Published], address: str = "") -> bytes:
    """Return the feed of the newest notes; links are absolute where the site's address is known, else relative to the feed."""
    root = Tree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(root, "id", _id(f"site {title}"))
    _add(root, "title", title)
    _add(root, "updated", max((note.published_at for note in notes), default=EPOCH))
    _add(root, "generator", "crosscurrent")
    _add(root, "link", rel="alternate", type="text/html", href=f"{address}index.html")
    if address:
        _add(root, "link", rel="self", type="application/atom+xml", href=f"{address}feed.xml")
    _author(root, title)
    for note in notes[:MOST]:
        _entry(root, note, address)
    Tree.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Tree.tostring(root, encoding="unicode")}\n'.encode()


def _entry(root: Tree.Element, note: Published, address: str) -> None:
    entry = Tree.SubElement(root, "entry")
    _add(entry, "id", _id(f"note {note.folder}"))
    _add(entry, "title", note.title)
    _add(entry, "published", note.published_at)
    _add(entry, "updated", note.published_at)
    _add(entry, "link", rel="alternate", type="text/html", href=f"{address}{note.page}")
    _add(entry, "category", term=note.desk)
    _author(entry, note.byline or note.publisher or note.desk)
    corrected = f"Correction: {note.reason} " if note.corrects else ""
    _add(entry, "summary", corrected + " ".join(note.points), type="text")


def _author(parent: Tree.Element, name: str) -> None:
    _add(Tree.SubElement(parent, "author"), "name", name)


def _add(parent: Tree.Element, tag: str, text: str = "", **attributes: str) -> None:
    told = {name: printable(value) for name, value in attributes.items()}
    Tree.SubElement(parent, tag, told).text = printable(text) or None


def _id(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, name)}"
