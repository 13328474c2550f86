"""The Python API: frames in, frames out, inputs left alone."""

import numpy as np
import pandas as pd
import pytest

import crosscurrent as cc
from crosscurrent.errors import UnknownName
from strategies import random_bars


def frame_of(bars):
    columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame(columns, index=pd.DatetimeIndex(bars.session))


def test_facts_come_as_a_frame_and_leave_the_input_alone():
    frame = frame_of(random_bars(5, 400))
    before = frame.copy(deep=True)
    found = cc.facts(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert len(found) > 100
    assert found["known_at"].is_monotonic_increasing
    assert {"kind", "stage", "session", "reading_price"} <= set(found.columns)


def test_a_date_column_and_an_index_say_the_same():
    frame = frame_of(random_bars(6, 200))
    by_column = frame.rename_axis("Date").reset_index().rename(columns=str.upper)
    pd.testing.assert_frame_equal(cc.facts(frame), cc.facts(by_column))


def test_facts_of_a_cut_frame_are_those_then_known():
    frame = frame_of(random_bars(7, 400))
    whole, cut = cc.facts(frame), cc.facts(frame.iloc[:300])
    then = whole[whole["session"] <= frame.index[299]].reset_index(drop=True)
    pd.testing.assert_frame_equal(then[cut.columns], cut)


def test_only_the_kinds_asked_for():
    found = cc.facts(frame_of(random_bars(8, 300)), kinds=("swing_high",))
    assert set(found["kind"]) == {"swing_high"}
    with pytest.raises(UnknownName, match="swing_high"):
        cc.facts(frame_of(random_bars(8, 300)), kinds=("swing_hihg",))


def test_forming_is_about_the_present():
    frame = frame_of(random_bars(9, 400))
    found = cc.forming(frame)
    assert set(found["stage"]) <= {"forming"}
    assert (found["session"] == frame.index[-1]).all()


def test_correlate_reads_frames():
    frames = {name: frame_of(random_bars(seed, 300)) for name, seed in (("A", 1), ("B", 2))}
    found = cc.correlate(frames, "A", "B", 20)
    last = [frames[name]["close"].to_numpy()[-20:] for name in ("A", "B")]
    assert found.levels.value == pytest.approx(np.corrcoef(*last)[0, 1], abs=1e-12)


def test_a_note_of_the_sample_can_be_written(tmp_path):
    paths = cc.write(cc.note(), tmp_path)
    assert {"note.html", "note.md", "note.json"} <= {p.name for p in paths}


def test_names_are_listed_and_strangers_refused():
    assert set(cc.__all__) == set(dir(cc))
    with pytest.raises(AttributeError):
        cc.no_such_thing  # noqa: B018
