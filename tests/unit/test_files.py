"""A folder of files as a source: what is understood, what is left aside, what is refused and in which words."""

from __future__ import annotations

import contextlib
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import BadSetting, CrosscurrentError, MissingData, RejectedData, StorageError, UnknownName
from crosscurrent.sources import SOURCES, open_source
from crosscurrent.sources.files import Files
from crosscurrent.sources.taking import snapshot, take
from strategies import SHARED, needs_shared, shared_frame

GOOD = """date,open,high,low,close,volume
2025-01-13,100,102,99,101,1000
2025-01-14,101,103,100,102,1100
2025-01-15,102,106,101,105,1500
2025-01-16,105,105.5,103,104,900
2025-01-17,104,108,104,107.5,1300
"""


def folder(tmp_path: Path, **files: str | bytes) -> Files:
    """Return a folder of these files; a double underscore stands for a dot."""
    for name, content in files.items():
        (tmp_path / name.replace("__", ".")).write_bytes(content if isinstance(content, bytes) else content.encode())
    return Files(tmp_path)


def close_of(source: Files, market: str = "TOY") -> list[float]:
    return source.bars(market).close.tolist()


CLOSES = [101.0, 102.0, 105.0, 104.0, 107.5]
UNDERSTOOD = {
    "as it should be": GOOD,
    "upper case": GOOD.replace("date,open,high,low,close,volume", "Date,Open,High,Low,CLOSE,Volume"),
    "byte order mark": "\ufeff" + GOOD,
    "Windows line ends": GOOD.replace("\n", "\r\n"),
    "no last line end": GOOD.rstrip("\n"),
    "blank lines at the end": GOOD + "\n\n",
    "a blank line between": GOOD.replace("2025-01-15", "\n2025-01-15"),
    "a blank line and midnights": GOOD.replace("2025-01-15", "\n2025-01-15 00:00"),
    "semicolons": GOOD.replace(",", ";"),
    "semicolons and decimal commas": GOOD.replace(",", ";").replace(".", ","),
    "tabs": GOOD.replace(",", "\t"),
    "times at midnight": GOOD.replace(",10", " 00:00:00,10", 1).replace("2025-01-14", "2025-01-14T00:00:00-05:00"),
    "dates without dashes": GOOD.replace("-", ""),
    "adjusted close beside": "".join(f"{line},{'9' if i else 'Adj Close'}\n" for i, line in enumerate(GOOD.splitlines())),
    "an unnamed first column": GOOD.replace("date,", ",", 1),
    "timestamps": GOOD.replace("date,", "Timestamp,", 1),
    "quoted cells": GOOD.replace("101,1000", '"101","1000"'),
    "FRED's heading": "observation_date,TOY\n2025-01-13,101\n2025-01-14,102\n2025-01-15,105\n2025-01-16,104\n2025-01-17,107.5\n",
    "FRED's holidays": "DATE,TOY\n2025-01-13,101\n2025-01-14,102\n2025-01-15,105\n2025-01-16,104\n2025-01-17,107.5\n2025-01-20,.\n",
    "closes alone": "date,close\n2025-01-13,101\n2025-01-14,102\n2025-01-15,105\n2025-01-16,104\n2025-01-17,107.5\n",
    "yfinance's three lines": "Price,Close,High,Low,Open,Volume\nTicker,NQ=F,NQ=F,NQ=F,NQ=F,NQ=F\nDate,,,,,\n"
    "2025-01-13,101,102,99,100,1\n2025-01-14,102,103,100,101,1\n2025-01-15,105,106,101,102,1\n2025-01-16,104,105.5,103,105,1\n"
    "2025-01-17,107.5,108,104,104,1\n",
}  # fmt: skip


@pytest.mark.parametrize("form", UNDERSTOOD)
def test_a_form_people_write_is_understood(tmp_path: Path, form: str):
    source = folder(tmp_path, TOY__csv=UNDERSTOOD[form])
    assert close_of(source) == CLOSES
    assert str(source.bars("TOY").session[0]) == "2025-01-13"


