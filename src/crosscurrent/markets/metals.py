"""Metal futures; their front series has no reference here, so it stays unadjusted and says so."""

from __future__ import annotations

from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]


def _future(symbol: str, name: str, notation: Notation, multiplier: float, *aliases: str) -> Instrument:
    return Instrument(
        symbol, name, "metals", "price", notation, "CME_METALS", roll="monthly", multiplier=multiplier, aliases=aliases
    )


INSTRUMENTS: tuple[Instrument, ...] = (
    _future("GC", "Gold futures", Notation(tick=0.1, digits=1), 100.0, "MGC"),
    _future("SI", "Silver futures", Notation(tick=0.005, digits=3), 5000.0, "SIL"),
    _future("HG", "Copper futures", Notation(tick=0.0005, digits=4), 25_000.0),
)
