"""The filter's worth: the same trades with and without the rates filter, each beside random trades of the same geometry.

    all trades      o x o o x x o x     edge before = mean of (what it paid - what its random peers paid)
    the filter        -     -   -       removes what it is against, or all that it is not aligned with
    trades kept     o   o o   x   x     edge after, and the worth = edge after - edge before

A filter that removes trades at random leaves the edge where it was, so its worth is nought and the losers it removes are as many as
their share of all trades. Trades of one week overlap and markets move together, so errors are taken over sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from crosscurrent.bars.bars import Floats
from crosscurrent.errors import BrokenRule
from crosscurrent.evaluate.inference import FEWEST, adjusted_p, apart, judge, stationary_error
from crosscurrent.evaluate.inference import Verdict as Edge
from crosscurrent.evaluate.nulls.matched_entries import volatility_rank
from crosscurrent.evaluate.nulls.matched_trades import matched_results
from crosscurrent.evaluate.outcomes import Costs
from crosscurrent.evaluate.replay import Past, Replayed
from crosscurrent.setups.planning import PLANS

__all__ = ["RULES", "Trades", "Worth", "filter_worth", "traded"]

DRAWS = 60
SPAN = 11
"""Sessions that a trade may take from its fill: the longest that a plan gives it, and the fill's own."""
LEVEL = 0.05
WORTH_HAVING = 0.05
"""In multiples of the risk: a filter that adds less than this to a trade is not worth the trades it costs."""
RULES: dict[str, Callable[[NDArray[np.str_]], NDArray[np.bool_]]] = {
    "not_against": lambda filtered: filtered != "against",
    "aligned_only": lambda filtered: filtered == "aligned",
}
"""Which trades each way of using the filter keeps."""
ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """Trades that were filled and have ended, as columns of shape `(n,)`.

    `filtered` is the filter's word at the close that planned the trade; `day` the weekday number of the fill; `came` what it paid and
    `null`, `variance` what its random peers did, all in multiples of the risk after costs; `flagged` where stop and target, or
    stop and entry, lay inside one bar.
    """

    plan: NDArray[np.str_]
    filtered: NDArray[np.str_]
    day: NDArray[np.int64]
    came: Floats
    null: Floats
    variance: Floats
    flagged: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.came)

    def where(self, mask: NDArray[np.bool_]) -> Trades:
        """Return those that the mask chooses."""
        return Trades(*(getattr(self, name)[mask] for name in self.__slots__))

    @classmethod
    def joined(cls, parts: Sequence[Trades]) -> Trades:
        """Return the trades of several markets as one."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class Worth:
    """What one way of using the filter did to one plan's trades.

    Parameters
    ----------
    plan, rule
        Whose trades, `all` for every plan's; which are kept.
    removed, losers, losers_removed, by_chance
        Trades removed; trades that lost, of all and of those removed; how many losers as many trades chosen by chance would hold.
    before, after
        The edge of all trades and of those kept; `after` is None where none is kept.
    worth, low, high
        What the filter added to the edge a trade, with its 95 per cent interval; NaN where it removed nothing or all.
    p, p_adjusted
        Two-sided, None below the fewest separate dates among those kept or removed; after Benjamini & Hochberg over the list.
    """

    plan: str
    rule: str
    n: int
    removed: int
    losers: int
    losers_removed: int
    by_chance: float
    before: Edge
    after: Edge | None
    worth: float
    low: float
    high: float
    p: float | None
    p_adjusted: float | None = None
    same_bar: int = 0

    @property
    def verdict(self) -> str:
        """What may be said: `helps`, `hurts`, `does_not_help` (it adds less than is worth having), or `cannot_be_said`."""
        if self.p_adjusted is None:
            return "cannot_be_said"
        if self.p_adjusted < LEVEL:
            return "helps" if self.worth > 0 else "hurts"
        return "does_not_help" if self.high < WORTH_HAVING else "cannot_be_said"

    def to_json(self) -> dict[str, Any]:
        """Return the row as the command prints it."""
        return {
            "plan": self.plan, "rule": self.rule, "n": self.n, "removed": self.removed, "losers": self.losers,
            "losers_removed": self.losers_removed, "losers_removed_by_chance": self.by_chance, "before": _edge(self.before),
            "after": _edge(self.after), "worth": _known(self.worth), "interval": [_known(self.low), _known(self.high)], "p": self.p,
            "p_adjusted": self.p_adjusted, "same_bar": self.same_bar, "verdict": self.verdict,
        }  # fmt: skip


def traded(past: Past, found: Iterable[Replayed], costs: Costs, rng: np.random.Generator, draws: int = DRAWS) -> Trades:
    """Return the trades of one market among replayed setups, beside random ones entered in the same years.

    A trade that two closes planned is one: of the same plan and side, filled on one session, the first counts.
    """
    once: dict[tuple[str, str, str], Replayed] = {}
    for each in found:
        if each.outcome.r is not None:
            once.setdefault((each.setup.plan, each.setup.side, str(each.outcome.filled_on)), each)
    trades, bars, atr = list(once.values()), past.bars, past.whole.adjusted.atr
    inside = np.zeros(len(bars), bool)
    if trades:
        inside[bars.index_of(trades[0].setup.session) : max(len(bars) - 2 * SPAN, 0)] = True
    setups = [trade.setup for trade in trades]
    peers = matched_results(setups, bars, atr, volatility_rank(bars, atr), past.points(costs), inside, draws, rng)
    known = np.isfinite(peers).sum(axis=1) > 1
    peers, trades = peers[known], [t for t, is_known in zip(trades, known, strict=True) if is_known]
    return Trades(
        np.array([t.setup.plan for t in trades], "U32"), np.array([t.setup.filter for t in trades], "U8"),
        _weekdays([t.outcome.filled_on for t in trades]), np.array([t.outcome.r for t in trades], np.float64),
        np.nanmean(peers, axis=1), np.nanvar(peers, axis=1, ddof=1), np.array([t.outcome.same_bar for t in trades], bool),
    )  # fmt: skip


def _weekdays(days: Sequence[np.datetime64 | None]) -> NDArray[np.int64]:
    return np.busday_count(np.datetime64("1970-01-01", "D"), np.array(days, "datetime64[D]")).astype(np.int64)


def filter_worth(trades: Trades) -> tuple[Worth, ...]:
    """Return what each way of using the filter did: to all trades, then plan by plan; none where a plan has no trade."""
    plans = (ALL, *(plan.name for plan in PLANS))
    rows = [
        _judged(trades.where((trades.plan == plan) | (plan == ALL)), plan, rule)
        for plan in plans
        if (plan == ALL and len(trades)) or np.any(trades.plan == plan)
        for rule in RULES
    ]
    adjusted = adjusted_p(np.array([np.nan if row.p is None else row.p for row in rows]))
    return tuple(
        row if row.p is None else replace(row, p_adjusted=float(p)) for row, p in zip(rows, adjusted, strict=True)
    )


def _judged(trades: Trades, plan: str, rule: str) -> Worth:
    kept = RULES[rule](trades.filtered)
    lost, n, removed = trades.came < 0, len(trades), int((~kept).sum())
    before, after = _edge_of(trades), _edge_of(trades.where(kept)) if removed < n else None
    worth, error, dates = _difference(trades, kept)
    reach = _reach(error, dates)
    p = float(2 * stats.t.sf(abs(worth) / error, dates - 1)) if dates >= FEWEST and error > 0 else None
    return Worth(
        plan, rule, n, removed, int(lost.sum()), int((lost & ~kept).sum()), removed * float(lost.mean()), before, after,
        worth, worth - reach, worth + reach, p, same_bar=int(trades.flagged.sum()),
    )  # fmt: skip


def _edge_of(trades: Trades) -> Edge:
    edge = judge(trades.came, trades.null, trades.variance, trades.day, SPAN, is_rate=False)
    if edge is None:
        raise BrokenRule("an edge is asked of at least one trade")
    return edge


def _difference(trades: Trades, kept: NDArray[np.bool_]) -> tuple[float, float, int]:
    """Return the mean surprise of those kept less that of all, its standard error over sessions, and the fewer of both sides' dates.

    The error is that of the sum of what each trade contributes to the difference (its influence), so that trades which fall
    together count together.
    """
    surprise, k = trades.came - trades.null, int(kept.sum())
    if k in (0, len(trades)):
        return float("nan"), float("nan"), 0
    worth = float(surprise[kept].mean() - surprise.mean())
    influence = kept * (surprise - surprise[kept].mean()) * len(trades) / k - (surprise - surprise.mean())
    dates = min(apart(trades.day[side], SPAN) for side in (kept, ~kept))
    return worth, stationary_error(influence, trades.day, SPAN), dates


def _edge(edge: Edge | None) -> dict[str, Any] | None:
    if edge is None:
        return None
    reach = _reach(edge.error, edge.dates)
    return {"n": edge.n, "dates": edge.dates, "mean_r": edge.rate, "null": edge.null, "edge": edge.edge,
            "interval": [_known(edge.edge - reach), _known(edge.edge + reach)], "p": edge.p}  # fmt: skip


def _reach(error: float, dates: int) -> float:
    """Return how far a 95 per cent interval reaches to either side; NaN where no two dates lie apart."""
    return float(stats.t.ppf(1 - LEVEL / 2, dates - 1)) * error if dates > 1 else float("nan")


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
