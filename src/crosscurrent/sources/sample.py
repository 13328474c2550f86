"""The packaged sample: two decades of stocks and rates that a fresh machine has by pip alone, offline.

Stocks, volatility and oil come with the `arch` distribution, whose data files are read without importing it (that would cost two
seconds); the Treasury curve is a file of ours. Each file's checksum is verified at every read, because a sample that changed
silently would change every example that rests on it.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from crosscurrent import markets as known
from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.errors import MissingData, RejectedData, UnknownName
from crosscurrent.sources import arrow
from crosscurrent.sources.cells import MISSING
from crosscurrent.sources.columns import Prices, prices_of
from crosscurrent.sources.par_bonds import one_year_forward, par_note_price
from crosscurrent.sources.source import Gap, Table, as_bars, resolve

__all__ = ["CURVE", "Sample", "origins"]

CURVE = ("DGS1MO", "DGS3MO", "DGS6MO", "DGS1", "DGS2", "DGS3", "DGS5", "DGS7", "DGS10", "DGS20", "DGS30")
DATA = Path(__file__).parent / "data"


class Sample:
    """Nasdaq Composite (OHLCV) and S&P 500 closes 1999-2018, the Treasury curve 1990-2017, VIX 2014-2018, WTI 1986-2018.

    Two markets are computed from the curve and say so in their names: `UST10P`, the price of a 6 % ten-year note at the day's par
    yield, and `UST1Y1Y`, the one-year rate one year ahead. Both have closes alone.
    """

    name = "the packaged sample"
    may_be_republished = True
    takes_any_name = False

    @property
    def notes(self) -> tuple[Gap, ...]:
        """What a reader should know about where the series come from."""
        return tuple(Gap(market, str(origin["note"])) for market, origin in origins().items() if "note" in origin)

    def markets(self) -> tuple[str, ...]:
        """Return the names of the markets, sorted."""
        return tuple(sorted((*origins(), *CURVE)))

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a market's whole history."""
        name = resolve(self, market)
        if interval != "1d":
            raise UnknownName(f"interval of {name}", interval, ["1d"])
        origin = origins().get(name, {})
        prices = _from_arch(name, origin) if "file" in origin else self._from_curve(name)
        described = known.described(name, origin["instrument"], "origins.toml") if "instrument" in origin else None
        return as_bars(name, prices, interval, f"{self.name}, {name}", described)

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return nothing: the sample has bars alone."""
        return ()

    @cached_property
    def _curve(self) -> dict[str, np.ndarray[Any, Any]]:
        table = pq.ParquetFile(pa.BufferReader(_curve_file())).read()
        days = arrow.days(table.column("date"))
        # Whole hundredths divided by 100 are the very floats that the printed figures parse to.
        return {"date": days} | {name: arrow.floats(table.column(name)) / 100 for name in CURVE}

    def _from_curve(self, name: str) -> Prices:
        curve = self._curve
        if name == "UST10P":
            return _closes(curve["date"], par_note_price(curve["DGS10"]))
        if name == "UST1Y1Y":
            return _closes(curve["date"], one_year_forward(curve["DGS6MO"], curve["DGS1"], curve["DGS2"]))
        return _closes(curve["date"], curve[name])


@cache
def origins() -> dict[str, dict[str, Any]]:
    """Return where each market that is not a yield comes from: title, file, checksum, columns, note, instrument."""
    return tomllib.loads((DATA / "origins.toml").read_text("utf-8"))


def _closes(session: Sessions, close: Floats) -> Prices:
    """Return a close-only series without the days on which it has no figure."""
    rows = np.flatnonzero(~np.isnan(close))
    unknown = np.full(len(rows), np.nan)
    return Prices(session[rows], unknown, unknown, unknown, close[rows], unknown, rows + 1)


def _curve_file() -> bytes:
    origin: dict[str, Any] = tomllib.loads((DATA / "treasury_curve.toml").read_text("utf-8"))
    data: bytes = (DATA / str(origin["file"])).read_bytes()
    _verify(data, origin["sha256"], f"the packaged sample, {origin['file']}")
    return data


def _from_arch(name: str, origin: dict[str, Any]) -> Prices:
    where = f"the packaged sample, {origin['file']}"
    data = gzip.decompress(_arch_file(origin["file"]).read_bytes())
    _verify(data, origin["sha256"], where)
    columns = [f"-{i}" if name == "-" else name for i, name in enumerate(origin["columns"])]
    kept = [column for column in columns if not column.startswith("-")]
    table = pacsv.read_csv(
        pa.BufferReader(data),
        read_options=pacsv.ReadOptions(column_names=columns, skip_rows=1, use_threads=False),
        convert_options=pacsv.ConvertOptions(
            include_columns=kept,
            column_types=dict.fromkeys(kept, pa.float64()) | {"date": pa.timestamp("s")},
            timestamp_parsers=["%m/%d/%Y"],
            null_values=list(MISSING),
        ),
    )
    return prices_of(table, name, where, 2)


def _arch_file(file: str) -> Path:
    found = importlib.util.find_spec("arch")
    path = Path(found.origin).parent / "data" / file if found and found.origin else None
    if path is None or not path.is_file():
        raise MissingData(
            f"the data file {file}", "the arch distribution", "Install crosscurrent with its dependencies anew."
        )
    return path


def _verify(data: bytes, sha256: str, where: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        rule = f"its sha256 is {found[:12]}..., not {sha256[:12]}...: it is not the file that this version was made for"
        raise RejectedData(where, rule, "Install the distribution anew.")
