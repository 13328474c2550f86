"""The language of claims: rows become claims, each read or refused on its own.

A claim names `id`, `kind`, `market` or `markets`, the date it speaks of (`as_of`) and what it `says`; fields that are none of these are taken
as part of `says`. Names have synonyms, because notes come from many hands; what is no synonym is refused by name, the nearest offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from crosscurrent.audit.document import LONGEST_ID, Document, shown
from crosscurrent.audit.names import pair_of
from crosscurrent.audit.says import Number, Says
from crosscurrent.audit.tolerance import UNITS, spelling
from crosscurrent.errors import CrosscurrentError

if TYPE_CHECKING:
    from crosscurrent.audit.kind import ClaimKind

__all__ = ["Claim", "Unreadable", "key_of", "read_claims"]

HEAD = {
    "id": "claim_id number no ref",
    "kind": "type claim category topic",
    "markets": "market symbol symbols instrument instruments ticker tickers asset assets pair",
    "as_of": "date asof as_at dated",
    "says": "say claims states statement details what params fields",
    "sentence": "quote text from_sentence original",
}
ALIASES = {alias: name for name, aliases in HEAD.items() for alias in (name, *aliases.split())}
WHEN = ("on", "when", "day", "session")
"""Names of the date that are also names of other things: they date a claim only when they hold a date."""
BESIDE = ("with", "against", "versus", "vs", "other", "second_market", "and")
"""Fields that name the second market of a pair."""
ASIDE = (
    "note",
    "comment",
    "comments",
    "remark",
    "source",
    "page",
    "quote",
    "sentence",
    "why",
    "author",
    "series",
    "confidence",
)
"""Fields that say nothing about the market."""
SUFFIXES = {"bp": "bp", "bps": "bp", "pct": "%", "percent": "%", "points": "", "pts": "", "price": "", "value": "", "sessions": " sessions",
            "days": " days", "weeks": " weeks", "months": " months"}  # fmt: skip
"""Units that people write behind a field's name, and what they add to its value."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, read: its kind is known and its fields are what that kind takes."""

    id: str
    kind: ClaimKind
    markets: tuple[str, ...]
    as_of: str | None
    says: Says
    quote: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""
    """What was not understood of it; then the rest is judged, and decides nothing."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A claim that could not be read, and why; the others are still audited."""

    id: str
    code: str
    reason: str
    quote: str = ""
    kind: str = ""


class _Refused(Exception):
    """Why a row is no claim."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def read_claims(document: Document, kinds: Iterable[ClaimKind]) -> list[Claim | Unreadable]:
    """Return each claim of a document, read or refused; ids are made where there are none, and kept apart where they repeat."""
    if document.fault:
        return [Unreadable("document", "unreadable", document.fault)]
    known = tuple(kinds)
    labels = _labels(document)
    return [_read(label, row, known, document.published) for label, (_, row) in zip(labels, document.rows, strict=True)]


def _labels(document: Document) -> Iterator[str]:
    used = set[str]()
    for number, (name, row) in enumerate(document.rows, 1):
        given = _head(row) if isinstance(row, Mapping) else {}
        label = name or shown(given.get("id", "") or "", LONGEST_ID) or f"C{number:02d}"
        unique = label if label not in used else f"{label}-{number}"
        used.add(unique)
        yield unique


def _read(label: str, row: object, kinds: tuple[ClaimKind, ...], published: str | None) -> Claim | Unreadable:
    given = _head(row) if isinstance(row, Mapping) else {}
    spoken = shown(given.get("kind", ""), 60)
    quote = (
        shown(given["sentence"])
        if isinstance(given.get("sentence"), str)
        else shown(given.get("says", row)).strip("{}")
    )
    kind = _kind_of(spoken, kinds)
    try:
        if not isinstance(row, Mapping):
            raise _Refused(
                "unreadable", f"A claim is a mapping with `kind`, `market` and `says`, not {shown(row, 60)!r}."
            )
        if kind is None:
            offered = _offered(spoken, [k.name for k in kinds])
            raise _Refused("unknown_kind", f"There is no kind of claim named {spoken!r}.{offered}")
        says, fields, unknown = _said(given, kind, spoken)
    except _Refused as why:
        return Unreadable(label, why.code, why.reason, quote, kind.name if kind else spoken)
    day = given.get("as_of", published)
    said = {name: shown(value, 80) for name, value in fields.items()}
    return Claim(
        label, kind, _markets(given, kind), None if day is None else shown(day, 40), says, quote, said, unknown
    )


def _head(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a claim with its head's fields under their own names."""
    found: dict[str, Any] = {}
    for raw, value in row.items():
        key = key_of(raw)
        name = "as_of" if key in WHEN and re.match(r"\s*\d{4}-\d\d-\d\d", spelling(value)) else ALIASES.get(key, key)
        found.setdefault(name if name not in found else key, value)
    return found


def key_of(raw: object) -> str:
    """Return a name in snake case."""
    return re.sub(r"[^a-z0-9]+", "_", str(raw).strip().lower().replace("%", "pct "))[:60].strip("_")


def _kind_of(spoken: str, kinds: tuple[ClaimKind, ...]) -> ClaimKind | None:
    """Return the kind that a name means: as it is, in the singular, without what follows "since" and "from", or in another order of words."""
    key = key_of(spoken)
    bare = re.sub(r"_(since|in|claim|pattern|signal|level|value)$", "", key)
    tried = (key, key.removesuffix("s"), bare, bare.removesuffix("s"))
    exact = next((k for wanted in tried for k in kinds if k.is_called(wanted)), None)
    words = set(key.split("_")) - {"from", "of", "the", "to"}
    return exact or next(
        (k for k in kinds if any(words == set(a.split("_")) - {"from", "of", "the", "to"} for a in k.called)), None
    )


