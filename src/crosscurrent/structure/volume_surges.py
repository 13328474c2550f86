"""Volume against its own norm: surges, and volume that dries up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point
from crosscurrent.facts.stage import CONFIRMED, NEUTRAL, NO_STRICTNESS
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.markets.instrument import Roll
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["VolumeSurges", "is_in_roll", "volume_norm"]

ROLL_BARS: dict[Roll, int] = {"none": 0, "equity_quarterly": 10, "treasury_quarterly": 20, "monthly": 5}
"""Sessions before a roll in which the volume of the front contract tells of the roll: first both contracts trade heavily, then the
expiring one decays. Treasury positions move from about a week before first notice, four weeks before the last day."""


HOURS = 24
"""How many parts of a week share a habit at most."""

SESSIONS_A_BAR = {"1d": 1, "1w": 5, "1mo": 21}
"""Of shorter bars only the first of a contract counts as about a roll."""


@dataclass(frozen=True, slots=True)
class VolumeSurges(Detector):
    r"""Find bars with far more volume than is usual for their weekday, and runs with far less.

                 |
       |  |   |  |  |             volume_surge: one bar at `surge` times its norm or more
       |  |   |  |  |  .  .  .    volume_dry_up: `dry_bars` bars in a row at `dry` times theirs or less, told once

    The norm is the recent level, a month's median, times the habit of the weekday (within a day: of the hour); medians,
    because holidays and half sessions are no norm; the bar itself is left out. Bars about a roll are neither judged nor
    counted: when the next roll is due is told by the spacing of the last two, so it is known at the time. A surge has the
    direction of its close. Silent until the norm has all its bars.

    Parameters
    ----------
    level
        How many bars make the recent level.
    norm_bars
        How many bars of the same weekday make its habit, beside as many weeks' bars.
    surge, dry
        What share of the norm is a surge, and what share is dry.
    dry_bars
        How many dry bars in a row; one alone is a half session.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, on volume at breakouts; half again a month's norm is the convention of
    screeners.
    """

    level: int = 20
    norm_bars: int = 10
    surge: float = 1.5
    dry: float = 0.6
    dry_bars: int = 3

    layout = Layout(kinds=("volume_surge", "volume_dry_up"), readings=("ratio", "volume", "norm"), anchors=1)
    needs = "volume"
    phrases = {
        "volume_surge": "volume of {volume}, {ratio} times the {norm} usual for the weekday",
        "volume_dry_up": "volume dried up to {ratio} of the usual {norm}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return every surge and every drying up."""
        bars = tape.bars
        if not len(bars) or not self.can_read(tape):
            return FactTable.empty(self.layout)
        in_roll = is_in_roll(bars, tape.rolled)
        first = self._seen_from(bars, in_roll, tape.start)
        bars, in_roll, start = bars.slice(first, len(bars)), in_roll[first:], tape.start - first
        norm = volume_norm(bars, in_roll, self.level, self.norm_bars)
        ratio = np.divide(bars.volume, norm, out=np.full(len(bars), np.nan), where=(norm > 0) & ~in_roll)
        surged = start + np.flatnonzero(ratio[start:] >= self.surge)
        dried = start + np.flatnonzero(_first_of_run(ratio <= self.dry, self.dry_bars)[start:])
        way = np.sign(np.diff(bars.close, prepend=bars.close[:1])).astype(int)
        return self._table(bars, norm, ratio, first, (surged, dried), (way[surged], np.full(len(dried), NEUTRAL)))

    def _seen_from(self, bars: Bars, in_roll: NDArray[np.bool_], start: int) -> int:
        """Return the bar from which on the norms of the bars that decide new facts can be told."""
        sound, (part, parts) = (bars.volume > 0) & ~in_roll, _part_of_week(bars)
        start = max(start - self.dry_bars, 0)
        return reaching_back(sound, part, start, max(self.level, parts * self.norm_bars), self.norm_bars)

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the bar in the volume pane."""
        at = fact.anchors[0].session
        return (Point(at, float(fact.readings["volume"]), fact.kind, fact.kind.replace("_", " "), pane="volume"),)

    def _table(
        self,
        bars: Bars,
        norm: Floats,
        ratio: Floats,
        first: int,
        at: tuple[NDArray[np.intp], ...],
        ways: tuple[NDArray[np.intp], ...],
    ) -> FactTable:
        """Return the facts of these bars, of which `first` went before."""
        here = np.concatenate(at)
        if not len(here):
            return FactTable.empty(self.layout)
        rows = np.full((len(here), self.layout.width), np.nan)
        rows[:, 0], rows[:, 1] = first + here, np.repeat(np.arange(len(at)), [len(a) for a in at])
        rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 5] = CONFIRMED, np.concatenate(ways), NO_STRICTNESS, -1
        rows[:, 6], rows[:, 7], rows[:, 8] = ratio[here], bars.volume[here], norm[here]
        rows[:, 9], rows[:, 10] = first + here, bars.close[here]
        return FactTable.from_rows(self.layout, rows)


@numba.njit(cache=True, nogil=True)
def reaching_back(sound: NDArray[np.bool_], part: NDArray[np.int64], start: int, of_all: int, of_part: int) -> int:
    """Return the latest bar before `start` since which there are so many sound ones, and so many of each part; 0 where none is."""
    counts = np.zeros(HOURS, np.int64)
    left = np.array([of_all, len(np.unique(part[start:]))])
    for t in range(start - 1, -1, -1):
        if sound[t]:
            counts[part[t]] += 1
            left[0] -= 1
            left[1] -= counts[part[t]] == of_part and np.any(part[start:] == part[t])
            if left[0] <= 0 and left[1] <= 0:
                return t
    return 0


def _first_of_run(mask: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Whether each place is the `length`-th True in a row."""
    place = np.arange(len(mask))
    last_false = np.maximum.accumulate(np.where(mask, -1, place))
    return np.asarray(mask & (place - last_false == length))


