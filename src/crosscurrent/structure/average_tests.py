"""Moving averages as support and resistance: touched, pierced, reclaimed, rejected, lost."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.stage import CONFIRMED, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.indicators.averages import sma
from crosscurrent.indicators.volatility import atr
from crosscurrent.structure.curves import average_on, hair_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.tape import State, Tape

__all__ = ["AverageTests", "averages_on_both"]

TOUCH, PIERCE, RECLAIM, REJECT, LOSS, RECOVERY = range(6)
TOUCHED, PIERCED, CROSSED = range(3)
"""What a visit has been told of, for each side."""
NOT_TESTED = (0.0,) * 9 + (np.nan, np.nan)
"""What is carried into the first bar: what the visit has been told of, whether there is one, the side, how many closes in a row were
on it, and the bars of the last closes above and below."""


@dataclass(frozen=True, slots=True)
class AverageTests(Detector):
    r"""Find how price treats the averages that everybody watches.

        \                                      touch     comes within the tolerance, does not trade through, closes on its side
         \  /\        \    /                   pierce    trades through, closes on the side it came from
          \/  \        \  /                    reclaim   closes above after trading or closing below
        ----------------\/------- average      reject    closes below after trading or closing above
           touch       pierce and reclaim      loss      first close below for at least a week of sessions; `recovery` above

    Known at the close of the bar itself; the average of that bar includes its close, as charts draw it. A pierce from above is
    also a reclaim (no close below: `closes_below` is zero), from below also a reject. A first close on the other side is a
    reclaim or a reject; when at least `settled` sessions had closed on the side it leaves, it is a recovery or a loss as well,
    with `sessions_since`, the sessions since the last close over there, and `since`, that session.

    A market that whips around its average would be told daily. So a touch or a pierce needs a market that has settled on its
    side, and price pays visits: each kind is told once a visit and direction, a visit ending with a close `away` ATR from the
    average on either side. A touch after a pierce of the same visit says nothing new, but a close on the other side of a
    settled market is always told. A close on the average itself has no side.

    Silent while the average or the ATR warms up, and while the ATR is nothing but rounding. On closes alone there are no touches,
    pierces, nor same-day reclaims.

    Readings: `average`, `close` and `extreme` (the low of a test from above, the high from below) in price; `distance_atr`, the
    close above (+) or below (-) the average; `reach_atr`, how far the extreme went through it, negative where it fell short;
    `length`, `is_ema`; `closes_below`, `closes_above`, the run of closes that a reclaim or reject ended. Facts about one
    average share a subject.

    Parameters
    ----------
    lengths, ema_lengths
        The simple and the exponential averages, in bars.
    tolerance
        How near counts as a touch, in ATR.
    away
        How far a close ends a visit, in ATR.
    settled
        How many closes in a row settle a market on one side: a trading week.

    References
    ----------
    Murphy, Technical Analysis of the Financial Markets, ch. 9: averages as support and resistance.
    """

    lengths: tuple[int, ...] = (20, 50, 100, 200)
    ema_lengths: tuple[int, ...] = (20,)
    tolerance: float = 0.25
    away: float = 1.0
    settled: int = 5

    layout = Layout(
        kinds=(
            "average_touch", "average_pierce", "average_reclaim", "average_reject", "average_loss", "average_recovery",
        ),
        readings=(
            "average", "close", "extreme", "distance_atr", "reach_atr", "length", "is_ema", "closes_below", "closes_above",
            "sessions_since", "since",
        ),
        prices=frozenset({"average", "close", "extreme"}),
        anchors=1,
        indexed=frozenset({"since"}),
    )  # fmt: skip
    needs = "close"
    mirror = {
        "average_reclaim": "average_reject", "average_reject": "average_reclaim",
        "average_loss": "average_recovery", "average_recovery": "average_loss",
    }  # fmt: skip
    phrases = {
        "average_touch": "a test of the {length}-day average, {average}, from {extreme}",
        "average_pierce": "the {length}-day average, {average}, was pierced at {extreme} and held at the close",
        "average_reclaim": "a close back above the {length}-day average, {average}",
        "average_reject": "a close back below the {length}-day average, {average}",
        "average_loss": "the first close below the {length}-day average, {average}, since {since}",
        "average_recovery": "the first close above the {length}-day average, {average}, since {since}",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return the tests of every average."""
        return FactTable.from_rows(self.layout, tape.resumed(("average tests", self), self._nothing_yet, self._go_on))

    def _averages(self) -> tuple[tuple[int, int, bool], ...]:
        """Return subject, length and sort of each average."""
        averages = [(n, False) for n in self.lengths] + [(n, True) for n in self.ema_lengths]
        return tuple((subject, *average) for subject, average in enumerate(averages))

    def _nothing_yet(self) -> State:
        return (np.array([NOT_TESTED] * (len(self.lengths) + len(self.ema_lengths))).reshape(-1, len(NOT_TESTED)),)

    def _go_on(self, tape: Tape, carried: State) -> tuple[Floats, State]:
        bars, limits = tape.bars, (self.tolerance, self.away, self.settled, not tape.bars.is_close_only, tape.start)
        averages = self._averages()
        if not averages:
            return np.empty((0, self.layout.width)), carried
        lines = np.array([average_on(tape, length, is_ema)[tape.start :] for _, length, is_ema in averages])
        return tests_of_averages(
            bars.close, bars.low, bars.high, lines, tape.atr, hair_on(tape), *limits, averages, carried[0]
        ), carried


