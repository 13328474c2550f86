"""A snapshot: everything known at one date, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from crosscurrent.bars.bars import Bars, Basis
from crosscurrent.bars.continuous import adjusted
from crosscurrent.errors import UnknownName
from crosscurrent.markets.symbology import SAME

__all__ = ["Snapshot"]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What was known at `as_of`: whoever is handed a snapshot cannot look ahead, because it never gets more.

    Holds cut copies of the bars it is given, no session labelled later than `as_of` in them. Adjusted bars are computed when
    first asked for, and kept; their roll gaps come from the market's reference where the snapshot holds it.

    Parameters
    ----------
    as_of : datetime64[D]
        All closes and observations labelled with this day or an earlier one are known.
    markets
        Traded bars by the name of their market.
    """

    as_of: np.datetime64
    markets: Mapping[str, Bars]
    _adjusted: dict[str, Bars] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        cut = {name: bars.until(self.as_of) for name, bars in self.markets.items()}
        object.__setattr__(self, "markets", MappingProxyType({name: bars for name, bars in cut.items() if len(bars)}))

    @property
    def names(self) -> tuple[str, ...]:
        """The markets with at least one bar, in the order they were given."""
        return tuple(self.markets)

    def has(self, market: str) -> bool:
        """Whether the snapshot holds any bar of the market."""
        return market in self.markets

    def traded(self, market: str) -> Bars:
        """Return the prices as charts show them; `UnknownName` for a market that is not here."""
        if market not in self.markets:
            raise UnknownName("market", market, self.markets)
        return self.markets[market]

    def adjusted(self, market: str) -> Bars:
        """Return the prices free of roll gaps; those of a market that does not roll are the traded ones."""
        if market not in self._adjusted:
            bars = self.traded(market)
            self._adjusted[market] = adjusted(bars, self.reference(market))
        return self._adjusted[market]

    def on(self, market: str, basis: Basis) -> Bars:
        """Return a market's bars on a basis."""
        return self.adjusted(market) if basis == "adjusted" else self.traded(market)

    def reference(self, market: str) -> Bars | None:
        """Return the bars of the market's reference, None when it has none or it is not here.

        By symbol, whatever the markets are called; a yield from another provider (TNX for DGS10) stands in for one that is not here.
        """
        wanted = self.traded(market).instrument.reference
        here = {bars.instrument.symbol: bars for bars in self.markets.values()}
        symbols = (wanted, *(other for pair in SAME for other in pair if wanted in pair))
        return next((here[symbol] for symbol in symbols if symbol in here), None)
