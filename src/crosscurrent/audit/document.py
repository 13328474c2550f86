"""A document of claims as it was written: YAML or JSON in, rows out, before any is understood.

Numbers and dates keep their spelling, because the way a number is written is its tolerance. What cannot be read is told, not raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crosscurrent.audit.tolerance import Spelled, spelling
from crosscurrent.errors import MissingData

__all__ = ["Document", "document_of", "parsed", "shown"]

LARGEST = 2_000_000
LONGEST_ID = 60
MOST_CLAIMS = 10_000
TITLES = ("note", "title", "name", "headline")
DATES = ("as_of", "published", "date", "dated")
LISTS = ("claims", "Claims", "statements", "items")


@dataclass(frozen=True, slots=True)
class Document:
    """A document's rows, each with the name it is filed under; `published` dates the claims that name no date; a fault says why there are none."""

    rows: tuple[tuple[str, object], ...]
    published: str | None = None
    fault: str = ""
    title: str = ""


def document_of(given: object) -> Document:
    """Return the document that a path, a text, a mapping or a list holds; one that is read already stays; what is none says why in `fault`.

    `MissingData` for a path that is not there. A text with a line break, a brace or a colon before a blank is taken as the document itself.
    """
    if isinstance(given, Document):
        return given
    if isinstance(given, Path) or (isinstance(given, str) and not re.search(r"[\n{\[]|: ", given)):
        return parsed(_file(Path(given)))
    return parsed(given) if isinstance(given, str) else _rows_of(given)


def _file(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.read(LARGEST + 1)
    except OSError as fault:
        raise MissingData(str(path), "the files", fault.strerror or "") from None


def _rows_of(given: object) -> Document:
    if isinstance(given, Mapping):
        return _from_mapping(given)
    if isinstance(given, list | tuple):
        return Document(tuple(("", row) for row in given[:MOST_CLAIMS]))
    return Document((), fault=f"The document is {type(given).__name__}, not a list of claims: {shown(given, 60)!r}.")


def _from_mapping(given: Mapping[Any, Any]) -> Document:
    rows = next((given[name] for name in LISTS if name in given), None)
    published = next((spelling(given[name]) for name in DATES if given.get(name) is not None), None)
    title = next((shown(given[name], 120) for name in TITLES if given.get(name) is not None), "")
    if isinstance(rows, Mapping):  # claims by their ids
        named = tuple((shown(name, LONGEST_ID), row) for name, row in list(rows.items())[:MOST_CLAIMS])
        return Document(named, published, title=title)
    if isinstance(rows, list | tuple):
        return Document(tuple(("", row) for row in rows[:MOST_CLAIMS]), published, title=title)
    if rows is None and ("kind" in given or "type" in given):
        return Document((("", given),))
    return Document((), published, "The document holds no list of claims: write them as a list, or under `claims:`.")


def parsed(text: str) -> Document:
    """Return the document that a text is, never one that it names: whoever passes on a stranger's words reads no file for him."""
    if len(text) > LARGEST:
        return Document((), fault=f"The document is larger than {LARGEST // 1_000_000} MB.")
    if not text.strip():
        return Document((), fault="The document is empty.")
    # YAML refuses control characters outright; one bad claim must not take the others with it.
    clean = re.sub(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", text)
    try:
        return _rows_of(_loaded(clean))
    except yaml.MarkedYAMLError as fault:
        at = f" at line {fault.problem_mark.line + 1}" if fault.problem_mark else ""
        return Document((), fault=f"The document is no YAML{at}: {shown(fault.problem or '', 120)}.")
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as fault:
        return Document((), fault=f"The document is no YAML: {shown(str(fault), 120)}.")


def _loaded(text: str) -> object:
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text, parse_float=Spelled, parse_int=Spelled)
        except ValueError:
            pass  # YAML's flow style opens as JSON does
    return yaml.load(text, _Loader)


class _Loader(yaml.SafeLoader):
    """Safe YAML in which numbers and dates keep their spelling, `on` and `no` are words, and nothing refers to anything else."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

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


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_constructor("tag:yaml.org,2002:int", _spelled)
_Loader.add_constructor("tag:yaml.org,2002:float", _spelled)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


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
