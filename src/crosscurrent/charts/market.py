"""One market's chart as a desk draws it: price with levels, lines and averages; volume, RSI and MACD beneath."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.charts.spec import (
    Candles,
    Chart,
    Columns,
    Guide,
    Ink,
    Line,
    Pane,
    Panel,
    Series,
    Shade,
    day_name,
    figure,
    mark_name,
)
from crosscurrent.facts.marks import Band, Mark, Point, Segment
from crosscurrent.indicators.averages import sma
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.indicators.volume import relative_volume

__all__ = ["market_chart"]

AVERAGES: tuple[tuple[int, Ink], ...] = ((50, "fast"), (200, "slow"))
VOLUME_NORM = 20
RSI_PERIOD = 14
RSI_GUIDES = (30.0, 50.0, 70.0)
FEWEST = 3
"""A momentum pane with fewer values than this shows nothing and is left out."""


@dataclass(frozen=True, slots=True)
class _View:
    """The sessions in view, and what to add to a price of the basis so that it is told in the current contract's prices."""

    bars: Bars
    start: int
    shift: float

    def cut(self, column: Floats) -> Floats:
        return column[self.start :]

    def prices(self, column: Floats) -> Floats:
        return column[self.start :] + self.shift


def market_chart(
    bars: Bars,
    marks: Iterable[Mark] = (),
    *,
    adjusted: Bars | None = None,
    sessions: int = 130,
    name: str = "",
    title: str = "",
    subtitle: str = "",
    caption: str = "",
    source: str = "",
) -> Chart:
    """Return the chart of one market's last sessions.

    Because a level or a line means nothing without the price that made it, everything stands on one time axis. Averages, RSI and
    MACD are computed on all of `bars` and then cut, so the left edge is no warm-up. A close-only series is a line; a pane
    without data (no volume, too few bars) is left out. `marks` are in prices of the current contract, the most important first;
    those that ended before the view, have no finite price, or bear the name of a pane that is not there, are left out. Adjusted
    bars are drawn in the current contract's prices.

    Parameters
    ----------
    bars
        The whole history known at the date of the note.
    adjusted
        The same market's adjusted bars, which know where its contract rolled; by default `bars` themselves.
    sessions
        How many of the last sessions are in view.
    name, title, subtitle, caption, source
        Words of the page. Empty ones are filled from the bars: their name, their last close, their basis.
    """
    view = _View(bars, max(len(bars) - sessions, 0), float(bars.shift[-1]) if len(bars) else 0.0)
    shown = tuple(_in_view(marks, view))
    panes = tuple(_with_marks(pane, shown) for pane in _panes(view))
    panel = Panel(bars.session[view.start :], panes, rolls=_rolls(view, adjusted))
    return Chart(
        name or f"market-{bars.market.lower()}", title or bars.instrument.name, (panel,), subtitle or _subtitle(view),
        caption, _alt(view, panes), source,
    )  # fmt: skip


def _rolls(view: _View, adjusted: Bars | None) -> tuple[int, ...]:
    """Return the places in view at which a new contract begins."""
    source = view.bars if adjusted is None else adjusted
    days = view.bars.session[view.start :]
    return tuple(np.flatnonzero(np.isin(days, source.session[source.rolled])).tolist())


def _panes(view: _View) -> Iterator[Pane]:
    yield _price_pane(view)
    if np.any(view.cut(view.bars.volume) > 0):
        yield _volume_pane(view)
    yield from _momentum_panes(view)


def _price_pane(view: _View) -> Pane:
    bars = view.bars
    series: list[Series] = [_price_series(view)]
    for period, ink in AVERAGES:
        values = view.prices(sma(bars.close, period))
        if np.any(np.isfinite(values)):
            series.append(Line(values, ink, f"{period}-{_bar(bars)} average"))
    return Pane("price", 1.0, tuple(series), unit=bars.instrument.quoted_as, notation=bars.instrument.notation)


def _bar(bars: Bars) -> str:
    return {"1d": "day", "1w": "week"}.get(bars.interval, "bar")


def _price_series(view: _View) -> Series:
    bars = view.bars
    if bars.is_close_only:
        return Line(view.prices(bars.close), "price", "Close")
    return Candles(view.prices(bars.open), view.prices(bars.high), view.prices(bars.low), view.prices(bars.close))


