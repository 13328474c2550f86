"""The live desk in a real Chromium: every view, every width, by keyboard; one price everywhere; alerts as they come; words that stay words."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi")
sys.path.insert(0, str(Path(__file__).parent))

from chromium import launched, needs_browser, opened, serious, until
from served import served

from crosscurrent.cli import cli
from crosscurrent.publish.scripts import library
from crosscurrent.sources.desks import read_desk
from crosscurrent.watch.alert import Alert
from desks import Growing, sample
from payloads import PAYLOADS

pytestmark = needs_browser
DAY = "2006-08-18"
VIEWS = {
    "chart": "Chart", "ladder": "Ladder", "facts": "Facts", "setups": "Setups", "links": "Correlations and drivers",
    "rates": "Rates and policy path", "record": "Record", "audit": "Audit", "alerts": "Alerts", "export": "Export",
}  # fmt: skip
NOW = np.datetime64("2026-01-05T12:00:00", "s")


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with served(tmp_path_factory.mktemp("app")) as desk:
        yield desk


def shown(page, view: str, asked: str = f"market=IXIC&as_of={DAY}") -> None:
    page.evaluate(f"location.hash = 'view={view}&{asked}'")
    busy = "[...document.querySelectorAll('[aria-busy]')].some(e => e.getAttribute('aria-busy') === 'true')"
    until(page, f"document.title.startsWith('{VIEWS[view]}') && !{busy} && !!document.querySelector('#view h1')", 600)


def same_host(page, desk) -> bool:
    return all(url.startswith((desk.base, "data:")) for url in page.asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_every_view_is_sound(browser, desk, width, scheme):
    page = opened(browser, desk.door, width, color_scheme=scheme)
    for view in VIEWS:
        shown(page, view)
        assert serious(page) == [], view
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        assert page.evaluate("document.querySelector('#views [aria-current]').textContent") == VIEWS[view]
    assert page.said == []
    assert same_host(page, desk)
    page.context.close()


def test_every_view_and_control_is_reached_by_keyboard(browser, desk):
    page = opened(browser, desk.door)
    shown(page, "audit")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    assert set(VIEWS.values()) | {
        "Skip to the view",
        "as-of",
        "Show",
        "Latest",
        "Nasdaq Composite",
        "claims",
        "Check",
    } <= set(reached)
    page.evaluate("[...document.querySelectorAll('#views a')].find(a => a.textContent === 'Ladder').focus()")
    page.keyboard.press("Enter")
    until(page, "document.title.startsWith('Ladder') && document.activeElement.textContent === 'Ladder'")
    page.context.close()


@pytest.mark.skipif(library() is None, reason="the build brought no chart library (npm is missing)")
def test_the_last_price_is_the_same_on_the_chart_in_the_list_in_the_note_and_in_json(browser, desk):
    page = opened(browser, desk.door)
    shown(page, "chart")
    until(page, "crosscurrent.charts.length === 1")
    readings = json.loads(page.request.get(f"{desk.base}/api/export/note.json?as_of={DAY}").text())["readings"]
    last = next(r["text"] for r in readings if r["market"] == "IXIC" and r["definition"] == "last close")
    assert f"Close {last}" in page.evaluate("crosscurrent.charts[0].told")
    assert last in page.inner_text("#markets .is-chosen")
    panes = page.evaluate("crosscurrent.charts[0].now.panes.map(p => [p.key, p.marks.map(m => m.type)])")
    assert "line" in dict(panes)["rsi"]
    page.context.close()


def test_nothing_after_the_date_is_shown_and_the_page_says_so(browser, desk):
    page = opened(browser, desk.door)
    shown(page, "chart", "market=IXIC")
    assert not page.is_visible("#travelled")
    assert page.input_value("#as-of") == "2018-12-31"
    page.fill("#as-of", DAY)
    page.click("text=Show")
    until(page, f"document.querySelector('#markets caption').textContent.includes('{DAY}')", 400)
    assert "18 Aug 2006" in page.inner_text("#travelled")
    shown(page, "facts")
    rows = page.evaluate(
        "[...document.querySelectorAll('#view tbody th')].map(e => Date.parse(e.textContent + ' UTC'))"
    )
    command = ["facts", "IXIC", "--data", "sample", "--as-of", DAY, "--since", "2006-08-14", "--json"]
    told = json.loads(CliRunner().invoke(cli, command, catch_exceptions=False).stdout)
    assert len(rows) >= len(told) > 10
    assert max(rows) <= page.evaluate(f"Date.parse('{DAY}')")
    page.click("#latest")
    until(page, "document.querySelector('#markets caption').textContent.includes('2018-12-31')", 400)
    assert not page.is_visible("#travelled")
    page.context.close()


def test_a_tab_left_open_over_midnight_goes_on_to_the_new_session_and_a_past_date_stays(browser, tmp_path, monkeypatch):
    monkeypatch.setattr("crosscurrent.web.desk.FRESH", 0.0)
    source = Growing("2006-08-17")
    with served(tmp_path, opens=lambda: source) as desk:
        left, past = opened(browser, desk.door), opened(browser, desk.door)
        shown(left, "ladder", "market=IXIC")
        shown(past, "ladder", "market=IXIC&as_of=2006-08-16")
        before = left.inner_text("#view")
        source.day = np.datetime64(DAY)
        for page in (left, past):
            page.evaluate("crosscurrent.look()")
        until(left, f"document.querySelector('#as-of').value === '{DAY}'", 400)
        until(left, f"document.querySelector('#markets caption').textContent.includes('{DAY}')", 400)
        until(left, "document.querySelector('#view').getAttribute('aria-busy') === 'false'", 400)
        assert left.inner_text("#view") != before
        assert past.input_value("#as-of") == "2006-08-16"
        assert left.said == past.said == []
        left.context.close()
        past.context.close()


def test_a_market_that_vanishes_while_it_is_looked_at_is_named_and_the_others_stay(browser, tmp_path, monkeypatch):
    monkeypatch.setattr("crosscurrent.web.desk.FRESH", 0.0)
    source = Growing(DAY)
    with served(tmp_path, opens=lambda: source) as desk:
        page = opened(browser, desk.door)
        shown(page, "ladder", "market=IXIC")
        source.gone.add("DGS30")
        page.evaluate("crosscurrent.look()")
        until(page, "!document.querySelector('#markets tbody').textContent.includes('30')", 400)
        assert "DGS30" in page.text_content("#markets details")
        assert page.said == []
        page.context.close()


@pytest.mark.parametrize("asked", ["2006-04-03", "2006-10-30", "2007-03-12"])
def test_the_week_in_which_clocks_change_has_the_same_days_in_every_zone(browser, desk, asked):
    said = set()
    for zone in ("America/New_York", "Europe/London", "Pacific/Auckland", "America/Sao_Paulo", "UTC"):
        page = opened(browser, desk.door, timezone_id=zone)
        shown(page, "chart", f"market=IXIC&as_of={asked}")
        if library() is not None:
            until(page, "crosscurrent.charts.length === 1")
            said.add(page.evaluate("crosscurrent.charts[0].told"))
        shown(page, "facts", f"market=IXIC&as_of={asked}")
        said.add(page.inner_text("#view") + page.inner_text("#travelled"))
        page.context.close()
    assert len(said) == 1 + (library() is not None)


def test_an_alert_appears_once_and_without_a_reload(browser, desk):
    page = opened(browser, desk.door)
    shown(page, "alerts", "")
    until(page, "document.querySelector('#live').textContent === 'Live'")
    for number in ("one", "two", "one"):
        alert = Alert("sample", "IXIC", "level_break", DAY, f"This is {number}.", number)
        desk.outbox.keep("sample", np.datetime64(DAY), [alert], NOW)
    until(page, "document.querySelector('#alerts').textContent.includes('This is two.')")
    page.wait_for_timeout(200)
    assert page.inner_text("#alerts").count("This is one.") == 1
    page.reload()
    until(page, "document.querySelectorAll('#alerts tbody tr').length === 2")
    assert page.said == []
    page.context.close()


def test_claims_are_judged_on_the_page(browser, desk):
    page = opened(browser, desk.door)
    shown(page, "audit")
    page.fill("#claims", f"- {{id: mine, kind: change, market: IXIC, as_of: {DAY}, says: {{over: 1w, direction: up}}}}")
    page.click("text=Check")
    until(page, "document.querySelector('.verdict')?.textContent === 'holds'", 200)
    page.context.close()


def test_paper_bears_the_printed_chart(browser, desk):
    page = opened(browser, desk.door)
    shown(page, "chart")
    page.emulate_media(media="print")
    assert page.is_visible("#chart img")
    until(page, "document.querySelector('#chart img').naturalWidth > 300")
    assert not page.is_visible("#views")
    page.context.close()


class Named:
    """The sample with other names for its markets, as an instrument's file or a header could give."""

    def __init__(self, words):
        self.words, self.source = words, sample()

    def __getattr__(self, name):
        return getattr(self.source, name)

    @property
    def name(self):
        return self.words

    def bars(self, market, interval="1d"):
        bars = self.source.bars(market, interval)
        return replace(bars, instrument=replace(bars.instrument, name=self.words))


