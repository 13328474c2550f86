"""The stock phrases of market notes, each a small function from a sentence to what it seems to say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["NUMBER", "PHRASES", "Reading", "setup_tail", "this_level"]

NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?(?:'[0-9]+)?"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
CANDLES = (
    "shooting star|evening star|morning star|bullish engulfing|bearish engulfing|hammer|hanging man|inverted hammer|doji|spinning top|"
    "bullish harami|bearish harami|dark cloud|piercing line|piercing pattern|three white soldiers|three black crows|inside day|outside day|"
    "key reversal|marubozu"
)
FORMATIONS = (
    "falling wedge|rising wedge|ascending triangle|descending triangle|symmetrical triangle|bull flag|bear flag|pennant|double top|double bottom|"
    "triple top|triple bottom|inverse head and shoulders|head and shoulders|rectangle"
)
WINDOWS = r"(?P<window>fortnight|(?:\d+|five|ten|twenty) (?:trading )?(?:sessions?|days)|week|month|quarter|year)"
HEDGED = re.compile(r"\b(could|may|might|would|if|should)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase seems to say: a kind with its fields, of one market, of each that is named (`each`), or of two."""

    kind: str
    says: dict[str, Any]
    markets: int = 1
    each: bool = False


def _clean(number: str) -> str:
    return number.strip().rstrip(".,").replace(",", "")


def correlation(s: str) -> Iterator[Reading]:
    """Read "correlation ... over the past fortnight, sitting at 0.89"."""
    if not re.search(r"correlat", s, re.IGNORECASE):
        return
    value = re.search(r"(?:at|of|is|was|score of|reading of|coefficient of)\s+(-?0?\.[0-9]+|-?1\.0+|-?[0-9]{1,2}%)", s)
    window = re.search(rf"(?:past|last|over|previous)\s+(?:the past |the last )?{WINDOWS}", s, re.IGNORECASE)
    if value:
        yield Reading("correlation", {"value": value[1], **({"window": window["window"]} if window else {})}, markets=2)


def superlative(s: str) -> Iterator[Reading]:
    """Read "the largest declines in months" and "the strongest performance since the election"."""
    size = re.search(
        r"\b(largest|biggest|sharpest|steepest)\s+(?:(weekly|daily|monthly)\s+)?(declines?|falls?|drops?|gains?|rises?|rally|advance|loss(?:es)?)\s+(in|since)\s+([\w\s-]{3,30}?)(?=[.,;]|$|"
        r" across| on | as | amid)",
        s,
        re.IGNORECASE,
    )
    over = (
        "1mo"
        if re.search(r"month(ly|'s) (change|gain|decline)", s)
        else "1w"
        if re.search(r"week", s, re.IGNORECASE)
        else "1d"
    )
    if size:
        key = "largest_in" if size[4].lower() == "in" else "since"
        given = {"weekly": "1w", "daily": "1d", "monthly": "1mo"}.get((size[2] or "").lower(), over)
        word = "decline" if re.match(r"decl|fall|drop|loss", size[3], re.IGNORECASE) else "gain"
        yield Reading("superlative", {"change": word, "over": given, key: size[5].strip()}, each=True)
    best = re.search(
        r"\b(best|strongest|worst|weakest)\s+(performance|week|day|month|session)?\s*(?:performance"
        r" )?since\s+(?:the\s+)?([\w\s-]{3,40}?)(?= last week| this week|[.,;]|$)",
        s,
        re.IGNORECASE,
    )
    if best:
        word = "gain" if best[1].lower() in ("best", "strongest") else "decline"
        period = {"day": "1d", "session": "1d", "month": "1mo"}.get((best[2] or "").lower(), over)
        yield Reading("superlative", {"change": word, "over": period, "since": best[3].strip()}, each=True)


