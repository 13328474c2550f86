"""The closes that end a streak, make the week the largest since a date, or turn a correlation round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.indicators import solve
from crosscurrent.setups.triggers.trigger import Eve, Trigger, beyond
from crosscurrent.structure.streaks import runs
from crosscurrent.units.dates import date_of

__all__ = ["correlation_sign", "streaks", "weeks"]

LEAST = 4
"""The shortest streak that is told."""
SPANS = (13, 52)
"""A week's change is worth a rung once it beats every one of a quarter, or of a year."""
WINDOW = 10
"""Sessions of the correlation that notes quote."""


def streaks(eve: Eve) -> Iterator[Trigger]:
    """Yield the last close itself: a close beyond it goes on with a streak, one short of it ends it."""
    tape = eve.look.adjusted
    if len(tape) < 2:
        return
    ways, lengths = runs(tape.bars.close, tape.cut)
    way, length = int(ways[-1]), int(lengths[-1])
    if length < LEAST - 1:
        return
    up, is_streak = way > 0, length >= LEAST
    rising = "gains" if up else "losses"
    told = f"ends the streak of {length} {rising}" if is_streak else f"makes a streak of {LEAST} {rising}"
    onward = up if not is_streak else not up
    yield Trigger(eve.close, "streak", "bullish" if onward else "bearish", "above" if onward else "below",
                  f"a close {'above' if onward else 'below'} {told}", is_made=not is_streak, strength=2.0, basis=tape.bars.basis)  # fmt: skip


def weeks(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes at which the week that the next session belongs to would be the best or worst for a quarter, or a year.

    Changes are those of a weekly close against the last, on prices free of roll gaps: in per cent of the contract's price then current,
    basis points for a yield.
    """
    bars = eve.look.adjusted.bars
    base, changes, ends = weekly_changes(bars, eve.next_session)
    if not np.isfinite(base):
        return
    for span in SPANS:
        if len(changes) < span:
            continue
        recent = changes[-span:]
        for sign, kind, word in ((1, "week_best", "best"), (-1, "week_worst", "worst")):
            place = len(changes) - span + int(np.argmax(sign * recent))
            extreme = float(changes[place])
            edge = base + (extreme if bars.instrument.quoted_as == "yield" else base * extreme)
            if sign * extreme <= 0:
                continue
            older = np.flatnonzero(sign * changes[:place] >= sign * extreme)
            since = f" since the one ending {date_of(ends[older[-1]])}" if len(older) else " on record"
            yield Trigger(edge, kind, "bullish" if sign > 0 else "bearish", beyond(sign),
                          f"the week becomes the {word}{since}", strength=3.0 + (span > 13), basis=bars.basis,
                          session=ends[place])  # fmt: skip


def weekly_changes(bars: Bars, upcoming: np.datetime64) -> tuple[float, Floats, Sessions]:
    """Return the close that the week of a coming session is measured from, the changes of the weeks before it, and their last sessions."""
    week = week_of(bars.session)
    closed = week < week_of(np.array([upcoming]))[0]
    last = np.flatnonzero(closed & (np.append(week[1:], np.iinfo(np.int64).max) != week))
    price = bars.close[last] + bars.shift[last]
    if not len(last):
        return float("nan"), np.empty(0), bars.session[:0]
    step = np.diff(bars.close[last])
    changes = (
        step if bars.instrument.quoted_as == "yield" else step / np.where(price[:-1] != 0, np.abs(price[:-1]), np.nan)
    )
    # What the close of the last week is worth in the contract that is current now.
    return float(bars.close[last[-1]] + bars.shift[-1]), np.nan_to_num(changes), bars.session[last[1:]]


def week_of(days: Sessions) -> NDArray[np.int64]:
    """Return a number for the calendar week of each day, Monday to Sunday."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) // 7


def correlation_sign(eve: Eve) -> Iterator[Trigger]:
    """Yield the close at which the level correlation with the market beside this one changes its sign, that market standing still."""
    if eve.beside is None or eve.beside.market == eve.look.market:
        return
    mine, others = _paired(eve.look.adjusted.bars, eve.beside.adjusted.bars)
    if len(mine) < WINDOW or len(others) < WINDOW:
        return
    values, beside = mine[-(WINDOW - 1) :], np.append(others[-(WINDOW - 1) :], others[-1])
    edge = solve.covariance_positive(values, beside)
    if not np.isfinite(edge):
        return
    shift = float(eve.look.adjusted.bars.shift[-1])
    grows = beside[-1] > beside.mean()
    is_positive = (eve.close - shift > edge) == grows
    is_above = eve.close - shift < edge
    yield Trigger(
        edge + shift, "correlation_sign", "neutral", "above" if is_above else "below",
        f"the {WINDOW}-session level correlation with {eve.beside.market} turns {'negative' if is_positive else 'positive'}", strength=2.0,
        basis=eve.look.adjusted.bars.basis, assumption=f"{eve.beside.market} closes unchanged",
    )  # fmt: skip


def _paired(one: Bars, other: Bars) -> tuple[Floats, Floats]:
    """Return the closes of the sessions that both markets have, free of roll gaps."""
    _, mine, others = np.intersect1d(one.session[-64:], other.session[-64:], return_indices=True)
    return one.close[-64:][mine], other.close[-64:][others]
