"""Following: a published setup is traded on later bars by the rules it was published with, to whatever end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.markets.sessions import calendar
from crosscurrent.setups.outcome import Outcome, Status
from crosscurrent.setups.setup import Setup

__all__ = ["RULES", "End", "Fill", "Miss", "Path", "Terms", "entered", "follow", "lived", "terms_of"]

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
class Path:
    """Bars seen from the side of the trade, so that up is good: of a short everything is negated."""

    open: Floats
    best: Floats
    worst: Floats
    close: Floats

    @classmethod
    def of(cls, bars: Bars, sign: int, scale: float = 1.0) -> Path:
        """Return the bars seen from a side, 1 for a long and -1 for a short."""
        best, worst = (bars.high, bars.low) if sign > 0 else (bars.low, bars.high)
        return cls(*(sign * scale * column for column in (bars.open, best, worst, bars.close)))


@dataclass(frozen=True, slots=True)
class Terms:
    """The setup's prices on the basis of the bars, from the side of the trade; `life` is how many bars a filled trade is given."""

    entry: float
    stop: float
    targets: tuple[float, ...]
    wrong: float
    order: str
    life: int
    risk: float


@dataclass(frozen=True, slots=True)
class Fill:
    """Where a trade began: bar, price, and whether the whole bar (`open`), its rest (`within`), or nothing of it (`close`) came after."""

    at: int
    price: float
    when: str


@dataclass(frozen=True, slots=True)
class Miss:
    """Why there is no fill: `waiting` still, `invalidated` first, or `never_filled` because the fill at that bar left no target ahead."""

    status: Status
    at: int = -1


@dataclass(frozen=True, slots=True)
class End:
    """How a filled trade ended: by what, at which bar and price, what it paid in multiples of the risk, after how many targets."""

    status: Status
    at: int
    price: float
    r: float | None
    targets_reached: int
    same_bar: bool = False


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
    path, terms = Path.of(bars, setup.sign, scale), terms_of(setup, bars)
    fill = entered(path, terms, start, int(np.searchsorted(bars.session, setup.expiry, side="right")))
    if isinstance(fill, Miss):
        return replace(_missed(fill, setup, bars), after_the_fact=late)
    paid = COST_TICKS * bars.instrument.notation.tick if costs is None else costs
    return replace(_told(lived(path, terms, fill, paid), fill, bars, setup.sign), after_the_fact=late)


def terms_of(setup: Setup, bars: Bars) -> Terms:
    """Return a setup's prices on the basis of the bars, from the side of the trade."""
    at = bars.index_of(setup.session)
    base, sign = float(bars.shift[at]) if at >= 0 else 0.0, setup.sign

    def seen(price: float) -> float:
        return sign * (price - base)

    life = len(calendar(bars.instrument.exchange).sessions(setup.session + np.timedelta64(1, "D"), setup.expiry))
    return Terms(
        seen(setup.entry.price), seen(setup.stop), tuple(seen(t.price) for t in setup.targets), seen(setup.invalidation.price),
        setup.entry.condition.split("_")[0], max(life, 1), setup.risk,
    )  # fmt: skip


def entered(path: Path, terms: Terms, start: int, stop: int) -> Fill | Miss:
    """Return the fill that the bars from `start` up to, not including, `stop` give, or why there is none."""
    for at in range(start, min(stop, len(path.close))):
        fill = _met(path, terms, at)
        if fill is not None:
            has_room = any(target > fill.price for target in terms.targets)
            return fill if has_room else Miss("never_filled", at)
        if path.close[at] < terms.wrong and at and path.close[at - 1] >= terms.wrong:
            return Miss("invalidated", at)
    return Miss("waiting")


def _met(path: Path, terms: Terms, at: int) -> Fill | None:
    """Return the fill that a bar gives, by the kind of order."""
    if terms.order == "close":
        return Fill(at, float(path.close[at]), "close") if path.close[at] > terms.entry else None
    if terms.order == "trade":
        is_met, at_open = path.best[at] >= terms.entry, path.open[at] >= terms.entry
    else:
        is_met, at_open = path.worst[at] <= terms.entry, path.open[at] <= terms.entry
    if not is_met:
        return None
    return Fill(at, float(path.open[at]) if at_open else terms.entry, "open" if at_open else "within")


def lived(path: Path, terms: Terms, fill: Fill, costs: float) -> End:
    """Return how a filled trade ended, or that it is open at the last bar."""
    goals = [target for target in terms.targets if target > fill.price]
    passed, parts, taken, doubtful = len(terms.targets) - len(goals), len(goals), list[float](), False

    def ended(status: Status, at: int, price: float) -> End:
        exits = [*taken, *[price] * (parts - len(taken))]
        r = (sum(exits) / parts - fill.price - costs) / terms.risk
        return End(status, at, price, r, passed + len(taken) if taken else 0, doubtful)

    for at in range(fill.at + (fill.when == "close"), len(path.close)):
        is_first = at == fill.at
        opened = fill.price if is_first else float(path.open[at])
        # A limit order met within a bar may have seen the bar's best price before it was filled.
        best = fill.price if is_first and fill.when == "within" and terms.order == "retest" else float(path.best[at])
        if opened <= terms.stop:
            return ended("stopped", at, opened)
        while len(taken) < parts and opened >= goals[len(taken)]:
            taken.append(opened)
        if len(taken) < parts and path.worst[at] <= terms.stop:
            doubtful = best >= goals[len(taken)] or (is_first and fill.when == "within" and terms.order == "trade")
            return ended("stopped", at, terms.stop)
        while len(taken) < parts and best >= goals[len(taken)]:
            taken.append(goals[len(taken)])
        if len(taken) == parts:
            return ended("target", at, taken[-1])
        if path.close[at] < terms.wrong:
            return ended("invalidated", at, float(path.close[at]))
        if at - fill.at >= terms.life:
            return ended("expired", at, float(path.close[at]))
    return End("open", len(path.close) - 1, float(path.close[-1]), None, passed + len(taken) if taken else 0)


def _missed(miss: Miss, setup: Setup, bars: Bars) -> Outcome:
    if miss.at >= 0:
        return Outcome(miss.status, session=_day(bars, miss.at))
    is_over = len(bars) > 0 and bars.session[-1] >= setup.expiry
    return Outcome("never_filled", session=setup.expiry) if is_over else Outcome("waiting")


def _told(end: End, fill: Fill, bars: Bars, sign: int) -> Outcome:
    """Return an end as it is kept: in prices of the contract that was current."""
    began = _day(bars, fill.at), _quoted(fill.price, fill.at, bars, sign)
    if end.r is None:
        return Outcome("open", end.targets_reached, *began)
    return Outcome(
        end.status,
        end.targets_reached,
        *began,
        _day(bars, end.at),
        _quoted(end.price, end.at, bars, sign),
        end.r,
        end.same_bar,
    )


def _day(bars: Bars, at: int) -> np.datetime64:
    return np.datetime64(bars.session[at], "D")


def _quoted(seen: float, at: int, bars: Bars, sign: int) -> float:
    """Return a price as the contract current at a bar was quoted."""
    return float(sign * seen + bars.shift[at])
