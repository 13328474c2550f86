"""Moving averages as support and resistance: touched, pierced, reclaimed, rejected, lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.table import FactTable, Layout, grown
from crosscurrent.indicators.averages import sma
from crosscurrent.indicators.volatility import atr
from crosscurrent.structure.curves import average_on, hair_on
from crosscurrent.structure.detector import Detector
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
        found = tape.resumed(("average tests", self), self._nothing_yet, self._go_on)
        told = [
            self._told(tape, rows, *average) for rows, average in zip(found, self._averages(), strict=True) if len(rows)
        ]
        if not told:
            return FactTable.empty(self.layout)
        columns = {name: np.concatenate([one[name] for one in told]) for name in told[0]}
        return FactTable.of(self.layout, anchors=((columns["at"], columns["extreme"]),), **columns)

    def _averages(self) -> list[tuple[int, int, bool]]:
        """Return subject, length and sort of each average."""
        averages = [(n, False) for n in self.lengths] + [(n, True) for n in self.ema_lengths]
        return [(subject, *average) for subject, average in enumerate(averages)]

    def _nothing_yet(self) -> State:
        return (np.array([NOT_TESTED] * (len(self.lengths) + len(self.ema_lengths))).reshape(-1, len(NOT_TESTED)),)

    def _go_on(self, tape: Tape, carried: State) -> tuple[list[Floats], State]:
        bars, new = tape.bars, slice(tape.start, None)
        unit, hair = _unit(tape, new), hair_on(tape)[new]
        found = []
        for subject, length, is_ema in self._averages():
            line = average_on(tape, length, is_ema)[new]
            gap, low, high = ((price[new] - line) / unit for price in (bars.close, bars.low, bars.high))
            found.append(
                average_tests(
                    gap, low, high, hair / unit, self.tolerance, self.away, self.settled, not bars.is_close_only, tape.start,
                    carried[0][subject],
                )
            )  # fmt: skip
        return found, carried

    def _told(self, tape: Tape, found: Floats, subject: int, length: int, is_ema: bool) -> dict[str, NDArray[Any]]:
        """Return the columns of one average's facts."""
        bars, line = tape.bars, average_on(tape, length, is_ema)
        at, side, run, before = found[:, 0].astype(np.int64), found[:, 2], found[:, 3], found[:, 4]
        from_above, unit = side > 0, _unit(tape, at)
        gap, low, high = ((price[at] - line[at]) / unit for price in (bars.close, bars.low, bars.high))
        return {
            "at": at, "kind": found[:, 1], "direction": side, "subject": np.full(len(at), subject),
            "average": line[at], "close": bars.close[at], "extreme": np.where(from_above, bars.low[at], bars.high[at]),
            "distance_atr": gap, "reach_atr": np.where(from_above, -low, high),
            "length": np.full(len(at), length), "is_ema": np.full(len(at), is_ema),
            "closes_below": np.where(from_above, run, np.nan), "closes_above": np.where(from_above, np.nan, run),
            "sessions_since": at - before, "since": before,
        }  # fmt: skip


def _unit(tape: Tape, at: Any) -> Floats:
    """Return the ATR at these bars, NaN where it is nothing but rounding."""
    atr = tape.atr[at]
    return np.where(atr > hair_on(tape)[at], atr, np.nan)


@numba.njit(cache=True, nogil=True)
def average_tests(
    gap: Floats, low: Floats, high: Floats, hair: Floats, tolerance: float, away: float, settled: int, has_range: bool,
    begin: int, carried: Floats,
) -> Floats:  # fmt: skip
    """Return one average's tests from bar `begin` on, as rows (at, kind, side, closes on the side it left, bar of the last close over here).

    The distances of close, low and high from the average, and the hair within which a close has no side, are in ATR. The side is
    that of the test: 1 from above or back above. NaN stands where a row has no such number. What was known before is `carried`
    (as in `NOT_TESTED`), and changes.
    """
    found, n = np.empty((16, 5)), 0
    told, is_visiting = carried[:6].reshape(2, 3) > 0, carried[6] > 0
    side, run, last_above, last_below = int(carried[7]), int(carried[8]), carried[9], carried[10]
    for i in range(len(gap)):
        if np.isnan(gap[i]):
            continue
        t = begin + i
        has_side = abs(gap[i]) > hair[i]
        now = (1 if gap[i] > 0 else -1) if has_side else side
        if n + 2 > len(found):
            found = grown(found)
        before = n
        if now != side:
            n = _crossed(found, n, told, t, now, side, run, last_above if now > 0 else last_below, settled)
        elif run >= settled and has_range and (low[i] if side > 0 else -high[i]) <= tolerance:
            n = _tested(found, n, told, t, side, (low[i] if side > 0 else -high[i]) < -hair[i])
        is_visiting = is_visiting or n > before
        run = run + 1 if now == side else 1
        side = now
        if has_side and now > 0:
            last_above = t
        elif has_side:
            last_below = t
        if is_visiting and abs(gap[i]) >= away:
            told[:], is_visiting = False, False
    carried[:6], carried[6], carried[7], carried[8] = told.ravel(), is_visiting, side, run
    carried[9], carried[10] = last_above, last_below
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def _tested(found: Floats, n: int, told: NDArray[np.bool_], t: int, side: int, is_through: bool) -> int:
    """Note the touch, or the pierce and what it means, of a bar that came near and closed on its side."""
    place = 0 if side > 0 else 1
    if is_through and not told[place, PIERCED]:
        _note(found[n], t, PIERCE, side, np.nan, np.nan)
        _note(found[n + 1], t, RECLAIM if side > 0 else REJECT, side, 0, np.nan)
        told[place, TOUCHED] = told[place, PIERCED] = True
        return n + 2
    if not is_through and not told[place, TOUCHED]:
        _note(found[n], t, TOUCH, side, np.nan, np.nan)
        told[place, TOUCHED] = True
        return n + 1
    return n


@numba.njit(cache=True, nogil=True)
def _crossed(
    found: Floats, n: int, told: NDArray[np.bool_], t: int, now: int, side: int, run: int, before: float, settled: int
) -> int:
    """Note the first close on the other side, and that it is the first for long when it is."""
    place = 0 if now > 0 else 1
    if side == 0 or (told[place, CROSSED] and run < settled):
        return n
    told[place, CROSSED] = True
    _note(found[n], t, RECLAIM if now > 0 else REJECT, now, run, before)
    if run < settled:
        return n + 1
    _note(found[n + 1], t, RECOVERY if now > 0 else LOSS, now, run, before)
    return n + 2


@numba.njit(cache=True, nogil=True)
def _note(row: Floats, at: int, kind: int, side: int, run: float, before: float) -> None:
    row[0], row[1], row[2], row[3], row[4] = at, kind, side, run, before


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
