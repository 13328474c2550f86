"""The note: what is published, as data, before it is a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from crosscurrent.charts.spec import Chart
from crosscurrent.note.say import Sentence
from crosscurrent.setups.setup import Setup

__all__ = ["Disclosure", "Note", "Section", "Table"]

Paragraph = tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of sentences under headings, because some numbers are read across, not along."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the note: a heading, paragraphs, tables, charts with their sources."""

    name: str
    heading: Sentence
    paragraphs: tuple[Paragraph, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence of the section, in reading order."""
        yield self.heading
        for paragraph in self.paragraphs:
            yield from paragraph
        for table in self.tables:
            for row in table.rows:
                yield from row


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The texts a publisher must print, filled from a pack: a risk warning above and below, and the small print."""

    pack: str
    risk_warning: str
    small_print: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it could have been written at `as_of`.

    Every number in it stands in a sentence by a reading; `sentences()` yields them all, so that a check or a format leaves none out.
    `setups` are those it tells of, as the record keeps them; `unedited` every sentence as it was before a person edited the words, by
    which numbers keep their names.
    """

    desk: str
    as_of: np.datetime64
    written_for: str
    title: Sentence
    summary: Paragraph
    key_points: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    gaps: tuple[Sentence, ...]
    method: tuple[Sentence, ...]
    byline: str
    disclosure: Disclosure
    sources: tuple[str, ...] = field(default=())
    setups: tuple[Setup, ...] = ()
    unedited: tuple[Sentence, ...] = ()

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence of the note, in reading order."""
        yield self.title
        yield from self.key_points
        yield from self.summary
        for section in self.sections:
            yield from section.sentences()
        yield from self.gaps
        yield from self.method

    def charts(self) -> Iterator[Chart]:
        """Yield every chart, in reading order."""
        for section in self.sections:
            yield from section.charts
