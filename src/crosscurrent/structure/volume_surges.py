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
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.markets.instrument import Roll
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["VolumeSurges", "is_in_roll", "volume_norm"]

ROLL_BARS: dict[Roll, int] = {"none": 0, "equity_quarterly": 10, "treasury_quarterly": 20, "monthly": 5}
"""Sessions before a roll in which the volume of the front contract tells of the roll: first both contracts trade heavily, then the
expiring one decays. Treasury positions move from about a week before first notice, four weeks before the last day."""


Mask = NDArray[np.bool_]
Places = NDArray[np.int64]

SURGE, DRY_UP = range(2)
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
        in_roll, begin = is_in_roll(bars, tape.rolled), max(tape.start - self.dry_bars, 0)
        norm = volume_norm(bars, in_roll, self.level, self.norm_bars, begin)
        limits = (self.surge, self.dry, self.dry_bars)
        return FactTable.from_rows(
            self.layout, surges(bars.close, bars.volume, in_roll, norm, begin, tape.start, *limits)
        )

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the bar in the volume pane."""
        at = fact.anchors[0].session
        return (Point(at, float(fact.readings["volume"]), fact.kind, fact.kind.replace("_", " "), pane="volume"),)


WIDTH = VolumeSurges.layout.width
"""Numbers in a fact row."""


@numba.njit(cache=True, nogil=True)
def surges(
    close: Floats, volume: Floats, in_roll: Mask, norm: Floats, begin: int, start: int, surge: float, dry: float, dry_bars: int
) -> Floats:  # fmt: skip
    """Return fact rows of what the bars from `start` on reveal. The norms are those of the bars from `begin` on, a dry run earlier."""
    rows, n, run = np.empty((16, WIDTH)), 0, 0
    for t in range(begin, len(close)):
        usual = norm[t - begin]
        ratio = volume[t] / usual if usual > 0 and not in_roll[t] else np.nan
        run = run + 1 if ratio <= dry else 0
        if n + 2 > len(rows):
            rows = grown(rows)
        if t >= start and ratio >= surge:
            _write(rows[n], t, SURGE, np.sign(close[t] - close[max(t - 1, 0)]), ratio, volume[t], usual, close[t])
            n += 1
        if t >= start and run == dry_bars:
            _write(rows[n], t, DRY_UP, NEUTRAL, ratio, volume[t], usual, close[t])
            n += 1
    return rows[:n].copy()


@numba.njit(cache=True, nogil=True)
def _write(row: Floats, at: int, kind: int, way: float, ratio: float, volume: float, norm: float, close: float) -> None:
    """Write the fact row of one bar."""
    row[0], row[1], row[2], row[3], row[4], row[5] = at, kind, CONFIRMED, way, NO_STRICTNESS, -1
    row[HEAD], row[HEAD + 1], row[HEAD + 2], row[HEAD + 3], row[HEAD + 4] = ratio, volume, norm, at, close


def volume_norm(bars: Bars, in_roll: Mask, level: int, count: int, begin: int = 0) -> Floats:
    """Return the volume to expect of each bar from one on, from sound bars before it: the recent level times the habit of its weekday or
    hour.

    NaN until there are bars enough. The level is the median of the last `level` bars; the habit is the median of the last `count` bars
    of the same weekday over that of as many weeks' bars. A bar is sound when it has volume and is not about a roll.
    """
    norm: Floats = norms(bars.volume, in_roll, *_parts_of_week(bars), level, count, begin)
    return norm


@numba.njit(cache=True, nogil=True)
def norms(
    volume: Floats, in_roll: Mask, number: Places, round_: int, parts: int, level: int, count: int, begin: int
) -> Floats:  # fmt: skip
    """Return `volume_norm`, where bars share a habit whose numbers leave the same over a round; only bars that can matter are read."""
    sound = (volume > 0) & ~in_roll
    first = reaching_back(sound, number, round_, begin, max(level, parts * count), count)
    seen, is_sound, part = volume[first:], sound[first:], number[first:] % round_
    recent = median_before(seen, is_sound, np.zeros_like(part), level)[begin - first :]
    usual = median_before(seen, is_sound, np.zeros_like(part), parts * count)[begin - first :]
    return recent / usual * median_before(seen, is_sound, part, count)[begin - first :]


@numba.njit(cache=True, nogil=True)
def reaching_back(sound: Mask, number: Places, round_: int, start: int, of_all: int, of_part: int) -> int:
    """Return the latest bar before `start` since which there are so many sound ones, and so many of each part; 0 where none is."""
    counts, is_asked, left = np.zeros(HOURS, np.int64), np.zeros(HOURS, np.bool_), of_all
    for t in range(start, len(sound)):
        is_asked[number[t] % round_] = True
    parts_left = np.count_nonzero(is_asked)
    for t in range(start - 1, -1, -1):
        if sound[t]:
            of = number[t] % round_
            counts[of] += 1
            left -= 1
            parts_left -= is_asked[of] and counts[of] == of_part
            if left <= 0 and parts_left <= 0:
                return t
    return 0


def _parts_of_week(bars: Bars) -> tuple[Places, int, int]:
    """Return the number of each bar's day, or hour of shorter bars, after how many of them habits come round, and how many parts there
    are; longer bars have no habit.
    """
    if bars.interval == "1d":
        return bars.session.astype("datetime64[D]", copy=False).view(np.int64) + 3, 7, 5
    if bars.interval[-1:] in ("h", "m"):
        return bars.closed_at.astype("datetime64[h]").astype(np.int64), HOURS, HOURS
    return np.zeros(len(bars), np.int64), 1, 1


@numba.njit(cache=True, nogil=True)
def median_before(volume: Floats, sound: Mask, part: Places, count: int) -> Floats:
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


def is_in_roll(bars: Bars, rolled: Mask) -> Mask:
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
