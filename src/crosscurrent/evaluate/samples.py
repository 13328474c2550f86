"""Samples: the cases of one market with what came of each, what chance gives it, and how far chance strays; ready to be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.cases import FOLLOW_THROUGH, Cases, Market
from crosscurrent.evaluate.found_by_chance import Found, found_by_chance
from crosscurrent.evaluate.inference import clustering
from crosscurrent.evaluate.nulls.matched_entries import expected, matched_rates, wideness_rank
from crosscurrent.evaluate.nulls.random_levels import random_level_rates
from crosscurrent.evaluate.nulls.rotated_calendar import rotations_of
from crosscurrent.evaluate.outcomes import BOTH, Barriers, Costs, EachBar, first_touch, forward_return
from crosscurrent.facts.stage import DIRECTIONS
from crosscurrent.intermarket.chance import generator_for

__all__ = ["By", "Design", "Sample", "samples"]

TURNS = 4000
"""How many rotations of the calendar are drawn to see how the first questions err together."""
REGIMES = ("calm", "usual", "turbulent")
By = Literal["direction", "regime", "filter"]
Group = tuple[str | None, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Design:
    """What a study asks, fixed before it looks.

    Parameters
    ----------
    horizons
        After how many bars returns are read. The last is the first question of every kind that takes a side; the rest is asked second.
    orders
        Target and stop, in ATR from the next open.
    patience
        How many bars a target has.
    costs, costs_of
        Of a round trip: anywhere, and in the markets that have their own.
    draws
        Entries drawn for each case whose distances are its own.
    series
        How many series are made of a market's bars to see what its candles and patterns would show by chance. None: entries are drawn
        for them too, which costs a hundredth and leaves out what the detectors choose.
    since, until
        Sessions of the first and last case; the null is of the same period. An outcome that ends after `until` is not known yet.
    by
        What the cases are divided by, if anything.
    asks_each
        Whether each market is asked on its own too. A universe of thousands asks all together alone, and pays for fewer questions.
    """

    horizons: tuple[int, ...] = (5, 10)
    orders: tuple[tuple[float, float], ...] = ((1.0, 1.0), (2.0, 1.0))
    patience: int = 20
    costs: Costs = field(default_factory=Costs)
    costs_of: Mapping[str, Costs] = field(default_factory=dict)
    draws: int = 64
    series: int = 0
    since: np.datetime64 | None = None
    until: np.datetime64 | None = None
    by: By | None = None
    asks_each: bool = True

    @property
    def first_question(self) -> str:
        """The outcome by which every kind that takes a side is judged first."""
        return f"return_{self.horizons[-1]}"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Cases of one kind in one market with one outcome, ready to be judged: columns of one length.

    Parameters
    ----------
    came, null, variance, day
        What came of each case, what chance gives it, with which variance, and the weekday number of its session.
    spread
        The variance of the summed surprise when there is nothing to find.
    by_chance : float64 of shape (TURNS,) or None
        Of the first question, that sum under so many rotations of the calendar, the same for all kinds of the market.
    flagged
        How many cases ended in a bar that held stop and target both.
    takes_side
        Whether any of them says up or down.
    is_patched
        Whether the market's outcomes hold roll gaps that nobody earned.
    """

    kind: str
    market: str
    outcome: str
    group: str | None
    is_rate: bool
    span: int
    came: Floats
    null: Floats
    variance: Floats
    day: NDArray[np.int64]
    spread: float
    flagged: int = 0
    takes_side: bool = True
    is_patched: bool = False
    by_chance: Floats | None = None


def samples(market: Market, design: Design, filtered: NDArray[np.int64] | None = None) -> Iterator[Sample]:
    """Yield the cases of a market, judged by every outcome that their kind has; `filtered` is the filter's direction at each bar."""
    asking = _Asking(market, design, filtered)
    for each in _of_each_bar(market, design):
        yield from asking.beside_matched_entries(each)
    for cases in market.cases.values():
        for barriers in _own(cases):
            yield from asking.beside_their_like(cases, barriers)


