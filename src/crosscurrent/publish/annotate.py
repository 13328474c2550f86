"""How marks are drawn: levels as bands, lines with their continuation, patterns, and single bars pointed at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from crosscurrent.facts.marks import Band, Point, Segment
from crosscurrent.publish.canvas import Box, text_width
from crosscurrent.publish.frame import Frame

__all__ = ["draw_marks_above", "draw_marks_below", "is_pattern"]

PATTERNS = (
    "wedge", "triangle", "channel", "flag", "pennant", "rectangle", "double", "triple", "head", "neckline", "pattern",
)  # fmt: skip
MOST_BANDS, MOST_SEGMENTS, MOST_POINTS = 6, 10, 8


def is_pattern(role: str) -> bool:
    """Whether a mark's role names a chart pattern, which is drawn in a colour of its own."""
    return any(word in role for word in PATTERNS)


def draw_marks_below(frame: Frame) -> None:
    """Draw what lies behind the price: levels, and the inside of patterns."""
    for band in _of(frame, Band)[:MOST_BANDS]:
        _draw_band(frame, band)
    patterns = [s for s in _of(frame, Segment)[:MOST_SEGMENTS] if is_pattern(s.role)]
    for upper, lower in combinations(patterns, 2):
        if upper.role == lower.role and _overlap(frame, upper, lower):
            frame.canvas.shapes([_between(frame, upper, lower)], "pattern", alpha=0.08, clip=frame.box)


def draw_marks_above(frame: Frame) -> None:
    """Draw what lies over the price: lines and points; then the words, where they cover least."""
    segments, points = _of(frame, Segment)[:MOST_SEGMENTS], _of(frame, Point)[:MOST_POINTS]
    for segment in segments:
        _draw_segment(frame, segment)
    for point in points:
        _draw_point(frame, point)
    _name_segments(frame, segments)
    for band in _of(frame, Band)[:MOST_BANDS]:
        _name(frame, band.label, "level", _beside_band(frame, band))


def _of(frame: Frame, kind: type) -> list:
    return [mark for mark in frame.pane.marks if isinstance(mark, kind)]


def _draw_band(frame: Frame, band: Band) -> None:
    left, right = max(frame.x_of(band.start), frame.box.left), frame.box.right
    top, bottom = sorted(float(v) for v in frame.y(np.array([band.low, band.high])))
    if bottom - top > 1.0:
        sides = np.array(((left, top), (right, top), (right, bottom), (left, bottom)))
        frame.canvas.shapes([sides], "level", alpha=0.16, clip=frame.box)
    middle = (top + bottom) / 2
    frame.canvas.lines([np.array(((left, middle), (right, middle)))], "level", 0.9, clip=frame.box)


def _draw_segment(frame: Frame, segment: Segment) -> None:
    ink, width = ("pattern", 1.5) if is_pattern(segment.role) else ("line", 1.2)
    ends = _ends(frame, segment)
    frame.canvas.lines([ends], ink, width, clip=frame.box)
    if segment.extends and frame.box.right > ends[1, 0]:
        onward = np.array((ends[1], (frame.box.right, _height_at(ends, frame.box.right))))
        frame.canvas.lines([onward], ink, width, dash=(3.0, 2.5), clip=frame.box)


def _ends(frame: Frame, segment: Segment) -> np.ndarray:
    y = frame.y(np.array([segment.start_price, segment.end_price]))
    return np.column_stack([[frame.x_of(segment.start), frame.x_of(segment.end)], y])


def _height_at(ends: np.ndarray, x: float) -> float:
    (x0, y0), (x1, y1) = ends
    return float(y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0))


def _overlap(frame: Frame, one: Segment, other: Segment) -> bool:
    return max(one.start, other.start) < min(one.end, other.end)


def _between(frame: Frame, one: Segment, other: Segment) -> np.ndarray:
    """Return the area between two lines, over the sessions that both span."""
    a, b = _ends(frame, one), _ends(frame, other)
    left, right = max(a[0, 0], b[0, 0]), min(a[1, 0], b[1, 0])
    return np.array(
        (
            (left, _height_at(a, left)),
            (right, _height_at(a, right)),
            (right, _height_at(b, right)),
            (left, _height_at(b, left)),
        )
    )


