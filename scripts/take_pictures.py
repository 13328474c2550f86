"""Take the README's pictures anew, of the note's page and of the live desk, both of the sample desk in Chromium, light and dark."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import crosscurrent as cc

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
MOST_BYTES = 300_000
CHART = "#chart-market-ixic"
SERVE = (
    sys.executable,
    "-c",
    "from crosscurrent.cli import main; main()",
    "serve",
    "--desk",
    "sample",
    "--data",
    "sample",
)


def shots(browser: Browser, page: str) -> Iterator[tuple[str, bytes]]:
    """Yield each picture's name and its PNG."""
    for name, scheme, width, height in (
        ("note", "light", 1180, 1180),
        ("note-dark", "dark", 1180, 1180),
        ("phone", "light", 390, 844),
    ):
        tab = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1.5
        )
        tab.goto(page)
        yield name, tab.screenshot()
        tab.close()
    tab = browser.new_page(viewport={"width": 1180, "height": 1000}, device_scale_factor=1.5)
    tab.goto(page)
    tab.evaluate("globalThis.crosscurrent?.charts.at(-1).set({ beside: true, ladder: false })")
    tab.wait_for_timeout(500)
    yield "chart", tab.locator(CHART).screenshot()
    tab.close()


def desk_shots(browser: Browser) -> Iterator[tuple[str, bytes]]:
    """Yield pictures of the live desk, served for as long as they take."""
    desk = subprocess.Popen([*SERVE, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = desk.stdout.readline().strip()
        for name, scheme, view in (("desk", "light", "chart"), ("desk-dark", "dark", "setups")):
            tab = browser.new_page(
                viewport={"width": 1440, "height": 1000}, color_scheme=scheme, device_scale_factor=1.5
            )
            tab.goto(address)
            tab.goto(f"{address.split('?')[0]}#view={view}&as_of={cc.note().as_of}")
            tab.wait_for_selector("#view[aria-busy=false] h1", timeout=60_000)
            tab.wait_for_timeout(1000)
            yield name, tab.screenshot()
            tab.close()
    finally:
        desk.terminate()


def as_webp(png: bytes) -> bytes:
    """Return the picture as WebP, refused where it would weigh too much for a README."""
    packed = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(packed, "WEBP", quality=82, method=6)
    if packed.tell() > MOST_BYTES:
        raise SystemExit(f"a picture of {packed.tell()} bytes is too heavy: {MOST_BYTES} are allowed")
    return packed.getvalue()


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        cc.write(cc.note(), folder)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for name, png in chain(shots(browser, (Path(folder) / "note.html").as_uri()), desk_shots(browser)):
            (PICTURES / f"{name}.webp").write_bytes(as_webp(png))
        browser.close()
