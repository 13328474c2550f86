"""The charts of a note, drawn once each."""

from __future__ import annotations

from typing import Literal

from crosscurrent.charts.spec import Chart
from crosscurrent.note.note import Note
from crosscurrent.publish.drawing import draw_png, draw_svg

__all__ = ["Pictures", "Width", "draw_all"]

Width = Literal["wide", "narrow"]


class Pictures:
    """What has been drawn, by chart and width."""

    def __init__(self, svgs: dict[tuple[str, str], str], pngs: dict[str, bytes]) -> None:
        self._svgs = svgs
        self._pngs = pngs

    def svg(self, chart: Chart, width: Width = "wide") -> str:
        """Return a chart as SVG, themed by the page's colours."""
        return self._svgs[chart.name, width]

    def png(self, chart: Chart) -> bytes:
        """Return a chart as PNG, on light ground."""
        return self._pngs[chart.name]


def draw_all(note: Note) -> Pictures:
    """Draw every chart of the note, one after the other.

    Not in forked processes: they would share the file from which an open font reads its glyphs, and its place.
    """
    drawn = [_draw(chart) for chart in note.charts()]
    svgs = {
        (name, width): svg for name, wide, narrow, _ in drawn for width, svg in (("wide", wide), ("narrow", narrow))
    }
    return Pictures(svgs, {name: png for name, _, _, png in drawn})


def _draw(chart: Chart) -> tuple[str, str, str, bytes]:
    return chart.name, draw_svg(chart, "wide"), draw_svg(chart, "narrow"), draw_png(chart, "wide")
