"""Levels: a price that was touched, that acted as support or resistance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, WordList, Words
from crosscurrent.audit.spoken import days_in, prices_in
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.facts.marks import Band

__all__ = ["LEVEL", "PIERCED", "WIDTH", "tested_as"]

WIDTH = 0.1
"""How far from a level a price still touches it, in ATR."""
PIERCED = 0.5
"""How far a bar may trade through a level that holds at its close, in ATR."""
RECENT = 60
"""Sessions that "recently" covers when the claim does not say since when."""
COMMON = 0.25
"""A level is dull when this share of all prices was touched as often."""


class LevelSays(Says):
    """A level: its price, the role it plays or played, how often it was touched, and since when."""

    price: Quote
    acted_as: WordList = ()
    role: WordList = ()
    touches: Number | None = None
    since: Quote | None = None
    state: Words | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A price with its room, on the bars that the claim speaks of."""

    price: float
    room: float
    reach: float
    bars: Bars
    shown: str
    before: float = float("nan")
    """The close before the first of the bars."""

    @property
    def touched(self) -> np.ndarray:
        """The sessions with an open, high, low or close at the price."""
        return _touched(self.bars, self.price, self.room)


def judge(case: Case, says: LevelSays) -> Iterator[Part]:
    """Yield the verdicts on a level."""
    figure = case.price(says.price, "level").figure
    start = int(np.searchsorted(case.traded.session, case.since(says.since, RECENT)))
    seen = case.traded.slice(min(start, len(case.traded) - 1), len(case.traded))
    room = max(WIDTH * case.atr, figure.half)
    before = float(case.traded.close[start - 1]) if 0 < start < len(case.traded) else float("nan")
    level = Level(figure.value, room, PIERCED * case.atr, seen, case.show(figure.value), before)
    told = f"{level.shown} on the prices of {case.market} as charted, {seen.session[0]} to {seen.session[-1]}"
    mark = Band(seen.session[0], level.price - room, level.price + room, "level", f"claimed level {level.shown}")
    for part in _parts(case, says, level):
        yield part.with_definition(told).with_more({}, mark)


def _parts(case: Case, says: LevelSays, level: Level) -> Iterator[Part]:
    if says.touches is not None:
        yield compared(
            says.touches,
            float(level.touched.sum()),
            "The number of sessions that touched it",
            lambda v: f"{v:.0f}",
            name="touches",
        )
    for role in _roles(says.acted_as) + _roles(says.role):
        yield _acted(case, role, level)
    yield from _on_its_side(case, _roles(says.role), level)
    if says.state:
        yield _state(case, says.state, level)
    if says.touches is None and not _roles(says.acted_as) + _roles(says.role) and not says.state:
        yield _known(level)


def _known(level: Level) -> Part:
    n = int(level.touched.sum())
    days = ", ".join(dated(d) for d in level.bars.session[level.touched][-6:])
    make = holds if n >= 2 else near_miss if n == 1 else fails
    said = f"{n} sessions since {level.bars.session[0]} opened, closed or turned there{f', the last on {days}' if n else ''}"
    code = "" if n >= 2 else "never_tested"
    return make(
        said,
        {"touches": float(n)},
        tolerance=_room_told(level),
        remark=_is_common(level, n) if n >= 2 else "",
        code=code,
    )


def _room_told(level: Level) -> str:
    return f"a touch comes within {level.room:.6g} of it ({WIDTH} ATR, or how it is written)"


