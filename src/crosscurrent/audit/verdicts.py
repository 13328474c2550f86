"""Verdicts: what a claim is worth against the data, with the numbers, the definition and the tolerance used."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from crosscurrent.facts.marks import Mark

__all__ = ["WORDS", "Measured", "Part", "Verdict", "Word", "combined", "fails", "holds", "near_miss", "undecidable"]

Word = Literal["holds", "near_miss", "fails", "undecidable"]
WORDS: tuple[Word, ...] = ("holds", "near_miss", "fails", "undecidable")
GRAVITY: tuple[Word, ...] = ("holds", "undecidable", "near_miss", "fails")
"""The verdict on a claim that says several things is the gravest of theirs."""
Measured = Mapping[str, float | str | bool | None]


@dataclass(frozen=True, slots=True)
class Part:
    """The verdict on one thing that a claim says."""

    verdict: Word
    reason: str
    measured: Measured = field(default_factory=dict)
    code: str = ""
    definition: str = ""
    tolerance: str = ""
    remark: str = ""
    marks: tuple[Mark, ...] = ()

    def with_definition(self, definition: str) -> Part:
        """Return the part with a definition that others share, before what it tells of its own."""
        told = ", ".join(text for text in (definition, self.definition) if text)
        return replace(self, definition=told)

    def with_more(self, measured: Measured, *marks: Mark) -> Part:
        """Return the part with more numbers (its own go before) and marks."""
        return replace(
            self,
            measured={**self.measured, **{k: v for k, v in measured.items() if k not in self.measured}},
            marks=self.marks + marks,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one claim.

    Parameters
    ----------
    code
        Refines the verdict: `impossible_value`, `loose`, `wrong_side`, `no_data`, `ambiguous` ...; `ok` where nothing is to be refined.
    measured
        What the data say, by name.
    reason
        Why, in words: what failed and by how much, what is true instead, or why nothing can be decided.
    remark
        What a true claim is worth: when chance or geometry shows as much.
    kind, markets, session, interval, quote
        What was claimed, as far as it could be read.
    """

    id: str
    verdict: Word
    code: str
    measured: Measured
    reason: str
    definition: str
    tolerance: str
    remark: str
    kind: str = ""
    markets: tuple[str, ...] = ()
    session: str = ""
    interval: str = "1d"
    quote: str = ""
    marks: tuple[Mark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row that `audit` prints."""
        return {
            "id": self.id, "verdict": self.verdict, "code": self.code, "measured": {k: _plain(v) for k, v in self.measured.items()},
            "reason": self.reason, "definition": self.definition, "tolerance": self.tolerance, "remark": self.remark,
            "kind": self.kind, "markets": list(self.markets), "session": self.session or None,
            "interval": self.interval, "quote": self.quote,
        }  # fmt: skip


def _plain(value: object) -> object:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | int | np.floating | np.integer):
        number = float(value)
        return None if not math.isfinite(number) else round(number, 9)
    return value if value is None else str(value)


def holds(reason: str, measured: Measured | None = None, **more: Any) -> Part:
    """Return the verdict on something true."""
    return Part("holds", reason, measured or {}, **more)


def near_miss(reason: str, measured: Measured | None = None, **more: Any) -> Part:
    """Return the verdict on something nearly true: the reason says what failed and by how much."""
    return Part("near_miss", reason, measured or {}, **more)


def fails(reason: str, measured: Measured | None = None, **more: Any) -> Part:
    """Return the verdict on something untrue: the reason says what is true instead."""
    return Part("fails", reason, measured or {}, **more)


def undecidable(reason: str, measured: Measured | None = None, **more: Any) -> Part:
    """Return the verdict on what cannot be decided: the reason says why."""
    return Part("undecidable", reason, measured or {}, **more)


def combined(parts: Iterable[Part]) -> Part:
    """Return one part for all that a claim says: the gravest verdict with its code, every number, every reason, the gravest first."""
    said = sorted(parts, key=lambda part: -GRAVITY.index(part.verdict))
    if not said:
        return undecidable("The claim says nothing that could be checked.", code="says_nothing")
    worst = said[0].verdict
    code = next((p.code for p in said if p.verdict == worst and p.code), "")
    measured: dict[str, float | str | bool | None] = {}
    for part in said:
        for name, value in part.measured.items():
            measured.setdefault(name, value)
    return Part(
        worst, _joined(p.reason for p in said), measured, code, _joined(p.definition for p in said),
        _joined(p.tolerance for p in said), _joined(p.remark for p in said if worst == "holds" or p.verdict == worst),
        tuple(m for p in said for m in p.marks),
    )  # fmt: skip


def _joined(texts: Iterable[str]) -> str:
    return " ".join(
        dict.fromkeys(
            text.strip() if text.strip().endswith((".", "?", "!")) else f"{text.strip()}."
            for text in texts
            if text.strip()
        )
    )
