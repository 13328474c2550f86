"""Every error, as a tree: each takes fields and builds its sentence, so that a reader learns which rule met which values.

    CrosscurrentError
    ├── RequestError            what was asked for cannot be: exit 2
    │   ├── UnknownName             a market, desk, kind or option that does not exist; the nearest are offered
    │   ├── AmbiguousQuote          a price whose notation has two meanings
    │   └── BadSetting              a desk or pack file that breaks its schema
    ├── DataError               what was given cannot be used
    │   ├── MissingData             it is not there: exit 3
    │   └── RejectedData            it is there and wrong: exit 4
    │       ├── SourceFault         a provider answered with something that is not data
    │       ├── StaleWatch          what was carried is of other bars or other detectors
    │       └── BrokenLedger        an entry of the record is not what was written: exit 1
    ├── StorageError            the disk is full, read-only or locked: exit 5
    └── BrokenRule              ours, never the user's: a rule of the house was broken, and the program stops

`exit_code` is what a command ends with. Nothing to say is no error: it becomes a gap in the note.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

__all__ = [
    "AmbiguousQuote",
    "BadSetting",
    "BrokenLedger",
    "BrokenRule",
    "CrosscurrentError",
    "DataError",
    "MissingData",
    "RejectedData",
    "RequestError",
    "SourceFault",
    "StaleWatch",
    "StorageError",
    "UnknownName",
]


class CrosscurrentError(Exception):
    """The root: catches all that this package raises on purpose, and nothing else."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, **fields: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields


class RequestError(CrosscurrentError):
    """What was asked for cannot be."""

    exit_code = 2


class UnknownName(RequestError):
    """A name nobody knows; the nearest known ones are offered, because most are typing errors."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(set(known))
        nearest = get_close_matches(name.upper(), [n.upper() for n in names], n=3, cutoff=0.5)
        offered = [n for n in names if n.upper() in nearest] or names[:12]
        hint = f" Did you mean {', '.join(offered)}?" if offered else ""
        super().__init__(f"There is no {what} named {name!r}.{hint}", what=what, name=name, offered=tuple(offered))


class AmbiguousQuote(RequestError):
    """A quotation that could mean two prices is refused, because guessing one would print a price that never traded."""

    def __init__(self, text: str, notation: str, meanings: Iterable[str]) -> None:
        offered = tuple(meanings)
        super().__init__(
            f"{text!r} is ambiguous as {notation}: it could mean {' or '.join(offered)}. Write one of these.",
            text=text, notation=notation, meanings=offered,
        )  # fmt: skip


class BadSetting(RequestError):
    """A settings file that breaks its schema: which file, which key, which rule."""

    def __init__(self, file: str, key: str, rule: str) -> None:
        super().__init__(f"{file}: {key}: {rule}", file=file, key=key, rule=rule)


class DataError(CrosscurrentError):
    """What was given cannot be used."""

    exit_code = 4


class MissingData(DataError):
    """The data asked for is not there."""

    exit_code = 3

    def __init__(self, what: str, where: str, remedy: str = "") -> None:
        super().__init__(f"{what} is not in {where}.{' ' + remedy if remedy else ''}", what=what, where=where)


class RejectedData(DataError):
    """Corrupt data is worse than no data: refused at the door, with place, rule and values."""

    def __init__(self, where: str, rule: str, remedy: str = "") -> None:
        super().__init__(f"{where}: {rule}.{' ' + remedy if remedy else ''}", where=where, rule=rule)


class SourceFault(RejectedData):
    """A provider answered with something that is not data, or not at all."""

    def __init__(self, provider: str, what: str, fault: str, remedy: str = "") -> None:
        super().__init__(f"{provider}, {what}", fault, remedy)
        self.fields |= {"provider": provider, "fault": fault}


class StaleWatch(RejectedData):
    """What a watch carried is of other bars or other detectors, so that nothing exact can be added to it."""

    def __init__(self, market: str, why: str) -> None:
        super().__init__(market, why, "Begin the watch anew.")


class BrokenLedger(RejectedData):
    """An entry of the record is not what was written: nothing is scored from it and nothing added to it."""

    exit_code = 1

    def __init__(self, where: str, broken: str) -> None:
        super().__init__(where, broken, "See crosscurrent ledger verify; an untouched copy can stand in its place.")


class StorageError(CrosscurrentError):
    """The disk did not take or give what it was asked for; what was stored before is intact."""

    exit_code = 5

    def __init__(self, path: str, fault: str, remedy: str = "") -> None:
        super().__init__(f"{path}: {fault}.{' ' + remedy if remedy else ''}", path=path, fault=fault)


class BrokenRule(CrosscurrentError):
    """A rule of the house was broken: a fault of ours, never of the user's, so it always rises."""

    def __init__(self, rule: str, **fields: object) -> None:
        told = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        super().__init__(f"{rule}{': ' + told if told else ''}", **fields)
