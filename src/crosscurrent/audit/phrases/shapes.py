"""Phrases about candles, patterns and momentum."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crosscurrent.audit.phrases.reading import HEDGED, NUMBER, Reading, clean

__all__ = ["candle", "divergence", "momentum", "pattern"]

CANDLES = (
    "shooting star|evening star|morning star|bullish engulfing|bearish engulfing|hammer|hanging man|inverted hammer|doji|spinning top|"
    "bullish harami|bearish harami|dark cloud|piercing line|piercing pattern|three white soldiers|three black crows|inside day|outside day|"
    "key reversal|marubozu"
)
FORMATIONS = (
    "falling wedge|rising wedge|ascending triangle|descending triangle|symmetrical triangle|bull flag|bear flag|pennant|double top|double bottom|"
    "triple top|triple bottom|inverse head and shoulders|head and shoulders|rectangle"
)


def candle(s: str) -> Iterator[Reading]:
    """Read "formed a shooting star", "the morning star pattern completed Tuesday", "below 99.07 would complete an evening star"."""
    for match in re.finditer(rf"\b({CANDLES})\b", s, re.IGNORECASE):
        name = match[1].lower()
        price = re.search(
            rf"(?:close |reversal |move |break )?(below|above)\s+({NUMBER})\s+would\s+(?:complete|confirm)",
            s,
            re.IGNORECASE,
        )
        if price and price.end() < match.start() + 30:
            yield Reading(
                "candle", {"name": name, "state": "potential", f"completes_{price[1].lower()}": clean(price[2])}
            )
        elif re.search(
            rf"\b(?:form(?:ed|ing)?|print(?:ed)?|complet(?:ed|ing)|delivered|left|produced|saw|with)\b(?:[\w\s'’-]{{0,30}}){re.escape(match[1])}|{re.escape(match[1])}\s+(?:pattern\s+|candle\s+)?(?:formed|completed|printed|appeared)",
            s,
            re.IGNORECASE,
        ):
            day = re.search(
                rf"\b(Monday|Tuesday|Wednesday|Thursday|Friday)\b[^.]*{re.escape(match[1])}|{re.escape(match[1])}[^.]*?\b(Monday|Tuesday|Wednesday|Thursday|Friday)\b",
                s,
            )
            says: dict[str, Any] = {"name": name, "state": "complete"}
            if day:
                says["within"] = f"since {day[1] or day[2]}"
            yield Reading("candle", says)


def pattern(s: str) -> Iterator[Reading]:
    """Read "broke out of a falling wedge pattern formed over the past month"."""
    match = re.search(
        r"\b(broke(?:n)?(?:"
        rf" out)?|breakout|breaking|completed|forming|formed|within)\b[\w\s]{{0,30}}?\b({FORMATIONS})\b",
        s,
        re.IGNORECASE,
    )
    if not match or HEDGED.search(s[: match.start()]):
        return
    over = re.search(r"formed over the (?:past|last) ([\w\s]+?)(?=[,.;]|$)", s)
    state = "forming" if match[1].lower() in ("forming", "within") else "confirmed"
    yield Reading("pattern", {"name": match[2].lower(), "state": state, **({"formed_over": over[1]} if over else {})})


def momentum(s: str) -> Iterator[Reading]:
    """Read "RSI has broken its downtrend from mid-December", "MACD looks poised to confirm", "RSI at 71"."""
    broke = re.search(
        r"RSI(?:\s*\(\d+\))?\s+(?:has\s+)?(?:broken|broke|breaking)\s+(?:out"
        r" of\s+|above\s+|below\s+)?(?:its|the|a)\s+(downtrend|uptrend)(?:\s+(?:from|since)\s+([\w\s-]+?))?(?=[,.;]|$|"
        r" and)",
        s,
        re.IGNORECASE,
    )
    if broke:
        yield Reading("rsi", {"broke": broke[1].lower(), **({"since": broke[2].strip()} if broke[2] else {})})
    value = re.search(
        rf"RSI(?:\s*\((\d+)\))?\s+(?:is |was |stands |sits |now )*(?:at|of|near|around)\s+({NUMBER})",
        s,
        re.IGNORECASE,
    )
    if value:
        yield Reading("rsi", {"value": clean(value[2]), **({"length": value[1]} if value[1] else {})})
    state = re.search(r"RSI(?:\s*\(\d+\))?[^.]{0,40}?\b(overbought|oversold)\b", s, re.IGNORECASE)
    if state and not HEDGED.search(s):
        yield Reading(
            "rsi", {"state": ("not " if re.search(r"\b(not|isn't|far from)\b", state[0]) else "") + state[1].lower()}
        )
    poised = re.search(
        r"MACD\s+(?:looks|is|appears)?\s*(?:poised|about|set|close|ready|on the"
        r" verge)[^.]*?\b(bullish|bearish|cross\w*\s+(?:above|below))",
        s,
        re.IGNORECASE,
    )
    if poised:
        side = "below" if re.search(r"bearish|below", poised[1], re.IGNORECASE) else "above"
        yield Reading("macd", {"state": f"about to cross {side} its signal line"})
    crossed = re.search(
        r"MACD\s+(?:has\s+)?(?:crossed|crossing)\s+(above|below)\s+(?:its\s+)?(signal|zero)?", s, re.IGNORECASE
    )
    if crossed:
        yield Reading(
            "macd",
            {
                "state": (
                    f"crossed {crossed[1].lower()}"
                    f" {'zero' if (crossed[2] or '').lower() == 'zero' else 'its signal line'}"
                )
            },
        )


def divergence(s: str) -> Iterator[Reading]:
    """Read "a bearish divergence with RSI"."""
    match = re.search(r"\b(hidden )?(bullish|bearish) (?:RSI |momentum )?divergence", s, re.IGNORECASE)
    if match and not HEDGED.search(s):
        yield Reading("divergence", {"direction": f"{match[1] or ''}{match[2]}".lower()})