def _volume_pane(view: _View) -> Pane:
    volume, bars = view.cut(view.bars.volume), view.bars
    norm = view.cut(_norm(bars.volume))
    series: list[Series] = [Columns(volume, "Volume", view.cut(bars.close) >= view.cut(bars.open), is_quiet=True)]
    if np.any(np.isfinite(norm)):
        series.append(Line(norm, "norm", f"{VOLUME_NORM}-{_bar(bars)} norm", is_tagged=False))
    return Pane("volume", 0.2, tuple(series), unit="volume", limits=(0.0, 0.0))


def _norm(volume: Floats) -> Floats:
    """Return the volume that is one times its norm, NaN where that is unknown: the same norm by which a surge is told."""
    multiple = relative_volume(volume, VOLUME_NORM)
    norm = np.full(len(volume), np.nan)
    np.divide(volume, multiple, out=norm, where=multiple > 0)
    return norm


def _momentum_panes(view: _View) -> Iterator[Pane]:
    strength = view.cut(rsi(view.bars.close, RSI_PERIOD))
    if np.isfinite(strength).sum() >= FEWEST:
        guides = tuple(Guide(value, f"{value:.0f}") for value in RSI_GUIDES)
        shade = (Shade(RSI_GUIDES[0], RSI_GUIDES[-1]),)
        line = Line(strength, "momentum", f"RSI ({RSI_PERIOD})")
        yield Pane("rsi", 0.28, (line,), guides=guides, shades=shade, unit="index", limits=(24.0, 76.0))
    lead, average, histogram = (view.cut(column) for column in macd(view.bars.close))
    if np.isfinite(lead).sum() >= FEWEST:
        series = (
            Line(lead, "first", "MACD"),
            Line(average, "second", "Signal line"),
            Columns(histogram, "Histogram", is_quiet=True),
        )
        yield Pane("macd", 0.28, series, guides=(Guide(0.0),), unit="move", notation=view.bars.instrument.notation)


def _with_marks(pane: Pane, marks: Sequence[Mark]) -> Pane:
    return Pane(
        pane.key, pane.share, pane.series, tuple(m for m in marks if m.pane == pane.key), pane.guides, pane.shades, pane.title,
        pane.unit, pane.notation, pane.limits,
    )  # fmt: skip


def _in_view(marks: Iterable[Mark], view: _View) -> Iterator[Mark]:
    """Yield each mark once that reaches into the view; what ended before it would be drawn on the frame."""
    if not len(view.bars):
        return
    first = view.bars.session[view.start]
    for mark in dict.fromkeys(mark for mark in marks if _is_finite(mark)):
        if isinstance(mark, Band) or (isinstance(mark, Segment) and mark.extends) or _ended(mark) >= first:
            yield mark


def _is_finite(mark: Mark) -> bool:
    if isinstance(mark, Point):
        return math.isfinite(mark.price)
    ends = (mark.low, mark.high) if isinstance(mark, Band) else (mark.start_price, mark.end_price)
    return math.isfinite(ends[0]) and math.isfinite(ends[1])


def _ended(mark: Segment | Point) -> np.datetime64:
    return mark.at if isinstance(mark, Point) else mark.end


def _subtitle(view: _View) -> str:
    if not len(view.bars):
        return ""
    return f"{_kind_of_prices(view.bars)}; last {_last_close(view)} on {day_name(view.bars.session[-1])}"


def _kind_of_prices(bars: Bars) -> str:
    every = {"1d": "Daily", "1w": "Weekly"}.get(bars.interval, bars.interval)
    what = "yields" if bars.instrument.quoted_as == "yield" else "closes" if bars.is_close_only else "prices"
    return f"{every} {what}, {bars.basis} basis" if bars.instrument.is_future else f"{every} {what}"


def _last_close(view: _View) -> str:
    instrument = view.bars.instrument
    return figure(view.bars.close[-1] + view.shift, instrument.quoted_as, instrument.notation)


def _alt(view: _View, panes: Sequence[Pane]) -> str:
    """Return what the chart shows in words: the span, the last values, what is marked."""
    if not len(view.bars):
        return f"{view.bars.instrument.name}: no bars."
    days = view.bars.session[view.start :]
    told = [f"{view.bars.instrument.name}, {day_name(days[0])} to {day_name(days[-1])}, last {_last_close(view)}."]
    for pane in panes:
        values = [
            f"{s.label} {pane.format(s.values[-1])}" for s in pane.series if s.label and pane.format(s.values[-1])
        ]
        told.append(f"{', '.join(values)}." if values else "")
    named = dict.fromkeys(mark_name(m) for pane in panes for m in pane.marks if m.label)
    told.append(f"Marked: {', '.join(named)}." if named else "")
    return " ".join(sentence for sentence in told if sentence)
