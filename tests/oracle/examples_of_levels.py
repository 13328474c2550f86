"""Claims about prices, averages, lines and trades, with their truth by pandas."""

from __future__ import annotations

import by_hand as hand
import numpy as np
import pandas as pd
from examples import FAILS, HOLDS, OPEN, claim, of, truth

from strategies import shared_frame


@of("level")
def levels():
    for market, day, since in (
        ("SPY", "2022-10-13", "2022-06-01"),
        ("GC", "2023-05-04", "2023-03-15"),
        ("ES", "2024-04-25", "2024-03-01"),
    ):
        rows = hand.frame(market, day).loc[since:]
        low, high = float(rows["low"].min()), float(rows["high"].max())
        yield (
            claim("level", market, day, price=round(low, 2), acted_as="support", since=since),
            truth(_held_as_support(hand.frame(market, day), low, since)),
        )
        yield claim("level", market, day, price=round(high * 1.04, 2), acted_as=["resistance"], since=since), FAILS
        yield claim("resistance", market, day, price=round(low, 2)), FAILS
    rows = hand.frame("IWM", "2021-10-29").loc["2021-02-01":]
    touched = (rows[["open", "high", "low", "close"]].sub(210.0).abs() <= 0.5).any(axis=1).sum()
    yield claim("level", "IWM", "2021-10-29", price=210, touches=f"about {touched}", since="2021-02-01"), HOLDS
    yield claim("level", "DGS10", "2023-10-19", price=5, state="mysterious"), OPEN
    yield claim("level", "QQQ", "2023-10-19", price="350", state="sentient"), OPEN


def _held_as_support(rows: pd.DataFrame, price: float, since: str) -> bool:
    """Whether a session came from above, touched the price, and closed above it."""
    held = (rows["low"] - price).abs().le(1e-9) & (rows["close"] > price) & (rows["close"].shift() > price)
    return bool(held.loc[since:].any())


@of("breakout")
def breakouts():
    for market, day in (("NDX", "2023-05-18"), ("GC", "2024-03-04"), ("HG", "2010-12-07"), ("EURUSD", "2014-09-04")):
        rows = hand.frame(market, day)
        before, now = rows["close"].iloc[-2], rows["close"].iloc[-1]
        level, way = round((before + now) / 2, 4), "up" if now > before else "down"
        yield claim("breakout", market, day, level=level, direction=way), HOLDS
        beyond = rows["low"].iloc[-1] * 0.99 if way == "up" else rows["high"].iloc[-1] * 1.01
        yield claim("breakout", market, day, **{"below" if way == "up" else "above": round(beyond, 4)}), FAILS
    rows = hand.frame("BTCUSD", "2024-02-28").iloc[-2:]
    assert rows["close"].iloc[0] < 60_000 < rows["high"].iloc[1]
    yield claim("breakout", "BTCUSD", "2024-02-28", above="60,000", on="intraday"), HOLDS
    yield claim("breakdown", "BTCUSD", "2024-02-28", level="40,000"), FAILS
    yield claim("breakout", "SPX", "2024-02-28", direction="up"), OPEN


@of("average")
def averages():
    for market, day, n in (
        ("SPX", "2023-10-27", 200),
        ("NDX", "2010-07-01", 50),
        ("CL", "2014-10-02", 100),
        ("DGS10", "2021-08-12", 200),
    ):
        close = hand.closes(market, day)
        mean = close.iloc[-n:].mean()
        yield claim("average", market, day, sma=n, position="above" if close.iloc[-1] > mean else "below"), HOLDS
        yield claim("average", market, day, simple=n, state="below" if close.iloc[-1] > mean else "above"), FAILS
        yield claim("moving_average", market, day, length=f"{n}-day", value=f"about {mean:.4g}"), HOLDS
    close = hand.closes("BTCUSD", "2022-06-30")
    ema = close.ewm(span=21, adjust=False).mean().iloc[-1]
    yield claim("average", "BTCUSD", "2022-06-30", exponential=21, value=f"{ema:.0f}"), HOLDS
    week = hand.weekly("SPX", "2022-05-20").iloc[-200:].mean()
    yield claim("average", "SPX", "2022-05-20", length=200, interval="weekly", value=f"{week:.0f}"), HOLDS
    gap = hand.closes("QQQ", "2022-01-18")
    gap = gap - gap.rolling(100).mean()
    since = gap.iloc[:-1][gap.iloc[:-1] < 0].index[-1]
    assert gap.iloc[-1] < 0
    yield (
        claim("average", "QQQ", "2022-01-18", sma=100, first_close_below_since=str(since.date())),
        truth(since != gap.index[-2]),
    )
    yield claim("average", "QQQ", "2022-01-18", sma=100, first_close_below_since="2019-06-03"), FAILS
    yield claim("average", "SOFR", "2018-06-01", sma=200, position="above"), OPEN
    yield claim("average", "SPX", "2018-06-01", simple=200), OPEN


