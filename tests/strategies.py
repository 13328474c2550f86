"""Bars for tests: drawn by hand, by chance, or read from the shared data by pandas alone (never by the code under test)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crosscurrent.bars.bars import Bars
from crosscurrent.markets.instrument import Instrument
from crosscurrent.units import Notation

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared market data are not on this machine")

TOY = Instrument("TOY", "Toy", "generic", "price", Notation(tick=0.01), "GENERIC")


def bars_of(
    open, high, low, close, volume=None, *, instrument=TOY, start="2020-01-01", market="TOY", is_close_only=False
) -> Bars:
    """Return daily bars of these columns on consecutive weekdays."""
    close = np.asarray(close, float)
    n = len(close)
    session = (
        np.busday_offset(np.datetime64(start, "D"), np.arange(n), roll="forward") if n else np.empty(0, "datetime64[D]")
    )
    return Bars(
        market, instrument, "1d", "traded", session, session.astype("datetime64[s]") + np.timedelta64(22, "h"),
        np.asarray(open, float).copy(), np.asarray(high, float).copy(), np.asarray(low, float).copy(), close.copy(),
        np.full(n, np.nan) if volume is None else np.asarray(volume, float).copy(),
        np.zeros(n), np.zeros(n, bool), is_close_only=is_close_only,
    )  # fmt: skip


def path_bars(path, *, wick=0.25, seed=0, **more) -> Bars:
    """Return bars whose closes follow a path, each opening at the last close, with shadows of about `wick`."""
    rng = np.random.default_rng(seed)
    close = np.asarray(path, float)
    open_ = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(open_, close) + wick * rng.random(len(close))
    low = np.minimum(open_, close) - wick * rng.random(len(close))
    return bars_of(open_, high, low, close, 1e5 * (0.8 + 0.4 * rng.random(len(close))), **more)


def write_csv(where: Path, market: str, bars: Bars) -> None:
    """Write bars as the file of a market."""
    columns = (bars.session, bars.open, bars.high, bars.low, bars.close, bars.volume)
    rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    (where / f"{market}.csv").write_text("\n".join(["date,open,high,low,close,volume", *rows]) + "\n")


def random_bars(seed: int, n: int = 600, *, volatility: float = 0.01, inner: int = 16, **more) -> Bars:
    """Return a random walk's bars with honest highs and lows: each bar is `inner` steps of one geometric walk, with small gaps."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((n, inner)) * volatility / np.sqrt(inner)
    gaps = rng.standard_normal(n) * volatility * 0.15
    log = np.log(100.0) + np.cumsum(np.column_stack([gaps, steps]).ravel()).reshape(n, inner + 1)
    paths = np.exp(log)
    volume = 1e5 * np.exp(0.3 * rng.standard_normal(n))
    return bars_of(paths[:, 0], paths.max(1), paths.min(1), paths[:, -1], volume, **more)


@lru_cache(maxsize=64)
def shared_frame(market: str) -> pd.DataFrame:
    """Return one file of the shared data as pandas reads it."""
    return pd.read_csv(SHARED / f"{market}.csv", parse_dates=["date"], index_col="date")


def shared_bars(market: str, until: str | None = None) -> Bars:
    """Return one file of the shared data as traded bars, straight from pandas."""
    frame = shared_frame(market).loc[:until]
    close_only = bool(frame["open"].isna().any())
    columns = [frame["close"] if close_only else frame[c] for c in ("open", "high", "low", "close")]
    session = frame.index.to_numpy().astype("datetime64[D]")
    n = len(session)
    return Bars(
        market, TOY, "1d", "traded", session, session.astype("datetime64[s]") + np.timedelta64(22, "h"),
        *(c.to_numpy(float).copy() for c in columns), frame["volume"].to_numpy(float).copy(), np.zeros(n), np.zeros(n, bool),
        is_close_only=close_only,
    )  # fmt: skip
