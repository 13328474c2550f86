"""The headline and the summary: the question that the week puts, and what can be answered of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.evidence.rates_filter import stance
from crosscurrent.facts.fact import Fact
from crosscurrent.intermarket.rarity import Move
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.choose import recent_facts
from crosscurrent.note.drivers import supports_rates
from crosscurrent.note.market import lean
from crosscurrent.note.names import and_list, name_of, short_name
from crosscurrent.note.rates import is_notable, yield_moves
from crosscurrent.note.readings import day_of, measured, price
from crosscurrent.note.say import Sentence, say
from crosscurrent.units import Reading

__all__ = ["headline", "leading", "summary"]

EXTREME = 0.98
"""The share of earlier weeks that must have been smaller for a week to be the story by itself."""
YEAR = np.timedelta64(365, "D")
QUIET_STOCKS, QUIET_YIELDS = 0.6, 0.7
"""Percentiles below which no market's week asks anything."""

QUESTIONS: dict[tuple[int, int, int], str] = {
    (1, -1, 1): "{who}: did falling yields do the lifting?",
    (1, -1, -1): "{who}: relief rally, or bull trap?",
    (1, -1, 0): "{who} up as yields fall: cause, or company?",
    (1, 1, -1): "{who}: up with yields, so growth rather than easier money?",
    (1, 1, 1): "{who}: up in spite of higher yields, but for how long?",
    (1, 1, 0): "{who} up with yields: is it growth that is priced?",
    (-1, 1, 1): "{who}: are higher yields what hurts?",
    (-1, 1, -1): "{who}: down as yields rise, but are rates to blame?",
    (-1, 1, 0): "{who} down as yields rise: cause, or company?",
    (-1, -1, 1): "{who}: down in spite of lower yields, so what is feared?",
    (-1, -1, -1): "{who}: down with yields, a flight to safety?",
    (-1, -1, 0): "{who} down with yields: fear, or a pause?",
}
"""The question for the way of stocks, of yields, and of their daily link where that is more than chance."""


def headline(analysis: Analysis) -> Sentence:
    """Return the question that the week puts: by its rarest move, else by what stocks and yields did and how they are linked."""
    indices = [m.name for m in analysis.desk.with_role("index") if m.name in analysis.looks]
    if not indices:
        return say("Rates: what moved, and how rare it is")
    stocks, yields = _way_of_stocks(analysis), _way_of_yields(analysis)
    going = [name for name in indices if stocks * _change(name, analysis) > 0] or indices
    extreme = _most_extreme([m for m in (analysis.move(name) for name in indices) if m is not None])
    if extreme is not None:
        return _of_extreme_week(extreme, yields, analysis)
    who = and_list([short_name(analysis.bars(name)) for name in going[:2]])
    return say(_question(stocks, yields, analysis), who=who)


def _question(stocks: int, yields: int, analysis: Analysis) -> str:
    broke, link = _is_broken_up(analysis), _link(analysis)
    if _is_quiet(analysis):
        return (
            "{who}: a breakout in a quiet week, and will it hold?"
            if broke
            else "{who}: a quiet week, and what would end it"
        )
    if (stocks, yields, link) == (1, -1, 1) and broke:
        return "{who}: rates-driven rally, or bull trap?"
    if stocks and yields:
        return QUESTIONS[stocks, yields, link]
    if stocks:
        return "{who}: up without help from rates" if stocks > 0 else "{who}: down, and not because of rates?"
    return "{who}: unmoved by rates, but for how long?" if yields else "{who}: going nowhere, and what would end it"


def _most_extreme(moves: list[Move]) -> Move | None:
    """Return the rarest week, where it is one of few and the largest that way for a year or on record."""
    found = [
        m for m in moves
        if (m.percentile or 0.0) >= EXTREME and is_notable(m) and (m.largest_since is None or m.end - m.largest_since > YEAR)
    ]  # fmt: skip
    return max(found, key=lambda m: m.percentile or 0.0, default=None)


def _of_extreme_week(move: Move, yields: int, analysis: Analysis) -> Sentence:
    rise = (move.change or 0.0) > 0
    asked = (
        "relief, or something that lasts?" if rise else "are higher yields to blame?" if yields > 0 and _do_rates_fit(move.market, analysis)
        else "how far does the flight to safety go?" if yields < 0 else "what would stop the slide?"
    )  # fmt: skip
    week, name = "best" if rise else "worst", short_name(analysis.bars(move.market))
    if move.largest_since is None:
        return say("{name}, {week} week on record: {asked}", name=name, week=week, asked=asked)
    since = Reading(
        day_of(move.largest_since),
        "month",
        "latest earlier week with at least as large a move that way",
        source=move.market,
    )
    return say("{name}, {week} week since {since}: {asked}", name=name, week=week, since=since, asked=asked)


def _do_rates_fit(market: str, analysis: Analysis) -> bool:
    """Whether rates, by betas from before the week, would have moved the market the way it went."""
    alone = [
        (r.rates_alone.pct, r.return_pct) for r in analysis.drivers if r.market == market and r.rates_alone is not None
    ]
    return any(pct * whole > 0 for pct, whole in alone)


