"""The market analyst's intermarket note, written from data: point in time, every number grounded, beside chance."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from crosscurrent.version import VERSION

if TYPE_CHECKING:
    from crosscurrent.api import audit, correlate, facts, forming, note, write

__version__ = VERSION
__all__ = ["__version__", "audit", "correlate", "facts", "forming", "note", "write"]


class _Package(ModuleType):
    """The package with its public functions, imported when first used, so that `import crosscurrent` costs nothing.

    Properties, because two functions bear the name of a layer (`facts`, `note`): importing that layer must not hide them.
    """


def _lazily(name: str) -> property:
    def found(package: ModuleType) -> object:
        return getattr(importlib.import_module("crosscurrent.api"), name)

    def kept(package: ModuleType, layer: ModuleType) -> None:
        """Let the import of a layer of that name pass; `sys.modules` has it."""

    return property(found, kept)


for _name in __all__[1:]:
    setattr(_Package, _name, _lazily(_name))
sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
