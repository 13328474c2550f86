"""A fingerprint of the code behind a detector, so that what one version carried is never carried on by another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import blake2b
from types import CodeType, FunctionType
from typing import Any

import numba
import numpy as np

from crosscurrent.indicators._talib import talib
from crosscurrent.structure.detector import Detector

__all__ = ["fingerprint"]

OURS = "crosscurrent"


@cache
def fingerprint(detectors: tuple[Detector, ...]) -> bytes:
    """Return sixteen bytes that change with any of the detectors' parameters, with any code of ours that they can reach, and with
    the libraries whose arithmetic they rest on.
    """
    digest = blake2b(repr((detectors, numba.__version__, np.__version__, talib().__version__)).encode(), digest_size=16)
    seen: set[int] = set()
    for detector in detectors:
        for part in _reached(type(detector), seen):
            digest.update(part)
    return digest.digest()


def _reached(thing: Any, seen: set[int]) -> Iterator[bytes]:
    """Yield what a function, class or constant says, and what those that it names say."""
    thing = getattr(thing, "py_func", thing)
    thing = getattr(thing, "__wrapped__", thing)
    thing = getattr(thing, "fget", getattr(thing, "__func__", thing))
    if isinstance(thing, int | float | str):
        yield repr(thing).encode()
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _reached(part, seen)
    elif str(getattr(thing, "__module__", "")).startswith(OURS) and id(thing) not in seen:
        seen.add(id(thing))
        yield from _named(thing, seen)


def _named(thing: Any, seen: set[int]) -> Iterator[bytes]:
    """Yield what one thing of ours says: a function with what it looks up, a class with its parts, an object with its fields."""
    parts: list[Any] = []
    if isinstance(thing, FunctionType):
        yield from _said(thing.__code__)
        parts = [thing.__globals__.get(name) for name in _names(thing.__code__)]
        parts += [cell.cell_contents for cell in thing.__closure__ or ()]
    elif isinstance(thing, type):
        yield repr(sorted(vars(thing))).encode()
        parts = [*thing.__mro__[1:], *(part for _, part in sorted(vars(thing).items()))]
    elif is_dataclass(thing):
        parts = [type(thing), *(getattr(thing, field.name) for field in fields(thing))]
    for part in parts:
        yield from _reached(part, seen)


def _said(code: CodeType) -> Iterator[bytes]:
    """Yield a function's instructions and constants, and those of the functions in it."""
    yield code.co_code
    yield repr(code.co_names).encode()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _said(constant)
        else:
            yield repr(sorted(map(repr, constant)) if isinstance(constant, frozenset) else constant).encode()


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that a function and those in it look up."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