def _draw_point(frame: Frame, point: Point) -> None:
    """Point at a bar from outside it: from above at its upper half, from below at its lower; on a curve, with a ring."""
    x, y = frame.x_of(point.at), float(frame.y(point.price))
    place, candles = int(frame.panel.place_of(point.at)), frame.pane.candles
    if not frame.box.left <= x <= frame.box.right:
        return
    if candles is None or not 0 <= place < len(candles.close):
        angles = np.linspace(0.0, 2 * np.pi, 17)[:-1]
        frame.canvas.shapes(
            [np.column_stack([x + 2.6 * np.cos(angles), y + 2.6 * np.sin(angles)])], "surface", "line", 1.1
        )
        side, edge = (-1, y - 3.0) if y > frame.box.top + frame.box.height * 0.3 else (1, y + 3.0)
    else:
        high, low = float(candles.high[place]), float(candles.low[place])
        is_above = point.price >= (high + low) / 2
        side, edge = (-1, float(frame.y(high)) - 3.0) if is_above else (1, float(frame.y(low)) + 3.0)
        frame.canvas.shapes([np.array(((x, edge), (x - 3.2, edge + side * 5.0), (x + 3.2, edge + side * 5.0)))], "line")
        edge += side * 5.0
    _name(frame, _words(point), "line", _around(frame, _words(point), x, edge, side))


def _words(point: Point) -> str:
    return (point.label or point.role).replace("_", " ")


def _around(frame: Frame, words: str, x: float, edge: float, side: int) -> list[Box]:
    """Return places for words beyond a marker: farther and farther out, centred, then to either side."""
    width, height = text_width(words, frame.look.size), frame.look.size
    tops = [edge - 2.0 - height - k * 5.0 if side < 0 else edge + 2.0 + k * 5.0 for k in range(6)]
    lefts = (x - width / 2, x - width - 2.0, x + 2.0)
    return [Box(left, top, left + width, top + height) for top in tops for left in lefts]


def _name_segments(frame: Frame, segments: Sequence[Segment]) -> None:
    """Name lines once each: the two lines of one pattern share a name."""
    named: set[str] = set()
    for segment in segments:
        words = segment.label.replace("_", " ")
        if words in named:
            continue
        named.add(words)
        _name(frame, words, "pattern" if is_pattern(segment.role) else "line", _along(frame, segment, words))


def _along(frame: Frame, segment: Segment, words: str) -> list[Box]:
    """Return places for words along a line: above and below it, from its start to its end."""
    ends, width, height = _ends(frame, segment), text_width(words, frame.look.size), frame.look.size
    left, right = max(ends[0, 0], frame.box.left), min(ends[1, 0], frame.box.right)
    found = []
    for share in (0.5, 0.3, 0.7, 0.1, 0.9, 0.0, 1.0):
        x = min(max(left + share * (right - left) - width / 2, frame.box.left + 1.0), frame.box.right - width - 1.0)
        heights = (_height_at(ends, x), _height_at(ends, x + width))
        found += [Box(x, min(heights) - height - 3.0, x + width, min(heights) - 3.0)]
        found += [Box(x, max(heights) + 3.0, x + width, max(heights) + 3.0 + height)]
    return found


def _beside_band(frame: Frame, band: Band) -> list[Box]:
    width, height = text_width(band.label, frame.look.size), frame.look.size
    top, bottom = sorted(float(v) for v in frame.y(np.array([band.low, band.high])))
    left = max(frame.x_of(band.start), frame.box.left) + 3.0
    right = frame.box.right - width - 3.0
    lefts = [left + share * (right - left) for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)] if right > left else [right]
    return [Box(x, y, x + width, y + height) for x in lefts for y in (top - height - 2.0, bottom + 2.0)]


def _name(frame: Frame, words: str, ink: str, candidates: Iterable[Box]) -> None:
    if not words:
        return
    box = frame.room.best(list(candidates))
    if box is not None:
        frame.room.write(box)
        frame.canvas.text(words, box.left, box.bottom - frame.look.size * 0.2, ink, frame.look.size, has_halo=True)