WIDTH = AverageTests.layout.width
"""Numbers in a fact row."""


@numba.njit(cache=True, nogil=True)
def tests_of_averages(
    close: Floats, low: Floats, high: Floats, lines: Floats, atr: Floats, hair: Floats, tolerance: float, away: float, settled: int,
    has_range: bool, begin: int, averages: tuple[tuple[int, int, bool], ...], carried: Floats,
) -> Floats:  # fmt: skip
    """Return the fact rows of all averages, one after the other: a line and a row of what is carried each."""
    rows, n = np.empty((16, WIDTH)), 0
    for average in averages:
        rows, n = average_tests(
            rows, n, close, low, high, lines[average[0]], atr, hair, tolerance, away, settled, has_range, begin, average,
            carried[average[0]],
        )  # fmt: skip
    return rows[:n].copy()


@numba.njit(cache=True, nogil=True)
def average_tests(
    rows: Floats, n: int, close: Floats, low: Floats, high: Floats, line: Floats, atr: Floats, hair: Floats, tolerance: float,
    away: float, settled: int, has_range: bool, begin: int, average: tuple[int, int, bool], carried: Floats,
) -> tuple[Floats, int]:  # fmt: skip
    """Write the fact rows of one average's tests from bar `begin` on; return all rows and how many there are.

    Where the ATR is nothing but rounding there are none, and a close within a hair of the average has no side. The average comes as
    its subject, its length and whether it is exponential, its line from bar `begin` on. What was known before is `carried` (as in
    `NOT_TESTED`), and changes.
    """
    told, is_visiting = carried[:6].reshape(2, 3) > 0, carried[6] > 0
    side, run, last_above, last_below = int(carried[7]), int(carried[8]), carried[9], carried[10]
    for t in range(begin, len(close)):
        if not atr[t] > hair[t] or np.isnan(line[t - begin]):
            continue
        gap = (close[t] - line[t - begin]) / atr[t]
        # The hair is less than an ATR, so that beyond one nothing needs to be divided by it.
        has_side = abs(gap) >= 1 or abs(gap) > hair[t] / atr[t]
        now = (1 if gap > 0 else -1) if has_side else side
        if n + 2 > len(rows):
            rows = grown(rows)
        before = n
        if now != side:
            n = _crossed(rows, n, told, now, side, run, last_above if now > 0 else last_below, settled)
        elif run >= settled and has_range:
            nearest = (low[t] - line[t - begin]) / atr[t] if side > 0 else (line[t - begin] - high[t]) / atr[t]
            n = _tested(rows, n, told, side, nearest < -hair[t] / atr[t]) if nearest <= tolerance else n
        for i in range(before, n):
            _complete(rows[i], t, line[t - begin], close[t], low[t], high[t], gap, atr[t], average)
        is_visiting = is_visiting or n > before
        run = run + 1 if now == side else 1
        side = now
        if has_side and now > 0:
            last_above = t
        elif has_side:
            last_below = t
        if is_visiting and abs(gap) >= away:
            told[:], is_visiting = False, False
    carried[:6], carried[6], carried[7], carried[8] = told.ravel(), is_visiting, side, run
    carried[9], carried[10] = last_above, last_below
    return rows, n


