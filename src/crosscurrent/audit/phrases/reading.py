"""What a phrase seems to say, and the words that all phrases share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

__all__ = ["HEDGED", "MONTHS", "NUMBER", "WINDOWS", "Reading", "clean"]

NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?(?:'[0-9]+)?"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
WINDOWS = r"(?P<window>fortnight|(?:\d+|five|ten|twenty) (?:trading )?(?:sessions?|days)|week|month|quarter|year)"
HEDGED = re.compile(r"\b(could|may|might|would|if|should)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase seems to say: a kind with its fields, of one market, of each that is named (`each`), of two, or of a pair it names."""

    kind: str
    says: dict[str, Any]
    markets: int = 1
    each: bool = False
    pair: str = ""


def clean(number: str) -> str:
    """Return a number without the commas of thousands and the stop of its sentence."""
    return number.strip().rstrip(".,").replace(",", "")
