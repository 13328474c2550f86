"""The closes at which RSI reaches its thresholds or breaks its line, MACD crosses, a divergence is cancelled, a band is left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.stage import CONFIRMED
from crosscurrent.indicators import solve
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.indicators.volatility import bollinger
from crosscurrent.setups.triggers.trigger import Eve, Trigger, with_tolerance
from crosscurrent.structure.look import Sweep
from crosscurrent.structure.rsi_trendlines import OF_RSI
from crosscurrent.units.dates import date_of

__all__ = ["bands", "divergences", "macd_crosses", "parabolic_stop", "rsi_lines", "rsi_thresholds"]

LENGTH = 14
MOST_LINES = 2
"""How many RSI lines on each side are worth a rung, the strongest first."""


def _adjusted(eve: Eve) -> tuple[Floats, float]:
    """Return the closes free of roll gaps, and what brings them to prices of the current contract."""
    bars = eve.look.adjusted.bars
    return bars.close, float(bars.shift[-1])


def rsi_thresholds(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes at which RSI enters or leaves overbought and oversold, and at which it passes its middle."""
    close, shift = _adjusted(eve)
    now = rsi(close, LENGTH)[-1:]
    if not len(now) or not np.isfinite(now[0]):
        return
    for level, kind, word in (
        (70.0, "rsi_overbought", "overbought"),
        (30.0, "rsi_oversold", "oversold"),
        (50.0, "rsi_midline", ""),
    ):
        edge = solve.rsi_above(close, level, LENGTH)
        if not np.isfinite(edge) or now[0] == level:
            continue
        is_above = now[0] < level
        if kind == "rsi_midline":
            told, direction = (
                f"RSI {'rises above' if is_above else 'falls below'} {level:.0f}",
                "bullish" if is_above else "bearish",
            )
        elif is_above == (kind == "rsi_overbought"):
            told, direction = f"RSI becomes {word}, {'above' if is_above else 'below'} {level:.0f}", "neutral"
        else:
            told, direction = f"RSI leaves {word}", "bullish" if is_above else "bearish"
        yield Trigger(
            edge + shift, kind, direction, "above" if is_above else "below", told, strength=3.0, basis=_basis(eve)
        )


def _basis(eve: Eve) -> str:
    return eve.look.adjusted.bars.basis


