"""Write a note into a folder: page, Markdown, JSON and charts, each file replaced whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from crosscurrent.errors import StorageError
from crosscurrent.note.note import Note
from crosscurrent.publish.document import document
from crosscurrent.publish.html import html
from crosscurrent.publish.markdown import markdown
from crosscurrent.publish.pictures import draw_all

__all__ = ["write_folder"]


def write_folder(note: Note, folder: Path) -> tuple[Path, ...]:
    """Write note.html, note.md, note.json and charts/ under `folder` and return the paths; `StorageError` leaves old files intact.

    The same note gives the same bytes. Everything is made before the first file is written, so that a fault in one format leaves
    no half of a note behind.
    """
    pictures = draw_all(note)
    contents: dict[str, bytes] = {
        "note.html": html(note, pictures).encode(),
        "note.md": markdown(note).encode(),
        "note.json": (json.dumps(document(note), ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode(),
    }
    for chart in note.charts():
        contents[f"charts/{chart.name}.svg"] = pictures.svg(chart).encode()
        contents[f"charts/{chart.name}.png"] = pictures.png(chart)
    return tuple(_replace(folder / name, data) for name, data in contents.items())


def _replace(path: Path, data: bytes) -> Path:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as fault:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise StorageError(
            str(path), f"could not be written: {fault.strerror or fault}", "The old file, if any, is intact."
        ) from None
    return path
