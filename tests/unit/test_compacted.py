"""A universe in one file: what comes out is what went in, and what is damaged says so."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from crosscurrent.cli import cli
from crosscurrent.errors import MissingData, RejectedData, UnknownName
from crosscurrent.sources import open_source
from crosscurrent.sources.compacted import Compacted, compact
from crosscurrent.sources.files import Files
from strategies import needs_shared, random_bars, write_csv

COLUMNS = ("session", "closed_at", "open", "high", "low", "close", "volume")


@pytest.fixture
def folder(tmp_path):
    """Three markets as files, one of them unknown and described, and one that no door lets in."""
    where = tmp_path / "files"
    where.mkdir()
    for seed, market in enumerate(("NQ", "ZN", "ACME")):
        write_csv(where, market, random_bars(seed, 40))
    (where / "ACME.toml").write_text('name = "Acme"\nasset_class = "etf"\ntick = 0.01\n')
    (where / "BAD.csv").write_text("date,open,high,low,close,volume\n2020-01-01,1,0.5,0.9,1,3\n")
    return where


def test_a_market_comes_out_as_it_went_in(folder, tmp_path):
    path = tmp_path / "universe.parquet"
    source = Files(folder)
    gaps = compact(source, source.markets(), path)
    assert [gap.what for gap in gaps] == ["BAD"]
    kept = open_source(str(path))
    assert kept.markets() == ("ACME", "NQ", "ZN")
    for market in kept.markets():
        here, there = kept.bars(market), source.bars(market)
        assert here.instrument == there.instrument
        assert all(np.array_equal(getattr(here, n), getattr(there, n), equal_nan=n not in COLUMNS[:2]) for n in COLUMNS)


def test_the_same_markets_give_the_same_bytes_in_any_order(folder, tmp_path):
    a, b = tmp_path / "a.parquet", tmp_path / "b.parquet"
    compact(Files(folder), ["ZN", "NQ"], a)
    compact(Files(folder), ["NQ", "ZN", "NQ"], b)
    assert a.read_bytes() == b.read_bytes()


def test_names_and_intervals_that_it_does_not_hold_are_told(folder, tmp_path):
    path = tmp_path / "universe.parquet"
    compact(Files(folder), ["NQ"], path)
    with pytest.raises(UnknownName):
        Compacted(path).bars("ZN")
    with pytest.raises(UnknownName, match="interval"):
        Compacted(path).bars("NQ", "1h")
    assert Compacted(path).bars("NQ=F").market == "NQ"


def test_a_file_of_another_make_is_refused_and_a_damaged_one_named(folder, tmp_path):
    path = tmp_path / "universe.parquet"
    path.write_bytes(b"PAR1 no")
    with pytest.raises(RejectedData, match="data compact"):
        Compacted(path)
    compact(Files(folder), ["NQ", "ZN"], path)
    whole = bytearray(path.read_bytes())
    whole[40:400] = b"\0" * 360
    path.write_bytes(whole)
    with pytest.raises(RejectedData, match="NQ"):
        Compacted(path).bars("NQ")


def test_a_bit_that_has_turned_is_noticed(folder, tmp_path):
    path = tmp_path / "universe.parquet"
    compact(Files(folder), ["NQ", "ZN"], path)
    group = pq.ParquetFile(path).metadata.row_group(1)
    close = group.column(group.to_dict()["num_columns"] - 2)
    assert close.path_in_schema == "close"
    whole = bytearray(path.read_bytes())
    whole[close.data_page_offset + close.total_compressed_size - 9] ^= 1
    path.write_bytes(whole)
    assert len(Compacted(path).bars("NQ")) == 40
    with pytest.raises(RejectedData, match="ZN"):
        Compacted(path).bars("ZN")


def test_nothing_readable_leaves_no_file(folder, tmp_path):
    path = tmp_path / "universe.parquet"
    with pytest.raises(MissingData):
        compact(Files(folder), ["BAD"], path)
    assert not list(tmp_path.glob("*universe*"))


def test_the_command_names_what_it_left_out(folder, tmp_path):
    path = tmp_path / "universe.parquet"
    done = CliRunner().invoke(cli, ["data", "compact", "--data", str(folder), "--out", str(path)])
    assert done.exit_code == 1
    assert "3 markets" in done.output
    assert "BAD" in done.output
    facts = CliRunner().invoke(cli, ["facts", "NQ", "--data", str(path), "--json"])
    assert isinstance(json.loads(facts.stdout), list)


@needs_shared
def test_the_shared_files_come_out_as_they_went_in(tmp_path):
    from strategies import SHARED

    path, source = tmp_path / "u.parquet", Files(SHARED)
    wanted = ("CL", "DGS10", "DXY", "NQ")
    assert compact(source, wanted, path) == ()
    for market in wanted:
        here, there = Compacted(path).bars(market), source.bars(market)
        assert here.is_close_only == there.is_close_only
        assert all(np.array_equal(getattr(here, n), getattr(there, n), equal_nan=n not in COLUMNS[:2]) for n in COLUMNS)
