"""What a chart is before anybody draws it: panels of panes, series, marks, and the words that go with them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.facts.marks import Band, Mark, Point, Segment
from crosscurrent.units import DECIMAL, Notation

if TYPE_CHECKING:
    from crosscurrent.charts.explored import Explored

__all__ = [
    "Candles", "Chart", "Columns", "Guide", "Ink", "Line", "Pane", "Panel", "Row", "Series", "Shade", "Unit", "day_name", "figure",
    "mark_name",
]  # fmt: skip

Ink = Literal[
    "text", "muted", "price", "up", "down", "fast", "slow", "momentum", "norm", "level", "line", "pattern", "first", "second"
]  # fmt: skip
"""What a stroke stands for; the theme decides its colour, so that a chart is the same data in light, dark and print."""

Unit = Literal["price", "yield", "bp", "pct", "volume", "index", "ratio", "move"]
"""What an axis counts; `move` is a difference of prices, such as a MACD."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """Opens, highs, lows and closes, each of shape (n,), one candle a session."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    label: str = "Close"

    @property
    def values(self) -> Floats:
        """The closes: what a table or a label tells of a candle."""
        return self.close


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve of shape (n,); NaN leaves a gap, so a warm-up is simply not drawn."""

    values: Floats
    ink: Ink
    label: str = ""
    is_filled: bool = False
    is_dashed: bool = False
    is_tagged: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns from zero, of shape (n,); NaN is no column.

    `rising` of shape (n,) says which are drawn in the colour of a rise; by default those above zero. `span` is a column's width in
    sessions, for weekly columns on a daily axis. With `is_last_bold` the latest stands out and bears its value.
    """

    values: Floats
    label: str = ""
    rising: NDArray[np.bool_] | None = None
    span: float = 1.0
    is_last_bold: bool = False
    is_quiet: bool = False
    is_tagged: bool = False


Series = Candles | Line | Columns


def _series_from(series: Series, start: int) -> Series:
    """Return a series without what came before a place."""
    columns = {f.name: getattr(series, f.name) for f in fields(series)}
    cut: dict[str, Any] = {name: column[start:] for name, column in columns.items() if isinstance(column, np.ndarray)}
    return replace(series, **cut)


@dataclass(frozen=True, slots=True)
class Guide:
    """A horizontal line that means something: zero, RSI 30 and 70."""

    value: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shade:
    """A horizontal stretch that means something: what chance alone produces, RSI between its guides."""

    low: float
    high: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A price told in a line of its own beside the pane: a tag, what happens there, and shares drawn as bars."""

    value: float
    tag: str
    words: str
    shares: tuple[float, ...] = ()
    ink: Ink = "muted"
    is_last: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """One vertical scale with what is drawn on it.

    Parameters
    ----------
    key
        Its name among the panes: `price`, `volume`, `rsi`, `macd` receive the marks that bear that name.
    share
        Its height against the other panes of the panel.
    series, marks, guides, shades
        What is drawn. Marks come with the most important first: where room is short, the last give way.
    unit, notation
        How a value is written.
    limits
        A range the scale must at least cover, where the unit has one of its own; None to fit what is drawn.
    rows, columns
        Prices told line by line right of the pane in place of its axis, highest first, and what their shares are called.
    """

    key: str
    share: float
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    guides: tuple[Guide, ...] = ()
    shades: tuple[Shade, ...] = ()
    title: str = ""
    unit: Unit = "price"
    notation: Notation = DECIMAL
    limits: tuple[float, float] | None = None
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()

    def format(self, value: float) -> str:
        """Return a value as this pane's axis writes it; an empty string for NaN and infinity, which are never written."""
        return figure(value, self.unit, self.notation)

    @property
    def candles(self) -> Candles | None:
        """The pane's candles, if it has any."""
        return next((s for s in self.series if isinstance(s, Candles)), None)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Panes above one another over the same sessions; x is a session's place, so that no weekend takes room.

    `rolls` are the places at which a new contract begins; `ahead` is the room right of the last session, in sessions.
    """

    sessions: Sessions
    panes: tuple[Pane, ...]
    title: str = ""
    rolls: tuple[int, ...] = ()
    ahead: float = 4.0

    def last(self, n: int) -> Panel:
        """Return the panel with its last `n` sessions; marks stay as they are, since they know their own sessions."""
        start = max(len(self.sessions) - max(n, 1), 0)
        panes = tuple(replace(pane, series=tuple(_series_from(s, start) for s in pane.series)) for pane in self.panes)
        return replace(
            self, sessions=self.sessions[start:], panes=panes, rolls=tuple(r - start for r in self.rolls if r >= start)
        )

    def place_of(self, day: np.datetime64) -> float:
        """Return a session's place on this panel: below zero when it came before, beyond the last when it lies ahead.

        A day between two sessions has the place of the later one; days outside are counted as weekdays from the nearest end.
        """
        day = day.astype("datetime64[D]")
        if not len(self.sessions):
            return 0.0
        if day > self.sessions[-1]:
            return len(self.sessions) - 1.0 + float(np.busday_count(self.sessions[-1].astype("datetime64[D]"), day))
        if day < self.sessions[0]:
            return -float(np.busday_count(day, self.sessions[0].astype("datetime64[D]")))
        return float(np.searchsorted(self.sessions, day))


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A chart as data: it can be checked, told to who cannot see it, and drawn in any width and theme.

    Parameters
    ----------
    name
        A short unique name; files and the ids inside the drawing bear it.
    panels
        Beside one another on a wide page, below one another on a narrow one.
    alt
        What the chart shows, in words, for who cannot see it.
    caption, source
        What is printed with it. All words come from whoever makes the chart: drawing adds none.
    explored
        What a page carries so that the chart can be explored; None where its bars may not be passed on.
    """

    name: str
    title: str
    panels: tuple[Panel, ...]
    subtitle: str = ""
    caption: str = ""
    alt: str = ""
    source: str = ""
    explored: Explored | None = None

    def table(self, last: int = 5) -> tuple[tuple[str, ...], ...]:
        """Return the chart as rows of text: for each panel a head, then its last sessions; then what is marked on it."""
        return tuple(
            row for panel in self.panels for row in (*_row_rows(panel), *_session_rows(panel, last), *_mark_rows(panel))
        )


