"""An instrument: what is traded, how it is quoted, where, and what it rolls like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crosscurrent.units import Notation

__all__ = ["AssetClass", "Instrument", "Roll"]

AssetClass = Literal[
    "equity_index", "rates", "yield", "policy", "fx", "metals", "energy", "crypto", "etf", "volatility", "generic"
]
Roll = Literal["none", "equity_quarterly", "treasury_quarterly", "monthly"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is traded, as the constants of one market, so that no rule about a market hides in code.

    Parameters
    ----------
    symbol, name
        Our symbol (`NQ`) and the name used in prose (`Nasdaq 100 futures`).
    asset_class
        Decides vocabulary and pairing.
    quoted_as
        `price`, or `yield` (per cent; moves are told in basis points).
    notation
        How a price is parsed and printed, with its tick.
    exchange
        The name of its sessions (`CME_EQUITY`, `CME_RATES`, `NYSE`, `BONDS`, `GENERIC` ...).
    roll
        Which calendar its front contract expires on; `none` for cash, funds and yields.
    reference
        The market whose moves stand in for its own across a roll (cash index, yield); None when there is none.
    reference_beta
        Price points a reference unit: 0 means proportional to an index, a negative number points per percentage point of yield.
    multiplier, currency
        Money a point, for sizing; None where it has no meaning.
    may_be_negative
        Crude oil traded below zero, bill yields too; for all others a price at or below zero is rejected.
    """

    symbol: str
    name: str
    asset_class: AssetClass
    quoted_as: Literal["price", "yield"]
    notation: Notation
    exchange: str
    roll: Roll = "none"
    reference: str | None = None
    reference_beta: float = 0.0
    multiplier: float | None = None
    currency: str = "USD"
    may_be_negative: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def is_future(self) -> bool:
        """Whether the series is a chain of contracts."""
        return self.roll != "none"

    @property
    def change_unit(self) -> Literal["bp", "pct"]:
        """The unit in which moves of this market are told."""
        return "bp" if self.quoted_as == "yield" else "pct"
