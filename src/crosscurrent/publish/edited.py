"""An edited note: words are the analyst's, numbers are not. What the Markdown says is laid over the note that the data give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import NoReturn

from crosscurrent.errors import RejectedData
from crosscurrent.note.note import Note, Paragraph, Section
from crosscurrent.note.say import Number, Sentence
from crosscurrent.publish.markdown import Block, blocks, opening, prose
from crosscurrent.publish.numbers import Numbering

__all__ = ["edited", "named_in"]

BOUND = re.compile(r"\[((?:\\.|[^\]\\])*)\]\[(\w+)\]")
MARK = re.compile(r"<!-- part: ([\w.-]+) -->\n?")
ENDS = re.compile(r"(?<=[.?!])\s+(?=\S)")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z")
"""A note that is written again bears the time at which that was done."""
OPENING = re.compile(r"<!-- note: (.*) (\d{4}-\d\d-\d\d) -->")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some of the edited text: of which part of the note, and at which character of the file it begins."""

    part: str
    text: str
    at: int


def named_in(text: str) -> tuple[str, str] | None:
    """Return the desk and the date that a Markdown note was written for, None for a text that is none."""
    found = OPENING.match(text)
    return (found[1], found[2]) if found else None


def edited(note: Note, text: str, file: str = "note.md") -> Note:
    """Return the note with the words of its edited Markdown; unedited Markdown gives back the very same note.

    Title, key points, summary, headings and paragraphs may be changed, left out, added and moved within their part; a chart or a
    table may be left out. A sentence that the note did not hold is marked as edited. `RejectedData` names the line and column of what
    may not be: a number that is not as its reading says, one typed by hand, a changed table, caption, warning or small print.
    """
    return _Editor(note, text.replace("\r\n", "\n"), file).read()


