"""A pane's frame on the page: from sessions and values to places on the page, and what room is still free in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.charts.spec import Pane, Panel
from crosscurrent.publish.canvas import Box, Canvas

__all__ = ["Frame", "Look", "Room"]

BESIDE = 3.0
Numbers = Floats | NDArray[np.integer] | float


@dataclass(frozen=True, slots=True)
class Look:
    """The sizes of one page width, in units of the page."""

    width: float
    pane: float
    size: float
    title: float
    is_stacked: bool
    least_step: float
    points: int


class Room:
    """What is taken inside a pane, so that words find a place beside the candles."""

    def __init__(self, within: Box) -> None:
        self.within = within
        self._taken = np.empty((0, 4))
        self._words = np.empty((0, 4))

    def take(self, sides: Floats) -> None:
        """Mark rectangles, rows of left, top, right, bottom, as drawn on."""
        self._taken = np.concatenate([self._taken, sides])

    def write(self, box: Box) -> None:
        """Mark a rectangle as written on, over which and close beside which nothing else may be written."""
        self._words = np.concatenate(
            [self._words, [[box.left - BESIDE, box.top - 0.5, box.right + BESIDE, box.bottom + 0.5]]]
        )

    def is_unwritten(self, box: Box) -> bool:
        """Whether no words stand in a rectangle."""
        return not _meets(self._words, box)

    def best(self, candidates: Sequence[Box]) -> Box | None:
        """Return the candidate over the fewest strokes, the first of equals; None when each covers words or leaves the pane."""
        open_ = [box for box in candidates if self._is_inside(box) and not _meets(self._words, box)]
        return min(open_, key=lambda box: _meets(self._taken, box), default=None)

    def _is_inside(self, box: Box) -> bool:
        room = self.within
        return box.left >= room.left and box.right <= room.right and box.top >= room.top and box.bottom <= room.bottom


def _meets(sides: Floats, box: Box) -> int:
    across = (sides[:, 0] < box.right) & (sides[:, 2] > box.left)
    return int(np.count_nonzero(across & (sides[:, 1] < box.bottom) & (sides[:, 3] > box.top)))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where one pane stands and how its values become places."""

    canvas: Canvas
    look: Look
    panel: Panel
    pane: Pane
    box: Box
    low: float
    high: float
    room: Room = field(compare=False)

    @property
    def step(self) -> float:
        """The width of a session."""
        return self.box.width / (len(self.panel.sessions) + self.panel.ahead)

    def x(self, places: Numbers) -> Floats:
        """Return the middle of sessions' columns, by place."""
        return self.box.left + (np.asarray(places, float) + 0.5) * self.step

    def y(self, values: Numbers) -> Floats:
        """Return the heights of values, kept within a page's length beyond the pane so that no coordinate overflows."""
        share = (np.asarray(values, float) - self.low) / (self.high - self.low)
        return np.clip(self.box.bottom - share * self.box.height, self.box.top - 2000.0, self.box.bottom + 2000.0)

    def x_of(self, day: np.datetime64) -> float:
        """Return the place of a day."""
        return float(self.x(self.panel.place_of(day)))

    @property
    def last_x(self) -> float:
        """Where the last session stands."""
        return float(self.x(len(self.panel.sessions) - 1))
