"""Instruments, contracts and rolls, sessions, symbology.

A family of markets is a file with a tuple `INSTRUMENTS`; a new one is joined to `INSTRUMENTS` here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crosscurrent.markets import crypto, energy, equity_index, funds, fx, metals, rates, yields
from crosscurrent.markets.generic import described, inferred
from crosscurrent.markets.instrument import AssetClass, Instrument, Roll
from crosscurrent.markets.sessions import EXCHANGES, Calendar, calendar

__all__ = [
    "EXCHANGES",
    "INSTRUMENTS",
    "AssetClass",
    "Calendar",
    "Instrument",
    "Roll",
    "calendar",
    "described",
    "find",
    "instrument",
]

INSTRUMENTS: tuple[Instrument, ...] = (
    *equity_index.INSTRUMENTS,
    *rates.INSTRUMENTS,
    *yields.INSTRUMENTS,
    *fx.INSTRUMENTS,
    *metals.INSTRUMENTS,
    *energy.INSTRUMENTS,
    *funds.INSTRUMENTS,
    *crypto.INSTRUMENTS,
)

_BY_SYMBOL = {one.symbol: one for one in INSTRUMENTS}


def find(name: str) -> Instrument | None:
    """Return the instrument of this symbol, in any case, or None; other spellings are `symbology.canonical`'s business."""
    return _BY_SYMBOL.get(name.upper())


def instrument(market: str, closes: NDArray[np.float64] | None = None) -> Instrument:
    """Return the instrument of a market; one that nobody described is a market of its own, its tick read off its closes.

    A name that only a symbol can have (`NQ=F`, `^NDX`, `CME_MINI:ES1!`) gets the instrument that it spells.
    """
    return find(market) or _spelled(market) or inferred(market, closes)


def _spelled(market: str) -> Instrument | None:
    # Symbology stands on this module, so it can be asked only from within.
    from crosscurrent.markets.symbology import spelled

    symbol = None if market.isidentifier() else spelled(market)
    return find(symbol) if symbol else None
