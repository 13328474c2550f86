"""Volume against its norm: surges, drying up, weekdays, and rolls that are neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.structure.tape import Tape
from crosscurrent.structure.volume_surges import VolumeSurges, is_in_roll, median_before, volume_norm
from strategies import TOY, bars_of, needs_shared, random_bars, shared_bars


def drawn(volume, **changes):
    """Return flat-ish bars with these volumes, from a Monday on; closes alternate."""
    close = 100 + 0.1 * (np.arange(len(volume)) % 2)
    return replace(bars_of(close, close + 1, close - 1, close, volume, start="2024-01-01"), **changes)


def told(bars):
    """Return (kind, direction, at) of each fact."""
    return [(f.kind, f.direction, f.at) for f in VolumeSurges().sweep(Tape(bars)).facts(bars)]


def steady(n=100, level=1e5):
    return np.full(n, level) * np.where(np.arange(n) % 5 == 4, 2.0, 1.0)  # Fridays are twice as busy


def test_a_surge_against_its_weekday():
    volume = steady()
    volume[91] *= 1.6  # a Tuesday
    assert told(drawn(volume)) == [("volume_surge", "bullish", 91)]
    (fact,) = VolumeSurges().sweep(Tape(drawn(volume))).facts(drawn(volume))
    assert fact.readings["ratio"] == pytest.approx(1.6) and fact.readings["norm"] == pytest.approx(1e5)
    assert VolumeSurges().marks(fact)[0].pane == "volume"


def test_a_busy_weekday_is_no_surge():
    assert told(drawn(steady())) == []


def test_a_busy_tuesday_at_a_fridays_volume_is_one():
    volume = steady()
    volume[96] = volume[94]
    assert told(drawn(volume)) == [("volume_surge", "bearish", 96)]


def test_three_dry_bars_are_told_once():
    volume = steady()
    volume[90:95] *= 0.5
    assert told(drawn(volume)) == [("volume_dry_up", "neutral", 92)]


def test_a_half_session_is_not_dry():
    volume = steady()
    volume[90] *= 0.1
    assert told(drawn(volume)) == []


def test_no_volume_no_word():
    bars = drawn(np.full(100, np.nan))
    assert len(VolumeSurges().sweep(Tape(bars))) == 0


def cycles(jump_at=None):
    """Return three contracts of 60 bars whose volume decays over their last fifteen, and where they roll."""
    volume = np.full(240, 1e5)
    rolled = np.zeros(240, bool)
    for start in (60, 120, 180):
        volume[start - 15 : start] *= np.linspace(0.9, 0.01, 15)
        rolled[start] = True
    if jump_at is not None:
        volume[jump_at] *= 2
    return drawn(volume, rolled=rolled, instrument=replace(TOY, roll="treasury_quarterly"))


def test_a_contract_that_expires_is_neither_dry_nor_is_the_next_one_a_surge():
    """From the third roll on, when the spacing of two has told where the next is due."""
    assert [f for f in told(cycles()) if f[2] >= 150] == []


def test_a_surge_in_the_middle_of_a_contract_is_one():
    assert ("volume_surge", "neutral", 210) in [(k, "neutral", t) for k, _, t in told(cycles(210))]


def test_bars_about_a_roll_are_known_beforehand():
    bars = cycles()
    inside = is_in_roll(bars, bars.rolled)
    assert np.array_equal(
        np.flatnonzero(inside[125:]) + 125, np.concatenate([np.arange(160, 181), np.arange(220, 240)])
    )
    for t in (150, 170, 185):
        now = bars.first(t)
        assert np.array_equal(is_in_roll(now, now.rolled), inside[:t])


def test_the_running_median_is_numpys():
    values = np.random.default_rng(3).integers(0, 40, 500).astype(float)
    for count in (1, 2, 5, 10):
        slow = np.median(np.lib.stride_tricks.sliding_window_view(values, count), axis=1)
        fast = median_before(values, np.ones(500, bool), np.zeros(500, int), count)
        assert np.array_equal(fast[count:], slow[:-1]) and np.isnan(fast[:count]).all()


def test_the_norm_leaves_the_bar_itself_out():
    bars = random_bars(4, 200)
    norm = volume_norm(bars, np.zeros(200, bool), 20, 10)
    louder = replace(bars, volume=np.where(np.arange(200) == 150, 1e9, bars.volume))
    assert volume_norm(louder, np.zeros(200, bool), 20, 10)[150] == norm[150]


@needs_shared
def test_the_russell_was_not_on_strong_volume():
    bars = shared_bars("RTY", "2025-01-17")
    at = bars.index_of(np.datetime64("2025-01-13"))
    table = VolumeSurges().sweep(Tape(bars))
    assert at not in table.at
    assert at - 1 in table.at  # the fall of the tenth was
