"""How each kind of series is drawn: candles, curves, columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.charts.spec import Candles, Columns, Line, Series
from crosscurrent.publish.canvas import Box, rule, text_width
from crosscurrent.publish.frame import Frame

__all__ = ["draw_all_series"]

DEPTH = {Columns: 0, Line: 1, Candles: 2}
BODY = 0.66
WIDEST_BODY = 9.0
WIDEST_COLUMN = 27.0
DASH = 1.5
NARROWEST_STEP = 1.7
"""Below so many units a session candles are dust, and a line of closes tells more."""


def draw_all_series(frame: Frame) -> None:
    """Draw the series of a pane: columns behind, then curves, the most important over the others, candles over all."""
    layers = list(reversed(frame.pane.series))
    layers.sort(key=lambda series: DEPTH[type(series)])
    for series in layers:
        _draw(frame, series)


def _draw(frame: Frame, series: Series) -> None:
    if isinstance(series, Columns):
        _draw_columns(frame, series)
    elif isinstance(series, Line):
        _draw_line(frame, series)
    elif frame.step < NARROWEST_STEP:
        _draw_line(frame, Line(series.close, "price"))
    else:
        _draw_candles(frame, series)


def _draw_candles(frame: Frame, candles: Candles) -> None:
    """Draw rises hollow and falls filled, so that they differ without any colour."""
    x = frame.x(np.arange(len(candles.close)))
    top, bottom = frame.y(np.maximum(candles.open, candles.close)), frame.y(np.minimum(candles.open, candles.close))
    bottom = np.maximum(bottom, top + 0.8)
    high, low = np.minimum(frame.y(candles.high), top), np.maximum(frame.y(candles.low), bottom)
    half = min(frame.step * BODY, WIDEST_BODY) / 2
    rises = candles.close >= candles.open
    for ink, chosen, fill in (("up", rises, "surface"), ("down", ~rises, "down")):
        wicks = [*_stems(x[chosen], high[chosen], top[chosen]), *_stems(x[chosen], bottom[chosen], low[chosen])]
        frame.canvas.lines(wicks, ink, 0.9, clip=frame.box)
        bodies = _boxes(x[chosen] - half, top[chosen], x[chosen] + half, bottom[chosen])
        frame.canvas.shapes(bodies, fill, ink, 0.9, clip=frame.box)
    frame.room.take(np.column_stack([x - frame.step / 2, high, x + frame.step / 2, low]))


def _stems(x: Floats, top: Floats, bottom: Floats) -> list[Floats]:
    return [rule(a, b, a, c) for a, b, c in zip(x, top, bottom, strict=True) if c - b > 0.05]


def _boxes(left: Floats, top: Floats, right: Floats, bottom: Floats) -> list[Floats]:
    return [Box(a, b, c, d).corners() for a, b, c, d in zip(left, top, right, bottom, strict=True)]


def _draw_line(frame: Frame, line: Line) -> None:
    x, y = frame.x(np.arange(len(line.values))), frame.y(line.values)
    curves = [_curve(x[a:b], y[a:b]) for a, b in _runs(np.isfinite(line.values))]
    if line.is_filled:
        floor = frame.box.bottom
        areas = [np.concatenate([[[c[0, 0], floor]], c, [[c[-1, 0], floor]]]) for c in curves]
        frame.canvas.shapes(areas, line.ink, alpha=0.10, clip=frame.box)
    frame.canvas.lines(curves, line.ink, 1.3, dash=(4.0, 2.0) if line.is_dashed else None, clip=frame.box)
    for curve in curves:
        ends = np.sort(np.column_stack([curve[:-1, 1], curve[1:, 1]]), axis=1)
        frame.room.take(np.column_stack([curve[:-1, 0], ends[:, 0] - 1, curve[1:, 0], ends[:, 1] + 1]))


def _runs(known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches without a gap, as starts and stops."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _curve(x: Floats, y: Floats) -> Floats:
    """Return a stretch as a curve: at most the lowest and highest point of each unit of width, which is all the eye can tell apart.

    A lone value is a short dash.
    """
    if len(x) == 1:
        return rule(x[0] - DASH, y[0], x[0] + DASH, y[0])
    if len(x) > 2 * (x[-1] - x[0]) + 2:
        chosen = np.unique([k for a, b in _buckets(x) for k in (a + y[a:b].argmin(), a + y[a:b].argmax())])
        x, y = x[chosen], y[chosen]
    return np.column_stack([x, y])


def _buckets(x: Floats, width: float = 1.0) -> Iterator[tuple[int, int]]:
    """Yield starts and stops of what falls into the same stretch of the page."""
    starts = np.flatnonzero(np.diff(np.floor(x / width), prepend=-np.inf))
    yield from zip(starts.tolist(), [*starts[1:].tolist(), len(x)], strict=True)


def _draw_columns(frame: Frame, columns: Columns) -> None:
    known = np.flatnonzero(np.isfinite(columns.values))
    if not len(known):
        return
    known = _tallest(known, columns, frame)
    values, is_quiet = columns.values[known], np.full(len(known), columns.is_quiet or columns.is_last_bold)
    is_quiet[-1] = columns.is_quiet
    rises = values >= 0 if columns.rising is None else columns.rising[known]
    x, y, zero = frame.x(known), frame.y(values), float(frame.y(0.0))
    half = max(min(frame.step * columns.span * BODY, WIDEST_COLUMN) / 2, 0.5)
    for ink, chosen in (("up", rises), ("down", ~rises)):
        for prefix, loud in (("quiet_", is_quiet), ("", ~is_quiet)):
            at, tops = x[chosen & loud], y[chosen & loud]
            boxes = _boxes(at - half, np.minimum(tops, zero), at + half, np.maximum(tops, zero))
            frame.canvas.shapes(boxes, f"{prefix}{ink}", clip=frame.box)
    if columns.is_last_bold:
        _tell_last(frame, float(values[-1]), float(x[-1]), float(y[-1]))


def _tallest(known: NDArray[np.intp], columns: Columns, frame: Frame) -> NDArray[np.intp]:
    """Return the places of columns to draw: where they would cover one another, the tallest and always the last."""
    if frame.step * columns.span >= 1.0:
        return known
    height = np.abs(columns.values[known])
    tallest = [a + int(height[a:b].argmax()) for a, b in _buckets(frame.x(known), 2.0)]
    return np.unique(np.append(known[tallest], known[-1]))


def _tell_last(frame: Frame, value: float, x: float, y: float) -> None:
    words, size = frame.pane.format(value), frame.look.size
    width = text_width(words, size, is_bold=True)
    x = min(x, frame.box.right - width / 2)
    baseline = y - 3.0 if value >= 0 else y + size
    baseline = min(max(baseline, frame.box.top + size), frame.box.bottom - 1.0)
    frame.canvas.text(
        words, x, baseline, "up" if value >= 0 else "down", size, is_bold=True, anchor="middle", has_halo=True
    )
    frame.room.write(Box(x - width / 2, baseline - size, x + width / 2, baseline))
