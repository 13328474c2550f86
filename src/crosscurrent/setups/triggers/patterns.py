"""The closes that confirm a forming pattern or fail one that stands, and the prices at which targets are reached."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from crosscurrent.facts.fact import Fact
from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.facts.table import FactTable
from crosscurrent.setups.triggers.imagined import with_close
from crosscurrent.setups.triggers.trigger import AT_LAST_CLOSE, Eve, Trigger
from crosscurrent.structure.look import Sweep
from crosscurrent.structure.patterns import Patterns
from crosscurrent.structure.tape import Tape
from crosscurrent.units.dates import date_of

__all__ = ["forming_patterns", "standing", "standing_patterns"]

TICK, HAIR = 1e-2, 1e-6
"""How far beyond a price and short of it closes are tried, in ATR: more than rounding, and about a tick."""
REACH = 6.0
"""A boundary farther from the close, in ATR, is no matter of the next session."""


def forming_patterns(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes that confirm what is forming.

    Whether a pattern is told depends on others that overlap it, so each price is put to the detector itself: a bar is appended
    beyond it and one short of it, and only a price that makes the difference is yielded.
    """
    for sweep in eve.look.sweeps:
        if isinstance(sweep.detector, Patterns):
            for fact in sweep.detector.forming(sweep.tape).facts(sweep.tape.bars):
                price, up = float(fact.readings["trigger"]), fact.direction == "bullish"
                far = abs(price - eve.close) > REACH * eve.unit
                if not far and (price - eve.close) * (1 if up else -1) > 0 and _is_kept(fact, price, sweep, eve):
                    yield _confirmed(fact, price, up)


def _confirmed(fact: Fact, price: float, up: bool) -> Trigger:
    return Trigger(
        price, fact.kind, fact.direction, "above" if up else "below",
        f"a close {'above' if up else 'below'} confirms the {fact.kind.replace('_', ' ')} begun on {date_of(fact.anchors[0].session)}",
        strength=float(fact.readings.get("quality", 5.0)), basis=fact.basis, assumption=AT_LAST_CLOSE,
        session=fact.anchors[0].session, subject=fact.subject,
    )  # fmt: skip


def _is_kept(fact: Fact, price: float, sweep: Sweep, eve: Eve) -> bool:
    """Whether the detector tells the pattern at a close just beyond its price and at one a tick farther, and not at one just short of it.

    A tick farther too: a flag and a pennant on the same bars can be parted by less, and then only the clearer is ever told.
    """
    edge, side = price - float(sweep.tape.bars.shift[-1]), 1 if fact.direction == "bullish" else -1
    expected = {HAIR: True, TICK: True, -HAIR: False}
    return all(confirms(sweep, fact, edge + side * way * eve.unit) == told for way, told in expected.items())


def confirms(sweep: Sweep, fact: Fact, close: float) -> bool:
    """Whether one more close makes the detector tell a pattern of this kind and direction."""
    bars = with_close(sweep.tape.bars, close)
    table = sweep.detector.sweep(Tape(bars))
    side = 1 if fact.direction == "bullish" else -1
    now = (table.at == len(bars) - 1) & (table.stage == CONFIRMED) & (table.direction == side)
    return bool(np.any(now & (table.kind == table.layout.kind(fact.kind))))


def standing_patterns(eve: Eve) -> Iterator[Trigger]:
    """Yield for each confirmed pattern that has not ended the close that fails it, and the price that reaches its target."""
    for fact, shift in standing(eve):
        up = fact.direction == "bullish"
        wrong, target = (float(fact.readings[name]) + shift for name in ("invalidation", "target"))
        named = f"{fact.kind.replace('_', ' ')} of {date_of(fact.session)}"
        quality = float(fact.readings.get("quality", 5.0))
        if (eve.close - wrong) * (1 if up else -1) > 0:
            yield Trigger(wrong, fact.kind, "bearish" if up else "bullish", "below" if up else "above",
                          f"a close {'below' if up else 'above'} fails the {named}", is_made=False, strength=quality, basis=fact.basis,
                          session=fact.session, subject=fact.subject)  # fmt: skip
        if (target - eve.close) * (1 if up else -1) > 0:
            yield Trigger(target, fact.kind, fact.direction, "above" if up else "below", f"target of the {named}",
                          "high" if up else "low", is_made=False, strength=quality, basis=fact.basis, session=fact.session,
                          subject=fact.subject)  # fmt: skip


def standing(eve: Eve) -> Iterator[tuple[Fact, float]]:
    """Yield the confirmed patterns that have not ended, each with what brings its prices to those of the current contract."""
    for sweep in eve.look.sweeps:
        if isinstance(sweep.detector, Patterns):
            bars = sweep.tape.bars
            for fact in sweep.facts(last_of_each(sweep.table)):
                if float(fact.readings["bars"]) + fact.at >= len(bars):
                    yield fact, float(bars.shift[-1] - bars.shift[fact.at])


def last_of_each(table: FactTable) -> NDArray[np.intp]:
    """Return the places of the last fact about each subject that is confirmed: what still stands."""
    life = np.stack([table.kind.astype(np.int64), table.subject])[:, ::-1]
    _, newest = np.unique(life, axis=1, return_index=True)
    last = np.sort(len(table) - 1 - newest)
    return np.asarray(last[table.stage[last] == CONFIRMED])
