"""The panes of a panel: their time axis, grid, legend, and what is drawn in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crosscurrent.charts.scale import Tick, limits, session_ticks, value_ticks
from crosscurrent.charts.spec import Candles, Columns, Line, Pane, Panel
from crosscurrent.publish.annotate import draw_marks_above, draw_marks_below
from crosscurrent.publish.canvas import Box, Canvas, disc, rule, text_width
from crosscurrent.publish.edges import current, gutter, write_edge
from crosscurrent.publish.frame import Frame, Look, Room
from crosscurrent.publish.rows import head_height, write_rows
from crosscurrent.publish.strokes import draw_all_series

__all__ = ["draw_panel", "panel_height"]


def panel_height(panel: Panel, look: Look, panels: int) -> float:
    """Return how high a panel stands; beside others it is lower."""
    tallest = look.pane * (0.6 if panels > 1 else 1.0)
    strips = sum(_strip(look, pane) for pane in panel.panes) + _axis(look) + (_title(look) if panel.title else 0.0)
    return sum(tallest * pane.share for pane in panel.panes) + strips


def _strip(look: Look, pane: Pane) -> float:
    if pane.rows:
        return head_height(look)
    return look.size + 8.0 if _legend(pane) else 4.0


def _axis(look: Look) -> float:
    return look.size + 7.0


def _title(look: Look) -> float:
    return look.size + 8.0


def draw_panel(canvas: Canvas, look: Look, panel: Panel, box: Box) -> None:
    """Draw a panel in its place on the page."""
    panel = _fitting(panel, look, box.width)
    edge = gutter(panel, look)
    top = box.top
    if not panel.panes:
        return
    if panel.title:
        canvas.text(panel.title, box.left, top + look.size + 1.0, "text", look.size + 1.0, is_bold=True)
        top += _title(look)
    plain = box.bottom - top - _axis(look) - sum(_strip(look, pane) for pane in panel.panes)
    whole = sum(pane.share for pane in panel.panes)
    frames = []
    for pane in panel.panes:
        height = plain * pane.share / whole
        start = top + _strip(look, pane)
        plot = Box(box.left, start, box.right - edge, start + height)
        frames.append(Frame(canvas, look, panel, pane, plot, *limits(pane, panel.sessions), Room(plot)))
        top = plot.bottom
    _draw_sessions(frames)
    for frame in frames:
        _draw_pane(frame, box.right)


def _fitting(panel: Panel, look: Look, width: float) -> Panel:
    """Return the panel with as many of its last sessions as candles stay readable; curves may be dense."""
    has_candles = any(pane.candles for pane in panel.panes)
    most = int((width - gutter(panel, look)) / look.least_step) if look.least_step else len(panel.sessions)
    return panel.last(int(most - panel.ahead)) if has_candles and len(panel.sessions) > most else panel


def _draw_sessions(frames: Sequence[Frame]) -> None:
    """Draw the time axis: a hair line through all panes at each tick, its name beneath the last, and rolls."""
    first, canvas, look, panel = frames[0], frames[0].canvas, frames[0].look, frames[0].panel
    ticks = session_ticks(panel.sessions, max(int(first.box.width / (look.size * 4.2)), 2))
    hairs = [rule(x, f.box.top, x, f.box.bottom) for t in ticks for x in [float(first.x(t.at))] for f in frames]
    canvas.lines(hairs, "grid", 0.8)
    rolls = [rule(x, first.box.top, x, first.box.bottom) for at in panel.rolls for x in [float(first.x(at - 0.5))]]
    canvas.lines(rolls, "muted", 0.8, dash=(1.0, 2.5))
    _name_sessions(first, ticks, frames[-1].box.bottom + look.size + 4.0)


def _name_sessions(frame: Frame, ticks: Sequence[Tick], baseline: float) -> None:
    """Write the names of sessions; one without room is left out, the first is moved in from the edge."""
    size, end = frame.look.size, -np.inf
    for tick in ticks:
        width = text_width(tick.label, size, tick.is_major)
        x = max(float(frame.x(tick.at)), frame.box.left + width / 2)
        if x - width / 2 > end and x + width / 2 <= frame.box.right + 8.0:
            ink = "text" if tick.is_major else "muted"
            frame.canvas.text(tick.label, x, baseline, ink, size, is_bold=tick.is_major, anchor="middle")
            end = x + width / 2 + 6.0


def _draw_last(frame: Frame) -> None:
    """Lead from the last value to its tag: a dotted line on a price, a dot on a curve."""
    first = frame.pane.series[0] if frame.pane.series else None
    if not isinstance(first, Candles | Line) or not np.isfinite(current(first)):
        return
    x, y, ink = frame.last_x, float(frame.y(current(first))), "price" if isinstance(first, Candles) else first.ink
    frame.canvas.lines([rule(x + frame.step / 2, y, frame.box.right, y)], ink, 0.8, dash=(1.0, 2.0))
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
    ticks = _ticks(frame)
    rows = [rule(box.left, y, box.right, y) for t in ticks for y in [float(frame.y(t.at))]]
    canvas.lines(rows, "grid", 0.8)
    _draw_shades(frame)
    draw_marks_below(frame)
    draw_all_series(frame)
    _draw_last(frame)
    draw_marks_above(frame)
    if frame.pane is frame.panel.panes[0]:
        _name_rolls(frame)
    canvas.lines([rule(box.left, box.bottom, box.right, box.bottom)], "frame", 0.8)
    if frame.pane.rows:
        write_rows(frame, right)
        return
    _write_legend(frame, right)
    write_edge(frame, ticks)


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
        frame.canvas.shapes([Box(box.left, top, box.right, bottom).corners()], "shade", alpha=0.10, clip=box)
    guides = [rule(box.left, y, box.right, y) for g in frame.pane.guides for y in [float(frame.y(g.value))]]
    frame.canvas.lines(guides, "frame", 0.8, dash=(3.0, 2.0))


def _legend(pane: Pane) -> list[tuple[str, str]]:
    """Return what is written above a pane, as ink and words; the price itself is named by the title and told by its tag."""
    found = [("muted", pane.title)] if pane.title else []
    for series in pane.series:
        if isinstance(series, Candles) or not series.label or (isinstance(series, Line) and series.ink == "price"):
            continue
        told = "" if isinstance(series, Columns) and series.is_last_bold else pane.format(current(series))
        found.append((series.ink if isinstance(series, Line) else "muted", f"{series.label} {told}".strip()))
    return found + [("muted", shade.label) for shade in pane.shades if shade.label]


def _write_legend(frame: Frame, right: float) -> None:
    """Name the series above the pane, each in its own ink with its last value: a legend without a box."""
    x = frame.box.left
    for ink, words in _legend(frame.pane):
        width = text_width(words, frame.look.size)
        if x + width > right:
            break
        frame.canvas.text(words, x, frame.box.top - 5.0, ink, frame.look.size)
        x += width + 11.0
