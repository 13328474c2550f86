"""Examples of claims on real data: what registers them, and the words in which their truth is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Example = tuple[dict, str]
HOLDS, FAILS, OPEN = "holds", "fails", "undecidable"
EXAMPLES: dict[str, Callable[[], Iterator[Example]]] = {}


def of(kind: str):
    """Register the examples of a kind."""

    def register(function: Callable[[], Iterator[Example]]) -> Callable[[], Iterator[Example]]:
        EXAMPLES[kind] = function
        return function

    return register


def claim(kind: str, market: str | list[str], day: str, **says) -> dict:
    return {"kind": kind, "markets": market, "as_of": day, "says": says}


def truth(is_so: bool) -> str:
    return HOLDS if is_so else FAILS
