"""DataFrames as bars: pandas, and by the Arrow interface polars, Arrow tables and whatever else speaks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import pyarrow as pa

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RejectedData, UnknownName
from crosscurrent.markets import symbology
from crosscurrent.markets.instrument import Instrument
from crosscurrent.sources.columns import Prices, date_column, folded, prices_of, shape_of
from crosscurrent.sources.source import Gap, Table, as_bars, resolve

__all__ = ["Frames", "Streamed", "from_frame"]

DAILY = re.compile(r"\d+(d|w|mo)")


class Streamed(Protocol):
    """Anything that hands out its columns by the Arrow C stream interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def from_frame(frame: Any, market: str, interval: str = "1d", instrument: Instrument | None = None) -> Bars:
    """Return a frame's rows as checked bars, the frame left as it was.

    Columns may come in any case and order: open, high, low, close, volume, or close alone; dates stand in the index (pandas) or
    in a column named date. Rows without any price are no sessions and are left out. Of yfinance's two-level columns those of
    `market` are taken, or of the only market there is. Intraday times must know their zone: a naive one is refused, because it
    could mean any hour. `RejectedData` names the row, counted from one, and the rule.
    """
    prices = _prices(frame, market, interval)
    return as_bars(market, prices, interval, _where(market), instrument)


class Frames:
    """DataFrames in memory as a source, each under the name of its market."""

    name = "data frames"
    may_be_republished = False
    takes_any_name = False

    def __init__(self, frames: Mapping[str, Any], interval: str = "1d") -> None:
        self._frames = dict(frames)
        self._interval = interval
        self._said: dict[str, tuple[str, ...]] = {}
        self._read: dict[str, Bars] = {}

    @property
    def notes(self) -> tuple[Gap, ...]:
        """What was left out of the frames read so far."""
        return tuple(Gap(market, note) for market, notes in self._said.items() for note in notes)

    def markets(self) -> tuple[str, ...]:
        """Return the names of the markets, sorted."""
        return tuple(sorted(self._frames))

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a frame as checked bars, read once."""
        name = resolve(self, market)
        if interval != self._interval:
            raise UnknownName(f"interval of {name}", interval, [self._interval])
        if name not in self._read:
            prices = _prices(self._frames[name], name, interval)
            self._said[name] = prices.notes
            self._read[name] = as_bars(name, prices, interval, _where(name))
        return self._read[name]

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return nothing: frames are bars alone."""
        return ()


def _where(market: str) -> str:
    return f"the frame of {market}"


def _prices(frame: Any, market: str, interval: str) -> Prices:
    where = _where(market)
    is_pandas = hasattr(frame, "columns") and hasattr(frame, "index")
    table = _pandas_table(frame, market, where) if is_pandas else _arrow_table(frame, where)
    names = [folded(name) for name in table.column_names]
    if date_column(names) is None:
        raise RejectedData(
            where, "neither its index nor a column holds dates", "Give it a DatetimeIndex or a column named date."
        )
    shape, reason = shape_of(names, market)
    if shape != "bars":
        raise RejectedData(where, reason or f"its columns are those of {shape}, not of bars")
    return prices_of(table, market, where, 1, intraday=not DAILY.fullmatch(interval))


def _arrow_table(frame: Streamed, where: str) -> Any:
    if not hasattr(frame, "__arrow_c_stream__"):
        raise RejectedData(
            where, f"{type(frame).__name__} is no frame", "Give a pandas or polars frame, or an Arrow table."
        )
    return pa.table(frame)


def _pandas_table(frame: Any, market: str, where: str) -> Any:
    """Return a pandas frame as Arrow columns, its index first; columns of mixed objects become text, so that a bad cell has a row."""
    index = frame.index.to_timestamp() if hasattr(frame.index, "to_timestamp") else frame.index
    dated = [] if type(index).__name__ == "RangeIndex" else [("date", index)]
    columns = [*dated, *_one_market(frame, market, where)]
    return pa.Table.from_arrays([_arrow_column(column) for _, column in columns], [name for name, _ in columns])


def _one_market(frame: Any, market: str, where: str) -> list[tuple[str, Any]]:
    """Return (name, column) pairs; of two-level columns (price, ticker) those of one ticker."""
    if frame.columns.nlevels == 1:
        return [(str(name), frame.iloc[:, i]) for i, name in enumerate(frame.columns)]
    prices = max(
        range(frame.columns.nlevels),
        key=lambda level: sum(folded(v) == "close" for v in frame.columns.get_level_values(level)),
    )
    tickers = frame.columns.get_level_values(1 - prices)
    wanted = set(tickers) if len(set(tickers)) == 1 else {ticker for ticker in set(tickers) if _means(ticker, market)}
    chosen = [(str(frame.columns[i][prices]), frame.iloc[:, i]) for i, ticker in enumerate(tickers) if ticker in wanted]
    if not chosen:
        raise RejectedData(where, f"it holds {', '.join(map(str, dict.fromkeys(tickers)))}, and none is {market}")
    return chosen


def _means(ticker: object, market: str) -> bool:
    """Whether a column's ticker is the market, as it stands or as people write it (NQ=F is NQ)."""
    if str(ticker) == market:
        return True
    try:
        return symbology.canonical(str(ticker)) == market
    except UnknownName:
        return False


def _arrow_column(column: Any) -> Any:
    if str(column.dtype) == "object":
        return pa.array([None if cell is None or cell != cell else str(cell) for cell in column], pa.string())
    return pa.array(column, from_pandas=True)
