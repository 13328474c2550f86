"""Rows beside a pane: each price in a line of its own, joined to its height, with its shares as bars."""

from __future__ import annotations

from crosscurrent.charts.spec import Pane, Row
from crosscurrent.publish.canvas import Box, rule, text_width
from crosscurrent.publish.frame import Frame, Look
from crosscurrent.publish.labels import spread

__all__ = ["head_height", "rows_width", "write_rows"]

SHARE_OF_PAGE, SHARE_OF_NARROW = 0.74, 0.88
"""How much of the page rows take from a pane that has them."""
LEADER, GAP = 20.0, 6.0
BAR = 2.6
"""How wide a bar is, in letters' sizes; a narrow page has none."""
HEAD = 0.25
"""By how much the heads of columns are smaller than the words."""
MOST_LINES = 2
LEAST = 0.005
"""A smaller share is told as less than a hundredth: it is not nothing."""


def rows_width(look: Look) -> float:
    """Return how wide the strip right of a pane with rows is."""
    return look.width * (SHARE_OF_NARROW if look.is_stacked else SHARE_OF_PAGE)


def head_height(look: Look) -> float:
    """Return how high the strip above a pane with rows is, where their columns are named."""
    return look.size * (3.4 if look.is_stacked else 2.0)


def write_rows(frame: Frame, right: float) -> None:
    """Write the rows highest first, moved apart where they would touch, each joined to its price by a hair."""
    look, box, pane = frame.look, frame.box, frame.pane
    height = MOST_LINES * (look.size + 1.0) + 3.0
    wanted = [min(max(float(frame.y(row.value)), box.top), box.bottom) for row in pane.rows]
    centres = spread(wanted, height, box.top, box.bottom)
    places = _Places(pane, look, box.right, right)
    places.head(frame)
    for row, y, centre in zip(pane.rows, wanted, centres, strict=True):
        _join(frame, row, y, centre)
        _write(frame, row, centre, places)


class _Places:
    """Where the parts of a row begin and end, across."""

    def __init__(self, pane: Pane, look: Look, left: float, right: float) -> None:
        tags, prices = ([text_width(words, look.size, is_bold=True) for words in column] for column in (
            [row.tag for row in pane.rows], [pane.format(row.value) for row in pane.rows]))  # fmt: skip
        self.tag = left + LEADER
        self.price = self.tag + max(tags) + GAP
        self.words = self.price + max(prices) + GAP * 1.5
        self.bar = 0.0 if look.is_stacked else BAR * look.size
        width = self.bar + text_width("100%", look.size)
        if not look.is_stacked:
            width = max([width, *(text_width(words, look.size - HEAD) for words in pane.columns)])
        self.ends = [right - (len(pane.columns) - 1 - k) * (width + GAP * 1.5) for k in range(len(pane.columns))]
        self.end = min([end - width for end in self.ends], default=right) - GAP
        self.width = width

    def head(self, frame: Frame) -> None:
        """Write what the columns of shares are called, one above the other where they stand close."""
        size, lift = frame.look.size - HEAD, 1.4
        for end, words in zip(reversed(self.ends), reversed(frame.pane.columns), strict=True):
            frame.canvas.text(words, end, frame.box.top - size * lift, "muted", size, anchor="end")
            lift += 1.2 * frame.look.is_stacked


def _join(frame: Frame, row: Row, y: float, centre: float) -> None:
    """Draw the price's height through the pane, and from there to its row."""
    box, is_shelf = frame.box, row.tag[:1].isalpha()
    if is_shelf and not row.is_last and frame.low <= row.value <= frame.high:
        frame.canvas.lines([rule(box.left, y, box.right, y)], row.ink, 0.7, dash=(4.0, 2.5), alpha=0.7, clip=box)
    knee = box.right + LEADER * 0.35
    path = [rule(box.right - 3.0, y, knee, y), rule(knee, y, box.right + LEADER - 3.0, centre)]
    frame.canvas.lines(path, row.ink, 0.8)


def _write(frame: Frame, row: Row, centre: float, places: _Places) -> None:
    look, canvas = frame.look, frame.canvas
    size, price = look.size, frame.pane.format(row.value)
    baseline = centre + size * 0.36
    if row.is_last:
        half = size * 0.5 + 4.0
        tag = Box(places.tag - 4.0, centre - half, places.words - GAP * 0.5, centre + half)
        canvas.shapes([tag.corners()], row.ink)
    ink = "on_tag" if row.is_last else row.ink
    canvas.text(row.tag, places.tag, baseline, ink, size, is_bold=True)
    canvas.text(
        price, places.words - GAP * 1.5, baseline, ink if row.is_last else "text", size, is_bold=True, anchor="end"
    )
    lines = _cut(row.words, size, places.end - places.words)
    for k, words in enumerate(lines):
        lowered = (k - (len(lines) - 1) / 2) * (size + 1.0)
        canvas.text(words, places.words, baseline + lowered, "text" if k == 0 else "muted", size)
    for end, share in zip(places.ends, row.shares, strict=False):
        _share(frame, end, centre, share, places)


def _cut(words: str, size: float, width: float) -> list[str]:
    """Return words in at most two lines; what does not fit gives way to an ellipsis."""
    lines: list[str] = []
    for word in words.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        elif len(lines) < MOST_LINES:
            lines.append(word)
        else:
            return [*lines[:-1], _shortened(lines[-1], size, width)]
    return lines


def _shortened(line: str, size: float, width: float) -> str:
    while line and text_width(f"{line} …", size) > width:
        line = line.rpartition(" ")[0]
    return f"{line.rstrip(';,')} …"


def _share(frame: Frame, end: float, centre: float, share: float, places: _Places) -> None:
    size, left = frame.look.size, end - places.width
    if places.bar:
        room = Box(left, centre - size * 0.32, left + places.bar, centre + size * 0.32)
        filled = Box(room.left, room.top, room.left + max(share * room.width, 0.5), room.bottom)
        frame.canvas.shapes([room.corners()], "grid")
        frame.canvas.shapes([filled.corners()], "shade")
    words = f"{share:.0%}" if share >= LEAST else "<1%"
    frame.canvas.text(words, end, centre + size * 0.36, "text", size, anchor="end")
