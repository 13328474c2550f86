"""Records: the first of a run, the year's, and the one that only equals."""

from __future__ import annotations

import numpy as np

from crosscurrent.structure import Tape
from crosscurrent.structure.records import Records
from strategies import bars_of, path_bars

PATH = np.concatenate([np.linspace(100, 150, 60), np.linspace(150, 120, 240), np.linspace(120, 160, 60)])


def told(bars):
    return [(f.at, f.kind) for f in Records().sweep(Tape(bars)).facts(bars)]


def test_only_the_first_of_a_run_is_told():
    facts = told(path_bars(PATH))
    assert [kind for _, kind in facts].count("record_high") == 1
    at = next(at for at, kind in facts if kind == "record_high")
    assert PATH[at - 1] < 151 and PATH[at] > 149


def test_a_year_forgets():
    falling = np.concatenate([[300.0], np.linspace(100, 90, 260), np.linspace(90, 130, 60)])
    kinds = [kind for _, kind in told(path_bars(falling))]
    assert "year_high" in kinds
    assert "record_high" not in kinds


def test_an_equal_high_is_no_record():
    close = np.concatenate([[150.0], np.full(299, 100.0), [150.0], np.full(20, 100.0)])
    bars = bars_of(close, close, close, close)
    assert "record_high" not in [kind for _, kind in told(bars)]


def test_it_counts_from_the_extreme_it_beats():
    bars = path_bars(PATH)
    table = Records().sweep(Tape(bars)).of_kind("record_high")
    at = table.at[0]
    beaten = int(np.argmax(bars.high[:at]))
    assert table.reading("sessions_since")[0] == at - beaten
    assert table.reading("beaten")[0] == bars.high[beaten]
