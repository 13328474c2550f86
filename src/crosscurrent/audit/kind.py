"""A kind of claim: its name, its fields, and the function that judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crosscurrent.audit.case import Case
from crosscurrent.audit.says import Says
from crosscurrent.audit.verdicts import Part

__all__ = ["ClaimKind"]


def _nothing(key: str, value: Any) -> dict[str, Any]:
    return {}


def _no_words(text: str) -> dict[str, Any]:
    return {}


def _as_given(fields: dict[str, Any], spoken: str) -> dict[str, Any]:
    return fields


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """One kind of claim, as one entry of `CLAIM_KINDS`.

    Parameters
    ----------
    name, aliases
        How documents call it, in snake case; the other names with spaces between them.
    says
        The fields it takes.
    judge
        Yields a part of the verdict for each thing that is said.
    names
        Other names of its fields, with spaces between them.
    bare
        The field that a `says` of one word fills; None when there is none.
    worded
        The fields that a `says` in free words means; empty when none are understood.
    folded
        What a field outside the model means, such as `sma_200`; empty when nothing.
    prepared
        The fields after what the kind's own spelling says (`golden_cross`) is added.
    subject
        The fields that tell two claims about the same thing apart from two about different ones.
    markets
        How many markets it needs.
    tables
        Whether it reads tables (contracts, meetings), so that a market of no bars is no fault.
    """

    name: str
    says: type[Says]
    judge: Callable[[Case, Any], Iterator[Part]]
    aliases: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    bare: str | None = None
    worded: Callable[[str], dict[str, Any]] = _no_words
    folded: Callable[[str, Any], dict[str, Any]] = _nothing
    prepared: Callable[[dict[str, Any], str], dict[str, Any]] = _as_given
    subject: tuple[str, ...] = ()
    markets: int = 1
    tables: bool = False

    @property
    def synonyms(self) -> dict[str, str]:
        """The field that each other name means."""
        return {other: own for own, others in self.names.items() for other in others.split()}

    @property
    def required(self) -> set[str]:
        """The fields of which one at least must be there for the claim to say anything."""
        needed = {name for name, one in self.says.model_fields.items() if one.is_required()}
        return needed or set(self.says.model_fields)

    @property
    def called(self) -> tuple[str, ...]:
        """All its names."""
        return (self.name, *self.aliases.split())

    def is_called(self, key: str) -> bool:
        """Whether a name in snake case is one of this kind's."""
        return key in self.called

    def field_of(self, key: str) -> str | None:
        """Return the field that a name means; None when it means none."""
        return key if key in self.says.model_fields else self.synonyms.get(key)
