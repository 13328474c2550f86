"""Breaks: closes beyond a line, a level or a pattern's boundary, what was known of each at its close, and which of them failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.evaluate.nulls.matched_entries import volatility_rank, volatility_state
from crosscurrent.evaluate.torn import is_torn
from crosscurrent.evaluate.trap.chance_of_return import chance_of_return
from crosscurrent.evaluate.trap.features import FEATURES, Feature, Ground
from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.facts.table import FactTable
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.look import Look, Sweep
from crosscurrent.structure.patterns import Patterns
from crosscurrent.structure.tape import Tape

__all__ = ["SORTS", "WITHIN", "Breaks", "breaks_of", "pooled", "tells_breaks"]

WITHIN = 5
"""Sessions within which a close back inside makes a break a trap: the detectors' own `failed_within`."""
SORTS = ("line", "level", "pattern")
BOUNDARIES = ("trendline_break", "level_break")
"""The kinds of the first two sorts; of patterns every kind is one."""

Columns = TypeVar("Columns", "Breaks", "_Broken")


@dataclass(frozen=True, slots=True, eq=False)
class Breaks:
    """Breaks as columns of one length, those of a market together.

    Everything but `settled` and `failed` was known at the close of `session`.

    Parameters
    ----------
    market, kind, basis : str of shape (n,)
    subject : int64 of shape (n,)
        Which line, level or pattern it was, within its market, basis and kind.
    sort : int64 of shape (n,)
        The place in `SORTS`.
    side : float64 of shape (n,)
        1 when the close was above.
    session : datetime64[D] of shape (n,)
    is_case : bool of shape (n,)
        Whether it is counted: the first told of its bar, side and sort, on the basis free of roll gaps where its detector reads both.
    features : float64 of shape (n, number of features)
        NaN where one is not known.
    chance : float64 of shape (n,)
        How often price had earlier come back as far within as many sessions, whatever had been broken; NaN where too few bars say.
    settled : datetime64[D] of shape (n,)
        The session whose close decides; NaT while it has not come.
    failed : float64 of shape (n,)
        One where a close came back inside within `WITHIN` sessions, nought where none did; NaN while undecided, and where a bar on the
        way is of a contract whose gap nobody knows or of a stretch in which closes repeat their opens.
    """

    market: NDArray[np.str_]
    kind: NDArray[np.str_]
    basis: NDArray[np.str_]
    subject: NDArray[np.int64]
    sort: NDArray[np.int64]
    side: Floats
    session: Sessions
    is_case: NDArray[np.bool_]
    features: Floats
    chance: Floats
    settled: Sessions
    failed: Floats

    def __len__(self) -> int:
        return len(self.session)

    def where(self, mask: NDArray[np.bool_] | NDArray[np.integer]) -> Breaks:
        """Return the entries that the mask or the places choose."""
        return Breaks(*(getattr(self, f.name)[mask] for f in fields(self)))

    @property
    def day(self) -> NDArray[np.int64]:
        """The weekday number of each session, by which markets fall into clusters."""
        return np.busday_count(np.datetime64("1970-01-01"), self.session)


@dataclass(frozen=True, slots=True, eq=False)
class _Broken:
    """What the detectors say of breaks, columns of one length: where each boundary stood, and how it ran on, on the basis it was drawn.

    `gap` is how far the close lay beyond, in points; `slope` what the boundary moves a bar; `is_preferred` whether the basis counts.
    """

    kind: NDArray[np.str_]
    basis: NDArray[np.str_]
    subject: NDArray[np.int64]
    sort: NDArray[np.int64]
    at: NDArray[np.int64]
    side: Floats
    gap: Floats
    slope: Floats
    touches: Floats
    age: Floats
    untouched: Floats
    is_preferred: NDArray[np.bool_]


def breaks_of(look: Look, beside: Bars | None = None, features: Iterable[Feature] = FEATURES) -> Breaks:
    """Return every break of a market with what was known of it, oldest first; `beside` is the filter market's bars.

    Distances come from the basis a break was told on, movements from prices free of roll gaps, so that no roll fails a break.
    """
    tape, bars = look.adjusted, look.adjusted.bars
    found = _joined(_Broken, _broken(look))
    at, side, unit = found.at, found.side, tape.atr[found.at]
    rank = volatility_rank(bars, tape.atr)
    chance = chance_of_return(
        bars.close, tape.atr, volatility_state(rank), at, side, found.gap / unit, side * found.slope / unit, WITHIN
    )
    ground = Ground(
        tape, beside, at, side, found.gap, found.sort, found.touches, found.age, found.untouched, chance, rank
    )
    breaks = Breaks(
        np.full(len(at), look.market), found.kind, found.basis, found.subject, found.sort, side, bars.session[at].astype("datetime64[D]"),
        _is_case(found), np.column_stack([feature(ground) for feature in features]), chance, _settled(bars, at), _failed(tape, found),
    )  # fmt: skip
    return breaks.where(np.argsort(at, kind="stable"))


