"""A chart, drawn: as one SVG that follows the reader's theme, or as PNG."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from threading import RLock
from typing import Literal, ParamSpec, TypeVar

from crosscurrent.charts.spec import Chart, Panel
from crosscurrent.publish.canvas import Box, Canvas, text_width
from crosscurrent.publish.frame import Look
from crosscurrent.publish.panes import draw_panel, panel_height
from crosscurrent.publish.svg import finished
from crosscurrent.publish.theme import DARK, LIGHT, Theme

__all__ = ["alone", "draw_card", "draw_png", "draw_svg"]

Width = Literal["wide", "narrow", "mail"]
LOOKS = {
    "wide": Look(width=760.0, pane=300.0, size=10.5, title=15.0, is_stacked=False, least_step=0.0, points=8),
    "mail": Look(width=600.0, pane=260.0, size=10.0, title=14.0, is_stacked=False, least_step=0.0, points=6),
    "narrow": Look(width=360.0, pane=230.0, size=9.5, title=13.5, is_stacked=True, least_step=3.6, points=5),
}
CARD = Look(width=600.0, pane=160.0, size=9.5, title=21.0, is_stacked=True, least_step=0.0, points=2)
CARD_HEIGHT, CARD_EDGE, CARD_SESSIONS = 315.0, 22.0, 90
GAP = 10.0
LEFT = 2.0
DRAWING = RLock()
P = ParamSpec("P")
R = TypeVar("R")


def alone(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw one picture at a time: matplotlib's settings and its fonts belong to the whole process, and a desk draws for many readers."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with DRAWING:
            return draw(*args, **kwargs)

    return drawn


@alone
def draw_svg(chart: Chart, width: Width = "wide", theme: Theme = "auto", *, has_source: bool = False) -> str:
    """Return the chart as one `<svg>` element with its title and description in it.

    With the theme `auto` its colours are CSS variables with light and dark values that follow `data-theme` on the page's root,
    else the reader's system, and light on paper; `light` and `dark` write plain colours, for programs that know no variables. Ids
    begin with the chart's name and width, so that many may stand in one page, which tells the source itself unless `has_source`. The
    same chart gives the same bytes everywhere.
    """
    colours = DARK if theme == "dark" else LIGHT
    identity = "-".join(("cc", re.sub(r"[^a-z0-9]+", "-", chart.name.lower()).strip("-") or "chart", width))
    drawn = _drawn(chart, LOOKS[width], colours, has_halos=False, has_source=has_source).svg()
    told = " ".join(part for part in (chart.alt or chart.subtitle, chart.source) if part)
    title = chart.title or ", ".join(panel.title for panel in chart.panels if panel.title) or chart.name
    return finished(
        drawn, identity=identity, title=title, alt=told, is_themed=theme == "auto", surface=colours["surface"]
    )


@alone
def draw_png(chart: Chart, width: Width = "wide", theme: Literal["light", "dark"] = "light") -> bytes:
    """Return the chart as a PNG with two pixels a unit of the page; the same bytes for the same chart."""
    colours = DARK if theme == "dark" else LIGHT
    return _drawn(chart, LOOKS[width], colours, has_halos=True, has_source=True).png()


@alone
def draw_card(title: str, by: str, chart: Chart | None, theme: Literal["light", "dark"] = "light") -> bytes:
    """Return the picture that stands beside a link to a note: 1,200 by 630, its title over the price of its leading market."""
    canvas = Canvas(CARD.width, CARD_HEIGHT, DARK if theme == "dark" else LIGHT, has_halos=True)
    canvas.shapes([Box(0.0, 0.0, CARD.width, CARD_HEIGHT).corners()], "surface")
    canvas.shapes([Box(0.0, 0.0, 6.0, CARD_HEIGHT).corners()], "price")
    canvas.text(by, CARD_EDGE, CARD_EDGE + CARD.size, "muted", CARD.size + 1.0)
    y = CARD_EDGE + 2.2 * CARD.size
    for line in _wrapped(title, CARD.title, CARD.width - 2 * CARD_EDGE, is_bold=True)[:3]:
        canvas.text(line, CARD_EDGE, y + CARD.title, "text", CARD.title, is_bold=True)
        y += CARD.title + 5.0
    if chart is not None and chart.panels:
        panel = chart.panels[0].last(CARD_SESSIONS)
        price = replace(panel, panes=tuple(replace(pane, marks=()) for pane in panel.panes[:1]))
        draw_panel(canvas, CARD, price, Box(CARD_EDGE, y + 6.0, CARD.width - 12.0, CARD_HEIGHT - 12.0))
    return canvas.png()


def _drawn(chart: Chart, look: Look, colours: Mapping[str, str], *, has_halos: bool, has_source: bool) -> Canvas:
    heading = _wrapped(chart.title, look.title, look.width, is_bold=True)
    below = _wrapped(chart.subtitle, look.size + 0.5, look.width)
    footing = _wrapped(chart.source, look.size - 0.5, look.width) if has_source else []
    top = len(heading) * (look.title + 4.0) + len(below) * (look.size + 4.5) + 6.0
    boxes, bottom = _panel_boxes(chart.panels, look, top)
    height = bottom + len(footing) * (look.size + 3.0) + (4.0 if footing else 0.0)
    canvas = Canvas(look.width, round(height), colours, has_halos=has_halos)
    canvas.shapes([Box(0.0, 0.0, look.width, round(height)).corners()], "surface")
    y = _write_lines(canvas, heading, 0.0, look.title, 4.0, "text", is_bold=True)
    _write_lines(canvas, below, y, look.size + 0.5, 4.0, "muted")
    for panel, box in zip(chart.panels, boxes, strict=True):
        draw_panel(canvas, look, panel, box)
    _write_lines(canvas, footing, bottom + 2.0, look.size - 0.5, 3.5, "muted")
    return canvas


def _wrapped(words: str, size: float, width: float, is_bold: bool = False) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        if lines and text_width(f"{lines[-1]} {word}", size, is_bold) <= width - 2 * LEFT:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _write_lines(
    canvas: Canvas, lines: Sequence[str], top: float, size: float, lead: float, ink: str, is_bold: bool = False
) -> float:
    for line in lines:
        canvas.text(line, LEFT, top + size, ink, size, is_bold=is_bold)
        top += size + lead
    return top


def _panel_boxes(panels: Sequence[Panel], look: Look, top: float) -> tuple[list[Box], float]:
    """Return where each panel stands, and where the last one ends."""
    if not panels:
        return [], top
    if look.is_stacked or len(panels) == 1:
        boxes = []
        for panel in panels:
            height = panel_height(panel, look, len(panels))
            boxes.append(Box(LEFT, top, look.width, top + height))
            top += height + GAP
        return boxes, top - GAP
    across = (look.width - LEFT - GAP * 1.6 * (len(panels) - 1)) / len(panels)
    height = max(panel_height(panel, look, len(panels)) for panel in panels)
    lefts = [LEFT + k * (across + GAP * 1.6) for k in range(len(panels))]
    return [Box(left, top, left + across, top + height) for left in lefts], top + height
