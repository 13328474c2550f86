"""What is odd about a series that passed the door: gaps, stale and spiking closes, bodies without truth, thin bars, rolls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.bars.changes import returns
from crosscurrent.bars.continuous import roll_bars
from crosscurrent.markets import calendar

__all__ = ["RULES", "Finding", "Severity", "check"]

Severity = Literal["info", "warning"]
YEAR = 250
STALE = 5
"""So many equal closes in a row are suspicious in a market that usually moves."""
SPIKE = 10.0
"""A move of this many usual ones that the next bar takes back is a wrong print."""
BODY = 0.03
"""A median real body below this share of the range means that closes repeat opens."""
THIN = 0.02
"""A bar with less than this share of a busy day's volume is thin."""
LARGE = 10_000
"""Two days with the same volume are chance where few contracts trade, and a copy where as many trade as this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a series before its facts are believed.

    `session` is where it was found, or where it began; `rule` names the check; a `warning` can mislead detectors, an `info`
    explains. The sentence says which values met which rule.
    """

    market: str
    session: np.datetime64
    rule: str
    sentence: str
    severity: Severity


def check(bars: Bars) -> tuple[Finding, ...]:
    """Return all findings about a series, oldest first; nothing is changed. An empty series has none."""
    if not len(bars):
        return ()
    found = [one for rule in RULES for one in rule(bars)]
    return tuple(sorted(found, key=lambda one: (one.session, one.rule)))


def missing_sessions(bars: Bars) -> Iterator[Finding]:
    """Yield each run of sessions of the exchange that have no bar."""
    due = _due(bars) if bars.interval == "1d" else bars.session[:0]
    gone = ~np.isin(due, bars.session)
    for start, end in _runs(gone):
        n, last = end - start, due[end - 1]
        told = f"{n} sessions from {due[start]} to {last} have no bar" if n > 1 else "the session has no bar"
        yield Finding(bars.market, due[start], "missing_session", told, "warning")


def _due(bars: Bars) -> Sessions:
    """Return the sessions that a series must have.

    Around-the-clock rates: weekdays. Currencies, and markets of which nobody told the holidays: not New York's.
    """
    due = calendar(bars.instrument.exchange).sessions(bars.session[0], bars.session[-1])
    if bars.instrument.exchange == "DAILY":
        return due[calendar("GENERIC").are_sessions(due)]
    return due[calendar("NYSE").are_sessions(due)] if bars.instrument.exchange in ("FX", "GENERIC") else due


def unexpected_sessions(bars: Bars) -> Iterator[Finding]:
    """Yield bars on days without a session of their own: holidays, days that trade into the next trade date."""
    sessions = calendar(bars.instrument.exchange)
    for day in bars.session[~sessions.are_sessions(bars.session)]:
        told = f"there is a bar on a day without session ({sessions.note(day) or 'weekend'})"
        yield Finding(bars.market, day, "unexpected_session", told, "info")


def close_only(bars: Bars) -> Iterator[Finding]:
    """Yield whether the series has closes alone."""
    if bars.is_close_only:
        told = "closes alone are used: what needs a range (candles, gaps, average true range) stays silent"
        yield Finding(bars.market, bars.session[0], "close_only", told, "info")


def stale_closes(bars: Bars) -> Iterator[Finding]:
    """Yield runs of equal closes in a market whose close usually moves by more than two ticks."""
    moves = np.abs(np.diff(bars.close))
    usual = _usual(moves)
    for start, end in _runs(moves == 0):
        if end - start + 1 >= STALE and usual[start] > 2 * bars.instrument.notation.tick:
            told = f"the close stays at {bars.close[start]:.10g} for {end - start + 1} sessions, to {bars.session[end]}"
            yield Finding(bars.market, bars.session[start], "stale_close", told, "warning")


