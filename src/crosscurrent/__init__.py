"""The market analyst's intermarket note, written from data: point in time, every number grounded, beside chance."""

from __future__ import annotations

import importlib

__version__ = "0.1.0"
__all__ = ["__version__"]

_PUBLIC: dict[str, str] = {}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import crosscurrent` costs nothing."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'crosscurrent' has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)