def _offered(text: str, known: list[str]) -> str:
    near = get_close_matches(key_of(text), known, 3, 0.5)
    return f" Did you mean {', '.join(near)}?" if near else f" Known are {', '.join(known[:30])}."


def _said(given: dict[str, Any], kind: ClaimKind, spoken: str) -> tuple[Says, dict[str, Any], str]:
    """Return what a claim says as its kind takes it, and what of it was not understood; `_Refused` when nothing can be made of it."""
    try:
        fields, unknown = _fields(_raw(given, kind), kind)
        fields = kind.prepared(fields, spoken)
        told = "; ".join(f"{shown(u, 40)!r}:{_offered(u, [*kind.says.model_fields, *kind.synonyms])}" for u in unknown)
        if unknown and not set(fields) & kind.required:
            raise _Refused("unknown_field", f"A claim of kind {kind.name} has no field {told}")
        return (
            kind.says.model_validate(fields),
            fields,
            f"A claim of kind {kind.name} has no field {told}" if told else "",
        )
    except ValidationError as fault:
        raise _Refused("bad_field", _validation(fault)) from None
    except CrosscurrentError as fault:
        raise _Refused("bad_field", fault.sentence) from None


def _raw(given: dict[str, Any], kind: ClaimKind) -> dict[str, Any]:
    """Return what a claim says, fields beside the head included; a word or a sentence is read as its kind reads words."""
    says = given.get("says")
    loose = {k: v for k, v in given.items() if k not in HEAD}
    if isinstance(says, list | tuple):
        says = (
            says[0] if len(says) == 1 else {k: v for part in says if isinstance(part, Mapping) for k, v in part.items()}
        )
    if says is None:
        says = {}
    elif not isinstance(says, Mapping):
        says = kind.worded(shown(says, 400)) or ({kind.bare: says} if kind.bare else {})
        if not says:
            raise _Refused(
                "unreadable",
                f"What a claim of kind {kind.name} says is a mapping of fields, not {shown(given['says'], 60)!r}.",
            )
    said = {key_of(k): v for k, v in {**loose, **says}.items()}
    own = {k for k in said if kind.field_of(k)}
    return {k: v for k, v in said.items() if (k in own or (k not in BESIDE and k not in ASIDE)) and v is not None}


def _fields(said: dict[str, Any], kind: ClaimKind) -> tuple[dict[str, Any], list[str]]:
    """Return the fields under the kind's own names, and those it does not know."""
    fields: dict[str, Any] = {}
    unknown = []
    unit = next((said.pop(name) for name in ("unit", "units") if name in said and kind.field_of(name) is None), None)
    for key, value in said.items():
        name = kind.field_of(key)
        suffix = key.rsplit("_", 1)[-1]
        if name is None and (extra := kind.folded(key, value)):
            fields.update(extra)
        elif name is None and suffix in SUFFIXES and (bare := kind.field_of(key.removesuffix(f"_{suffix}"))):
            fields.setdefault(bare, f"{spelling(value)}{SUFFIXES[suffix]}")
        elif name is None:
            unknown.append(key)
        else:
            fields.setdefault(name, value)
    return (fields if unit is None else _with_unit(fields, kind, spelling(unit))), unknown


def _with_unit(fields: dict[str, Any], kind: ClaimKind, unit: str) -> dict[str, Any]:
    """Return the fields with a unit that stands beside them written behind the number it belongs to."""
    sign = UNITS.get(unit.lower(), "")
    numbers = [
        n
        for n, one in kind.says.model_fields.items()
        if Number in (one.annotation, *getattr(one.annotation, "__args__", ()))
    ]
    name = next(
        (n for n in numbers or fields if n in fields and re.fullmatch(r"[-+−]?[0-9.,]+", spelling(fields[n]))), None
    )
    return (
        fields
        if name is None or not sign
        else fields | {name: f"{spelling(fields[name])} {'%' if sign == 'pct' else sign}"}
    )


def _markets(given: dict[str, Any], kind: ClaimKind) -> tuple[str, ...]:
    raw = given.get("markets", [])
    says = given.get("says")
    beside = [k for k in BESIDE if kind.field_of(k) is None]
    inside = [v for k, v in (says.items() if isinstance(says, Mapping) else ()) if key_of(k) in beside]
    many = list(raw) if isinstance(raw, list | tuple) else _split(spelling(raw), kind) if raw else []
    many += [given[k] for k in beside if k in given] + inside
    return tuple(shown(m, 60) for m in many if isinstance(m, str | int | float) and shown(m, 60))


def _split(text: str, kind: ClaimKind) -> list[str]:
    """Return the markets that one text names: a list with commas, or for a kind that needs two a pair such as 2s10s or GC/SI."""
    parts = re.split(r"\s*(?:,|&(?![pP]\b)| and | versus | vs\.? )\s*", text)
    return list(pair_of(text)) or parts if kind.markets == 2 and len(parts) == 1 else parts


def _validation(fault: ValidationError) -> str:
    told = [
        f"{'.'.join(str(p) for p in e['loc'])[:60]}: {shown(str(e['msg']).removeprefix('Value error, '), 160)}"
        for e in fault.errors()[:4]
    ]
    return f"{'; '.join(told)}."
