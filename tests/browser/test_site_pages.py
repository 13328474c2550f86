"""The site's pages in a real Chromium: nothing on the console, nobody asked, nothing serious for axe, and the way to a note and back."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chromium import launched, needs_browser, opened, serious

import crosscurrent as cc
from crosscurrent.publish.site.publishing import Site, publish

pytestmark = needs_browser


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    publish(cc.note(as_of="2008-11-21"), folder, np.datetime64("2008-11-21T23:00:00", "s"), site=Site("The desk"))
    return folder


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.mark.parametrize("name", ["index.html", "archive.html", "scorecard.html", "notes/2008-11-21-sample/note.html"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_quiet_accessible_and_as_wide_as_the_screen(browser, site, name, width):
    page = opened(browser, (site / name).as_uri(), width, bypass_csp=True)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.said == []
    assert all(url.startswith(("file:", "data:")) for url in page.asked)
    page.context.close()


def test_from_the_index_to_a_note_and_back_by_keyboard(browser, site):
    page = opened(browser, (site / "index.html").as_uri())
    page.locator("article h2 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/note.html")
    page.locator(".masthead a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html")
    page.context.close()
