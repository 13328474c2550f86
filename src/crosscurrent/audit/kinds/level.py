"""Levels: a price that was touched, that acted as support or resistance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, WordList, Words
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss
from crosscurrent.bars.bars import Bars
from crosscurrent.facts.marks import Band

__all__ = ["LEVEL"]

WIDTH = 0.1
"""How far from a level a price still touches it, in ATR."""
PIERCED = 0.5
"""How far a bar may trade through a level that holds at its close, in ATR."""
RECENT = 60
"""Sessions that "recently" covers when the claim does not say since when."""
COMMON = 0.25


class LevelSays(Says):
    """A level: its price, the role it plays or played, how often it was touched, and since when."""

    price: Quote
    acted_as: WordList = ()
    role: WordList = ()
    touches: Number | None = None
    since: Quote | None = None
    state: Words | None = None


def judge(case: Case, says: LevelSays) -> Iterator[Part]:
    """Yield the verdicts on a level."""
    figure = case.price(says.price, "level").figure
    price, bars = figure.value, case.traded
    start = int(np.searchsorted(bars.session, case.since(says.since, RECENT)))
    seen = bars.slice(start, len(bars))
    room = max(WIDTH * case.atr, figure.half)
    told = f"{case.show(price)} on the prices of {case.market} as charted, {seen.session[0]} to {seen.session[-1]}"
    tolerance = f"a touch comes within {room:.6g} of it ({WIDTH} ATR, or how it is written)"
    marks = (Band(seen.session[0], price - room, price + room, "level", f"claimed level {case.show(price)}"),)
    touched = _touched(seen, price, room)
    dull = _is_common(seen, price, room, int(touched.sum()))
    if says.touches is not None:
        yield compared(
            says.touches,
            float(touched.sum()),
            "The number of sessions that touched it",
            lambda v: f"{v:.0f}",
            definition=told,
            name="touches",
        )
    for role in _roles(says.acted_as) + _roles(says.role):
        yield _acted(role, seen, price, room, case, told, tolerance, dull)
    if says.role:
        yield from _side(says, price, room, case, told)
    if says.state:
        yield _state(says.state, case, price, told)
    if says.touches is None and not says.acted_as and not says.role and not says.state:
        n = int(touched.sum())
        days = ", ".join(dated(d) for d in seen.session[touched][-6:])
        part = holds if n >= 2 else near_miss if n == 1 else fails
        yield part(
            f"{n} sessions since {seen.session[0]} opened, closed or turned"
            f" there{f', the last on {days}' if n else ''}",
            {"touches": float(n)},
            definition=told,
            tolerance=tolerance,
            remark=dull,
            marks=marks,
            code="" if n >= 2 else "never_tested",
        )


def _roles(words: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for word in words:
        if "both" in word:
            found += ["support", "resistance"]
        found += [role for role in ("support", "resistance") if role in word] or [
            "support" if "floor" in word or "demand" in word else "resistance"
        ] * (word in ("floor", "demand", "ceiling", "supply", "cap"))
    return tuple(dict.fromkeys(found))


def _touched(bars: Bars, price: float, room: float) -> np.ndarray:
    """Return the sessions with an open, high, low or close at the price."""
    near = [np.abs(column - price) <= room for column in (bars.open, bars.high, bars.low, bars.close)]
    return np.asarray(np.any(near, axis=0))


def tested_as(role: str, bars: Bars, price: float, room: float, reach: float) -> np.ndarray:
    """Return the sessions that came to a price from one side, reached it, and closed back on that side."""
    side = 1.0 if role == "support" else -1.0
    extreme = bars.low if side > 0 else bars.high
    reached = (side * (extreme - price) <= room) & (side * (extreme - price) >= -reach)
    came = np.concatenate([[False], side * (bars.close[:-1] - price) > 0])
    return np.asarray(reached & came & (side * (bars.close - price) > 0))


def _acted(role: str, bars: Bars, price: float, room: float, case: Case, told: str, tolerance: str, dull: str) -> Part:
    tests = tested_as(role, bars, price, room, PIERCED * case.atr)
    n = int(tests.sum())
    name = f"tests_as_{role}"
    if n:
        days = ", ".join(dated(d) for d in bars.session[tests][-4:])
        return holds(
            f"{case.show(price)} acted as {role} in {n} session{'s' if n > 1 else ''} ({days})",
            {name: float(n)},
            definition=told,
            tolerance=tolerance,
            remark=dull,
        )
    side = 1.0 if role == "support" else -1.0
    extreme = bars.low if side > 0 else bars.high
    miss = np.abs(extreme - price)
    nearest = int(np.argmin(miss))
    said = (
        f"No session reached {case.show(price)} and closed back on the {role} side; the nearest was"
        f" {case.show(float(extreme[nearest]))} on {dated(bars.session[nearest])}"
    )
    is_near = bool(miss[nearest] <= 3 * room)
    return (near_miss if is_near else fails)(
        said,
        {name: 0.0, "nearest": float(extreme[nearest])},
        definition=told,
        tolerance=tolerance,
        code="never_tested",
    )


def _side(says: LevelSays, price: float, room: float, case: Case, told: str) -> Iterator[Part]:
    """Yield a failure when a level said to be support now lies above the price, or resistance below it."""
    roles = _roles(says.role)
    close = float(case.traded.close[-1])
    if len(roles) == 1:
        side = 1.0 if roles[0] == "support" else -1.0
        if side * (close - price) < -room:
            where = "above" if side > 0 else "below"
            yield fails(
                f"{case.show(price)} lies {where} the close, {case.show(close)}: it is no {roles[0]} now",
                {"close": close},
                code="wrong_side",
                definition=told,
            )


def _state(words: str, case: Case, price: float, told: str) -> Part:
    close, before = (
        (float(v) for v in case.traded.close[-1:-3:-1])
        if len(case.traded) > 1
        else (float(case.traded.close[-1]), np.nan)
    )
    measured = {"close": close}
    said = f"The close is {case.show(close)}, the one before {case.show(before)}, the level {case.show(price)}"
    side = np.sign(close - price)
    is_so = {
        "broken": side != np.sign(before - price),
        "held": side == np.sign(before - price),
        "above": side > 0,
        "below": side < 0,
    }
    wanted = next(
        (k for k in is_so if k in words),
        "held" if "hold" in words or "intact" in words else "broken" if "brok" in words or "break" in words else "",
    )
    if not wanted:
        return Part("undecidable", f"state: {words[:40]!r} is no state of a level here", measured, "ambiguous")
    return stated(
        bool(is_so[wanted]),
        said,
        f"{said}: it is not {words}",
        measured,
        definition=told,
        code="" if is_so[wanted] else "other_state",
    )


def _is_common(bars: Bars, price: float, room: float, n: int) -> str:
    """Say that any price would do, when a quarter of the prices traded in that time were touched as often."""
    grid = np.linspace(float(bars.low.min()), float(bars.high.max()), 80)
    as_often = float(np.mean([_touched(bars, g, room).sum() >= max(n, 1) for g in grid]))
    return (
        f"True, and unremarkable: {as_often:.0%} of all prices in the range of that time were touched as often."
        if as_often >= COMMON
        else ""
    )


LEVEL = ClaimKind(
    "level",
    LevelSays,
    judge,
    bare="price",
    subject=("price",),
    aliases="support resistance support_level resistance_level key_level price_level levels floor ceiling",
    names={
        "price": "level at value",
        "acted_as": "acts_as served_as has_been as was roles",
        "role": "acting_as is type function",
        "touches": "touched tests tested times count",
        "since": "touched_since from window within over tested_since",
        "state": "status",
    },
    prepared=lambda fields, spoken: (
        fields
        if set(fields) & {"role", "acted_as"}
        or not (set(spoken.lower().replace("_", " ").split()) & {"support", "resistance", "floor", "ceiling"})
        else fields | {"role": spoken.lower().replace("_level", "")}
    ),
)
