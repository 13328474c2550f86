"""A study: every kind of fact in every market, what came after it beside what chance gives, and which of it is more than chance.

The list is corrected as a whole. Rows of all markets together ask few questions, rows of each market thousands, so the two share
the weight of the correction in halves. The study counts what it tried; nobody has to remember.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.cases import Cases, Market
from crosscurrent.evaluate.inference import Verdict, adjusted_p, judge
from crosscurrent.evaluate.nulls.matched_entries import expected, matched_rates
from crosscurrent.evaluate.nulls.random_levels import random_level_rates
from crosscurrent.evaluate.outcomes import Barriers, Costs, EachBar, first_touch, forward_return
from crosscurrent.facts.stage import DIRECTIONS
from crosscurrent.intermarket.chance import generator_for

__all__ = ["ALL", "By", "Design", "Row", "Sample", "Study", "samples"]

ALL = "all"
"""The name under which all markets of a study stand together."""
LEVEL = 0.05
REGIMES = ("calm", "usual", "turbulent")
By = Literal["direction", "regime", "filter"]


@dataclass(frozen=True, slots=True)
class Design:
    """What a study asks, fixed before it looks.

    Parameters
    ----------
    horizons
        After how many bars returns are read.
    orders
        Target and stop, in ATR from the next open.
    patience
        How many bars a target has.
    costs
        Of a round trip.
    draws
        Entries drawn for each case whose distances are its own.
    since, until
        Sessions of the first and last case; the null is of the same period. An outcome that ends after `until` is not known yet.
    by
        What the cases are divided by, if anything.
    """

    horizons: tuple[int, ...] = (5, 10)
    orders: tuple[tuple[float, float], ...] = ((1.0, 1.0), (2.0, 1.0))
    patience: int = 20
    costs: Costs = field(default_factory=Costs)
    draws: int = 64
    since: np.datetime64 | None = None
    until: np.datetime64 | None = None
    by: By | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Cases of one kind in one market with one outcome, ready to be judged: columns of one length."""

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
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what came after a kind of fact, beside chance. `same_bar` counts cases where stop and target met."""

    kind: str
    market: str
    outcome: str
    group: str | None
    is_rate: bool
    verdict: Verdict
    p_adjusted: float | None = None
    same_bar: int = 0

    @property
    def is_finding(self) -> bool:
        """Whether it is more than chance after the correction for the whole list."""
        return self.p_adjusted is not None and self.p_adjusted < LEVEL

    def to_json(self) -> dict[str, Any]:
        """Return the row as the contract of the commands prints it."""
        v = self.verdict
        return {
            "kind": self.kind, "market": self.market, "outcome": self.outcome, "group": self.group,
            "unit": "share" if self.is_rate else "atr", "n": v.n, "dates": v.dates, "rate": v.rate, "interval": [v.low, v.high],
            "null": v.null, "edge": v.edge, "error": v.error, "p": v.p, "p_adjusted": self.p_adjusted, "same_bar": self.same_bar,
        }  # fmt: skip


class Study:
    """A study under way: markets are added one by one, and nothing is forgotten of what was asked.

    Nothing random is hidden: entries are drawn by a generator that belongs to the market's and the kind's names.
    """

    def __init__(self, design: Design | None = None) -> None:
        self.design = design or Design()
        self.markets: list[str] = []
        self._samples: dict[tuple[str, str, str | None], list[Sample]] = {}

    def add(self, market: Market, filtered: NDArray[np.int64] | None = None) -> None:
        """Add a market's cases; `filtered` is the direction of the filter at each bar, for a study by filter."""
        self.markets.append(market.name)
        for sample in samples(market, self.design, filtered):
            self._samples.setdefault((sample.kind, sample.outcome, sample.group), []).append(sample)

    @property
    def tried(self) -> int:
        """How many questions were asked: every combination of kind, market, outcome and group that had a case."""
        several = len(self.markets) > 1
        return sum(len(parts) + several for parts in self._samples.values())

    def rows(self) -> tuple[Row, ...]:
        """Return the table: all markets together first, then each, corrected as one list."""
        together = [row for parts in self._samples.values() if len(self.markets) > 1 for row in _judged(parts, ALL)]
        single = [row for parts in self._samples.values() for part in parts for row in _judged([part], part.market)]
        rows = together + single
        p = np.array([np.nan if row.verdict.p is None else row.verdict.p for row in rows])
        weight = np.concatenate(
            [np.full(len(part), 1.0 / max(np.isfinite(q).sum(), 1)) for part, q in ((together, p[: len(together)]), (single, p[len(together) :]))]
        )  # fmt: skip
        corrected = adjusted_p(p, weight)
        return tuple(
            replace(row, p_adjusted=None if np.isnan(q) else float(q)) for row, q in zip(rows, corrected, strict=True)
        )

    def findings(self) -> tuple[Row, ...]:
        """Return the rows that are more than chance, the surest first."""
        return tuple(sorted((r for r in self.rows() if r.is_finding), key=lambda r: r.p_adjusted or 0.0))


