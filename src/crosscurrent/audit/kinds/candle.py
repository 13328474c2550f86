"""Candles: there, nearly there, or potential with the price that completes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.names import CANDLES, candle_kind, plain
from crosscurrent.audit.says import Fields, Quote, Says, Words
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.facts.fact import Fact
from crosscurrent.structure.candles.detector import Candles
from crosscurrent.structure.candles.readable import repeats_its_open

__all__ = ["CANDLE"]

KNOWN = tuple(Candles.layout.kinds)
NEAR = 0.25
"""How far a completion price may lie from the solved one, in ATR."""
LOOSE = "Loose: it needs the futures rule, the strict one asks for gaps that such sessions hardly have. "


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
    sign = 0 if kind.startswith(("bullish", "bearish")) else direction_of(f"{says.name} {says.direction or ''}")
    found = [
        f
        for f in case.facts(kind, since=first)
        if not sign or f.direction in ("neutral", {1: "bullish", -1: "bearish"}[sign])
    ]
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
    r, name, on = fact.readings, _a(kind.replace("_", " ")), dated(fact.session)
    shape = {part: float(r[part]) for part in ("body", "upper_shadow", "lower_shadow")}
    measured: Measured = {"session": on, "strictness": fact.strictness, **shape}
    marks = case.look(kind).marks(fact)
    if fact.strictness == "near_miss":
        rule, missed = str(r.get("rule", "")), float(r.get("missed_by", np.nan))
        said = f"{name} on {on} but for one inequality: {rule}, missed by {missed:.3f} ATR ({_shaped(shape)})"
        measured = {**measured, "rule": rule, "missed_by": missed}
        return near_miss(said, measured, code="loose", definition=told, tolerance="the futures rule's", marks=marks)
    is_loose = fact.strictness == "futures"
    remark = f"{LOOSE if is_loose else ''}{_how_common(case, kind)}"
    said = f"{name} on {on}, by the {fact.strictness or 'strict'} rule ({_shaped(shape)})"
    return holds(
        said,
        measured,
        definition=told,
        tolerance="the rule's own",
        remark=remark,
        marks=marks,
        code="loose" if is_loose else "",
    )


def _a(name: str) -> str:
    return f"{'An' if name[0] in 'aeiou' else 'A'} {name}"


def _shaped(shape: Mapping[str, float]) -> str:
    told = ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in shape.items())
    return f"{told} of the range"


def _how_common(case: Case, kind: str) -> str:
    """Say how often this market shows such a candle: most of its record is the geometry of where its close stands in its range."""
    look = case.look(kind)
    seen = [f for f in look.facts(kind) if f.strictness != "near_miss"]
    every = len(look.traded.bars) / max(len(seen), 1)
    told = "and most of its record is the geometry of its close within its range."
    return f"True, and unremarkable: such a candle comes once in {every:.0f} bars here, {told}"


def _absent(case: Case, kind: str, first: np.datetime64, told: str) -> Part:
    bars, shape = case.traded, _shape_of(case.traded)
    others = [f for f in case.facts(*KNOWN, since=first) if f.strictness != "near_miss"]
    names = ", ".join(dict.fromkeys(f.kind.replace("_", " ") for f in others)) or "no candle of a name"
    said = f"No {kind.replace('_', ' ')}: the bar of {bars.session[-1]} is {names} ({_shaped(shape)})"
    lately = [f for f in case.facts(kind, since=case.back(2)) if f.strictness != "near_miss"]
    if lately:
        on = dated(lately[-1].session)
        return near_miss(f"{said}; one came on {on}", shape, code="other_session", definition=told)
    return fails(said, shape, code="other_candle", definition=told)


def _shape_of(bars: Bars) -> dict[str, float]:
    o, h, low, c = (float(column[-1]) for column in (bars.open, bars.high, bars.low, bars.close))
    span = max(h - low, 1e-12)
    return {"body": abs(c - o) / span, "upper_shadow": (h - max(o, c)) / span, "lower_shadow": (min(o, c) - low) / span}


def _potential(case: Case, says: CandleSays, kind: str) -> Part:
    """Judge what the next close would complete, and at which price."""
    told = f"the close of the next session that completes it, assuming it opens at this close; {case.market} as charted, {case.session}"
    solved = [f for f in case.look(kind).forming(kind) if f.kind == kind and "trigger" in f.readings]
    raw, name = says.completes_below or says.completes_above, _a(kind.replace("_", " "))
    if not solved:
        done = [f for f in case.facts(kind, since=case.session) if f.strictness != "near_miss"]
        make, code = (near_miss, "already_complete") if done else (fails, "other_candle")
        said = f"{name} is already complete" if done else f"No close of the next session would complete {name.lower()}"
        return make(said, {"trigger": None}, code=code, definition=told)
    trigger, side = float(solved[0].readings["trigger"]), "below" if solved[0].direction == "bearish" else "above"
    measured: Measured = {"trigger": trigger, "trigger_text": case.show(trigger)}
    if raw is None:
        return holds(f"A close {side} {case.show(trigger)} would complete it", measured, definition=told)
    figure, sign = case.price(raw).figure, -1.0 if says.completes_below else 1.0
    said, more = (
        f"It is completed by a close {side} {case.show(trigger)}, claimed {raw}",
        {"definition": told, "tolerance": figure.told()},
    )
    if (sign < 0) != (side == "below"):
        return fails(said, measured, code="wrong_side", **more)
    beyond = sign * (figure.value - trigger)
    if figure.fits(trigger) or 0 <= beyond <= NEAR * case.atr:
        return holds(said if figure.fits(trigger) else f"{said}, which lies beyond it", measured, **more)
    make, code = (near_miss, "near_value") if abs(beyond) <= NEAR * case.atr else (fails, "other_value")
    return make(said, measured, code=code, **more)


def _folded(key: str, value: object) -> Fields:
    """Read `shooting_star: true` and `timeframe: weekly`."""
    return {"name": key.replace("_", " ")} if key in KNOWN else {}


def _prepared(fields: Fields, spoken: str) -> Fields:
    words = re.sub(r"[\s_-]+", " ", spoken.lower())
    if "name" not in fields and words.replace(" ", "_") in KNOWN:
        return {"name": words} | fields
    return fields


def _worded(text: str) -> Fields:
    """Read "completed an evening star on Friday" and "a weekly hammer"."""
    tidy = plain(text)
    name = next(
        (
            n
            for n in sorted((*(k.replace("_", " ") for k in KNOWN), *CANDLES), key=len, reverse=True)
            if re.search(rf"\b{n}s?\b", tidy)
        ),
        None,
    )
    if name is None:
        return {"name": text}
    found: Fields = {"name": name} | ({"interval": "1w"} if "week" in tidy else {})
    trigger = re.search(r"\b(below|above)\s+([0-9][0-9,.'’]*)", text.lower())
    if trigger and re.search(r"would|could|potential", tidy):
        return found | {"state": "potential", f"completes_{trigger[1]}": trigger[2]}
    return found | ({"state": "potential"} if re.search(r"potential|forming|would|could", tidy) else {})


CANDLE = ClaimKind(
    "candle",
    CandleSays,
    judge,
    bare="name",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("name", "interval"),
    aliases="candlestick candle_pattern candlestick_pattern candles" + " " + " ".join(KNOWN),
    names={
        "name": "candle pattern type candlestick formed",
        "state": "status",
        "completes_below": (
            "completion trigger completes completion_price price completed_below complete_below "
            "completion_below below confirms_below"
        ),
        "completes_above": "completed_above complete_above completion_above above confirms_above",
        "within": "over window",
        "interval": "timeframe",
        "direction": "bias_of",
    },
)