def test_gzip_and_parquet_read_as_csv_does(tmp_path: Path):
    (tmp_path / "A.csv.gz").write_bytes(gzip.compress(GOOD.encode()))
    days = pa.array(np.array(["2025-01-13", "2025-01-14"], "datetime64[D]"))
    pq.write_table(pa.table({"Date": days, "Close": pa.array([1.0, 2.0])}), tmp_path / "B.parquet")
    source = Files(tmp_path)
    assert source.markets() == ("A", "B")
    assert close_of(source, "A") == CLOSES and close_of(source, "B") == [1.0, 2.0]


REFUSED = {
    "missing columns": (GOOD.replace("low,", "lo,"), "the column low is missing"),
    "no dates": (GOOD.replace("date,", "day,"), "no column holds dates"),
    "unsorted": ("\n".join([*GOOD.splitlines()[:1], *GOOD.splitlines()[:0:-1]]) + "\n", "row 3: 2025-01-16 comes after 2025-01-17"),
    "a day twice": (GOOD + GOOD.splitlines()[-1] + "\n", "row 7: 2025-01-17 stands twice"),
    "a missing close": (GOOD.replace("105,1500", ",1500"), r"row 4 \(2025-01-15\): the close is missing"),
    "a NaN high": (GOOD.replace("106", "NaN"), r"row 4 \(2025-01-15\): the high is missing"),
    "text in numbers": (GOOD.replace("105,1500", "n.a!,1500"), "row 4: the close 'n.a!' is no number"),
    "a thousands mark": (GOOD.replace("105,1500", '"1,105",1500'), "row 4: the close '1,105' is no number"),
    "a point beside decimal commas": ("date;close\n2025-01-13;1.234\n2025-01-14;1,5\n", "row 2: the close '1.234' is no number"),
    "an underscore": (GOOD.replace("105,1500", "1_05,1500"), "row 4: the close"),
    "infinity": (GOOD.replace("105,1500", "inf,1500"), "row 4: the close is infinite"),
    "zero": (GOOD.replace("99,101", "0,101"), r"row 2 \(2025-01-13\): the low, 0, is not above zero"),
    "below zero": (GOOD.replace("99,101", "-9,101"), r"row 2 \(2025-01-13\): the low, -9, is not above zero"),
    "high below low": (GOOD.replace("106", "90"), r"row 4 \(2025-01-15\): the high, 90, is below"),
    "a negative volume": (GOOD.replace("1500", "-1"), r"row 4 \(2025-01-15\): the volume, -1, is negative"),
    "no bytes": ("", "it is empty"),
    "blank lines": ("\n\n", "it is empty"),
    "a heading alone": (GOOD.splitlines()[0] + "\n", "no rows"),
    "another encoding": (GOOD.replace("1000", "1000 \xe9").encode("latin-1"), "row 2: it is not UTF-8"),
    "sixteen bits": (GOOD.encode("utf-16"), "not UTF-8"),
    "American dates": (GOOD.replace("2025-01-13", "01/13/2025"), "row 2: '01/13/2025' is no ISO date"),
    "no such day": (GOOD.replace("2025-01-13", "2025-02-30"), "row 2: '2025-02-30' is no day"),
    "a missing date": (GOOD.replace("2025-01-15", ""), "row 4: the date is missing"),
    "a cell too many": (GOOD.replace("1500", "1500,7"), "row 4: it has 7 cells"),
    "a cell too few": (GOOD.replace(",105,1500", ",105"), "row 4: it has 5 cells"),
    "no prices": ("date,close\n2025-01-13,.\n", "no row has a price"),
    "a column twice": (GOOD.replace("volume", "close"), r"named twice \(close\)"),
    "two markets side by side": ("Price,Close,Close\nTicker,A,B\nDate,,\n2025-01-13,1,2\n", "several markets"),
    "a damaged archive": (gzip.compress(GOOD.encode())[:-12], "not UTF-8|gzip"),
    "hours": (GOOD.replace("2025-01-13", "2025-01-13 09:30Z"), "its rows are intraday"),
}  # fmt: skip