def _is_quiet(analysis: Analysis) -> bool:
    """Whether neither an index nor a yield had a week worth a question."""
    stocks = [m for m in (analysis.move(i.name) for i in analysis.desk.with_role("index")) if m is not None]
    return all((m.percentile or 0.0) < QUIET_STOCKS for m in stocks) and all(
        (m.percentile or 0.0) < QUIET_YIELDS for m in yield_moves(analysis)
    )


def _link(analysis: Analysis) -> int:
    """Return the sign of the daily link of stocks with bond prices where it is more than chance, zero where it is not or is mixed."""
    signs = {int(np.sign(p.correlation.changes.value or 0.0)) for p in analysis.pairs if supports_rates(p)}
    return signs.pop() if len(signs) == 1 else 0


def _way_of_stocks(analysis: Analysis) -> int:
    moves = [analysis.move(m.name) for m in analysis.desk.with_role("index")]
    return _way([m.change for m in moves if m is not None and m.change is not None], 0.5)


def _change(market: str, analysis: Analysis) -> float:
    move = analysis.move(market)
    return 0.0 if move is None or move.change is None else move.change


def _way_of_yields(analysis: Analysis) -> int:
    return _way([m.change for m in yield_moves(analysis) if m.change is not None], 3.0)


def _way(changes: list[float], least: float) -> int:
    """Return the sign of the mean change, zero where it is too small to speak of."""
    mean = float(np.mean(changes)) if changes else 0.0
    return 0 if abs(mean) < least else int(np.sign(mean))


def _is_broken_up(analysis: Analysis) -> bool:
    facts = [leading(m.name, analysis) for m in analysis.desk.with_role("index") if m.name in analysis.looks]
    return any(f is not None and f.direction == "bullish" and _is_break(f) for f in facts)


PRICE_BREAKS = ("trendline_break", "level_break")


def _is_break(fact: Fact) -> bool:
    return fact.kind in PRICE_BREAKS or (fact.is_pattern and fact.stage == "confirmed")


def leading(market: str, analysis: Analysis) -> Fact | None:
    """Return the weightiest recent fact of a market that points where its story runs."""
    facts = recent_facts(analysis.looks[market], analysis.desk.windows.recent)
    direction = lean(facts, analysis, market)
    return next((f for f in facts if f.direction == direction), None)


def summary(analysis: Analysis) -> tuple[Sentence, ...]:
    """Return the answer as far as there is one: what the daily link says, what rates account for, and what would say otherwise."""
    indices = [m.name for m in analysis.desk.with_role("index") if m.name in analysis.looks]
    if not indices:
        return (say("This note looks at what rates did and how rare it was."),)
    return (*_linked(analysis), *_accounted_for(analysis), *_holds_while(indices[0], analysis))


def _linked(analysis: Analysis) -> Iterator[Sentence]:
    strong, pairs = [p for p in analysis.pairs if supports_rates(p)], analysis.pairs
    if strong and _link(analysis) < 0:
        yield say(
            "Day by day stocks and bonds moved against each other: rates followed the fear rather than led the market."
        )
    elif strong and len(strong) == len(pairs):
        yield say("Day by day the answer points to rates; it is evidence of company, not of cause.")
    elif strong:
        names = and_list([name_of(analysis.bars(p.correlation.markets[0])) for p in strong])
        yield say("Day by day only {names} kept closer company with bonds than chance would.", names=names)
    elif not pairs:
        yield say("Nothing here measures the link to rates: what the charts say has to stand on its own.")
    else:
        yield say("The evidence does not identify rates as the driver: what the charts say has to stand on its own.")


def _accounted_for(analysis: Analysis) -> Iterator[Sentence]:
    """Tell what rates account for in the first index, by betas from before the week."""
    report = next((r for r in analysis.drivers if r.rates_alone is not None), None)
    if report is None or report.rates_alone is None:
        return
    bars = analysis.bars(report.market)
    window = f"{report.start} to {report.end}"
    told = measured(
        report.rates_alone.pct, "pct", bars, "explained by rate changes alone, betas from before the move", window
    )
    whole = measured(report.return_pct, "pct", bars, "move from the first to the last close", window)
    template = (
        "By betas from before the week, rates account for {told:signed} of the {whole:signed} in {name}."
        if told.value * whole.value > 0  # type: ignore[operator]
        else "By betas from before the week, rates would have moved {name} by {told:signed}, against the {whole:signed} that came."
    )
    yield say(template, told=told, whole=whole, name=name_of(bars))


def _holds_while(market: str, analysis: Analysis) -> Iterator[Sentence]:
    """Tell where the chart leans and the price that would say otherwise."""
    found = next((each for each in analysis.ladders if each.market == market), None)
    way = stance(analysis.looks[market]).direction
    if found is None or way == "neutral":
        return
    behind, beyond = (found.support, "above") if way == "bullish" else (found.resistance, "below")
    if behind:
        shelf = behind[0]
        yield say(
            "The chart of {name} leans {way} as long as it closes {beyond} {price}.", name=name_of(found.bars), way=way, beyond=beyond,
            price=price(shelf.price, found.bars, f"{shelf.name}: {'; '.join(shelf.reasons)}"),
        )  # fmt: skip
