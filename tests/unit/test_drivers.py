"""What drove a move, from a snapshot: betas from before, common sessions, gaps named."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import MissingData
from crosscurrent.intermarket.drivers import DRIVERS, drivers
from crosscurrent.markets import instrument
from snapshots import shared_snapshot
from strategies import bars_of, needs_shared

ALL = (
    "NQ",
    "NDX",
    "ES",
    "SPX",
    "RTY",
    "RUT",
    "DGS10",
    "DGS2",
    "DGS1",
    "FED_DEC25_IMPLIED",
    "DXY",
    "UUP",
    "CL",
    "VIX",
    "HYG",
)
MEMBERS = {"parts", "leftover", "verdict", "by", "from", "to", "return_pct"}


def market(name, closes):
    return replace(bars_of(*[closes] * 4, market=name), instrument=instrument(name))


def made(seed=0, n=400, beta=-0.08, last_week=(-20.0,)):
    """Return a snapshot in which NDX falls by `beta` per cent for each basis point of the 10-year yield, and little else."""
    rng = np.random.default_rng(seed)
    yields = 5 * rng.standard_normal(n)
    yields[-len(last_week) :] = last_week
    stocks = beta * yields + 0.1 * rng.standard_normal(n)
    other = {
        "DGS2": 3 + np.cumsum(0.03 * rng.standard_normal(n)),
        "CL": 70 * np.exp(np.cumsum(0.02 * rng.standard_normal(n))),
    }
    closes = {"NDX": 1e4 * np.cumprod(1 + stocks / 100), "DGS10": 40 + np.cumsum(yields) / 100} | other
    bars = {name: market(name, values) for name, values in closes.items()}
    return Snapshot(bars["NDX"].session[-1], bars)


def test_rates_that_drove_it_are_named():
    report = drivers(made(), "NDX")
    assert (report.verdict, report.by) == ("rates_driven", "rates")
    [rates] = [group for group in report.groups if group.name == "rates"]
    assert rates.pct == pytest.approx(report.return_pct, rel=0.4) and rates.interval[0] > 0
    assert report.rates_alone.pct == pytest.approx(report.return_pct, rel=0.4)
    assert report.reading == "easier policy"


def test_the_document_is_what_the_contract_says():
    told = drivers(made(), "NDX").to_json()
    assert set(told) >= MEMBERS and set(told["leftover"]) >= {"pct", "percentile"}
    assert set(told["parts"][0]) >= {"driver", "pct", "interval", "share"}
    total = sum(part["pct"] for part in told["parts"]) + told["leftover"]["pct"]
    assert total == pytest.approx(told["return_pct"])
    json.dumps(told, allow_nan=False)


def test_what_is_missing_is_a_gap():
    report = drivers(made(), "NDX")
    assert {gap.split(":")[0] for gap in report.gaps} == {"policy", "dollar", "volatility", "credit", "other_index"}


def test_the_same_question_has_the_same_answer():
    assert drivers(made(), "NDX").to_json() == drivers(made(), "NDX").to_json()


def test_betas_are_from_before_the_move():
    """A week in which yields and stocks turn about leaves the betas, and so what rates explain, as they were."""
    usual, turned = drivers(made(last_week=(-20.0,)), "NDX"), drivers(made(beta=-0.08, last_week=(20.0,)), "NDX")
    explained = [next(g.pct for g in report.groups if g.name == "rates") for report in (usual, turned)]
    assert explained[0] > 0 > explained[1]


def test_drivers_that_move_alike_are_named():
    snapshot = made()
    twin = snapshot.traded("DGS10")
    both = dict(snapshot.markets) | {"DGS1": replace(twin, market="DGS1", instrument=instrument("DGS1"))}
    report = drivers(Snapshot(snapshot.as_of, both), "NDX")
    assert ("level", "policy") in report.collinear


def test_its_own_index_is_no_driver_of_a_market():
    snapshot = made()
    cash = snapshot.traded("NDX")
    both = dict(snapshot.markets) | {"NQ": replace(cash, market="NQ")}
    report = drivers(Snapshot(snapshot.as_of, both), "NDX")
    assert "other_index" not in [part.driver for part in report.parts]


def test_no_driver_or_no_history_is_missing_data():
    snapshot = made(n=40)
    with pytest.raises(MissingData, match="common sessions before"):
        drivers(snapshot, "NDX")
    with pytest.raises(MissingData):
        drivers(Snapshot(snapshot.as_of, {"NDX": snapshot.traded("NDX")}), "NDX")


def test_any_span():
    snapshot = made()
    begin = snapshot.traded("NDX").session[-21]
    report = drivers(snapshot, "NDX", start=begin)
    assert report.start == begin and report.end == snapshot.as_of


def test_names_are_unique_and_groups_known():
    assert len({driver.name for driver in DRIVERS}) == len(DRIVERS)
    assert [driver.name for driver in DRIVERS if driver.group == "rates"] == ["level", "slope", "policy"]


@needs_shared
@pytest.mark.parametrize("day", ["2025-01-17", "2020-03-13", "2021-01-08"])
def test_real_weeks_are_read(day):
    report = drivers(shared_snapshot(day, *ALL), "NQ")
    assert report.end == np.datetime64(day) and {part.driver for part in report.parts} >= {
        "level",
        "slope",
        "oil",
        "volatility",
    }
    assert 0 <= report.leftover_percentile <= 1 and 0 < report.r_squared < 1
    json.dumps(report.to_json(), allow_nan=False)


@needs_shared
def test_the_week_of_the_origin_note_was_not_rates_alone():
    """With the betas of the year before, the fall in yields explains a small part of it: the interval includes nothing at all."""
    report = drivers(shared_snapshot("2025-01-17", *ALL), "NQ")
    low, high = report.rates_alone.interval
    assert low < 0 < high < report.return_pct and report.verdict != "rates_driven"
