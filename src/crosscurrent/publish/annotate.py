"""How marks are drawn: levels as bands, lines with their continuation, patterns, and single bars pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.charts.spec import Pane, mark_name
from crosscurrent.facts.marks import Band, Mark, Point, Segment
from crosscurrent.publish.canvas import Box, disc, rule, text_width
from crosscurrent.publish.frame import Frame

__all__ = ["bands_of", "draw_marks_above", "draw_marks_below", "is_pattern", "segments_of", "stroke_of", "targets_of"]

PATTERNS = (
    "wedge", "triangle", "channel", "flag", "pennant", "rectangle", "double", "triple", "shoulders", "neckline", "pattern",
)  # fmt: skip
LINES = ("line", "resistance", "support", "trendline", "")
MOST_BANDS, MOST_LINES, MOST_PATTERNS, MOST_HAIRS, MOST_TOUCHES = 6, 6, 2, 6, 24
SELF_EVIDENT = ("level", "trendline", "rsi_trendline", "RSI trendline")
"""What is seen to be so needs no words; words are for what became of it."""
FAR = 9.0
"""Words farther than this from what they name are joined to it by a hair."""


def is_pattern(mark: Segment) -> bool:
    """Whether a line belongs to a chart pattern, which is drawn in a colour of its own."""
    return any(word in mark.role or word in mark.label for word in PATTERNS)


def draw_marks_below(frame: Frame) -> None:
    """Draw what lies behind the price: levels, and the inside of patterns."""
    for band in bands_of(frame):
        _draw_band(frame, band)
    patterns = [segment for segment in segments_of(frame.pane) if is_pattern(segment)]
    for one, other in combinations(patterns, 2):
        if one.label == other.label and max(one.start, other.start) < min(one.end, other.end):
            frame.canvas.shapes([_between(frame, one, other)], "pattern", alpha=0.07, clip=frame.box)


def draw_marks_above(frame: Frame) -> None:
    """Draw what lies over the price: lines and points; then the words, where they cover least."""
    for segment in segments_of(frame.pane):
        _draw_segment(frame, segment)
    points = [mark for mark in frame.pane.marks if isinstance(mark, Point) and _is_in_view(frame, mark)]
    for touch in [point for point in points if not point.label][:MOST_TOUCHES]:
        _draw_ring(frame, frame.x_of(touch.at), float(frame.y(touch.price)))
    _draw_points(frame, [point for point in points if point.label][: frame.look.points])
    _name_segments(frame, segments_of(frame.pane))
    for band in bands_of(frame):
        words = _words(band)
        _name(frame, words, "level", _beside_band(frame, band, words))


def bands_of(frame: Frame) -> list[Band]:
    """Return the levels that are drawn: the most important inside the scale; of two that overlap, the first."""
    kept: list[Band] = []
    for mark in frame.pane.marks:
        if not isinstance(mark, Band) or mark.low > frame.high or mark.high < frame.low:
            continue
        if not any(mark.low <= other.high and mark.high >= other.low for other in kept):
            kept.append(mark)
    return kept[:MOST_BANDS]


def targets_of(frame: Frame) -> list[Segment]:
    """Return the targets of patterns inside the scale, whose prices are told at the edge."""
    return [s for s in segments_of(frame.pane) if s.role == "target" and frame.low <= s.end_price <= frame.high]


def segments_of(pane: Pane) -> list[Segment]:
    """Return the lines that are drawn: of each sort the most important, because a chart with every line tells nothing."""
    lines = [mark for mark in pane.marks if isinstance(mark, Segment)]
    named = list(dict.fromkeys(line.label for line in lines if is_pattern(line)))[:MOST_PATTERNS]
    sorts: dict[str, list[Segment]] = {"pattern": [], "target": [], "line": [], "muted": []}
    for line in lines:
        sort = "target" if line.role == "target" else stroke_of(line)[0]
        sorts[sort].append(line)
    patterns = [line for line in sorts["pattern"] if line.label in named]
    return [*sorts["muted"][:MOST_HAIRS], *sorts["line"][:MOST_LINES], *patterns, *sorts["target"][:MOST_PATTERNS]]


def _draw_band(frame: Frame, band: Band) -> None:
    left, right = max(frame.x_of(band.start), frame.box.left), frame.box.right
    top, bottom = sorted(float(v) for v in frame.y(np.array([band.low, band.high])))
    if bottom - top > 1.0:
        sides = Box(left, top, right, bottom).corners()
        frame.canvas.shapes([sides], "level", alpha=0.13, clip=frame.box)
    middle = (top + bottom) / 2
    frame.canvas.lines([rule(left, middle, right, middle)], "level", 0.8, clip=frame.box)
    frame.room.take(np.array([[left, middle - 0.5, right, middle + 0.5]]))


def _draw_segment(frame: Frame, segment: Segment) -> None:
    ink, width, dash = stroke_of(segment)
    ends = _ends(frame, segment)
    if segment.role == "target":
        ends = np.array((ends[0], (frame.box.right, ends[1, 1])))
    frame.canvas.lines([ends], ink, width, dash=dash, clip=frame.box)
    frame.room.take(_along_line(ends))
    if segment.extends and frame.box.right > ends[1, 0]:
        onward = np.array((ends[1], (frame.box.right, _height_at(ends, frame.box.right))))
        frame.canvas.lines([onward], ink, width, dash=(3.0, 2.5), clip=frame.box)


def _along_line(ends: Floats) -> Floats:
    """Return small rectangles along a line, so that words keep off it."""
    knots = np.linspace(ends[0], ends[1], 17)
    sides = np.sort(np.stack([knots[:-1], knots[1:]]), axis=0)
    return np.column_stack([sides[0] - 0.5, sides[1] + 0.5])


def stroke_of(segment: Segment) -> tuple[str, float, tuple[float, float] | None]:
    """Return the ink, width and dash of a line: patterns stand out, lines are firm, what only joins bars is a hair."""
    if segment.role == "target":
        return "pattern", 1.0, (1.5, 2.5)
    if is_pattern(segment):
        return "pattern", 1.5, None
    return ("line", 1.2, None) if segment.role in LINES or segment.label else ("muted", 0.8, None)


def _ends(frame: Frame, segment: Segment) -> Floats:
    y = frame.y(np.array([segment.start_price, segment.end_price]))
    return np.column_stack([[frame.x_of(segment.start), frame.x_of(segment.end)], y])


def _height_at(ends: Floats, x: float) -> float:
    (x0, y0), (x1, y1) = ends
    return float(y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0))


def _between(frame: Frame, one: Segment, other: Segment) -> Floats:
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


def _is_in_view(frame: Frame, point: Point) -> bool:
    return frame.box.left <= frame.x_of(point.at) <= frame.box.right and frame.low <= point.price <= frame.high


def _draw_points(frame: Frame, points: Sequence[Point]) -> None:
    """Point at bars from outside: from above at the upper half, from below at the lower; what concerns one bar is told together."""
    told: dict[tuple[float, int, float], dict[str, None]] = {}
    for point in points:
        told.setdefault(_arrow(frame, point), {})[mark_name(point)] = None
    edges = [_draw_pointer(frame, *arrow) for arrow in told]
    for ((x, side, _), words), edge in zip(told.items(), edges, strict=True):
        _tell_point(frame, list(words), x, edge, side)


def _arrow(frame: Frame, point: Point) -> tuple[float, int, float]:
    """Return where a point's arrow stands: its x, its side (-1 above), its tip."""
    x, place, candles = frame.x_of(point.at), int(frame.panel.place_of(point.at)), frame.pane.candles
    if candles is None or not 0 <= place < len(candles.close):
        tip = float(frame.y(point.price))
        return x, -1 if tip > frame.box.top + frame.box.height * 0.3 else 1, tip
    high, low = float(candles.high[place]), float(candles.low[place])
    is_above = point.price >= (high + low) / 2
    return (x, -1, float(frame.y(high)) - 3.0) if is_above else (x, 1, float(frame.y(low)) + 3.0)


