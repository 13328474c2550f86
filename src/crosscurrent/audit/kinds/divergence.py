"""Divergences of price and RSI, with the price that cancels them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Quote, Says, WordList, Words
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.facts.fact import Fact
from crosscurrent.indicators.momentum import rsi

__all__ = ["DIVERGENCE"]

DIVERGENCES = ("bullish_divergence", "bearish_divergence", "hidden_bullish_divergence", "hidden_bearish_divergence")
LATELY = 10
"""Sessions for which a divergence that was seen is still spoken of."""


class DivergenceSays(Says):
    """A divergence: bullish or bearish, hidden or not, of RSI unless said, with the price that cancels it."""

    direction: Words | None = None
    hidden: Words | None = None
    of: WordList = ("rsi",)
    cancels: Quote | None = None
    within: Quote | None = None


def judge(case: Case, says: DivergenceSays) -> Iterator[Part]:
    """Yield the verdict on a divergence."""
    if says.cancels is not None:
        case.price(says.cancels, "price")
    words = says.direction or ""
    if case.traded.is_close_only:
        yield undecidable(f"{case.market} has closes alone: its swings are not known", code="no_data")
        return
    of = " and ".join(says.of)
    if not re.search(r"rsi|momentum|macd|strength", of):
        yield undecidable(
            f"Divergences are judged of price and RSI, with MACD beside; not of {of[:40]!r}", code="not_covered"
        )
        return
    side = (
        "bullish"
        if re.search(r"bull|positive|up", words)
        else "bearish"
        if re.search(r"bear|negative|down", words)
        else ""
    )
    is_hidden = "hidden" in words or (says.hidden or "no") in ("true", "yes", "hidden")
    kinds = tuple(
        f"{'hidden_' if is_hidden else ''}{s}_divergence" for s in ((side,) if side else ("bullish", "bearish"))
    )
    first = case.since(says.within, LATELY) if says.within else case.back(LATELY)
    told = (
        f"{' or '.join(kinds).replace('_', ' ')}: two swings of price and RSI (14) that disagree, told when the"
        f" second swing is confirmed, on prices free of roll gaps; {dated(first)} to {case.session}"
    )
    found = [*case.facts(*kinds, since=first), *(f for f in case.look(*kinds).forming(*kinds) if f.kind in kinds)]
    if not found:
        yield _absent(case, kinds, first, told)
        return
    fact = found[-1]
    if "macd" in of and not fact.readings.get("macd_agrees"):
        yield near_miss(
            f"There is one of RSI on {dated(fact.session)}, but MACD does not agree",
            {"known_on": dated(fact.session)},
            code="other_indicator",
            definition=told,
        )
    else:
        yield _cancelled(case, fact, told) or _there(case, fact, told)
    if says.cancels is not None and "cancel_price" in fact.readings:
        yield compared(
            case.price(says.cancels).figure,
            float(fact.readings["cancel_price"]),
            "The price that cancels it",
            case.show,
            near=0.1 * case.atr,
            definition=told,
            name="cancel_price",
        )


def _cancelled(case: Case, fact: Fact, told: str) -> Part | None:
    """Return a near miss when price and RSI went beyond both of the divergence's swings since: it no longer stands."""
    price, level = fact.readings.get("cancel_price"), fact.readings.get("cancel_rsi")
    if not isinstance(price, float) or not isinstance(level, float) or fact.kind.startswith("hidden"):
        return None
    bars, side = (
        case.adjusted if fact.basis == "adjusted" else case.traded,
        1.0 if fact.kind.startswith("bearish") else -1.0,
    )
    extreme = (bars.high if side > 0 else bars.low) + float(bars.shift[bars.index_of(fact.session)])
    beyond = (side * (extreme - price) > 0) & (side * (rsi(bars.close, 14) - level) > 0) & (bars.session > fact.session)
    if not beyond.any():
        return None
    on = dated(bars.session[beyond][0])
    said = f"There was one, known on {dated(fact.session)}, but price and RSI went beyond it on {on}: it is cancelled"
    return near_miss(said, {"known_on": dated(fact.session), "cancelled_on": on}, code="cancelled", definition=told)


def _there(case: Case, fact: Fact, told: str) -> Part:
    r = fact.readings
    anchors = " and ".join(dated(a.session) for a in fact.anchors[:2])
    said = (
        f"{fact.kind.replace('_', ' ').capitalize()} {'forming' if fact.stage == 'forming' else 'known'} on"
        f" {dated(fact.session)}: price {case.show(float(r['first']))} then {case.show(float(r['second']))}, RSI"
        f" {float(r['rsi_first']):.1f} then {float(r['rsi_second']):.1f} ({anchors})"
    )
    return holds(
        said,
        {
            "known_on": dated(fact.session),
            **{k: v for k, v in r.items() if k in ("first", "second", "rsi_first", "rsi_second", "cancel_price")},
        },
        definition=told,
        remark="True, and unremarkable: trends leave divergences behind at most of their swings, and go on.",
        marks=case.look(fact.kind).marks(fact),
    )


def _absent(case: Case, kinds: tuple[str, ...], first: np.datetime64, told: str) -> Part:
    others = case.facts(*DIVERGENCES, since=first)
    names = (
        ", ".join(dict.fromkeys(f"{f.kind.replace('_', ' ')} on {dated(f.session)}" for f in others))
        or "none of any kind"
    )
    earlier = case.facts(*kinds, since=case.back(3 * LATELY))
    if earlier:
        return near_miss(
            f"None since {dated(first)}; the last was known on {dated(earlier[-1].session)}",
            {"known_on": dated(earlier[-1].session)},
            code="earlier",
            definition=told,
        )
    return fails(
        f"No such divergence since {dated(first)}; there: {names}",
        {"known_on": None},
        code="no_divergence",
        definition=told,
    )


def _worded(text: str) -> Fields:
    """Read "bearish divergence with RSI, cancelled above 4,500"."""
    cancels = re.search(r"\b(?:above|below)\s+([0-9][0-9,.']*)", text)
    of = re.search(r"rsi|macd|momentum", text.lower())
    found: Fields = {"direction": text} | ({"of": of[0]} if of else {})
    return found | ({"cancels": cancels[1].rstrip(".,")} if cancels else {})


DIVERGENCE = ClaimKind(
    "divergence",
    DivergenceSays,
    judge,
    bare="direction",
    worded=_worded,
    subject=("direction", "of"),
    aliases=(
        "rsi_divergence macd_divergence bullish_divergence bearish_divergence hidden_divergence "
        "divergences hidden_bullish_divergence hidden_bearish_divergence"
    ),
    names={
        "direction": "type name side kind_of kind",
        "of": "indicator oscillator with on between",
        "cancels": (
            "cancels_above cancels_below cancel cancels_at cancel_value invalidated_above invalidated_below invalidation "
            "negated_above negated_below cancel_price cancelled_by cancelled_above cancelled_below "
            "invalid_above invalid_below negated_by"
        ),
        "within": "since window over",
    },
    prepared=lambda fields, spoken: (
        ({"direction": spoken} if re.search(r"bull|bear", spoken.lower()) else {})
        | ({"hidden": "true"} if "hidden" in spoken.lower() else {})
        | ({"of": "macd"} if "macd" in spoken.lower() else {})
        | fields
    ),
)
