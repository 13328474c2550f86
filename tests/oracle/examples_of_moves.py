"""Claims about moves, closes, pairs and what is priced in, with their truth by pandas."""

from __future__ import annotations

import by_hand as hand
import numpy as np
import pandas as pd
from examples import FAILS, HOLDS, OPEN, claim, of, truth

from strategies import SHARED


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