@of("cross")
def crosses():
    for market, until in (("SPX", "2023-12-29"), ("GLD", "2016-12-30"), ("CL", "2022-12-30"), ("BTCUSD", "2021-12-31")):
        close = hand.closes(market, until)
        gap = close.rolling(50).mean() - close.rolling(200).mean()
        for side, name in ((1, "golden_cross"), (-1, "death_cross")):
            day = gap[(side * gap > 0) & (side * gap.shift() <= 0)].index[-1]
            yield claim(name, market, str(day.date())), HOLDS
            later = gap.index[gap.index.get_loc(day) + 12] if gap.index.get_loc(day) + 12 < len(gap) else None
            if later is not None:
                yield claim("cross", market, str(later.date()), name=name.replace("_", " ")), FAILS
    yield claim("golden_cross", "SOFR", "2018-06-01"), OPEN
    yield claim("cross", "SPX", "2018-06-01", name="moving"), OPEN


@of("gap")
def gaps():
    for market in ("SPY", "QQQ", "TLT", "IWM"):
        rows = hand.frame(market, "2023-12-29").loc["2015-01-01":]
        up = rows["low"] > rows["high"].shift()
        day = rows.index[up][-1]
        size = rows["low"].loc[day] - rows["high"].shift().loc[day]
        yield claim("gap", market, str(day.date()), direction="up", size=f"{size:.2f}"), HOLDS
        yield claim("gap_down", market, str(day.date())), FAILS
        after = rows.loc[day:].iloc[:40]
        filled = bool((after["low"] <= rows["high"].shift().loc[day]).any())
        yield (
            claim("gap", market, str(after.index[-1].date()), session=str(day.date()), direction="up", filled=filled),
            HOLDS,
        )
        yield (
            claim(
                "gap", market, str(after.index[-1].date()), session=str(day.date()), direction="up", filled=not filled
            ),
            FAILS,
        )
    yield claim("gap", "DGS10", "2023-03-13", direction="down"), OPEN
    yield claim("gap", "NQ", "2024-12-23", direction="up"), OPEN  # a new contract


@of("fibonacci")
def fibonaccis():
    legs = (
        ("SPX", "2022-08-16", "2022-01-04", "2022-06-17"),
        ("NDX", "2012-06-15", "2012-04-03", "2012-06-04"),
        ("GLD", "2020-11-30", "2020-03-19", "2020-08-06"),
    )
    for market, day, first, last in legs:
        rows = hand.frame(market, day)
        ends = [rows["high"].loc[first], rows["low"].loc[last]]
        if rows["high"].loc[last] > rows["low"].loc[first]:
            ends = (
                [rows["low"].loc[first], rows["high"].loc[last]]
                if rows["close"].loc[last] > rows["close"].loc[first]
                else ends
            )
        price = ends[1] - 0.618 * (ends[1] - ends[0])
        given = {"from": f"{ends[0]:.4f}", "to": f"{ends[1]:.4f}"}
        yield claim("fibonacci", market, day, **given, ratio=0.618, price=f"{price:.2f}"), HOLDS
        yield (
            claim(
                "fib", market, day, **given, retracement="61.8%", level=f"{ends[1] - 0.45 * (ends[1] - ends[0]):.2f}"
            ),
            FAILS,
        )
        yield (
            claim("fibonacci", market, day, **{"from": first, "to": last}, ratio="50%", price=f"{sum(ends) / 2:.2f}"),
            HOLDS,
        )
    yield claim("fibonacci", "SPX", "2022-08-16", **{"from": 4818.62, "to": 3636.87}, ratio=0.618), OPEN


@of("floor_pivots")
def pivots():
    for market, day in (("ES", "2024-08-05"), ("CL", "2008-07-11"), ("EURUSD", "2015-01-22"), ("NQ", "2024-01-19")):
        high, low, close = hand.frame(market, day)[["high", "low", "close"]].iloc[-1]
        p = (high + low + close) / 3
        yield (
            claim("floor_pivots", market, day, pivot=f"{p:.4f}", r1=f"{2 * p - low:.4f}", s2=f"{p - (high - low):.4f}"),
            HOLDS,
        )
        yield claim("pivot_points", market, day, s1=f"{2 * p - high - 0.5 * (high - low):.4f}"), FAILS
        yield claim("fibonacci_pivots", market, day, r1=f"{p + 0.382 * (high - low):.4f}"), HOLDS
        yield claim("fibonacci pivots", market, day, r2=f"{p + 0.9 * (high - low):.4f}"), FAILS
    yield claim("floor_pivots", "DGS10", "2024-08-05", pivot=3.8), OPEN