@kernel
def _tested(rows: Floats, n: int, told: NDArray[np.bool_], side: int, is_through: bool) -> int:
    """Note the touch, or the pierce and what it means, of a bar that came near and closed on its side."""
    place = 0 if side > 0 else 1
    if is_through and not told[place, PIERCED]:
        _note(rows[n], PIERCE, side, np.nan, np.nan)
        _note(rows[n + 1], RECLAIM if side > 0 else REJECT, side, 0, np.nan)
        told[place, TOUCHED] = told[place, PIERCED] = True
        return n + 2
    if not is_through and not told[place, TOUCHED]:
        _note(rows[n], TOUCH, side, np.nan, np.nan)
        told[place, TOUCHED] = True
        return n + 1
    return n


@kernel
def _crossed(
    rows: Floats, n: int, told: NDArray[np.bool_], now: int, side: int, run: int, before: float, settled: int
) -> int:
    """Note the first close on the other side, and that it is the first for long when it is."""
    place = 0 if now > 0 else 1
    if side == 0 or (told[place, CROSSED] and run < settled):
        return n
    told[place, CROSSED] = True
    _note(rows[n], RECLAIM if now > 0 else REJECT, now, run, before)
    if run < settled:
        return n + 1
    _note(rows[n + 1], RECOVERY if now > 0 else LOSS, now, run, before)
    return n + 2


@kernel
def _note(row: Floats, kind: int, side: int, run: float, before: float) -> None:
    """Write what a test is: its kind, its side, the closes on the side it left, and the bar of the last close over here."""
    row[1], row[2], row[3], row[4] = kind, CONFIRMED, side, NO_STRICTNESS
    row[HEAD + 7], row[HEAD + 8] = (run, np.nan) if side > 0 else (np.nan, run)
    row[HEAD + 10] = before


@kernel
def _complete(
    row: Floats, t: int, line: float, close: float, low: float, high: float, gap: float, atr: float, average: tuple[int, int, bool]
) -> None:  # fmt: skip
    """Write where a test happened: the average and the bar, and in ATR how far close and extreme were from it."""
    extreme, reach = (low, (line - low) / atr) if row[3] > 0 else (high, (high - line) / atr)
    row[0], row[5] = t, average[0]
    row[HEAD], row[HEAD + 1], row[HEAD + 2], row[HEAD + 3], row[HEAD + 4] = line, close, extreme, gap, reach
    row[HEAD + 5], row[HEAD + 6], row[HEAD + 9] = average[1], average[2], t - row[HEAD + 10]
    row[WIDTH - 2], row[WIDTH - 1] = t, extreme


def averages_on_both(traded: Bars, adjusted: Bars, length: int, apart: float = 0.25) -> tuple[float, float, bool]:
    """Return an average at the last bar on traded and on adjusted prices, and whether the note must name both.

    A roll gap inside the window moves the traded average away from the adjusted one. Both are in prices of the contract now
    current; they differ when more than `apart` ATR of the adjusted bars lie between them. NaN, and no difference, on bars that
    are too few.
    """
    on_traded = _last(sma(traded.close, length)) + _last(traded.shift)
    on_adjusted = _last(sma(adjusted.close, length)) + _last(adjusted.shift)
    reach = apart * _last(atr(adjusted.high, adjusted.low, adjusted.close))
    return on_traded, on_adjusted, bool(abs(on_traded - on_adjusted) > reach)


def _last(column: Floats) -> float:
    return float(column[-1]) if len(column) else float("nan")
