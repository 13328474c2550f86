"""Each kind of claim on real data: true, false and undecidable ones, whose truth pandas computes from the files, never the code under test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import by_hand as hand
import numpy as np
import pandas as pd
import pytest

from crosscurrent.audit.auditing import judge_all
from crosscurrent.audit.bench import Bench
from crosscurrent.audit.claims import read_claims
from crosscurrent.audit.document import document_of
from crosscurrent.audit.kinds import CLAIM_KINDS
from crosscurrent.sources import open_source
from strategies import SHARED, needs_shared, shared_frame

pytestmark = [needs_shared, pytest.mark.xdist_group("audit")]
Example = tuple[dict, str]
HOLDS, FAILS, OPEN = "holds", "fails", "undecidable"
EXAMPLES: dict[str, Callable[[], Iterator[Example]]] = {}


def of(kind: str):
    """Register the examples of a kind."""

    def register(function: Callable[[], Iterator[Example]]) -> Callable[[], Iterator[Example]]:
        EXAMPLES[kind] = function
        return function

    return register


def claim(kind: str, market: str | list[str], day: str, **says) -> dict:
    return {"kind": kind, "markets": market, "as_of": day, "says": says}


def truth(is_so: bool) -> str:
    return HOLDS if is_so else FAILS


@cache
def bench() -> Bench:
    return Bench(open_source(str(SHARED)))


@of("correlation")
def correlations():
    for a, b, day, n in (
        ("SPX", "NDX", "2003-06-13", 30),
        ("GLD", "TLT", "2016-07-08", 20),
        ("XLF", "DGS10", "2022-11-10", 15),
    ):
        both = pd.concat([hand.closes(a, day), hand.closes(b, day)], axis=1, join="inner").iloc[-n:]
        r = float(both.corr().iloc[0, 1])
        yield claim("correlation", [a, b], day, value=f"{r:.2f}", window=n, of="levels"), HOLDS
        yield (
            claim("correlation", [a, b], day, r=f"{r - 0.4 * np.sign(r):.2f}", over=f"{n} sessions", measure="levels"),
            FAILS,
        )
    moved = pd.concat([hand.closes(m, "2024-08-05").pct_change() for m in ("SPX", "VIX")], axis=1, join="inner").iloc[
        -20:
    ]
    yield (
        claim(
            "correlation",
            "SPX vs VIX",
            "2024-08-05",
            coefficient=f"{moved.corr().iloc[0, 1]:.2f}",
            window="20 days",
            of="returns",
        ),
        HOLDS,
    )
    yield claim("correlation", ["SPX", "VIX"], "2024-08-05", sign="positive", strength="strong", window=20), FAILS
    yield claim("correlation", ["SPX", "SOFR"], "2010-03-05", value=0.5), OPEN


@of("yield_change")
def yield_changes():
    for market, day, n in (("DGS2", "2023-03-13", 1), ("DGS10", "2008-11-20", 5), ("DGS30", "2013-07-05", 1)):
        close = hand.closes(market, day)
        moved = round(100 * (close.iloc[-1] - close.iloc[-1 - n]))
        yield claim("yield_change", market, day, change=f"{moved:+d} bp", over=f"{n} sessions"), HOLDS
        yield claim("yield change", market, day, bp=moved + 20, window=f"{n}d"), FAILS
    week = hand.weekly("DGS10", "2025-01-17").diff().iloc[-1] * 100
    yield claim("yield_change", "US 10-year yield", "2025-01-17", decline=f"{-week:.0f}", over="1w", unit="bp"), HOLDS
    yield claim("yield_change", "DGS10", "2025-01-17", change="rose 16 basis points", over="1w"), FAILS
    yield claim("yield_change", "ZN", "2025-01-17", change="-16 bp", over="1w"), OPEN


@of("percent_change")
def percent_changes():
    for market, day in (("SPX", "2008-10-13"), ("CL", "2015-08-27"), ("BTCUSD", "2021-05-19"), ("GC", "2013-04-15")):
        moved = 100 * hand.closes(market, day).pct_change().iloc[-1]
        yield claim("percent_change", market, day, change=f"{moved:+.1f}%"), HOLDS
        yield claim("pct_change", market, day, value=f"{moved / 2:+.1f}", over="day"), FAILS
    close = hand.closes("QQQ", "2022-12-30")
    year = 100 * (close.iloc[-1] / close.loc[:"2021-12-31"].iloc[-1] - 1)
    yield claim("return", "QQQ", "2022-12-30", loss=f"{-year:.0f}%", over="ytd"), HOLDS
    yield claim("percent_change", "CL", "2020-04-21", change="+100%"), OPEN  # from below zero
    yield claim("percent_change", "RTY", "2016-01-04", change="1%"), OPEN


@of("superlative")
def superlatives():
    for market, day, side in (("SPX", "2020-03-24", 1), ("DGS10", "2009-03-18", -1), ("GLD", "2013-04-15", -1)):
        close = hand.closes(market, day)
        moved = close.diff() * 100 if market.startswith("DGS") else close.pct_change() * 100
        since = hand.last_as_high(moved, side)
        word = "gain" if side > 0 else "decline"
        later = str((since + pd.Timedelta(days=400)).date()) if since is not None else None
        record = {"since": "record"} if since is None else {"since": str(since.date())}
        yield claim("superlative", market, day, change=word, over="1d", **record), HOLDS
        earlier = str((close.index[0] if since is None else since - pd.Timedelta(days=400)).date())
        wrong = {"change": "gain" if side < 0 else "decline"} if since is None else {"change": word}
        yield claim("superlative", market, day, over="1d", since=earlier, **wrong), FAILS
        assert later is None or later > str(since.date())
    for market, day, side in (("VIX", "2024-08-05", 1), ("CL", "2016-01-20", -1), ("DGS2", "2022-09-20", 1)):
        since = hand.last_as_high(hand.closes(market, day), side)
        what = f"{'highest' if side > 0 else 'lowest'}_close_since"
        yield claim("superlative", market, day, **{what: str(since.date())}), HOLDS
        yield claim("superlative", market, day, **{what: str((since - pd.Timedelta(days=300)).date())}), FAILS
    week = hand.weekly("RUT", "2025-01-17").pct_change()
    since = hand.last_as_high(week)
    yield claim("superlative", "RUT", "2025-01-17", change="weekly gain", best_since=str(since.date())), HOLDS
    yield claim("superlative", "GLD", "2024-10-30", extreme="highest close", since="1980"), OPEN
    yield claim("superlative", "SPX", "2025-01-17", change="gain", over="1w"), OPEN


@of("streak")
def streaks():
    for market, day in (
        ("SPX", "2023-11-08"),
        ("QQQ", "2009-07-23"),
        ("EURUSD", "2005-05-16"),
        ("DGS10", "2010-05-20"),
    ):
        n = hand.run(hand.closes(market, day))
        way = "up" if n > 0 else "down"
        yield claim("streak", market, day, length=abs(n), direction=way), HOLDS
        yield claim("streak", market, day, days=abs(n) + 6, direction=way), FAILS
        yield claim("streak", market, day, length=abs(n), direction="losing" if n > 0 else "winning"), FAILS
    weeks = hand.run(hand.weekly("SPX", "2022-05-20"))
    yield claim("streak", "S&P 500", "2022-05-20", length="seven", direction="down", unit="weeks"), truth(weeks == -7)
    yield claim("streak", "SPX", "2022-05-20", over="fortnight", length=2, direction="down"), OPEN
    yield claim("streak", "SOFR", "2017-01-03", length=2), OPEN


@of("price")
def prices():
    for market, day in (("CL", "2020-04-20"), ("USDJPY", "2011-03-17"), ("NG", "2022-08-22"), ("DGS10", "2020-03-09")):
        row = hand.frame(market, day).iloc[-1]
        yield claim("price", market, day, close=f"{row['close']:.2f}"), HOLDS
        yield claim("price", market, day, settled=f"{row['close'] + 0.06 * abs(row['close']):.2f}"), FAILS
    high = hand.frame("BTCUSD", "2024-03-05")["high"].iloc[-1]
    yield claim("price", "BTCUSD", "2024-03-05", high=f"about {high:,.0f}"), HOLDS
    yield claim("price", "DGS10", "2020-03-09", high=0.6), OPEN


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


@of("candle")
def candles():
    for market in ("SPY", "NQ", "GC"):
        rows = hand.frame(market, "2024-12-31").loc["2018-01-01":]
        before = rows.shift()
        outside = (rows["high"] > before["high"]) & (rows["low"] < before["low"])
        inside = (rows["high"] < before["high"]) & (rows["low"] > before["low"])
        far = outside & (inside.rolling(6).sum() == 0)
        yield claim("candle", market, str(rows.index[inside][-1].date()), name="inside day"), HOLDS
        yield claim("candle", market, str(rows.index[far][-1].date()), name="inside day"), FAILS
        white = (rows["close"] - rows["open"]) / (rows["high"] - rows["low"]) > 0.8
        yield claim("candlestick", market, str(rows.index[white][-1].date()), candle="doji"), FAILS
    body = hand.frame("QQQ", "2022-10-13").iloc[-2:]
    engulfs = body["open"].iloc[1] < body["close"].iloc[0] < body["open"].iloc[0] < body["close"].iloc[1]
    yield claim("candle", "QQQ", "2022-10-13", name="bullish engulfing"), truth(engulfs)
    yield claim("candle", "EURUSD", "2023-07-18", name="doji"), OPEN
    yield claim("candle", "SPX", "2023-07-18", name="dojji"), OPEN


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


@of("rsi")
def rsis():
    for market, day in (("SPX", "2022-06-16"), ("GC", "2020-08-06"), ("CL", "2008-12-19"), ("TLT", "2023-10-04")):
        value = hand.rsi(hand.closes(market, day)).iloc[-1]
        yield claim("rsi", market, day, length=14, value=f"{value:.1f}"), HOLDS
        yield claim("rsi", market, day, period=14, reading=round(value + 12)), FAILS
        yield claim("rsi", market, day, above=50), truth(value > 50)
        yield claim("rsi", market, day, **{"oversold" if value < 50 else "overbought": True}), _zone(value)
    yield claim("rsi", "SOFR", "2018-04-05", value=50), OPEN
    yield claim("rsi", "SPX", "2018-04-05", state="thoughtful"), OPEN


def _zone(value: float) -> str:
    """Return what is true of "oversold" or "overbought"; within a point of the bound it is a near miss."""
    beyond = max(30 - value, value - 70)
    return HOLDS if beyond > 0 else "near_miss" if beyond > -1 else FAILS


@of("macd")
def macds():
    for market, day in (("SPX", "2023-11-02"), ("NDX", "2022-08-19"), ("GLD", "2020-08-11"), ("EURUSD", "2008-07-28")):
        line, signal = hand.macd(hand.closes(market, day))
        gap = line - signal
        side = "above" if gap.iloc[-1] > 0 else "below"
        other = "below" if side == "above" else "above"
        yield claim("macd", market, day, state=f"{side} its signal line"), HOLDS
        yield claim("macd", market, day, state=f"{other} signal"), FAILS
        yield claim("macd", market, day, histogram=f"{gap.iloc[-1]:.3g}"), HOLDS
        yield claim("macd", market, day, state="above zero" if line.iloc[-1] < 0 else "below zero"), FAILS
        crossed = np.sign(gap.iloc[-1]) != np.sign(gap.iloc[-2])
        if crossed:
            yield claim("macd_signal_cross", market, day, state=f"crossed {side}"), HOLDS
    yield claim("macd", "SPX", "2023-11-02", state="blue"), OPEN
    yield claim("macd", "SOFR", "2018-04-20", state="above zero"), OPEN


@of("stochastic")
def stochastics():
    for market, day in (("SPX", "2024-03-28"), ("NQ", "2022-09-30"), ("SI", "2011-04-25"), ("USDJPY", "2007-08-16")):
        k, d = hand.stochastic(hand.frame(market, day))
        yield claim("stochastic", market, day, k=f"{k.iloc[-1]:.1f}", d=f"{d.iloc[-1]:.1f}", length=14), HOLDS
        yield claim("stochastic", market, day, length=14, k=f"{abs(k.iloc[-1] - 30):.1f}"), FAILS
        state = "overbought" if k.iloc[-1] < 50 else "oversold"
        yield claim("stochastics", market, day, state=state), FAILS
        yield claim("stochastic", market, day, above=50), truth(k.iloc[-1] > 50)
    yield claim("stochastic", "DGS10", "2024-03-28", state="overbought"), OPEN


@of("adx")
def adxs():
    for market, day in (("USDJPY", "2022-04-20"), ("SPX", "2017-10-20"), ("CL", "2014-12-15"), ("GC", "2018-07-19")):
        value, plus, minus = hand.adx(hand.frame(market, day))
        yield claim("adx", market, day, value=f"{value:.0f}"), HOLDS
        yield claim("adx", market, day, value=f"below {value / 2:.0f}"), FAILS
        yield claim("adx", market, day, state="+DI leads" if plus > minus else "-DI leads"), HOLDS
        yield claim("adx", market, day, state="bearish" if plus > minus else "bullish"), FAILS
    yield claim("adx", "DGS10", "2014-12-15", value=30), OPEN


@of("bollinger")
def bollingers():
    for market, day in (
        ("SPX", "2022-06-13"),
        ("GLD", "2024-03-05"),
        ("DGS10", "2023-10-03"),
        ("BTCUSD", "2020-12-17"),
    ):
        close = hand.closes(market, day)
        lower, _, upper = hand.bands(close)
        yield claim("bollinger", market, day, upper=f"{upper:.2f}", lower=f"{lower:.2f}"), HOLDS
        yield claim("bollinger", market, day, state="inside the bands"), truth(lower <= close.iloc[-1] <= upper)
        beyond = "closed above upper band" if close.iloc[-1] > upper else "closed below lower band"
        yield claim("bollinger bands", market, day, state=beyond), truth(not lower <= close.iloc[-1] <= upper)
        yield claim("bollinger", market, day, upper=f"{upper * 1.05:.2f}"), FAILS
    yield claim("bollinger", "SPX", "2022-06-13", state="musical"), OPEN


@of("sar")
def sars():
    for market, day in (("SPX", "2023-08-15"), ("GC", "2024-02-20"), ("CL", "2022-03-18"), ("EURUSD", "2017-05-05")):
        rows = hand.frame(market, day)
        stop = hand.sar(rows)
        below = stop.iloc[-1] < rows["low"].iloc[-1]
        yield claim("parabolic_sar", market, day, state="below price" if below else "above price"), HOLDS
        yield claim("sar", market, day, side="bearish" if below else "bullish"), FAILS
        yield claim("sar", market, day, value=f"{stop.iloc[-1]:.4f}"), HOLDS
    yield claim("sar", "DGS10", "2023-08-15", state="above price"), OPEN
    yield claim("sar", "SPX", "2023-08-15", state="hungry"), OPEN


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


@of("spread")
def spreads():
    for a, b, day in (
        ("DGS10", "DGS2", "2023-03-08"),
        ("DGS30", "DGS5", "2010-11-05"),
        ("DGS10", "DGS3MO", "2007-02-27"),
    ):
        both = pd.concat([hand.closes(a, day), hand.closes(b, day)], axis=1, join="inner")
        line = (100 * (both.iloc[:, 0] - both.iloc[:, 1])).round(4)
        yield claim("spread", [a, b], day, value=f"{line.iloc[-1]:.0f} bp"), HOLDS
        yield claim("spread", [a, b], day, value=f"{line.iloc[-1] + 40:.0f} bp"), FAILS
        yield claim("yield_spread", [a, b], day, state="inverted"), truth(line.iloc[-1] < 0)
        yield claim("spread", [a, b], day, change=f"{line.iloc[-1] - line.iloc[-6]:+.0f}", over="5 sessions"), HOLDS
        yield (
            claim("spread", [a, b], day, change=f"{line.iloc[-1] - line.iloc[-6] + 30:+.0f}", over="5 sessions"),
            FAILS,
        )
    yield claim("spread", "2s10s", "2023-03-08", value="-1.07%"), HOLDS
    yield claim("spread", ["DGS10", "SOFR"], "2010-03-08", value=1), OPEN


@of("ratio")
def ratios():
    for a, b, day in (("GC", "SI", "2020-03-18"), ("QQQ", "SPY", "2024-07-10"), ("XLU", "SPY", "2020-09-02")):
        both = pd.concat([hand.closes(a, day), hand.closes(b, day)], axis=1, join="inner")
        line = both.iloc[:, 0] / both.iloc[:, 1]
        yield claim("ratio", [a, b], day, value=f"{line.iloc[-1]:.4g}"), HOLDS
        yield claim("price_ratio", [a, b], day, value=f"{line.iloc[-1] * 1.2:.4g}"), FAILS
        side = 1 if line.iloc[-1] > line.iloc[-60:].median() else -1
        since = hand.last_as_high(line, side)
        word = "highest" if side > 0 else "lowest"
        if since is not None:
            yield claim("ratio", [a, b], day, **{f"{word}_since": str(since.date())}), HOLDS
            yield claim("ratio", [a, b], day, **{f"{word}_since": str((since - pd.Timedelta(days=200)).date())}), FAILS
    yield claim("ratio", "GC/SI", "2020-03-18", highest_since=1985), OPEN


@of("distance")
def distances():
    for market, day in (("SPX", "2022-10-12"), ("NDX", "2002-10-07"), ("BTCUSD", "2022-11-21"), ("RUT", "2023-10-27")):
        rows = hand.frame(market, day)
        off = 100 * (1 - rows["close"].iloc[-1] / rows["high"].max())
        yield claim("distance_from_record", market, day, percent=f"{off:.1f}"), HOLDS
        yield claim("drawdown", market, day, below=f"{off / 2:.0f}%"), FAILS
    closing = 100 * (1 - hand.closes("SPX", "2022-10-12").iloc[-1] / hand.closes("SPX", "2022-10-12").max())
    yield claim("distance", "SPX", "2022-10-12", of="record close", value=f"-{closing:.1f}%"), HOLDS
    yield (
        claim("record_high", "SPX", "2024-07-16"),
        truth(hand.frame("SPX", "2024-07-16")["high"].idxmax() == pd.Timestamp("2024-07-16")),
    )
    yield claim("record_high", "SPX", "2022-10-12"), FAILS
    yield claim("distance", "SPX", "2022-10-12", of="record high"), OPEN


@of("volume")
def volumes():
    for market, day in (("ES", "2020-02-28"), ("SPY", "2011-08-08"), ("TLT", "2020-03-09"), ("QQQ", "2021-12-27")):
        volume = hand.frame(market, day)["volume"]
        ratio = volume.iloc[-1] / volume.iloc[-21:-1].mean()
        state = "strong" if ratio > 1.25 else "light" if ratio < 0.8 else "normal"
        yield claim("volume", market, day, state=state), HOLDS
        yield claim("volume", market, day, state="weak" if ratio > 1 else "heavy"), FAILS
        yield claim("volume", market, day, multiple=f"{ratio:.1f}"), HOLDS
        since = hand.last_as_high(volume)
        if since is not None and since != volume.index[-2]:
            yield claim("volume", market, day, highest_since=str(since.date())), HOLDS
    yield claim("volume", "EURUSD", "2020-02-28", state="strong"), OPEN
    yield claim("volume", "ZN", "2023-03-13", state="strong"), OPEN  # it had moved to the June contract


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


@of("policy_path")
def paths():
    for day, by in (("2025-01-17", "2025-12"), ("2024-09-20", "Dec 2025"), ("2023-10-19", "December 2025")):
        rate, now = hand.closes("FED_DEC25_IMPLIED", day).iloc[-1], hand.closes("DFF", day).iloc[-1]
        yield claim("policy_path", "FED_DEC25_IMPLIED", day, implied_rate=f"{rate:.2f}", by=by), HOLDS
        yield claim("policy_path", "FED_DEC25_IMPLIED", day, cuts=f"{100 * (now - rate):.0f} bp", by=by), HOLDS
        yield claim("cuts_priced_in", "FED_DEC25_IMPLIED", day, cuts_bp=f"{100 * (now - rate) + 60:.0f}", by=by), FAILS
    week = 100 * hand.weekly("FED_DEC25_IMPLIED", "2025-01-17").diff().iloc[-1]
    yield claim("policy_path", "FED_DEC25_IMPLIED", "2025-01-17", change_bp=f"{week:.0f}", over="1w"), HOLDS
    yield (
        claim("meeting_probability", [], "2023-04-07", meeting="2023-05-03", outcome="hike", probability="70.9%"),
        HOLDS,
    )
    yield claim("policy_path", "ZQ", "2023-04-07", meeting="May 2023", hike="40%"), FAILS
    table = shared_frame_of_contracts()
    december = table[(table["contract"] == "ZQZ23") & (table["date"] == "2023-06-30")]["close"].iloc[0]
    yield (
        claim(
            "policy_path", "fed funds futures", "2023-06-30", implied_rate=f"{100 - december:.2f}", by="December 2023"
        ),
        HOLDS,
    )
    yield claim("policy_path", [], "2001-06-29", cuts=2, by="2001-12"), OPEN
    yield claim("policy_path", "FED_DEC25_IMPLIED", "2025-01-17", meeting="January 2030", probability="10%"), OPEN


def shared_frame_of_contracts() -> pd.DataFrame:
    return pd.read_csv(SHARED / "ZQ_contracts.csv")


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


@of("pattern")
def patterns():
    yield claim("pattern", "NQ", "2025-01-17", name="falling wedge", state="confirmed", formed_over="1mo"), HOLDS
    doubles = (
        ("SPX", "double bottom", "2016-01-20", "2016-02-11", "2016-02-25"),
        ("TLT", "double top", "2015-12-11", "2015-12-21", "2015-12-29"),
        ("GLD", "double bottom", "2021-08-10", "2021-09-29", "2021-11-10"),
        ("NDX", "double top", "2022-12-01", "2022-12-13", "2022-12-15"),
    )
    for market, name, first, second, day in doubles:
        neckline, is_first_close = _doubled(market, 1 if "bottom" in name else -1, first, second, day)
        assert is_first_close
        yield claim("pattern", market, day, name=name, neckline=f"{neckline:.2f}"), HOLDS
        yield claim("pattern", market, day, name=name, state="confirmed", neckline=f"{neckline * 1.1:.2f}"), FAILS
    for market, day in _lowest_closes():
        # An upward break needs a close above a line through highs: the lowest close of a hundred sessions is none.
        yield claim("pattern", market, day, name="falling wedge", direction="up", state="confirmed", within="1d"), FAILS
        yield claim("pattern", market, day, name="double bottom", state="confirmed", within="1d"), FAILS
    yield claim("pattern", "DGS10", "2025-01-17", name="falling wedge"), OPEN
    yield claim("pattern", "SPX", "2025-01-17", name="flying saucer"), OPEN


def _doubled(market: str, side: int, first: str, second: str, day: str) -> tuple[float, bool]:
    """Return the neckline between two like extremes, and whether the day's close is the first beyond it since the second."""
    rows = hand.frame(market, day)
    extreme, middle = (rows["low"], rows["high"]) if side > 0 else (rows["high"], rows["low"])
    assert abs(extreme.loc[first] / extreme.loc[second] - 1) < 0.006
    between = side * middle.loc[first:second]
    after = rows["close"].loc[second:].iloc[1:]
    return side * float(between.max()), bool(
        (side * after.iloc[:-1] <= between.max()).all() and side * after.iloc[-1] > between.max()
    )


