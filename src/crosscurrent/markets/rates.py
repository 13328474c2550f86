"""Interest-rate futures: Treasuries in 32nds, fed funds in decimals, and the policy path they imply."""

from __future__ import annotations

from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]

THIRTY_SECONDS = Notation(tick=1 / 32, parts=1)
HALVES = Notation(tick=1 / 64, parts=2)
QUARTERS = Notation(tick=1 / 128, parts=4)
EIGHTHS = Notation(tick=1 / 256, parts=8)


def _treasury(
    symbol: str, name: str, notation: Notation, reference: str, beta: float, *aliases: str, multiplier: float = 1000.0
) -> Instrument:
    """Return a Treasury future; `beta` is the usual points per percentage point of yield, used until data give one."""
    return Instrument(
        symbol, name, "rates", "price", notation, "CME_RATES", roll="treasury_quarterly",
        reference=reference, reference_beta=beta, multiplier=multiplier, aliases=aliases,
    )  # fmt: skip


INSTRUMENTS: tuple[Instrument, ...] = (
    _treasury("ZT", "2-year Treasury note futures", EIGHTHS, "DGS2", -1.8, "TU", multiplier=2000.0),
    _treasury("ZF", "5-year Treasury note futures", QUARTERS, "DGS5", -4.2, "FV"),
    _treasury("ZN", "10-year Treasury note futures", HALVES, "DGS10", -6.5, "TY"),
    _treasury("TN", "Ultra 10-year Treasury note futures", HALVES, "DGS10", -9.5),
    _treasury("ZB", "Treasury bond futures", THIRTY_SECONDS, "DGS30", -13.5, "US"),
    _treasury("UB", "Ultra Treasury bond futures", THIRTY_SECONDS, "DGS30", -20.0, "WN"),
    Instrument("ZQ", "Fed funds futures", "policy", "price", Notation(tick=0.0025, digits=4), "CME_RATES",
               roll="monthly", multiplier=4167.0, aliases=("FF",)),
    Instrument("FED_DEC25_IMPLIED", "Rate implied for December 2025", "policy", "yield", Notation(tick=0.0001, digits=2),
               "CME_RATES", may_be_negative=True),
    Instrument("UST10P", "10-year note price computed from par yields", "rates", "price", Notation(), "BONDS"),
)  # fmt: skip