@of("rejection")
def rejections():
    for market, day in (("GC", "2023-05-05"), ("NQ", "2024-07-11"), ("SPX", "2022-08-19"), ("RTY", "2025-01-17")):
        rows = hand.frame(market, day).iloc[-5:]
        price = round(float(rows["high"].nlargest(2).iloc[1] * 0.9995), 1)
        n = _rejected(rows, price)
        verdict = HOLDS if n >= 2 else "near_miss" if n == 1 else FAILS
        yield claim("rejection", market, day, above=price, by="upper shadows"), verdict
        yield claim("rejection", market, day, above=round(float(rows["high"].max() * 1.02), 1)), FAILS
        if n:
            yield claim("rejection", market, day, above=price, sessions=n, within="5 sessions"), HOLDS
    yield claim("rejection", "DXY", "2023-05-05", above=102), OPEN
    yield claim("rejection", "NQ", "2023-05-05", by="upper shadows"), OPEN


def _rejected(rows: pd.DataFrame, price: float) -> int:
    """Count sessions that traded above a price, closed at or below it, and left a quarter of their range as upper shadow."""
    shadow = (rows["high"] - rows[["open", "close"]].max(axis=1)) / (rows["high"] - rows["low"])
    return int(((rows["high"] > price) & (rows["close"] <= price) & (shadow >= 0.25)).sum())


@of("setup")
def setups():
    for market, day, sign, risk, gain in (
        ("GC", "2024-03-04", 1, 60, 30),
        ("EURUSD", "2022-02-24", -1, 0.03, 0.01),
        ("QQQ", "2022-08-16", 1, 8, 30),
        ("BTCUSD", "2022-06-08", 1, 1500, 9000),
        ("TLT", "2022-09-01", -1, 6, 4),
        ("SPY", "2008-09-12", 1, 5, 12),
    ):
        rows = shared_frame(market)
        entry = rows["close"].loc[day]
        stop, target = entry - sign * risk, entry + sign * gain
        ahead = rows.loc[day:].iloc[1:21]
        hit_stop = ahead.index[(ahead["low"] <= stop) if sign > 0 else (ahead["high"] >= stop)]
        hit_goal = ahead.index[(ahead["high"] >= target) if sign > 0 else (ahead["low"] <= target)]
        first_stop, first_goal = (hits[0] if len(hits) else pd.Timestamp.max for hits in (hit_stop, hit_goal))
        verdict = OPEN if first_stop == first_goal else truth(first_goal < first_stop)
        says = {"entry": f"{entry - sign * entry * 1e-6:.6f}", "stop": f"{stop:.4f}", "targets": [f"{target:.4f}"]}
        yield claim("setup", market, day, side="long" if sign > 0 else "short", **says), verdict
    yield claim("setup", "SPY", "2024-03-04", side="long", entry=500, stop=520, targets=[540]), FAILS
    yield claim("setup", "SPY", "2024-03-04", side="long", entry="when it feels right", stop=500, targets=[540]), OPEN


@of("trendline")
def trendlines():
    for market, day, first, second in (
        ("RTY", "2025-01-17", "2024-11-25", "2024-12-09"),
        ("SPX", "2022-08-16", "2022-01-04", "2022-03-29"),
        ("GLD", "2022-10-04", "2022-03-08", "2022-04-18"),
    ):
        line, rows = _line(market, day, first, second)
        past = rows["close"] > line + 0.1 * _range(market, day)
        value = f"{line.iloc[-1]:.1f}"
        says = {"role": "resistance", "from": first, "through": second}
        yield (
            claim(
                "trendline", market, day, **says, state="broken" if past.any() else "intact", within="1y", value=value
            ),
            HOLDS,
        )
        yield claim("trendline", market, day, **says, state="intact" if past.any() else "broken"), FAILS
        yield (
            claim(
                "trendline",
                market,
                day,
                **says,
                state="broken" if past.any() else "intact",
                value=f"{line.iloc[-1] * 1.05:.1f}",
            ),
            FAILS,
        )
    yield claim("trendline", "DGS10", "2025-01-17", role="resistance"), OPEN


def _line(market: str, day: str, first: str, second: str) -> tuple[pd.Series, pd.DataFrame]:
    """Return the line through two highs at each session from the first of them on, with the bars."""
    rows = hand.frame(market, day).loc[first:]
    at, highs = rows.index.get_loc(second), rows["high"]
    slope = (highs.loc[second] - highs.loc[first]) / at
    return pd.Series(highs.loc[first] + slope * np.arange(len(rows)), index=rows.index), rows


def _range(market: str, day: str) -> float:
    """Return the average true range of fourteen bars, Wilder's."""
    rows = hand.frame(market, day)
    before = rows["close"].shift()
    span = pd.concat(
        [rows["high"] - rows["low"], (rows["high"] - before).abs(), (rows["low"] - before).abs()], axis=1
    ).max(axis=1)
    return float(span.ewm(alpha=1 / 14, adjust=False).mean().iloc[-1])