def _lowest_closes() -> Iterator[tuple[str, str]]:
    for market, day in (("SPX", "2008-11-20"), ("GLD", "2013-06-27"), ("NG", "2016-03-03")):
        close = hand.closes(market, day)
        assert close.iloc[-1] == close.iloc[-100:].min()
        yield market, day


@of("divergence")
def divergences():
    swings = (
        ("SPX", "bearish", "2009-08-07", "2009-08-28", "2009-08-31"),
        ("GLD", "bullish", "2015-11-17", "2015-12-02", "2015-12-04"),
        ("NDX", "bullish", "2012-05-18", "2012-06-04", "2012-06-06"),
        ("TLT", "bearish", "2011-08-10", "2011-08-18", "2011-08-24"),
    )
    for market, word, first, second, day in swings:
        side = 1 if word == "bearish" else -1
        rows, strength = hand.frame(market, day), hand.rsi(hand.closes(market, day))
        price = rows["high" if side > 0 else "low"]
        assert side * (price.loc[second] - price.loc[first]) > 0 > side * (strength.loc[second] - strength.loc[first])
        yield (
            claim("divergence", market, day, type=word, indicator="RSI", cancelled_by=f"{price.loc[second]:.2f}"),
            HOLDS,
        )
        yield claim("rsi_divergence", market, day, direction=word, cancel_price=f"{price.loc[second] * 1.1:.2f}"), FAILS
    for market, day in _lowest_closes():
        # A bearish one needs a swing high above an earlier one, lately: below all of it there is none.
        yield claim("divergence", market, day, type="bearish", indicator="RSI", within="5 sessions"), FAILS
    yield claim("divergence", "SPX", "2022-08-16", direction="bullish", of="on-balance volume"), OPEN
    yield claim("divergence", "DGS10", "2022-08-16", direction="bullish"), OPEN