@pytest.mark.parametrize("form", REFUSED)
def test_bad_input_is_refused_with_file_row_and_rule(tmp_path: Path, form: str):
    content, rule = REFUSED[form]
    name = "TOY.csv.gz" if form == "a damaged archive" else "TOY.csv"
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "GOOD.csv").write_text(GOOD)
    source = Files(tmp_path)
    with pytest.raises(RejectedData, match=rule) as raised:
        source.bars("TOY")
    assert raised.value.sentence.startswith(name) and raised.value.exit_code == 4
    assert close_of(source, "GOOD") == CLOSES
    taken = take(source, ["GOOD", "TOY"])
    assert taken.snapshot.names == ("GOOD",) and taken.gaps[0].what == "TOY"


@given(st.binary(max_size=400))
def test_any_bytes_are_bars_or_a_typed_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    folder = tmp_path_factory.mktemp("any")
    (folder / "TOY.csv").write_bytes(content)
    with contextlib.suppress(CrosscurrentError):
        assert len(Files(folder).bars("TOY"))


@given(st.text("0123456789.,;-\nabcdate:TZ \"'\t", max_size=200))
def test_any_rows_are_bars_or_a_typed_refusal(tmp_path_factory: pytest.TempPathFactory, rows: str):
    folder = tmp_path_factory.mktemp("rows")
    (folder / "TOY.csv").write_text("date,close\n" + rows)
    with contextlib.suppress(CrosscurrentError):
        bars = Files(folder).bars("TOY")
        assert len(bars) and np.isfinite(bars.close).all()


def test_one_row_is_a_market(tmp_path: Path):
    assert close_of(folder(tmp_path, TOY__csv="date,close\n2025-01-13,5\n")) == [5.0]


def test_other_shapes_are_known_by_their_columns(tmp_path: Path):
    source = folder(
        tmp_path,
        ZQ__csv="contract,date,open,high,low,close,volume,open_interest\nZQF25,2025-01-13,95,95,95,95.67,1,2\n",
        US__csv="date_et,time_et,importance,event,actual,forecast,previous\n2025-01-15,08:30,High,CPI,2.9%,,2.7%\n",
        FOMC__csv="decision_date,source\n2025-01-29,Fed\n",
        MPT__csv="date,reference_quarter_start,prob_cut_pct\n2025-01-13,2025-03-19,27.5\n",
        QA__csv="symbol,first\nNQ,2000\n",
        TOY__csv=GOOD,
    )
    assert source.markets() == ("TOY",)
    assert [gap.what for gap in source.notes] == ["QA.csv"] and "many symbols" in source.notes[0].why
    (contracts,) = source.tables("contracts")
    assert contracts.columns["contract"].tolist() == ["ZQF25"] and contracts.columns["close"].tolist() == [95.67]
    assert source.tables("events")[0].columns["event"].tolist() == ["CPI"]
    assert source.tables("events")[0].columns["time_et"].tolist() == ["08:30"]
    assert str(source.tables("meetings")[0].columns["decision_date"][0]) == "2025-01-29"
    assert len(source.tables("probabilities")[0]) == 1
    with pytest.raises(RejectedData, match="many symbols"):
        source.bars("QA")


def test_intraday_files_are_markets_at_their_interval(tmp_path: Path):
    hours = "datetime,open,high,low,close\n2025-01-17T14:00:00Z,1,2,1,2\n2025-01-17T10:00:00-05:00,2,3,2,3\n"
    source = folder(tmp_path, NQ_1h__csv=hours, NQ__csv=GOOD)
    assert source.markets() == ("NQ",)
    bars = source.bars("NQ", "1h")
    assert bars.closed_at.astype(str).tolist() == ["2025-01-17T15:00:00", "2025-01-17T16:00:00"]
    with pytest.raises(UnknownName, match="1d, 1h"):
        source.bars("NQ", "5m")
    naive = folder(tmp_path, ES_1h__csv=hours.replace("Z", ""))
    with pytest.raises(RejectedData, match=r"ES_1h\.csv, row 2: .* has no zone"):
        naive.bars("ES", "1h")


