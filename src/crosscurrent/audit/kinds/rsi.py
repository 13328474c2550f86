"""RSI (Wilder): its value, its state, its extremes, the line of its own that it broke."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, first_that_fits, plain_number, said_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.readings import fold_state, highest_of, moved_to_state, on_both_bases, placed
from crosscurrent.audit.says import Fields, Length, Number, Quote, Says, Words
from crosscurrent.audit.spoken import days_in
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.indicators.momentum import rsi

__all__ = ["RSI"]

LATELY = 5
LOOSE = np.timedelta64(2, "D")
"""How far outside the days named a line's anchor may lie."""
BOUNDS = {
    "overbought": (70.0, 1),
    "oversold": (30.0, -1),
    "bullish": (50.0, 1),
    "bearish": (50.0, -1),
    "positive": (50.0, 1),
    "negative": (50.0, -1),
}
DULL = "True, and unremarkable: a line on RSI mostly breaks with the price that it is made of."


class RsiSays(Says):
    """RSI (Wilder): its length, value, state (overbought, above 50), or the line of its own that it broke, drawn since when."""

    length: Length | None = None
    value: Number | None = None
    state: Words | None = None
    broke: Words | None = None
    since: Quote | None = None
    within: Quote = "5d"
    highest_since: Quote | None = None
    lowest_since: Quote | None = None


def judge(case: Case, says: RsiSays) -> Iterator[Part]:
    """Yield the verdicts on RSI."""
    n = int(says.length.value) if says.length else 14
    values = rsi(case.traded.close, n)
    if not len(values) or not np.isfinite(values[-1]):
        yield undecidable(f"There are only {len(values)} bars; RSI is not defined", code="no_data")
        return
    now, told = float(values[-1]), f"Wilder's RSI of {n} closes of {case.market}, {case.session}"
    yield from said_of(_parts(case, says, n, values), f"RSI is {plain_number(now)}.", {"rsi": now}, definition=told)


def _parts(case: Case, says: RsiSays, n: int, values: np.ndarray) -> Iterator[Part]:
    if says.value is not None:
        yield first_that_fits(says.value, on_both_bases(case, lambda bars: rsi(bars.close, n)), "RSI", name="rsi")
    if says.state:
        yield placed(says.state, values, BOUNDS, "RSI")
    for side, since in ((1, says.highest_since), (-1, says.lowest_since)):
        if since:
            yield highest_of(case, values, side, since, "RSI")
    if says.broke:
        yield _broke(case, says)


def _broke(case: Case, says: RsiSays) -> Part:
    """Judge the break of a line drawn on RSI itself, falling or rising, with an anchor in the days named."""
    falls = not re.search(r"uptrend|rising|support|ascending", says.broke or "")
    word, first = "falling" if falls else "rising", case.since(says.within, LATELY)
    span = case.when(says.since) if says.since else None
    found = [
        f for f in case.facts("rsi_trendline_break", since=first) if f.direction == ("bullish" if falls else "bearish")
    ]
    fitting = [
        f
        for f in found
        if f.readings.get("rule") == f"a {word} line"
        and (span is None or any(span.start - LOOSE <= a.session <= span.end + LOOSE for a in f.anchors))
    ]
    if not found:
        return fails(f"RSI broke no {word} line since {dated(first)}", {"break_on": None}, code="no_break")
    fact = (fitting or found)[-1]
    anchors, on = " and ".join(dated(a.session) for a in fact.anchors[:2]), dated(fact.session)
    if not fitting:
        told = f"RSI broke a line on {on}, drawn through {anchors}, not one as said"
        return near_miss(told, {"break_on": on}, code="other_line")
    return holds(
        f"RSI broke its {word} line through {anchors} on {on}", {"break_on": on, "line": fact.readings.get("rsi")}, remark=DULL,
        definition=f"lines through swings of RSI itself, broken by its close, {fact.basis} prices",
        marks=case.look("rsi_trendline_break").marks(fact),
    )  # fmt: skip


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read a length in the kind's own name (`rsi_14`), and "highest since March" in place of a value."""
    since = re.fullmatch(r"(highest|lowest) since (.+)", spelling(fields.get("value", fields.get("state", ""))).lower())
    if since:
        return {k: v for k, v in fields.items() if k not in ("value", "state")} | {f"{since[1]}_since": since[2]}
    length = re.search(r"\d+", spoken)
    return ({"length": length[0]} if length else {}) | moved_to_state(fields, "value")


def _worded(text: str) -> Fields:
    """Read "at 71", "broke its downtrend from mid-December", "overbought", "highest since March"."""
    tidy = text.lower()
    since = days_in(text)
    if re.search(r"brok|break", tidy) and "trend" in tidy:
        return {"broke": tidy} | ({"since": since} if since else {})
    if since and re.search(r"highest|lowest", tidy):
        return {"highest_since" if "highest" in tidy else "lowest_since": since}
    at = re.fullmatch(r"(?:.*\b(?:at|of|near|around|is|reads)\s+)?(\d{1,2}(?:\.\d+)?)[.!]?", tidy)
    return {"value": at[1]} if at else {"state": tidy}


RSI = ClaimKind(
    "rsi",
    RsiSays,
    judge,
    bare="value",
    worded=_worded,
    prepared=_prepared,
    folded=lambda key, value: fold_state(key, value, "overbought", "oversold", "bullish", "bearish"),
    subject=("length",),
    aliases="relative_strength_index rsi_14 relative_strength wilder_rsi rsi_9 rsi_7 rsi_2 rsi_trendline_break rsi_trendline",
    names={
        "length": "period periods n",
        "value": "reading level at rsi",
        "state": "is status condition direction zone",
        "broke": "broken break line trend",
        "since": "from",
        "within": "window over",
    },
)
