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


def test_joined_prices_are_cut_only_where_a_gap_stayed_open():
    bars = index_bars()
    rolled = Tape(bars).rolled
    first, *others = np.flatnonzero(rolled)
    shift = np.where(np.arange(len(bars)) >= others[0], 25.0, 0.0) + np.cumsum(
        rolled & (np.arange(len(bars)) > others[0])
    )
    joined = replace(bars, basis="adjusted", roll_source="estimated", rolled=rolled, shift=shift)
    assert np.flatnonzero(Tape(joined).cut).tolist() == [first]
    assert np.array_equal(Tape(joined).settled_early, Tape(bars).settled_early)


def test_a_later_bridge_changes_nothing_earlier():
    """The first rolls of a market often lie before its reference: whether a later one was bridged is not known at them."""
    bars = index_bars()
    rolled = Tape(bars).rolled
    late = np.flatnonzero(rolled)[-1]
    joined = replace(
        bars,
        basis="adjusted",
        roll_source="estimated",
        rolled=rolled,
        shift=np.where(np.arange(len(bars)) >= late, 9.0, 0.0),
    )
    before = replace(joined.first(late), roll_source="unadjusted")
    assert np.array_equal(Tape(before).cut, Tape(joined).cut[:late])
    assert np.array_equal(Tape(before).settled_early, Tape(joined).settled_early[:late])


def test_rolls_are_known_when_they_happen():
    for bars in (index_bars(), weekly(index_bars())):
        whole = Tape(bars).rolled
        for n in (0, 1, 10, 40, len(bars) - 3):
            assert np.array_equal(Tape(bars.first(n)).rolled, whole[:n])


def test_what_the_bars_say_goes_first():
    bars = index_bars()
    said = np.arange(len(bars)) == 7
    assert np.array_equal(Tape(replace(bars, rolled=said)).rolled, said)