class _Editor:
    def __init__(self, note: Note, text: str, file: str) -> None:
        self.note, self.text, self.file = note, text, file
        self.numbering = Numbering(note)
        self.readings = {named.id: Number(named.reading, named.text) for named in self.numbering}
        self.names = _names(note)
        self.known = {prose((s,), self.numbering): s for s in _written(note)}
        longest = sorted((told for told in self.known if told), key=len, reverse=True)
        self.told = re.compile(rf"(?:^|(?<=[.?!]\s))(?:{'|'.join(map(re.escape, longest))})(?=\s|$)")

    def read(self) -> Note:
        own = {part: list(those) for part, those in groupby(blocks(self.note), key=lambda block: block.part)}
        if not self.text.startswith(opening(self.note)):
            self._refuse(0, f"this is no edited note of this desk and day: its first line must be {opening(self.note)}")
        given = {part: list(those) for part, those in groupby(_pieces(self.text), key=lambda piece: piece.part)}
        for part, pieces in given.items():
            if part not in own:
                self._refuse(pieces[0].at, f"the note has no part {part}")
        for part in ("head", "disclosure", "numbers"):
            self._must_stand([b for b in own[part] if b.kind == "fixed"], given.get(part, []), part)
        head, method = given["head"], given.get("method", [])
        changed = replace(
            self.note, title=self._title(head), key_points=self._points(head), gaps=self._points(given.get("gaps", [])),
            summary=tuple(s for paragraph in self._paragraphs(head, ("# ", "- ", "> ", "*", "<!--")) for s in paragraph),
            sections=tuple(self._section(s, given[s.name], own[s.name]) for s in self.note.sections if s.name in given),
            method=tuple(s for paragraph in self._paragraphs(method, ("## ",)) for s in paragraph),
        )  # fmt: skip
        is_same = changed == self.note
        return self.note if is_same else replace(changed, unedited=self.note.unedited or tuple(self.note.sentences()))

    def _must_stand(self, fixed: list[Block], given: list[_Piece], part: str) -> None:
        """Refuse a text in which a warning, the small print or the list of numbers is changed or left out."""
        texts = [MOMENT.sub("", piece.text) for piece in given]
        for block in fixed:
            wanted = MARK.sub("", block.text)
            if MOMENT.sub("", wanted) not in texts:
                at = given[-1].at if given else len(self.text) - 1
                self._refuse(at, f"the {part} must stand as it was: {wanted[:60]!r} is changed or missing")

    def _title(self, given: list[_Piece]) -> Sentence:
        titles = [piece for piece in given if piece.text.startswith("# ")]
        if len(titles) != 1:
            self._refuse(0, "the note needs one title")
        return self._one(titles[0], len("# "))

    def _section(self, section: Section, given: list[_Piece], own: list[Block]) -> Section:
        headings = [piece for piece in given if piece.text.startswith("## ")]
        if len(headings) != 1:
            self._refuse(given[0].at, f"the part {section.name} needs one heading")
        kept = {kind: self._kept(kind, given, own) for kind in ("chart", "table")}
        charts = tuple(chart for chart, stays in zip(section.charts, kept["chart"], strict=True) if stays)
        tables = tuple(table for table, stays in zip(section.tables, kept["table"], strict=True) if stays)
        paragraphs = self._paragraphs(given, ("## ", "![", "*", "|"))
        return Section(section.name, self._one(headings[0], len("## ")), paragraphs, tables, charts)

    def _kept(self, kind: str, given: list[_Piece], own: list[Block]) -> list[bool]:
        """Return which charts or tables still stand; one that was changed is refused, since it shows what was computed."""
        wanted = [block.text for block in own if block.kind == kind]
        texts = [piece.text for piece in given if _sort(piece) == kind]
        for piece in given:
            if _sort(piece) == kind and piece.text not in wanted:
                self._refuse(piece.at, f"a {kind} shows what was computed: leave it as it is, or leave it out")
        return [text in texts for text in wanted]

    def _paragraphs(self, given: Iterable[_Piece], other: tuple[str, ...]) -> tuple[Paragraph, ...]:
        return tuple(tuple(self._sentences(piece)) for piece in given if not piece.text.startswith(other))

    def _points(self, given: Iterable[_Piece]) -> Paragraph:
        return tuple(
            self._one(line, len("- ")) for piece in given if piece.text.startswith("- ") for line in _lines(piece)
        )

    def _one(self, piece: _Piece, skipped: int) -> Sentence:
        """Return a title, heading or point as the one sentence it is."""
        told = piece.text[skipped:].replace("\n", " ").strip()
        return self.known.get(told) or self._new(told, piece.at + skipped)

    def _sentences(self, piece: _Piece) -> Iterator[Sentence]:
        """Yield a paragraph's sentences: those the note held as they are, and what stands between them as edited."""
        text, end = piece.text.replace("\n", " "), 0
        for found in self.told.finditer(text):
            yield from self._between(text[end : found.start()], piece.at + end)
            yield self.known[found[0]]
            end = found.end()
        yield from self._between(text[end:], piece.at + end)

    def _between(self, text: str, at: int) -> Iterator[Sentence]:
        start = 0
        for stop in [*(found.end() for found in ENDS.finditer(text)), len(text)]:
            if text[start:stop].strip():
                yield self._new(text[start:stop].strip(), at + start)
            start = stop

    def _new(self, text: str, at: int) -> Sentence:
        parts: list[str | Number] = []
        end = 0
        for found in BOUND.finditer(text):
            parts += [self._words(text[end : found.start()], at + end), self._bound(found, at)]
            end = found.end()
        parts.append(self._words(text[end:], at + end))
        return Sentence(tuple(part for part in parts if part != ""), is_edited=True)

    def _bound(self, found: re.Match[str], at: int) -> Number:
        number, told = self.readings.get(found[2]), _unescaped(found[1])
        if number is None:
            self._refuse(at + found.start(), f"the note has no reading {found[2]}")
        if told != number.text:
            self._refuse(at + found.start(), f"{told!r} is not what the reading {found[2]} says: {number.text}")
        return number

    def _words(self, text: str, at: int) -> str:
        """Return the words between numbers; a digit that is part of no name of the note was typed by hand."""
        before = ""
        for found in re.finditer(r"\S+", text):
            token = _unescaped(found[0])
            if any(c.isnumeric() for c in token) and (before, _bare(token)) not in self.names:
                self._refuse(
                    at + found.start(),
                    f"{_bare(token)!r} is a number typed by hand: use one of the note's, as in [text][r1]",
                )
            before = _bare(token)
        return _unescaped(text)

    def _refuse(self, at: int, rule: str) -> NoReturn:
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        raise RejectedData(f"{self.file}, line {line}, column {column}", rule)


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield what stands between blank lines, each with the part it belongs to; a table stays with its caption."""
    part = "head"
    for found in re.finditer(r"\S[^\n]*(?:\n(?!\s*\n)[^\n]*)*(?:(?<=\*)\n\n\|[^\n]*(?:\n(?!\s*\n)[^\n]*)*)?", text):
        body, at = found[0], found.start()
        if mark := MARK.match(body):
            part, body, at = mark[1], body[mark.end() :], at + mark.end()
        if body.strip():
            yield _Piece(part, body.rstrip(), at)


def _sort(piece: _Piece) -> str:
    return "chart" if piece.text.startswith("![") else "table" if piece.text.startswith(("*", "|")) else "words"


def _lines(piece: _Piece) -> Iterator[_Piece]:
    """Yield the points of a list, each with the lines that continue it."""
    starts = [found.start() for found in re.finditer(r"^- ", piece.text, re.MULTILINE)]
    for start, stop in zip(starts, [*starts[1:], len(piece.text)], strict=True):
        yield _Piece(piece.part, piece.text[start:stop].rstrip(), piece.at + start)


def _written(note: Note) -> Iterator[Sentence]:
    """Yield the sentences that may be edited: all but those of tables."""
    yield from (note.title, *note.key_points, *note.summary)
    for section in note.sections:
        yield section.heading
        yield from (sentence for paragraph in section.paragraphs for sentence in paragraph)
    yield from (*note.gaps, *note.method)


def _names(note: Note) -> set[tuple[str, str]]:
    """Return the words with digits that the note itself uses as names, each with the word before it: Russell 2000, the 10-year."""
    found: set[tuple[str, str]] = set()
    for sentence in note.sentences():
        for part in sentence.parts:
            if isinstance(part, str):
                tokens = ["", *(_bare(token) for token in part.split())]
                found |= {(a, b) for a, b in pairwise(tokens) if any(c.isdigit() for c in b)}
    return found


def _bare(token: str) -> str:
    return token.strip(".,;:?!()“”\"'")


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\`*_\[\]<>|#])", r"\1", text)
