"""The page's parts: its own files, and those that it shares with the published note, so that a chart is the same in both."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from crosscurrent.publish.scripts import asset, library
from crosscurrent.publish.svg import page_style

__all__ = ["part"]

TYPES = {"js": "text/javascript", "css": "text/css", "html": "text/html"}
SHARED = ("chart.js", "marks.js", "format.js", "note.css")
NO_LIBRARY = "// The build brought no chart library: printed charts are shown.\n"


def part(name: str) -> tuple[str, str] | None:
    """Return a part's text and its media type, None for a name that is none of them."""
    if name not in _own() and name not in (*SHARED, "theme.css", "lightweight-charts.js"):
        return None
    return _text(name), TYPES[name.rsplit(".", 1)[-1]]


def _text(name: str) -> str:
    if name == "lightweight-charts.js":
        return library() or NO_LIBRARY
    if name == "theme.css":
        return page_style()
    return asset(name) if name in SHARED else files("crosscurrent").joinpath("web", "static", name).read_text("utf-8")


@cache
def _own() -> frozenset[str]:
    held = files("crosscurrent").joinpath("web", "static").iterdir()
    return frozenset(entry.name for entry in held if entry.name.rsplit(".", 1)[-1] in TYPES)
