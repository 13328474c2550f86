"""Phrases about moves: correlations, changes, superlatives, streaks, what is priced in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscurrent.audit.phrases.reading import NUMBER, WINDOWS, Reading, clean
from crosscurrent.audit.tolerance import WORDS

__all__ = ["change", "correlation", "curve", "distance", "extreme", "policy", "streak", "superlative", "volume"]


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
        r"\b(fell|dropped|declined|lost|slid|slipped|eased|shed|plunged|rose|gained|climbed|added|advanced|jumped|rallied|surged|soared|sank|tumbled|up|down)\s+(?:by\s+)?(about"
        rf" |around |nearly |roughly |more than |some )?({NUMBER})\s*(%|per cent|percent|basis points|bps?)",
        s,
        re.IGNORECASE,
    ):
        down = re.match(r"fell|drop|decl|lost|slid|slip|ease|shed|plung|down|sank|tumbl", match[1], re.IGNORECASE)
        over = (
            "1w" if re.search(r"week", s, re.IGNORECASE) else "1mo" if re.search(r"month", s, re.IGNORECASE) else "1d"
        )
        is_bp = match[4].lower().startswith("b")
        value = f"{match[2] or ''}{clean(match[3])} {'bp' if is_bp else '%'}"
        yield Reading(
            "yield_change" if is_bp else "percent_change",
            {"change": value, "direction": "down" if down else "up", "over": over},
        )


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


def volume(s: str) -> Iterator[Reading]:
    """Read "on strong volumes"; with a breakout the volume is part of that claim."""
    match = re.search(
        r"\bon\s+(strong|heavy|high|light|thin|weak|low|above-average|below-average)\s+volumes?\b", s, re.IGNORECASE
    )
    if match:
        yield Reading("volume", {"state": match[1].lower(), **({"over": "1w"} if re.search(r"week", s) else {})})


def extreme(s: str) -> Iterator[Reading]:
    """Read "its highest close since August" and "closed at a record high"."""
    match = re.search(
        r"\b(highest|lowest)\s+(?:(daily|weekly|monthly)\s+)?(close|closing level|level|settlement|price|yield)?\s*"
        r"(since|in)\s+([\w\s]{3,30}?)(?=[.,;]|$)",
        s, re.IGNORECASE,
    )  # fmt: skip
    if match:
        what = f"{match[1].lower()} {'close' if (match[3] or 'close').lower() != 'price' else 'price'}"
        yield Reading(
            "superlative", {"extreme": what, "since" if match[4].lower() == "since" else "largest_in": match[5].strip()}
        )
    record = re.search(
        r"\b(?:closed|finished|settled|ended)\b[^.]{0,30}\brecord (?:closing )?(high|low)", s, re.IGNORECASE
    )
    if record:
        yield Reading(
            "superlative",
            {"extreme": f"{'highest' if record[1].lower() == 'high' else 'lowest'} close", "since": "record"},
        )


def distance(s: str) -> Iterator[Reading]:
    """Read "12% below its record high"."""
    match = re.search(
        rf"({NUMBER})\s*(?:%|per cent|percent)\s+(?:below|off|from|under)\s+(?:its|the|a)?\s*((?:record|all-time|52-week)[\w -]*?(?:high|close))",
        s,
        re.IGNORECASE,
    )
    if match:
        yield Reading("distance", {"of": match[2].lower(), "percent": f"{clean(match[1])}%"})


def curve(s: str) -> Iterator[Reading]:
    """Read "the 2s10s curve steepened 12 bp on the week and stands at 34 bp"."""
    match = re.search(r"\b(\d{1,2}s\d{1,2}s)\b", s)
    if not match:
        return
    moved = re.search(
        rf"\b(steepened|flattened|widened|narrowed)\s+(?:by\s+)?({NUMBER})\s*(?:bps?|basis points)", s, re.IGNORECASE
    )
    if moved:
        over = "1w" if "week" in s.lower() else "1mo" if "month" in s.lower() else "1d"
        yield Reading(
            "spread", {"direction": moved[1].lower(), "change": f"{clean(moved[2])} bp", "over": over}, pair=match[1]
        )
    stands = re.search(
        rf"\b(?:stands|sits|now|trades|is)\s+at\s+(-?{NUMBER})\s*(?:bps?|basis points)", s, re.IGNORECASE
    )
    if stands:
        yield Reading("spread", {"value": f"{clean(stands[1])} bp"}, pair=match[1])


def policy(s: str) -> Iterator[Reading]:
    """Read "pricing in two rate cuts by December" and "a 71% chance of a hike in May"."""
    cuts = re.search(
        r"\bpric(?:e|es|ed|ing)\s+(?:in\s+)?(?:about |around |nearly |roughly |more than )?([\w.]+)\s+"
        r"(bps?|basis points|(?:rate )?cuts?)\b(?:\s+of \w+)?"
        r"(?:\s+(?:by|until|in|for)\s+((?:the end of )?[\w ]+?))?(?=[.,;]|$)", s, re.IGNORECASE,
    )  # fmt: skip
    if cuts and (re.search(r"\d", cuts[1]) or cuts[1].lower() in WORDS):
        unit = " bp" if cuts[2].lower().startswith("b") else ""
        yield Reading(
            "policy_path",
            {"cuts": f"{cuts[1].lower()}{unit}"} | ({"by": cuts[3].strip()} if cuts[3] else {}),
            markets=0,
        )
    odds = re.search(
        rf"({NUMBER}\s*%)\s+(?:chance|probability|odds)\s+of\s+(?:an?\s+)?(?:rate\s+)?(cut|hike|hold|pause)"
        r"(?:\s+(?:in|at|on)\s+(?:the\s+)?([A-Z][\w ]+?))?(?=[.,;]|$)",
        s,
    )
    if odds:
        yield Reading(
            "policy_path",
            {"probability": odds[1], "outcome": odds[2]} | ({"meeting": odds[3]} if odds[3] else {}),
            markets=0,
        )