def _judged(parts: list[Sample], market: str) -> Iterator[Row]:
    came, null, variance, day = (
        np.concatenate([getattr(p, n) for p in parts]) for n in ("came", "null", "variance", "day")
    )
    first = parts[0]
    verdict = judge(came, null, variance, day, first.span, first.is_rate)
    if verdict is not None:
        flagged = sum(p.flagged for p in parts)
        yield Row(first.kind, market, first.outcome, first.group, first.is_rate, verdict, same_bar=flagged)


def samples(market: Market, design: Design, filtered: NDArray[np.int64] | None = None) -> Iterator[Sample]:
    """Yield the cases of a market, judged by every outcome that their kind has."""
    inside = _inside(market, design)
    for each in _of_each_bar(market, design):
        chance = expected(each, market.state, inside & _is_over(market, each.span, design))
        for cases in market.cases.values():
            mine = _asked(cases, inside)
            came, (null, variance) = (
                each.on(cases.side[mine], cases.at[mine]),
                chance.on(cases.side[mine], cases.at[mine]),
            )
            yield from _grouped(
                market, design, filtered, cases, mine, each.name, each.is_rate, each.span, came, null, variance, each
            )
    for cases in market.cases.values():
        yield from _of_their_own(market, design, filtered, cases, inside)


def _of_each_bar(market: Market, design: Design) -> Iterator[EachBar]:
    costs = design.costs.in_atr(market.bars, market.atr)
    for horizon in design.horizons:
        yield forward_return(market.bars, market.atr, horizon, costs)
    if not market.bars.is_close_only:
        for target, stop in design.orders:
            yield first_touch(market.bars, market.atr, target, stop, design.patience)


def _of_their_own(
    market: Market, design: Design, filtered: NDArray[np.int64] | None, cases: Cases, inside: NDArray[np.bool_]
) -> Iterator[Sample]:
    """Yield cases with barriers of their own, beside entries drawn with the same."""
    barriers = cases.touches.barriers if cases.touches else cases.barriers
    if barriers is None:
        return
    mine = _asked(cases, inside)
    barriers = _chosen(barriers, mine)
    span = int(np.median(barriers.patience)) if len(barriers) else 1
    rng = generator_for(market.name, cases.kind, barriers.name)
    where = (market.bars, market.atr, market.rank, inside & _is_over(market, span, design), design.draws, rng)
    null = (
        random_level_rates(barriers, cases.touches.edge[mine], *where)
        if cases.touches
        else matched_rates(barriers, *where)
    )
    came = barriers.outcomes(market.bars, market.atr)
    yield from _grouped(
        market, design, filtered, cases, mine, barriers.name, True, span, came, null, null * (1 - null), None
    )


def _chosen(barriers: Barriers, mine: NDArray[np.intp]) -> Barriers:
    columns = {name: getattr(barriers, name)[mine] for name in ("at", "side", "good", "bad", "patience")}
    return replace(barriers, **columns)


def _inside(market: Market, design: Design) -> NDArray[np.bool_]:
    session = market.bars.session
    inside = np.ones(len(session), bool)
    if design.since is not None:
        inside &= session >= design.since
    if design.until is not None:
        inside &= session <= design.until
    return inside


def _is_over(market: Market, span: int, design: Design) -> NDArray[np.bool_]:
    """Whether an outcome begun at each bar was known by the end of the study's period."""
    known = (
        len(market.bars)
        if design.until is None
        else int(np.searchsorted(market.bars.session, design.until, side="right"))
    )
    return np.arange(len(market.bars)) + span < known


def _asked(cases: Cases, inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    return np.flatnonzero(inside[cases.at])


def _grouped(
    market: Market, design: Design, filtered: NDArray[np.int64] | None, cases: Cases, mine: NDArray[np.intp], outcome: str,
    is_rate: bool, span: int, came: Floats, null: Floats, variance: Floats, each: EachBar | None,
) -> Iterator[Sample]:  # fmt: skip
    """Yield the known cases of each group as a sample."""
    at, side = cases.at[mine], cases.side[mine]
    known = np.isfinite(came) & np.isfinite(null) & _is_over(market, span, design)[at]
    flags = (
        np.zeros(len(at), bool) if each is None or each.flagged is None else each.flagged[np.where(side < 0, 1, 0), at]
    )
    for group, members in _groups(market, design, filtered, at, side):
        kept = known & members
        if kept.any():
            yield Sample(
                cases.kind, market.name, outcome, group, is_rate, span, came[kept], null[kept], variance[kept],
                market.day[at[kept]], int(flags[kept].sum()),
            )  # fmt: skip


def _groups(
    market: Market, design: Design, filtered: NDArray[np.int64] | None, at: NDArray[np.int64], side: NDArray[np.int64]
) -> Iterator[tuple[str | None, NDArray[np.bool_]]]:
    if design.by is None:
        yield None, np.ones(len(at), bool)
    elif design.by == "direction":
        yield from ((name, side == code) for code, name in DIRECTIONS.items())
    elif design.by == "regime":
        yield from ((name, market.state[at] == code) for code, name in enumerate(REGIMES))
    elif filtered is not None:
        agrees = filtered[at] * side
        yield from (("aligned", agrees > 0), ("against", agrees < 0), ("neutral", agrees == 0))
