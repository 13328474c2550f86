"""FRED: economic series of the Federal Reserve Bank of St. Louis, by the CSV that its charts offer, without a key.

The endpoint is undocumented, so nothing is taken on trust: the file is read by position, every row must be a day and a figure, and
the last line must be whole. A day without a figure ('.' or nothing) is a holiday, hence no row. Yields of the H.15 release are
published a business day after their label; that lag is told, not simulated.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crosscurrent.errors import RejectedData, SourceFault
from crosscurrent.sources.columns import Prices, prices_of
from crosscurrent.sources.delimited import HEAD, layout_of, text_table, typed_table
from crosscurrent.sources.limits import Limit
from crosscurrent.sources.provider import Provider

__all__ = ["Fred", "parse"]

SERIES = (
    "DGS1MO", "DGS3MO", "DGS6MO", "DGS1", "DGS2", "DGS3", "DGS5", "DGS7", "DGS10", "DGS20", "DGS30",
    "DFF", "SOFR", "T5YIE", "T10YIE", "DCOILWTICO", "VIXCLS", "NASDAQCOM",
)  # fmt: skip
"""What it is asked for mostly; any other daily series of FRED is fetched by its own name."""


class Fred(Provider):
    """FRED as a source of close-only series."""

    name = "FRED"
    address = "https://fred.stlouisfed.org"
    at_once = 4
    limits = (Limit(120, 60.0),)

    def markets(self) -> tuple[str, ...]:
        """Return the series it is mostly asked for."""
        return tuple(sorted(SERIES))

    def request(self, market: str) -> tuple[str, dict[str, str]]:
        """Return the address and parameters of a series."""
        return f"{self.base}/graph/fredgraph.csv", {"id": market}

    def parse(self, body: bytes, market: str, now: np.datetime64) -> Prices:
        """Return the series; a row dated after today is refused."""
        prices = parse(body, market)
        today = now.astype("datetime64[D]")
        if prices.session[-1] > today:
            raise SourceFault("FRED", market, f"its row of {prices.session[-1]} lies in the future (it is {today})")
        return prices


def parse(body: bytes, series: str) -> Prices:
    """Return a series from what FRED answered; `SourceFault` names the row and the rule it breaks."""
    try:
        layout = layout_of(body[:HEAD], series)
        if len(layout.names) != 2:
            raise RejectedData(series, f"a day and a figure a row are expected, there are {len(layout.names)} columns")
        if not body.endswith(b"\n"):
            raise RejectedData(series, "the answer breaks off in its last line", "Try again.")
        typed = typed_table(body, layout)
        table = text_table(body, layout, series) if typed is None else typed
        prices = prices_of(table.rename_columns(["date", "close"]), series, series, 2)
    except RejectedData as fault:
        raise SourceFault("FRED", str(fault.fields["where"]), str(fault.fields["rule"])) from None
    return replace(prices, notes=())
