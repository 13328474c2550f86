"""Events: figures are read, hidden until released, placed on the right session, and judged beside ordinary days."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RejectedData
from crosscurrent.intermarket.events import events, study, timeline
from crosscurrent.intermarket.releases import Release, figure, releases, series_of, with_scores
from snapshots import shared_snapshot, shared_table
from strategies import bars_of, needs_shared


@pytest.mark.parametrize(
    ("text", "value"),
    [("-4.382M", -4.382e6), ("0.3%", 0.3), ("1,859K", 1_859_000), ("8,298B", 8.298e12), ("478", 478), ("-12.60", -12.6), (4.5, 4.5),
     ("", None), (None, None), (float("nan"), None), ("n/a", None), ("-", None)],
)  # fmt: skip
def test_figures(text, value):
    assert figure(text) == value


@pytest.mark.parametrize(
    ("event", "series"),
    [("CPI (MoM) (Dec)", "CPI (MoM)"), ("GDP (QoQ) (Q4)", "GDP (QoQ)"), ("CPI Index, n.s.a. (Jun)", "CPI Index, n.s.a."),
     ("Initial Jobless Claims", "Initial Jobless Claims"), ("S&P Global Services PMI (Sep)", "S&P Global Services PMI")],
)  # fmt: skip
def test_series(event, series):
    assert series_of(event) == series


def table(*rows):
    frame = pd.DataFrame(rows, columns=["date_et", "time_et", "importance", "event", "actual", "forecast"])
    frame["date_et"] = pd.to_datetime(frame["date_et"])
    return frame


def test_an_actual_is_hidden_until_its_day():
    frame = table(("2025-01-15", "08:30", "High", "CPI (MoM) (Dec)", "0.4%", "0.3%"))
    [before], [after] = (releases(frame, np.datetime64(day)) for day in ("2025-01-14", "2025-01-15"))
    assert before.actual is None and before.surprise is None and before.forecast == 0.3
    assert after.surprise == pytest.approx(0.1)


def test_a_table_without_its_columns_is_rejected():
    with pytest.raises(RejectedData, match="forecast"):
        releases(table().drop(columns="forecast"), np.datetime64("2025-01-15"))


def monthly(n, surprise, event="CPI"):
    start = np.datetime64("2020-01-15")
    return [Release(start + 30 * k, "08:30", event, "High", 1.0 + surprise(k), 1.0) for k in range(n)]


def test_a_surprise_is_scored_by_earlier_ones_only():
    found = with_scores(monthly(10, lambda k: 0.1 if k < 9 else 0.3))
    assert (
        all(one.score is None for one in found[:8])
        and found[8].score == pytest.approx(1)
        and found[9].score == pytest.approx(3)
    )


def bars(seed=0, n=1500, loud=()):
    moved = 0.01 * np.random.default_rng(seed).standard_normal(n)
    moved[list(loud)] *= 4
    closes = 100 * np.exp(np.cumsum(moved))
    return bars_of(*[closes] * 4, start="2020-01-01")


def placed(at, sessions, **more):
    return [Release(sessions[k], more.get("time_et", "08:30"), "CPI", "High", None, None) for k in at]


def test_late_releases_and_holidays_belong_to_the_next_session():
    market = bars(n=20)
    friday = market.session[2]  # 2020-01-03
    rows = [Release(day, time, "CPI", "High", None, None) for day, time in (
        (friday, "08:30"), (friday, "16:30"), (friday + 1, "10:00"), (market.session[-1], "19:00"))]  # fmt: skip
    assert list(timeline(rows, market).places) == [2, 3, 3, 20]


def test_event_days_that_move_more_are_found():
    at = np.arange(10, 1400, 21)
    market = bars(loud=at)
    found = study("CPI", timeline(placed(at, market.session), market), np.random.default_rng(0))
    assert found.n == len(at) and found.mean_absolute > 2 * found.null and found.p < 0.01 and found.edge > 0
    assert found.null_interval[0] < found.null < found.null_interval[1]


def test_event_days_that_are_ordinary_are_not():
    at = np.arange(10, 1400, 21)
    found = [
        study("CPI", timeline(placed(at, market.session), market), np.random.default_rng(seed)).p
        for seed in range(40) for market in [bars(seed + 1)]
    ]  # fmt: skip
    assert np.mean(np.array(found) < 0.05) < 0.2 and 0.3 < np.mean(found) < 0.7


def test_few_events_make_no_study():
    market = bars()
    assert study("CPI", timeline(placed([10, 40], market.session), market), np.random.default_rng(0)) is None
    assert study("CPI", timeline([], market), np.random.default_rng(0)) is None


def test_a_calendar_that_is_silent_is_a_gap():
    market = bars()
    frame = table(("2019-01-15", "08:30", "High", "CPI (MoM) (Dec)", "0.4%", "0.3%"))
    report = events(Snapshot(market.session[-1], {"TOY": market}), frame, ["TOY", "ZN"])
    assert report.events == () and len(report.gaps) == 2


@needs_shared
def test_the_week_of_the_origin_note():
    report = events(shared_snapshot("2025-01-17", "ZN", "DGS10"), shared_table("EVENTS_US", "date_et"), ["ZN", "DGS10"])
    core = next(row for row in report.events if row.release.event == "Core CPI (MoM) (Dec)")
    assert str(core.release.day) == "2025-01-15" and core.release.surprise == pytest.approx(-0.1)
    zn, ten = core.responses
    assert zn.day > 0.8 and zn.percentile > 0.95 and ten.day == -12
    cpi = next(row for row in report.studies if (row.series, row.market) == ("CPI (MoM)", "ZN"))
    assert cpi.p_adjusted < 0.05 and cpi.edge > 0 and cpi.p <= cpi.p_adjusted
    assert all(row.actual is None and row.day > np.datetime64("2025-01-17") for row in report.ahead)
    json.dumps(report.to_json(), allow_nan=False)
