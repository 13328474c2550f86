"""Chains of contracts in a table, read as one continuous series: `ZQ.v.0` by volume, `ZQ.c.0` by calendar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.chains import RollRule, front_series
from crosscurrent.errors import RejectedData
from crosscurrent.markets.instrument import Instrument
from crosscurrent.markets.symbology import continuous, delivery
from crosscurrent.sources.columns import PRICES, Prices
from crosscurrent.sources.rows import Rows
from crosscurrent.sources.source import Table, as_bars

__all__ = ["chained"]

RULES: dict[str, RollRule] = {"v": "volume", "c": "calendar"}


def chained(market: str, tables: Iterable[Table]) -> tuple[Bars, tuple[str, ...]] | None:
    """Return the continuous series of this name out of tables of contracts, with what was left out; None when none holds its root.

    Impossible rows are left out by name while they are few, as a provider's are: one bad print of a far month is no reason to lose a
    chain of ten years.
    """
    named = continuous(market)
    if named is None:
        return None
    root, rule = named[0], RULES[named[1]]
    for table in tables:
        written = table.columns["contract"].astype(str)
        months = {code: month for code in np.unique(written) if (month := delivery(code, root)) is not None}
        if months:
            rows = _rows(table, market, known.instrument(root))
            possible = rows.possible(np.ones(len(table), bool))
            ordered = sorted(months, key=lambda code: months[code])
            contracts = [_contract(rows, code, np.flatnonzero(possible & (written == code))) for code in ordered]
            whole = front_series(market, rows.instrument, [one for one in contracts if one is not None], rule)
            return whole, tuple(rows.notes)
    return None


def _rows(table: Table, market: str, instrument: Instrument) -> Rows:
    lacking = [name for name in (*PRICES, "volume") if name not in table.columns]
    if lacking:
        raise RejectedData(table.name, f"the contracts lack the column {lacking[0]}")
    quote = {name: table.columns[name].astype(np.float64) for name in (*PRICES, "volume")}
    session = table.columns["date"].astype("datetime64[D]")
    return Rows(table.name, market, instrument, session.astype("datetime64[s]"), session, quote)


def _contract(rows: Rows, code: str, at: NDArray[np.intp]) -> Bars | None:
    """Return one contract's bars; its volume stays as it is, for a contract is young and old without trade, and rolls are read off it."""
    if not len(at):
        return None
    column: dict[str, Any] = {name: rows.quote[name][at] for name in rows.quote}
    prices = Prices(rows.session[at], **column, row=at + 1)
    return as_bars(code, prices, "1d", rows.provider, rows.instrument, keep_volume=True)
