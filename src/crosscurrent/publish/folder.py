"""Write a note into a folder: page, Markdown, JSON and charts, each file replaced whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from crosscurrent.note.note import Note
from crosscurrent.publish.document import document
from crosscurrent.publish.html import html
from crosscurrent.publish.markdown import markdown
from crosscurrent.publish.pdf import pdf
from crosscurrent.publish.pictures import draw_all
from crosscurrent.sources.disk import replace_whole

__all__ = ["contents_of", "write_folder"]


def write_folder(note: Note, folder: Path, *, has_pdf: bool = False, has_mail: bool = False) -> tuple[Path, ...]:
    """Write note.html, note.md, note.json and charts/ under `folder` and return the paths; `StorageError` leaves old files intact."""
    return tuple(
        replace_whole(folder / name, data)
        for name, data in contents_of(note, has_pdf=has_pdf, has_mail=has_mail).items()
    )


def contents_of(
    note: Note, *, has_pdf: bool = False, has_mail: bool = False, home: str = "", address: str = ""
) -> dict[str, bytes]:
    """Return a note's files by name; with `has_pdf` note.pdf too, which needs the extra `pdf` (`RequestError`).

    With `has_mail` the charts also come as pictures as wide as a mail.

    `home` is the page that leads to all notes, `address` that of the site, for programs that show a link with its picture.

    The same note gives the same bytes. Everything is made before the first file is written, so that a fault in one format leaves
    no half of a note behind.
    """
    pictures = draw_all(note, has_mail=has_mail)
    contents: dict[str, bytes] = {
        "note.html": html(note, pictures, home=home, address=address).encode(),
        "note.md": markdown(note).encode(),
        "note.json": (json.dumps(document(note), ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode(),
    }
    contents |= pictures.files()
    if has_pdf:
        contents["note.pdf"] = pdf(note)
    return contents
