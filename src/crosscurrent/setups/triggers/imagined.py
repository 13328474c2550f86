"""An imagined next bar: what the market would look like after one more close."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from crosscurrent.bars.bars import Bars

__all__ = ["with_close"]

DAY = np.timedelta64(1, "D")


def with_close(bars: Bars, close: float) -> Bars:
    """Return the bars and one more that opens at the last close and trades no further than from there to its own.

    `close` is a price of the bars' own basis. Its session is labelled a day after the last, its volume is unknown, and it rolls
    nothing.
    """
    last = float(bars.close[-1])
    new = {
        "open": last, "high": max(last, close), "low": min(last, close), "close": close, "volume": np.nan, "rolled": False,
        "session": bars.session[-1] + DAY, "closed_at": bars.closed_at[-1] + DAY, "shift": bars.shift[-1],
    }  # fmt: skip
    columns: dict[str, Any] = {name: np.append(getattr(bars, name), value) for name, value in new.items()}
    return replace(bars, **{name: column.astype(getattr(bars, name).dtype) for name, column in columns.items()})
