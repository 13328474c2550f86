"""The note's page in a real Chromium: no error, no request, readable when narrow, dark, printed and by keyboard."""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chromium import launched, needs_browser, serious
from chromium import opened as opened_page

from crosscurrent.pipeline import write_note
from crosscurrent.publish.folder import write_folder
from crosscurrent.sources import open_source
from crosscurrent.sources.desks import read_desk, read_pack
from crosscurrent.sources.taking import take

pytestmark = needs_browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    desk = read_desk("sample")
    taken = take(open_source("sample"), desk.all_names(), desk.default_as_of)
    folder = tmp_path_factory.mktemp("note")
    pack = read_pack(desk.disclosure)
    write_folder(write_note(taken.snapshot, desk, pack, source="the packaged sample", embeds_bars=True), folder)
    return folder / "note.html"


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def opened(browser, page_file):
    """Return a function that opens the page and collects what it says and asks for."""
    pages = []

    def open_page(width=1280, **context):
        pages.append(opened_page(browser, page_file.as_uri(), width, **context))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


def test_it_says_nothing_on_the_console_and_asks_nobody(opened, page_file):
    page = opened()
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("data:")] == [page_file.as_uri()]


def test_a_page_that_asks_somebody_would_be_caught(browser, tmp_path):
    (tmp_path / "bad.html").write_text('<img src="https://127.0.0.1:9/x.png"><script>console.error("no")</script>')
    page = browser.new_page()
    asked, said = [], []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: said.append(m.text))
    page.goto((tmp_path / "bad.html").as_uri())
    page.wait_for_timeout(200)
    page.close()
    assert len(asked) == 2
    assert "no" in said


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_runs_off_the_side(opened, width):
    page = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_narrow_pages_show_the_narrow_charts_in_readable_letters(opened):
    page = opened(360)
    assert page.locator("figure:not(.is-explored) .narrow svg").first.is_visible()
    assert not page.locator("figure .wide svg").first.is_visible()
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('figure:not(.is-explored) .narrow svg')].flatMap(svg => {
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return [...svg.querySelectorAll('text')].map(t => parseFloat(getComputedStyle(t).fontSize) * scale)}))"""
    )
    assert smallest >= 8.5


def test_dark_and_light_differ_and_can_be_read(opened):
    grounds = []
    for scheme in ("light", "dark"):
        page = opened(color_scheme=scheme)
        ground, ink = page.evaluate(
            "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        )
        assert contrast(ground, ink) >= 7.0
        grounds.append(ground)
    assert grounds[0] != grounds[1]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two CSS colours, as WCAG 2.2 defines it."""
    a, b = sorted((_luminance(c) for c in (one, other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(v) / 255 for v in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_it_prints(opened):
    page = opened(color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("figure .wide svg").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf()) > 10_000


def test_every_number_leads_to_its_definition(opened):
    page = opened()
    links = page.eval_on_selector_all("a.n", "all => all.map(a => a.getAttribute('href'))")
    assert len(links) > 30
    missing = page.evaluate("all => all.filter(h => !document.querySelector(h))", sorted(set(links)))
    assert missing == []
    number, card = page.locator("a.n").first, page.locator("#definition")
    number.focus()
    page.keyboard.press("Enter")
    told = page.locator(links[0]).locator("td").first.text_content()
    assert told in card.inner_text()
    assert number.get_attribute("aria-describedby") == "definition"
    page.keyboard.press("Escape")
    assert not card.is_visible()
    number.click()
    card.locator("a").click()
    assert page.locator(links[0]).is_visible()


def test_without_script_a_number_still_leads_to_its_definition(opened):
    page = opened(java_script_enabled=False)
    number = page.locator("a.n").first
    assert page.locator(number.get_attribute("href")).count() == 1
    assert number.get_attribute("title")


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened, scheme, width):
    page = opened(width, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.locator("a.n").first.click()
    assert serious(page) == []


def test_axe_would_find_what_cannot_be_read(opened):
    page = opened(bypass_csp=True)
    page.evaluate(
        "document.querySelector('h1').style.color = '#f0f0f0'; document.querySelector('svg').removeAttribute('aria-labelledby')"
    )
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert {"color-contrast", "button-name"} <= {name for name, _ in serious(page)}


def test_the_keyboard_reaches_everything_in_order(opened):
    page = opened()
    reachable = page.evaluate("""() => [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]
        .filter(e => e.checkVisibility({visibilityProperty: true})).length""")
    seen = set()
    for _ in range(reachable + 5):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate("""() => {
            const all = [...document.querySelectorAll('*')], e = document.activeElement;
            const ring = getComputedStyle(e).outlineStyle !== 'none' || e.matches('.skip, body');
            return [all.indexOf(e), ring].join()}""")
        )
    assert len(seen) >= reachable
    assert [each for each in seen if each.endswith("false")] == []


def test_images_speak_and_headings_step_down(opened):
    page = opened()
    silent = page.evaluate(
        """() => [...document.querySelectorAll('svg')].filter(s =>
            s.getAttribute('role') !== 'img' || !s.querySelector('title') || !s.querySelector('desc')).length"""
    )
    assert silent == 0
    levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_ids_are_unique(opened):
    page = opened()
    twice = page.evaluate(
        """() => {const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            return ids.filter((id, i) => ids.indexOf(id) !== i)}"""
    )
    assert twice == []


def test_the_risk_warning_stands_above_and_below(opened):
    page = opened()
    assert page.locator("aside.warning").count() == 2