def spikes(bars: Bars) -> Iterator[Finding]:
    """Yield closes that leap from the ones before and are taken back by the next bar; rolls and expiry days aside."""
    move = np.diff(bars.close)
    usual = _usual(np.abs(move))
    rolled = roll_bars(bars) | bars.rolled
    for t in range(1, len(move)):
        leap, back = move[t - 1], move[t]
        if abs(leap) > SPIKE * usual[t - 1] > 0 and abs(leap + back) < 0.2 * abs(leap) and not rolled[t : t + 2].any():
            before, here, after = bars.close[t - 1 : t + 2]
            told = f"the close leaps from {before:.10g} to {here:.10g} and back to {after:.10g}: a wrong print, or a violent day"
            yield Finding(bars.market, bars.session[t], "spike", told, "warning")


def outliers(bars: Bars) -> Iterator[Finding]:
    """Yield moves of more than fifteen usual ones: real ones exist, and each is worth a look."""
    move = returns(bars)[1:]
    usual = _usual(np.abs(np.nan_to_num(move)))
    unit = "basis points" if bars.instrument.quoted_as == "yield" else "per cent"
    for t in np.flatnonzero((np.abs(move) > 1.5 * SPIKE * usual) & (usual > 0)):
        told = f"the close moves by {move[t]:.2f} {unit}; the usual move is {usual[t]:.2f}"
        yield Finding(bars.market, bars.session[t + 1], "outlier", told, "info")


