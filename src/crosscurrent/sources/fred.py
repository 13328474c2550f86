"""FRED: economic series of the Federal Reserve Bank of St. Louis, by the CSV that its charts offer, without a key.

The endpoint is undocumented, so nothing is taken on trust: the file is read by position, every row must be a day and a figure, and
the last line must be whole. A day without a figure ('.' or nothing) is a holiday, hence no row. Yields of the H.15 release are
published a business day after their label; that lag is told, not simulated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RejectedData, SourceFault, UnknownName
from crosscurrent.sources.columns import Prices, prices_of
from crosscurrent.sources.delimited import layout_of, text_table, typed_table
from crosscurrent.sources.http import Answer, Client
from crosscurrent.sources.source import Gap, Table, as_bars

__all__ = ["Fred", "parse", "request"]

ADDRESS = "https://fred.stlouisfed.org"
SERIES = (
    "DGS1MO", "DGS3MO", "DGS6MO", "DGS1", "DGS2", "DGS3", "DGS5", "DGS7", "DGS10", "DGS20", "DGS30",
    "DFF", "SOFR", "T5YIE", "T10YIE", "DCOILWTICO", "VIXCLS", "NASDAQCOM",
)  # fmt: skip
"""What it is asked for mostly; any other series of FRED is fetched by its own name."""


def request(series: str, base: str = ADDRESS) -> tuple[str, dict[str, str]]:
    """Return the address and parameters of a series."""
    return f"{base}/graph/fredgraph.csv", {"id": series}


def parse(body: bytes, series: str) -> Prices:
    """Return a series from what FRED answered; `SourceFault` names the row and the rule it breaks."""
    where = f"FRED, {series}"
    try:
        layout = layout_of(body[:8192], where)
        if len(layout.names) != 2:
            raise SourceFault(
                "FRED", series, f"a day and a figure a row are expected, there are {len(layout.names)} columns"
            )
        if not body.endswith(b"\n"):
            raise SourceFault("FRED", series, "the answer breaks off in its last line", "Try again.")
        typed = typed_table(body, layout)
        table = text_table(body, layout, where) if typed is None else typed
        return prices_of(table.rename_columns(["date", "close"]), series, where, 2)
    except SourceFault:
        raise
    except RejectedData as fault:
        raise SourceFault(
            "FRED", series, fault.sentence.removeprefix(f"{where}: ").removeprefix(f"{where}, ").removesuffix(".")
        ) from None


@dataclass(slots=True)
class Fred:
    """FRED as a source.

    Parameters
    ----------
    now
        The present moment, UTC, by which a row in the future is known; by default the moment the provider says it answered.
    client, base
        How and whom to ask; tests ask a server of their own.
    """

    now: np.datetime64 | None = None
    client: Client = field(default_factory=lambda: Client("FRED"))
    base: str = ADDRESS
    notes: tuple[Gap, ...] = ()
    _asked: dict[str, Bars] = field(default_factory=dict, repr=False)

    name = "FRED"
    may_be_republished = False

    def markets(self) -> tuple[str, ...]:
        """Return the series it is mostly asked for; any other can be named too."""
        return tuple(sorted(SERIES))

    def bars(self, market: str, interval: str = "1d") -> Bars:
        """Return a series as close-only bars; `SourceFault` or `MissingData` when FRED gave none."""
        if interval != "1d":
            raise UnknownName(f"interval of {market}", interval, ["1d"])
        if market not in self._asked:
            self._asked[market] = self._ask(market)
        return self._asked[market]

    def _ask(self, market: str) -> Bars:
        answer = self.client.get(*request(market, self.base), market)
        prices = parse(answer.body, market)
        self._refuse_the_future(prices, answer, market)
        return as_bars(market, prices, "1d", f"FRED, {market}")

    def _refuse_the_future(self, prices: Prices, answer: Answer, market: str) -> None:
        now = answer.moment if self.now is None else self.now
        if now is None:
            raise SourceFault("FRED", market, "the answer bears no date, so rows in the future could not be told")
        if prices.session[-1] > now.astype("datetime64[D]"):
            raise SourceFault(
                "FRED",
                market,
                f"its row of {prices.session[-1]} lies in the future (it is {now.astype('datetime64[D]')})",
            )

    def tables(self, shape: str) -> tuple[Table, ...]:
        """Return nothing: FRED has series alone."""
        return ()
