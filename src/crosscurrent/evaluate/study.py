"""A study: every kind of fact in every market, what came after it beside what chance gives, and which of it is more than chance.

Each kind that takes a side is asked one question first: where price stands after ten bars, all markets together. These first
questions have nine tenths of the error budget and are corrected together, weighted by what each could find; all others (single
markets, targets before stops, what a candle or a pattern promises) share the last tenth and are corrected by their false
discoveries. The study counts what it tried; nobody has to remember.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.evaluate.best_of_kinds import Best, Weekly, best_of_kinds, weekly
from crosscurrent.evaluate.cases import Market
from crosscurrent.evaluate.inference import LEVEL, Verdict, across, adjusted_p, judge, stepwise_p, weights_by_reach
from crosscurrent.evaluate.questions import Held, Questions
from crosscurrent.evaluate.samples import By, Design, Sample, samples

__all__ = ["ALL", "THOROUGH", "By", "Design", "Row", "Sample", "Study", "samples"]

ALL = "all"
"""The name under which all markets of a study stand together."""
WORTH_FINDING = 0.5
"""The smallest edge, in ATR, that a first question is meant to find: its chances to do so weigh it."""
FIRST = 0.9
"""The share of the error budget that belongs to the first questions."""
THOROUGH = 10
"""How many series a study that is published makes of each market."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what came after a kind of fact, beside chance.

    Parameters
    ----------
    is_first
        Whether it is the question that its kind is asked first.
    same_bar
        How many cases ended in a bar that held stop and target both.
    """

    kind: str
    market: str
    outcome: str
    group: str | None
    is_rate: bool
    verdict: Verdict
    p_adjusted: float | None = None
    same_bar: int = 0
    is_first: bool = False

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
            "first": self.is_first,
        }  # fmt: skip


Judged = tuple[Row, Floats | None]
"""A row, and of a first question its edge under chance in standard errors."""


class Study:
    """A study under way: markets are added one by one, and nothing is forgotten of what was asked.

    Nothing random is hidden: entries are drawn by a generator that belongs to the market's and the kind's names.
    """

    def __init__(self, design: Design | None = None, questions: Questions | None = None) -> None:
        self.design = design or Design()
        self.questions = questions or Held()

    @property
    def markets(self) -> list[str]:
        """The markets that were added."""
        return list(self.questions.markets)

    def add(self, market: Market, filtered: NDArray[np.int64] | None = None) -> None:
        """Add a market's cases; `filtered` is the direction of the filter at each bar, for a study by filter."""
        self.questions.put(market.name, samples(market, self.design, filtered))

    @property
    def _asks_each(self) -> bool:
        return self.design.asks_each or len(self.questions.markets) < 2

    @property
    def tried(self) -> int:
        """How many questions were asked: every combination of kind, market, outcome and group that had a case."""
        each, several = self._asks_each, len(self.questions.markets) > 1
        return sum(each * count + several * has_clean for count, has_clean in self.questions.tally())

    def rows(self) -> tuple[Row, ...]:
        """Return the table: all markets together first, then each, corrected as one list."""
        together, single = list[Judged](), list[Judged]()
        each, several = self._asks_each, len(self.questions.markets) > 1
        for _, parts in self.questions.parts():
            together += self._together(parts) if several else ()
            single += (pair for part in parts for pair in self._judged([part], part.market)) if each else ()
        judged = together + single
        corrected = _corrected(judged)
        return tuple(
            replace(row, p_adjusted=None if np.isnan(q) else float(q))
            for (row, _), q in zip(judged, corrected, strict=True)
        )

    def best(self) -> Best | None:
        """Return the best of the kinds by their first question, and what is left of it after so many were tried."""
        return best_of_kinds(self._weekly())

    def _weekly(self) -> Iterator[tuple[str, Weekly]]:
        for (kind, _, _), parts in self.questions.parts(self.design.first_question):
            mine = [part for part in parts if part.takes_side and not part.is_patched]
            if mine:
                yield kind, weekly(mine)

    def _together(self, parts: list[Sample]) -> Iterator[Judged]:
        """Yield the row of all markets; those whose outcomes hold roll gaps stand alone."""
        clean = [part for part in parts if not part.is_patched]
        if clean:
            yield from self._judged(clean, ALL)

    def _judged(self, parts: list[Sample], market: str) -> Iterator[Judged]:
        first = parts[0]
        came, null, variance, day = (
            np.concatenate([getattr(p, n) for p in parts]) for n in ("came", "null", "variance", "day")
        )
        verdict = judge(came, null, variance, day, first.span, first.is_rate, _spread(parts))
        if verdict is None:
            return
        is_first = first.outcome == self.design.first_question and any(part.takes_side for part in parts)
        is_first &= market == ALL or len(self.markets) == 1
        flagged = sum(part.flagged for part in parts)
        row = Row(
            first.kind, market, first.outcome, first.group, first.is_rate, verdict, same_bar=flagged, is_first=is_first
        )
        yield row, _by_chance(parts) if is_first else None

    def findings(self) -> tuple[Row, ...]:
        """Return the rows that are more than chance, the surest first."""
        return tuple(sorted((r for r in self.rows() if r.is_finding), key=lambda r: r.p_adjusted or 0.0))


def _spread(parts: list[Sample]) -> float:
    """Return the variance of the summed surprise of several markets, which have their days in common."""
    alone = sum(part.spread for part in parts)
    if len(parts) == 1:
        return alone
    return alone * across([part.came - part.null for part in parts], [part.day for part in parts], parts[0].span)


def _by_chance(parts: list[Sample]) -> Floats | None:
    """Return the summed surprise under chance in standard errors, each market turned on its own. Shape `(turns,)`."""
    turned, spread = [part.by_chance for part in parts if part.by_chance is not None], sum(p.spread for p in parts)
    return np.sum(turned, axis=0) / np.sqrt(spread) if turned and spread > 0 else None


def _corrected(judged: list[Judged]) -> Floats:
    """Return p of each row corrected for the whole list: the first questions step by step, the rest by their false discoveries."""
    corrected = np.full(len(judged), np.nan)
    claimed = [place for place, (row, _) in enumerate(judged) if row.verdict.p is not None]
    first = [place for place in claimed if judged[place][1] is not None]
    rest = [place for place in claimed if judged[place][1] is None]
    share = FIRST if first and rest else 1.0
    if first:
        error = np.array([judged[place][0].verdict.error for place in first])
        z = np.array([judged[place][0].verdict.edge for place in first]) / error
        chance = np.array([judged[place][1] for place in first])
        corrected[first] = stepwise_p(z, chance, weights_by_reach(WORTH_FINDING / error)) / share
    if rest:
        p = np.array([judged[place][0].verdict.p for place in rest], float)
        corrected[rest] = adjusted_p(p) / (1.0 - share if first else 1.0)
    capped: Floats = np.minimum(corrected, 1.0)
    return capped
