"""What a chart carries for a page on which it can be explored: a longer past, weeks, other markets beside it, the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.bars.resample import weekly
from crosscurrent.charts.market import market_chart
from crosscurrent.charts.spec import Chart, Panel
from crosscurrent.facts.marks import Mark
from crosscurrent.setups.ladder import Rung
from crosscurrent.units import Notation

__all__ = ["Beside", "Explored", "explored"]

DAYS, WEEKS = 520, 260
"""How far back the days and the weeks reach: two years and five."""


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Another market to compare with: its closes at the chart's own sessions, NaN where it did not trade."""

    name: str
    days: Floats
    weeks: Floats
    notation: Notation


@dataclass(frozen=True, slots=True, eq=False)
class Explored:
    """A chart's bars and what stands on them, by days and by weeks.

    It holds prices that can be read out of a page, so it is made only where the data's owner lets them be passed on.

    Parameters
    ----------
    days, weeks
        The same panes over a longer past; lines of indicators stand on the days alone.
    beside
        Markets to compare with.
    rungs
        What the next session's prices would mean, highest first.
    shown
        How many of the last sessions are in view at first.
    """

    days: Panel
    weeks: Panel
    beside: tuple[Beside, ...] = ()
    rungs: tuple[Rung, ...] = ()
    shown: int = 120


def explored(
    chart: Chart,
    bars: Bars,
    marks: Sequence[Mark],
    *,
    adjusted: Bars | None = None,
    beside: Iterable[Bars] = (),
    rungs: Iterable[Rung] = (),
) -> Chart:
    """Return the chart of a market with what a reader may explore; what is printed of it stays the same.

    Parameters as of `market_chart`; `beside` are the traded bars of other markets, without any bar after those of the chart.
    """
    days = market_chart(bars, marks, adjusted=adjusted, sessions=DAYS).panels[0]
    on_price = tuple(mark for mark in marks if mark.pane == "price")
    weeks = market_chart(weekly(bars), on_price, sessions=WEEKS).panels[0]
    others = tuple(
        Beside(
            other.instrument.name, _at(other, days.sessions), _by_week(other, weeks.sessions), other.instrument.notation
        )
        for other in beside
    )
    shown = len(chart.panels[0].sessions)
    return replace(chart, explored=Explored(days, weeks, others, tuple(rungs), shown))


def _at(bars: Bars, sessions: Sessions) -> Floats:
    """Return the closes of just these sessions, NaN where there is none."""
    places = np.searchsorted(bars.session, sessions, side="right") - 1
    is_there = (places >= 0) & (bars.session[places] == sessions)
    return np.where(is_there, bars.close[places] + bars.shift[places], np.nan)


def _by_week(bars: Bars, ends: Sessions) -> Floats:
    """Return the last close known at the end of each week, NaN where none of that week is."""
    places = np.searchsorted(bars.session, ends, side="right") - 1
    is_there = (places >= 0) & (bars.session[places] > ends - np.timedelta64(7, "D"))
    return np.where(is_there, bars.close[places] + bars.shift[places], np.nan)