def rsi_lines(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes at which RSI breaks the lines on its own panel, on the adjusted prices where the market rolls."""
    tape = eve.look.adjusted
    close, shift = _adjusted(eve)
    values = rsi(close, LENGTH)
    lines = [f for f in eve.look.forming("rsi_trendline") if f.basis == tape.bars.basis]
    for direction, side in (("bearish", 1), ("bullish", -1)):
        for line in [f for f in lines if f.direction == direction][:MOST_LINES]:
            now, at_next, gap = (
                float(values[-1]),
                float(line.readings["next_rsi"]),
                float(line.readings["distance_atr"]),
            )
            unit = abs(now - float(line.readings["rsi"])) / gap if gap > 1e-9 else float("nan")
            edge = solve.rsi_above(close, with_tolerance(at_next, side, OF_RSI.beyond, unit, now), LENGTH)
            if np.isfinite(edge):
                told = f"RSI breaks its {'downtrend' if side > 0 else 'rising line'} from {date_of(line.anchors[0].session)}"
                yield Trigger(
                    edge + shift, "rsi_trendline_break", "bullish" if side > 0 else "bearish", "above" if side > 0 else "below", told,
                    strength=min(float(line.readings["strength"]) / 2, 5.0), basis=line.basis, session=line.anchors[0].session,
                    subject=line.subject,
                )  # fmt: skip


def macd_crosses(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes at which MACD crosses its signal line, and zero."""
    close, shift = _adjusted(eve)
    line, _, histogram = (column[-1:] for column in macd(close))
    for kind, gap, edge, what in (
        ("macd_signal_cross", histogram, solve.macd_above_signal(close), "its signal line"),
        ("macd_zero_cross", line, solve.macd_above_zero(close), "zero"),
    ):
        if not len(gap) or not np.isfinite([gap[0], edge]).all() or gap[0] == 0:
            continue
        is_up = gap[0] < 0
        yield Trigger(edge + shift, kind, "bullish" if is_up else "bearish", "above" if is_up else "below",
                      f"MACD crosses {'above' if is_up else 'below'} {what}", strength=5.0, basis=_basis(eve))  # fmt: skip


def bands(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes that would lie outside the Bollinger bands."""
    close, shift = _adjusted(eve)
    upper, _, lower = (column[-1:] for column in bollinger(close))
    if not len(upper) or not np.isfinite([upper[0], lower[0]]).all() or upper[0] - lower[0] <= 1e-5 * abs(close[-1]):
        return
    if close[-1] <= upper[0] and np.isfinite(edge := solve.close_above_upper_band(close)):
        yield Trigger(
            edge + shift,
            "bollinger_break",
            "bullish",
            "above",
            "a close above the upper Bollinger band",
            strength=3.0,
            basis=_basis(eve),
        )
    if close[-1] >= lower[0] and np.isfinite(edge := solve.close_above_lower_band(close)):
        yield Trigger(
            edge + shift,
            "bollinger_break",
            "bearish",
            "below",
            "a close below the lower Bollinger band",
            strength=3.0,
            basis=_basis(eve),
        )


def parabolic_stop(eve: Eve) -> Iterator[Trigger]:
    """Yield the price whose touch turns the parabolic stop."""
    bars = eve.look.adjusted.bars
    edge = solve.sar_next(bars.high, bars.low)
    middle = (bars.high[-1] + bars.low[-1]) / 2 if len(bars) else float("nan")
    is_long = edge < middle
    # A close on the stop itself has already been there: the next bar opens on it.
    if bars.is_close_only or not np.isfinite(edge) or (bars.close[-1] - edge) * (1 if is_long else -1) <= 0:
        return
    yield Trigger(
        edge + float(bars.shift[-1]), "sar_flip", "bearish" if is_long else "bullish", "below" if is_long else "above",
        f"the parabolic stop turns {'down' if is_long else 'up'}", "low" if is_long else "high", strength=2.0, basis=_basis(eve),
    )  # fmt: skip


def divergences(eve: Eve) -> Iterator[Trigger]:
    """Yield the closes that would cancel the divergences still standing: beyond their price, or with momentum that follows after all."""
    close, shift = _adjusted(eve)
    for sweep in eve.look.sweeps:
        if "bearish_divergence" in sweep.detector.layout.kinds:
            for row in _standing(sweep, len(close)):
                table = sweep.table
                side = -int(table.direction[row])
                price, level = (float(table.reading(name)[row]) for name in ("cancel_price", "cancel_rsi"))
                by_rsi = solve.rsi_above(close, level, LENGTH) if np.isfinite(level) else float("nan")
                edge = side * float(np.nanmin([side * price, side * by_rsi]))
                kind = table.layout.kinds[table.kind[row]]
                known = sweep.tape.bars.session[table.at[row]]
                yield Trigger(
                    edge + shift, kind, "bullish" if side > 0 else "bearish", "above" if side > 0 else "below",
                    f"the {kind.replace('_', ' ')} of {date_of(known)} is cancelled", is_made=False, strength=3.0,
                    basis=_basis(eve), session=known, subject=int(table.subject[row]),
                )  # fmt: skip


def _standing(sweep: Sweep, n: int) -> list[int]:
    """Return the rows of divergences that nothing has cancelled and that are not too old to be: the latest of each kind."""
    table, longest = sweep.table, sweep.detector.longest  # type: ignore[attr-defined]
    cancelled = set(table.subject[table.stage != CONFIRMED].tolist())
    newest: dict[int, int] = {}
    for row in np.flatnonzero((table.stage == CONFIRMED) & (table.at >= n - longest)):
        if int(table.subject[row]) not in cancelled:
            newest[int(table.kind[row])] = int(row)
    return sorted(newest.values())
