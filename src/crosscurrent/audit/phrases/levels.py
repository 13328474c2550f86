"""Phrases about prices: breaks, levels, averages, lines, rejections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crosscurrent.audit.phrases.reading import HEDGED, MONTHS, NUMBER, Reading, clean

__all__ = ["averages", "breakout", "crosses", "fibonacci", "level", "rejection", "this_level", "trendline"]


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
        rf" )?(above|below|through|over|under)\s+(?:the )?(?:(?:key )?(?:support|resistance) (?:at|around|near) )?({NUMBER})",
        s,
        re.IGNORECASE,
    ):
        if not HEDGED.search(s[max(match.start() - 40, 0) : match.start()]):
            down = match[2].lower() in ("below", "under") or match[1].lower() in ("fell", "falling", "slipped")
            yield Reading("breakout", {"level": clean(match[3]), "direction": "down" if down else "up"})


def level(s: str) -> Iterator[Reading]:
    """Read "support at 4,200", "resistance around 2,312.8", "has acted as both support and resistance"."""
    for match in re.finditer(
        rf"\b(support|resistance)\s+(?:is |are |now |comes in |lies |sits |seen |found |stands )*(?:at|around|near)\s+({NUMBER})",
        s,
        re.IGNORECASE,
    ):
        yield Reading("level", {"price": clean(match[2]), "role": match[1].lower()})
    opened = re.search(rf"open the door (?:to|for)\s+({NUMBER})", s, re.IGNORECASE)
    if opened:
        yield Reading("level", {"price": clean(opened[1]), "acted_as": ["resistance"]})


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
            since = re.search(r"first time since\s+([\w\s-]{3,30}?)(?=[.,;]|$)", s, re.IGNORECASE)
            told = {"first_close": side[2].lower(), "since": since[1].strip()} if since else {"state": side[2].lower()}
            yield Reading("average", says | told)


def crosses(s: str) -> Iterator[Reading]:
    """Read "a golden cross has formed"."""
    match = re.search(r"\b(golden|death) cross\b", s, re.IGNORECASE)
    if match and not HEDGED.search(s):
        yield Reading("cross", {"name": f"{match[1].lower()} cross", "within": "1w"})


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
            {"below" if below else "above": clean(match[2]), "by": "lower shadows" if below else "upper shadows"},
        )


def fibonacci(s: str) -> Iterator[Reading]:
    """Read "the 61.8% Fibonacci retracement of the rally from 0.9536 to 1.1276 (at 1.02)"."""
    match = re.search(
        rf"({NUMBER})\s*%\s+(?:fib\w*\s+)?(retracement|extension)\s+of\s+(?:the\s+)?[\w\s'’-]{{0,40}}?\bfrom\s+({NUMBER})\s+to\s+({NUMBER})(?:[^.0-9]{{0,20}}?\bat\s+({NUMBER}))?",
        s, re.IGNORECASE,
    )  # fmt: skip
    if match:
        says = {
            "from": clean(match[3]),
            "to": clean(match[4]),
            "ratio": f"{clean(match[1])}%",
            "method": match[2].lower(),
        }
        tested = {"state": "tested"} if re.search(r"test|held|bounc|reject", s, re.IGNORECASE) else {}
        yield Reading("fibonacci", says | ({"price": clean(match[5])} if match[5] else tested))
