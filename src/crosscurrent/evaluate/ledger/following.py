"""Following: a published setup is traded on later bars by the rules it was published with, to whatever end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.markets.sessions import calendar
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Setup

__all__ = ["RULES", "follow"]

RULES = {
    "close_above, close_below": "filled at the close that lies beyond the price",
    "trade_above, trade_below": "filled at the price, or at the open beyond it",
    "retest_from_above, retest_from_below": "filled at the price when it is touched, or at the open beyond it",
    "targets": "an equal part is taken at each; one that the fill has passed is none, and with none left the trade is not taken",
    "orders": "a bar that opens beyond a stop or target fills it at the open",
    "same bar": "where stop and target, or stop and entry, lie inside one bar, the stop counts and the trade is flagged",
    "invalidation": "by a close beyond; before the fill only by one that crosses it",
    "expiry": "without a fill after the expiry; a filled trade is given as many sessions as the setup was given to fill, then ends at the close",
    "costs": "two ticks a round trip unless said otherwise",
}
"""The rules in words, kept with each setup that is published."""
COST_TICKS = 2


@dataclass(frozen=True, slots=True)
class _Path:
    """Bars seen from the side of the trade, so that up is good: of a short everything is negated."""

    open: Floats
    best: Floats
    worst: Floats
    close: Floats

    @classmethod
    def of(cls, bars: Bars, sign: int, scale: float) -> _Path:
        best, worst = (bars.high, bars.low) if sign > 0 else (bars.low, bars.high)
        return cls(*(sign * scale * column for column in (bars.open, best, worst, bars.close)))


@dataclass(frozen=True, slots=True)
class _Plan:
    """The setup's prices on the basis of the bars, from the side of the trade."""

    entry: float
    stop: float
    targets: tuple[float, ...]
    wrong: float
    order: str
    life: int


@dataclass(frozen=True, slots=True)
class _Fill:
    """Where a trade began: bar, price, and whether the whole bar (`open`), its rest, or nothing of it (`close`) came after."""

    at: int
    price: float
    when: str


def follow(
    setup: Setup,
    bars: Bars,
    published_at: np.datetime64 | None = None,
    *,
    costs: float | None = None,
    scale: float = 1.0,
) -> Outcome:
    """Return what became of a setup on the bars after its session; the rules are those of `RULES`.

    Known at the last close: bars cut at any session give what was known then, and an end never changes when bars are added.

    Parameters
    ----------
    bars
        The market's adjusted bars: the setup's prices are those of the contract current at its session and are carried over
        rolls by `shift`. Close-only bars are followed by their closes.
    published_at
        The moment it was recorded, UTC; what had closed by then makes the outcome one `after_the_fact`.
    costs
        Points of a round trip; two ticks of the market unless said.
    scale
        What today's prices are multiplied by to be those of the publication, for a series that was since restated (splits, dividends).
    """
    start = int(np.searchsorted(bars.session, setup.session, side="right"))
    late = published_at is not None and start < len(bars) and bool(bars.closed_at[start] <= published_at)
    path, plan = _Path.of(bars, setup.sign, scale), _plan(setup, bars, start)
    filled = _filled(path, plan, bars, setup, start)
    if isinstance(filled, Outcome):
        return replace(filled, after_the_fact=late)
    paid = COST_TICKS * bars.instrument.notation.tick if costs is None else costs
    return replace(_lived(path, plan, bars, setup, filled, paid), after_the_fact=late)


def _plan(setup: Setup, bars: Bars, start: int) -> _Plan:
    base, sign = float(bars.shift[start - 1]) if start else 0.0, setup.sign

    def seen(price: float) -> float:
        return sign * (price - base)

    life = len(calendar(bars.instrument.exchange).sessions(setup.session + np.timedelta64(1, "D"), setup.expiry))
    return _Plan(
        seen(setup.entry.price), seen(setup.stop), tuple(seen(t.price) for t in setup.targets), seen(setup.invalidation.price),
        setup.entry.condition.split("_")[0], max(life, 1),
    )  # fmt: skip