def hostile(folder, words):
    desk = read_desk("sample")
    return served(
        folder, desk.model_copy(update={"name": words, "publisher": words, "byline": words}), lambda: Named(words)
    )


def acted(page) -> dict[str, object]:
    strange = "document.querySelectorAll('iframe, object, embed, form:not(#travel, .claims), base, marquee, [onerror], [onload]').length"
    return {"hacked": page.evaluate("window.hacked"), "strange": page.evaluate(strange), "said": page.said}


def test_names_of_payloads_are_words_in_every_view(browser, tmp_path):
    with hostile(tmp_path, " ".join(PAYLOADS)) as desk:
        page = opened(browser, desk.door)
        for view in VIEWS:
            shown(page, view)
            assert acted(page) == {"hacked": None, "strange": 0, "said": []}, view
        assert same_host(page, desk)
        page.context.close()


KEPT = {"as_of", "first", "last", "type", "key", "ink", "unit", "svg", "id", "market", "role"}
"""What tells the page how to show something, or where to ask for it; all else is words."""


def worded(found, words, key=""):
    """Return a document with payloads, one after the other, for all its words but dates."""
    if isinstance(found, dict):
        return {name: worded(value, words, name) for name, value in found.items()}
    if isinstance(found, list):
        return [worded(value, words, key) for value in found]
    is_word = isinstance(found, str) and key not in KEPT and not found[:4].isdecimal() and found
    return next(words) if is_word else found


