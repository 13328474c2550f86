"""The right edge of a pane: the last price in a tag, averages, targets and levels by name of their value, ticks where room is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscurrent.charts.scale import Tick, limits, value_ticks
from crosscurrent.charts.spec import Candles, Columns, Line, Pane, Panel, Series
from crosscurrent.facts.marks import Band, Segment
from crosscurrent.publish.annotate import bands_of, targets_of
from crosscurrent.publish.canvas import Box, rule, text_width
from crosscurrent.publish.frame import Frame, Look
from crosscurrent.publish.labels import spread
from crosscurrent.publish.rows import rows_width

__all__ = ["current", "gutter", "write_edge"]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A label at the right edge: the height it belongs to, what it says, in which ink; a tag is filled."""

    y: float
    words: str
    ink: str
    is_tag: bool = False


def gutter(panel: Panel, look: Look) -> float:
    """Return how wide the strip right of the panes must be for all that may be written there."""
    if any(pane.rows for pane in panel.panes):
        return rows_width(look)
    labels = [words for pane in panel.panes for words in _edge_words(pane, panel)]
    return max((text_width(words, look.size, is_bold=True) for words in labels), default=20.0) + 11.0


def _edge_words(pane: Pane, panel: Panel) -> list[str]:
    """Return all that the right edge may have to say, for its width."""
    low, high = limits(pane, panel.sessions)
    values = [current(series) for series in pane.series if not isinstance(series, Columns)]
    values += [(mark.low + mark.high) / 2 for mark in pane.marks if isinstance(mark, Band)]
    values += [mark.end_price for mark in pane.marks if isinstance(mark, Segment) and mark.role == "target"]
    return [tick.label for tick in value_ticks(low, high, 8, pane)] + [_edge_word(pane, v, low, high) for v in values]


def _edge_word(pane: Pane, value: float, low: float, high: float) -> str:
    """Return a value; what lies beyond the scale bears an arrow."""
    arrow = " ↑" if value > high else " ↓" if value < low else ""
    return pane.format(value) + arrow


def current(series: Series) -> float:
    """Return the value at the last session, NaN where it is not known: an older one would pass for the present."""
    return float(series.values[-1]) if len(series.values) else float("nan")


def _edges(frame: Frame) -> list[_Edge]:
    """Return the labels of the right edge, the most important first: last price, averages, levels."""
    found = []
    for series in frame.pane.series:
        value = current(series)
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


def write_edge(frame: Frame, ticks: Sequence[Tick]) -> None:
    """Write the labels beside their values, moved apart where they would touch; a tick gives way to any of them."""
    look, box, edges = frame.look, frame.box, _edges(frame)
    height, x = look.size + 3.0, box.right + 6.0
    top, bottom = box.top - look.size * 0.6, box.bottom + look.size * 0.6
    edges = edges[: max(int((bottom - top) / height), 1)]
    centres = spread([edge.y for edge in edges], height, top, bottom)
    for edge, centre in zip(edges, centres, strict=True):
        if abs(centre - edge.y) > 2.0:
            frame.canvas.lines([rule(box.right - 1.0, edge.y, box.right + 4.5, centre)], edge.ink, 0.7)
        _write(frame, edge, x, centre, height)
    for tick in ticks:
        y = float(frame.y(tick.at))
        if all(abs(y - centre) >= height for centre in centres):
            frame.canvas.text(tick.label, x, y + look.size * 0.36, "muted", look.size)


def _write(frame: Frame, edge: _Edge, x: float, centre: float, height: float) -> None:
    size, ink = frame.look.size, edge.ink
    if edge.is_tag:
        width = text_width(edge.words, size, is_bold=True) + 6.0
        tag = Box(x - 3.0, centre - height / 2, x - 3.0 + width, centre + height / 2)
        frame.canvas.shapes([tag.corners()], ink)
        ink = "on_tag"
    frame.canvas.text(edge.words, x, centre + size * 0.36, ink, size, is_bold=edge.is_tag)
