"""How a price is written: decimals, or points and 32nds with their halves, quarters and eighths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DECIMAL", "Notation"]

Style = Literal["prose", "chart", "decimal"]


@dataclass(frozen=True, slots=True)
class Notation:
    """How one market's prices are parsed and printed.

    Parameters
    ----------
    tick
        The smallest price step, in points.
    digits
        Decimals shown when the price is decimal.
    parts
        0 for decimal prices; for 32nds the number of parts of a 32nd that the tick resolves: 1, 2, 4 or 8.
    """

    tick: float = 0.01
    digits: int = 2
    parts: int = 0

    def format(self, price: float, style: Style = "prose") -> str:
        """Return the price as the desk writes it, rounded to the tick."""
        return f"{price:,.{self.digits}f}" if style == "prose" else f"{price:.{self.digits}f}"


DECIMAL = Notation()
