"""Rates side by side: each over about a year, with its weekly change in basis points beneath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.bars.changes import change_between
from crosscurrent.charts.spec import Chart, Columns, Guide, Line, Pane, Panel, day_name, figure
from crosscurrent.intermarket.rarity import period_ends

__all__ = ["rates_chart", "weekly_changes"]

YEAR = np.timedelta64(370, "D")
"""A hole in a series must not stretch its panel over years."""
WEEK = 5.0
"""How many sessions wide a week's column is drawn."""


def rates_chart(
    rates: Sequence[Bars],
    *,
    sessions: int = 252,
    name: str = "rates",
    title: str = "",
    subtitle: str = "",
    caption: str = "",
    source: str = "",
    panel_titles: Iterable[str] = (),
) -> Chart:
    """Return rates beside one another, each with its weekly change beneath, because it is the size of a move that is news.

    Each panel keeps its own sessions: bond holidays differ from those of futures. A week's change is that from the last observation
    of the week before to its own last, weeks ending Friday, in basis points for a yield and in per cent for a price; the latest
    column stands out and bears its value. Series without bars are left out.

    Parameters
    ----------
    rates
        Implied rates and yields, as known at the date of the note.
    sessions
        How many of the last sessions of each are in view, none older than about a year.
    panel_titles
        A title for each of `rates`; by default the instruments' names.
    """
    titles = [*panel_titles, *(bars.instrument.name for bars in rates)][: len(rates)] if panel_titles else []
    titles = titles or [bars.instrument.name for bars in rates]
    panels = tuple(_panel(bars, words, sessions) for bars, words in zip(rates, titles, strict=True) if len(bars))
    return Chart(name, title, panels, subtitle, caption, _alt(panels), source)


def weekly_changes(bars: Bars) -> Floats:
    """Return the weekly change at each week's last session, NaN elsewhere and for the first week; shape (n,).

    The week of the last bar counts as it stands. In basis points for a yield, in per cent for a price.
    """
    found = np.full(len(bars), np.nan)
    for before, end in pairwise(period_ends(bars.session, "1w")):
        found[end] = change_between(bars, int(before), int(end))
    return found


def _panel(bars: Bars, title: str, sessions: int) -> Panel:
    start = max(len(bars) - sessions, int(np.searchsorted(bars.session, bars.session[-1] - YEAR)))
    is_yield = bars.instrument.quoted_as == "yield"
    rate = Line(bars.close[start:], "price", "Close", is_filled=True)
    change = Columns(
        weekly_changes(bars)[start:], f"Weekly change ({'bp' if is_yield else '%'})", span=WEEK, is_last_bold=True
    )
    panes = (
        Pane("price", 1.0, (rate,), unit=bars.instrument.quoted_as, notation=bars.instrument.notation),
        Pane("change", 0.55, (change,), guides=(Guide(0.0),), unit="bp" if is_yield else "pct"),
    )
    return Panel(bars.session[start:], panes, title, ahead=6.0)


def _alt(panels: Sequence[Panel]) -> str:
    return " ".join(_told(panel) for panel in panels)


def _told(panel: Panel) -> str:
    level, change = panel.panes
    moved = change.series[0].values
    known = moved[np.isfinite(moved)]
    unit = "basis points" if change.unit == "bp" else ""
    week = f", {figure(float(known[-1]), change.unit)} {unit}".rstrip() + " over the week" if len(known) else ""
    days = f"{day_name(panel.sessions[0])} to {day_name(panel.sessions[-1])}"
    return f"{panel.title}, {days}: last {level.format(level.series[0].values[-1])}{week}."
