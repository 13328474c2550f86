"""A note as PDF, set by typst: its own fonts and those of matplotlib, so that the same note has the same bytes everywhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from crosscurrent.charts.spec import Chart
from crosscurrent.errors import RequestError
from crosscurrent.note.note import Note, Section, Table
from crosscurrent.note.say import Number, Sentence
from crosscurrent.publish.canvas import FONTS
from crosscurrent.publish.drawing import draw_svg
from crosscurrent.publish.numbers import Numbering
from crosscurrent.publish.scripts import asset

__all__ = ["pdf"]

WRAPPED = 45
"""Letters of a cell from which it is wrapped rather than given more room."""
Told = list[str | dict[str, str]]


def pdf(note: Note) -> bytes:
    """Return the note as a tagged PDF (PDF/UA-1): as the page, with every number leading to its definition at the end.

    Nothing of the machine goes into it: no font of the system, no clock (the date is the note's). Needs the extra `pdf`; `RequestError`
    says so where it is missing.
    """
    try:
        import typst
    except ImportError:
        raise RequestError("A PDF needs typst: pip install 'crosscurrent[pdf]'.") from None
    charts = {f"chart-{chart.name}": draw_svg(chart, "wide", "light", has_source=True) for chart in note.charts()}
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
    made = typst.Compiler(font_paths=fonts).compile(
        asset("note.typ").encode(), format="pdf", pdf_standards="ua-1", timestamp=_midnight(note),
        sys_inputs={"note": json.dumps(_told(note), ensure_ascii=False), **charts},
    )  # fmt: skip
    assert isinstance(made, bytes), "one document without a path comes back as bytes"
    return made


def _midnight(note: Note) -> datetime:
    return datetime.fromisoformat(str(note.as_of.astype("datetime64[D]"))).replace(tzinfo=UTC)


def _told(note: Note) -> dict[str, Any]:
    """Return what the template sets: sentences in parts, each number with the name of its definition."""
    numbering = Numbering(note)

    def parts(sentence: Sentence) -> Told:
        return [{"id": numbering.of(p).id, "text": p.text} if isinstance(p, Number) else p for p in sentence.parts]

    return {
        "title": str(note.title), "publisher": note.written_for, "byline": note.byline, "day": str(note.as_of),
        "key_points": [parts(s) for s in note.key_points], "summary": [parts(s) for s in note.summary],
        "sections": [_section(s, parts) for s in note.sections], "gaps": [parts(s) for s in note.gaps],
        "method": [parts(s) for s in note.method], "warning": note.disclosure.risk_warning, "small_print": list(note.disclosure.small_print),
        "numbers": [[n.id, n.text, n.definition, n.window, n.source] for n in numbering],
    }  # fmt: skip


def _section(section: Section, parts: Any) -> dict[str, Any]:
    return {
        "heading": str(section.heading),
        "paragraphs": [[parts(s) for s in paragraph] for paragraph in section.paragraphs],
        "charts": [_chart(chart) for chart in section.charts],
        "tables": [_table(table, parts) for table in section.tables],
    }


def _chart(chart: Chart) -> dict[str, str]:
    return {"name": f"chart-{chart.name}", "alt": chart.alt or chart.title, "caption": chart.caption}


def _table(table: Table, parts: Any) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "headings": list(table.headings),
        "shares": [_share(heading, [row[k] for row in table.rows]) for k, heading in enumerate(table.headings)],
        "rows": [[parts(cell) for cell in row] for row in table.rows],
    }


def _share(heading: str, cells: list[Sentence]) -> int:
    """Return a column's share of the width: what its longest cell needs, a long one being wrapped, and the longest word above it."""
    longest = max((len(str(cell)) for cell in cells), default=0)
    return max(min(longest, WRAPPED), *(len(word) for word in heading.split()), 1)
