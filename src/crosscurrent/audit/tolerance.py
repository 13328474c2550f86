"""Numbers as a claim writes them: the way it was written says how exact it means to be, and nothing else widens it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from crosscurrent.errors import AmbiguousQuote, RequestError
from crosscurrent.units import Notation

__all__ = ["Figure", "Spelled", "figure_of", "price_figures", "spelling"]

Relation = Literal["is", "above", "below", "between"]
Unit = Literal["", "pct", "bp", "times"]
LONGEST = 60
NEAR = 5.0
"""A measured value within so many tolerances of the claimed one is a near miss,"""
NEAR_SHARE = 0.1
"""if it also lies within this share of it: "twice" is not nearly nothing."""
LOOSE = 0.025
"""How far "about" reaches at most, as a share of the value, unless one unit of the last digit written is more."""

ABOUT = re.compile(
    r"^(?:about|around|roughly|approximately|approx\.?|circa|ca\.|some|nearly|almost|close to|near(?: to)?|~|≈|≃)\s*"
    r"|^just\s+(?:above|over|under|below|shy of)\s+"
)
ABOVE = re.compile(
    r"^(?:more than|greater than|at least|no less than|in excess of|exceeding|over|above|>=|>|≥|min(?:imum)?)\s*"
)
BELOW = re.compile(
    r"^(?:less than|fewer than|lower than|at most|no more than|under|below|up to|<=|<|≤|max(?:imum)?)\s*"
)
BETWEEN = re.compile(r"^(?:between\s+)?(?P<low>\S+)\s*(?:\band\b|\bto\b|–|\.\.+)\s*(?P<high>.+)$")
NUMBER = re.compile(
    r"(?P<sign>[+\-−]?)\s*(?P<digits>[0-9][0-9,_]*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE](?P<power>[+-]?[0-9]{1,2}))?"
    r"\s*(?P<unit>%|percent|per cent|pct|bps?|basis points?|x|times|k|thousand|m|mn|million|bn|billion|points?|pts?|"
    r"sessions?|days?|weeks?|months?)?(?P<plus>\+?)"
)
UNITS: dict[str, Unit] = {
    "%": "pct", "percent": "pct", "per cent": "pct", "pct": "pct", "bp": "bp", "bps": "bp", "basis point": "bp", "basis points": "bp",
    "x": "times", "times": "times",
}  # fmt: skip
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen",
)  # fmt: skip
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Spelled(float):
    """A number that remembers how it was written, because 0.90 is more exact than 0.9."""

    text: str

    def __new__(cls, text: str, value: float | None = None) -> Spelled:
        """Return the number that a text of a document means."""
        made = super().__new__(cls, text if value is None else value)
        made.text = text
        return made


def spelling(raw: object) -> str:
    """Return a value as it was written, as far as that is still known."""
    if isinstance(raw, Spelled):
        return raw.text
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    return str(raw).strip()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a claim, with the range that the way it was written allows.

    Parameters
    ----------
    text
        As it was written.
    value
        The number; of a range its lower end.
    half
        Half a unit of the last digit written: 0.89 means 0.885 to 0.895. "About" doubles it, or reaches half-way to the next number as
        round as this one where that is less than two and a half per cent.
    relation, upper
        `is`, `above` ("more than"), `below`, or `between` value and `upper`.
    unit
        `pct`, `bp` or `times` where the claim wrote one.
    """

    text: str
    value: float
    half: float
    relation: Relation = "is"
    upper: float = math.nan
    is_about: bool = False
    unit: Unit = ""
    is_signed: bool = False

    @property
    def low(self) -> float:
        """The least value that the claim allows."""
        return {"above": self.value, "below": -math.inf}.get(self.relation, self.value - self.half)

    @property
    def high(self) -> float:
        """The largest value that the claim allows."""
        ends = {"above": math.inf, "below": self.value, "between": self.upper + self.half}
        return ends.get(self.relation, self.value + self.half)

    def fits(self, measured: float) -> bool:
        """Whether a measured value lies in what the claim allows; NaN never does."""
        hair = 1e-9 * max(1.0, abs(self.value))
        return self.low - hair <= measured <= self.high + hair

    def missed_by(self, measured: float) -> float:
        """Return how far a measured value lies outside, zero inside."""
        return 0.0 if self.fits(measured) else max(self.low - measured, measured - self.high)

    def is_near(self, measured: float, unit: float = 0.0) -> bool:
        """Whether a value misses by little: within five tolerances and a tenth of the claimed one, or less than `unit` of the market's own."""
        room = min((NEAR - 1.0) * self.half, NEAR_SHARE * abs(self.value))
        return self.missed_by(measured) <= max(room, self.half, unit) + 1e-9

    def turned(self, sign: float) -> Figure:
        """Return the figure with the sign that its direction gives it: a fall of 16 is -16."""
        if sign > 0:
            return replace(self, value=abs(self.value), upper=abs(self.upper))
        flipped: dict[Relation, Relation] = {"above": "below", "below": "above"}
        ends = (
            sorted((-abs(self.value), -abs(self.upper))) if self.relation == "between" else (-abs(self.value), math.nan)
        )
        return replace(self, value=ends[0], upper=ends[1], relation=flipped.get(self.relation, self.relation))

    def scaled(self, factor: float) -> Figure:
        """Return the figure in another unit."""
        return replace(self, value=self.value * factor, half=self.half * abs(factor), upper=self.upper * factor)

    def told(self, show: str = "") -> str:
        """Return the tolerance in words."""
        if self.relation == "above":
            return f"at least {self.value:.10g}, as written"
        if self.relation == "below":
            return f"at most {self.value:.10g}, as written"
        about = " (written as approximate)" if self.is_about else ""
        return f"{self.low:.10g} to {self.high:.10g}, from how {self.text[:LONGEST]!r} is written{about}{show}"


