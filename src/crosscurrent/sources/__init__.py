"""Where bars come from: files, the packaged sample, the archive, providers. All input and output is here or above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crosscurrent.errors import UnknownName

if TYPE_CHECKING:
    from crosscurrent.sources.source import Source

__all__ = ["SOURCES", "Opening", "open_source"]


@dataclass(frozen=True, slots=True)
class Opening:
    """A source's name, what it is, and how it is opened; its module loads only when it is."""

    name: str
    summary: str
    open: Callable[[], Source]


def _sample() -> Source:
    from crosscurrent.sources.sample import Sample

    return Sample()


SOURCES = (
    Opening("sample", "two decades of stocks and rates that come with the package", _sample),
)  # fmt: skip


def open_source(spec: str) -> Source:
    """Return the source that `--data` names: one of `SOURCES`, or a folder of files."""
    named = {opening.name: opening for opening in SOURCES}
    if spec in named:
        return named[spec].open()
    if not Path(spec).is_dir() and not {"/", "\\", "."} & set(spec):
        raise UnknownName("source or folder", spec, named)
    from crosscurrent.sources.files import Files

    return Files(spec)
