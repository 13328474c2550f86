"""Rejections: shadows beyond a price in several sessions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.spoken import prices_in
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.facts.marks import Band

__all__ = ["REJECTION"]

SHADOW = 0.25
"""A shadow that rejects is at least this share of its bar's range."""
WITHIN = 5


class RejectionSays(Says):
    """A rejection above (or below) a price: in how many of the last sessions, by shadows."""

    above: Quote | None = None
    below: Quote | None = None
    by: Words | None = None
    sessions: Number | None = None
    within: Quote | None = None


def judge(case: Case, says: RejectionSays) -> Iterator[Part]:
    """Yield the verdict on a rejection."""
    raw, bars = says.above or says.below, case.traded
    if raw is None:
        yield undecidable("The claim names no price that was rejected.", code="says_nothing")
        return
    price = case.price(raw).value
    if bars.is_close_only:
        yield undecidable(f"{case.market} has closes alone: no shadow can be read", code="no_data")
        return
    asked = int(says.sessions.value) if says.sessions else 0
    seen = bars.slice(int(np.searchsorted(bars.session, case.since(says.within, max(WITHIN, asked)))), len(bars))
    word, side = ("above", 1.0) if says.above else ("below", -1.0)
    yield _judged(case, says, seen, price, word, side)


def _judged(case: Case, says: RejectionSays, seen: Bars, price: float, word: str, side: float) -> Part:
    beyond, shadow = _beyond(seen, price, side)
    rejected = beyond & (shadow >= SHADOW)
    n, shown = int(rejected.sum()), case.show(price)
    days = ", ".join(dated(d) for d in seen.session[rejected])
    said = (
        f"{n} session{'s' if n != 1 else ''} rejected {word} {shown}{f' ({days})' if days else ''}; "
        f"{int(beyond.sum())} traded there and closed back"
    )
    told = f"sessions of {case.market} that traded {word} {shown}, closed back, and left a shadow of at least {SHADOW:.0%} of the range"
    measured: Measured = {
        "sessions": float(n),
        "traded_beyond": float(beyond.sum()),
        "largest_shadow": float(shadow.max()) if len(shadow) else None,
    }
    make, code, more = _weighed(n, says)
    mark = Band(seen.session[0], price, price, "level", f"claimed level {shown}") if len(seen) else None
    definition = f"{told}; {seen.session[0]} to {seen.session[-1]}" if len(seen) else told
    return make(f"{said}{more}", measured, code=code, definition=definition, tolerance=says.sessions.told() if says.sessions else "",
                marks=(mark,) if mark else ())  # fmt: skip


def _weighed(n: int, says: RejectionSays) -> tuple[Callable[..., Part], str, str]:
    """Return the verdict that so many sessions deserve: as many as claimed at least, or two where the claim names no number."""
    if says.sessions is None:
        return (holds if n >= 2 else near_miss if n == 1 else fails), "" if n >= 2 else "never_tested", ""
    if says.sessions.fits(float(n)) or n >= says.sessions.value:
        return holds, "", f", claimed {says.sessions.text}"
    is_near = n > 0 and says.sessions.value - n <= 1
    return (near_miss if is_near else fails), "near_value" if is_near else "other_value", f", not {says.sessions.text}"


def _beyond(bars: Bars, price: float, side: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which sessions traded beyond a price and closed back, and how large the shadow on that side is in each bar's range."""
    extreme = bars.high if side > 0 else bars.low
    inner = np.maximum(bars.open, bars.close) if side > 0 else np.minimum(bars.open, bars.close)
    shadow = side * (extreme - inner) / np.maximum(bars.high - bars.low, 1e-12)
    return (side * (extreme - price) > 0) & (side * (bars.close - price) <= 0), shadow


def _folded(key: str, value: object) -> Fields:
    return {"by": str(value)} if key in ("side", "direction", "way", "shadow", "tails") else {}


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Turn a bare price into one that was rejected from above where the words speak of lower shadows, buyers or support."""
    by = f"{fields.get('by', '')} {spoken}".lower()
    if (
        "below" not in fields
        and "above" in fields
        and re.search(r"\b(lower|downside|bullish|buy\w*|support|below|bottom\w*|down)\b", by)
    ):
        return {k: v for k, v in fields.items() if k != "above"} | {"below": fields["above"]}
    return fields


def _worded(text: str) -> Fields:
    prices = prices_in(text)
    return {"above": prices[0], "by": text[:200]} if prices else {}


REJECTION = ClaimKind(
    "rejection",
    RejectionSays,
    judge,
    bare="above",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("above", "below"),
    aliases="rejected rejections wicks upper_shadows shadows topside_wicks sellers price_rejection lower_shadows long_wicks upper_wicks lower_wicks",
    names={
        "above": "price level at from zone",
        "within": "over window since",
        "sessions": "count bars days times touches number",
        "by": "shadows wicks through",
        "below": "under",
    },
)
