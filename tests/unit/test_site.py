"""A site of ten notes: pages that are HTML, a feed that is Atom, links that hold, and notes that never change."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as Tree

import feedparser
import html5lib
import numpy as np
import pytest
from click.testing import CliRunner

import crosscurrent as cc
from crosscurrent.cli import cli
from crosscurrent.errors import RejectedData, RequestError
from crosscurrent.evaluate.ledger import Ledger
from crosscurrent.evaluate.ledger.recording import followed
from crosscurrent.evaluate.ledger.recording import publish as record
from crosscurrent.evaluate.ledger.scoring import score
from crosscurrent.publish.document import document
from crosscurrent.publish.edited import edited
from crosscurrent.publish.markdown import markdown
from crosscurrent.publish.site.feed import feed
from crosscurrent.publish.site.publishing import Site, publish
from crosscurrent.publish.site.shelf import Published, read_shelf
from crosscurrent.sources import open_source
from crosscurrent.sources.taking import take

DAYS = (
    "2003-06-13",
    "2004-01-09",
    "2005-10-14",
    "2006-05-19",
    "2006-08-18",
    "2007-02-27",
    "2008-09-19",
    "2008-11-21",
    "2010-05-07",
    "2011-08-05",
)
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "</title><script>window.hacked=1</script>"


def moment(day: str) -> np.datetime64:
    return np.datetime64(f"{day}T23:30:00", "s")


@pytest.fixture(scope="module")
def notes():
    return {day: cc.note(as_of=day) for day in DAYS}


@pytest.fixture(scope="module")
def site(tmp_path_factory, notes) -> Path:
    folder = tmp_path_factory.mktemp("site")
    for day, note in notes.items():
        publish(note, folder, moment(day), site=Site("The desk", "https://example.org/notes"))
    return folder


def bytes_of(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


class Links(HTMLParser):
    """Collects where a page leads and what can be led to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.targets += [told[name] for name in ("href", "src") if told.get(name)]
        self.ids |= {told["id"]} if told.get("id") else set()


def broken_links(folder: Path) -> list[str]:
    """Return the links of every page that lead to no file or to no place in it."""
    pages = {page.resolve(): Links(page.read_text("utf-8")) for page in folder.rglob("*.html")}
    broken = []
    for page, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme in ("https", "data"):
                continue
            file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not file.is_file() or (parts.fragment and parts.fragment not in pages[file].ids):
                broken.append(f"{page.name}: {target}")
    return broken


def test_ten_notes_lie_there_newest_first(site):
    assert [note.as_of for note in read_shelf(site)] == sorted(DAYS, reverse=True)
    assert (site / "index.html").read_text("utf-8").index("2011-08-05") < (site / "index.html").read_text(
        "utf-8"
    ).index("2010-05-07")


def test_every_page_is_html_by_a_strict_parser(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) == len(DAYS) + 3
    for page in pages:
        html5lib.HTMLParser(strict=True).parse(page.read_text("utf-8"))


def test_the_strict_parser_would_catch_a_page_that_is_none():
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse("<!doctype html><title>x</title><p><b>one</p></b></div>")


