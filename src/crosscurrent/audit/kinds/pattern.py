"""Chart patterns: their name, the state they are in, the line that confirms them, and their target."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.breakout import PATTERNS
from crosscurrent.audit.names import pattern_kinds
from crosscurrent.audit.says import Fields, Quote, Says, Words
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.facts.fact import Fact

__all__ = ["PATTERN"]

KNOWN = (*PATTERNS, "channel")
LATELY = 5
"""Sessions within which "confirmed" means lately, unless the claim says within what."""
EARLIER = 20
ROOM = 0.5
"""How far a line or target drawn by another hand may lie from ours and be a near miss, in ATR."""


TOLD = (
    "trigger",
    "target",
    "invalidation",
    "touches",
    "bars",
    "height_atr",
    "quality",
    "log_odds",
    "price",
    "parallel",
)
DULL = (
    "True, and unremarkable: random walks draw such patterns too, and without a record against chance one tells little."
)


class PatternSays(Says):
    """A chart pattern: its name and state, the line, neckline or trigger, the target, and how long it took to form."""

    name: Words
    state: Words = "confirmed"
    line: Quote | None = None
    target: Quote | None = None
    formed_over: Quote | None = None
    within: Quote | None = None
    direction: Words | None = None


def judge(case: Case, says: PatternSays) -> Iterator[Part]:
    """Yield the verdicts on a pattern."""
    kinds = pattern_kinds(says.name, KNOWN)
    for raw, what in ((says.line, "line"), (says.target, "target")):
        if raw is not None:
            case.price(raw, what)
    if case.traded.is_close_only:
        yield undecidable(f"{case.market} has closes alone: no pattern can be drawn", code="no_data")
        return
    wanted, stage = _stage(says.state)
    first = case.since(says.within, LATELY) if says.within else case.back(LATELY)
    told = (
        f"{' or '.join(kinds).replace('_', ' ')} by the rules in the methods (swings on two lines, confirmed by a"
        f" close beyond), on prices free of roll gaps, {dated(first)} to {case.session}"
    )
    found = _found(case, kinds, stage, first, says)
    if not found:
        yield _absent(case, kinds, stage, wanted, told, says)
        return
    fact = max(found, key=lambda f: (f.known_at, float(f.readings.get("quality", 0) or 0)))
    yield _there(case, fact, told)
    if says.formed_over:
        yield _formed(case, says.formed_over, fact)
    for raw, name in ((says.line, "trigger"), (says.target, "target")):
        if raw is not None and name in fact.readings:
            yield compared(
                case.price(raw).figure,
                float(fact.readings[name]),
                f"The {'line' if name == 'trigger' else name}",
                case.show,
                near=ROOM * case.atr,
                definition="as our lines have it; another hand draws them a little elsewhere",
                name=name,
            )


def _stage(words: str) -> tuple[str, str]:
    for pattern, stage in (
        (r"forming|potential|develop|building|within|inside|in progress|still", "forming"),
        (r"fail|bust|false", "failed"),
        (r"reach|target (hit|met)|complete[d]? target|fulfil", "reached"),
        (r"expire|stale", "expired"),
        (r"invalid", "invalidated"),
    ):
        if re.search(pattern, words):
            return words, stage
    return words, "confirmed"


def _found(case: Case, kinds: tuple[str, ...], stage: str, first: np.datetime64, says: PatternSays) -> list[Fact]:
    if stage == "forming":
        found = [f for f in case.look(*kinds).forming(*kinds) if f.kind in kinds]
    else:
        found = case.facts(*kinds, since=first, stage=stage)
        found = [f for f in found if f.kind != "channel" or stage == "confirmed"]
    sign = direction_of(says.direction)
    return [f for f in found if not sign or f.direction == {1: "bullish", -1: "bearish"}[sign]]


def _there(case: Case, fact: Fact, told: str) -> Part:
    readings = {k: v for k, v in fact.readings.items() if k in TOLD}
    measured: Measured = {
        "kind": fact.kind,
        "stage": fact.stage,
        "known_on": dated(fact.session),
        "direction": fact.direction,
        **readings,
    }
    days, trigger = sorted(dated(a.session) for a in fact.anchors), fact.readings.get("trigger")
    swings = f", swings from {days[0]} to {days[-1]}" if days else ""
    line = f", line at {case.show(float(trigger))}" if isinstance(trigger, float) else ""
    said = f"{fact.stage.capitalize()} on {dated(fact.session)}: {fact.kind.replace('_', ' ')}, {fact.direction}{swings}{line}"
    return holds(said, measured, definition=told, marks=case.look(fact.kind).marks(fact), remark=DULL)


def _absent(case: Case, kinds: tuple[str, ...], stage: str, wanted: str, told: str, says: PatternSays) -> Part:
    sign = direction_of(says.direction)
    for other in ("confirmed", "forming", "failed", "reached"):
        if other == stage:
            continue
        found = _found(case, kinds, other, case.back(EARLIER), says)
        if found:
            fact = found[-1]
            return near_miss(
                f"It is not {wanted}: {fact.kind.replace('_', ' ')} {other} on {dated(fact.session)}",
                {"stage": other, "known_on": dated(fact.session)},
                code="other_state",
                definition=told,
            )
    earlier = [] if stage == "forming" else _found(case, kinds, stage, case.back(EARLIER), says)
    if earlier:
        return near_miss(
            f"It was {stage} on {dated(earlier[-1].session)}, earlier than said",
            {"known_on": dated(earlier[-1].session)},
            code="earlier",
            definition=told,
        )
    seen = [f for f in case.facts(*KNOWN, since=case.back(EARLIER)) if f.stage in ("confirmed",)]
    others = ", ".join(dict.fromkeys(f.kind.replace("_", " ") for f in seen)) or "none"
    turned = " in that direction" if sign else ""
    return fails(
        f"No {' or '.join(kinds).replace('_', ' ')} {stage}{turned} there; patterns of those weeks: {others}",
        {"stage": None},
        code="no_pattern",
        definition=told,
    )


def _formed(case: Case, raw: str, fact: Fact) -> Part:
    claimed = case.window(raw).sessions
    days = sorted(a.session for a in fact.anchors)
    took = (
        float(np.busday_count(days[0].astype("datetime64[D]"), fact.session.astype("datetime64[D]")))
        if days
        else float("nan")
    )
    said = f"It took {took:.0f} sessions from its first swing, claimed {raw}"
    is_so = 0.5 * claimed <= took <= 1.75 * claimed
    more = {
        "definition": "weekdays from the first swing of the pattern to its break",
        "tolerance": f"{raw}: half to one and three quarters of {claimed} sessions",
    }
    return (holds if is_so else near_miss if 0.33 * claimed <= took <= 3 * claimed else fails)(
        said, {"sessions": took}, code="" if is_so else "near_value", **more
    )


def _worded(text: str) -> Fields:
    """Read "broke out of a falling wedge formed over the past month"."""
    tidy = text.lower().replace("-", " ")
    names = sorted((k.replace("_", " ") for k in (*KNOWN, "wedge", "triangle", "flag")), key=len, reverse=True)
    name = next((n for n in names if n in tidy), None)
    if name is None:
        return {"name": text}
    over = re.search(r"over (?:the )?(?:past|last) ([\w ]+)", tidy)
    state = (
        "forming"
        if re.search(r"\b(forming|potential|within|inside|developing)\b", tidy)
        else "failed"
        if "fail" in tidy
        else "confirmed"
    )
    return {"name": name, "state": state} | ({"formed_over": over[1]} if over else {})


PATTERN = ClaimKind(
    "pattern",
    PatternSays,
    judge,
    bare="name",
    worded=_worded,
    subject=("name",),
    aliases="chart_pattern formation patterns channel wedge triangle flag" + " " + " ".join(PATTERNS),
    names={
        "name": "pattern type shape",
        "state": "status stage is",
        "line": "trigger neckline breakout breakout_level price level upper_line lower_line",
        "target": "objective measured_move",
        "formed_over": "over duration length formed_in period",
        "direction": "broke break",
        "within": "since window",
    },
    prepared=lambda fields, spoken: (
        (
            {"name": spoken}
            if "name" not in fields
            and re.search(r"wedge|triangle|flag|pennant|double|triple|head|channel|rectangle", spoken.lower())
            else {}
        )
        | fields
    ),
)
