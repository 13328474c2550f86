"""The chain: each entry carries the hash of all that stood before it, so that no later hand can change one unnoticed.

    entry 1  <----  entry 2  <----  entry 3        hash = sha256(number, moment, kind, payload, hash of the one before)
    format          note            setup          head = number and hash of the last entry

Whoever changes an entry must change every hash after it, and then the head no longer is the one that was exported. Cutting off
the end leaves a sound chain: only an exported head tells.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crosscurrent.errors import RequestError

__all__ = ["FORMAT", "GENESIS", "KINDS", "Broken", "Entry", "Head", "Row", "canonical", "entry_of", "hash_of", "walk"]

FORMAT = 2
"""The version of the entries that this program writes. Version 1 had setups without the close they were published at."""
GENESIS = "0" * 64
"""What stands for the hash before the first entry."""
KINDS = ("format", "note", "setup", "outcome", "correction")

Row = tuple[Any, ...]
"""An entry as it is stored: number, moment, kind, payload as text, previous hash, hash."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was recorded, as it was recorded.

    Parameters
    ----------
    id
        Its number, from 1 without a gap.
    recorded_at
        When it was written, ISO 8601 UTC; what it is about has its own dates in the payload.
    kind
        One of `KINDS`.
    previous, hash
        Of the entry before it, and its own.
    """

    id: int
    recorded_at: str
    kind: str
    payload: Mapping[str, Any]
    previous: str
    hash: str

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a line of the export."""
        return {name: getattr(self, name) for name in ("id", "recorded_at", "kind", "payload", "previous", "hash")}


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger stands: how many entries, and the hash of the last. Kept elsewhere, it proves later that nothing was cut off."""

    entries: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entries}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Return the head that `str()` wrote; `RequestError` for anything else."""
        entries, _, digest = text.strip().partition(":")
        if not (
            entries.isascii() and entries.isdigit() and len(digest) == 64 and set(digest) <= set("0123456789abcdef")
        ):
            raise RequestError(
                f"{text.strip()!r} is no head of a ledger: it reads NUMBER:HASH, as `ledger verify` prints it.",
                head=text,
            )
        return cls(int(entries), digest)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a ledger is not what was written: its entry (None for the file as a whole) and the rule that fails."""

    entry: int | None
    rule: str

    def __str__(self) -> str:
        return f"entry {self.entry}: {self.rule}" if self.entry else self.rule


def canonical(value: object) -> str:
    """Return a value as the one JSON text that stands for it: sorted keys, no spaces; `ValueError` for a NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(number: int, recorded_at: str, kind: str, payload: str, previous: str) -> str:
    """Return an entry's hash: sha256 over the canonical JSON of its fields, the payload as its canonical text."""
    return hashlib.sha256(canonical([number, recorded_at, kind, payload, previous]).encode()).hexdigest()


def entry_of(row: Row) -> Entry:
    """Return a stored row as an entry."""
    recorded_at, kind, payload, previous, digest = (_text(field) for field in row[1:])
    return Entry(row[0], recorded_at, kind, json.loads(payload), previous, digest)


def walk(rows: Iterable[Row], kept: Head | None = None) -> tuple[Head, Broken | None]:
    """Follow the chain from its first entry and return where it stands, or where it first breaks.

    Fields come as bytes or as whatever was found: what is no text of UTF-8 is a break like any other. With a head that was `kept`
    elsewhere, the chain must hold it.
    """
    head = Head(0, GENESIS)
    met = kept is None or kept.entries == 0
    for row in rows:
        rule = _fault(row, head)
        if rule:
            return head, Broken(head.entries + 1, rule)
        head = Head(head.entries + 1, _text(row[5]))
        if kept is not None and head.entries == kept.entries:
            if head != kept:
                return head, Broken(
                    head.entries, "it is not the entry that the kept head names: the record was written anew"
                )
            met = True
    if head.entries == 0:
        return head, Broken(None, "there is no entry, not even the first that names the format")
    if not met and kept is not None:
        return head, Broken(
            head.entries + 1,
            f"it is missing: the record was cut off after entry {head.entries}, the kept head names {kept.entries}",
        )
    return head, None


def _fault(row: Row, head: Head) -> str:
    """Return what is wrong with the entry that should follow `head`, nothing when nothing is."""
    number = row[0]
    if number != head.entries + 1:
        return f"it is missing, entry {number} stands in its place"
    try:
        recorded_at, kind, payload, previous, digest = (_text(field) for field in row[1:])
        value = json.loads(payload)
        is_canonical = isinstance(value, dict) and canonical(value) == payload
    except (UnicodeDecodeError, TypeError, ValueError, RecursionError):
        return "a field of it cannot be read"
    if previous != head.hash:
        return "it does not follow the entry before it: one of the two was changed"
    if digest != hash_of(number, recorded_at, kind, payload, previous):
        return "its hash is off: it is not what was written"
    if kind not in KINDS or not is_canonical or (number == 1) != (kind == "format" and "from" not in value):
        return "it is not an entry as this program writes them"
    return ""


def _text(field: object) -> str:
    if isinstance(field, bytes):
        return field.decode("utf-8")
    if isinstance(field, str):
        return field
    raise TypeError