def change(s: str) -> Iterator[Reading]:
    """Read "fell 16 basis points last week" and "gained 2.9%"."""
    for match in re.finditer(
        r"\b(fell|dropped|declined|lost|slid|rose|gained|climbed|added|advanced|jumped|rallied|sank|tumbled|up|down)\s+(?:by\s+)?(about"
        rf" |around |nearly |roughly |more than |some )?({NUMBER})\s*(%|per cent|percent|basis points|bps?)",
        s,
        re.IGNORECASE,
    ):
        down = re.match(r"fell|drop|decl|lost|slid|down|sank|tumbl", match[1], re.IGNORECASE)
        over = (
            "1w" if re.search(r"week", s, re.IGNORECASE) else "1mo" if re.search(r"month", s, re.IGNORECASE) else "1d"
        )
        is_bp = match[4].lower().startswith("b")
        value = f"{match[2] or ''}{_clean(match[3])} {'bp' if is_bp else '%'}"
        yield Reading(
            "yield_change" if is_bp else "percent_change",
            {"change": value, "direction": "down" if down else "up", "over": over},
        )


def breakout(s: str) -> Iterator[Reading]:
    """Read "breakout through downtrend resistance", "broke above 21,480", "pushing above 21,480"."""
    through = re.search(
        r"break(?:out|down)?\s+(?:through|of|above|below)\s+(?:the\s+)?((?:downtrend|uptrend|trendline|range|horizontal)\s*(?:resistance|support)?)",
        s,
        re.IGNORECASE,
    )
    if through and not HEDGED.search(s[: through.start()]) and not re.search(r"decisive|required", s):
        down = "support" in through[1] or "below" in through[0] or "breakdown" in through[0].lower()
        says = {"through": through[1].strip().lower(), "direction": "down" if down else "up"}
        says |= {"within": "1w"} if re.search(r"last week|this week|past week", s, re.IGNORECASE) else {}
        says |= {"volume": "strong"} if re.search(r"strong(er)? volumes?|heavy volumes?", s, re.IGNORECASE) else {}
        yield Reading("breakout", says)
    for match in re.finditer(
        r"\b(pushing|pushed|broke|breaking|closed|closing|moved|climbed|settled|fell|falling|slipped)\s+(?:back"
        rf" )?(above|below|through|over|under)\s+(?:the )?({NUMBER})",
        s,
        re.IGNORECASE,
    ):
        if not HEDGED.search(s[max(match.start() - 40, 0) : match.start()]):
            down = match[2].lower() in ("below", "under") or match[1].lower() in ("fell", "falling", "slipped")
            yield Reading("breakout", {"level": _clean(match[3]), "direction": "down" if down else "up"})


def level(s: str) -> Iterator[Reading]:
    """Read "support at 4,200", "resistance around 2,312.8", "has acted as both support and resistance"."""
    for match in re.finditer(
        rf"\b(support|resistance)\s+(?:is |comes in |lies |sits |seen |found )?(?:at|around|near)\s+({NUMBER})",
        s,
        re.IGNORECASE,
    ):
        yield Reading("level", {"price": _clean(match[2]), "role": match[1].lower()})
    opened = re.search(rf"open the door (?:to|for)\s+({NUMBER})", s, re.IGNORECASE)
    if opened:
        yield Reading("level", {"price": _clean(opened[1]), "acted_as": ["resistance"]})


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
                "candle", {"name": name, "state": "potential", f"completes_{price[1].lower()}": _clean(price[2])}
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


def this_level(s: str) -> dict[str, Any] | None:
    """Read "this level has seen significant price action since late 2024" and "that level has acted as both support and resistance"."""
    if not re.search(r"\b(?:this|that|the same) (?:level|price|area)\b", s, re.IGNORECASE):
        return None
    acted = re.search(
        r"acted as (?:both )?([\w ]*?(?:support|resistance)[\w ]*?)(?= recently|[,.;]|$)", s, re.IGNORECASE
    )
    if acted:
        return {"acted_as": re.findall(r"support|resistance", acted[1].lower())}
    seen = re.search(
        r"(?:price action|traffic|work|touches|tests)\b[^.]{0,20}\bsince\s+([\w\s-]+?)(?=[,.;]|$)", s, re.IGNORECASE
    )
    return {"touched_since": seen[1].strip()} if seen else None


