"""A chart's SVG in a real Chromium: one drawing, light and dark, alone and in a page, its words apart in the fonts really shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))

from chromium import launched, needs_browser
from test_charts_drawn import CHARTS, market

from crosscurrent.publish.drawing import draw_svg
from crosscurrent.publish.theme import DARK, LIGHT

pytestmark = needs_browser

GROUND = "getComputedStyle(document.querySelector('svg path')).fill"
COLLISIONS = """() => {
    const boxes = [...document.querySelectorAll('svg text')].map(e => [e.textContent, e.getBoundingClientRect()]);
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top + 3 < b.bottom - 3 && b.top + 3 < a.bottom - 3;
    return boxes.flatMap(([a, one], k) => boxes.slice(k + 1).filter(([, other]) => meet(one, other)).map(([b]) => `${a} over ${b}`));
}"""


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


def rgb(colour: str) -> str:
    return f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:7], 16)})"


@pytest.mark.parametrize(
    ("system", "page", "shown"),
    [("light", None, LIGHT), ("dark", None, DARK), ("dark", "light", LIGHT), ("light", "dark", DARK)],
)
def test_one_drawing_follows_the_page_and_else_the_system(browser, system, page, shown):
    tab = browser.new_page(color_scheme=system)
    theme = f' data-theme="{page}"' if page else ""
    tab.set_content(f"<!doctype html><html{theme}><body>{draw_svg(market())}</body></html>")
    assert tab.evaluate(GROUND) == rgb(shown["surface"])
    tab.emulate_media(media="print")
    assert tab.evaluate(GROUND) == "rgb(255, 255, 255)"
    tab.close()


@pytest.mark.parametrize(("system", "shown"), [("light", LIGHT), ("dark", DARK)])
def test_a_drawing_alone_follows_the_system(browser, tmp_path, system, shown):
    file = tmp_path / "chart.svg"
    file.write_text(draw_svg(market()), encoding="utf-8")
    tab = browser.new_page(color_scheme=system)
    tab.goto(file.as_uri())
    assert tab.evaluate(GROUND) == rgb(shown["surface"])
    tab.close()


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("name", CHARTS)
def test_words_are_apart_in_the_fonts_shown(browser, name, width):
    tab = browser.new_page()
    tab.set_content(f"<!doctype html><body style='margin:0'>{draw_svg(CHARTS[name](), width)}</body>")
    assert tab.evaluate("document.querySelectorAll('svg text').length") > 8
    assert tab.evaluate(COLLISIONS) == []
    tab.close()


def test_the_collision_check_sees_a_collision(browser):
    tab = browser.new_page()
    tab.set_content("<svg width='200' height='60'><text x='10' y='30'>one</text><text x='14' y='30'>two</text></svg>")
    assert tab.evaluate(COLLISIONS) == ["one over two"]
    tab.close()