def _roles(words: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for word in words:
        if "both" in word:
            found += ["support", "resistance"]
        found += ["support"] if re.search(r"support|floor|demand", word) else []
        found += ["resistance"] if re.search(r"resist|ceiling|supply|\bcap", word) else []
    return tuple(dict.fromkeys(found))


def _touched(bars: Bars, price: float, room: float) -> np.ndarray:
    near = [np.abs(column - price) <= room for column in (bars.open, bars.high, bars.low, bars.close)]
    return np.asarray(np.any(near, axis=0))


def tested_as(
    role: str, bars: Bars, price: float, room: float, reach: float, before: float = float("nan")
) -> np.ndarray:
    """Return the sessions that came to a price from one side, reached it, and closed back on that side."""
    side = 1.0 if role == "support" else -1.0
    extreme = bars.low if side > 0 else bars.high
    reached = (side * (extreme - price) <= room) & (side * (extreme - price) >= -reach)
    came = side * (np.concatenate([[before], bars.close[:-1]]) - price) > 0
    return np.asarray(reached & came & (side * (bars.close - price) > 0))


def _acted(case: Case, role: str, level: Level) -> Part:
    bars = level.bars
    tests = tested_as(role, bars, level.price, level.room, level.reach, level.before)
    n, name = int(tests.sum()), f"tests_as_{role}"
    if n:
        days = ", ".join(dated(d) for d in bars.session[tests][-4:])
        said = f"{level.shown} acted as {role} in {n} session{'s' if n > 1 else ''} ({days})"
        return holds(said, {name: float(n)}, tolerance=_room_told(level), remark=_is_common(level, n))
    extreme = bars.low if role == "support" else bars.high
    miss = np.abs(extreme - level.price)
    nearest = int(np.argmin(miss))
    where = f"{case.show(float(extreme[nearest]))} on {dated(bars.session[nearest])}"
    make = near_miss if miss[nearest] <= 3 * level.room else fails
    said = f"No session reached {level.shown} and closed back on the {role} side; the nearest was {where}"
    return make(said, {name: 0.0, "nearest": float(extreme[nearest])}, tolerance=_room_told(level), code="never_tested")


def _on_its_side(case: Case, roles: tuple[str, ...], level: Level) -> Iterator[Part]:
    """Yield a failure when a level said to be support now lies above the price, or resistance below it."""
    close = float(case.traded.close[-1])
    side = 1.0 if roles == ("support",) else -1.0
    if len(roles) == 1 and side * (close - level.price) < -level.room:
        where = "above" if side > 0 else "below"
        yield fails(
            f"{level.shown} lies {where} the close, {case.show(close)}: it is no {roles[0]} now",
            {"close": close},
            code="wrong_side",
        )


def _state(case: Case, words: str, level: Level) -> Part:
    closes = case.traded.close
    close, before = float(closes[-1]), float(closes[-2]) if len(closes) > 1 else float("nan")
    said = f"The close is {case.show(close)}, the one before {case.show(before)}, the level {level.shown}"
    is_broken = np.sign(close - level.price) != np.sign(before - level.price)
    for pattern, is_so in (
        (r"above|over", close > level.price),
        (r"below|under", close < level.price),
        (r"brok|break|breach|lost|gave", is_broken),
        (r"held|hold|intact|defend|stand", not is_broken),
        (r"touch|test|reach", bool(level.touched[-1])),
    ):
        if re.search(pattern, words):
            return stated(bool(is_so), said, {"close": close}, instead=f"{said}: it is not {words}")
    return undecidable(f"state: {words[:40]!r} is no state of a level here", {"close": close}, code="ambiguous")


def _is_common(level: Level, n: int) -> str:
    """Say that any price would do, when a quarter of the prices traded in that time were touched as often."""
    grid = np.linspace(float(level.bars.low.min()), float(level.bars.high.max()), 80)
    as_often = float(np.mean([_touched(level.bars, g, level.room).sum() >= max(n, 1) for g in grid]))
    told = f"True, and unremarkable: {as_often:.0%} of all prices in the range of that time were touched as often."
    return told if as_often >= COMMON else ""


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Let the kind's own name say the role: `support`, `resistance_level`."""
    named = set(spoken.lower().replace("_", " ").split()) & {"support", "resistance", "floor", "ceiling"}
    return fields | {"role": " ".join(named)} if named and not set(fields) & {"role", "acted_as"} else fields


def _worded(text: str) -> Fields:
    prices, roles, since = prices_in(text), _roles((text.lower(),)), days_in(text)
    acted = "acted_as" if re.search(r"acted|has been|was\b|served|both", text.lower()) else "role"
    return (
        {}
        if not prices
        else {"price": prices[0]} | ({acted: list(roles)} if roles else {}) | ({"since": since} if since else {})
    )


LEVEL = ClaimKind(
    "level",
    LevelSays,
    judge,
    bare="price",
    worded=_worded,
    prepared=_prepared,
    subject=("price",),
    aliases="support resistance support_level resistance_level key_level price_level levels floor ceiling horizontal_level support_resistance zone",
    names={
        "price": "level at value",
        "acted_as": "acts_as served_as has_been as was roles",
        "role": "acting_as is type function side",
        "touches": "touched tests tested times count touch_count",
        "since": "touched_since from window within over tested_since",
        "state": "status",
    },
)