def volume_norm(bars: Bars, in_roll: NDArray[np.bool_], level: int, count: int) -> Floats:
    """Return the volume to expect of each bar, from sound bars before it: the recent level times the habit of its weekday or hour.

    Shape `(n,)`; NaN until there are bars enough. The level is the median of the last `level` bars; the habit is the median of
    the last `count` bars of the same weekday over that of as many weeks' bars. A bar is sound when it has volume and is not about
    a roll.
    """
    sound = (bars.volume > 0) & ~in_roll
    part, parts = _part_of_week(bars)
    recent, usual = (median_before(bars.volume, sound, np.zeros_like(part), n) for n in (level, parts * count))
    return np.asarray(recent / usual * median_before(bars.volume, sound, part, count))


def _part_of_week(bars: Bars) -> tuple[NDArray[np.int64], int]:
    """Return which bars share a habit, and how many parts there are: weekdays, or hours of shorter bars; longer ones have none."""
    if bars.interval == "1d":
        return (bars.session.astype("datetime64[D]").astype(np.int64) + 3) % 7, 5
    if bars.interval[-1:] in ("h", "m"):
        return bars.closed_at.astype("datetime64[h]").astype(np.int64) % HOURS, HOURS
    return np.zeros(len(bars), np.int64), 1


@numba.njit(cache=True, nogil=True)
def median_before(volume: Floats, sound: NDArray[np.bool_], part: NDArray[np.int64], count: int) -> Floats:
    """Return the median of the last `count` sound bars of the same part before each bar, NaN while there are fewer."""
    medians, seen = np.full(len(volume), np.nan), np.zeros(HOURS, np.int64)
    latest, ordered, spare = np.full((HOURS, count), np.inf), np.full((HOURS, count), np.inf), np.empty(count)
    for t in range(len(volume)):
        of = part[t]
        if seen[of] >= count:
            medians[t] = (ordered[of, (count - 1) // 2] + ordered[of, count // 2]) / 2
        if sound[t]:
            oldest = seen[of] % count
            _replace(ordered[of], spare, latest[of, oldest], volume[t])
            latest[of, oldest] = volume[t]
            seen[of] += 1
    return medians


@numba.njit(cache=True, nogil=True)
def _replace(ordered: Floats, spare: Floats, old: float, new: float) -> None:
    """Replace a value of a sorted window by another.

    All places are written without asking which values move: that is a coin toss, and processors lose more by wrong guesses.
    """
    last = len(ordered) - 1
    for i in range(last):
        spare[i] = ordered[i] if ordered[i] < old else ordered[i + 1]
    spare[last] = np.inf
    ordered[0] = min(spare[0], new)
    for i in range(last):
        lower, upper = spare[i], spare[i + 1]
        upper = upper if upper < new else new
        ordered[i + 1] = lower if lower > upper else upper


def is_in_roll(bars: Bars, rolled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each bar is the first of a contract, or so late in one that volume tells of the roll to come.

    The next roll is expected as many bars after the last as that was after the one before, so nothing later is read.
    """
    place, rolls = np.arange(len(bars)), np.flatnonzero(rolled)
    late = math.ceil(ROLL_BARS[bars.instrument.roll] / SESSIONS_A_BAR.get(bars.interval, math.inf))
    if not late or len(rolls) < 2:
        return rolled.copy()
    done = np.searchsorted(rolls, place, side="right")
    spacing = np.concatenate([[len(bars), len(bars)], np.diff(rolls)])[done]
    age = place - np.concatenate([[0], rolls])[done]
    is_late = (done >= 2) & (age >= spacing - late)
    return np.asarray(rolled | is_late)
