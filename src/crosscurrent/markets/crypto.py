"""Crypto currencies: traded every day of the week."""

from __future__ import annotations

from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]

INSTRUMENTS: tuple[Instrument, ...] = (
    Instrument("BTCUSD", "Bitcoin", "crypto", "price", Notation(), "CRYPTO", multiplier=1.0,
               aliases=("BTC-USD", "XBTUSD", "BTC")),
    Instrument("ETHUSD", "Ether", "crypto", "price", Notation(), "CRYPTO", multiplier=1.0, aliases=("ETH-USD", "ETH")),
)  # fmt: skip