def judged(examples: list[Example]) -> list:
    return judge_all(read_claims(document_of([claim for claim, _ in examples]), CLAIM_KINDS), bench())


def test_every_kind_has_its_examples():
    assert set(EXAMPLES) == {kind.name for kind in CLAIM_KINDS}


@pytest.mark.parametrize("kind", [k.name for k in CLAIM_KINDS])
def test_verdicts_agree_with_arithmetic(kind):
    examples = list(EXAMPLES[kind]())
    wrong = [
        f"{verdict.verdict} for {wanted}: {given} -- {verdict.reason}"
        for (given, wanted), verdict in zip(examples, judged(examples), strict=True)
        if verdict.verdict != wanted
    ]
    assert not wrong, "\n".join(wrong)
    counted = Counter(wanted for _, wanted in examples)
    assert counted[HOLDS] >= 3, counted
    assert counted[FAILS] >= 3, counted
    assert counted[OPEN] >= 1, counted


def test_the_arithmetic_would_catch_a_wrong_verdict():
    """A claim turned into its opposite is judged otherwise."""
    day = "2022-06-13"
    above, below = (claim("average", "SPX", day, sma=200, position=side) for side in ("above", "below"))
    first, second = judged([(above, ""), (below, "")])
    assert {first.verdict, second.verdict} == {HOLDS, FAILS}
