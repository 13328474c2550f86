"""Where a tape's prices change contract, on days and weeks, traded and joined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crosscurrent.bars.resample import weekly
from crosscurrent.structure.tape import Tape
from strategies import TOY, random_bars

INDEX = replace(TOY, symbol="ES", roll="equity_quarterly", exchange="CME_EQUITY")


def index_bars():
    """Return bars of an index future from January 2024 on."""
    return replace(random_bars(1, 250, start="2024-01-02"), instrument=INDEX)


def test_an_index_future_rolls_after_the_third_friday():
    bars = index_bars()
    tape = Tape(bars)
    assert [str(s) for s in bars.session[tape.rolled]][:2] == ["2024-03-18", "2024-06-24"]
    assert [str(s) for s in bars.session[tape.settled_early]][:2] == ["2024-03-15", "2024-06-21"]
    assert np.array_equal(tape.cut, tape.rolled)


def test_a_week_is_the_first_of_a_contract_when_it_holds_its_first_day():
    weeks = weekly(index_bars())
    assert [str(s) for s in weeks.session[Tape(weeks).rolled]][:2] == ["2024-03-22", "2024-06-28"]
    assert not Tape(weeks).settled_early.any()


def test_joined_prices_are_not_cut():
    bars = index_bars()
    bars = replace(bars, basis="adjusted", roll_source="estimated", rolled=Tape(bars).rolled)
    assert Tape(bars).rolled.any() and not Tape(bars).cut.any() and not Tape(bars).settled_early.any()
    assert Tape(replace(bars, roll_source="unadjusted")).cut.any()


def test_rolls_are_known_when_they_happen():
    for bars in (index_bars(), weekly(index_bars())):
        whole = Tape(bars).rolled
        for n in (0, 1, 10, 40, len(bars) - 3):
            assert np.array_equal(Tape(bars.first(n)).rolled, whole[:n])


def test_what_the_bars_say_goes_first():
    bars = index_bars()
    said = np.arange(len(bars)) == 7
    assert np.array_equal(Tape(replace(bars, rolled=said)).rolled, said)
