"""The language of claims: a document in YAML or JSON becomes claims, each read or refused on its own.

A document is a list of claims, or a mapping with the list under `claims` beside `published` (a date for claims without one). A claim names
`id`, `kind`, `market` or `markets`, the date it speaks of (`as_of`) and what it `says`; fields that are none of these are taken as part of
`says`. Numbers keep the way they were written, because that is their tolerance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from crosscurrent.audit.says import Says
from crosscurrent.audit.tolerance import Spelled, spelling
from crosscurrent.errors import CrosscurrentError, MissingData

if TYPE_CHECKING:
    from crosscurrent.audit.kind import ClaimKind

__all__ = ["Claim", "Document", "Unreadable", "document_of", "read_claims", "shown"]

LARGEST = 5_000_000
LONGEST_ID = 60
MOST_CLAIMS = 10_000
HEAD = {
    "id": ("claim_id", "number", "no", "ref"),
    "kind": ("type", "claim", "category", "topic"),
    "markets": (
        "market",
        "symbol",
        "symbols",
        "instrument",
        "instruments",
        "ticker",
        "tickers",
        "series",
        "asset",
        "assets",
        "pair",
    ),
    "as_of": ("date", "on", "asof", "as_at", "day", "session", "when", "dated"),
    "says": ("say", "claims", "states", "statement", "details", "what", "params", "fields"),
    "sentence": (
        "quote",
        "text",
        "source",
        "from_sentence",
        "original",
        "note",
        "comment",
        "description",
        "remark",
        "line",
        "page",
    ),
}
BESIDE = ("with", "against", "versus", "vs", "other", "second_market", "and")
"""Fields that name the second market of a pair."""


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


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A claim that could not be read, and why; the others are still audited."""

    id: str
    code: str
    reason: str
    quote: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document of claims as it was written, before any is understood."""

    rows: tuple[tuple[str, object], ...]
    published: str | None = None
    fault: str = ""


def shown(raw: object, longest: int = 240) -> str:
    """Return any value as one short printable line, so that quoting a hostile claim does nothing."""
    text = spelling(raw) if isinstance(raw, str | int | float | bool) else _compact(raw)
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * longest])
    line = re.sub(r"\s+", " ", line).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _compact(raw: object, depth: int = 0) -> str:
    if depth > 4:
        return "…"
    if isinstance(raw, Mapping):
        return "{" + ", ".join(f"{shown(k, 40)}: {_compact(v, depth + 1)}" for k, v in list(raw.items())[:20]) + "}"
    if isinstance(raw, list | tuple):
        return "[" + ", ".join(_compact(v, depth + 1) for v in raw[:20]) + "]"
    return spelling(raw)[:240]


class _Loader(yaml.SafeLoader):
    """Safe YAML in which numbers and dates keep their spelling, and nothing refers to anything else (no alias grows a document)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read")
        return super().compose_node(parent, index)


