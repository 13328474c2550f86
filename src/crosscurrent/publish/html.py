"""A note as a page that stands alone: one file, no request to anybody."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from crosscurrent.charts.spec import Chart
from crosscurrent.note.note import Note
from crosscurrent.note.say import Number, Sentence
from crosscurrent.publish.numbers import Numbering
from crosscurrent.publish.pictures import Pictures
from crosscurrent.version import VERSION

__all__ = ["html"]


def html(note: Note, pictures: Pictures) -> str:
    """Return the note as one HTML page with its charts inside; a number links to its definition at the foot.

    Everything that came from data, desk or user is escaped by the template; charts are SVG of our own making.
    """
    numbering = Numbering(note)
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False).from_string(_asset("note.html"))
    return page.render(
        note=note, numbers=list(numbering), version=VERSION, day=str(note.as_of),
        css=Markup(_asset("note.css")), script=Markup(_asset("note.js")),
        prose=lambda sentence: _prose(sentence, numbering), figure=lambda chart: _figure(chart, pictures),
    )  # fmt: skip


def _asset(name: str) -> str:
    return files("crosscurrent").joinpath("publish", "templates", name).read_text("utf-8")


def _prose(sentence: Sentence, numbering: Numbering) -> Markup:
    return Markup("").join(_linked(p, numbering) if isinstance(p, Number) else escape(p) for p in sentence.parts)


def _linked(number: Number, numbering: Numbering) -> Markup:
    named = numbering.of(number)
    told = "; ".join(t for t in (named.definition, named.window, named.source) if t)
    return Markup('<a class="n" href="#{}" title="{}">{}</a>').format(named.id, told, number.text)


def _figure(chart: Chart, pictures: Pictures) -> Markup:
    table = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in chart.table()
    )
    return Markup(
        '<figure id="chart-{}"><div class="wide">{}</div><div class="narrow">{}</div>'
        '<figcaption>{}</figcaption>'
        "<details><summary>The chart as a table</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>{}</table></div></details></figure>'
    ).format(
        chart.name, Markup(pictures.svg(chart, "wide")), Markup(pictures.svg(chart, "narrow")),
        chart.caption, chart.title, table,
    )  # fmt: skip
