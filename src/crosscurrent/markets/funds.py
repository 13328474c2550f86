"""Exchange-traded funds."""

from __future__ import annotations

from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]


def _fund(symbol: str, name: str) -> Instrument:
    return Instrument(symbol, name, "etf", "price", Notation(), "NYSE", multiplier=1.0)


INSTRUMENTS: tuple[Instrument, ...] = (
    _fund("SPY", "S&P 500 fund (SPY)"),
    _fund("QQQ", "Nasdaq 100 fund (QQQ)"),
    _fund("IWM", "Russell 2000 fund (IWM)"),
    _fund("TLT", "20-year Treasury bond fund (TLT)"),
    _fund("HYG", "High-yield bond fund (HYG)"),
    _fund("GLD", "Gold fund (GLD)"),
    _fund("UUP", "Dollar fund (UUP)"),
    _fund("XLK", "Technology sector fund (XLK)"),
    _fund("XLU", "Utilities sector fund (XLU)"),
    _fund("XLF", "Financial sector fund (XLF)"),
)
