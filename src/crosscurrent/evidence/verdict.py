"""Everything that speaks for a market and against it, weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.momentum import momentum
from crosscurrent.evidence.own_structure import own_structure
from crosscurrent.evidence.record import NO_RECORDS, Records
from crosscurrent.evidence.volume import volume
from crosscurrent.structure.look import Look

__all__ = ["RULES", "balance", "for_and_against", "weigh"]

RULES: tuple[Callable[[Look], Iterator[Evidence]], ...] = (own_structure, momentum, volume)
"""Every rule by which a market's own facts are read; the rates filter reads another market's by the same ones."""


def weigh(look: Look, records: Records = NO_RECORDS) -> tuple[Evidence, ...]:
    """Return all evidence about a market at its last close, each with its record, the weightiest first."""
    found = [
        replace(e, record=records(e.market, e.kind, e.direction)) if e.is_counted else e
        for rule in RULES
        for e in rule(look)
    ]
    return tuple(sorted(found, key=lambda e: (-e.weight, -e.session.astype(int), e.kind, e.direction)))


def balance(evidence: Iterable[Evidence]) -> float:
    """Return the sum of the weights, bearish ones negative."""
    return sum(e.points for e in evidence)


def for_and_against(evidence: Iterable[Evidence], side: str) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Return the evidence that supports a `long` or a `short`, and the evidence that opposes it."""
    direction = "bullish" if side == "long" else "bearish"
    found = tuple(evidence)
    return tuple(e for e in found if e.direction == direction), tuple(e for e in found if e.direction != direction)
