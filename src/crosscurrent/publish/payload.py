"""A chart that can be explored, as JSON for the page's script: columns, marks by place, and how its numbers are written."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.charts.explored import Beside, Explored
from crosscurrent.charts.spec import Candles, Chart, Columns, Pane, Panel, Series, mark_name
from crosscurrent.facts.marks import Band, Mark, Point, Segment
from crosscurrent.publish.annotate import segments_of, stroke_of
from crosscurrent.setups.ladder import Rung
from crosscurrent.units import Notation

__all__ = ["payload", "payload_json"]

AHEAD = 8
"""Sessions of room right of the last one, in which lines go on."""
BANDS, POINTS = 6, 12
DIGITS = 9
"""Significant digits of a price: enough for every tick there is; what is computed gets four fewer."""


def payload(chart: Chart) -> dict[str, Any] | None:
    """Return what `chart.js` draws from, None for a chart that may not carry its bars.

    A place is a session's number in its interval, counted from zero, and may lie beyond either end; what is undefined is null.
    """
    held = chart.explored
    if held is None:
        return None
    return {
        "name": chart.name,
        "title": chart.title,
        "shown": held.shown,
        "notation": _notation(held.days.panes[0].notation),
        "quoted": held.days.panes[0].unit,
        "intervals": {"day": _interval(held.days, 1), "week": _interval(held.weeks, 5)},
        "beside": [_beside(other, held) for other in held.beside],
        "rungs": [_rung(rung) for rung in held.rungs],
    }


def payload_json(found: dict[str, Any]) -> str:
    """Return the payload as text that may stand inside a `<script>` of data: no tag can begin in it."""
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _notation(notation: Notation) -> dict[str, Any]:
    return {"tick": notation.tick, "digits": notation.digits, "parts": notation.parts}


def _interval(panel: Panel, days_a_bar: int) -> dict[str, Any]:
    return {
        "sessions": [str(day) for day in panel.sessions.astype("datetime64[D]")],
        "ahead": [str(day) for day in _ahead(panel, days_a_bar)],
        "rolls": list(panel.rolls),
        "panes": [_pane(pane, panel) for pane in panel.panes],
    }


def _ahead(panel: Panel, days_a_bar: int) -> list[np.datetime64]:
    """Return weekdays to come, so that a line has somewhere to go; whether they are sessions is not claimed."""
    last = panel.sessions[-1].astype("datetime64[D]")
    return [np.busday_offset(last, days_a_bar * k, roll="forward") for k in range(1, AHEAD + 1)]


def _pane(pane: Pane, panel: Panel) -> dict[str, Any]:
    return {
        "key": pane.key,
        "share": pane.share,
        "unit": pane.unit,
        "series": [_series(series, pane) for series in pane.series],
        "guides": [{"value": guide.value, "label": guide.label} for guide in pane.guides],
        "marks": [_mark(mark, pane, panel) for mark in _drawn(pane)],
    }


def _series(series: Series, pane: Pane) -> dict[str, Any]:
    if isinstance(series, Candles):
        columns = {name: _column(getattr(series, name), DIGITS) for name in ("open", "high", "low", "close")}
        return {"type": "candles", "label": series.label, **columns}
    is_price = pane.key == "price"
    told = {"label": series.label, "values": _column(series.values, DIGITS if is_price else DIGITS - 4)}
    if isinstance(series, Columns):
        rising = series.values >= 0 if series.rising is None else series.rising
        return {"type": "columns", "rising": "".join("1" if up else "0" for up in rising), **told}
    return {"type": "line", "ink": series.ink, **told}


def _column(values: Floats, digits: int) -> list[float | None]:
    return [_rounded(float(value), digits) for value in values]


def _rounded(value: float, digits: int = DIGITS) -> float | int | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if short.is_integer() else short


def _drawn(pane: Pane) -> list[Mark]:
    """Return the marks that are drawn, by the same choice as on the printed chart."""
    bands = [mark for mark in pane.marks if isinstance(mark, Band)][:BANDS]
    points = [mark for mark in pane.marks if isinstance(mark, Point) and mark.label][:POINTS]
    return [*bands, *segments_of(pane), *points]


def _mark(mark: Mark, pane: Pane, panel: Panel) -> dict[str, Any]:
    if isinstance(mark, Band):
        place = _rounded(panel.place_of(mark.start))
        return {
            "type": "band",
            "from": place,
            "low": _rounded(mark.low),
            "high": _rounded(mark.high),
            "label": mark_name(mark),
        }
    if isinstance(mark, Point):
        return {
            "type": "point",
            "at": _rounded(panel.place_of(mark.at)),
            "value": _rounded(mark.price),
            "label": mark_name(mark),
        }
    assert isinstance(mark, Segment)
    ink, width, dash = stroke_of(mark)
    ends = [
        [_rounded(panel.place_of(day)), _rounded(value)]
        for day, value in ((mark.start, mark.start_price), (mark.end, mark.end_price))
    ]
    return {"type": "line", "ends": ends, "extends": mark.extends or mark.role == "target", "ink": ink, "width": width,
            "dashed": dash is not None, "label": mark_name(mark)}  # fmt: skip


def _beside(other: Beside, held: Explored) -> dict[str, Any]:
    columns = {"day": _column(other.days, DIGITS), "week": _column(other.weeks, DIGITS)}
    assert len(columns["day"]) == len(held.days.sessions), "a market beside has a place for each session of the chart"
    return {"name": other.name, "notation": _notation(other.notation), **columns}


def _rung(rung: Rung) -> dict[str, Any]:
    chance = round(rung.probability_next, 4)
    return {"price": _rounded(rung.price), "words": rung.trigger.consequence, "chance": chance}