def _draw_pointer(frame: Frame, x: float, side: int, tip: float) -> float:
    """Draw an arrow beyond a candle, or a ring on a curve; return its outer edge."""
    if frame.pane.candles is None:
        _draw_ring(frame, x, tip)
        return tip + side * 3.0
    outer = tip + side * 5.0
    frame.canvas.shapes([np.array(((x, tip), (x - 3.2, outer), (x + 3.2, outer)))], "line", clip=frame.box)
    frame.room.write(Box(x - 3.2, min(tip, outer), x + 3.2, max(tip, outer)))
    return outer


def _tell_point(frame: Frame, lines: Sequence[str], x: float, edge: float, side: int) -> None:
    size = frame.look.size
    width, height = max(text_width(words, size) for words in lines), len(lines) * (size + 1.0)
    places = _around(frame, width, height, x, edge, side)
    box = frame.room.best([place for place in places if _is_reached(frame, place, x, edge, side)])
    if box is None:
        return
    frame.room.write(box)
    for k, words in enumerate(lines):
        baseline = box.top + (k + 1) * (size + 1.0) - size * 0.25
        left = box.left + (width - text_width(words, size)) / 2
        frame.canvas.text(words, left, baseline, "line", size, has_halo=True)
    near = box.bottom if side < 0 else box.top
    if abs(near - edge) > FAR:
        frame.canvas.lines([rule(x, edge + side, x, near - side)], "line", 0.6)
        frame.room.write(Box(x - 1.0, min(edge, near), x + 1.0, max(edge, near)))


