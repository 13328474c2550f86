"""The closes that break lines and levels, or undo the breaks of the last days; the prices at which levels are touched."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.facts.table import FactTable
from crosscurrent.setups.triggers.trigger import AT_LAST_CLOSE, Eve, Trigger, beyond, with_tolerance
from crosscurrent.structure.levels import OF_PRICE as LEVEL_RULES
from crosscurrent.structure.look import Sweep
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.trendlines import OF_PRICE as LINE_RULES
from crosscurrent.units.dates import date_of

__all__ = ["failed_breaks", "levels", "lines"]


def _tape(eve: Eve, basis: str) -> tuple[Tape, float]:
    """Return the tape of a basis, and what brings its prices to those of the current contract."""
    tape = eve.look.traded if eve.look.traded.bars.basis == basis else eve.look.adjusted
    return tape, float(tape.bars.shift[-1])


def _edge(eve: Eve, basis: str, value: float, side: int, share: float) -> float:
    """Return the next close beyond a value by a share of the ATR, in prices of the current contract as `value` is."""
    tape, shift = _tape(eve, basis)
    return with_tolerance(value, side, share, float(tape.atr[-1]), float(tape.bars.close[-1]) + shift)


def lines(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes that break the standing trendlines, on both bases: their value in the next session and the tolerance."""
    for line in eve.look.forming("trendline"):
        side = 1 if line.direction == "bearish" else -1
        value = float(line.readings["next_price"])
        named = _named(side, float(line.readings["slope_atr"]))
        verb = beyond(side)
        yield Trigger(
            _edge(eve, line.basis, value, side, LINE_RULES.beyond), "trendline_break", "bullish" if side > 0 else "bearish", verb,
            f"a close {verb} breaks the {named} from {date_of(line.anchors[0].session)}, touched {times(line.readings['touches'])}",
            strength=float(line.readings["strength"]), basis=line.basis, assumption=AT_LAST_CLOSE, value=value,
            session=line.anchors[0].session, subject=line.subject,
        )  # fmt: skip


def _named(side: int, slope: float) -> str:
    """Return what a line is called: an uptrend or a downtrend where it stands in the way of a turn."""
    if side > 0:
        return "downtrend line" if slope < 0 else "rising resistance line"
    return "uptrend line" if slope > 0 else "falling support line"


def times(count: float | str) -> str:
    """Return a number of times in words where it has one."""
    return "twice" if int(count) == 2 else f"{int(count)} times"


def levels(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes that break the standing levels, past the far edge of their band, and the nearer edge where they are touched."""
    undone = {f.subject for f in _recent_breaks(eve, "level_break")}
    for level in eve.look.forming("level"):
        side = 1 if level.direction == "bearish" else -1
        low, high, price = (float(level.readings[name]) for name in ("low", "high", "price"))
        role, verb = "resistance" if side > 0 else "support", beyond(side)
        named = f"the level touched {times(level.readings['touches'])} since {date_of(level.anchors[0].session)}"
        strength = float(level.readings["strength"])
        if level.subject not in undone:
            yield Trigger(
                _edge(eve, level.basis, high if side > 0 else low, side, LEVEL_RULES.beyond), "level_break",
                "bullish" if side > 0 else "bearish", verb, f"a close {verb} breaks {named}", strength=strength, basis=level.basis,
                assumption=AT_LAST_CLOSE, value=price, session=level.anchors[0].session, subject=level.subject,
            )  # fmt: skip
        nearer = low if side > 0 else high
        if side * (nearer - eve.close) > 0:
            yield Trigger(nearer, "level_touch", "bearish" if side > 0 else "bullish", verb, f"{role}: {named}",
                          "high" if side > 0 else "low", strength=strength, basis=level.basis, value=price,
                          session=level.anchors[0].session, subject=level.subject)  # fmt: skip


def failed_breaks(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes back inside that would fail the breaks of the last sessions: at the line's value, at the level's middle."""
    for fact in (*_recent_breaks(eve, "trendline_break"), *_recent_breaks(eve, "level_break")):
        value = _value_ahead(fact, eve)
        if value is None:
            continue
        is_up = fact.direction == "bullish"
        what = "line" if fact.kind == "trendline_break" else "level"
        trap = "bull" if is_up else "bear"
        yield Trigger(
            value, "failed_break", "bearish" if is_up else "bullish", "below" if is_up else "above",
            f"a close back inside fails the break of the {what} on {date_of(fact.session)}: a {trap} trap",
            strength=float(fact.readings.get("strength", 5.0)), basis=fact.basis, session=fact.session, subject=fact.subject,
        )  # fmt: skip


def _recent_breaks(eve: Eve, kind: str) -> list[Fact]:
    """Return the breaks that the next close may still fail: not older than the rules allow, and not undone."""
    within = LINE_RULES.failed_within if kind == "trendline_break" else LEVEL_RULES.failed_within
    found: list[Fact] = []
    for sweep in eve.look.sweeps:
        if kind in sweep.detector.layout.kinds:
            found += sweep.facts(_last_breaks(sweep, kind, len(sweep.tape) - within))
    return found


def _last_breaks(sweep: Sweep, kind: str, since: int) -> list[int]:
    table = sweep.table
    codes = {table.layout.kind(kind), table.layout.kind("failed_break")}
    own = table.layout.kind(kind.removesuffix("_break"))
    last: dict[int, int] = {}
    for row in np.flatnonzero(table.at >= since):
        if int(table.kind[row]) in codes:
            last[int(table.subject[row])] = int(row)
        elif kind == "level_break" and _is_settled(table, int(row), own):
            last.pop(int(table.subject[row]), None)
    return sorted(row for row in last.values() if table.kind[row] == table.layout.kind(kind))


def _is_settled(table: FactTable, row: int, own: int) -> bool:
    """Whether a row says that a level has ended, or has held in its new role: then no close back is a failed break any more."""
    code = int(table.kind[row])
    return code == table.layout.kind("level_flip") or (code == own and int(table.stage[row]) != CONFIRMED)


def _value_ahead(fact: Fact, eve: Eve) -> float | None:
    """Return where a broken line stands in the next session, or a broken level's middle, in prices of the current contract."""
    tape, shift = _tape(eve, fact.basis)
    price = float(fact.readings["price"]) + shift - float(tape.bars.shift[fact.at])
    if fact.kind == "level_break":
        standing = [f for f in eve.look.forming("level") if f.subject == fact.subject]
        return float(standing[0].readings["price"]) if standing else None
    slope = float(fact.readings["slope_atr"]) * float(tape.atr[fact.at])
    return price + slope * (len(tape) - fact.at)