def _filled(path: _Path, plan: _Plan, bars: Bars, setup: Setup, start: int) -> _Fill | Outcome:
    """Return the fill, or what stands instead of one."""
    for at in range(start, len(bars)):
        if bars.session[at] > setup.expiry:
            return Outcome("never_filled", session=setup.expiry)
        fill = _met(path, plan, at)
        if fill is not None:
            has_room = any(target > fill.price for target in plan.targets)
            return fill if has_room else Outcome("never_filled", session=_day(bars, at))
        if path.close[at] < plan.wrong and at and path.close[at - 1] >= plan.wrong:
            return Outcome("invalidated", session=_day(bars, at))
    is_over = len(bars) > 0 and bars.session[-1] >= setup.expiry
    return Outcome("never_filled", session=setup.expiry) if is_over else Outcome("waiting")


def _met(path: _Path, plan: _Plan, at: int) -> _Fill | None:
    """Return the fill that a bar gives, by the kind of order."""
    if plan.order == "close":
        return _Fill(at, float(path.close[at]), "close") if path.close[at] > plan.entry else None
    if plan.order == "trade":
        is_met, at_open = path.best[at] >= plan.entry, path.open[at] >= plan.entry
    else:
        is_met, at_open = path.worst[at] <= plan.entry, path.open[at] <= plan.entry
    if not is_met:
        return None
    return _Fill(at, float(path.open[at]) if at_open else plan.entry, "open" if at_open else "within")


def _lived(path: _Path, plan: _Plan, bars: Bars, setup: Setup, fill: _Fill, costs: float) -> Outcome:
    """Return how a filled trade ended, or that it is open."""
    goals = [target for target in plan.targets if target > fill.price]
    passed, parts, taken, doubtful = len(plan.targets) - len(goals), len(goals), list[float](), False

    def ended(status: str, at: int, price: float) -> Outcome:
        exits = [*taken, *[price] * (parts - len(taken))]
        r = (sum(exits) / parts - fill.price - costs) / setup.risk
        return Outcome(
            status, passed + len(taken) if taken else 0, _day(bars, fill.at), _quoted(fill.price, fill.at, bars, setup), _day(bars, at),  # type: ignore[arg-type]
            _quoted(price, at, bars, setup), r, doubtful,
        )  # fmt: skip

    for at in range(fill.at + (fill.when == "close"), len(bars)):
        is_first = at == fill.at
        opened = fill.price if is_first else float(path.open[at])
        # A limit order met within a bar may have seen the bar's best price before it was filled.
        best = fill.price if is_first and fill.when == "within" and plan.order == "retest" else float(path.best[at])
        if opened <= plan.stop:
            return ended("stopped", at, opened)
        while len(taken) < parts and opened >= goals[len(taken)]:
            taken.append(opened)
        if len(taken) < parts and path.worst[at] <= plan.stop:
            doubtful = best >= goals[len(taken)] or (is_first and fill.when == "within" and plan.order == "trade")
            return ended("stopped", at, plan.stop)
        while len(taken) < parts and best >= goals[len(taken)]:
            taken.append(goals[len(taken)])
        if len(taken) == parts:
            return ended("target", at, taken[-1])
        if path.close[at] < plan.wrong:
            return ended("invalidated", at, float(path.close[at]))
        if at - fill.at >= plan.life:
            return ended("expired", at, float(path.close[at]))
    return Outcome(
        "open", passed + len(taken) if taken else 0, _day(bars, fill.at), _quoted(fill.price, fill.at, bars, setup)
    )


def _day(bars: Bars, at: int) -> np.datetime64:
    return np.datetime64(bars.session[at], "D")


def _quoted(seen: float, at: int, bars: Bars, setup: Setup) -> float:
    """Return a price as the contract current at a bar was quoted."""
    return float(setup.sign * seen + bars.shift[at])