def tells_breaks(detector: Detector) -> bool:
    """Whether a detector tells of breaks, so that it must be swept for them."""
    return isinstance(detector, Patterns) or bool(set(BOUNDARIES) & set(detector.layout.kinds))


def pooled(parts: Iterable[Breaks]) -> Breaks:
    """Return the breaks of several markets as one, oldest first."""
    joined = _joined(Breaks, parts)
    return joined.where(np.argsort(joined.session, kind="stable"))


def _joined(kind: type[Columns], parts: Iterable[Columns]) -> Columns:
    some = list(parts)
    return kind(*(np.concatenate([getattr(part, f.name) for part in some]) for f in fields(kind)))


def _broken(look: Look) -> Iterator[_Broken]:
    """Yield the breaks of every sweep that tells any, and none of a kind that nobody breaks, so that there is always one to join."""
    yield _none()
    on_both = {s.detector for s in look.sweeps if s.tape.bars.basis == "adjusted"}
    for sweep in look.sweeps:
        is_preferred = sweep.tape is look.adjusted or sweep.detector not in on_both
        if isinstance(sweep.detector, Patterns):
            yield _of_patterns(sweep, is_preferred)
        for sort, kind in enumerate(BOUNDARIES):
            if kind in sweep.detector.layout.kinds:
                yield _of_boundaries(sweep, kind, sort, is_preferred)


def _none() -> _Broken:
    text, whole, floats = np.empty(0, "U1"), np.empty(0, np.int64), np.empty(0)
    return _Broken(
        text, text, whole, whole, whole, floats, floats, floats, floats, floats, floats, np.empty(0, np.bool_)
    )


def _of_boundaries(sweep: Sweep, kind: str, sort: int, is_preferred: bool) -> _Broken:
    """Return the breaks of lines or of levels, which stand at a price and may slope."""
    table = sweep.table.of_kind(kind)
    has_slope = "slope_atr" in table.layout.readings
    slope = table.reading("slope_atr") * sweep.tape.atr[table.at] if has_slope else np.zeros(len(table))
    touches, age, untouched = (table.reading(name) for name in ("touches", "span", "since_touch"))
    return _made(sweep, table, sort, table.reading("price"), slope, touches, age, untouched, is_preferred)


def _of_patterns(sweep: Sweep, is_preferred: bool) -> _Broken:
    """Return the confirmations of patterns, whose boundary is the line on the side of the break."""
    table = sweep.table.where(sweep.table.stage == CONFIRMED)
    is_up, bars = table.direction > 0, table.reading("bars")
    start, end = (np.where(is_up, table.reading(f"upper_{n}"), table.reading(f"lower_{n}")) for n in ("from", "to"))
    slope, unknown = (end - start) / np.maximum(bars - 1, 1), np.full(len(table), np.nan)
    return _made(sweep, table, 2, end, slope, table.reading("touches"), bars, unknown, is_preferred)


def _made(
    sweep: Sweep, table: FactTable, sort: int, boundary: Floats, slope: Floats, touches: Floats, age: Floats, untouched: Floats,
    is_preferred: bool,
) -> _Broken:  # fmt: skip
    n, side, bars = len(table), table.direction.astype(np.float64), sweep.tape.bars
    return _Broken(
        np.asarray(table.layout.kinds)[table.kind], np.full(n, bars.basis), table.subject, np.full(n, sort), table.at.astype(np.int64), side,
        side * (bars.close[table.at] - boundary), slope, touches, age, untouched, np.full(n, is_preferred),
    )  # fmt: skip


def _is_case(found: _Broken) -> NDArray[np.bool_]:
    """Return whether each is the first of its bar, side and sort, on the basis that counts: three lines broken at once are one case."""
    key = (found.at * 2 + (found.side > 0)) * len(SORTS) + found.sort
    _, first = np.unique(np.where(found.is_preferred, key, -1), return_index=True)
    is_first = np.zeros(len(key), np.bool_)
    is_first[first] = True
    return is_first & found.is_preferred


def _settled(bars: Bars, at: NDArray[np.int64]) -> Sessions:
    decided = at + WITHIN < len(bars)
    settled = np.full(len(at), np.datetime64("NaT", "D"))
    settled[decided] = bars.session[at[decided] + WITHIN]
    return settled


def _failed(tape: Tape, found: _Broken) -> Floats:
    """Return whether a close came back inside the boundary, carried on as it ran."""
    close, failed = tape.bars.close, np.full(len(found.at), np.nan)
    whole = (found.at + WITHIN < len(close)) & ~is_torn(tape, found.at, WITHIN)
    t, side, slope = (column[whole, None] for column in (found.at, found.side, found.slope))
    ahead = np.arange(1, WITHIN + 1)
    left = found.gap[whole, None] + side * (close[t + ahead] - close[t] - slope * ahead)
    failed[whole] = np.any(left < 0, axis=1)
    return failed
