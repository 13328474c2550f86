"""What drove a move: rates, something else, or nothing that can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.errors import MissingData
from crosscurrent.intermarket.attribution import Attribution, attribute
from crosscurrent.intermarket.chance import YEAR, generator_for
from crosscurrent.intermarket.correlation import Side

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot

__all__ = [
    "DRIVERS",
    "Driver",
    "DriverReport",
    "Group",
    "Part",
    "Verdict",
    "drivers",
    "group_of",
    "judge",
    "sign_reading",
]

Verdict = Literal["rates_driven", "partly", "driven_by", "not_identified"]
RATES = "rates"
FEWEST_SESSIONS = 60
HALF, FIFTH = 0.5, 0.2
COLLINEAR = 0.7
SAME_INDEX = (("NQ", "NDX", "QQQ"), ("ES", "SPX", "SPY"), ("RTY", "RUT", "IWM"), ("YM", "DJI", "DIA"))


@dataclass(frozen=True, slots=True)
class Driver:
    """Something that may have moved a market.

    Parameters
    ----------
    name, group
        `level`, `slope` and `policy` belong to the group `rates`; every other driver is a rival of its own.
    markets
        Where it is read, the first that is known and has a history; of a pair with `less` the spread is taken (both in yields).
    """

    name: str
    group: str
    markets: tuple[str, ...]
    less: tuple[str, ...] = ()


DRIVERS: tuple[Driver, ...] = (
    Driver("level", RATES, ("DGS10", "TNX")),
    Driver("slope", RATES, ("DGS10", "TNX"), less=("DGS2", "DGS1")),
    Driver("policy", RATES, ("FED_DEC25_IMPLIED", "DGS1", "DGS6MO")),
    Driver("dollar", "dollar", ("DXY", "UUP")),
    Driver("oil", "oil", ("CL",)),
    Driver("volatility", "volatility", ("VIX",)),
    Driver("credit", "credit", ("HYG",)),
    Driver("other_index", "other_index", ("ES", "SPX", "SPY", "NQ", "NDX", "QQQ", "RTY", "RUT", "IWM")),
)


@dataclass(frozen=True, slots=True)
class Part:
    """What one driver explains of the move: in per cent with an interval, and its Shapley share of R-squared before the move."""

    driver: str
    group: str
    market: str
    moved: float
    unit: str
    pct: float
    interval: tuple[float, float]
    share: float

    def to_json(self) -> dict[str, Any]:
        """Return the row of `parts` that `drivers` prints."""
        return {
            "driver": self.driver, "group": self.group, "market": self.market, "moved": self.moved, "unit": self.unit,
            "pct": self.pct, "interval": list(self.interval), "share": self.share,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of drivers explains together: rates as one, every rival as its own.

    `pct` shares credit with drivers that moved alike; `given_others` is the interval for what the group explains when all others are
    held fixed, which tells a driver from its shadow.
    """

    name: str
    pct: float
    interval: tuple[float, float]
    given_others: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """Return the row of `groups` that `drivers` prints."""
        return {
            "group": self.name, "pct": self.pct, "interval": list(self.interval), "given_others": list(self.given_others)
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class DriverReport:
    """A move split into what each driver explains and what is left, with a verdict by fixed rules.

    `leftover_percentile` is the share of earlier spans of that length with a smaller leftover. `collinear` names drivers that
    moved so much alike that they share credit. `rates_alone` is what rates explain when no rival is let in: the most that could be
    credited to them. `reading` is what the signs of stocks and yields suggest: a reading, not truth.
    """

    market: str
    start: np.datetime64
    end: np.datetime64
    return_pct: float
    parts: tuple[Part, ...]
    groups: tuple[Group, ...]
    rates_alone: Group | None
    leftover: float
    leftover_percentile: float
    r_squared: float
    verdict: Verdict
    by: str | None
    reason: str
    reading: str | None
    collinear: tuple[tuple[str, str], ...]
    window: int
    gaps: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document of `drivers`."""
        return {
            "market": self.market, "from": str(self.start), "to": str(self.end), "return_pct": self.return_pct,
            "parts": [part.to_json() for part in self.parts],
            "groups": [group.to_json() for group in self.groups],
            "rates_alone": self.rates_alone.to_json() if self.rates_alone else None,
            "leftover": {"pct": self.leftover, "percentile": self.leftover_percentile}, "verdict": self.verdict, "by": self.by,
            "reason": self.reason, "reading": self.reading, "r_squared": self.r_squared,
            "collinear": [list(pair) for pair in self.collinear], "window": self.window, "basis": "adjusted", "gaps": list(self.gaps),
        }  # fmt: skip


def drivers(
    snapshot: Snapshot,
    market: str,
    *,
    start: np.datetime64 | None = None,
    candidates: Sequence[Driver] = DRIVERS,
    window: int = YEAR,
    rng: np.random.Generator | None = None,
) -> DriverReport:
    """Return what drove `market` from the close of `start` to the last close of the snapshot.

    Changes are daily, on the adjusted basis, between sessions that all markets share (so a bond holiday merges two days for all);
    per cent for prices, basis points for yields. Betas are estimated over the `window` common changes that end at `start`: the move
    is not in them. Intervals are 95 per cent, of a stationary block bootstrap.

    Parameters
    ----------
    start
        The close from which the move is counted; the last session of the week before when not given.
    candidates
        Drivers to try. One that is missing, is the market itself, or has too short a history is left out and named in `gaps`.
    """
    day = snapshot.traded(market).session[-1]
    begin = _week_before(snapshot.traded(market).session) if start is None else start.astype("datetime64[D]")
    found, gaps = _read(snapshot, market, candidates, begin)
    sessions = _common([snapshot.adjusted(market).session, *(one.sessions for one in found)])
    split = int(np.searchsorted(sessions, begin, side="right")) - 1
    if split < FEWEST_SESSIONS or split >= len(sessions) - 1 or not found:
        raise MissingData(
            f"A move of {market} from {begin} to {day} with {FEWEST_SESSIONS} common sessions before it",
            f"the data ({max(split, 0)} common sessions before, {max(len(sessions) - 1 - split, 0)} after)",
        )
    first = max(split - window, 0)
    columns = np.column_stack([_changes(one, sessions[first:]) for one in (_own(snapshot, market), *found)])
    before, during = columns[: split - first], columns[split - first :]
    rng = generator_for(market, begin, sessions[-1]) if rng is None else rng
    return _report(market, (sessions[split], sessions[-1]), before, during, found, tuple(gaps), rng)


def _week_before(sessions: Sessions) -> np.datetime64:
    """Return the last session of the week before the last one: weeks end on Friday."""
    number = (sessions.astype("datetime64[D]").astype(np.int64) + 5) // 7
    earlier = np.flatnonzero(number < number[-1])
    if not len(earlier):
        raise MissingData("A week before the last one", "the data")
    return np.datetime64(sessions[earlier[-1]])


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """A driver's closes on its own sessions; a spread of yields is a yield."""

    driver: Driver
    market: str
    sessions: Sessions
    closes: Floats
    shift: Floats
    unit: Literal["pct", "bp"]


def _read(
    snapshot: Snapshot, market: str, candidates: Sequence[Driver], begin: np.datetime64
) -> tuple[list[_Series], list[str]]:
    found: list[_Series] = []
    gaps: list[str] = []
    for driver in candidates:
        series = _series(snapshot, market, driver, begin)
        if series is None:
            gaps.append(f"{driver.name}: none of {', '.join(driver.markets)} is known with a history before {begin}")
        else:
            found.append(series)
    return found, gaps


def _series(snapshot: Snapshot, market: str, driver: Driver, begin: np.datetime64) -> _Series | None:
    one = _first_known(snapshot, driver.markets, market, begin)
    if one is None:
        return None
    if not driver.less:
        return _Series(driver, one.market, one.session, one.close, one.shift, one.instrument.change_unit)
    other = _first_known(snapshot, driver.less, market, begin)
    if other is None:
        return None
    sessions, at, at_other = np.intersect1d(one.session, other.session, assume_unique=True, return_indices=True)
    spread = one.close[at] - other.close[at_other]
    return _Series(driver, f"{one.market}-{other.market}", sessions, spread, np.zeros(len(spread)), "bp")


def _first_known(snapshot: Snapshot, names: Sequence[str], market: str, begin: np.datetime64) -> Bars | None:
    """Return the first market with a year of history before the move, else the first with enough to estimate anything from."""
    same = next((family for family in SAME_INDEX if market in family), (market,))
    known = [snapshot.adjusted(name) for name in names if name not in same and snapshot.has(name)]
    current = [bars for bars in known if bars.session[-1] > begin]
    for least in (YEAR, FEWEST_SESSIONS):
        for bars in current:
            if int(np.searchsorted(bars.session, begin)) >= least:
                return bars
    return None


def _common(all_sessions: Sequence[Sessions]) -> Sessions:
    """Return the sessions that all series share."""
    common = all_sessions[0]
    for sessions in all_sessions[1:]:
        common = np.intersect1d(common, sessions, assume_unique=True)
    return common


def _own(snapshot: Snapshot, market: str) -> _Series:
    bars = snapshot.adjusted(market)
    return _Series(Driver("market", "", ()), market, bars.session, bars.close, bars.shift, bars.instrument.change_unit)


def _changes(series: _Series, common: Sessions) -> Floats:
    at = np.searchsorted(series.sessions, common)
    return Side(series.market, series.closes[at], series.closes[at], series.shift[at], series.unit).changes()


def _report(
    market: str, span: tuple[np.datetime64, np.datetime64], before: Floats, during: Floats, found: Sequence[_Series],
    gaps: tuple[str, ...], rng: np.random.Generator,
) -> DriverReport:  # fmt: skip
    moved = during[:, 1:].sum(axis=0)
    names = [one.driver.group for one in found]
    groups = [[k for k, name in enumerate(names) if name == group] for group in dict.fromkeys(names)]
    made = attribute(before[:, 0], before[:, 1:], float(during[:, 0].sum()), moved, len(during), rng, groups=groups)
    total = 100.0 * float(np.prod(1.0 + during[:, 0] / 100.0) - 1.0)
    parts = tuple(_part(one, made, k, float(moved[k])) for k, one in enumerate(found))
    explained = tuple(group_of(made, names[members[0]], members) for members in groups)
    verdict, by, reason = judge(total, made.usual, explained)
    level = next((part.moved for part in parts if part.driver == "level"), None)
    return DriverReport(
        market=market, start=span[0], end=span[1], return_pct=total, parts=parts, groups=explained,
        rates_alone=_rates_alone(before, during, found, rng), leftover=total - float(made.parts.sum()),
        leftover_percentile=made.leftover_percentile, r_squared=made.r_squared, verdict=verdict, by=by, reason=reason,
        reading=None if level is None else sign_reading(total, level), collinear=_collinear(before[:, 1:], found),
        window=len(before), gaps=gaps,
    )  # fmt: skip


def _part(one: _Series, made: Attribution, k: int, moved: float) -> Part:
    share, pct = float(made.shares[k]), float(made.parts[k])
    return Part(one.driver.name, one.driver.group, one.market, moved, one.unit, pct, made.interval_of([k]), share)


def _rates_alone(before: Floats, during: Floats, found: Sequence[_Series], rng: np.random.Generator) -> Group | None:
    """Return what rates explain when no rival is let in, the most that could be credited to them; None without any of them."""
    columns = [k + 1 for k, one in enumerate(found) if one.driver.group == RATES]
    if not columns:
        return None
    moved = during[:, columns].sum(axis=0)
    everything = range(len(columns))
    y, moved_y = before[:, 0], float(during[:, 0].sum())
    return group_of(
        attribute(y, before[:, columns], moved_y, moved, len(during), rng, groups=[everything]), RATES, everything
    )


def group_of(made: Attribution, name: str, members: Sequence[int]) -> Group:
    """Return what some drivers explain together."""
    pct = float(made.parts[list(members)].sum())
    return Group(name, pct, made.interval_of(members), made.interval_given_others(members))


def judge(total: float, usual: float, groups: Sequence[Group]) -> tuple[Verdict, str | None, str]:
    """Return the verdict on a move of `total` per cent where `usual` is the usual size, whom it names, and the rule that gave it.

    A group counts when its interval excludes zero in the direction of the move, also with all others held fixed, and it explains
    at least a fifth of the move (or of a usual move, where the move is smaller). Of those that count the largest leads, if its
    interval overlaps no other's. A leader with half of the move or more has driven it; with less it has done so partly. Otherwise
    nothing is identified.
    """
    way = 1.0 if total >= 0 else -1.0
    size = max(abs(total), usual)
    counting = sorted((g for g in groups if _counts(g, way, FIFTH * size)), key=lambda g: -way * g.pct)
    if not counting:
        return "not_identified", None, "no driver explains a fifth of the move with an interval that excludes zero"
    leader = counting[0]
    rivals = [g.name for g in groups if g is not leader and _least(leader.interval, way) <= _most(g.interval, way)]
    if rivals:
        return "not_identified", None, f"the interval of {leader.name} overlaps that of {' and '.join(rivals)}"
    if way * leader.pct < HALF * abs(total):
        return "partly", leader.name, f"{leader.name} leads, with less than half of the move"
    verdict: Verdict = "rates_driven" if leader.name == RATES else "driven_by"
    return verdict, leader.name, f"{leader.name} explains at least half of the move and no other interval overlaps"


def _least(interval: tuple[float, float], way: float) -> float:
    return min(way * bound for bound in interval)


def _most(interval: tuple[float, float], way: float) -> float:
    return max(way * bound for bound in interval)


def _counts(group: Group, way: float, floor: float) -> bool:
    is_sure = _least(group.interval, way) > 0 and _least(group.given_others, way) > 0
    return is_sure and way * group.pct >= floor


def _collinear(changes: Floats, found: Sequence[_Series]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of drivers that moved so much alike before the move that they share credit."""
    names = [one.driver.name for one in found]
    moving = changes.std(axis=0) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        together: NDArray[np.float64] = np.atleast_2d(np.corrcoef(changes, rowvar=False))
    return tuple(
        (names[i], names[j])
        for i in range(len(names)) for j in range(i + 1, len(names))
        if moving[i] and moving[j] and abs(together[i, j]) >= COLLINEAR
    )  # fmt: skip


def sign_reading(stocks_pct: float, yields_bp: float) -> str | None:
    """Return what the signs suggest (Cieslak & Pang 2021): growth news moves stocks and yields together, policy against each other."""
    if stocks_pct == 0 or yields_bp == 0:
        return None
    if stocks_pct > 0:
        return "easier policy" if yields_bp < 0 else "better growth"
    return "tighter policy" if yields_bp > 0 else "worse growth"
