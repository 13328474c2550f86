"""The notes of a site as they lie on the disk: each in a folder of its own, with what was published and the sums to prove it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscurrent.errors import RejectedData, RequestError
from crosscurrent.note.names import slug
from crosscurrent.sources.disk import replace_whole, storage_error

__all__ = ["Published", "put", "read_shelf"]

STAMP = "published.json"
MOST = 100
"""Corrections of one note beyond which nobody goes."""


@dataclass(frozen=True, slots=True)
class Published:
    """One note of the site: where it lies, what it is, when it was put there, and which it corrects."""

    folder: str
    desk: str
    as_of: str
    publisher: str
    byline: str
    title: str
    points: tuple[str, ...]
    published_at: str
    corrects: str | None
    reason: str

    @property
    def page(self) -> str:
        """The note's page, from the site's root."""
        return f"notes/{self.folder}/note.html"


def read_shelf(site: Path) -> tuple[Published, ...]:
    """Return the notes of a site, newest first; `RejectedData` when a file of one is not what was published."""
    notes = site / "notes"
    folders = sorted(f for f in notes.iterdir() if (f / STAMP).is_file()) if notes.is_dir() else []
    found = [_read(folder) for folder in folders]
    return tuple(sorted(found, key=lambda note: (note.as_of, note.published_at, note.folder), reverse=True))


def _read(folder: Path) -> Published:
    stamp = _json(folder / STAMP)
    for name, digest in stamp["sha256"].items():
        if _digest(_bytes(folder / name)) != digest:
            raise RejectedData(str(folder / name), "it is not what was published, and published notes do not change")
    document = _json(folder / "note.json")
    return Published(
        folder.name, document["desk"], document["as_of"], document["publisher"], document["byline"], document["title"]["text"],
        tuple(point["text"] for point in document["key_points"]), stamp["published_at"], stamp["corrects"], stamp["reason"],
    )  # fmt: skip


def put(
    site: Path,
    make: Callable[[str], Mapping[str, bytes]],
    document: Mapping[str, Any],
    moment: str,
    correction: str = "",
) -> Path:
    """Put a note's files into a folder of its own and return it; the same files again are left as they lie.

    Another note of the same desk and day is refused (`RequestError`) unless `correction` says why it is needed: then it lies beside
    the first and refers to it, and the first stays. `make` gives the files for a folder by its name. The stamp is written last, so
    that half a note is no note.
    """
    name = f"{document['as_of']}-{slug(document['desk'])}"
    earlier = _taken(site, name)
    if earlier and _sums(make(earlier[-1].name)) == _json(earlier[-1] / STAMP)["sha256"]:
        return earlier[-1]
    if earlier and not correction:
        raise RequestError(
            f"{earlier[-1]} is published and does not change. To publish a correction beside it, say why with --correct."
        )
    target = site / "notes" / (f"{name}-{len(earlier) + 1}" if earlier else name)
    contents = make(target.name)
    for file, data in contents.items():
        replace_whole(target / file, data)
    stamp = {
        "published_at": moment,
        "corrects": earlier[-1].name if earlier else None,
        "reason": correction,
        "sha256": _sums(contents),
    }
    replace_whole(target / STAMP, (json.dumps(stamp, ensure_ascii=False, indent=1) + "\n").encode())
    return target


def _taken(site: Path, name: str) -> list[Path]:
    """Return the folders of this desk and day, the first first."""
    folders = (site / "notes" / each for each in (name, *(f"{name}-{k}" for k in range(2, MOST))))
    return [folder for folder in folders if (folder / STAMP).is_file()]


def _sums(contents: Mapping[str, bytes]) -> dict[str, str]:
    return {file: _digest(data) for file, data in contents.items()}


def _json(path: Path) -> Any:
    try:
        return json.loads(_bytes(path))
    except ValueError as fault:
        raise RejectedData(str(path), f"it is no JSON: {fault}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RejectedData(str(path), "it was published and is not there") from None
    except OSError as fault:
        raise storage_error(path, fault, "read") from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
