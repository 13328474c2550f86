"""Treasury yields, overnight rates and breakevens: in per cent, their moves in basis points."""

from __future__ import annotations

from crosscurrent.markets.instrument import AssetClass, Instrument
from crosscurrent.units import Notation

__all__ = ["INSTRUMENTS"]

BASIS_POINT = Notation(tick=0.01)
TENTH = Notation(tick=0.001, digits=3)


def _yield(
    symbol: str, name: str, *aliases: str, notation: Notation = BASIS_POINT, exchange: str = "BONDS",
    asset_class: AssetClass = "yield",
) -> Instrument:  # fmt: skip
    """Return a yield, which may be negative: bills and breakevens were, in 2008, 2015 and 2020."""
    return Instrument(
        symbol, name, asset_class, "yield", notation, exchange, currency="", may_be_negative=True, aliases=aliases
    )


INSTRUMENTS: tuple[Instrument, ...] = (
    _yield("DGS1MO", "US 1-month yield", "US01MY", "US1MY", "US1M"),
    _yield("DGS3MO", "US 3-month yield", "US03MY", "US3MY", "US3M"),
    _yield("DGS6MO", "US 6-month yield", "US06MY", "US6MY", "US6M"),
    _yield("DGS1", "US 1-year yield", "US01Y", "US1Y"),
    _yield("DGS2", "US 2-year yield", "US02Y", "US2Y"),
    _yield("DGS3", "US 3-year yield", "US03Y", "US3Y"),
    _yield("DGS5", "US 5-year yield", "US05Y", "US5Y"),
    _yield("DGS7", "US 7-year yield", "US07Y", "US7Y"),
    _yield("DGS10", "US 10-year yield", "US10Y"),
    _yield("DGS20", "US 20-year yield", "US20Y"),
    _yield("DGS30", "US 30-year yield", "US30Y"),
    _yield("FVX", "US 5-year yield (CBOE)", "^FVX", notation=TENTH, exchange="CBOE_YIELDS"),
    _yield("TNX", "US 10-year yield (CBOE)", "^TNX", notation=TENTH, exchange="CBOE_YIELDS"),
    _yield("TYX", "US 30-year yield (CBOE)", "^TYX", notation=TENTH, exchange="CBOE_YIELDS"),
    _yield("T5YIE", "US 5-year breakeven inflation"),
    _yield("T10YIE", "US 10-year breakeven inflation"),
    _yield("SOFR", "Secured overnight financing rate", asset_class="policy"),
    _yield("DFF", "Effective fed funds rate", "EFFR", "FEDFUNDS", exchange="DAILY", asset_class="policy"),
)
