"""DataFrames as bars: pandas, and by the Arrow interface polars, Arrow tables and whatever else speaks it."""

from __future__ import annotations

import re
from typing import Any, Protocol

import pyarrow as pa

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RejectedData
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import date_column, folded, prices_of, shape_of
from crosscurrent.sources.source import as_bars

__all__ = ["Streamed", "from_frame"]

DAILY = re.compile(r"\d+(d|w|mo)")


class Streamed(Protocol):
    """Anything that hands out its columns by the Arrow C stream interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def from_frame(frame: Any, market: str, interval: str = "1d", instrument: Instrument | None = None) -> Bars:
    """Return a frame's rows as checked bars, the frame left as it was.

    Columns may come in any case and order: open, high, low, close, volume, or close alone; dates stand in the index (pandas) or
    in a column named date (datetime for intraday intervals). yfinance's two-level columns are understood for one market; of
    several, that of `market` is taken. Intraday times must know their zone: a naive one is refused, because it could mean any
    hour. `RejectedData` names the row, counted from one, and the rule.
    """
    where = f"the frame of {market}"
    table = (
        _pandas_table(frame, market, where)
        if hasattr(frame, "columns") and hasattr(frame, "index")
        else _arrow_table(frame, where)
    )
    names = [folded(name) for name in table.column_names]
    if date_column(names) is None:
        raise RejectedData(
            where, "neither its index nor a column holds dates", "Give it a DatetimeIndex or a column named date."
        )
    shape, reason = shape_of(names, market)
    if shape == "aside":
        raise RejectedData(where, reason)
    prices = prices_of(table, market, where, 1, intraday=not DAILY.fullmatch(interval))
    return as_bars(market, prices, interval, where, instrument)


def _arrow_table(frame: Streamed, where: str) -> Any:
    if not hasattr(frame, "__arrow_c_stream__"):
        raise RejectedData(
            where, f"{type(frame).__name__} is no frame", "Give a pandas or polars frame, or an Arrow table."
        )
    return pa.table(frame)


def _pandas_table(frame: Any, market: str, where: str) -> Any:
    """Return a pandas frame as Arrow columns, its index first; columns of mixed objects become text, so that a bad cell has a row."""
    columns = {} if type(frame.index).__name__ == "RangeIndex" else {"date": frame.index}
    for name, column in _one_market(frame, market, where):
        columns[name] = column
    return pa.table({name: _arrow_column(column) for name, column in columns.items()})


def _one_market(frame: Any, market: str, where: str) -> list[tuple[str, Any]]:
    """Return (name, column) pairs; of two-level columns (price, ticker) those of one ticker."""
    if frame.columns.nlevels == 1:
        return [(str(name), frame.iloc[:, i]) for i, name in enumerate(frame.columns)]
    prices = max(
        range(frame.columns.nlevels),
        key=lambda level: sum(folded(v) == "close" for v in frame.columns.get_level_values(level)),
    )
    tickers = frame.columns.get_level_values(1 - prices)
    wanted = set(tickers) if len(set(tickers)) == 1 else {market}
    chosen = [(str(frame.columns[i][prices]), frame.iloc[:, i]) for i, ticker in enumerate(tickers) if ticker in wanted]
    if not chosen:
        raise RejectedData(where, f"it holds {', '.join(map(str, dict.fromkeys(tickers)))}, and none is {market}")
    return chosen


def _arrow_column(column: Any) -> Any:
    if str(column.dtype) == "object":
        return pa.array([None if cell is None or cell != cell else str(cell) for cell in column], pa.string())
    return pa.array(column, from_pandas=True)
