"""Whatever a desk or a folder calls things, a page never executes it, and a file never leaves its folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chromium import launched, needs_browser

import crosscurrent as cc
from strategies import random_bars

PAYLOADS = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror=window.hacked=1>",
    '"><svg onload=window.hacked=1>',
    "' onmouseover='window.hacked=1",
    "</title><script>window.hacked=1</script>",
    "</style><script>window.hacked=1</script>",
    "javascript:window.hacked=1",
    "{{ 7 * 7 }}{% raw %}",
    "]]><script>window.hacked=1</script>",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<details open ontoggle=window.hacked=1>",
)

pytestmark = needs_browser


def hostile_note(folder: Path, payload: str) -> Path:
    """Write a note in which every word that comes from outside is the payload."""
    desk = {"name": payload, "publisher": payload, "byline": payload, "disclosure": "eu-cfd", "pairs": [[payload, "B"]]}
    fields = dict.fromkeys(("firm", "regulator", "registration", "excluded_jurisdictions"), payload)
    fields |= {"loss_percentage": "70%", "loss_date": "2020-12-01", "allowed_jurisdictions": "Ireland"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in desk.items()]
    lines += ["[fields]", *(f"{key} = {json.dumps(value)}" for key, value in fields.items())]
    for name, role in ((payload, "index"), ("B", "filter")):
        lines += ["[[markets]]", f"name = {json.dumps(name)}", f'role = "{role}"', f"label = {json.dumps(payload)}"]
    path = folder / "desk.toml"
    path.write_text("\n".join(lines))
    frames = {name: frame_of(seed) for seed, name in enumerate((payload, "B"))}
    cc.write(cc.note(str(path), frames), folder / "out")
    return folder / "out"


def frame_of(seed: int) -> pd.DataFrame:
    bars = random_bars(seed, 260)
    columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame(columns, index=pd.DatetimeIndex(bars.session))


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_shown_and_not_executed(browser, tmp_path, payload):
    out = hostile_note(tmp_path, payload)
    page = browser.new_page()
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto((out / "note.html").as_uri())
    page.wait_for_timeout(50)
    assert page.evaluate("window.hacked") is None
    assert [url for url in asked if not url.startswith("data:")] == [(out / "note.html").as_uri()]
    assert payload in page.inner_text("body")
    page.close()


def test_a_page_that_executes_would_be_caught(browser, tmp_path):
    (tmp_path / "bad.html").write_text(f"<body>{PAYLOADS[0]}</body>")
    page = browser.new_page()
    page.goto((tmp_path / "bad.html").as_uri())
    assert page.evaluate("window.hacked") == 1
    page.close()


@pytest.mark.parametrize("name", ["../../escape", "/etc/escape", "..", "a/b", "CON", "x" * 300])
def test_no_file_leaves_its_folder(tmp_path, name):
    out = hostile_note(tmp_path, name)
    written = [p for p in tmp_path.rglob("*") if p.is_file() and p.name != "desk.toml"]
    assert written
    assert all(out in p.parents for p in written)
