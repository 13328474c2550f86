"""The headline and the key points: the week's real question, and the strongest points first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.choose import recent_facts
from crosscurrent.note.drivers import supports_rates
from crosscurrent.note.market import lean, sentence_of
from crosscurrent.note.names import and_list, name_of, short_name
from crosscurrent.note.rates import is_notable, same_since, yield_moves
from crosscurrent.note.readings import counted, day, moved
from crosscurrent.note.say import Sentence, Word, say
from crosscurrent.note.trap import odds_told, verdict_of
from crosscurrent.units import Reading

__all__ = ["headline", "key_points", "summary"]

MOST_POINTS = 5


def headline(analysis: Analysis) -> Sentence:
    """Return the question that the week puts."""
    stocks, yields = _way_of_stocks(analysis), _way_of_yields(analysis)
    indices = [m.name for m in analysis.desk.with_role("index") if m.name in analysis.looks]
    if not indices:
        return say("Rates: what moved, and how rare it is")
    going = [name for name in indices if stocks * _change(name, analysis) > 0] or indices
    who = and_list([short_name(analysis.bars(name)) for name in going[:2]])
    return say(_question(stocks, yields, _is_broken_up(analysis)), who=who)


def _question(stocks: int, yields: int, broke: bool) -> str:
    if stocks > 0 and yields < 0:
        return (
            "{who}: a rally that rates can explain, or a bull trap?"
            if broke
            else "{who}: did falling yields do the lifting?"
        )
    if stocks > 0 and yields > 0:
        return "{who}: up with yields, so growth rather than easier money?"
    if stocks < 0 and yields > 0:
        return "{who}: are higher yields what hurts?"
    if stocks < 0 and yields < 0:
        return "{who}: down with yields, a flight to safety?"
    if stocks:
        return "{who}: up without help from rates" if stocks > 0 else "{who}: down, and not because of rates?"
    if yields:
        return "{who}: unmoved by rates, but for how long?"
    return "{who}: a quiet week, and what would end it"


def _way_of_stocks(analysis: Analysis) -> int:
    moves = [analysis.move(m.name) for m in analysis.desk.with_role("index")]
    changes = [m.change for m in moves if m is not None and m.change is not None]
    return _way(changes, 0.5)


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
    leading = [_leading(m.name, analysis) for m in analysis.desk.with_role("index") if m.name in analysis.looks]
    return any(f is not None and f.direction == "bullish" and _is_break(f) for f in leading)


def _is_break(fact: Fact) -> bool:
    return fact.kind.endswith("_break") or (fact.is_pattern and fact.stage == "confirmed")


def _leading(market: str, analysis: Analysis) -> Fact | None:
    facts = recent_facts(analysis.looks[market], analysis.desk.windows.recent)
    direction = lean(facts, analysis, market)
    return next((f for f in facts if f.direction == direction), None)


def key_points(analysis: Analysis) -> tuple[Sentence, ...]:
    """Return the points in the order of their weight for the reader: rates, stocks, the link, then each chart."""
    points = [*_rates_point(analysis), *_stocks_point(analysis), *_link_point(analysis), *_chart_points(analysis)]
    return tuple(points[:MOST_POINTS]) or (say("Nothing of note: no market of the desk could be read."),)


def _rates_point(analysis: Analysis) -> Iterator[Sentence]:
    moves = yield_moves(analysis)
    if not moves:
        return
    largest = max(moves, key=lambda m: abs(m.change or 0.0))
    verb = "fall" if (largest.change or 0.0) < 0 else "rise" if (largest.change or 0.0) > 0 else "stand still"
    words: dict[str, Word] = {"verb": verb, "name": name_of(analysis.bars(largest.market)), "change": moved(largest)}
    since = same_since(moves)
    if since is not None:
        yield say("Yields {verb}: the {name} by {change:size}, and like the others by the most since the week ending {since}.",
                  since=_week(since), **words)  # fmt: skip
    elif is_notable(largest) and largest.largest_since is None:
        yield say("Yields {verb}: the {name} by {change:size}, more than in any week on record.", **words)
    elif is_notable(largest) and largest.largest_since is not None:
        yield say(
            "Yields {verb}: the {name} by {change:size}, the most since the week ending {since}.",
            since=_week(largest.largest_since),
            **words,
        )
    else:
        yield say(
            "Rates had an ordinary week: the {name} moved {change:signed}.", name=words["name"], change=words["change"]
        )


def _week(since: np.datetime64) -> Reading:
    return day(since, "latest earlier week with at least as large a move that way")


def _stocks_point(analysis: Analysis) -> Iterator[Sentence]:
    cash = [m.cash or m.name for m in analysis.desk.with_role("index")] + [
        m.name for m in analysis.desk.with_role("cash")
    ]
    moves = [m for m in (analysis.move(name) for name in cash) if m is not None and m.change is not None]
    if not moves:
        return
    told = [say("{name} {change:signed}", name=name_of(analysis.bars(m.market)), change=moved(m)) for m in moves]
    tail: Sentence | str = ""
    since = same_since(moves)
    if since is not None:
        tail = say(
            ", each the most since the week ending {since}",
            since=day(since, "latest earlier week with at least as large a move"),
        )
    yield say("Stocks over the week: {moves}{tail}.", moves=and_list(told), tail=tail)


def _link_point(analysis: Analysis) -> Iterator[Sentence]:
    if not analysis.pairs:
        return
    strong = [p for p in analysis.pairs if supports_rates(p)]
    pairing = max(analysis.pairs, key=lambda p: abs(p.correlation.changes.value or 0.0))
    found = pairing.correlation
    if found.changes.value is None:
        return
    r = Reading(found.changes.value, "ratio", "correlation (Pearson) of daily changes, free of roll gaps",
                f"{found.window} sessions to {found.end}", " and ".join(found.markets))  # fmt: skip
    window = counted(found.window, "sessions in the window", "sessions")
    names = [name_of(analysis.bars(m)) for m in found.markets]
    if strong:
        verb = "moved with" if found.changes.value > 0 else "moved against"
        yield say("{a} {verb} {b} day by day, a correlation of {r} over {window} sessions: more than chance shows.", a=names[0], b=names[1], r=r,
                  window=window, verb=verb)  # fmt: skip
    else:
        yield say("Rates as the driver are not identified: the closest daily link, {a} with {b}, is {r} over {window} sessions.", a=names[0],
                  b=names[1], r=r, window=window)  # fmt: skip


def _chart_points(analysis: Analysis) -> Iterator[Sentence]:
    for market in analysis.desk.with_role("index", "filter"):
        if market.name not in analysis.looks:
            continue
        fact = _leading(market.name, analysis)
        clause = sentence_of(fact, analysis.looks[market.name]) if fact is not None else None
        if clause is not None:
            yield say("{name}: {clause}.", name=name_of(analysis.bars(market.name)), clause=clause)


def summary(analysis: Analysis) -> tuple[Sentence, ...]:
    """Return what the note asks, what it finds, and how sure it is."""
    indices = [name_of(analysis.bars(m.name)) for m in analysis.desk.with_role("index") if m.name in analysis.looks]
    if not indices:
        return (say("This note looks at what rates did and how rare it was."),)
    first = say(
        "This note asks what moved {who}, whether rates drove it, and which prices would say otherwise.",
        who=and_list(indices),
    )
    return (first, *_by_rates(analysis), *_a_trap(analysis))


def _by_rates(analysis: Analysis) -> Iterator[Sentence]:
    """Tell what the pairs say to whether rates drove it, nothing where there is no pair."""
    strong, pairs = [p for p in analysis.pairs if supports_rates(p)], analysis.pairs
    if not pairs:
        return
    if strong and all((p.correlation.changes.value or 0.0) < 0 for p in strong):
        yield say(
            "Day by day stocks and bonds moved against each other: rates followed the fear rather than led the market."
        )
    elif len(strong) == len(pairs):
        yield say("Day by day the answer points to rates; it is evidence of company, not of cause.")
    elif strong:
        yield say("The link to rates is more than chance for some of them and not identified for the rest.")
    else:
        yield say("The evidence does not identify rates as the driver: what the charts say has to stand on its own.")


def _a_trap(analysis: Analysis) -> Iterator[Sentence]:
    """Answer whether it is a bull trap, where the title asks: how likely the breaks that it is about are to fail."""
    if not (_way_of_stocks(analysis) > 0 > _way_of_yields(analysis)):
        return
    names = [m.name for m in analysis.desk.with_role("index") if m.name in analysis.looks]
    leading = [(name, _leading(name, analysis)) for name in names]
    found = [
        (name, f, analysis.experience.odds_of(f)) for name, f in leading if f is not None and f.direction == "bullish"
    ]
    told = [(name, f, odds) for name, f, odds in found if odds is not None and odds.told is not None]
    if told:
        clauses = [
            say("{odds} in {name}", odds=odds_told(f, odds), name=name_of(analysis.bars(n))) for n, f, odds in told
        ]
        yield say("A bull trap is possible, and what can be said of it is a probability: {odds}; {verdict}.", odds=and_list(clauses),
                  verdict=verdict_of(told[0][2]))  # fmt: skip
