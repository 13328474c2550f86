"""Scenes of price at its average: what is a touch, a pierce, a reclaim, a reject, a loss, and what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.facts.table import FactTable
from crosscurrent.structure import Tape
from crosscurrent.structure.average_tests import AverageTests, averages_on_both
from strategies import bars_of, needs_shared, path_bars, random_bars, shared_bars

ONE = AverageTests(lengths=(20,), ema_lengths=())
TREND = np.linspace(100.0, 139.0, 40)
"""A steady rise: its average follows, and the close stays well above it."""


def ending_with(*closes_and_lows, trend=TREND, upside_down=False):
    """Return bars of a trend, then bars of given (close, low), each a point wide above its close."""
    close = np.append(trend, [c for c, _ in closes_and_lows])
    low = np.append(trend - 1, [low for _, low in closes_and_lows])
    high = np.maximum(close, low) + 1
    if upside_down:
        return bars_of(300 - close, 300 - low, 300 - high, 300 - close)
    return bars_of(close, high, low, close)


def told(bars, detector=ONE):
    """Return (kind, direction) of what the last bar revealed."""
    table: FactTable = detector.sweep(Tape(bars))
    return {(f.kind.removeprefix("average_"), f.direction) for f in table.where(table.at == len(bars) - 1).facts(bars)}


@pytest.mark.parametrize(
    ("close", "low", "kinds"),
    [
        (134.0, 131.0, set()),  # half a point too far away
        (132.0, 130.3, {("touch", "bullish")}),
        (131.5, 129.0, {("pierce", "bullish"), ("reclaim", "bullish")}),
        (129.0, 128.0, {("reject", "bearish"), ("loss", "bearish")}),
    ],
)
def test_one_bar_from_above(close, low, kinds):
    assert told(ending_with((close, low))) == kinds


MIRROR = {"reclaim": "reject", "reject": "reclaim", "loss": "recovery", "bullish": "bearish", "bearish": "bullish"}


@pytest.mark.parametrize("last", [(132.0, 130.3), (131.5, 129.0), (129.0, 128.0)])
def test_one_bar_from_below_is_the_image(last):
    image = {(MIRROR.get(k, k), MIRROR[d]) for k, d in told(ending_with(last))}
    assert told(ending_with(last, upside_down=True)) == image


def test_a_reclaim_counts_the_closes_below():
    bars = ending_with((128.0, 127.5), (127.5, 127.0), (127.0, 126.5), (136.0, 127.0))
    table = ONE.sweep(Tape(bars)).of_kind("average_reclaim")
    assert table.at.tolist() == [43]
    assert table.reading("closes_below").tolist() == [3.0]
    assert table.reading("sessions_since").tolist() == [4.0]


def test_a_loss_says_since_when():
    bars = path_bars(np.concatenate([np.linspace(140, 100, 40), np.linspace(101, 130, 30), [100.0]]))
    table = ONE.sweep(Tape(bars)).of_kind("average_loss")
    last = table.where(table.at == 70).fact(0, bars)
    average = np.convolve(bars.close, np.ones(20) / 20)[:71]
    below = np.flatnonzero(bars.close[:70] < average[:70])[-1]
    assert last.readings["since"] == str(bars.session[below])
    assert last.readings["sessions_since"] == 70 - below


def test_a_market_that_whips_around_its_average_is_told_once():
    whip = [(130.0 + 1.5 * (-1) ** i, 127.0) for i in range(12)]
    bars = ending_with((130.0, 129.0), *whip)
    restless = AverageTests(lengths=(20,), ema_lengths=(), away=0.0)
    once, always = (int((d.sweep(Tape(bars)).at > 40).sum()) for d in (ONE, restless))
    assert once <= 5 < 10 <= always


def test_a_visit_ends_by_leaving():
    visit = [(131.5, 129.0)]
    away = [(140.0 + i, 139.0 + i) for i in range(3)]
    together = ending_with(*visit, *away, (135.0, 131.0))
    assert ("pierce", "bullish") in told(together)
    still_there = ending_with(*visit, (132.4, 129.5))
    assert told(still_there) == set()


def test_the_average_itself_is_no_side():
    flat = np.full(60, 77.7)
    assert len(ONE.sweep(Tape(bars_of(flat, flat, flat, flat)))) == 0
    moved = np.concatenate([77.7 + np.sin(np.arange(60)), np.full(3000, 77.7)])
    table = ONE.sweep(Tape(bars_of(moved, moved, moved, moved)))
    assert np.isfinite(table.reading("distance_atr")).all()
    assert not (table.at > 120).any()


def test_closes_alone_have_no_touches():
    close = random_bars(5).close
    table = AverageTests().sweep(Tape(bars_of(close, close, close, close, is_close_only=True)))
    kinds = {table.layout.kinds[k] for k in table.kind}
    assert kinds == {"average_reclaim", "average_reject", "average_loss", "average_recovery"}


@needs_shared
def test_the_russell_pierced_and_reclaimed_its_long_average():
    bars = shared_bars("RTY", "2025-01-17")
    table = AverageTests().sweep(Tape(bars))
    table = table.where((table.reading("length") == 200) & (bars.session[table.at] == np.datetime64("2025-01-13")))
    kinds = {table.layout.kinds[k] for k in table.kind}
    assert kinds == {"average_pierce", "average_reclaim"}
    assert table.reading("average") == pytest.approx(bars.close[: table.at[0] + 1][-200:].mean(), rel=1e-12)


def test_both_bases_are_named_when_a_roll_lies_between():
    from dataclasses import replace

    bars = random_bars(3, 300)
    shift = np.where(np.arange(300) < 280, 0.0, 5.0)
    adjusted = replace(
        bars, basis="adjusted", **{c: getattr(bars, c) - shift for c in ("open", "high", "low", "close")}, shift=shift
    )
    on_traded, on_adjusted, differ = averages_on_both(bars, adjusted, 50)
    assert on_adjusted - on_traded == pytest.approx(5.0 * 30 / 50)
    assert differ
    assert averages_on_both(bars, replace(bars, basis="adjusted"), 50)[2] is False
    assert averages_on_both(bars.first(10), adjusted.first(10), 50)[2] is False
