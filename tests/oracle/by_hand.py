"""Indicators and statistics of the shared data by pandas alone, written from their textbook definitions and from none of the code under test."""

from __future__ import annotations

import numpy as np
import pandas as pd

from strategies import shared_frame


def frame(market: str, until: str) -> pd.DataFrame:
    """Return a market's rows until a day."""
    return shared_frame(market).loc[:until]


def closes(market: str, until: str) -> pd.Series:
    return frame(market, until)["close"].dropna()


def weekly(market: str, until: str) -> pd.Series:
    """Return the last close of each week ending Friday."""
    return closes(market, until).resample("W-FRI").last().dropna()


def rsi(close: pd.Series, n: int = 14) -> pd.Series:
    """Wilder's: averages of gains and losses that forget one part in n a bar, begun with the mean of the first n."""
    moved = close.diff().iloc[1:]

    def smooth(parts: pd.Series) -> pd.Series:
        seeded = pd.concat([pd.Series([parts.iloc[:n].mean()]), parts.iloc[n:]])
        return pd.Series(seeded.ewm(alpha=1 / n, adjust=False).mean().to_numpy(), index=parts.index[n - 1 :])

    gains, losses = smooth(moved.clip(lower=0)), smooth(-moved.clip(upper=0))
    return 100 - 100 / (1 + gains / losses)


def macd(close: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Appel's: the 12-bar less the 26-bar exponential average, and its own 9-bar one."""
    line = close.ewm(span=12, adjust=False).mean() - close.ewm(span=26, adjust=False).mean()
    return line, line.ewm(span=9, adjust=False).mean()


def stochastic(rows: pd.DataFrame, n: int = 14) -> tuple[pd.Series, pd.Series]:
    """Lane's slow one: %K of n bars smoothed over three, %D its mean of three."""
    low, high = rows["low"].rolling(n).min(), rows["high"].rolling(n).max()
    k = (100 * (rows["close"] - low) / (high - low)).rolling(3).mean()
    return k, k.rolling(3).mean()


def adx(rows: pd.DataFrame, n: int = 14) -> tuple[float, float, float]:
    """Wilder's ADX, +DI and -DI at the last row."""
    up, down = rows["high"].diff(), -rows["low"].diff()
    plus, minus = up.where((up > down) & (up > 0), 0.0), down.where((down > up) & (down > 0), 0.0)
    before = rows["close"].shift()
    span = pd.concat(
        [rows["high"] - rows["low"], (rows["high"] - before).abs(), (rows["low"] - before).abs()], axis=1
    ).max(axis=1)
    smooth = [part.iloc[1:].ewm(alpha=1 / n, adjust=False).mean() for part in (plus, minus, span)]
    p, m = 100 * smooth[0] / smooth[2], 100 * smooth[1] / smooth[2]
    trend = (100 * (p - m).abs() / (p + m)).ewm(alpha=1 / n, adjust=False).mean()
    return float(trend.iloc[-1]), float(p.iloc[-1]), float(m.iloc[-1])


def bands(close: pd.Series, n: int = 20, k: float = 2.0) -> tuple[float, float, float]:
    """Bollinger's: lower, middle, upper, deviations of the population."""
    last = close.iloc[-n:]
    return tuple(float(last.mean() + side * k * last.std(ddof=0)) for side in (-1, 0, 1))


def sar(rows: pd.DataFrame, step: float = 0.02, most: float = 0.2) -> pd.Series:
    """Wilder's parabolic stop, bar by bar; true where it lies below the price."""
    high, low = rows["high"].to_numpy(), rows["low"].to_numpy()
    rising, af, extreme, stop = True, step, high[0], low[0]
    values = [np.nan]
    for k in range(1, len(rows)):
        stop += af * (extreme - stop)
        two = (k - 1, max(k - 2, 0))
        stop = min(stop, *low[[*two]]) if rising else max(stop, *high[[*two]])
        if (rising and low[k] <= stop) or (not rising and high[k] >= stop):
            rising, stop, af = not rising, extreme, step
            extreme = high[k] if rising else low[k]
            stop = min(stop, low[k], low[k - 1]) if rising else max(stop, high[k], high[k - 1])
        elif (rising and high[k] > extreme) or (not rising and low[k] < extreme):
            extreme, af = (high[k] if rising else low[k]), min(af + step, most)
        values.append(stop)
    return pd.Series(values, index=rows.index)


def last_as_high(values: pd.Series, side: int = 1) -> pd.Timestamp | None:
    """Return the last earlier day whose value was at least as high (low for side -1) as the latest."""
    before = values.iloc[:-1]
    found = before[side * before >= side * values.iloc[-1] - 1e-9]
    return None if found.empty else found.index[-1]


def run(close: pd.Series) -> int:
    """Return the signed length of the run of moves one way that the last move belongs to."""
    ways = np.sign(close.diff().dropna())
    same = (ways[::-1] == ways.iloc[-1]).cummin().sum()
    return int(same * ways.iloc[-1])
