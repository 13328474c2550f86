"""Planning: every plan on one market, the trades that stand, and the reasons why others do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from crosscurrent.bars.bars import Bars
from crosscurrent.evidence.events_ahead import Scheduled, events_ahead
from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.rates_filter import Filter, rates_filter
from crosscurrent.evidence.record import NO_RECORDS, Records
from crosscurrent.evidence.verdict import for_and_against, weigh
from crosscurrent.setups.average_hold import AverageHold
from crosscurrent.setups.breakout import Breakout
from crosscurrent.setups.failed_break import FailedBreak
from crosscurrent.setups.ground import Ground, Idea, Terms, drawn_up
from crosscurrent.setups.parting import contradiction, parted
from crosscurrent.setups.pattern_completion import PatternCompletion
from crosscurrent.setups.range_edge import RangeEdge
from crosscurrent.setups.retest import Retest
from crosscurrent.setups.setup import Setup, Withheld
from crosscurrent.setups.sizing import Account, size_of
from crosscurrent.setups.triggers import Eve

__all__ = ["PLANS", "Plan", "Planned", "plan_market"]


class Plan(Protocol):
    """A plan: frozen parameters, a name, and the ideas it has of a market."""

    @property
    def name(self) -> str:
        """What the setups are called."""

    def ideas(self, ground: Ground) -> Iterator[Idea]:
        """Yield what the plan sees."""


PLANS: tuple[Plan, ...] = (PatternCompletion(), Breakout(), FailedBreak(), Retest(), AverageHold(), RangeEdge())
"""Every plan, with the parameters that all markets and dates share; where two see one trade or contradict each other, the first has it."""

MOST = 2
"""How many setups are printed on each side of a market."""
ONE_TRADE = 0.75
"""Entries on one side closer than this, in ATR, are one trade."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plans made of one market: its setups, the first plan's first, and what was withheld and why.

    `reason` says why there are none, where there are none.
    """

    market: str
    setups: tuple[Setup, ...]
    withheld: tuple[Withheld, ...] = ()
    reason: str = ""


def plan_market(
    eve: Eve,
    account: Account | None = None,
    *,
    terms: Terms | None = None,
    events: Sequence[Scheduled] = (),
    records: Records = NO_RECORDS,
) -> Planned:
    """Return the setups of a market on the eve of its next session, each with its evidence, filter and size.

    `eve.beside` is the filter market; without one every setup is neutral. `events` are those that stood in the calendar: the ones before
    a setup expires speak against it. `records` has the record of each argument.
    """
    market, bars = eve.look.market, eve.look.traded.bars
    if not eve.is_readable:
        return Planned(market, (), (), f"{market} has no average range, so neither a stop nor a target can be measured")
    if bars.is_close_only:
        return Planned(market, (), (), f"{market} has closes alone, and a stop needs highs and lows")
    ground = Ground(eve)
    made = [drawn_up(idea, ground, terms or Terms()) for plan in PLANS for idea in _nearest_first(plan, ground)]
    setups, contradicted = _one_of_each([each for each in made if isinstance(each, Setup)], eve)
    withheld = _untaken([*(each for each in made if isinstance(each, Withheld)), *contradicted], setups)
    held = (
        rates_filter(eve.look, eve.beside, records) if eve.beside is not None and eve.beside.market != market else None
    )
    found = (*weigh(eve.look, records), *(held.evidence(market) if held else ()))
    apart = parted(setups, eve.unit, bars.instrument.notation)
    told = tuple(_judged(setup, found, held, account, events, bars) for setup in apart)
    reason = (
        ""
        if told
        else withheld[0].reason
        if withheld
        else f"nothing that {market} has drawn is near enough to trade against"
    )
    return Planned(market, told, withheld, reason)


def _nearest_first(plan: Plan, ground: Ground) -> list[Idea]:
    """Return a plan's ideas, the one nearest to the close first: where two contradict each other, no side is preferred."""
    return sorted(plan.ideas(ground), key=lambda idea: abs(idea.price - ground.close))


def _one_of_each(setups: list[Setup], eve: Eve) -> tuple[list[Setup], list[Withheld]]:
    """Return the setups without those that are another's trade again, at most a few on each side; and those that contradict another."""
    kept: list[Setup] = []
    contradicted: list[Withheld] = []
    for setup in setups:
        same = [k for k in kept if k.side == setup.side]
        is_other = all(abs(k.entry.price - setup.entry.price) >= ONE_TRADE * eve.unit for k in same)
        if len(same) < MOST and is_other and all(k.id != setup.id for k in same):
            reason = contradiction(setup, kept, eve.look.traded.bars.instrument.notation)
            if reason is None:
                kept.append(setup)
            else:
                contradicted.append(Withheld(setup.market, setup.plan, setup.side, reason))
    return kept, contradicted


def _untaken(withheld: list[Withheld], setups: list[Setup]) -> tuple[Withheld, ...]:
    """Return each withheld setup once, unless its plan found another on that side."""
    taken = {(s.plan, s.side) for s in setups}
    return tuple(dict.fromkeys(w for w in withheld if (w.plan, w.side) not in taken))


def _judged(
    setup: Setup, found: tuple[Evidence, ...], held: Filter | None, account: Account | None, events: Sequence[Scheduled], bars: Bars
) -> Setup:  # fmt: skip
    supports, opposes = for_and_against(found, setup.side)
    ahead = events_ahead(setup.market, setup.session, setup.expiry, events)
    return replace(
        setup, supports=supports, opposes=(*opposes, *ahead), filter=held.of(setup.side) if held else "neutral", filtered_by=held,
        size=size_of(setup.entry.price, setup.stop, bars.instrument, account) if account else None,
    )  # fmt: skip
