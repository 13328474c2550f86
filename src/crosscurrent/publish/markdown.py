"""A note as Markdown: for mail, chat and editors. Words in it may be edited and the note rebuilt; each number is bound to its reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from crosscurrent.note.note import Note, Paragraph, Section, Table
from crosscurrent.note.say import Number, Sentence
from crosscurrent.publish.numbers import Numbering

__all__ = ["Block", "blocks", "markdown", "opening", "prose"]

Kind = Literal["fixed", "title", "points", "heading", "paragraph", "chart", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two blank lines: of which part of the note, of what kind, and how it reads."""

    part: str
    kind: Kind
    text: str


def markdown(note: Note, folder: str = "charts") -> str:
    """Return the note as Markdown, its charts by file name under `folder`; text from outside cannot become markup.

    A number is written `[13 bp][r5]`, and what `r5` is stands at the foot: an editor sees the definition, and a rebuilt note holds
    the number to it.
    """
    return "\n\n".join(block.text for block in blocks(note, folder)) + "\n"


def blocks(note: Note, folder: str = "charts") -> Iterator[Block]:
    """Yield the blocks of the Markdown, in order."""
    numbering = Numbering(note)
    yield from _head(note, numbering)
    for section in note.sections:
        yield from _section(section, folder, numbering)
    if note.gaps:
        heading = f"{_mark('gaps')}\n## What is missing, and why"
        yield Block("gaps", "fixed", heading)
        yield Block("gaps", "points", _points(note.gaps, numbering))
    yield Block("method", "fixed", f"{_mark('method')}\n## Method")
    yield from (Block("method", "paragraph", prose((s,), numbering)) for s in note.method)
    yield from _foot(note, numbering)


def opening(note: Note) -> str:
    """Return the first line, by which a rebuilt note is known to be of the same desk and day."""
    return f"<!-- note: {_plain_comment(note.desk)} {note.as_of} -->"


def prose(sentences: Paragraph, numbering: Numbering) -> str:
    """Return sentences as one line."""
    return " ".join(_told(sentence, numbering) for sentence in sentences)


def _head(note: Note, numbering: Numbering) -> Iterator[Block]:
    yield Block("head", "fixed", opening(note))
    yield Block("head", "title", f"# {_told(note.title, numbering)}")
    by = " · ".join(_escaped(part) for part in (note.written_for, note.byline, f"closes of {note.as_of}") if part)
    yield Block("head", "fixed", f"*{by}*")
    yield Block("head", "fixed", f"> {_escaped(note.disclosure.risk_warning)}")
    yield Block("head", "points", _points(note.key_points, numbering))
    if note.summary:
        yield Block("head", "paragraph", prose(note.summary, numbering))


def _section(section: Section, folder: str, numbering: Numbering) -> Iterator[Block]:
    part = section.name
    yield Block(part, "heading", f"{_mark(part)}\n## {_told(section.heading, numbering)}")
    yield from (Block(part, "paragraph", prose(paragraph, numbering)) for paragraph in section.paragraphs)
    for chart in section.charts:
        words = f"*{_escaped(chart.caption)} {_escaped(chart.source)}*"
        yield Block(part, "chart", f"![{_escaped(chart.alt)}]({folder}/{chart.name}.png)\n{words}")
    yield from (Block(part, "table", _table(table, numbering)) for table in section.tables)


def _foot(note: Note, numbering: Numbering) -> Iterator[Block]:
    yield Block("disclosure", "fixed", f"{_mark('disclosure')}\n---")
    texts = (*note.disclosure.small_print, note.disclosure.risk_warning)
    yield from (Block("disclosure", "fixed", _escaped(text)) for text in texts)
    told = [
        f'[{n.id}]: note.html#{n.id} "{_quoted("; ".join(t for t in (n.definition, n.window, n.source) if t))}"'
        for n in numbering
    ]
    yield Block("numbers", "fixed", "\n".join((_mark("numbers"), *told)))


def _table(table: Table, numbering: Numbering) -> str:
    rows = ("| " + " | ".join(_told(cell, numbering) for cell in row) + " |" for row in table.rows)
    head = ("| " + " | ".join(_escaped(h) for h in table.headings) + " |", "|" + " --- |" * len(table.headings))
    return "\n".join((f"*{_escaped(table.caption)}*\n", *head, *rows))


def _points(sentences: Paragraph, numbering: Numbering) -> str:
    return "\n".join(f"- {_told(sentence, numbering)}" for sentence in sentences)


def _mark(part: str) -> str:
    return f"<!-- part: {part} -->"


def _told(sentence: Sentence, numbering: Numbering) -> str:
    return "".join(
        f"[{_escaped(p.text)}][{numbering.of(p).id}]" if isinstance(p, Number) else _escaped_part(p)
        for p in sentence.parts
    ).strip()


def _escaped_part(text: str) -> str:
    """Return words as they stand inside a sentence: the spaces at their ends part them from a number."""
    start, end = text[:1].isspace() * " ", (len(text) > 1 and text[-1:].isspace()) * " "
    return f"{start}{_escaped(text)}{end}" if text.strip() else " "


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\<")


def _plain_comment(text: str) -> str:
    return re.sub(r"[^\w .,:()-]+", "-", " ".join(text.split())).replace("--", "-")