def test_an_empty_folder_says_so(tmp_path: Path):
    with pytest.raises(MissingData, match="no market at all"):
        Files(tmp_path).bars("NQ")


def test_a_toml_file_describes_its_market(tmp_path: Path):
    source = folder(tmp_path, TOY__csv=GOOD, TOY__toml='name = "Toy index"\ntick = 0.5\n')
    assert source.bars("TOY").instrument.name == "Toy index" and source.bars("TOY").instrument.notation.tick == 0.5


@pytest.mark.parametrize("text", ["tick = ", 'nmae = "x"', "tick = -1", b"\xff"])
def test_a_bad_description_names_its_file(tmp_path: Path, text: str | bytes):
    with pytest.raises(BadSetting, match=r"TOY\.toml"):
        folder(tmp_path, TOY__csv=GOOD, TOY__toml=text).bars("TOY")


def test_markets_are_found_as_people_write_them(tmp_path: Path):
    source = folder(tmp_path, NQ__csv=GOOD, DGS10__csv=GOOD)
    for text in ("NQ", "nq", "NQ=F", "NQ1!", "NQH5", "/NQ", "CME:NQ1!"):
        assert source.bars(text).market == "NQ"
    assert source.bars("US10Y").market == "DGS10"
    with pytest.raises(UnknownName, match="NQ"):
        source.bars("NQQ")


def test_two_files_of_one_name_are_refused_both(tmp_path: Path):
    source = folder(tmp_path, TOY__csv=GOOD, OK__csv=GOOD)
    (tmp_path / "TOY.csv.gz").write_bytes(gzip.compress(GOOD.encode()))
    assert source.markets() == ("OK",)
    with pytest.raises(RejectedData, match=r"TOY\.csv and TOY\.csv\.gz"):
        source.bars("TOY")


def test_rows_with_a_close_alone_make_a_close_only_series_and_say_so(tmp_path: Path):
    source = folder(tmp_path, TOY__csv=GOOD.replace("102,106,101,105", ",,,105"))
    assert source.bars("TOY").is_close_only and "close alone" in source.notes[0].why
    assert "close alone" in take(source, ["TOY"]).gaps[0].why


def test_rows_without_a_price_are_no_sessions_and_are_said(tmp_path: Path):
    source = folder(tmp_path, TOY__csv=GOOD.replace("102,106,101,105,1500", ",,,,"))
    assert len(source.bars("TOY")) == 4 and "2025-01-15" in source.notes[0].why


def test_a_folder_or_file_without_rights_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    source = folder(tmp_path, TOY__csv=GOOD)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", denied)
        with pytest.raises(StorageError, match="no right"):
            source.bars("TOY")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", denied)
        with pytest.raises(StorageError, match="cannot be read"):
            Files(tmp_path).markets()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "is_dir", denied)
        with pytest.raises(StorageError, match="cannot be read"):
            Files(tmp_path)