def _is_reached(frame: Frame, box: Box, x: float, edge: float, side: int) -> bool:
    """Whether a hair from the marker to the words crosses no other words."""
    near = box.bottom if side < 0 else box.top
    top, bottom = sorted((edge + side, near - side))
    return bottom - top < FAR or frame.room.is_unwritten(Box(x - 1.0, top, x + 1.0, bottom))


def _draw_ring(frame: Frame, x: float, y: float) -> None:
    frame.canvas.shapes([disc(x, y, 2.3)], "surface", "line", 0.9, clip=frame.box)


def _around(frame: Frame, width: float, height: float, x: float, edge: float, side: int) -> list[Box]:
    """Return places for words beyond a marker: farther and farther out, centred, then to either side."""
    tops = [edge - 2.0 - height - k * 6.0 if side < 0 else edge + 2.0 + k * 6.0 for k in range(14)]
    room = frame.box.right - width
    lefts = dict.fromkeys(min(left, room) for left in (x - width / 2, x - width + 3.0, x - 3.0))
    return [Box(left, top, left + width, top + height) for top in tops for left in lefts]


def _name_segments(frame: Frame, segments: Sequence[Segment]) -> None:
    """Name lines once each: the two lines of one pattern share a name."""
    longest: dict[str, Segment] = {}
    for segment in segments:
        words = _words(segment)
        if words and (words not in longest or _seen(frame, segment) > _seen(frame, longest[words])):
            longest[words] = segment
    for words, segment in longest.items():
        _name(frame, words, stroke_of(segment)[0], _along(frame, segment, words))


def _seen(frame: Frame, segment: Segment) -> float:
    """Return how much of a line is in view, across."""
    return min(frame.x_of(segment.end), frame.box.right) - max(frame.x_of(segment.start), frame.box.left)


def _along(frame: Frame, segment: Segment, words: str) -> list[Box]:
    """Return places for words along a line: above and below it, from its start to its end."""
    ends, width, height = _ends(frame, segment), text_width(words, frame.look.size), frame.look.size
    left, right = max(ends[0, 0], frame.box.left), min(ends[1, 0], frame.box.right)
    found = []
    for away in (3.0, 14.0):
        for share in (0.5, 0.3, 0.7, 0.1, 0.9, 0.0, 1.0):
            x = min(max(left + share * (right - left) - width / 2, frame.box.left + 1.0), frame.box.right - width - 1.0)
            heights = (_height_at(ends, x), _height_at(ends, x + width))
            found.append(Box(x, min(heights) - height - away, x + width, min(heights) - away))
            found.append(Box(x, max(heights) + away, x + width, max(heights) + away + height))
    return found


def _words(mark: Mark) -> str:
    return "" if not mark.label or mark.label in SELF_EVIDENT else mark_name(mark)


def _beside_band(frame: Frame, band: Band, words: str) -> list[Box]:
    width, height = text_width(words, frame.look.size), frame.look.size
    top, bottom = sorted(float(v) for v in frame.y(np.array([band.low, band.high])))
    left = max(frame.x_of(band.start), frame.box.left) + 3.0
    right = frame.box.right - width - 3.0
    lefts = [left + share * (right - left) for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)] if right > left else [right]
    found = [Box(x, y, x + width, y + height) for x in lefts for y in (top - height - 2.0, bottom + 2.0)]
    middle = (top + bottom) / 2
    return [found[0], Box(left - width - 7.0, middle - height / 2, left - 7.0, middle + height / 2), *found[1:]]


def _name(frame: Frame, words: str, ink: str, candidates: Sequence[Box]) -> Box | None:
    """Write words at the best of the places offered; return where, or None where there is no room."""
    box = frame.room.best(candidates) if words else None
    if box is not None:
        frame.room.write(box)
        frame.canvas.text(words, box.left, box.bottom - frame.look.size * 0.2, ink, frame.look.size, has_halo=True)
    return box
