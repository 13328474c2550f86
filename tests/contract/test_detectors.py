"""What every detector in `DETECTORS` keeps, and the counter-examples that the checks must catch."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

import crosscurrent.structure
from contract.leaky import LEAKY
from crosscurrent.evaluate.no_repaint import (
    facts_of,
    ignores_the_future,
    known_after_it_happened,
    mirrored,
    mirrors,
    moves_are_legal,
    never_repaints,
    only_finite,
    reads_only_its_lookback,
    scaled,
    scales_with_price,
)
from crosscurrent.facts.stage import FAILED, REACHED
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure import DETECTORS, Detector, Tape
from strategies import SHARED, bars_of, needs_shared, random_bars, shared_bars

by_name = {"argnames": "detector", "argvalues": DETECTORS, "ids": lambda d: type(d).__name__}
REAL = ("NQ", "ZN", "RTY", "CL", "BTCUSD", "SPY", "TNX", "VIX")


def cuts_of(n: int, count: int, seed: int = 0) -> list[int]:
    """Return places of bars, spread and random, the last bars among them."""
    rng = np.random.default_rng(seed)
    return sorted({*rng.integers(0, n, count).tolist(), n - 2, n - 1})


def on_a_grid(bars):
    """Return bars on a grid of powers of two, so that turning them upside down is exact."""
    return bars_of(*(np.round(getattr(bars, c) * 64) / 64 for c in ("open", "high", "low", "close")), bars.volume)


@pytest.mark.parametrize(**by_name)
def test_never_repaints_on_generated_bars(detector):
    for seed in range(4):
        bars = random_bars(seed, 700)
        assert never_repaints(detector, bars, cuts_of(len(bars), 12, seed)) is None


@needs_shared
@pytest.mark.parametrize("market", REAL)
def test_never_repaints_on_real_bars(market):
    bars = shared_bars(market).last(2500)
    for detector in DETECTORS:
        assert never_repaints(detector, bars, cuts_of(len(bars), 6)) is None, detector


@pytest.mark.parametrize(**by_name)
def test_ignores_the_future(detector):
    bars = random_bars(11, 500)
    assert ignores_the_future(detector, bars, cuts_of(500, 6)[:-1], np.random.default_rng(5)) is None


@pytest.mark.parametrize("leak", LEAKY, ids=lambda d: type(d).__name__)
def test_each_leak_is_caught(leak):
    bars = random_bars(3, 400)
    cuts = cuts_of(400, 25)[:-1]
    caught = [never_repaints(leak, bars, cuts), ignores_the_future(leak, bars, cuts, np.random.default_rng(0))]
    assert any(caught)


@pytest.mark.parametrize(**by_name)
def test_reads_only_its_lookback(detector):
    bars = random_bars(7, 1500)
    assert reads_only_its_lookback(detector, bars, cuts_of(1500, 25)) is None


@pytest.mark.parametrize(**by_name)
def test_scales_with_price(detector):
    assert scales_with_price(detector, random_bars(21, 800)) is None


@pytest.mark.parametrize(**by_name)
def test_mirrors(detector):
    assert mirrors(detector, on_a_grid(random_bars(31, 900)), 512.0) is None


@pytest.mark.parametrize(**by_name)
def test_is_silent_on_nothing(detector):
    for n in (0, 1, 2, 3, 5, 300):
        flat = bars_of(*[np.full(n, 50.0)] * 4, np.full(n, 1e5))
        assert len(facts_of(detector, flat)) == 0, n


def on_ticks(bars, tick):
    """Return the bars on a grid, without a volume."""
    return bars_of(*(np.round(getattr(bars, c) / tick) * tick for c in ("open", "high", "low", "close")))


def ending_flat():
    """Return bars that trade for a year and then are the same for ever."""
    bars = random_bars(7, 260)
    return bars_of(*(np.append(c, np.full(120, bars.close[-1])) for c in (bars.open, bars.high, bars.low, bars.close)))


def limit_moves():
    """Return days that open at the limit and stay there, up for a quarter and down again, some without a trade."""
    close = np.concatenate([50 * 1.07 ** np.arange(60), 50 * 1.07**60 * 0.93 ** np.arange(60)])
    return bars_of(*[np.repeat(close, 3)] * 4, np.tile([1e5, 0.0, 0.0], 120))


def close_only():
    close = 50 + np.cumsum(np.random.default_rng(1).normal(size=400))
    return bars_of(*[close] * 4, is_close_only=True)


ODD = {
    "flat": bars_of(*[np.full(300, 50.0)] * 4, np.full(300, 1e5)),
    "one bar": random_bars(1, 1),
    "thirty bars": random_bars(6, 30),
    "flat at last": ending_flat(),
    "no volume": on_ticks(random_bars(5, 500), 0.01),
    "a volume of nought": bars_of(*(getattr(random_bars(5, 500), c) for c in ("open", "high", "low", "close")), np.zeros(500)),
    "closes alone": close_only(),
    "limit moves": limit_moves(),
    "ticks of 1/256": on_ticks(random_bars(4, 600, volatility=0.0004), 1 / 256),
    "ticks as large as a day": on_ticks(random_bars(4, 600), 1.0),
    "yields about zero": mirrored(random_bars(2, 600), 100.0),
    "negative yields": mirrored(random_bars(2, 600), 20.0),
    "prices near zero": on_ticks(scaled(random_bars(8, 600, volatility=0.05), 1e-4), 1e-4),
    "prices of billions": scaled(random_bars(8, 600), 1e9),
}  # fmt: skip
"""What data come in that no textbook draws; a detector tells a fact or is silent."""


@pytest.mark.parametrize("bars", ODD.values(), ids=ODD)
@pytest.mark.parametrize(**by_name)
def test_survives_odd_bars(detector, bars):
    table, forming = facts_of(detector, bars), detector.forming(Tape(bars))
    for found in (table, forming):
        assert only_finite(found) is None
        assert known_after_it_happened(found, len(bars)) is None
        for fact in list(found.facts(bars))[-10:]:
            assert all(isinstance(v, str) or np.isfinite(v) for v in fact.readings.values())
            assert isinstance(detector.marks(fact), tuple)


@pytest.mark.parametrize(**by_name)
def test_reads_a_hundred_thousand_bars(detector):
    bars = random_bars(12, 100_000, inner=4, start="1600-01-01")
    table = facts_of(detector, bars)
    assert len(table) > 0
    assert only_finite(table) is None
    assert known_after_it_happened(table, len(bars)) is None
    assert moves_are_legal(table) is None


@pytest.mark.parametrize(**by_name)
def test_facts_are_well_formed(detector):
    bars = random_bars(41, 1200)
    table = facts_of(detector, bars)
    assert only_finite(table) is None
    assert known_after_it_happened(table, len(bars)) is None
    assert moves_are_legal(table) is None
    assert set(detector.mirror) | set(detector.mirror.values()) <= set(detector.layout.kinds)
    for fact in list(table.facts(bars))[-40:]:
        assert isinstance(detector.marks(fact), tuple)
        assert fact.to_json()["known_at"].endswith("Z")


@pytest.mark.parametrize(**by_name)
def test_phrases_hold_no_digit(detector):
    assert set(detector.phrases) == set(detector.layout.kinds)
    assert not any(c.isdigit() for phrase in detector.phrases.values() for c in phrase)


@needs_shared
def test_every_kind_fires_somewhere():
    """A kind that no market ever shows is a detector that cannot be judged."""
    silent = {(type(d).__name__, k) for d in DETECTORS for k in d.layout.kinds}
    for market in ("NQ", "SPY", "CL", "BTCUSD", "ZN", "GLD", "IWM", "VIX"):
        tape = Tape(shared_bars(market))
        for d in DETECTORS:
            table = d.sweep(tape)
            silent -= {(type(d).__name__, d.layout.kinds[k]) for k in np.unique(table.kind)}
    assert not silent


def test_every_detector_of_the_package_is_listed():
    """A file left out of the tuple is found by name."""
    listed = {type(d) for d in DETECTORS}
    for module in pkgutil.walk_packages(crosscurrent.structure.__path__, "crosscurrent.structure."):
        for value in vars(importlib.import_module(module.name)).values():
            is_one = isinstance(value, type) and issubclass(value, Detector) and hasattr(value, "layout")
            if is_one and value.__module__ == module.name and not value.__name__.startswith("_"):
                assert value in listed, f"add {value.__name__}() to DETECTORS in structure/__init__.py"


def test_a_fact_before_its_anchor_is_caught():
    layout = Layout(kinds=("early",), anchors=1)
    table = FactTable.from_rows(layout, np.array([[3.0, 0, 1, 0, -1, 0, 5, 10.0]]))
    assert known_after_it_happened(table, 10) is not None


def test_an_illegal_move_is_caught():
    layout = Layout(kinds=("zombie",))
    rows = np.array([[1.0, 0, FAILED, 0, -1, 7], [2.0, 0, REACHED, 0, -1, 7]])
    assert moves_are_legal(FactTable.from_rows(layout, rows)) is not None


def test_an_infinite_reading_is_caught():
    table = FactTable.of(Layout(kinds=("wild",), readings=("x",)), np.array([1]), x=np.array([np.inf]))
    assert only_finite(table) is not None


def test_an_unmirrored_and_an_unscaled_detector_are_caught():
    class AboveHundred(Detector):
        layout = Layout(kinds=("above",))

        def sweep(self, tape):
            return FactTable.of(self.layout, np.flatnonzero(tape.bars.close > 100.0))

    bars = on_a_grid(random_bars(9, 300))
    assert mirrors(AboveHundred(), bars, 512.0) is not None
    assert scales_with_price(AboveHundred(), bars) is not None


def test_the_shared_data_are_there_in_ci():
    import os

    assert SHARED.is_dir() or not os.environ.get("CI"), "continuous integration must not skip the shared data"
