"""Claims about candles, patterns and momentum, with their truth by pandas."""

from __future__ import annotations

from collections.abc import Iterator

import by_hand as hand
import numpy as np
from examples import FAILS, HOLDS, OPEN, claim, of, truth


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
