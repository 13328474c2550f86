"""Walk-forward: what was found until a day, judged by what came after it, because what was chosen by the past proves nothing there.

At each cut a study of all that was known by then chooses its findings; only these are asked of the time from the cut to the next one,
and only their number is corrected for. A case before the cut whose outcome came after it belongs to neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscurrent.evaluate.cases import Market
from crosscurrent.evaluate.inference import adjusted_p
from crosscurrent.evaluate.study import Design, Row, Study

__all__ = ["Chosen", "WalkForward"]

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A finding until a cut, and the same question asked afterwards; `after` is None where nothing of the kind came."""

    cut: np.datetime64
    before: Row
    after: Row | None

    @property
    def keeps_its_sign(self) -> bool:
        """Whether the edge points the same way afterwards."""
        return self.after is not None and self.after.verdict.edge * self.before.verdict.edge > 0

    @property
    def holds(self) -> bool:
        """Whether it is more than chance afterwards too, the same way, corrected for all that were chosen at the cut."""
        return self.keeps_its_sign and self.after is not None and self.after.is_finding

    def to_json(self) -> dict[str, Any]:
        """Return both rows as the command prints them."""
        after = None if self.after is None else self.after.to_json()
        return {"cut": str(self.cut), "before": self.before.to_json(), "after": after, "holds": self.holds}


class WalkForward:
    """Studies before and after each cut, under way: markets are added one by one."""

    def __init__(self, design: Design, cuts: Iterable[np.datetime64]) -> None:
        self.cuts = tuple(sorted(cuts))
        ends = (*self.cuts[1:], design.until)
        self._studies = tuple(
            (Study(replace(design, until=cut)), Study(replace(design, since=cut + DAY, until=end)))
            for cut, end in zip(self.cuts, ends, strict=True)
        )

    def add(self, market: Market, filtered: NDArray[np.int64] | None = None) -> None:
        """Add a market's cases to both sides of every cut."""
        for before, after in self._studies:
            before.add(market, filtered)
            after.add(market, filtered)

    def chosen(self) -> tuple[Chosen, ...]:
        """Return what each cut chose, and what became of it."""
        return tuple(
            chosen for cut, studies in zip(self.cuts, self._studies, strict=True) for chosen in _chosen(cut, *studies)
        )


def _chosen(cut: np.datetime64, before: Study, after: Study) -> list[Chosen]:
    findings = before.findings()
    later = {_question(row): row for row in after.rows()} if findings else {}
    asked = [later.get(_question(row)) for row in findings]
    p = np.array([np.nan if row is None or row.verdict.p is None else row.verdict.p for row in asked])
    told = [
        row and replace(row, p_adjusted=None if np.isnan(q) else float(q))
        for row, q in zip(asked, adjusted_p(p), strict=True)
    ]
    return [Chosen(cut, row, then) for row, then in zip(findings, told, strict=True)]


def _question(row: Row) -> tuple[str, str, str, str | None]:
    return row.kind, row.market, row.outcome, row.group
