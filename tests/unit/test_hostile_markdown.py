"""The same payloads in Markdown and on paper: rendered by a program that allows HTML, they are words; the edited note keeps them."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from crosscurrent.publish.edited import edited
from crosscurrent.publish.markdown import markdown
from hostile import hostile_note
from payloads import PAYLOADS

HARMLESS = {
    "h1",
    "h2",
    "p",
    "em",
    "blockquote",
    "ul",
    "li",
    "a",
    "img",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
}


class Tags(HTMLParser):
    """Collects the tags of rendered Markdown and the addresses it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.addresses, self.attributes = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value for name, value in attrs if name in ("href", "src")}


def rendered(text: str) -> Tags:
    return Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_markdown_is_words(payload):
    found = rendered(markdown(hostile_note(payload)))
    assert found.tags <= HARMLESS
    assert found.attributes <= {"href", "src", "title", "alt"}
    assert all(address.startswith(("note.html#r", "charts/")) for address in found.addresses), found.addresses


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_note_of_payloads_is_read_back_as_it_was(payload):
    note = hostile_note(payload)
    assert edited(note, markdown(note)) is note


def test_markdown_that_lets_one_through_would_be_caught():
    assert "script" in rendered("<script>window.hacked=1</script>").tags
