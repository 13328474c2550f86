"""Prices, yields, ticks, 32nds, basis points; a Reading is a value with its unit."""

from crosscurrent.units.notation import DECIMAL, Notation
from crosscurrent.units.reading import Reading, Unit

__all__ = ["DECIMAL", "Notation", "Reading", "Unit"]
