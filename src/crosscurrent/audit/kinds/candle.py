"""Candles: there, nearly there, or potential with the price that completes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.names import candle_kind
from crosscurrent.audit.says import Quote, Says, Words
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.facts.fact import Fact
from crosscurrent.structure.candles.detector import Candles
from crosscurrent.structure.candles.readable import repeats_its_open

__all__ = ["CANDLE"]

KNOWN = tuple(Candles.layout.kinds)
NEAR = 0.25
"""How far a completion price may lie from the solved one, in ATR."""


class CandleSays(Says):
    """A candle: its name, complete unless potential; the close that would complete it; within how many sessions it came."""

    name: Words
    state: Words = "complete"
    completes_below: Quote | None = None
    completes_above: Quote | None = None
    within: Quote = "1d"
    direction: Words | None = None


def judge(case: Case, says: CandleSays) -> Iterator[Part]:
    """Yield the verdict on a candle."""
    trigger = says.completes_below or says.completes_above
    if trigger is not None:
        case.price(trigger, "price")  # an impossible price is the verdict, whatever the candle
    kind = candle_kind(_with_direction(says.name, says.direction), KNOWN)
    bars = case.traded
    if bars.is_close_only or bool(repeats_its_open(bars)[-1] if len(bars) else True):
        why = "has closes alone" if bars.is_close_only else "has closes that repeat the open, a defect of the data"
        yield undecidable(f"{case.market} {why}: no candle can be read", code="bad_data")
        return
    if trigger is not None or re.search(
        r"potential|forming|possible|incomplete|pending|would|could|half|developing", says.state
    ):
        yield _potential(case, says, kind)
        return
    first = case.since(says.within, 1)
    found = case.facts(kind, since=first)
    told = (
        f"{kind.replace('_', ' ')} by the rules of TA-Lib (strict), the same with gaps measured with a tolerance"
        f" (futures rule), {case.interval} bars of {case.market} as charted, {dated(first)} to {bars.session[-1]}"
    )
    ranked = sorted(found, key=lambda f: ("strict", "futures", "near_miss").index(f.strictness or "strict"))
    yield _judged(case, ranked[0], told, kind) if ranked else _absent(case, kind, first, told)


def _with_direction(name: str, direction: str | None) -> str:
    """Let `engulfing` with a direction be a bullish or a bearish one."""
    if direction and name.split()[-1] in ("engulfing", "harami") and not name.startswith(("bull", "bear")):
        return f"{'bullish' if 'bull' in direction or direction == 'up' else 'bearish'} {name}"
    return name


def _judged(case: Case, fact: Fact, told: str, kind: str) -> Part:
    r = fact.readings
    shape = (
        f"body {float(r['body']):.0%}, upper shadow {float(r['upper_shadow']):.0%}, lower shadow"
        f" {float(r['lower_shadow']):.0%} of the range"
    )
    measured: dict[str, float | str | bool | None] = {
        "session": dated(fact.session),
        "strictness": fact.strictness,
        "body": r["body"],
        "upper_shadow": r["upper_shadow"],
        "lower_shadow": r["lower_shadow"],
    }
    marks = case.look(kind).marks(fact)
    name = kind.replace("_", " ")
    if fact.strictness == "near_miss":
        rule = str(r.get("rule", ""))
        missed = float(r.get("missed_by", np.nan))
        return near_miss(
            f"{_a(name)} on {dated(fact.session)} but for one inequality: {rule}, missed by {missed:.3f} ATR ({shape})",
            measured | {"rule": rule, "missed_by": missed},
            code="loose",
            definition=told,
            tolerance="the futures rule's",
            marks=marks,
        )
    loose = (
        "Loose: it needs the futures rule, the strict one asks for gaps that such sessions hardly have. "
        if fact.strictness == "futures"
        else ""
    )
    return holds(
        f"{_a(name)} on {dated(fact.session)}, by the {fact.strictness or 'strict'} rule ({shape})",
        measured,
        definition=told,
        tolerance="the rule's own",
        remark=loose + _how_common(case, kind),
        marks=marks,
        code="loose" if loose else "",
    )


def _a(name: str) -> str:
    return f"{'An' if name[0] in 'aeiou' else 'A'} {name}"


def _how_common(case: Case, kind: str) -> str:
    """Say how often this market shows such a candle: most of its record is the geometry of where its close stands in its range."""
    look = case.look(kind)
    seen = [f for f in look.facts(kind) if f.strictness != "near_miss"]
    n = min(len(case.traded), 1500)
    every = n / max(len(seen), 1)
    return (
        f"True, and unremarkable: such a candle comes once in {every:.0f} bars here, and most of its record is the"
        " geometry of its close within its range."
    )


def _absent(case: Case, kind: str, first: np.datetime64, told: str) -> Part:
    bars = case.traded
    others = [f for f in case.facts(*KNOWN, since=first) if f.strictness != "near_miss"]
    names = ", ".join(dict.fromkeys(f.kind.replace("_", " ") for f in others)) or "no candle of a name"
    o, h, lo, c = (float(getattr(bars, n)[-1]) for n in ("open", "high", "low", "close"))
    span = max(h - lo, 1e-12)
    shape = {
        "body": abs(c - o) / span,
        "upper_shadow": (h - max(o, c)) / span,
        "lower_shadow": (min(o, c) - lo) / span,
    }
    lately = case.facts(kind, since=case.back(4))
    said = (
        f"No {kind.replace('_', ' ')}: the bar of {bars.session[-1]} is {names} (body {shape['body']:.0%}, upper"
        f" shadow {shape['upper_shadow']:.0%}, lower shadow {shape['lower_shadow']:.0%} of the range)"
    )
    if lately and lately[-1].strictness != "near_miss":
        return near_miss(
            f"{said}; one came on {dated(lately[-1].session)}", shape, code="other_session", definition=told
        )
    return fails(said, shape, code="other_candle", definition=told)


def _potential(case: Case, says: CandleSays, kind: str) -> Part:
    forming = [f for f in case.look(kind).forming(kind) if f.kind == kind]
    told = (
        f"the close of the next session that completes it, assuming it opens at this close; {case.market} as charted,"
        f" {case.session}"
    )
    name = kind.replace("_", " ")
    solved = [float(f.readings["trigger"]) for f in forming if "trigger" in f.readings]
    raw = says.completes_below or says.completes_above
    if not solved:
        done = [f for f in case.facts(kind, since=case.session) if f.strictness != "near_miss"]
        said = (
            f"{_a(name)} is already complete"
            if done
            else f"No close of the next session would complete {_a(name).lower()}"
        )
        return (near_miss if done else fails)(
            said, {"trigger": None}, code="already_complete" if done else "other_candle", definition=told
        )
    trigger = solved[0]
    measured: dict[str, float | str | bool | None] = {"trigger": trigger, "trigger_text": case.show(trigger)}
    side = "below" if forming[0].direction == "bearish" else "above"
    if raw is None:
        return holds(f"A close {side} {case.show(trigger)} would complete it", measured, definition=told)
    figure = case.price(raw).figure
    sign = -1.0 if says.completes_below else 1.0
    said = f"It is completed by a close {side} {case.show(trigger)}, claimed {raw}"
    if (sign < 0) != (side == "below"):
        return fails(said, measured, code="wrong_side", definition=told)
    if figure.fits(trigger):
        return holds(said, measured, definition=told, tolerance=figure.told())
    off = sign * (figure.value - trigger)
    if 0 <= off <= NEAR * case.atr:
        return holds(f"{said}, which lies beyond it", measured, definition=told, tolerance=figure.told())
    return (near_miss if abs(off) <= NEAR * case.atr else fails)(
        said,
        measured,
        code="near_value" if abs(off) <= NEAR * case.atr else "other_value",
        definition=told,
        tolerance=figure.told(),
    )


def _prepared(fields: dict[str, object], spoken: str) -> dict[str, object]:
    words = re.sub(r"[\s_-]+", " ", spoken.lower())
    if "name" not in fields and words.replace(" ", "_") in KNOWN:
        return {"name": words} | fields
    return fields


CANDLE = ClaimKind(
    "candle",
    CandleSays,
    judge,
    bare="name",
    prepared=_prepared,
    subject=("name", "interval"),
    aliases="candlestick candle_pattern candlestick_pattern candles" + " " + " ".join(KNOWN),
    names={
        "name": "candle pattern type candlestick formed",
        "state": "status",
        "completes_below": (
            "completion trigger completes completion_price completed_below complete_below "
            "completion_below below confirms_below"
        ),
        "completes_above": "completed_above complete_above completion_above above confirms_above",
        "within": "over window",
        "interval": "timeframe",
        "direction": "bias_of",
    },
)