@pytest.fixture
def without_rights() -> Iterator[None]:
    """Give up the rights of root, which may read everything, for the time of a test."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("closed", ["the file", "the folder", "the folder above"])
def test_what_may_not_be_read_is_a_storage_error(tmp_path: Path, closed: str, request: pytest.FixtureRequest):
    place = tmp_path / "above" / "data"
    place.mkdir(parents=True)
    (place / "TOY.csv").write_text(GOOD)
    shut = {"the file": place / "TOY.csv", "the folder": place, "the folder above": place.parent}[closed]
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    shut.chmod(0)
    request.getfixturevalue("without_rights")
    try:
        with pytest.raises(StorageError) as raised:
            open_source(str(place)).bars("TOY")
        assert raised.value.exit_code == 5
    finally:
        if os.geteuid() != 0 and os.getuid() == 0:
            os.seteuid(0)
        shut.chmod(0o755)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "TOY.csv.gz").write_bytes(gzip.compress(GOOD.encode() + b"0" * 1_000_000))
    monkeypatch.setattr("crosscurrent.sources.delimited.LARGEST", 1 << 19)
    with pytest.raises(RejectedData, match="MB"):
        Files(tmp_path).bars("TOY")


def test_what_is_no_source_is_said_with_the_nearest():
    with pytest.raises(UnknownName, match="sample"):
        open_source("sampel")
    with pytest.raises(MissingData, match="Name a folder"):
        open_source("./nowhere")
    assert {opening.name for opening in SOURCES} == {
        "sample",
        "archive",
        "yahoo",
        "fred",
        "crypto",
        "databento",
        "ibkr",
    }
    assert all(opening.open(None).name for opening in SOURCES)


def test_a_snapshot_knows_nothing_later_than_its_date(tmp_path: Path):
    source = folder(tmp_path, A__csv=GOOD, B__csv="date,close\n2025-01-16,5\n")
    assert len(snapshot(source, ["A"], "2025-01-15").traded("A")) == 3
    weekend = take(source, ["A", "B"], "2025-01-19")
    assert weekend.snapshot.as_of == np.datetime64("2025-01-17") and "data end on 2025-01-17" in weekend.gaps[0].why
    (tmp_path / "C.csv").write_text("date,close\n2025-01-10,1\n2025-01-13,2\n")
    holiday = take(Files(tmp_path), ["C"], "2025-01-11")
    assert holiday.snapshot.as_of == np.datetime64("2025-01-10") and "no session" in holiday.gaps[0].why
    early = take(source, ["A", "B"], "2025-01-14")
    assert early.snapshot.names == ("A",) and "first session is 2025-01-16" in early.gaps[0].why
    assert take(source, ["A"]).snapshot.as_of == np.datetime64("2025-01-17")
    with pytest.raises(MissingData, match="2025-01-13 to 2025-01-17"):
        take(source, ["A"], "2024-12-31")
    with pytest.raises(UnknownName):
        take(source, ["NOPE"])


def test_a_series_that_ended_or_paused_long_ago_is_a_gap(tmp_path: Path):
    source = folder(
        tmp_path, A__csv=GOOD, B__csv="date,close\n2024-12-16,5\n", C__csv="date,close\n2024-12-17,5\n2025-02-03,6\n"
    )
    gaps = take(source, ["A", "B", "C"], "2025-01-17").gaps
    assert [(gap.what, "known is 2024-12-1" in gap.why) for gap in gaps] == [("B", True), ("C", True)]
    assert take(source, ["A"], "2025-01-17").gaps == ()


@needs_shared
def test_the_shared_data_read_as_pandas_reads_them():
    source = Files(SHARED)
    for market in ("NQ", "ZN", "DGS10", "EURUSD"):
        bars, frame = source.bars(market), shared_frame(market)
        assert np.array_equal(bars.close, frame["close"].to_numpy())
        assert np.array_equal(bars.session, frame.index.to_numpy().astype("datetime64[D]"))


@needs_shared
def test_every_market_of_the_shared_data_passes_the_door():
    source = Files(SHARED)
    assert len(source.markets()) == 48
    assert all(len(source.bars(market)) for market in source.markets())
    assert {gap.what for gap in source.notes} == {"QA.csv", "REPAIRS.csv", "DXY"}


@needs_shared
def test_references_come_along_for_the_rolls():
    taken = snapshot(Files(SHARED), ["NQ"], "2025-01-17")
    assert taken.has("NDX") and taken.traded("NDX").session[-1] == np.datetime64("2025-01-17")