def figure_of(raw: object) -> Figure:
    """Return the figure that a claim writes: 0.89, "about 4,440", "-16 bp", "more than 3%", "three", "2 to 3"; `RequestError` for none."""
    text = spelling(raw)
    relation, is_about, core = _parted(text)
    between = BETWEEN.match(core) if relation == "is" else None
    if between and NUMBER.fullmatch(between["low"].strip()):
        low, high = _number(between["low"].strip(), text), _number(between["high"].strip(), text)
        scale = high.value / low.value if low.unit == "" and high.unit == "pct" and low.value == 0 else 1.0
        return replace(
            low, text=text, relation="between", upper=high.value * scale, unit=high.unit or low.unit, half=max(low.half, high.half)
        )  # fmt: skip
    found = _number(core, text)
    if core.endswith("+") and relation == "is":
        relation = "above"
    return replace(
        found, text=text, relation=relation, is_about=is_about, half=_loosened(found) if is_about else found.half
    )


def _parted(text: str) -> tuple[Relation, bool, str]:
    """Return relation, whether it is approximate, and the rest."""
    core = text.strip().lower()
    if not core or len(core) > LONGEST:
        raise RequestError(f"{core[:LONGEST]!r} is no number.")
    for relation, words in (("above", ABOVE), ("below", BELOW)):
        found = words.match(core)
        if found:
            return relation, False, core[found.end() :].strip()  # type: ignore[return-value]
    found = ABOUT.match(core)
    return "is", bool(found), core[found.end() :].strip() if found else core


def _number(core: str, text: str) -> Figure:
    if core in WORDS or core in ORDINALS[1:]:
        value = float(WORDS.index(core) if core in WORDS else ORDINALS.index(core))
        return Figure(text, value, 0.5)
    if core in ("half", "twice", "double", "triple"):
        return Figure(text, {"half": 0.5, "twice": 2.0, "double": 2.0, "triple": 3.0}[core], 0.1, unit="times")
    match = NUMBER.fullmatch(core)
    if not match:
        raise RequestError(f"{text[:LONGEST]!r} is no number.")
    digits = match["digits"].replace(",", "").replace("_", "")
    scale = SCALES.get(match["unit"] or "", 1.0) * 10.0 ** int(match["power"] or 0)
    value = float(digits) * scale * (-1.0 if match["sign"] in ("-", "−") else 1.0)
    decimals = len(digits.partition(".")[2])
    unit = UNITS.get(match["unit"] or "", "")
    return Figure(text, value, 0.5 * 10.0**-decimals * scale, unit=unit, is_signed=bool(match["sign"]))


def _loosened(figure: Figure) -> float:
    """Return how far "about" reaches on either side."""
    written = 2.0 * figure.half
    whole = abs(figure.value)
    rounded = written
    while whole and math.isclose(whole / (rounded * 10) % 1.0, 0.0, abs_tol=1e-9) and rounded < whole:
        rounded *= 10
    return max(written, min(rounded / 2.0, LOOSE * whole))


def price_figures(raw: object, notation: Notation) -> tuple[Figure, ...]:
    """Return what a price in a claim may mean, in the market's unit: one figure, or two where the notation is ambiguous.

    A decimal on a market quoted in 32nds may be points and 32nds (108.16 is 108'16 or 108.16), and both are returned, the quotation
    first. `RequestError` for what is no price.
    """
    text = spelling(raw)
    relation, is_about, core = _parted(text)
    core = re.sub(r"(?<=[0-9]) *(?:points?|pts?|dollars?|usd|%|percent|per cent)$", "", core.lstrip("$€£ "))
    values = _meanings(core, notation)
    figures = (Figure(text, value, half, relation, is_about=is_about) for value, half in values)
    return tuple(replace(f, half=_loosened(f)) if is_about else f for f in figures)


def _meanings(core: str, notation: Notation) -> list[tuple[float, float]]:
    """Return prices with their tolerance: half a tick of what is quoted in 32nds, half the last digit of a decimal."""
    if not notation.parts:
        found = _number(core, core)
        return [(found.value, max(found.half, notation.tick / 2 if "." in core else 0.0))]
    try:
        value = notation.parse(core)
    except AmbiguousQuote as fault:
        meanings = fault.fields["meanings"]
        assert isinstance(meanings, tuple)
        return [
            (notation.parse(meanings[0]), _half_32nd(core)),
            (float(meanings[1].replace(",", "")), _half_decimal(core)),
        ]
    except RequestError:
        found = _number(core, core)  # a rounded decimal: 108.55 is no price, but it is what was written
        return [(found.value, found.half)]
    return [(value, _half_decimal(core) if "." in core else _half_32nd(core))]


def _half_32nd(core: str) -> float:
    """Return half of the finest part that a quotation in 32nds shows: a whole 32nd, or a half of one."""
    shown = re.sub(r"^[+\-−]?[0-9,]+[.'’\-^:]?", "", core)
    return 1 / 64 if len(shown) <= 2 else 1 / 128


def _half_decimal(core: str) -> float:
    return max(0.5 * 10.0 ** -len(core.partition(".")[2]), 1e-6)
