"""Does a solved price keep its promise? A bar is appended just beyond it and just short of it, and the detectors are asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.stage import CONFIRMED, EXPIRED, FAILED, NEAR_MISS
from crosscurrent.indicators.averages import ema, sma
from crosscurrent.indicators.momentum import rsi
from crosscurrent.indicators.volatility import sar
from crosscurrent.setups.triggers import Eve, Trigger
from crosscurrent.setups.triggers.imagined import with_close
from crosscurrent.setups.triggers.moves import WINDOW, week_of
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.tape import Tape

__all__ = ["Promise", "keeps_promise", "promise_of"]

HAIR = 1e-4
"""How far beyond and short of the edge the bars are appended, in ATR: more than rounding, less than any tick."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What became of a trigger when it was put to the test: true just beyond its edge, and false just short of it."""

    beyond: bool
    short: bool

    @property
    def is_kept(self) -> bool:
        """Whether the price makes the difference it promises."""
        return self.beyond and not self.short


def keeps_promise(eve: Eve, trigger: Trigger) -> bool:
    """Whether a trigger is true: the next bar beyond its edge makes it so, the next bar short of it does not."""
    return promise_of(eve, trigger).is_kept


def promise_of(eve: Eve, trigger: Trigger) -> Promise:
    """Return what the next bar shows just beyond a trigger's edge and just short of it."""
    tape = eve.look.traded if trigger.basis == eve.look.traded.bars.basis else eve.look.adjusted
    step = HAIR * eve.unit * (1 if trigger.beyond == "above" else -1)
    edge = trigger.price - float(tape.bars.shift[-1])
    return Promise(*(_is_true(eve, trigger, tape.bars, edge + way * step) for way in (1, -1)))


def _is_true(eve: Eve, trigger: Trigger, bars: Bars, price: float) -> bool:
    if trigger.at != "close":
        return _is_touched(trigger, bars, price)
    after = with_close(bars, price)
    if trigger.kind.startswith("average_"):
        return _is_across(trigger, after)
    if trigger.kind == "rsi_midline":
        return bool((rsi(after.close)[-1] > 50) == (trigger.beyond == "above"))
    if trigger.kind.startswith("week_"):
        return _is_best(trigger, after, eve.next_session)
    if trigger.kind == "correlation_sign":
        return _has_turned(eve, bars, after)
    return _is_told(trigger, after)


def _is_touched(trigger: Trigger, bars: Bars, price: float) -> bool:
    """Whether a bar that goes to a price and comes back trades through it, or turns the parabolic stop."""
    last, is_high = float(bars.close[-1]), trigger.at == "high"
    after = with_close(bars, last)
    reached = "high" if is_high else "low"
    column = getattr(after, reached).copy()
    column[-1] = max(last, price) if is_high else min(last, price)
    after = replace(after, **{reached: column})
    if trigger.kind == "sar_flip":
        stop = sar(after.high, after.low)
        middle = (after.high + after.low) / 2
        return bool((stop[-1] > middle[-1]) != (stop[-2] > middle[-2]))
    edge = trigger.price - float(bars.shift[-1])
    return bool(column[-1] >= edge if is_high else column[-1] <= edge)


def _is_across(trigger: Trigger, after: Bars) -> bool:
    """Whether the close lies on the other side of its average; which one is read off the words."""
    length = int(trigger.consequence.split("-day")[0].split()[-1])
    average = (ema if "exponential" in trigger.consequence else sma)(after.close, length)
    gap = after.close - average
    return bool(gap[-1] > 0) == (trigger.beyond == "above") and bool(gap[-1] != 0)


def _is_best(trigger: Trigger, after: Bars, upcoming: np.datetime64) -> bool:
    """Whether the week that holds the new bar beats every week after the one it is measured against, and that one too."""
    session = after.session.copy()
    session[-1] = upcoming
    week = week_of(session)
    last = np.flatnonzero(np.append(week[1:], week[-1] + 1) != week)
    step = np.diff(after.close[last])
    price = (after.close + after.shift)[last][:-1]
    # The base of the last week is told in the contract that is current now.
    price[-1] = after.close[last[-2]] + after.shift[-1]
    change = step if after.instrument.quoted_as == "yield" else step / np.abs(price)
    sign = 1 if trigger.kind == "week_best" else -1
    since = int(np.flatnonzero(session[last][1:] == trigger.session)[0])
    return bool(np.all(sign * change[-1] > sign * change[since:-1]))


def _has_turned(eve: Eve, bars: Bars, after: Bars) -> bool:
    others = (eve.beside or eve.look).adjusted.bars
    _, mine, theirs = np.intersect1d(bars.session, others.session, return_indices=True)
    before: Floats = np.append(bars.close[mine][-(WINDOW - 1) :], bars.close[-1])
    now: Floats = np.append(bars.close[mine][-(WINDOW - 1) :], after.close[-1])
    other: Floats = np.append(others.close[theirs][-(WINDOW - 1) :], others.close[theirs][-1])
    was, turned = (float(np.sign(np.cov(values, other)[0, 1])) for values in (before, now))
    return turned != was


def _is_told(trigger: Trigger, after: Bars) -> bool:
    """Whether a detector tells at the new bar that the fact has become true, or that it has ended."""
    tape = Tape(after)
    for detector in DETECTORS:
        if trigger.kind not in detector.layout.kinds or (
            trigger.kind == "failed_break" and not _is_of(trigger, detector.layout.kinds)
        ):
            continue
        table = detector.sweep(tape)
        found = (table.at == len(after) - 1) & (table.kind == table.layout.kind(trigger.kind))
        found &= table.stage == (CONFIRMED if trigger.is_made else EXPIRED if trigger.kind == "streak" else FAILED)
        if trigger.subject >= 0 and not (trigger.is_made and "trigger" in table.layout.readings):
            found &= table.subject == trigger.subject
        if trigger.kind in _BOTH_WAYS:
            found &= table.direction == (1 if trigger.direction == "bullish" else -1)
        if "completes" in trigger.consequence:
            found &= table.strictness != NEAR_MISS
        if found.any():
            return True
    return False


_BOTH_WAYS = {
    "macd_signal_cross",
    "macd_zero_cross",
    "bollinger_break",
    "trendline_break",
    "level_break",
    "failed_break",
}


def _is_of(trigger: Trigger, kinds: tuple[str, ...]) -> bool:
    return ("trendline_break" if "line" in trigger.consequence.split(" on ")[0] else "level_break") in kinds
