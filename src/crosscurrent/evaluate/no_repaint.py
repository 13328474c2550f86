"""The checks that every detector passes: what was said at a past close is still what is said to have been known then.

Each `check` takes a detector and bars and returns what it found wrong as a sentence, or None. They are part of the package, so that
users can put a detector of their own through them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.facts.stage import FORMING, LEGAL_MOVES, STAGES
from crosscurrent.facts.table import FactTable
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.look import swept
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.watch import Watch

__all__ = [
    "carries_on", "facts_of", "first_difference", "ignores_the_future", "known_after_it_happened", "mirrored", "mirrors", "moves_are_legal",
    "never_repaints", "only_finite", "poisoned", "reads_only_its_lookback", "scaled", "scales_with_price",
]  # fmt: skip

WILDER_MEMORY = 400
"""Bars after which Wilder's average has forgotten its start to less than one part in a billion."""


def facts_of(detector: Detector, bars: Bars) -> FactTable:
    """Return the detector's facts on these bars, none where it cannot read them and none of a bar that is still being traded."""
    tape = Tape(bars)
    return swept(detector, tape).table if detector.can_read(tape) else FactTable.empty(detector.layout)


def never_repaints(detector: Detector, bars: Bars, cuts: Iterable[int]) -> str | None:
    """Check the equation *facts(bars until t) = facts(all bars) with known_at <= t* at each cut (a place of a bar)."""
    whole = facts_of(detector, bars)
    for cut in cuts:
        then, still = facts_of(detector, bars.first(cut + 1)), whole.until(cut)
        if not then.same_as(still):
            return f"cut after {bars.session[cut]}: {first_difference(then, still, bars)}"
    return None


def ignores_the_future(detector: Detector, bars: Bars, cuts: Iterable[int], rng: np.random.Generator) -> str | None:
    """Check that other prices after a close change nothing known at it: shuffled, and thrown far away."""
    whole = facts_of(detector, bars)
    for cut in cuts:
        for poison in poisoned(bars, cut, rng):
            then, still = facts_of(detector, poison).until(cut), whole.until(cut)
            if not then.same_as(still):
                return f"other prices after {bars.session[cut]}: {first_difference(then, still, bars)}"
    return None


def poisoned(bars: Bars, cut: int, rng: np.random.Generator) -> tuple[Bars, Bars]:
    """Return the bars with another future after the cut: its bars in another order, and its prices thrown far away."""
    return _shuffled(bars, cut, rng), _thrown_away(bars, cut)


def _shuffled(bars: Bars, cut: int, rng: np.random.Generator) -> Bars:
    order = np.concatenate([np.arange(cut + 1), cut + 1 + rng.permutation(len(bars) - cut - 1)])
    columns = {name: getattr(bars, name)[order] for name in ("open", "high", "low", "close", "volume")}
    return replace(bars, **columns)


def _thrown_away(bars: Bars, cut: int) -> Bars:
    factor = np.where(np.arange(len(bars)) > cut, 1000.0, 1.0)
    columns = {name: getattr(bars, name) * factor for name in ("open", "high", "low", "close", "volume")}
    return replace(bars, **columns)


def carries_on(detector: Detector, bars: Bars, steps: Iterable[int]) -> str | None:
    """Check that a sweep of so many bars, carried on to so many more at each step, reveals what a sweep of all of them does."""
    first, *more = steps
    watch = Watch.begin(bars.first(first), bars.first(first), (detector,), bars.basis)
    table = _told(watch, detector)
    for n in more:
        now = bars.first(n)
        watch = watch.append(now, now)
        table, whole = table.and_then(_told(watch, detector)), facts_of(detector, now)
        if not table.same_as(whole):
            return f"carried on to {bars.session[n - 1]}: {first_difference(table, whole, bars)}"
    return None


def _told(watch: Watch, detector: Detector) -> FactTable:
    return watch.look.sweeps[0].table if watch.look.sweeps else FactTable.empty(detector.layout)


def first_difference(then: FactTable, still: FactTable, bars: Bars) -> str:
    """Return in words the first fact that one table has and the other has not."""
    rows_then, rows_still = (_rows(t, bars) for t in (then, still))
    for old, new in zip(rows_then, rows_still, strict=False):
        if old != new:
            return f"then {old}, still {new}"
    longer = rows_then[len(rows_still) :] or rows_still[len(rows_then) :]
    who = "said then and no longer" if len(rows_then) > len(rows_still) else "not said then"
    return f"{who}: {longer[0]}" if longer else "columns differ in what is not told"


def _rows(table: FactTable, bars: Bars) -> list[str]:
    return [repr(fact.to_json()) for fact in table.facts(bars)]


def scaled(bars: Bars, factor: float) -> Bars:
    """Return the bars with every price multiplied."""
    return replace(bars, **{n: getattr(bars, n) * factor for n in ("open", "high", "low", "close", "shift")})


