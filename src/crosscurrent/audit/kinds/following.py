"""What became of a setup that somebody described: entered or not, then target, stop or invalidation, whichever came first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.bars.bars import Floats, Sessions

__all__ = ["End", "Plan", "follow"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A setup in prices: its side, entry (None is at once), stop, targets, and what invalidates it at each bar ahead."""

    sign: int
    entry: float | None
    on_close: bool
    stop: float | None
    targets: tuple[float, ...]
    invalid: Floats | None
    horizon: int


@dataclass(frozen=True, slots=True)
class End:
    """Where a setup stands: `not entered`, `open`, `target reached`, `stopped` or `invalidated`, with sessions and prices."""

    what: str
    entered: np.datetime64 | None = None
    entry: float = float("nan")
    left: np.datetime64 | None = None
    price: float = float("nan")
    reached: int = 0
    """How many targets were reached in all, those after the first included, before stop, invalidation or the end of its time."""


@dataclass(frozen=True, slots=True)
class _Path:
    """The bars ahead in prices of the contract that the claim spoke of, seen from the side of the trade: up is good."""

    session: Sessions
    open: Floats
    best: Floats
    worst: Floats
    close: Floats


def follow(case: Case, plan: Plan) -> End:
    """Return what became of a plan on the bars after the claim's session; where one bar holds stop and target, the stop counts."""
    path, now = _ahead(case, plan), plan.sign * float(case.traded.close[-1])
    entry = None if plan.entry is None else plan.sign * plan.entry
    if entry is None or (plan.on_close and now > entry):
        return _lived(path, plan, -1, case.session, now)
    reached = (path.close if plan.on_close else path.best)[: plan.horizon]
    rows = np.flatnonzero(reached > entry)
    if not len(rows):
        return End("not entered", price=plan.sign * float(path.close[-1]) if len(path.close) else float("nan"))
    at = int(rows[0])
    price = float(path.close[at]) if plan.on_close else max(float(path.open[at]), entry)
    return _lived(path, plan, at if plan.on_close else at - 1, path.session[at], price)


def _ahead(case: Case, plan: Plan) -> _Path:
    """Return the bars ahead; a future's are carried over its rolls, so that a step from one contract to the next is no trade."""
    whole = case.bench.whole(case.market, "adjusted")
    at = whole.index_of(case.session)
    bars = whole.slice(at + 1, min(at + 1 + 2 * plan.horizon, len(whole)))
    shift = float(whole.shift[at])
    best, worst = (bars.high, bars.low) if plan.sign > 0 else (bars.low, bars.high)
    return _Path(bars.session, *(plan.sign * (column + shift) for column in (bars.open, best, worst, bars.close)))


def _lived(path: _Path, plan: Plan, after: int, entered: np.datetime64, price: float) -> End:
    stop = None if plan.stop is None else plan.sign * plan.stop
    goals, first = sorted(plan.sign * t for t in plan.targets), None
    reached, entry = 0, plan.sign * price
    for at in range(after + 1, min(after + 1 + plan.horizon, len(path.close))):
        if stop is not None and path.worst[at] <= stop:
            return first or End(
                "stopped", entered, entry, path.session[at], plan.sign * min(stop, float(path.open[at]))
            )
        while reached < len(goals) and path.best[at] >= goals[reached]:
            reached += 1
        if reached:
            day, at_price = (path.session[at], plan.sign * goals[0]) if first is None else (first.left, first.price)
            first = End("target reached", entered, entry, day, at_price, reached)
        if plan.invalid is not None and at < len(plan.invalid) and path.close[at] < plan.sign * plan.invalid[at]:
            return first or End("invalidated", entered, entry, path.session[at], plan.sign * float(path.close[at]))
    return first or End(
        "open", entered, entry, None, plan.sign * float(path.close[-1]) if len(path.close) else float("nan")
    )
