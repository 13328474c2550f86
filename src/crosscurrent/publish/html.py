"""A note as a page that stands alone: one file, no request to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from crosscurrent.charts.spec import Chart, day_name
from crosscurrent.note.note import Note
from crosscurrent.note.say import Number, Sentence
from crosscurrent.publish.numbers import Numbering
from crosscurrent.publish.payload import payload, payload_json
from crosscurrent.publish.pictures import Pictures
from crosscurrent.publish.scripts import asset, bundle, credit, library, policy
from crosscurrent.publish.svg import in_page, page_style
from crosscurrent.version import VERSION

__all__ = ["html"]


@dataclass(frozen=True, slots=True)
class _Outfit:
    """What a page wears: its rules, its scripts, and whether its charts can be explored."""

    css: str
    module: str
    library: str | None

    @property
    def policy(self) -> str:
        scripts = [self.module] if self.library is None else [self.library, self.module]
        return policy(scripts, [self.css])


def html(note: Note, pictures: Pictures, *, home: str = "", address: str = "") -> str:
    """Return the note as one HTML page with its charts inside; a number links to its definition at the foot.

    Everything that came from data, desk or user is escaped by the template; charts are SVG of our own making. A chart that carries its
    bars can be explored, where the build brought the library; without script, in print and otherwise the SVG is what shows. The
    page's own policy forbids every script but its own and every request. On a site `home` leads to all notes, and `address` is the note's own, which
    programs that show a link with its picture ask for.
    """
    numbering = Numbering(note)
    worn = _outfit(note)
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False).from_string(asset("note.html"))
    return page.render(
        note=note, home=home, address=address, numbers=list(numbering), version=VERSION, day=day_name(note.as_of), policy=worn.policy,
        css=Markup(worn.css), module=Markup(worn.module), library=Markup(worn.library) if worn.library else None,
        prose=lambda sentence: _prose(sentence, numbering), figure=lambda chart: _figure(chart, pictures, worn),
    )  # fmt: skip


def _outfit(note: Note) -> _Outfit:
    held = library() if any(chart.explored for chart in note.charts()) else None
    return _Outfit(asset("note.css") + page_style(), bundle("note.js" if held else "numbers.js"), held)


def _prose(sentence: Sentence, numbering: Numbering) -> Markup:
    return Markup("").join(_linked(p, numbering) if isinstance(p, Number) else escape(p) for p in sentence.parts)


def _linked(number: Number, numbering: Numbering) -> Markup:
    named = numbering.of(number)
    told = "; ".join(t for t in (named.definition, named.window, named.source) if t)
    return Markup('<a class="n" href="#{}" title="{}">{}</a>').format(named.id, told, number.text)


def _figure(chart: Chart, pictures: Pictures, worn: _Outfit) -> Markup:
    table = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in chart.table()
    )
    return Markup(
        '<figure id="chart-{}"><div class="wide">{}</div><div class="narrow">{}</div>{}'
        '<figcaption>{} <span class="source">{}</span></figcaption>'
        "<details><summary>The chart as a table</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>{}</table></div></details></figure>'
    ).format(
        chart.name, Markup(in_page(pictures.svg(chart, "wide"))), Markup(in_page(pictures.svg(chart, "narrow"))),
        _bars(chart, worn), chart.caption, chart.source, chart.title, table,
    )  # fmt: skip


def _bars(chart: Chart, worn: _Outfit) -> Markup:
    """Return the place where the chart can be explored, and its bars; nothing where they did not come."""
    held: dict[str, Any] | None = payload(chart) if worn.library else None
    if held is None:
        return Markup("")
    return Markup(
        '<div class="explored cc-chart" hidden></div><script type="application/json" class="bars">{}</script>'
        '<p class="credit"><a href="{}" rel="noopener">{}</a></p>'
    ).format(Markup(payload_json(held)), *reversed(credit()))
