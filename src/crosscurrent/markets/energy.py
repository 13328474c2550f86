"""Energy futures; their front series has no reference here, so it stays unadjusted and says so."""

from __future__ import annotations

from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]

INSTRUMENTS: tuple[Instrument, ...] = (
    # The May 2020 contract settled at -37.63 on 20 April 2020.
    Instrument("CL", "Crude oil futures", "energy", "price", Notation(), "CME_ENERGY", roll="monthly",
               multiplier=1000.0, may_be_negative=True, aliases=("MCL",)),
    Instrument("NG", "Natural gas futures", "energy", "price", Notation(tick=0.001, digits=3), "CME_ENERGY",
               roll="monthly", multiplier=10_000.0),
)  # fmt: skip
