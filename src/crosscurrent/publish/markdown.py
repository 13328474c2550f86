"""A note as Markdown: for mail, chat and editors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscurrent.note.note import Note, Section, Table
from crosscurrent.note.say import Sentence

__all__ = ["markdown"]


def markdown(note: Note, folder: str = "charts") -> str:
    """Return the note as Markdown, its charts by file name under `folder`; text from outside cannot become markup."""
    return "\n".join(_lines(note, folder)).rstrip() + "\n"


def _lines(note: Note, folder: str) -> Iterator[str]:
    yield f"# {_plain(note.title)}\n"
    yield f"*{_escaped(note.written_for)} · {_escaped(note.byline)} · closes of {note.as_of}*\n"
    yield f"> {_escaped(note.disclosure.risk_warning)}\n"
    yield from (f"- {_plain(point)}" for point in note.key_points)
    yield "\n" + " ".join(_plain(s) for s in note.summary) + "\n"
    for section in note.sections:
        yield from _section(section, folder)
    if note.gaps:
        yield "## What is missing, and why\n"
        yield from (f"- {_plain(gap)}" for gap in note.gaps)
        yield ""
    yield "## Method\n"
    yield from (_plain(s) + "\n" for s in note.method)
    yield "---\n"
    yield from (_escaped(text) + "\n" for text in (*note.disclosure.small_print, note.disclosure.risk_warning))


def _section(section: Section, folder: str) -> Iterator[str]:
    yield f"## {_plain(section.heading)}\n"
    yield from (" ".join(_plain(s) for s in paragraph) + "\n" for paragraph in section.paragraphs)
    for chart in section.charts:
        yield f"![{_escaped(chart.alt)}]({folder}/{chart.name}.png)\n"
        yield f"*{_escaped(chart.caption)} {_escaped(chart.source)}*\n"
    for table in section.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"*{_escaped(table.caption)}*\n"
    yield "| " + " | ".join(_escaped(h) for h in table.headings) + " |"
    yield "|" + " --- |" * len(table.headings)
    yield from ("| " + " | ".join(_plain(cell) for cell in row) + " |" for row in table.rows)
    yield ""


def _plain(sentence: Sentence) -> str:
    return _escaped(str(sentence))


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))