def closes_that_repeat_opens(bars: Bars) -> Iterator[Finding]:
    """Yield each stretch of a year or more in which most real bodies vanish: the close is then a copy of the open."""
    if bars.is_close_only or len(bars) < YEAR:
        return
    spread = bars.high - bars.low
    body = np.abs(bars.close - bars.open) / np.where(spread > 0, spread, np.nan)
    for start, end in _runs(_share(body < BODY, np.isfinite(body)) > 0.5):
        first, last = max(start - YEAR // 2, 0), end - 1
        share = 100 * np.mean(body[first:end][np.isfinite(body[first:end])] < BODY)
        told = (
            f"until {bars.session[last]} the close repeats the open in {share:.0f} per cent of the bars: candles read from them "
            "mislead; where the market trades around the clock the next bar's open is the usable close"
        )
        yield Finding(bars.market, bars.session[first], "close_repeats_open", told, "warning")


def thin_bars(bars: Bars) -> Iterator[Finding]:
    """Yield each stretch in which more than a tenth of a year's bars of a future are nearly without trade."""
    if not bars.has_volume or not bars.instrument.is_future or len(bars) < YEAR:
        return
    volume = np.nan_to_num(bars.volume)
    busy = np.percentile(np.lib.stride_tricks.sliding_window_view(volume, YEAR), 95, axis=1)
    thin = volume < THIN * np.concatenate([np.full(YEAR - 1, busy[0]), busy])
    for start, end in _runs(_share(thin, np.ones(len(thin), bool)) > 0.1):
        first = max(start - YEAR + 1, 0)
        told = (
            f"until {bars.session[end - 1]} {100 * np.mean(thin[first:end]):.0f} per cent of the bars have hardly any trade (below "
            "a fiftieth of a busy day's volume): the series shows a contract few trade"
        )
        yield Finding(bars.market, bars.session[first], "thin_bars", told, "warning")


def odd_volume(bars: Bars) -> Iterator[Finding]:
    """Yield bars whose volume is nought though the market's usually is not."""
    if not bars.has_volume or np.nanmedian(bars.volume) <= 0:
        return
    none = bars.volume == 0
    if np.mean(none) > 0.05:
        told = f"{int(none.sum())} of {len(bars)} bars have no volume"
        yield Finding(bars.market, bars.session[int(np.argmax(none))], "no_volume", told, "warning")
        return
    for day in bars.session[none]:
        yield Finding(bars.market, day, "no_volume", "the bar has no volume", "info")


def repeated_volume(bars: Bars) -> Iterator[Finding]:
    """Yield runs of bars with the very same volume, where it is usually large: a row was copied."""
    if not bars.has_volume or np.nanmedian(bars.volume) < LARGE:
        return
    for start, end in _runs((np.diff(bars.volume) == 0) & (bars.volume[1:] >= LARGE)):
        told = f"the volume stays at {bars.volume[start]:,.0f} for {end - start + 1} bars, to {bars.session[end]}"
        yield Finding(bars.market, bars.session[start], "repeated_volume", told, "warning")


def volume_outliers(bars: Bars) -> Iterator[Finding]:
    """Yield volumes of many times the largest of the year of bars before: a wrong unit, or a day worth a look."""
    if not bars.has_volume or len(bars) <= YEAR:
        return
    volume = np.nan_to_num(bars.volume)
    largest = np.lib.stride_tricks.sliding_window_view(volume, YEAR).max(axis=1)[:-1]
    for t in np.flatnonzero((volume[YEAR:] > SPIKE * largest) & (largest > 0)) + YEAR:
        told = (
            f"the volume, {volume[t]:,.0f}, is {volume[t] / largest[t - YEAR]:.0f} times the largest of the year before"
        )
        yield Finding(bars.market, bars.session[t], "volume_outlier", told, "warning")


def contract_flips(bars: Bars) -> Iterator[Finding]:
    """Yield single bars of a quarterly future that show another contract: a busy bar between two nearly without trade."""
    if bars.instrument.roll not in ("equity_quarterly", "treasury_quarterly") or not bars.has_volume:
        return
    volume = np.nan_to_num(bars.volume)
    for t in range(1, len(volume) - 1):
        quiet = max(volume[t - 1], volume[t + 1])
        if 0 < quiet < THIN * volume[t] and volume[t] > np.percentile(volume[max(t - YEAR, 0) : t], 95) / 10:
            told = f"the volume, {volume[t]:,.0f}, stands between {volume[t - 1]:,.0f} and {volume[t + 1]:,.0f}: another contract's bar"
            yield Finding(bars.market, bars.session[t], "contract_flip", told, "warning")


def rolls_found(bars: Bars) -> Iterator[Finding]:
    """Yield how many rolls the series has and what became of their gaps."""
    if bars.gap is None and not bars.instrument.is_future:
        return
    rolled = bars.rolled if bars.rolled.any() else roll_bars(bars)
    days = bars.session[rolled]
    how = (
        "gaps read off both contracts"
        if bars.gap is not None and np.isfinite(bars.gap).all()
        else {
            "contracts": "gaps read off both contracts",
            "estimated": f"gaps estimated from {bars.instrument.reference}",
            "unadjusted": "gaps not known, prices unadjusted",
            "none": "prices as traded; adjusted ones "
            + (
                f"take their gaps from {bars.instrument.reference}"
                if bars.instrument.reference
                else "keep the gaps, for want of a reference"
            ),
        }[bars.roll_source]
    )
    told = (
        f"{len(days)} rolls, the last on {days[-1]}: {how}" if len(days) else f"no rolls are looked for or found: {how}"
    )
    yield Finding(bars.market, days[-1] if len(days) else bars.session[0], "rolls", told, "info")


RULES: tuple[Callable[[Bars], Iterator[Finding]], ...] = (
    missing_sessions,
    unexpected_sessions,
    close_only,
    stale_closes,
    spikes,
    outliers,
    closes_that_repeat_opens,
    thin_bars,
    odd_volume,
    repeated_volume,
    volume_outliers,
    contract_flips,
    rolls_found,
)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return each run of true values as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _usual(size: Floats) -> Floats:
    """Return at each move the median size of the year of moves before it; zero while there is no quarter of a year."""
    usual = np.zeros(len(size))
    for t in range(YEAR // 4, min(YEAR, len(size))):
        usual[t] = np.median(size[:t])
    if len(size) > YEAR:
        usual[YEAR:] = np.median(np.lib.stride_tricks.sliding_window_view(size, YEAR), axis=1)[:-1]
    return usual


def _share(flags: NDArray[np.bool_], known: NDArray[np.bool_]) -> Floats:
    """Return the share of flags among what is known over each year of bars; NaN in the first year."""
    counted = np.cumsum(np.concatenate([[0], flags & known]))
    of = np.cumsum(np.concatenate([[0], known]))
    share = np.full(len(flags), np.nan)
    if len(flags) >= YEAR:
        total = of[YEAR:] - of[:-YEAR]
        share[YEAR - 1 :] = np.where(total > 0, (counted[YEAR:] - counted[:-YEAR]) / np.maximum(total, 1), 0.0)
    return share
