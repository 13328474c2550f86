"""Moving averages as support and resistance: touched, pierced, reclaimed, rejected, lost."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.stage import BEARISH, BULLISH, CONFIRMED, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.indicators.averages import sma
from crosscurrent.indicators.volatility import atr
from crosscurrent.structure.curves import average_on, hair_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["AverageTests", "averages_on_both"]

TOUCH, PIERCE, RECLAIM, REJECT, LOSS, RECOVERY = range(6)
FROM_ABOVE, FROM_BELOW, CROSS = 0, 3, 6
"""Where a visit's flags begin: for each side a test came from whether it touched and pierced, and which way it has crossed."""


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
        averages = [(n, False) for n in self.lengths] + [(n, True) for n in self.ema_lengths]
        found = [self._of(tape, subject, *average) for subject, average in enumerate(averages)]
        return FactTable.from_rows(self.layout, np.concatenate([np.empty((0, self.layout.width)), *found]))

    def _of(self, tape: Tape, subject: int, length: int, is_ema: bool) -> Floats:
        bars = tape.bars
        rows = average_tests(
            bars.high, bars.low, bars.close, average_on(tape, length, is_ema), tape.atr, hair_on(tape),
            self.tolerance, self.away, self.settled, not bars.is_close_only,
        )  # fmt: skip
        rows[:, 5], rows[:, HEAD + 5], rows[:, HEAD + 6] = subject, length, is_ema
        return rows


@numba.njit(cache=True, nogil=True)
def average_tests(
    high: Floats, low: Floats, close: Floats, average: Floats, atr: Floats, hair: Floats,
    tolerance: float, away: float, settled: int, has_range: bool,
) -> Floats:  # fmt: skip
    """Return fact rows of one average's tests, in the layout of `AverageTests`."""
    rows, n = np.empty((64, HEAD + 13)), 0
    told = np.zeros(8, np.bool_)
    side, run = 0, 0
    last = np.full(2, -1)
    for t in range(len(close)):
        if not atr[t] > hair[t] or np.isnan(average[t]):
            continue
        gap = close[t] - average[t]
        now = side if abs(gap) <= hair[t] else (1 if gap > 0 else -1)
        if n + 6 > len(rows):
            rows = grown(rows)
        if run >= settled and now == side and has_range:
            n = _tested(rows, n, told, t, side, high[t], low[t], close[t], average[t], atr[t], hair[t], tolerance)
        if side != 0 and now != side:
            n = _crossed(rows, n, told, t, now, run, last, settled, high[t], low[t], close[t], average[t], atr[t])
        run = run + 1 if now == side else 1
        side = now
        if abs(gap) > hair[t]:
            last[0 if now > 0 else 1] = t
        if abs(gap) >= away * atr[t]:
            told[:] = False
    return rows[:n].copy()


@numba.njit(cache=True, nogil=True)
def _tested(
    rows: Floats, n: int, told: NDArray[np.bool_], t: int, side: int, high: float, low: float, close: float, average: float,
    atr: float, hair: float, tolerance: float,
) -> int:  # fmt: skip
    """Write the touch, or the pierce and what it means, of a bar that closed on the side it came from."""
    extreme = low if side > 0 else high
    through = (average - extreme) * side
    flags = FROM_ABOVE if side > 0 else FROM_BELOW
    if through > hair:
        if not told[flags + 1]:
            _write(rows[n], t, PIERCE, side, average, close, extreme, through, atr)
            _write(rows[n + 1], t, RECLAIM if side > 0 else REJECT, side, average, close, extreme, through, atr)
            rows[n + 1, HEAD + 7 if side > 0 else HEAD + 8] = 0
            n += 2
        told[flags] = told[flags + 1] = True
    elif through >= -tolerance * atr and not told[flags]:
        _write(rows[n], t, TOUCH, side, average, close, extreme, through, atr)
        told[flags] = True
        n += 1
    return n


@numba.njit(cache=True, nogil=True)
def _crossed(
    rows: Floats, n: int, told: NDArray[np.bool_], t: int, now: int, run: int, last: NDArray[np.int64], settled: int,
    high: float, low: float,
    close: float, average: float, atr: float,
) -> int:  # fmt: skip
    """Write the first close on the other side, and that it is the first for long when it is."""
    flag = CROSS if now > 0 else CROSS + 1
    if told[flag] and run < settled:
        return n
    told[flag] = True
    extreme = low if now > 0 else high
    kinds = (RECLAIM, RECOVERY) if now > 0 else (REJECT, LOSS)
    before = last[0 if now > 0 else 1]
    for place in range(2 if run >= settled else 1):
        _write(rows[n], t, kinds[place], now, average, close, extreme, (average - extreme) * now, atr)
        rows[n, HEAD + 7 if now > 0 else HEAD + 8] = run
        if before >= 0:
            rows[n, HEAD + 9], rows[n, HEAD + 10] = t - before, before
        n += 1
    return n


@numba.njit(cache=True, nogil=True)
def _write(
    row: Floats, t: int, kind: int, side: int, average: float, close: float, extreme: float, through: float, atr: float
) -> None:
    row[:] = np.nan
    row[0], row[1], row[2], row[4] = t, kind, CONFIRMED, NO_STRICTNESS
    row[3] = BULLISH if side > 0 else BEARISH
    row[HEAD], row[HEAD + 1], row[HEAD + 2] = average, close, extreme
    row[HEAD + 3], row[HEAD + 4] = (close - average) / atr, through / atr
    row[HEAD + 11], row[HEAD + 12] = t, extreme


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
