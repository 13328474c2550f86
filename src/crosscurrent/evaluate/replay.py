"""Replay: the setups of every past close as they would have been printed then, and what became of each.

    close 1    close 2    close 3  ...    the history is swept once; at each close its facts are cut, what was forming is made anew
       |          |          |            from the bars known then, the plans are asked, and what they plan is followed on the bars
    setups     setups     setups          that came after

The plans are the same functions that plan the next session, so a replayed setup is the one that would have been printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.ledger.following import follow
from crosscurrent.evaluate.outcomes import Costs
from crosscurrent.evidence.events_ahead import Scheduled
from crosscurrent.markets.sessions import calendar
from crosscurrent.pipeline import look
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.planning import Planned, plan_market
from crosscurrent.setups.setup import Setup
from crosscurrent.setups.triggers import Eve
from crosscurrent.structure.look import Look

__all__ = ["EVERY", "Ahead", "Every", "Past", "Replayed", "closes", "nothing_ahead", "replay"]

Every = Literal["day", "week", "month"]
EVERY: tuple[Every, ...] = ("day", "week", "month")
MONDAY = np.timedelta64(3, "D")
"""numpy's weeks begin on Thursdays, as 1 January 1970 was one; ours on Mondays."""


Ahead = Callable[[np.datetime64], Sequence[Scheduled]]


def nothing_ahead(day: np.datetime64) -> Sequence[Scheduled]:
    """Return no event, where the data hold no calendar."""
    return ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """A setup of a past close and what became of it."""

    setup: Setup
    outcome: Outcome

    def to_json(self) -> dict[str, Any]:
        """Return the setup as `setups` prints it, with its outcome."""
        return self.setup.to_json() | {"outcome": self.outcome.to_json()}


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """A market's whole history, swept once, with that of the market that stands as condition; any past close can be asked of it.

    Parameters
    ----------
    whole, beside
        What both had drawn by the last close; `beside` is None where no market stands as condition.
    bars
        The market's adjusted bars, on which setups are followed.
    ahead
        What stood in the calendar at a day. The records of arguments are not made anew for every close: a replayed setup bears none.
    """

    whole: Look
    beside: Look | None
    bars: Bars
    ahead: Ahead

    @classmethod
    def of(cls, snapshot: Snapshot, market: str, beside: str | None = None, ahead: Ahead = nothing_ahead) -> Past:
        """Return the past of a market in a snapshot; a condition that the snapshot does not hold is none."""
        looks = look(snapshot, dict.fromkeys([market, *([beside] if beside and snapshot.has(beside) else [])]))
        return cls(looks[market], looks.get(beside or ""), snapshot.adjusted(market), ahead)

    def has(self, day: np.datetime64) -> bool:
        """Whether any bar of the market was known by a day."""
        return self.bars.index_of(day) >= 0

    def planned(self, day: np.datetime64) -> Planned:
        """Return what the plans would have made of the market at the close of a day, from what was known then alone."""
        beside = self.beside.until(day) if self.beside is not None else None
        eve = Eve(self.whole.until(day), beside if beside is not None and len(beside.traded) else None)
        return plan_market(eve, events=self.ahead(day))

    def points(self, costs: Costs) -> Floats:
        """Return what a round trip begun at each bar costs, in points; NaN while there is no ATR. Shape `(n,)`."""
        atr = self.whole.adjusted.atr
        return costs.in_atr(self.bars, atr) * atr


def closes(
    bars: Bars, since: np.datetime64 | None = None, until: np.datetime64 | None = None, every: Every = "week"
) -> Sessions:
    """Return the sessions from `since` to `until` at whose close there is a replay: each, or the last of every week or month.

    The last session of the bars ends its week only when the exchange's next one lies in another.
    """
    days = bars.session
    if every != "day" and len(days):
        following = np.append(days[1:], calendar(bars.instrument.exchange).next_session(np.datetime64(days[-1], "D")))
        days = days[_period(days, every) != _period(following, every)]
    kept = np.ones(len(days), bool)
    if since is not None:
        kept &= days >= since
    if until is not None:
        kept &= days <= until
    return days[kept]


def _period(days: Sessions, every: Every) -> Sessions:
    return (days + MONDAY).astype("datetime64[W]") if every == "week" else days.astype("datetime64[M]")


def replay(past: Past, days: Iterable[np.datetime64], costs: Costs | None = None) -> Iterator[tuple[Replayed, ...]]:
    """Yield for each of the days the setups of its close with what became of them by the last bar; none where none was planned.

    Parameters
    ----------
    costs
        Of a round trip: ticks of the market and a share of the ATR at the close that planned it.
    """
    points = past.points(costs or Costs())
    for day in days:
        paid = float(points[past.bars.index_of(day)])
        yield tuple(Replayed(setup, follow(setup, past.bars, costs=paid)) for setup in past.planned(day).setups)
