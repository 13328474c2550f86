"""The ledger for other programs: JSON lines with everything, and a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crosscurrent.evaluate.ledger.chain import Entry, canonical

__all__ = ["COLUMNS", "as_csv", "as_json_lines", "cell"]

COLUMNS = (
    "entry", "recorded_at", "kind", "refers_to", "desk", "as_of", "title", "setup", "market", "plan", "side", "condition", "entry_price", "stop",
    "targets", "invalidation", "expiry", "status", "targets_reached", "session", "price", "r", "reason", "hash",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield one line an entry; the payload's canonical text can be hashed again by anybody."""
    for entry in entries:
        yield canonical(entry.to_json())


def as_csv(entries: Iterable[Entry]) -> str:
    """Return a table with a row an entry; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        row = _row(entry)
        writer.writerow([cell(row.get(name)) for name in COLUMNS])
    return text.getvalue()


def cell(value: object) -> object:
    """Return what a spreadsheet may be given: numbers stay numbers, also negative ones; what would run as a formula is text."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    if isinstance(value, list | tuple):
        return cell(" ".join(str(item) for item in value))
    return "" if value is None else value


def _row(entry: Entry) -> dict[str, Any]:
    payload = entry.payload
    fixed = {"entry": entry.id, "recorded_at": entry.recorded_at, "kind": entry.kind, "hash": entry.hash}
    named = {
        name: payload[name]
        for name in ("desk", "as_of", "title", "status", "targets_reached", "session", "price", "r", "reason")
        if name in payload
    }
    refers = payload.get("refers_to", payload.get("note"))
    return named | {"refers_to": refers} | _setup(payload.get("setup")) | fixed


def _setup(setup: Mapping[str, Any] | str | None) -> dict[str, Any]:
    if not isinstance(setup, Mapping):
        return {"setup": setup}
    return {
        "setup": setup["id"], "market": setup["market"], "plan": setup["plan"], "side": setup["side"], "stop": setup["stop"],
        "condition": setup["entry"]["condition"], "entry_price": setup["entry"]["price"], "targets": [t["price"] for t in setup["targets"]],
        "invalidation": setup["invalidation"]["price"], "expiry": setup["expiry"],
    }  # fmt: skip
