"""Charts that carry their bars: only where the data may be passed on, the same figures, and no way out of their script element."""

from __future__ import annotations

import importlib.util
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import crosscurrent as cc
from crosscurrent.charts.explored import explored
from crosscurrent.charts.market import market_chart
from crosscurrent.facts.marks import Band, Point, Segment
from crosscurrent.publish import scripts
from crosscurrent.publish.html import html
from crosscurrent.publish.payload import payload, payload_json
from crosscurrent.publish.pictures import draw_all
from crosscurrent.sources import SOURCES, open_source
from crosscurrent.sources.desks import may_embed, read_desk
from crosscurrent.sources.frames import Frames
from strategies import random_bars

ROOT = Path(__file__).resolve().parents[2]


def chart_of(seed: int = 3, n: int = 900):
    bars = random_bars(seed, n)
    days = bars.session
    marks = (
        Segment(days[-60], 100.0, days[-10], 101.0, "line", "", "price", True),
        Band(days[-200], 99.0, 99.5, "level", "level"),
        Point(days[-5], 100.0, "hammer", "hammer"),
        Segment(days[-60], 40.0, days[-10], 50.0, "line", "", "rsi"),
    )
    return bars, explored(market_chart(bars, marks), bars, marks, beside=[random_bars(seed + 1, n)])


def test_days_and_weeks_end_at_the_chart_s_own_last_close():
    bars, chart = chart_of()
    held = payload(chart)
    for interval in ("day", "week"):
        found = held["intervals"][interval]
        assert found["sessions"][-1] == str(bars.session[-1])
        assert found["panes"][0]["series"][0]["close"][-1] == pytest.approx(bars.close[-1], rel=1e-8)
        assert found["ahead"][0] > found["sessions"][-1]
        assert len(held["beside"][0][interval]) == len(found["sessions"])


def test_a_mark_stands_at_the_place_of_its_session():
    bars, chart = chart_of()
    found = payload(chart)["intervals"]["day"]
    line = next(m for m in found["panes"][0]["marks"] if m["type"] == "line")
    assert found["sessions"][line["ends"][0][0]] == str(bars.session[-60])
    assert [m["type"] for m in next(p for p in found["panes"] if p["key"] == "rsi")["marks"]] == ["line"]


def test_a_market_beside_has_no_value_where_it_did_not_trade():
    bars = random_bars(1, 300)
    other = random_bars(2, 300).first(200)
    chart = explored(market_chart(bars), bars, (), beside=[other])
    days = chart.explored.beside[0].days
    assert np.isnan(days[200:]).all()
    np.testing.assert_array_equal(days[:200], other.close)


def test_what_is_undefined_is_null_and_never_nan():
    bars = random_bars(3, 60)
    text = payload_json(payload(explored(market_chart(bars), bars, ())))
    assert "NaN" not in text
    assert "null" in text


def test_no_tag_can_begin_inside_the_data():
    _, chart = chart_of()
    text = payload_json(payload(replace(chart, title="</script><script>alert()</script>")))
    assert "<" not in text
    assert json.loads(text)["title"].startswith("</script>")


def test_a_chart_without_bars_of_its_own_has_no_payload():
    bars, chart = chart_of()
    assert payload(market_chart(bars)) is None
    assert payload(chart) is not None


def test_only_the_sample_s_prices_may_be_passed_on():
    told = {o.name: o.open(None).may_be_republished for o in SOURCES if o.name in ("sample", "archive", "fred")}
    assert told == {"sample": True, "archive": False, "fred": False}


@pytest.mark.parametrize(("word", "may"), [(None, False), (True, True), (False, False)])
def test_a_desk_s_word_goes_before_the_source_s(word, may):
    desk = read_desk("sample").model_copy(update={"embeds_bars": word})
    assert may_embed(desk, Frames({"A": _frame()})) is may
    assert may_embed(read_desk("sample"), open_source("sample"))


def _frame():
    import pandas as pd

    bars = random_bars(5, 260)
    columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame(columns, index=pd.DatetimeIndex(bars.session))


def test_a_page_of_data_that_may_not_be_passed_on_holds_no_bars(tmp_path):
    lines = ['name = "d"', "[[markets]]", 'name = "A"', 'role = "index"']
    (tmp_path / "desk.toml").write_text("\n".join(lines))
    (tmp_path / "open.toml").write_text("\n".join(["embeds_bars = true", *lines]))
    closed, opened = (cc.note(str(tmp_path / name), {"A": _frame()}) for name in ("desk.toml", "open.toml"))
    assert all(chart.explored is None for chart in closed.charts())
    assert any(chart.explored for chart in opened.charts())
    page = html(closed, draw_all(closed))
    assert "application/json" not in page
    assert "LightweightCharts" not in page


def test_without_the_library_the_page_shows_the_printed_charts(monkeypatch):
    note = cc.note()
    monkeypatch.setattr("crosscurrent.publish.html.library", lambda: None)
    page = html(note, draw_all(note))
    assert "application/json" not in page
    assert page.count("<svg") == 2 * len(list(note.charts()))


def test_a_bundle_holds_each_module_once_and_asks_for_none():
    text = scripts.bundle("note.js")
    assert text.count("class MarketChart") == 1
    assert "import " not in text
    assert text.index("class Marks") < text.index("class MarketChart") < text.index("new MarketChart")
    assert "</script" not in text


def bring_charts():
    spec = importlib.util.spec_from_file_location("bring_charts", ROOT / "scripts" / "bring_charts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def npm_that_gives(folder: Path, code: str) -> str:
    """Return a PATH whose npm runs just this."""
    (folder / "npm").write_text(f"#!/bin/sh\n{code}\n")
    (folder / "npm").chmod(0o755)
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"


def test_a_machine_without_npm_is_told_and_builds(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no npm" in bring_charts().bring(tmp_path)
    assert not list(tmp_path.glob("*.js"))


def test_an_npm_that_fails_is_told(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", npm_that_gives(tmp_path / "bin", "echo 'no network' >&2; exit 1"))
    assert "no network" in bring_charts().bring(tmp_path)


def test_other_bytes_than_the_pinned_ones_are_not_used(tmp_path, monkeypatch):
    pack = 'mkdir -p package/dist; echo evil > package/dist/lightweight-charts.standalone.production.js; tar czf "$4/x.tgz" package'
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", npm_that_gives(tmp_path / "bin", pack))
    assert "pinned sha256" in bring_charts().bring(tmp_path)
    assert not list(tmp_path.glob("*.js"))


def test_what_is_there_and_pinned_is_kept_without_asking_npm(tmp_path, monkeypatch):
    module = bring_charts()
    monkeypatch.setattr(module, "is_pinned", lambda data, pin: data == b"the library")
    monkeypatch.setattr(module, "fetched", lambda pin: b"the library")
    assert module.bring(tmp_path) == ""
    monkeypatch.setattr(module, "fetched", lambda pin: pytest.fail("npm was asked"))
    assert module.bring(tmp_path) == ""
    assert (tmp_path / "lightweight-charts.js").read_bytes() == b"the library"


def test_a_library_that_was_changed_is_not_given_to_a_page(tmp_path, monkeypatch):
    vendor = tmp_path / "publish" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / "lightweight-charts.toml").write_text('sha256 = "00"')
    (vendor / "lightweight-charts.js").write_text("evil()")
    monkeypatch.setattr(scripts, "files", lambda package: tmp_path)
    assert scripts.library.__wrapped__() is None