@pytest.mark.parametrize("offset", range(0, len(PAYLOADS), 20))
def test_whatever_the_desk_answers_is_words(browser, desk, offset):
    page, words = opened(browser, "about:blank"), cycle(PAYLOADS[offset:] + PAYLOADS[:offset])
    page.route("**/api/**", lambda route: route.fulfill(json=worded(route.fetch().json(), words)))
    page.route("**/api/events", lambda route: route.abort())
    page.goto(desk.door)
    for view in VIEWS:
        shown(page, view)
        happened = acted(page)
        assert (happened["hacked"], happened["strange"]) == (None, 0), view
    assert [line for line in page.said if "ERR_FAILED" not in line] == []
    page.context.close()


def test_alerts_and_claims_of_payloads_are_words(browser, tmp_path):
    with served(tmp_path) as desk:
        page = opened(browser, desk.door)
        shown(page, "alerts", "")
        told = [Alert(words, words, words, DAY, words, words) for words in PAYLOADS]
        desk.outbox.keep("sample", np.datetime64(DAY), told, NOW)
        until(page, f"document.querySelectorAll('#alerts tbody tr').length === {len(PAYLOADS)}", 400)
        assert acted(page) == {"hacked": None, "strange": 0, "said": []}
        shown(page, "audit")
        claims = [{"id": w, "kind": w, "market": w, "as_of": DAY, "says": {w: w}, "quote": w} for w in PAYLOADS]
        page.fill("#claims", json.dumps(claims))
        page.click("text=Check")
        until(page, f"document.querySelectorAll('.verdict').length === {len(PAYLOADS)}", 400)
        assert acted(page) == {"hacked": None, "strange": 0, "said": []}
        page.context.close()


def test_a_page_that_took_words_for_markup_would_be_caught(browser, desk):
    page = opened(browser, desk.door)
    shown(page, "alerts", "")
    page.evaluate("document.querySelector('#view').innerHTML = '<iframe></iframe><img src=x onerror=window.hacked=1>'")
    page.wait_for_timeout(100)
    assert acted(page)["strange"] == 2
    assert any("Content Security Policy" in line for line in page.said)
    page.context.close()