def _of_each_bar(market: Market, design: Design) -> Iterator[EachBar]:
    costs = design.costs_of.get(market.name, design.costs).in_atr(market.bars, market.atr)
    for horizon in design.horizons:
        yield forward_return(market.bars, market.atr, horizon, costs)
    if not market.bars.is_close_only:
        for target, stop in design.orders:
            yield first_touch(market.bars, market.atr, target, stop, design.patience)


def _own(cases: Cases) -> Iterator[Barriers]:
    if cases.touches:
        yield cases.touches.barriers
    if cases.barriers:
        yield cases.barriers
    yield from cases.later


class _Asking:
    """One market under one design: which bars belong to the period, which outcomes are known in it, who stands in which group."""

    def __init__(self, market: Market, design: Design, filtered: NDArray[np.int64] | None) -> None:
        self.market, self.design, self.filtered = market, design, filtered
        session = market.bars.session
        self.start = 0 if design.since is None else int(np.searchsorted(session, design.since))
        self.end = len(session) if design.until is None else int(np.searchsorted(session, design.until, side="right"))
        self.inside = (np.arange(len(session)) >= self.start) & (np.arange(len(session)) < self.end)
        self.tears = np.cumsum(np.zeros(len(session), bool) if market.torn is None else market.torn)

    @cached_property
    def by_chance(self) -> Mapping[tuple[str, str, int], Found]:
        return found_by_chance(self.market, slice(self.start, max(self.end, self.start)), self.design.series)

    @cached_property
    def wideness(self) -> Floats:
        """Where each bar's own range stands, by bars of the period alone, so that later ones change nothing."""
        rank = np.full(len(self.market.bars), np.nan)
        places = slice(self.start, max(self.end, self.start))
        rank[places] = wideness_rank(self.market.bars.slice(places.start, places.stop), self.market.atr[places])
        return rank

    def is_known(self, at: NDArray[np.integer], span: int | NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether outcomes begun at these bars ended within the period and straddle no gap between contracts."""
        last = at + span
        whole: NDArray[np.bool_] = self.inside[at] & (last < self.end)
        if len(self.tears):
            whole &= self.tears[np.minimum(last, len(self.tears) - 1)] == self.tears[at]
        return whole

    def beside_matched_entries(self, each: EachBar) -> Iterator[Sample]:
        """Yield what came of every kind by an outcome that is told for every bar; its null and its spread come with it."""
        everywhere = np.arange(len(self.market.bars))
        known = self.is_known(everywhere, each.span)
        chance = expected(each, self.market.state, known)
        turned = rotations_of(each, chance, known)
        turns = self.turns(turned.length) if turned and each.name == self.design.first_question else None
        for cases in self.market.cases.values():
            told = known[cases.at] & np.isfinite(each.on(cases.side, cases.at))
            told &= np.isfinite(chance.on(cases.side, cases.at)[0])
            for group, members in self.groups(cases):
                mine = told & members
                if turned is None or not mine.any():
                    continue
                at, side = cases.at[mine], cases.side[mine]
                null, variance = chance.on(side, at)
                flagged = 0 if each.flagged is None else int(each.flagged[np.where(side < 0, 1, 0), at].sum())
                sums = turned.sums(at, side)
                yield self.sample(
                    cases, each.name, group, each.is_rate, each.span, mine, each.on(side, at), null, variance,
                    float(sums.var()), flagged, None if turns is None else sums[turns],
                )  # fmt: skip

    def beside_their_like(self, cases: Cases, barriers: Barriers) -> Iterator[Sample]:
        """Yield what came of cases with prices of their own, beside what such prices meet by chance."""
        bars, atr = self.market.bars, self.market.atr
        came, ends = barriers.outcomes(bars, atr), barriers.ends(bars, atr)
        known = self.is_known(barriers.at, barriers.patience) & np.isfinite(came)
        null, noise = self.null_of(cases, barriers, known)
        for group, members in self.groups(cases):
            mine = known & members & np.isfinite(null)
            if not mine.any():
                continue
            variance, surprise = null[mine] * (1 - null[mine]), came[mine] - null[mine]
            span, day = int(np.median(barriers.patience[mine])), self.market.day[barriers.at[mine]]
            spread = float(variance.sum()) * clustering(surprise, day, span) + noise(mine)
            flagged = int((ends[mine] == BOTH).sum())
            yield self.sample(
                cases, barriers.name, group, True, span, mine, came[mine], null[mine], variance, spread, flagged
            )

    def null_of(self, cases: Cases, barriers: Barriers, known: NDArray[np.bool_]) -> tuple[Floats, _Noise]:
        """Return what chance gives each case, and how much the null itself strays."""
        if self.design.series and cases.family in ("candle", "pattern") and barriers.name != FOLLOW_THROUGH:
            nothing = Found(np.nan, 0)
            found = {side: self.by_chance.get((cases.kind, barriers.name, side), nothing) for side in (-1, 0, 1)}
            return np.array([found[side].rate for side in cases.side.tolist()]), _Noise(cases.side, found)
        null = np.full(len(barriers), np.nan)
        if known.any():
            null[known] = self.drawn(cases, barriers, known)
        return null, _Noise(cases.side, {})

    def drawn(self, cases: Cases, barriers: Barriers, known: NDArray[np.bool_]) -> Floats:
        """Return what entries drawn for the known cases meet; their time too is over within the period."""
        bars, atr, chosen = self.market.bars, self.market.atr, barriers.chosen(known)
        entries = self.is_known(np.arange(len(bars)), int(chosen.patience.max()))
        rank = self.wideness if barriers.name == FOLLOW_THROUGH else self.market.rank
        rng = generator_for(self.market.name, cases.kind, barriers.name)
        where = (bars, atr, rank, entries, self.design.draws, rng)
        if cases.touches and barriers is cases.touches.barriers:
            return random_level_rates(chosen, cases.touches.edge[known], *where)
        return matched_rates(chosen, *where)

    def turns(self, length: int) -> NDArray[np.int64]:
        """Return rotations of the calendar, drawn once for all kinds of the market."""
        return generator_for(self.market.name, "rotations").integers(0, length, TURNS)

    def groups(self, cases: Cases) -> Iterator[Group]:
        """Yield the groups into which the design divides the cases, with their members."""
        at, side = cases.at, cases.side
        if self.design.by is None:
            yield None, np.ones(len(at), bool)
        elif self.design.by == "direction":
            yield from ((name, side == code) for code, name in DIRECTIONS.items())
        elif self.design.by == "regime":
            yield from ((name, self.market.state[at] == code) for code, name in enumerate(REGIMES))
        elif self.filtered is not None:
            agrees = self.filtered[at] * side
            yield from (("aligned", agrees > 0), ("against", agrees < 0), ("neutral", agrees == 0))

    def sample(
        self, cases: Cases, outcome: str, group: str | None, is_rate: bool, span: int, mine: NDArray[np.bool_], came: Floats,
        null: Floats, variance: Floats, spread: float, flagged: int, by_chance: Floats | None = None,
    ) -> Sample:  # fmt: skip
        """Return a sample under the names of this market and kind."""
        return Sample(
            cases.kind, self.market.name, outcome, group, is_rate, span, came, null, variance, self.market.day[cases.at[mine]],
            spread, flagged, bool(np.any(cases.side[mine])), self.market.is_patched, by_chance,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Noise:
    """How much a null that was found by chance strays itself: one rate for all cases of a side, from so many made ones."""

    side: NDArray[np.int64]
    found: Mapping[int, Found]

    def __call__(self, mine: NDArray[np.bool_]) -> float:
        known = {side: found for side, found in self.found.items() if found.n}
        return sum(
            float((self.side[mine] == side).sum()) ** 2 * f.rate * (1 - f.rate) / f.n for side, f in known.items()
        )
