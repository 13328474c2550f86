"""Charts that can be explored, in a real Chromium: the note's own prices, lines on every pane, and print when there is no script."""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chromium import launched, needs_browser, opened, until

import crosscurrent as cc
from crosscurrent.publish.scripts import asset, library
from crosscurrent.units import Notation

pytestmark = [
    *needs_browser,
    pytest.mark.skipif(
        library() is None and not os.environ.get("CROSSCURRENT_REQUIRE_CHARTS"),
        reason="the build brought no chart library: npm is missing (scripts/bring_charts.py tells more)",
    ),
]

TICKS = {"parts": Notation(tick=1 / 64, digits=6, parts=2), "decimals": Notation(tick=0.25, digits=2)}
INKS_ON = """(pane) => {
    const rows = [...document.querySelectorAll('#chart-market-ixic .explored tr')].filter(r => r.querySelector('canvas'));
    const canvas = rows[pane].querySelectorAll('canvas');
    const inks = {};
    for (const c of canvas) {
        const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        for (let k = 0; k < data.length; k += 4) if (data[k + 3] === 255) {
            const ink = '#' + [0, 1, 2].map(i => data[k + i].toString(16).padStart(2, '0')).join('');
            inks[ink] = (inks[ink] ?? 0) + 1;
        }
    }
    return inks;
}"""


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("explored")
    cc.write(cc.note(), folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser, out):
    page = opened(browser, (out / "note.html").as_uri())
    until(page, "globalThis.crosscurrent?.charts.length === 2")
    yield page
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("data:")] == [(out / "note.html").as_uri()]
    page.context.close()


def test_the_last_price_is_the_same_on_the_chart_in_the_note_and_in_json(page, out):
    for k, market in enumerate(("UST10P", "IXIC")):
        readings = json.loads((out / "note.json").read_text("utf-8"))["readings"]
        last = next(r for r in readings if r["market"] == market and r["definition"] == "last close")
        assert f"Close {last['text']}" in page.evaluate(f"crosscurrent.charts[{k}].told")
        held = page.evaluate(f"crosscurrent.charts[{k}].held.intervals.day.panes[0].series[0]")
        assert (held.get("close") or held["values"])[-1] == pytest.approx(last["value"], rel=1e-8)
        assert last["text"] in page.inner_text("article")


def test_every_pane_is_there_and_rsi_bears_its_own_line(page):
    panes = page.evaluate("crosscurrent.charts[1].now.panes.map(p => [p.key, p.marks.map(m => m.type)])")
    assert [key for key, _ in panes] == ["price", "volume", "rsi", "macd"]
    assert {"band", "line", "point"} <= set(dict(panes)["price"])
    assert "line" in dict(panes)["rsi"]
    page.wait_for_timeout(300)
    with_line = page.evaluate(INKS_ON, 2).get("#2b3640", 0)
    page.evaluate("crosscurrent.charts[1].held.intervals.day.panes[2].marks = []; crosscurrent.charts[1].draw()")
    page.wait_for_timeout(300)
    assert with_line > 30
    assert page.evaluate(INKS_ON, 2).get("#2b3640", 0) < with_line / 4


def test_buttons_change_what_is_shown_by_keyboard(page):
    figure = page.locator("#chart-market-ixic")
    for name, state in (("Week", '"week"'), ("Log", '"log"'), ("Per cent", '"per cent"'), ("Day", '"day"')):
        figure.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        assert state in page.evaluate("JSON.stringify(crosscurrent.charts[1].state)")
        assert figure.get_by_role("button", name=name, exact=True).get_attribute("aria-pressed") == "true"
    figure.get_by_role("button", name="Beside 10-year note (computed)").click()
    assert "10-year note (computed) 109.109" in page.evaluate("crosscurrent.charts[1].told")


def test_the_crosshair_tells_the_bar_and_the_rung_it_is_on(page):
    chart = page.locator("#chart-market-ixic .board")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    rung = page.evaluate("crosscurrent.charts[1].held.rungs.find(r => r.words.includes('bull trap'))")
    y = page.evaluate("price => crosscurrent.charts[1].price.priceToCoordinate(price)", rung["price"])
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + y)
    until(page, "crosscurrent.charts[1].told.includes('bull trap')")
    assert not page.evaluate("crosscurrent.charts[1].told").startswith("18 Aug 2006")


def test_arrow_keys_move_in_time(page):
    start = "crosscurrent.charts[1].chart.timeScale().getVisibleLogicalRange().from"
    before = page.evaluate(start)
    page.locator("#chart-market-ixic .board").focus()
    page.keyboard.press("ArrowLeft")
    until(page, f"{start} < {before}")
    page.keyboard.press("Home")
    until(page, f"{start} === {before}")


def test_the_printed_chart_shows_in_print_and_without_script(page, browser, out):
    assert not page.locator("#chart-market-ixic > .wide").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#chart-market-ixic > .wide").is_visible()
    assert not page.locator("#chart-market-ixic .explored").is_visible()
    bare = opened(browser, (out / "note.html").as_uri(), java_script_enabled=False)
    assert bare.locator("#chart-market-ixic > .wide").is_visible()
    assert not bare.locator("#chart-market-ixic .explored").is_visible()
    bare.context.close()


def test_the_attribution_is_visible(page):
    credit = page.locator("#chart-market-ixic a[href='https://www.tradingview.com/']")
    assert credit.is_visible()
    assert "TradingView" in credit.inner_text()


def test_the_page_keeps_its_size(out):
    page = (out / "note.html").read_bytes()
    assert len(page) <= 1_500_000
    assert len(gzip.compress(page)) <= 400_000


@pytest.mark.parametrize("name", TICKS)
def test_prices_are_written_as_the_house_writes_them(browser, name):
    notation = TICKS[name]
    values = [k * notation.tick + 100.0 for k in range(0, 700, 3)]
    page = browser.new_page()
    told = page.evaluate(
        f"([values, notation]) => {{ {asset('format.js').replace('export ', '')}; return values.map(v => price(v, notation)); }}",
        [values, {"tick": notation.tick, "digits": notation.digits, "parts": notation.parts}],
    )
    page.close()
    assert told == [notation.format(v, "chart" if notation.parts else "prose") for v in values]


def test_an_injected_script_is_stopped_by_the_page_s_own_policy(browser, out, tmp_path):
    """The policy, not only the escaping, stands in the way: a script that got in does not run."""
    text = (out / "note.html").read_text("utf-8")
    (tmp_path / "bad.html").write_text(text.replace("<main", "<script>window.hacked = 1</script><main"), "utf-8")
    page = opened(browser, (tmp_path / "bad.html").as_uri())
    assert page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in line for line in page.said)
    page.context.close()