def scales_with_price(detector: Detector, bars: Bars, factor: float = 2.0) -> str | None:
    """Check that doubled prices double the facts: same bars, kinds and directions, prices times the factor."""
    plain, double = facts_of(detector, bars), facts_of(detector, scaled(bars, factor))
    if (wrong := _other_heads(plain, double)) is not None:
        return wrong
    for place, name in enumerate(plain.layout.readings):
        times = factor if name in plain.layout.prices | plain.layout.spans else 1.0
        if not np.allclose(plain.readings[:, place] * times, double.readings[:, place], rtol=1e-9, equal_nan=True):
            return f"the reading {name} does not scale"
    return None


def _other_heads(one: FactTable, other: FactTable) -> str | None:
    if len(one) != len(other):
        return f"{len(one)} facts became {len(other)}"
    for column in ("at", "kind", "stage", "direction", "strictness"):
        differs = np.flatnonzero(getattr(one, column) != getattr(other, column))
        if len(differs):
            return f"{column} differs first in row {differs[0]}: {one.layout.kinds[one.kind[differs[0]]]} at {one.at[differs[0]]}"
    return None


def mirrored(bars: Bars, axis: float) -> Bars:
    """Return the bars upside down: each price becomes `axis` minus itself."""
    return replace(bars, open=axis - bars.open, high=axis - bars.low, low=axis - bars.high, close=axis - bars.close)


def mirrors(detector: Detector, bars: Bars, axis: float) -> str | None:
    """Check that upside down each kind becomes its mirror and bullish becomes bearish, at the same closes."""
    plain, turned = facts_of(detector, bars), facts_of(detector, mirrored(bars, axis))
    names = detector.layout.kinds
    image = np.array([names.index(detector.mirror.get(n, n)) for n in names])
    one = _heads(image[plain.kind], -plain.direction, plain)
    other = _heads(turned.kind, turned.direction, turned)
    if one == other:
        return None
    lone = sorted(set(one) ^ set(other))
    return f"{len(plain)} facts became {len(turned)}; first without its image: {_named(lone[0], names) if lone else 'counts differ'}"


def _heads(kind: np.ndarray, direction: np.ndarray, table: FactTable) -> list[tuple[int, ...]]:
    columns = zip(table.at, kind, table.stage, direction, table.strictness, strict=True)
    return sorted(tuple(int(v) for v in row) for row in columns)


def _named(head: tuple[int, ...], names: tuple[str, ...]) -> str:
    at, kind, stage, direction, strictness = head
    return f"{names[kind]} {STAGES[stage]} at {at}, direction {direction}, strictness {strictness}"


def reads_only_its_lookback(detector: Detector, bars: Bars, cuts: Iterable[int]) -> str | None:
    """Check that with older bars cut off (beyond the lookback and Wilder's memory) the last bar reveals the same."""
    if detector.lookback is None:
        return None
    whole = facts_of(detector, bars)
    for cut in cuts:
        start = cut - detector.lookback - WILDER_MEMORY
        if start <= 0:
            continue
        late = facts_of(detector, bars.slice(start, cut + 1))
        now, then = (_said(t.where(t.at == at)) for t, at in ((late, cut - start), (whole, cut)))
        if now != then:
            return f"at {bars.session[cut]}: with all bars {then}, with the lookback's {now}"
    return None


def _said(table: FactTable) -> list[tuple[int, ...]]:
    return sorted(
        zip(table.kind.tolist(), table.stage.tolist(), table.direction.tolist(), table.strictness.tolist(), strict=True)
    )


def known_after_it_happened(table: FactTable, n_bars: int) -> str | None:
    """Check that no fact rests on a bar later than the one that revealed it, and that facts come in order of knowledge."""
    if len(table) and (np.any(np.diff(table.at) < 0) or table.at[0] < 0 or table.at[-1] >= n_bars):
        return "facts are out of order or outside the bars"
    late = (
        np.flatnonzero((table.anchor_at > table.at[:, None]).any(axis=1)) if table.anchor_at.size else np.empty(0, int)
    )
    return f"row {late[0]} rests on a bar after its own" if len(late) else None


def moves_are_legal(table: FactTable) -> str | None:
    """Check that each subject moves through its life as `stage.LEGAL_MOVES` allows and that history holds nothing forming."""
    if np.any(table.stage == FORMING):
        return "history holds a forming fact"
    last: dict[tuple[int, int], int] = {}
    for kind, subject, stage in zip(table.kind.tolist(), table.subject.tolist(), table.stage.tolist(), strict=True):
        before = last.get((kind, subject))
        if subject >= 0 and before is not None and before != stage and (before, stage) not in LEGAL_MOVES:
            return f"{table.layout.kinds[kind]} {subject} moved from {STAGES[before]} to {STAGES[stage]}"
        last[kind, subject] = stage
    return None


def only_finite(table: FactTable) -> str | None:
    """Check that no reading or anchor is infinite (NaN means the fact has no such reading)."""
    if np.isinf(table.readings).any() or not np.isfinite(table.anchor_price[table.anchor_at >= 0]).all():
        return "an infinite reading"
    return None


Check = Callable[..., str | None]
