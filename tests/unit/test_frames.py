"""Frames as bars: every form that people hold, and the refusals with their rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crosscurrent.errors import RejectedData, UnknownName
from crosscurrent.markets import find
from crosscurrent.sources.frames import Frames, from_frame
from crosscurrent.sources.taking import take

DAYS = pd.bdate_range("2025-01-13", periods=5)
CLOSES = [101.0, 102.0, 105.0, 104.0, 107.5]


def frame(index=DAYS) -> pd.DataFrame:
    close = np.array(CLOSES)
    columns = {"Open": close - 1, "High": close + 2, "Low": close - 2, "Close": close, "Volume": np.arange(1, 6)}
    return pd.DataFrame(columns, index=index)


class Streamed:
    """Speaks the Arrow interface and nothing else, as polars does."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def arrow(**changed: pa.Array) -> pa.Table:
    whole = frame().reset_index(names="date")
    return pa.table({name: pa.array(whole[name]) for name in whole} | changed)


FORMS = {
    "a DatetimeIndex": frame(),
    "an index with a zone": frame(DAYS.tz_localize("America/New_York")),
    "an index of dates": frame([day.date() for day in DAYS]),
    "an index of periods": frame(DAYS.to_period("D")),
    "a date column": frame().reset_index(names="Date"),
    "dates as text": frame().reset_index(names="date").assign(date=lambda f: f["date"].dt.strftime("%Y-%m-%d")),
    "upper case": frame().rename(columns=str.upper),
    "another order": frame()[["Close", "Low", "Volume", "High", "Open"]],
    "objects": frame().astype(object),
    "nullable types": frame().convert_dtypes(),
    "Arrow types": frame().convert_dtypes(dtype_backend="pyarrow"),
    "single precision": frame().astype("float32"),
    "two levels": pd.concat({"TOY": frame(), "OTHER": frame() * 2}, axis=1),
    "two levels the other way": pd.concat({"TOY": frame(), "OTHER": frame() * 2}, axis=1).swaplevel(axis=1),
    "two levels of one market": pd.concat({"NQ=F": frame()}, axis=1),
    "closes alone": frame()[["Close"]],
    "one column of the market's name": frame()["Close"].to_frame("TOY"),
    "an Arrow table": arrow(),
    "an Arrow stream": Streamed(arrow()),
    "an Arrow stream of views": Streamed(arrow(date=pa.array([str(day.date()) for day in DAYS], pa.string_view()))),
    "an Arrow stream of decimals": Streamed(arrow(Close=pa.array(CLOSES).cast(pa.decimal128(10, 2)))),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_form_people_hold_is_read(form: str):
    bars = from_frame(FORMS[form], "TOY")
    assert bars.close.tolist() == CLOSES
    assert bars.session.astype(str).tolist() == [str(day.date()) for day in DAYS]


def test_a_ticker_is_understood_as_people_write_it():
    two = pd.concat({"NQ=F": frame(), "ZN=F": frame() * 2}, axis=1).swaplevel(axis=1)
    assert from_frame(two, "NQ").close.tolist() == CLOSES and from_frame(two, "ZN").close[0] == 202.0
    with pytest.raises(RejectedData, match="none is ES"):
        from_frame(two, "ES")


def test_the_input_is_left_alone():
    given = frame()
    before = given.copy(deep=True)
    bars = from_frame(given, "TOY")
    pd.testing.assert_frame_equal(given, before)
    given.iloc[0, 3] = -1.0
    assert bars.close[0] == CLOSES[0]


def test_intraday_rows_know_their_zone():
    hours = pd.date_range("2025-01-17 09:00", periods=5, freq="h")
    with pytest.raises(RejectedData, match="without its zone"):
        from_frame(frame(hours), "NQ", "1h")
    bars = from_frame(frame(hours.tz_localize("America/Chicago")), "NQ", "1h")
    assert str(bars.closed_at[0]) == "2025-01-17T16:00:00"
    with pytest.raises(RejectedData, match="time of day"):
        from_frame(frame(hours), "NQ")


def changed(row: int, column: str, value: object) -> pd.DataFrame:
    new = frame().astype(object)
    new.iloc[row, new.columns.get_loc(column)] = value
    return new


REFUSED = {
    "unsorted": (frame().iloc[::-1], "row 2: 2025-01-16 comes after"),
    "a day twice": (pd.concat([frame(), frame().iloc[-1:]]), "row 6: 2025-01-17 stands twice"),
    "text": (changed(2, "Close", "abc"), "row 3: the close 'abc' is no number"),
    "NaN": (changed(2, "High", np.nan), "row 3 .*the high is missing"),
    "infinity": (changed(2, "High", np.inf), "row 3: the high is infinite"),
    "high below low": (changed(2, "High", 1.0), "row 3 .*the high, 1, is below"),
    "zero": (changed(2, "Low", 0.0), "row 3 .*not above zero"),
    "no rows": (frame().iloc[:0], "no rows"),
    "a column missing": (frame().drop(columns="Low"), "the column low is missing"),
    "a column twice": (frame().assign(close=1.0), "named twice"),
    "a column of the same name": (frame().set_axis(["Open", "High", "Low", "Close", "Close"], axis=1), "named twice"),
    "no dates": (frame().reset_index(drop=True), "holds dates"),
    "other dates": (frame(["13/01/2025"] * 5), "no ISO date"),
    "a missing date": (frame([*DAYS[:2], pd.NaT, *DAYS[3:]]), "row 3: the date is missing"),
    "no frame": (42, "int is no frame"),
    "another market": (pd.concat({"A": frame(), "B": frame()}, axis=1), "none is TOY"),
    "switches": (frame().assign(Close=True), "not numbers"),
    "contracts": (frame().reset_index(names="date").assign(contract="ZQF25"), "contracts"),
}


@pytest.mark.parametrize("form", REFUSED)
def test_a_bad_frame_is_refused_with_row_and_rule(form: str):
    given, rule = REFUSED[form]
    with pytest.raises(RejectedData, match=rule) as raised:
        from_frame(given, "TOY")
    assert "TOY" in raised.value.sentence


def test_an_instrument_may_be_named():
    assert from_frame(frame(), "MINE", instrument=find("NQ")).instrument.name == "Nasdaq 100 futures"


def test_frames_are_a_source():
    holes = frame()
    holes.iloc[2, :4] = np.nan
    source = Frames({"NQ": frame(), "TOY": holes, "BAD": frame().iloc[::-1]})
    taken = take(source, ["NQ", "TOY", "BAD"], "2025-01-16")
    assert taken.snapshot.names == ("NQ", "TOY") and taken.gaps[0].what == "BAD"
    assert source.markets() == ("BAD", "NQ", "TOY") and source.bars("NQ=F").market == "NQ"
    assert "1 row" in source.notes[0].why and source.tables("events") == ()
    with pytest.raises(UnknownName):
        source.bars("NQ", "1h")
