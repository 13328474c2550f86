"""The browser that the tests drive: Debian's own Chromium, which asks nobody for anything by itself."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

AXE = (Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text("utf-8")
"""Deque's axe-core as the test dependency carries it."""

needs_browser = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CROSSCURRENT_REQUIRE_BROWSER"), reason="no Chromium on this machine"
    ),
]


@contextmanager
def launched() -> Iterator:
    """Yield a running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


def opened(browser, url: str, width: int = 1280, **context):
    """Return a page with what it said on the console and whom it asked."""
    page = browser.new_context(viewport={"width": width, "height": 900}, **context).new_page()
    page.said, page.asked = [], []
    page.on("console", lambda m: page.said.append(m.text))
    page.on("pageerror", lambda e: page.said.append(str(e)))
    page.on("request", lambda r: page.asked.append(r.url))
    page.goto(url)
    return page


def until(page, condition: str, tries: int = 100) -> None:
    """Wait until an expression holds; Playwright's own wait evaluates a string, which the page's policy forbids."""
    for _ in range(tries):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def serious(page) -> list[tuple[str, str]]:
    """Return what axe finds serious or critical on the page: the rule and the first place."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
