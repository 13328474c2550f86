"""Build the sample's Treasury curve from a table of par yields, and the text that says where it comes from.

    python scripts/build_sample.py treasury_curves.csv src/crosscurrent/sources/data

The table is the one the zipline-reloaded distribution carries: one row a day, eleven maturities, shares of one. The figures are
the US Treasury's; the distribution is only how they reach us. Hundredths of a per cent are whole numbers, so they are kept as such.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

NAMES = {
    "1month": "DGS1MO", "3month": "DGS3MO", "6month": "DGS6MO", "1year": "DGS1", "2year": "DGS2", "3year": "DGS3",
    "5year": "DGS5", "7year": "DGS7", "10year": "DGS10", "20year": "DGS20", "30year": "DGS30",
}  # fmt: skip


def curve(path: Path) -> pd.DataFrame:
    """Return the table in hundredths of a per cent, days as its index."""
    table = pd.read_csv(path)
    days = pd.to_datetime(table.pop("Time Period").str[:10])
    hundredths = (table.rename(columns=NAMES)[list(NAMES.values())] * 10_000).round().astype("Int16")
    return hundredths.set_index(pd.DatetimeIndex(days, name="date"))


def write(table: pd.DataFrame, origin: Path, folder: Path) -> None:
    """Write the Parquet file and the text beside it."""
    columns = {"date": pa.array(table.index.date, pa.date32())}
    columns |= {name: pa.array(table[name], pa.int16(), from_pandas=True) for name in table.columns}
    target = folder / "treasury_curve.parquet"
    pq.write_table(
        pa.table(columns),
        target,
        compression="zstd",
        compression_level=19,
        use_dictionary=False,
        column_encoding=dict.fromkeys(columns, "DELTA_BINARY_PACKED"),
        store_schema=False,
        write_statistics=False,
    )
    spans = "\n".join(
        f'{name} = "{s.index[0].date()} to {s.index[-1].date()}, {len(s)} days"'
        for name, s in ((n, table[n].dropna()) for n in table)
    )
    (folder / "treasury_curve.toml").write_text(f'''# Where treasury_curve.parquet comes from. Written by scripts/build_sample.py.
title = "US Treasury par yields, constant maturity, daily"
origin = "US Department of the Treasury, Daily Treasury Par Yield Curve Rates"
licence = "public domain: a work of the United States Government (17 U.S.C. 105)"
obtained = "zipline/resources/market_data/treasury_curves.csv of the zipline-reloaded 3.2.1 distribution"
obtained_sha256 = "{hashlib.sha256(origin.read_bytes()).hexdigest()}"
file = "{target.name}"
sha256 = "{hashlib.sha256(target.read_bytes()).hexdigest()}"
unit = "hundredths of a per cent, bond-equivalent (two coupons a year)"
checked = """Against the Federal Reserve's H.15 series DGS10 over the whole span: the same days, and the same figures but for one
(1991-01-29: 8.05 here, 8.03 there)."""

[spans]
{spans}
''')  # fmt: skip


if __name__ == "__main__":
    source, destination = map(Path, sys.argv[1:3])
    write(curve(source), source, destination)
