"""The page of an audit in a real Chromium: it asks nobody, runs nothing, can be read narrow, dark and printed, and shows hostile text as text."""

from __future__ import annotations

import itertools
import os
import shutil

import pandas as pd
import pytest
from test_hostile_names import PAYLOADS
from test_note_page import ARGS, contrast

import crosscurrent as cc
from crosscurrent.publish.audit_page import write_audit
from strategies import random_bars

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CROSSCURRENT_REQUIRE_BROWSER"), reason="no Chromium on this machine"
    ),
]

CLAIMS = {
    "note": "What the newsletter said",
    "published": "2008-11-21",
    "claims": [
        {"id": "A1", "kind": "percent_change", "market": "IXIC", "says": {"change": "-8.7%", "over": "1w"}},
        {"id": "A2", "kind": "average", "market": "IXIC", "says": {"simple": 50, "state": "above"}},
        {"id": "A3", "kind": "correlation", "markets": ["IXIC", "UST10P"], "says": {"value": -0.93, "window": 10}},
        {"id": "A4", "kind": "level", "market": "IXIC", "says": {"price": 1500, "acted_as": "support", "since": "2008-10-08"}},
        {"id": "A5", "kind": "rsi", "market": "IXIC", "says": {"colour": "red"}},
        {"id": "A6", "kind": "fib", "market": "IXIC", "says": {"from": "2008-08-15 high", "to": "2008-11-21 low", "ratio": 0.382, "price": 1750}},
        {"id": "A7", "kind": "setup", "market": "IXIC", "says": {"side": "long", "entry_above": 1380, "stop": 1290, "targets": [1500, 1600]}},
        {"id": "A8", "kind": "level", "market": "IXIC", "says": {"price": 138435}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    return write_audit(cc.audit(CLAIMS, "sample"), tmp_path_factory.mktemp("audit") / "audit.html")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """Return a function that opens a page and collects what it says and asks for."""
    pages = []

    def open_page(file, width=1280, **context):
        page = browser.new_context(viewport={"width": width, "height": 900}, **context).new_page()
        page.said, page.asked = [], []
        page.on("console", lambda m: page.said.append(m.text))
        page.on("pageerror", lambda e: page.said.append(str(e)))
        page.on("request", lambda r: page.asked.append(r.url))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()


def test_it_asks_nobody_and_says_nothing_on_the_console(opened, page_file):
    page = opened(page_file)
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("data:")] == [page_file.as_uri()]


def test_it_forbids_itself_scripts_and_requests(opened, page_file):
    page = opened(page_file)
    assert page.locator("script").count() == 0
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
    assert "default-src 'none'" in policy
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=https://127.0.0.1:9/x.png>')")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in text for text in page.said)


def test_each_claim_has_its_verdict_and_its_chart(opened, page_file):
    page = opened(page_file)
    for word, n in (("holds", 4), ("near_miss", 1), ("fails", 2), ("undecidable", 1)):
        assert page.locator(f"section.claim.{word}").count() == n, word
    assert page.locator("section.claim figure .wide svg").count() == 7
    links = page.eval_on_selector_all(".glance a", "all => all.map(a => a.getAttribute('href'))")
    assert len(links) == 8
    assert all(page.locator(link).count() == 1 for link in links)


def test_marks_of_a_claim_are_on_its_chart(opened, page_file):
    page = opened(page_file)
    told = page.eval_on_selector_all("figure .wide svg desc", "all => all.map(d => d.textContent)")
    for words in ("50-day simple average", "claimed level", "start of the leg", "target"):
        assert any(words in text for text in told), words


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_runs_off_the_side(opened, page_file, width):
    assert opened(page_file, width).evaluate("document.documentElement.scrollWidth") <= width


def test_narrow_pages_show_the_narrow_charts(opened, page_file):
    page = opened(page_file, 360)
    assert page.locator("figure .narrow svg").first.is_visible()
    assert not page.locator("figure .wide svg").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_verdicts_stand_out_from_the_ground(opened, page_file, scheme):
    page = opened(page_file, color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert contrast(ground, page.evaluate("getComputedStyle(document.body).color")) >= 7.0
    for ink in page.eval_on_selector_all("h2 .verdict", "all => all.map(e => getComputedStyle(e).color)"):
        assert contrast(ground, ink) >= 4.5


def test_it_prints(opened, page_file):
    page = opened(page_file, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf()) > 10_000


def test_headings_step_down_and_ids_are_unique(opened, page_file):
    page = opened(page_file)
    levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_shown_and_not_executed(opened, tmp_path, payload):
    bars = random_bars(1, 120)
    columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    frames = {payload: pd.DataFrame(columns, index=pd.DatetimeIndex(bars.session))}
    rows = [
        {
            "id": payload,
            "kind": "price",
            "market": [payload],
            "says": {"close": float(bars.close[-1])},
            "sentence": payload,
        },
        {"id": f"{payload}2", "kind": payload, "market": payload, "says": {payload: payload}},
        {"id": "c", "kind": "candle", "market": [payload], "says": {"name": payload}},
    ]
    file = write_audit(
        cc.audit({"note": payload, "published": payload, "claims": rows}, frames), tmp_path / "audit.html"
    )
    page = opened(file)
    page.wait_for_timeout(50)
    assert page.evaluate("window.hacked") is None
    assert [url for url in page.asked if not url.startswith("data:")] == [file.as_uri()]
    assert payload in page.inner_text("body")


def test_the_same_audit_gives_the_same_bytes(tmp_path):
    pages = [write_audit(cc.audit(CLAIMS, "sample"), tmp_path / f"{k}.html").read_bytes() for k in (1, 2)]
    assert pages[0] == pages[1]