def _spelled(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    text = str(node.value)
    try:
        return Spelled(text, float(text.replace("_", "")))
    except (ValueError, OverflowError):
        return text  # 108:07 is no sexagesimal number here


def _as_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:int", _spelled)
_Loader.add_constructor("tag:yaml.org,2002:float", _spelled)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def document_of(given: object) -> Document:
    """Return the document that a path, a text, a mapping or a list holds; what is no document says why in `fault`.

    `MissingData` for a path that is not there. A text with a line break or a brace is taken as the document itself.
    """
    if isinstance(given, Path) or (isinstance(given, str) and not re.search(r"[\n{\[]", given)):
        return document_of(_parsed(_file(Path(given))))
    if isinstance(given, str):
        return document_of(_parsed(given))
    if isinstance(given, _Fault):
        return Document((), fault=given.reason)
    if isinstance(given, Mapping):
        return _from_mapping(given)
    if isinstance(given, list | tuple):
        return Document(tuple(("", row) for row in given[:MOST_CLAIMS]))
    return Document((), fault=f"The document is {type(given).__name__}, not a list of claims: {shown(given, 60)!r}.")


@dataclass(frozen=True, slots=True)
class _Fault:
    reason: str


def _file(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            return ""
        return path.read_text("utf-8", errors="replace")
    except OSError as fault:
        raise MissingData(str(path), "the files", fault.strerror or "") from None


def _parsed(text: str) -> object:
    if len(text) > LARGEST or not text.strip():
        return _Fault(
            "The document is empty."
            if len(text) <= LARGEST and not text.strip()
            else "The document is larger than 5 MB."
        )
    # YAML refuses control characters outright; one bad claim must not take the others with it.
    clean = re.sub(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", text)
    try:
        if clean.lstrip().startswith(("{", "[")):
            try:
                return json.loads(clean, parse_float=Spelled, parse_int=Spelled)
            except ValueError:
                pass  # YAML flow style opens as JSON does
        return yaml.load(clean, _Loader)
    except yaml.MarkedYAMLError as fault:
        at = f" at line {fault.problem_mark.line + 1}" if fault.problem_mark else ""
        return _Fault(f"The document is no YAML{at}: {shown(fault.problem or '', 120)}.")
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as fault:
        return _Fault(f"The document is no YAML: {shown(str(fault), 120)}.")


def _from_mapping(given: Mapping[Any, Any]) -> Document:
    rows = given.get("claims", given.get("Claims"))
    published = next((given[k] for k in ("as_of", "published", "date", "dated") if given.get(k) is not None), None)
    day = None if published is None else spelling(published)
    if isinstance(rows, Mapping):  # claims by their ids
        return Document(tuple((shown(name, LONGEST_ID), row) for name, row in list(rows.items())[:MOST_CLAIMS]), day)
    if isinstance(rows, list | tuple):
        return Document(tuple(("", row) for row in rows[:MOST_CLAIMS]), day)
    if rows is None and ("kind" in given or "type" in given):
        return Document((("", given),), None)
    return Document((), day, fault="The document holds no list of claims: write them as a list, or under `claims:`.")


def read_claims(document: Document, kinds: Iterable[ClaimKind]) -> list[Claim | Unreadable]:
    """Return each claim of a document, read or refused; ids are made where there are none, and kept apart where they repeat."""
    known, used = tuple(kinds), set[str]()
    if document.fault:
        return [Unreadable("document", "unreadable", document.fault)]
    read: list[Claim | Unreadable] = []
    for number, (name, row) in enumerate(document.rows, 1):
        given = _lowered(row) if isinstance(row, Mapping) else {}
        label = name or shown(given.get("id", "") or "", LONGEST_ID) or f"C{number:02d}"
        unique = label if label not in used else f"{label}-{number}"
        used.add(unique)
        read.append(_read(unique, row, given, known, document.published))
    return read


def _read(
    label: str, row: object, given: dict[str, Any], kinds: tuple[ClaimKind, ...], published: str | None
) -> Claim | Unreadable:
    if not isinstance(row, Mapping):
        return Unreadable(
            label,
            "unreadable",
            f"A claim is a mapping with `kind`, `market` and `says`, not {shown(row, 60)!r}.",
            shown(row),
        )
    sentence = shown(given["sentence"]) if isinstance(given.get("sentence"), str) else ""
    quote = sentence or shown(given.get("says", row))
    spoken = shown(given.get("kind", ""), 60)
    kind = _kind_of(spoken, kinds)
    if kind is None:
        return Unreadable(
            label,
            "unknown_kind",
            f"There is no kind of claim named {spoken!r}.{_offered(spoken, [k.name for k in kinds])}",
            quote,
            spoken,
        )
    said = _said(given, kind)
    if isinstance(said, str):
        return Unreadable(label, "unreadable", said, quote, kind.name)
    try:
        fields, unknown = _fields(said, kind)
        if unknown:
            told = "; ".join(
                f"{shown(u, 40)!r}:{_offered(u, [*kind.says.model_fields, *kind.synonyms])}" for u in unknown
            )
            return Unreadable(
                label, "unknown_field", f"A claim of kind {kind.name} has no field {told}", quote, kind.name
            )
        fields = kind.prepared(fields, spoken)
        says = kind.says.model_validate(fields)
    except ValidationError as fault:
        return Unreadable(label, "bad_field", _validation(fault), quote, kind.name)
    except CrosscurrentError as fault:
        return Unreadable(label, "bad_field", fault.sentence, quote, kind.name)
    day = given.get("as_of", published)
    return Claim(
        label,
        kind,
        _markets(given, said),
        None if day is None else shown(day, 40),
        says,
        quote,
        {k: shown(v, 80) for k, v in fields.items()},
    )


def _lowered(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a claim with its head's fields under their own names."""
    names = {alias: name for name, aliases in HEAD.items() for alias in (name, *aliases)}
    found: dict[str, Any] = {}
    for raw, value in row.items():
        key = _key(raw)
        name = names.get(key, key)
        found.setdefault(name if name not in found else key, value)
    return found


def _key(raw: object) -> str:
    return re.sub(r"[^a-z0-9]+", "_", str(raw).strip().lower())[:60].strip("_")


def _kind_of(spoken: str, kinds: tuple[ClaimKind, ...]) -> ClaimKind | None:
    key = _key(spoken)
    singular = key.removesuffix("s") if not key.endswith(("ss", "us", "is")) else key
    return next((k for wanted in (key, singular) for k in kinds if k.is_called(wanted)), None)


def _offered(text: str, known: list[str]) -> str:
    near = get_close_matches(_key(text), known, 3, 0.5)
    return f" Did you mean {', '.join(near)}?" if near else f" Known are {', '.join(known[:30])}."


def _said(given: dict[str, Any], kind: ClaimKind) -> dict[str, Any] | str:
    """Return what a claim says, fields beside the head included."""
    says = given.get("says", {})
    loose = {k: v for k, v in given.items() if k not in HEAD and k not in BESIDE}
    if says is None:
        says = {}
    if not isinstance(says, Mapping):
        if kind.bare is None or isinstance(says, list | tuple):
            return f"What a claim says is a mapping of fields, not {shown(says, 60)!r}."
        says = {kind.bare: says}
    return {_key(k): v for k, v in {**loose, **says}.items() if _key(k) not in BESIDE}


def _fields(said: dict[str, Any], kind: ClaimKind) -> tuple[dict[str, Any], list[str]]:
    """Return the fields under the kind's own names, and those it does not know."""
    fields: dict[str, Any] = {}
    unknown = []
    for key, value in said.items():
        name = key if key in kind.says.model_fields else kind.synonyms.get(key)
        if name is None and (extra := kind.folded(key, value)):
            fields.update(extra)
        elif name is None:
            unknown.append(key)
        else:
            fields.setdefault(name, value)
    return {k: v for k, v in fields.items() if v is not None}, unknown


def _markets(given: dict[str, Any], said: dict[str, Any]) -> tuple[str, ...]:
    raw = given.get("markets", [])
    many = (
        list(raw)
        if isinstance(raw, list | tuple)
        else re.split(r"\s*(?:,|&(?!p)| and | versus | vs\.? )\s*", spelling(raw))
        if raw
        else []
    )
    says = given.get("says")
    inside = [v for k, v in (says.items() if isinstance(says, Mapping) else ()) if _key(k) in BESIDE]
    many += [given[k] for k in BESIDE if k in given] + inside
    return tuple(shown(m, 60) for m in many if isinstance(m, str | int | float) and shown(m, 60))


def _validation(fault: ValidationError) -> str:
    told = [
        f"{'.'.join(str(p) for p in e['loc'])[:60]}: {shown(str(e['msg']).removeprefix('Value error, '), 160)}"
        for e in fault.errors()[:4]
    ]
    return f"{'; '.join(told)}."
