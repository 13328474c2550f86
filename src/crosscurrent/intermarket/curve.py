"""The yield curve: yields, slopes and how they moved, named by rule; breakevens and real yields; a note's price beside its yield."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.bars.panel import pair
from crosscurrent.errors import MissingData
from crosscurrent.intermarket.chance import YEAR
from crosscurrent.intermarket.correlation import sides_of
from crosscurrent.intermarket.rarity import moves_of_bars, spans

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot

__all__ = [
    "BREAKEVENS",
    "SLOPES",
    "TENORS",
    "CurveReport",
    "PriceToYield",
    "Real",
    "Slope",
    "Tenor",
    "curve",
    "name_move",
    "price_to_yield",
    "slope_beta",
]

TENORS = ("DGS1MO", "DGS3MO", "DGS6MO", "DGS1", "DGS2", "DGS3", "DGS5", "DGS7", "DGS10", "DGS20", "DGS30")
SLOPES = (("DGS2", "DGS10"), ("DGS5", "DGS30"), ("DGS3MO", "DGS10"))
BREAKEVENS = (("DGS5", "T5YIE"), ("DGS10", "T10YIE"))
PARALLEL_BP = 1.0


@dataclass(frozen=True, slots=True)
class Tenor:
    """One yield: its value in per cent and its change in basis points over the day, the week and the month (None: no two observations)."""

    market: str
    session: np.datetime64
    value: float
    change_bp: dict[str, float | None]

    def to_json(self) -> dict[str, Any]:
        """Return the row of `yields` that `curve` prints."""
        return {
            "market": self.market,
            "session": str(self.session),
            "yield": self.value,
            "change_bp": dict(self.change_bp),
        }


@dataclass(frozen=True, slots=True)
class Slope:
    """Long less short yield in basis points, its weekly change, and the name of the move by the rule of `name_move`."""

    short: str
    long: str
    value_bp: float
    start: np.datetime64
    end: np.datetime64
    short_bp: float
    long_bp: float
    name: str

    @property
    def change_bp(self) -> float:
        """How much the slope changed over the week."""
        return round(self.long_bp - self.short_bp, 9)

    def to_json(self) -> dict[str, Any]:
        """Return the row of `slopes` that `curve` prints."""
        return {
            "short": self.short, "long": self.long, "value_bp": self.value_bp, "period": "1w", "from": str(self.start),
            "to": str(self.end), "short_bp": self.short_bp, "long_bp": self.long_bp, "change_bp": self.change_bp, "move": self.name,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Real:
    """A yield split into breakeven inflation and the real yield that is left, per cent, with weekly changes in basis points."""

    nominal: str
    breakeven_market: str
    session: np.datetime64
    breakeven: float
    real: float
    breakeven_bp: float | None
    real_bp: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the row of `real_yields` that `curve` prints."""
        return {
            "nominal": self.nominal, "breakeven_market": self.breakeven_market, "session": str(self.session),
            "breakeven": self.breakeven, "real": self.real, "breakeven_change_bp": self.breakeven_bp,
            "real_change_bp": self.real_bp, "period": "1w",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceToYield:
    """How a note's price has answered to its yield: per cent a basis point, with a 95 per cent interval, over `sessions` changes.

    The rule is that price and yield move inversely; the figure says how closely, since the future follows the cheapest bond to
    deliver and settles hours before the yield is read.
    """

    price: str
    yield_market: str
    beta: float
    interval: tuple[float, float]
    change_correlation: float
    sessions: int

    def to_json(self) -> dict[str, Any]:
        """Return what `curve` prints under `price_to_yield`."""
        return {
            "price": self.price, "yield": self.yield_market, "beta_pct_per_bp": self.beta, "interval": list(self.interval),
            "change_correlation": self.change_correlation, "sessions": self.sessions, "basis": "adjusted",
            "rule": "price and yield move inversely",
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class CurveReport:
    """The curve as of a date; `gaps` say what is missing."""

    as_of: np.datetime64
    tenors: tuple[Tenor, ...]
    slopes: tuple[Slope, ...]
    real: tuple[Real, ...]
    price_to_yield: tuple[PriceToYield, ...]
    gaps: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document of `curve`."""
        return {
            "as_of": str(self.as_of), "yields": [row.to_json() for row in self.tenors], "slopes": [row.to_json() for row in self.slopes],
            "real_yields": [row.to_json() for row in self.real],
            "price_to_yield": [row.to_json() for row in self.price_to_yield], "gaps": list(self.gaps),
        }  # fmt: skip


def curve(
    snapshot: Snapshot,
    *,
    tenors: Sequence[str] = TENORS,
    slopes: Sequence[tuple[str, str]] = SLOPES,
    breakevens: Sequence[tuple[str, str]] = BREAKEVENS,
    notes: Sequence[tuple[str, str]] = (("ZN", "DGS10"),),
) -> CurveReport:
    """Return yields, slopes with the week's move named, real yields, and how note prices answer to yields.

    `MissingData` when the snapshot holds none of the tenors. Two yields are compared on the days that both have.
    """
    day = snapshot.as_of.astype("datetime64[D]")
    rows = tuple(_tenor(snapshot, name, day) for name in tenors if snapshot.has(name))
    if not rows:
        raise MissingData("A yield", f"the data until {day}", f"Give one of {', '.join(tenors)}.")
    asked = [*slopes, *breakevens, *notes]
    gaps = tuple(f"{a} and {b}: not both in the data" for a, b in asked if not (snapshot.has(a) and snapshot.has(b)))
    sloped = tuple(_slope(snapshot, *legs) for legs in slopes if _has_both(snapshot, legs))
    real = tuple(_real(snapshot, *legs) for legs in breakevens if _has_both(snapshot, legs))
    answers = tuple(price_to_yield(snapshot, *legs) for legs in notes if _has_both(snapshot, legs))
    return CurveReport(
        day,
        rows,
        tuple(one for one in sloped if one),
        tuple(one for one in real if one),
        tuple(one for one in answers if one),
        gaps,
    )


def _has_both(snapshot: Snapshot, legs: tuple[str, str]) -> bool:
    return snapshot.has(legs[0]) and snapshot.has(legs[1])


def _tenor(snapshot: Snapshot, market: str, day: np.datetime64) -> Tenor:
    bars = snapshot.traded(market)
    moves = {move.period: move.change for move in moves_of_bars(bars, bars, as_of=day)}
    return Tenor(
        market, bars.session[-1], float(bars.close[-1]), {period: moves.get(period) for period in ("1d", "1w", "1mo")}
    )


def _slope(snapshot: Snapshot, short: str, long: str) -> Slope | None:
    common = pair(snapshot.traded(short), snapshot.traded(long))
    starts, ends = spans(common.sessions, "1w")
    if not len(ends):
        return None
    low, high = common.a.close[common.at_a], common.b.close[common.at_b]
    short_bp, long_bp = (round(100.0 * float(leg[ends[-1]] - leg[starts[-1]]), 9) for leg in (low, high))
    value = round(100.0 * float(high[-1] - low[-1]), 9)
    return Slope(
        short,
        long,
        value,
        common.sessions[starts[-1]],
        common.sessions[ends[-1]],
        short_bp,
        long_bp,
        name_move(short_bp, long_bp),
    )


def name_move(short_bp: float, long_bp: float, parallel: float = PARALLEL_BP) -> str:
    """Return the name of a move of the curve, by the market's rule.

    Bull when yields fell, bear when they rose (the mean of both ends decides); steepener when long yields rose against short ones
    by more than `parallel` basis points, flattener when they fell so much; a twist when the ends went opposite ways, each by more.
    """
    steeper, mean = long_bp - short_bp, (long_bp + short_bp) / 2.0
    if abs(short_bp) <= parallel and abs(long_bp) <= parallel:
        return "unchanged"
    if min(abs(short_bp), abs(long_bp)) > parallel and short_bp * long_bp < 0:
        return "steepening twist" if steeper > 0 else "flattening twist"
    way = "bull" if mean < 0 else "bear"
    if abs(steeper) <= parallel:
        return f"{way} parallel shift"
    return f"{way} {'steepener' if steeper > 0 else 'flattener'}"


def _real(snapshot: Snapshot, nominal: str, breakeven: str) -> Real | None:
    common = pair(snapshot.traded(nominal), snapshot.traded(breakeven))
    if not len(common):
        return None
    inflation = common.b.close[common.at_b]
    real = common.a.close[common.at_a] - inflation
    return Real(
        nominal, breakeven, common.sessions[-1], float(inflation[-1]), round(float(real[-1]), 9),
        _weekly_bp(common.sessions, inflation), _weekly_bp(common.sessions, real),
    )  # fmt: skip


def _weekly_bp(sessions: Sessions, values: Floats) -> float | None:
    starts, ends = spans(sessions, "1w")
    return round(100.0 * float(values[ends[-1]] - values[starts[-1]]), 9) if len(ends) else None


def price_to_yield(snapshot: Snapshot, price: str, yield_market: str, window: int = YEAR) -> PriceToYield | None:
    """Return the empirical beta of a note's price to its yield over the last `window` common changes; None with fewer than 20."""
    first, second = sides_of(snapshot, pair(snapshot.traded(price), snapshot.traded(yield_market)))
    recent = np.arange(len(first.levels))[-window - 1 :]
    y, x = first.at(recent).changes(), second.at(recent).changes()
    if len(y) < 20 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    beta, error = slope_beta(y, x)
    together = float(np.corrcoef(x, y)[0, 1])
    return PriceToYield(price, yield_market, beta, (beta - 1.96 * error, beta + 1.96 * error), together, len(y))


def slope_beta(y: Floats, x: Floats) -> tuple[float, float]:
    """Return the slope of a regression on one variable and its standard error, robust to changing volatility (HC3)."""
    centred = x - x.mean()
    spread = float(centred @ centred)
    beta = float(centred @ y) / spread
    residual = y - y.mean() - beta * centred
    leverage = 1.0 / len(x) + centred**2 / spread
    return beta, float(np.sqrt(np.sum((centred * residual / (1.0 - leverage)) ** 2)) / spread)
