"""Every number of a note, numbered in reading order, so that all formats point at the same one by the same name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crosscurrent.note.note import Note
from crosscurrent.note.say import Number, Sentence
from crosscurrent.units import Reading

__all__ = ["Grounded", "Numbering"]


@dataclass(frozen=True, slots=True)
class Grounded:
    """A number of the note under its name."""

    id: str
    text: str
    reading: Reading

    @property
    def definition(self) -> str:
        """What was measured, with its market and its record where one exists."""
        parts = [f"{self.reading.market}: " if self.reading.market else "", self.reading.definition]
        return "".join(parts) + (f" ({self.reading.record})" if self.reading.record else "")

    @property
    def window(self) -> str:
        """Over which bars."""
        return self.reading.window

    @property
    def source(self) -> str:
        """From which data."""
        return self.reading.source

    def to_json(self) -> dict[str, object]:
        """Return the number as note.json holds it: unrounded value beside the text that was printed."""
        value = self.reading.value
        return {
            "id": self.id, "text": self.text, "value": value.isoformat() if isinstance(value, date) else value,
            "unit": self.reading.unit, "market": self.reading.market or None, "definition": self.reading.definition,
            "window": self.reading.window or None, "source": self.reading.source or None, "record": self.reading.record or None,
        }  # fmt: skip


class Numbering:
    """Names for the numbers of a note: the same reading shown the same way has one name, which editing the words leaves as it was."""

    def __init__(self, note: Note) -> None:
        self._ids: dict[tuple[str, Reading], Grounded] = {}
        for sentence in note.unedited or note.sentences():
            for number in sentence.numbers:
                self._ids.setdefault(_key(number), Grounded(f"r{len(self._ids) + 1}", number.text, number.reading))
        self._used = {_key(number) for sentence in note.sentences() for number in sentence.numbers}

    def __iter__(self) -> Iterator[Grounded]:
        return (named for key, named in self._ids.items() if key in self._used)

    def of(self, number: Number) -> Grounded:
        """Return the named number."""
        return self._ids[_key(number)]

    def ids(self, sentence: Sentence) -> list[str]:
        """Return the names of a sentence's numbers, in order."""
        return [self.of(n).id for n in sentence.numbers]


def _key(number: Number) -> tuple[str, Reading]:
    return number.text, number.reading
