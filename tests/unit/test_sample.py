"""The packaged sample: what it holds, that its figures are those of the Treasury, and that a changed file is noticed."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import MissingData, RejectedData, UnknownName
from crosscurrent.sources import open_source, sample
from crosscurrent.sources.par_bonds import one_year_forward, par_note_price
from crosscurrent.sources.sample import CURVE, Sample
from crosscurrent.sources.taking import take
from strategies import needs_shared, shared_frame


def on(market: str, day: str) -> float:
    bars = Sample().bars(market)
    return float(bars.close[bars.index_of(np.datetime64(day))])


def test_every_market_can_be_read_and_says_where_it_ends():
    source = open_source("sample")
    spans = {market: source.bars(market) for market in source.markets()}
    assert {*CURVE, "IXIC", "SPX", "VIX", "WTI", "UST10P", "UST1Y1Y"} == set(spans)
    assert all(len(bars) > 1000 for bars in spans.values())
    assert {market for market, bars in spans.items() if not bars.is_close_only} == {"IXIC"}
    assert str(spans["DGS10"].session[-1]) == "2017-03-29" and str(spans["IXIC"].session[0]) == "1999-01-04"


def test_figures_stand_as_they_were_published():
    assert (on("DGS10", "1990-01-02"), on("DGS10", "2017-03-29")) == (7.94, 2.39)
    assert (on("DGS2", "2008-12-16"), on("DGS30", "2015-03-20"), on("DGS1MO", "2014-12-31")) == (0.65, 2.5, 0.03)
    assert on("IXIC", "2000-03-10") == pytest.approx(5048.62, abs=0.005)
    assert on("VIX", "2016-06-24") == 25.76 and on("WTI", "2008-07-03") == 145.31


@needs_shared
@pytest.mark.parametrize("market", ["DGS2", "DGS10", "DGS30"])
def test_the_curve_agrees_with_the_federal_reserves_own(market: str):
    bars, theirs = Sample().bars(market), shared_frame(market)["close"]
    both = theirs.reindex(bars.session).dropna()
    ours = bars.close[np.isin(bars.session, both.index.to_numpy().astype("datetime64[D]"))]
    assert len(both) > 5000 and np.mean(ours == both.to_numpy()) > 0.999


def test_a_note_at_par_costs_a_hundred():
    assert par_note_price(np.array([6.0]))[0] == pytest.approx(100.0, abs=1e-12)
    assert par_note_price(np.array([0.0]))[0] == 160.0


@given(st.integers(1, 2000))
def test_the_note_costs_what_its_payments_are_worth(hundredths: int):
    i = Fraction(hundredths, 20_000)
    worth = sum(Fraction(3) / (1 + i) ** k for k in range(1, 21)) + 100 / (1 + i) ** 20
    assert par_note_price(np.array([hundredths / 100]))[0] == pytest.approx(float(worth), rel=1e-12)


def test_the_forward_of_a_flat_curve_is_the_curve_and_a_steep_one_lies_above():
    flat = np.array([4.0, 0.5])
    assert one_year_forward(flat, flat, flat) == pytest.approx(flat, abs=1e-12)
    forward = one_year_forward(np.array([0.5]), np.array([0.6]), np.array([1.0]))[0]
    assert 1.39 < forward < 1.42
    assert np.isnan(one_year_forward(np.array([np.nan]), flat[:1], flat[:1])[0])


def test_two_years_at_the_forward_are_worth_two_years_at_par():
    y6, y1, y2 = 1.1, 1.4, 2.0
    i = [y6 / 200, y1 / 200, (y1 + y2) / 400, y2 / 200]
    d: list[float] = []
    for rate in i:
        d.append((1 - rate * sum(d)) / (1 + rate))
    forward = one_year_forward(np.array([y6]), np.array([y1]), np.array([y2]))[0]
    assert d[1] / (1 + forward / 200) ** 2 == pytest.approx(d[3], rel=1e-12)


def test_the_week_of_the_default_note_has_a_story():
    assert on("DGS10", "2006-08-18") - on("DGS10", "2006-08-11") == pytest.approx(-0.13)
    assert on("IXIC", "2006-08-18") / on("IXIC", "2006-08-11") - 1 == pytest.approx(0.0516, abs=1e-4)
    taken = take(Sample(), ["IXIC", "UST10P", "DGS2", "DGS10", "DGS30", "WTI", "UST1Y1Y", "VIX"], "2006-08-18")
    assert len(taken.snapshot.names) == 7
    assert {gap.what for gap in taken.gaps} == {"VIX", "UST10P", "UST1Y1Y"}


READ = """
import sys
from crosscurrent.sources import open_source
for market in ("IXIC", "DGS10", "UST10P", "VIX"):
    open_source("sample").bars(market)
print(sorted({"arch", "pandas", "scipy", "pyarrow.dataset", "httpx2"} & set(sys.modules)))
"""


def test_it_is_read_without_the_imports_that_cost_more_than_reading():
    told = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_changed_file_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    whole = (sample.DATA / "treasury_curve.parquet").read_bytes()
    (tmp_path / "treasury_curve.toml").write_bytes((sample.DATA / "treasury_curve.toml").read_bytes())
    (tmp_path / "treasury_curve.parquet").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    monkeypatch.setattr(sample, "DATA", tmp_path)
    with pytest.raises(RejectedData, match="sha256"):
        Sample().bars("DGS10")


def test_a_changed_file_of_the_distribution_is_noticed():
    changed = {"file": "nasdaq/nasdaq.csv.gz", "sha256": "0" * 64, "columns": ["date"]}
    with pytest.raises(RejectedData, match="not the file"):
        sample._from_arch("IXIC", changed)
    with pytest.raises(MissingData, match="arch distribution"):
        sample._from_arch("IXIC", changed | {"file": "nasdaq/gone.csv.gz"})


def test_its_limits_are_said():
    source = Sample()
    assert {gap.what for gap in source.notes} == {"SPX", "UST10P", "UST1Y1Y"} and source.tables("events") == ()
    with pytest.raises(UnknownName, match="1d"):
        source.bars("IXIC", "1h")
    with pytest.raises(UnknownName, match="IXIC"):
        source.bars("IXIK")