def setup_tail(s: str) -> dict[str, Any]:
    """Read "upside targets include 21,875 and 22,111" and "a reversal below the 50-day moving average would invalidate"."""
    found: dict[str, Any] = {}
    targets = re.search(r"\btargets?\b\s+(?:include|are|at|of|sits? at)\s+(.+)", s, re.IGNORECASE)
    if targets:
        prices = [_clean(p) for p in re.findall(NUMBER, targets[1]) if len(_clean(p)) > 2]
        found |= {"targets": prices} if prices else {}
    ends = re.search(
        rf"(below|above)\s+(?:the\s+)?({NUMBER}(?:-day moving average|-day"
        r" average)?)\s+would\s+(?:invalidate|negate)",
        s,
        re.IGNORECASE,
    )
    if ends:
        found[f"invalid_{ends[1].lower()}"] = _clean(ends[2]) if not ends[2].endswith("average") else ends[2]
    return found


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
        yield Reading("rsi", {"value": _clean(value[2]), **({"length": value[1]} if value[1] else {})})
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


def averages(s: str) -> Iterator[Reading]:
    """Read "rebounding off the 200-day average", "below the 50-day", "the 50-day moving average, respected often in recent times"."""
    for match in re.finditer(
        r"\b(\d{2,3})[- ](day|week)(?:\s+(simple|exponential))?(?:\s+(?:moving\s+)?(?:average|MA|SMA|EMA))",
        s,
        re.IGNORECASE,
    ):
        says: dict[str, Any] = (
            {"simple": match[1]} if (match[3] or "").lower() != "exponential" else {"exponential": match[1]}
        )
        says |= {"interval": "1w"} if match[2].lower() == "week" else {}
        before, after = s[max(match.start() - 45, 0) : match.start()], s[match.end() : match.end() + 60]
        if re.search(r"(rebound|bounc)\w*[^.]{0,30}(off|from)\s+(its |the )?$", before, re.IGNORECASE):
            yield Reading(
                "average",
                says | {"tested": "rebounded"} | ({"within": "1w"} if re.search(r"week", s, re.IGNORECASE) else {}),
            )
        elif re.match(r",?\s*respected", after, re.IGNORECASE):
            yield Reading("average", says | {"tested": "respected"})
        elif not HEDGED.search(s) and (
            side := re.search(
                r"(closed|clos\w*|trading|held|holding|settled|broke|fell|remains?|stands)[^.]{0,15}\b(above|below)\s+(its"
                r" |the )?$",
                before,
                re.IGNORECASE,
            )
        ):
            yield Reading("average", says | {"state": side[2].lower()})


def crosses(s: str) -> Iterator[Reading]:
    """Read "a golden cross has formed"."""
    match = re.search(r"\b(golden|death) cross\b", s, re.IGNORECASE)
    if match and not HEDGED.search(s):
        yield Reading("cross", {"name": f"{match[1].lower()} cross", "within": "1w"})


def volume(s: str) -> Iterator[Reading]:
    """Read "on strong volumes"; with a breakout the volume is part of that claim."""
    match = re.search(
        r"\bon\s+(strong|heavy|high|light|thin|weak|low|above-average|below-average)\s+volumes?\b", s, re.IGNORECASE
    )
    if match:
        yield Reading("volume", {"state": match[1].lower(), **({"over": "1w"} if re.search(r"week", s) else {})})


