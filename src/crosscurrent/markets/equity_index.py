"""Equity-index futures and the cash indices that stand in for them across a roll."""

from __future__ import annotations

from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]

CENTS = Notation()
QUARTER = Notation(tick=0.25)
TENTH = Notation(tick=0.1, digits=1)
POINT = Notation(tick=1.0, digits=0)


def _future(
    symbol: str, name: str, notation: Notation, multiplier: float, reference: str | None, *aliases: str
) -> Instrument:
    return Instrument(
        symbol, name, "equity_index", "price", notation, "CME_EQUITY",
        roll="equity_quarterly", reference=reference, multiplier=multiplier, aliases=aliases,
    )  # fmt: skip


def _index(symbol: str, name: str, *aliases: str) -> Instrument:
    return Instrument(symbol, name, "equity_index", "price", CENTS, "NYSE", aliases=aliases)


INSTRUMENTS: tuple[Instrument, ...] = (
    _future("NQ", "Nasdaq 100 futures", QUARTER, 20.0, "NDX", "MNQ"),
    _future("ES", "S&P 500 futures", QUARTER, 50.0, "SPX", "MES"),
    _future("RTY", "Russell 2000 futures", TENTH, 50.0, "RUT", "M2K"),
    _future("YM", "Dow futures", POINT, 5.0, None, "MYM"),
    _index("NDX", "Nasdaq 100", "^NDX"),
    _index("SPX", "S&P 500", "^GSPC", "^SPX", "GSPC"),
    _index("RUT", "Russell 2000", "^RUT"),
    _index("IXIC", "Nasdaq Composite", "^IXIC", "COMP"),
    Instrument("VIX", "VIX", "volatility", "price", CENTS, "CBOE", aliases=("^VIX",)),
)
