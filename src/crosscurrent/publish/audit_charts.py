"""The chart of a claim: the market until the session it was judged on, with what was claimed marked on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crosscurrent.audit.bench import Bench
from crosscurrent.audit.verdicts import Verdict
from crosscurrent.charts.market import market_chart
from crosscurrent.charts.spec import Chart
from crosscurrent.errors import CrosscurrentError

__all__ = ["claim_chart"]

SESSIONS = 110
PAIRED = 60
"""Sessions of each of two markets that a claim compares."""


def claim_chart(verdict: Verdict, bench: Bench, number: int) -> Chart | None:
    """Return the chart of a claim, None when no market of it has bars for its day.

    A setup is drawn until it ended, because its outcome is what is claimed; everything else until the session of the claim.
    """
    name, last = f"claim-{number:03d}", verdict.measured.get("left") or verdict.session
    try:
        drawn = [
            _market(verdict, bench, market, np.datetime64(str(last), "D"), name)
            for market in verdict.markets[:2]
            if last
        ]
    except CrosscurrentError:
        return None
    if not drawn:
        return None
    return drawn[0] if len(drawn) == 1 else _beside(drawn, name)


def _market(verdict: Verdict, bench: Bench, market: str, day: np.datetime64, name: str) -> Chart:
    is_pair = len(verdict.markets) > 1
    interval = "1d" if is_pair else verdict.interval
    bars, free = (bench.bars(market, day, basis, interval) for basis in ("traded", "adjusted"))
    rolls = free if free.basis == "adjusted" and len(free) == len(bars) else None
    marks = () if is_pair else verdict.marks
    return market_chart(bars, marks, adjusted=rolls, sessions=PAIRED if is_pair else SESSIONS, name=name)


def _beside(drawn: list[Chart], name: str) -> Chart:
    """Return two markets beside one another, their prices alone."""
    panels = tuple(
        replace(panel, panes=panel.panes[:1], title=chart.title) for chart in drawn for panel in chart.panels
    )
    return Chart(name, " and ".join(chart.title for chart in drawn), panels, alt=" ".join(chart.alt for chart in drawn))
