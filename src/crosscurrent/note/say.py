"""Sentences: a template plus readings, so that every number in the prose leads back to what it was computed from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from string import Formatter

from crosscurrent.errors import BrokenRule
from crosscurrent.units import Reading
from crosscurrent.units.dates import DAYS, MONTHS, date_of

__all__ = ["Name", "Number", "Sentence", "say", "shown"]


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name, which may hold digits (`Russell 2000 futures`), because it is what a thing is called and no measurement."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A reading where it stands in a sentence: what is measured, and how it is shown there."""

    reading: Reading
    text: str


Part = str | Number


@dataclass(frozen=True, slots=True)
class Sentence:
    """Text and numbers in order; `str()` gives the plain sentence. `is_edited` when a person changed its words."""

    parts: tuple[Part, ...]
    is_edited: bool = False

    def __str__(self) -> str:
        return "".join(p if isinstance(p, str) else p.text for p in self.parts)

    def lowered(self) -> Sentence:
        """Return the words to be placed inside another sentence: without the capital, unless they open with a name."""
        if not self.parts or not isinstance(self.parts[0], str):
            return self
        first = self.parts[0]
        is_name = first[:1].isspace() or any(c.isupper() for c in first[1 : len(first.split(" ")[0])])
        return self if is_name else Sentence((first[:1].lower() + first[1:], *self.parts[1:]))

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers of the sentence, in order."""
        return tuple(p for p in self.parts if isinstance(p, Number))

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings behind them."""
        return tuple(n.reading for n in self.numbers)


Word = Reading | Name | Sentence | str


def say(template: str, /, **words: Word) -> Sentence:
    """Return the sentence that the template makes of its words.

    A template that ends like a sentence begins with a capital; one that does not is a clause or a heading, and stays as written. A
    digit in the template, or in a word that is no `Name`, is an error of ours (`BrokenRule`): numbers come by `Reading` alone. A
    format after the colon chooses how a reading is shown: `{change:signed}`, `{change:size}` (without its sign), `{day:short}`.
    """
    parts: list[Part] = []
    for text, field, style, _ in Formatter().parse(template):
        parts.append(_wordy(text, template))
        if field is None:
            continue
        if field not in words:
            raise BrokenRule("a sentence names a word it was not given", template=template, word=field)
        parts += _placed(words[field], style or "", template)
    return Sentence(_joined(parts, capital=template.rstrip().endswith((".", "?", "!"))))


def _wordy(text: str, template: str) -> str:
    if any(c.isdigit() for c in text):
        raise BrokenRule("no digit stands in a sentence but by a reading", template=template, text=text)
    return text


def _placed(word: Word, style: str, template: str) -> list[Part]:
    if isinstance(word, Reading):
        return [Number(word, shown(word, style))]
    if isinstance(word, Name):
        return [word.text]
    if isinstance(word, Sentence):
        return list(word.parts)
    return [_wordy(word, template)]


def _joined(parts: list[Part], *, capital: bool) -> tuple[Part, ...]:
    whole: list[Part] = []
    for part in parts:
        if isinstance(part, str) and whole and isinstance(whole[-1], str):
            whole[-1] += part
        elif part != "":
            whole.append(part)
    if capital and whole and isinstance(whole[0], str):
        whole[0] = whole[0][:1].upper() + whole[0][1:]
    return tuple(whole)


def shown(reading: Reading, style: str = "") -> str:
    """Return a reading as readers see it: rounded to its unit's digits or its market's tick, never more exact than it is."""
    if isinstance(reading.value, date):
        return _shown_date(reading.value, reading.unit, style)
    if reading.unit == "price":
        return reading.notation.format(float(reading.value), "chart" if style == "chart" else "prose")
    return NUMBERS[reading.unit](_signed(float(reading.value), style), style)


def _signed(value: float, style: str) -> float:
    return abs(value) if style == "size" else value


def _fixed(digits: int, mark: str = "") -> Callable[[float, str], str]:
    def show(value: float, style: str) -> str:
        text = f"{value:+,.{digits}f}" if style == "signed" else f"{value:,.{digits}f}"
        if not re.search(r"[1-9]", text):  # a rounded zero has no sign
            text = text.lstrip("+-")
        return text.replace("-", "−") + mark

    return show


def _words(value: float, style: str) -> str:
    whole = round(value)
    return SMALL[whole] if style == "word" and 0 <= whole < len(SMALL) else f"{whole:,}"


def _ordinal(value: float, style: str) -> str:
    whole = round(value)
    ending = "th" if 10 <= whole % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def _volume(value: float, style: str) -> str:
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if value >= size:
            return f"{value / size:.1f} {word}" if value < 100 * size else f"{value / size:.0f} {word}"
    return f"{value:.0f}"


def _percent(value: float, style: str) -> str:
    """Show a share: never rounded to certainty, since a probability of 0 or 1 is not what was measured.

    `fine` shows a tenth of a per cent, and `signed` a difference of two shares as finely.
    """
    if style in ("fine", "signed"):
        return _fixed(1, "%")(100 * value, style)
    if 0 < value < 0.005:
        return "under 1%"
    if 0.995 <= value < 1:
        return "over 99%"
    return f"{100 * value:.0f}%"


SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS: dict[str, Callable[[float, str], str]] = {
    "yield": _fixed(2, "%"), "pct": _fixed(2, "%"), "bp": _fixed(0, " bp"), "ratio": _fixed(2), "probability": _percent,
    "count": _words, "sessions": _words, "atr": _fixed(1, " ATR"), "volume": _volume, "index": _fixed(0), "rank": _ordinal,
}  # fmt: skip


def _shown_date(day: date, unit: str, style: str) -> str:
    month = MONTHS[day.month - 1]
    if unit == "month":
        return f"{month} {day.year}"
    if style == "weekday":
        return DAYS[day.weekday()]
    if style == "short":
        return f"{day.day} {month}"
    return date_of(day)
