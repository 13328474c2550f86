"""A chart, drawn: as one SVG that follows the reader's theme, or as PNG."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from crosscurrent.charts.scale import Tick, limits, session_ticks, value_ticks
from crosscurrent.charts.spec import Candles, Chart, Columns, Line, Pane, Panel
from crosscurrent.facts.marks import Band, Segment
from crosscurrent.publish.annotate import bands_of, draw_marks_above, draw_marks_below, targets_of
from crosscurrent.publish.canvas import Box, Canvas, disc, text_width
from crosscurrent.publish.frame import Frame, Look, Room
from crosscurrent.publish.labels import spread
from crosscurrent.publish.strokes import draw_all_series
from crosscurrent.publish.svg import finished
from crosscurrent.publish.theme import DARK, LIGHT, Theme

__all__ = ["draw_png", "draw_svg"]

Width = Literal["wide", "narrow"]
LOOKS = {
    "wide": Look(width=760.0, pane=300.0, size=10.5, title=15.0, is_stacked=False, least_step=0.0, points=8),
    "narrow": Look(width=360.0, pane=230.0, size=9.5, title=13.5, is_stacked=True, least_step=3.6, points=5),
}
GAP = 10.0
LEFT = 2.0


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


def draw_png(chart: Chart, width: Width = "wide", theme: Literal["light", "dark"] = "light") -> bytes:
    """Return the chart as a PNG with two pixels a unit of the page; the same bytes for the same chart."""
    colours = DARK if theme == "dark" else LIGHT
    return _drawn(chart, LOOKS[width], colours, has_halos=True, has_source=True).png()


def _drawn(chart: Chart, look: Look, colours: Mapping[str, str], *, has_halos: bool, has_source: bool) -> Canvas:
    heading = _wrapped(chart.title, look.title, look.width, is_bold=True)
    below = _wrapped(chart.subtitle, look.size + 0.5, look.width)
    footing = _wrapped(chart.source, look.size - 0.5, look.width) if has_source else []
    top = len(heading) * (look.title + 4.0) + len(below) * (look.size + 4.5) + 6.0
    boxes, bottom = _panel_boxes(chart.panels, look, top)
    height = bottom + len(footing) * (look.size + 3.0) + (4.0 if footing else 0.0)
    canvas = Canvas(look.width, round(height), colours, has_halos=has_halos)
    canvas.shapes([_corners(Box(0.0, 0.0, look.width, round(height)))], "surface")
    y = _write_lines(canvas, heading, 0.0, look.title, 4.0, "text", is_bold=True)
    _write_lines(canvas, below, y, look.size + 0.5, 4.0, "muted")
    for panel, box in zip(chart.panels, boxes, strict=True):
        _draw_panel(canvas, look, panel, box)
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
            height = _panel_height(panel, look, len(panels))
            boxes.append(Box(LEFT, top, look.width, top + height))
            top += height + GAP
        return boxes, top - GAP
    across = (look.width - LEFT - GAP * 1.6 * (len(panels) - 1)) / len(panels)
    height = max(_panel_height(panel, look, len(panels)) for panel in panels)
    lefts = [LEFT + k * (across + GAP * 1.6) for k in range(len(panels))]
    return [Box(left, top, left + across, top + height) for left in lefts], top + height


def _panel_height(panel: Panel, look: Look, panels: int) -> float:
    tallest = look.pane * (0.6 if panels > 1 else 1.0)
    strips = sum(_strip(look, pane) for pane in panel.panes) + _axis(look) + (_title(look) if panel.title else 0.0)
    return sum(tallest * pane.share for pane in panel.panes) + strips


def _strip(look: Look, pane: Pane) -> float:
    return look.size + 8.0 if _legend(pane) else 4.0


def _axis(look: Look) -> float:
    return look.size + 7.0


def _title(look: Look) -> float:
    return look.size + 8.0


def _corners(box: Box) -> np.ndarray:
    return np.array(((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)))


@dataclass(frozen=True, slots=True)
class _Edge:
    """A label at the right edge: the height it belongs to, what it says, in which ink; a tag is filled."""

    y: float
    words: str
    ink: str
    is_tag: bool = False


def _draw_panel(canvas: Canvas, look: Look, panel: Panel, box: Box) -> None:
    panel = _fitting(panel, look, box.width)
    gutter = _gutter(panel, look)
    top = box.top
    if panel.title:
        canvas.text(panel.title, box.left, top + look.size + 1.0, "text", look.size + 1.0, is_bold=True)
        top += _title(look)
    plain = box.bottom - top - _axis(look) - sum(_strip(look, pane) for pane in panel.panes)
    whole = sum(pane.share for pane in panel.panes)
    frames = []
    for pane in panel.panes:
        height = plain * pane.share / whole
        start = top + _strip(look, pane)
        plot = Box(box.left, start, box.right - gutter, start + height)
        frames.append(Frame(canvas, look, panel, pane, plot, *limits(pane, panel.sessions), Room(plot)))
        top = plot.bottom
    _draw_sessions(frames, box.bottom)
    for frame in frames:
        _draw_pane(frame, box.right)


def _fitting(panel: Panel, look: Look, width: float) -> Panel:
    """Return the panel with as many of its last sessions as candles stay readable; curves may be dense."""
    has_candles = any(pane.candles for pane in panel.panes)
    most = int((width - _gutter(panel, look)) / look.least_step) if look.least_step else len(panel.sessions)
    return panel.last(int(most - panel.ahead)) if has_candles and len(panel.sessions) > most else panel


def _gutter(panel: Panel, look: Look) -> float:
    labels = [words for pane in panel.panes for words in _edge_words(pane, panel)]
    return max((text_width(words, look.size, is_bold=True) for words in labels), default=20.0) + 11.0


def _edge_words(pane: Pane, panel: Panel) -> list[str]:
    """Return all that the right edge may have to say, for its width."""
    low, high = limits(pane, panel.sessions)
    values = [_last(series.values) for series in pane.series if not isinstance(series, Columns)]
    values += [(mark.low + mark.high) / 2 for mark in pane.marks if isinstance(mark, Band)]
    values += [mark.end_price for mark in pane.marks if isinstance(mark, Segment) and mark.role == "target"]
    return [tick.label for tick in value_ticks(low, high, 8, pane)] + [_edge_word(pane, v, low, high) for v in values]


def _edge_word(pane: Pane, value: float, low: float, high: float) -> str:
    """Return a value; what lies beyond the scale bears an arrow."""
    arrow = " ↑" if value > high else " ↓" if value < low else ""
    return pane.format(value) + arrow


def _last(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else float("nan")


def _draw_sessions(frames: Sequence[Frame], bottom: float) -> None:
    """Draw the time axis: a hair line through all panes at each tick, its name beneath the last, and rolls."""
    first, last = frames[0], frames[-1]
    canvas, look, panel = first.canvas, first.look, first.panel
    ticks = session_ticks(panel.sessions, max(int(first.box.width / (look.size * 4.2)), 2))
    hairs = [
        np.array(((x, f.box.top), (x, f.box.bottom))) for t in ticks for x in [float(first.x(t.at))] for f in frames
    ]
    canvas.lines(hairs, "grid", 0.8)
    rolls = [
        np.array(((x, first.box.top), (x, first.box.bottom))) for at in panel.rolls for x in [float(first.x(at - 0.5))]
    ]
    canvas.lines(rolls, "muted", 0.8, dash=(1.0, 2.5))
    end = -np.inf
    for tick in ticks:
        width = text_width(tick.label, look.size, tick.is_major)
        x = max(float(first.x(tick.at)), first.box.left + width / 2)
        if x - width / 2 > end and x + width / 2 <= first.box.right + 8.0:
            ink = "text" if tick.is_major else "muted"
            canvas.text(
                tick.label, x, last.box.bottom + look.size + 4.0, ink, look.size, is_bold=tick.is_major, anchor="middle"
            )
            end = x + width / 2 + 6.0


def _draw_last(frame: Frame) -> None:
    """Lead from the last value to its tag: a dotted line on a price, a dot on a curve."""
    first = frame.pane.series[0] if frame.pane.series else None
    if not isinstance(first, Candles | Line) or not np.isfinite(first.values[-1:]).all() or not len(first.values):
        return
    x, y, ink = frame.last_x, float(frame.y(first.values[-1])), "price" if isinstance(first, Candles) else first.ink
    frame.canvas.lines([np.array(((x + frame.step / 2, y), (frame.box.right, y)))], ink, 0.8, dash=(1.0, 2.0))
    if isinstance(first, Line) and first.is_filled:
        frame.canvas.shapes([disc(x, y, 2.2)], ink)


def _name_rolls(frame: Frame) -> None:
    """Say what the dotted lines are: the first session of a new contract."""
    size, bottom = frame.look.size, frame.box.bottom - 2.0
    width = text_width("roll", size)
    for at in frame.panel.rolls:
        x = float(frame.x(at - 0.5))
        box = frame.room.best([Box(left, bottom - size, left + width, bottom) for left in (x + 3.0, x - width - 3.0)])
        if box:
            frame.canvas.text("roll", box.left, box.bottom - 2.0, "muted", size, has_halo=True)


def _draw_pane(frame: Frame, right: float) -> None:
    box, canvas = frame.box, frame.canvas
    edges = _edges(frame)
    ticks = _ticks(frame)
    rows = [np.array(((box.left, y), (box.right, y))) for t in ticks for y in [float(frame.y(t.at))]]
    canvas.lines(rows, "grid", 0.8)
    _draw_shades(frame)
    draw_marks_below(frame)
    draw_all_series(frame)
    _draw_last(frame)
    draw_marks_above(frame)
    if frame.pane is frame.panel.panes[0]:
        _name_rolls(frame)
    canvas.lines([np.array(((box.left, box.bottom), (box.right, box.bottom)))], "frame", 0.8)
    _write_legend(frame)
    _write_edge(frame, edges, ticks, right)


def _ticks(frame: Frame) -> tuple[Tick, ...]:
    named = tuple(Tick(g.value, g.label) for g in frame.pane.guides if g.label)
    if named:
        return named
    at_most = max(int(frame.box.height / (frame.look.size * 2.7)), 2)
    return value_ticks(frame.low, frame.high, min(at_most, 8), frame.pane)


def _draw_shades(frame: Frame) -> None:
    box = frame.box
    for shade in frame.pane.shades:
        top, bottom = float(frame.y(shade.high)), float(frame.y(shade.low))
        frame.canvas.shapes([_corners(Box(box.left, top, box.right, bottom))], "shade", alpha=0.10, clip=box)
    guides = [np.array(((box.left, y), (box.right, y))) for g in frame.pane.guides for y in [float(frame.y(g.value))]]
    frame.canvas.lines(guides, "frame", 0.8, dash=(3.0, 2.0))


def _edges(frame: Frame) -> list[_Edge]:
    """Return the labels of the right edge, the most important first: last price, averages, levels."""
    found = []
    for series in frame.pane.series:
        value = _last(series.values)
        if not np.isfinite(value) or (isinstance(series, Line | Columns) and not series.is_tagged):
            continue
        is_first = series is frame.pane.series[0]
        ink = "price" if isinstance(series, Candles) else "text" if isinstance(series, Columns) else series.ink
        found.append(_edge(frame, value, ink, is_first and not isinstance(series, Columns)))
    found += [_edge(frame, segment.end_price, "pattern") for segment in targets_of(frame)]
    middles = [(band.low + band.high) / 2 for band in bands_of(frame)]
    return found + [_edge(frame, middle, "level") for middle in middles if frame.low <= middle <= frame.high]


def _edge(frame: Frame, value: float, ink: str, is_tag: bool = False) -> _Edge:
    """Return a label at its value's height, or at the edge when that lies beyond the scale."""
    y = float(np.clip(frame.y(value), frame.box.top, frame.box.bottom))
    return _Edge(y, _edge_word(frame.pane, value, frame.low, frame.high), ink, is_tag)