def test_the_feed_is_atom(site):
    text = (site / "feed.xml").read_bytes()
    found = feedparser.parse(text)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    assert [entry.link for entry in found.entries] == [
        f"https://example.org/notes/{note.page}" for note in read_shelf(site)
    ]
    root = Tree.fromstring(text)
    for holder in (root, *root.findall(f"{ATOM}entry")):  # what RFC 4287 asks of a feed and of an entry
        for tag in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{tag}")) == 1
            assert holder.find(f"{ATOM}{tag}").text
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", holder.find(f"{ATOM}updated").text)
        assert holder.find(f"{ATOM}author/{ATOM}name").text
        assert holder.find(f"{ATOM}link[@rel='alternate']").get("href")
    ids = [entry.find(f"{ATOM}id").text for entry in root.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(DAYS)


def test_links_hold_and_a_broken_one_would_be_found(site, tmp_path):
    assert broken_links(site) == []
    (tmp_path / "bad.html").write_text("<a href='no.html'>x</a><a href='#no'>y</a>")
    assert len(broken_links(tmp_path)) == 2


def test_old_notes_never_change(tmp_path, notes):
    for count, (day, note) in enumerate(list(notes.items())[:3]):
        before = bytes_of(tmp_path / "notes") if count else {}
        publish(note, tmp_path, moment(day))
        after = bytes_of(tmp_path / "notes")
        assert {name: after[name] for name in before} == before


def test_the_same_note_again_changes_nothing(tmp_path, notes):
    first = publish(notes[DAYS[0]], tmp_path, moment(DAYS[0]))
    before = bytes_of(tmp_path)
    assert publish(notes[DAYS[0]], tmp_path, moment(DAYS[5])) == first
    assert bytes_of(tmp_path) == before


def test_another_note_of_the_day_is_refused_unless_it_is_a_correction(tmp_path, notes):
    note = notes[DAYS[0]]
    changed = edited(note, markdown(note).replace("\n# ", "\n# Once more: ", 1))
    first = publish(note, tmp_path, moment(DAYS[0]))
    with pytest.raises(RequestError, match="does not change"):
        publish(changed, tmp_path, moment(DAYS[1]))
    second = publish(changed, tmp_path, moment(DAYS[1]), correction="A word was wrong.")
    assert second.name == f"{first.name}-2"
    assert [note.corrects for note in read_shelf(tmp_path)] == [first.name, None]
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "A word was wrong." in index
    assert "Corrected since" in index
    assert broken_links(tmp_path) == []


@pytest.mark.parametrize("damage", [lambda f: f.write_bytes(f.read_bytes() + b" "), lambda f: f.unlink()])
def test_a_note_that_was_tampered_with_stops_everything(tmp_path, notes, damage):
    placed = publish(notes[DAYS[0]], tmp_path, moment(DAYS[0]))
    before = bytes_of(tmp_path)
    damage(placed / "note.html")
    with pytest.raises(RejectedData, match=r"note\.html"):
        publish(notes[DAYS[1]], tmp_path, moment(DAYS[1]))
    assert bytes_of(tmp_path).keys() <= before.keys()


def test_half_a_note_is_no_note(tmp_path, notes):
    placed = publish(notes[DAYS[0]], tmp_path, moment(DAYS[0]))
    (placed / "published.json").unlink()
    assert read_shelf(tmp_path) == ()


def test_the_scorecard_tells_what_became_of_each_setup(tmp_path, notes):
    ledger, note = Ledger(tmp_path / "ledger.sqlite"), notes["2006-08-18"]
    record(ledger, document(note), note.setups, {"IXIC": 2163.95}, moment("2006-08-18"))
    later = take(open_source("sample"), ["IXIC"], "2006-12-29").snapshot
    found = score(followed(ledger.entries(), later))
    publish(note, tmp_path / "site", moment("2006-08-18"), score=found)
    page = (tmp_path / "site" / "scorecard.html").read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    for setup in note.setups:
        assert f"{setup.plan.replace('_', ' ')} {setup.side}" in page
    assert found.verdict in page


def test_a_title_from_outside_is_words_in_every_page_and_in_the_feed(tmp_path, notes):
    publish(notes[DAYS[0]], tmp_path, moment(DAYS[0]), site=Site(HOSTILE), correction=HOSTILE)
    for page in tmp_path.glob("*.html"):
        assert "<script>window" not in page.read_text("utf-8")
    assert feedparser.parse((tmp_path / "feed.xml").read_bytes()).feed.title
    hostile = Published(
        "x",
        HOSTILE,
        "2003-06-13",
        HOSTILE,
        HOSTILE,
        f"{HOSTILE}\x0b",
        (HOSTILE,),
        "2003-06-13T00:00:00Z",
        None,
        HOSTILE,
    )
    assert Tree.fromstring(feed(HOSTILE, [hostile])).find(f"{ATOM}entry/{ATOM}title").text.startswith(HOSTILE)


def test_an_address_that_is_none_is_refused(tmp_path, notes):
    with pytest.raises(RequestError, match="no address"):
        publish(notes[DAYS[0]], tmp_path, moment(DAYS[0]), site=Site("x", "javascript:alert()"))


def test_the_command_publishes_and_records(tmp_path):
    asked = [
        "publish",
        str(tmp_path / "site"),
        "--as-of",
        "2008-11-21",
        "--record",
        "--ledger",
        str(tmp_path / "ledger.sqlite"),
    ]
    done = CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "recorded as entry" in done.output
    assert (tmp_path / "site" / "notes" / "2008-11-21-sample" / "note.html").is_file()
    assert "No setup has met a session yet" in (tmp_path / "site" / "scorecard.html").read_text("utf-8")
