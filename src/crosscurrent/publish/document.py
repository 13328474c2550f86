"""A note as JSON: text with the names of its numbers, and every number with its value, unit, definition, window and source."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from crosscurrent.note.note import Note, Section, Table
from crosscurrent.note.say import Sentence
from crosscurrent.publish.numbers import Numbering

__all__ = ["SCHEMA_VERSION", "document", "schema"]

SCHEMA_VERSION = "1.1"


def document(note: Note) -> dict[str, Any]:
    """Return the note as one JSON document of `schemas/note.schema.json`; no bar of anybody's data is in it."""
    numbering = Numbering(note)

    def told(sentence: Sentence) -> dict[str, Any]:
        found = {"text": str(sentence), "readings": numbering.ids(sentence)}
        return found | {"edited": True} if sentence.is_edited else found

    return {
        "schema": f"crosscurrent/note/{SCHEMA_VERSION}",
        "desk": note.desk,
        "as_of": str(note.as_of),
        "publisher": note.written_for,
        "byline": note.byline,
        "title": told(note.title),
        "key_points": [told(s) for s in note.key_points],
        "summary": [told(s) for s in note.summary],
        "sections": [_section(s, told) for s in note.sections],
        "gaps": [told(g) for g in note.gaps],
        "method": [told(s) for s in note.method],
        "disclosure": {
            "pack": note.disclosure.pack,
            "risk_warning": note.disclosure.risk_warning,
            "small_print": list(note.disclosure.small_print),
        },
        "readings": [n.to_json() for n in numbering],
    }


def _section(section: Section, told: Any) -> dict[str, Any]:
    return {
        "name": section.name,
        "heading": told(section.heading),
        "paragraphs": [[told(s) for s in p] for p in section.paragraphs],
        "tables": [_table(t, told) for t in section.tables],
        "charts": [
            {"name": c.name, "title": c.title, "caption": c.caption, "alt": c.alt, "source": c.source}
            for c in section.charts
        ],
    }


def _table(table: Table, told: Any) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "headings": list(table.headings),
        "rows": [[told(c) for c in row] for row in table.rows],
    }


def schema(name: str = "note") -> str:
    """Return a published schema as text."""
    return files("crosscurrent").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
