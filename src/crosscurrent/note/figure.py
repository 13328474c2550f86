"""One market's figure: its chart with what the text names, then the standing lines and levels."""

from __future__ import annotations

from collections.abc import Iterable

from crosscurrent.charts.explored import explored
from crosscurrent.charts.market import market_chart
from crosscurrent.charts.rolls import as_charted
from crosscurrent.charts.spec import Chart
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.names import slug
from crosscurrent.setups.ladder import Rung
from crosscurrent.structure.look import Look

__all__ = ["figure"]

CHART_LEVELS, CHART_LINES = 4, 3
RUNGS = 5
"""How many prices of the ladder stand at the edge of a chart, on either side of the close."""
DRAWN_ALREADY = ("average", "level_", "macd", "rsi")
"""Kinds whose marks say nothing that the panes and the standing levels do not."""


def figure(look: Look, told: Iterable[Fact], analysis: Analysis) -> Chart:
    """Return the market's chart: marks of the facts that the text tells first, so that where room is short the others give way."""
    marks: list[Mark] = []
    for fact in told:
        if not fact.kind.startswith(DRAWN_ALREADY):
            marks += _marks(look, fact)
    standing = [f for f in look.forming("trendline") if f.basis == "traded"][:CHART_LINES]
    standing += [f for f in look.forming("level") if f.basis == "traded"][:CHART_LEVELS]
    for fact in (*standing, *look.forming("rsi_trendline")[:1]):
        marks += _marks(look, fact)
    drawn = tuple(dict.fromkeys(marks))
    chart = market_chart(
        look.traded.bars, drawn, adjusted=look.adjusted.bars, sessions=analysis.desk.windows.chart,
        name=f"market-{slug(look.market)}", caption="Daily bars as charted. Hollow bodies closed above their open.",
        source=f"Source: {analysis.source}; crosscurrent.",
    )  # fmt: skip
    if not analysis.embeds_bars:
        return chart
    beside = [analysis.bars(other) for other in _paired_with(look.market, analysis)]
    return explored(
        chart,
        look.traded.bars,
        drawn,
        adjusted=look.adjusted.bars,
        beside=beside,
        rungs=_nearest(look.market, analysis),
    )


def _paired_with(market: str, analysis: Analysis) -> list[str]:
    """Return the markets that the desk pairs with this one: what it can be compared with."""
    pairs = [pair for pair in analysis.desk.pairs if market in pair]
    return [other for pair in pairs for other in pair if other != market and analysis.snapshot.has(other)]


def _nearest(market: str, analysis: Analysis) -> tuple[Rung, ...]:
    """Return the rungs of a market's ladder around its close, highest first, one a price."""
    rungs = [rung for each in analysis.ladders if each.market == market for rung in each.rungs]
    prices = {rung.price: rung for rung in reversed(rungs)}
    kept = sorted(prices.values(), key=lambda rung: -rung.price)
    above = [rung for rung in kept if rung.is_above][-RUNGS:]
    return (*above, *[rung for rung in kept if not rung.is_above][:RUNGS])


def _marks(look: Look, fact: Fact) -> tuple[Mark, ...]:
    """Return a fact's marks in the prices that the chart shows at each session."""
    marks = look.marks(fact)
    return as_charted(marks, look.adjusted.bars, fact.session) if fact.basis == "adjusted" else marks