def _write_edge(frame: Frame, edges: list[_Edge], ticks: Sequence[Tick], right: float) -> None:
    look, box = frame.look, frame.box
    height, x = look.size + 3.0, box.right + 6.0
    top, bottom = box.top - look.size * 0.6, box.bottom + look.size * 0.6
    edges = edges[: max(int((bottom - top) / height), 1)]
    centres = spread([edge.y for edge in edges], height, top, bottom)
    for edge, centre in zip(edges, centres, strict=True):
        if abs(centre - edge.y) > 2.0:
            frame.canvas.lines([np.array(((box.right - 1.0, edge.y), (box.right + 4.5, centre)))], edge.ink, 0.7)
        if edge.is_tag:
            width = text_width(edge.words, look.size, is_bold=True) + 6.0
            frame.canvas.shapes(
                [_corners(Box(x - 3.0, centre - height / 2, x - 3.0 + width, centre + height / 2))], edge.ink
            )
        frame.canvas.text(
            edge.words,
            x,
            centre + look.size * 0.36,
            "on_tag" if edge.is_tag else edge.ink,
            look.size,
            is_bold=edge.is_tag,
        )
    for tick in ticks:
        y = float(frame.y(tick.at))
        if all(abs(y - centre) >= height for centre in centres):
            frame.canvas.text(tick.label, x, y + look.size * 0.36, "muted", look.size)


def _legend(pane: Pane) -> list[tuple[str, str]]:
    """Return what is written above a pane, as ink and words; the price itself is named by the title and told by its tag."""
    found = [("muted", pane.title)] if pane.title else []
    for series in pane.series:
        if isinstance(series, Candles) or not series.label or (isinstance(series, Line) and series.ink == "price"):
            continue
        told = "" if isinstance(series, Columns) and series.is_last_bold else pane.format(_last(series.values))
        found.append((series.ink if isinstance(series, Line) else "muted", f"{series.label} {told}".strip()))
    return found + [("muted", shade.label) for shade in pane.shades if shade.label]


def _write_legend(frame: Frame) -> None:
    """Name the series above the pane, each in its own ink with its last value: a legend without a box."""
    x = frame.box.left
    for ink, words in _legend(frame.pane):
        width = text_width(words, frame.look.size)
        if x + width > frame.canvas.width:
            break
        frame.canvas.text(words, x, frame.box.top - 5.0, ink, frame.look.size)
        x += width + 11.0
