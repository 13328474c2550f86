"""A hundred and twenty payloads through every text of the note's page and of the site's: all are shown, none is run."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chromium import launched, needs_browser

from crosscurrent.publish.html import html
from crosscurrent.publish.pictures import draw_all
from crosscurrent.publish.site.pages import site_pages
from crosscurrent.publish.site.shelf import Published
from hostile import hostile_note
from payloads import PAYLOADS

pytestmark = needs_browser
TENTH = len(PAYLOADS) // 10


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


def shown(page, folder: Path, text: str) -> dict[str, object]:
    """Open a text as a page, touch whatever could react, and return what happened."""
    (folder / "page.html").write_text(text, "utf-8")
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((folder / "page.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate("document.querySelectorAll('a.n').forEach(each => each.click())")
    page.evaluate("globalThis.crosscurrent?.charts.forEach(chart => chart.set({beside: true}))")
    page.wait_for_timeout(20)
    return {
        "hacked": page.evaluate("window.hacked"),
        "asked": [u for u in asked if u[:5] not in ("file:", "data:")],
        "said": said,
    }


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("tenth", range(10))
def test_a_note_of_payloads_is_words(page, tmp_path, tenth):
    for payload in PAYLOADS[tenth * TENTH : (tenth + 1) * TENTH]:
        note = hostile_note(payload)
        happened = shown(page, tmp_path, html(note, draw_all(note), home="index.html", address="https://example.org/"))
        assert happened == {"hacked": None, "asked": [], "said": []}, payload
        assert squeezed(payload) in squeezed(page.inner_text("body")) or "\x0c" in payload
        strange = page.evaluate(
            "document.querySelectorAll('iframe, object, embed, img, form, base, marquee, [onerror], [onload]').length"
        )
        assert strange == 0, payload


def test_a_site_of_payloads_is_words(page, tmp_path):
    notes = [
        Published("x", words, "2020-12-01", words, words, words, (words,), "2020-12-01T00:00:00Z", "y", words)
        for words in PAYLOADS
    ]
    for k in range(0, len(notes), TENTH):
        for name, text in site_pages(PAYLOADS[k], notes[k : k + TENTH], None).items():
            happened = shown(page, tmp_path, text.decode())
            assert happened == {"hacked": None, "asked": [], "said": []}, name


def test_a_page_that_lets_one_through_would_be_caught(page, tmp_path):
    caught = [words for words in PAYLOADS[:7] if shown(page, tmp_path, f"<!doctype html><body>{words}")["hacked"] == 1]
    assert len(caught) >= 5