def _row_rows(panel: Panel) -> Iterator[tuple[str, ...]]:
    for pane in panel.panes:
        if pane.rows:
            yield ("Price", "", *pane.columns, "What happens there")
        for row in pane.rows:
            shares = [f"{share:.0%}" for share in row.shares] or [""] * len(pane.columns)
            yield (pane.format(row.value), row.tag, *shares, row.words)


def _session_rows(panel: Panel, last: int) -> Iterator[tuple[str, ...]]:
    columns = [column for pane in panel.panes for column in _told_columns(pane)]
    yield (panel.title or "Session", *(name for name, _, _ in columns))
    for at in range(max(len(panel.sessions) - last, 0), len(panel.sessions)):
        yield (day_name(panel.sessions[at]), *(pane.format(values[at]) for _, values, pane in columns))


def _told_columns(pane: Pane) -> Iterator[tuple[str, Floats, Pane]]:
    for series in pane.series:
        if isinstance(series, Candles):
            for name in ("open", "high", "low", "close"):
                yield name.capitalize(), getattr(series, name), pane
        elif series.label:
            yield series.label, series.values, pane


def _mark_rows(panel: Panel) -> Iterator[tuple[str, ...]]:
    for pane in panel.panes:
        for mark in pane.marks:
            if mark.label:
                yield _told_mark(mark, pane)


def _told_mark(mark: Mark, pane: Pane) -> tuple[str, ...]:
    name = mark_name(mark)
    if isinstance(mark, Point):
        return name, day_name(mark.at), pane.format(mark.price)
    if isinstance(mark, Band):
        prices = dict.fromkeys((pane.format(mark.low), pane.format(mark.high)))
        return name, f"from {day_name(mark.start)}", " to ".join(prices)
    assert isinstance(mark, Segment)
    ends = ((mark.start, mark.start_price), (mark.end, mark.end_price))
    return name, *(f"{day_name(day)} {pane.format(price)}" for day, price in ends)


def mark_name(mark: Mark) -> str:
    """Return what a mark is called in words: its label, else its role, without the underscores of a kind."""
    words = (mark.label or mark.role).replace("_", " ").split(" ")
    return " ".join(word.upper() if word in ("rsi", "macd", "adx", "sar") else word for word in words)


def day_name(day: np.datetime64) -> str:
    """Return a day as the desk writes it, in no machine's own language."""
    year, month, number = str(day.astype("datetime64[D]")).rsplit("-", 2)
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"


def figure(value: float, unit: Unit, notation: Notation = DECIMAL) -> str:
    """Return a number as an axis writes it: short, with a true minus sign; an empty string when it is not finite."""
    if not math.isfinite(value):
        return ""
    return _WRITERS[unit](float(value), notation).replace("-", "−")


def _price(value: float, notation: Notation) -> str:
    text = notation.format(value, "chart")
    return f"{float(text):,.{notation.digits}f}" if not notation.parts and "," not in text else text


def _counted(value: float, notation: Notation) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}" if abs(value) < 999.5 * size else f"{value / size:,.0f}{letter}"
    return f"{value:.3g}"


def _move(value: float, notation: Notation) -> str:
    if abs(value) < 1e-4 * notation.tick:  # a difference that no price of this market can make is rounding
        return "0"
    digits = min(max(2 - math.floor(math.log10(abs(value))), 0), 8)
    return f"{value:,.{digits}f}"


_WRITERS = {
    "price": _price,
    "yield": lambda value, notation: f"{value:.2f}%",
    "bp": lambda value, notation: f"{value:+.0f}" if round(value) else "0",
    "pct": lambda value, notation: f"{value:+.1f}%",
    "volume": _counted,
    "index": lambda value, notation: f"{value:.0f}",
    "ratio": lambda value, notation: f"{value:.2f}",
    "move": _move,
}
