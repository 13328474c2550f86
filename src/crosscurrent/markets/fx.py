"""Currencies and the dollar index."""

from __future__ import annotations

from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]

PIPETTE = Notation(tick=0.00001, digits=5)
YEN_PIPETTE = Notation(tick=0.001, digits=3)


def _pair(symbol: str, name: str, currency: str, notation: Notation = PIPETTE) -> Instrument:
    return Instrument(
        symbol, name, "fx", "price", notation, "FX", multiplier=1.0, currency=currency, aliases=(f"{symbol}=X",)
    )


INSTRUMENTS: tuple[Instrument, ...] = (
    _pair("EURUSD", "Euro against the dollar", "USD"),
    _pair("GBPUSD", "Sterling against the dollar", "USD"),
    _pair("AUDUSD", "Australian dollar against the dollar", "USD"),
    _pair("USDJPY", "Dollar against the yen", "JPY", YEN_PIPETTE),
    _pair("USDCHF", "Dollar against the Swiss franc", "CHF"),
    _pair("USDCAD", "Dollar against the Canadian dollar", "CAD"),
    Instrument("DXY", "Dollar index", "fx", "price", Notation(), "FX", aliases=("DX-Y.NYB", "USDX", "DX")),
)