def trendline(s: str) -> Iterator[Reading]:
    """Read "retest downtrend resistance established on November 25"."""
    match = re.search(
        r"\b(retest(?:ed|ing)?|test(?:ed|ing)?|held|broke)\w*\s+(?:the\s+)?(downtrend|uptrend)\s*(resistance|support)?(?:[^.]{0,25}?(?:established|drawn|starting|dating|from)\s+(?:on\s+|from\s+|back"
        rf" to\s+)?((?:{MONTHS})\s+\d{{1,2}}))?",
        s,
    )
    if not match or (not match[4] and match[1].startswith("retest") is False):
        return
    if not match[4]:
        return
    state = "retested" if "test" in match[1] else "intact" if match[1] == "held" else "broken"
    role = match[3] or ("resistance" if match[2] == "downtrend" else "support")
    yield Reading("trendline", {"role": role, "direction": match[2], "from": match[4], "state": state})


def rejection(s: str) -> Iterator[Reading]:
    """Read "sellers entrenched above 2,300 as evidenced by the sizeable topside wicks"."""
    match = re.search(
        rf"(above|below|at|around)\s+({NUMBER})[^.]{{0,60}}?\b(topside|upper|upside|downside|lower)?\s*(wicks?|shadows?|tails?)\b",
        s,
        re.IGNORECASE,
    )
    if match:
        below = (match[3] or "").lower() in ("downside", "lower") or match[1].lower() == "below"
        yield Reading(
            "rejection",
            {"below" if below else "above": _clean(match[2]), "by": "lower shadows" if below else "upper shadows"},
        )


def setup(s: str) -> Iterator[Reading]:
    """Read "buy above 21,480 with a protective stop below"."""
    match = re.search(rf"\b(buy|sell|longs?|shorts?)\b[^.]{{0,40}}?\b(above|below)\s+({NUMBER})", s, re.IGNORECASE)
    if match and re.search(r"stop|setup|target", s, re.IGNORECASE):
        side = "long" if match[1].lower().startswith(("buy", "long")) else "short"
        stop = re.search(rf"stop\w*\s+(?:loss\s+)?(?:at|below|above)\s+({NUMBER})", s, re.IGNORECASE)
        yield Reading(
            "setup",
            {
                "side": side,
                f"entry_{match[2].lower()}": _clean(match[3]),
                **({"stop": _clean(stop[1])} if stop else {}),
            },
        )


def divergence(s: str) -> Iterator[Reading]:
    """Read "a bearish divergence with RSI"."""
    match = re.search(r"\b(hidden )?(bullish|bearish) (?:RSI |momentum )?divergence", s, re.IGNORECASE)
    if match and not HEDGED.search(s):
        yield Reading("divergence", {"direction": f"{match[1] or ''}{match[2]}".lower()})


def streak(s: str) -> Iterator[Reading]:
    """Read "a fifth straight gain" and "a four-day losing streak"."""
    match = re.search(r"\b(\w+?)[- ](day|week|session)\s+(winning|losing)\s+(streak|run)", s, re.IGNORECASE)
    if match:
        yield Reading(
            "streak",
            {
                "length": match[1].lower(),
                "direction": match[3].lower(),
                "over": "1w" if match[2].lower() == "week" else "1d",
            },
        )
    match = re.search(
        r"\b(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\s+(?:straight|consecutive)\s+(daily|weekly|monthly)?\s*(gain|rise|advance|decline|fall|loss|drop)",
        s,
        re.IGNORECASE,
    )
    if match:
        over = {"weekly": "1w", "monthly": "1mo"}.get((match[2] or "").lower(), "1d")
        yield Reading(
            "streak",
            {
                "length": match[1].lower(),
                "direction": "up" if match[3].lower() in ("gain", "rise", "advance") else "down",
                "over": over,
            },
        )


PHRASES: tuple[Callable[[str], Iterator[Reading]], ...] = (
    correlation,
    superlative,
    change,
    breakout,
    level,
    candle,
    pattern,
    momentum,
    averages,
    crosses,
    volume,
    trendline,
    rejection,
    setup,
    divergence,
    streak,
)
