"""The key points: the rarest move first, then the link, what the charts say, and what argues against it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.intermarket.rarity import Move
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.choose import against, recent_facts, weight
from crosscurrent.note.drivers import supports_rates
from crosscurrent.note.headline import leading
from crosscurrent.note.market import sentence_of
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.rates import is_notable, same_since, yield_moves
from crosscurrent.note.readings import counted, day, moved
from crosscurrent.note.say import Sentence, Word, say
from crosscurrent.units import Reading

__all__ = ["key_points"]

MOST_CHARTS = 2


def key_points(analysis: Analysis) -> tuple[Sentence, ...]:
    """Return the points in the order of their weight for the reader, each told once."""
    yields, stocks = yield_moves(analysis), _stock_moves(analysis)
    opening = [*_rates_point(yields, analysis)], [*_stocks_point(stocks, analysis)]
    first, second = opening if _rarest(yields) >= _rarest(stocks) else opening[::-1]
    points = [*first, *second, *_link_point(analysis), *_chart_points(analysis)]
    return tuple(points) or (say("Nothing of note: no market of the desk could be read."),)


def _rarest(moves: list[Move]) -> float:
    return max((move.percentile or 0.0 for move in moves), default=0.0)


def _rates_point(moves: list[Move], analysis: Analysis) -> Iterator[Sentence]:
    if not moves:
        return
    largest = max(moves, key=lambda m: abs(m.change or 0.0))
    verb = "fell" if (largest.change or 0.0) < 0 else "rose" if (largest.change or 0.0) > 0 else "stood still"
    words: dict[str, Word] = {"verb": verb, "name": name_of(analysis.bars(largest.market)), "change": moved(largest)}
    since = same_since(moves)
    if since is not None:
        yield say("Yields {verb}: the {name} by {change:size}, and like the others by the most since the week ending {since}.",
                  since=_week(since), **words)  # fmt: skip
    elif is_notable(largest) and largest.largest_since is None:
        yield say("Yields {verb}: the {name} by {change:size}, more than in any week on record.", **words)
    elif is_notable(largest) and largest.largest_since is not None:
        since = largest.largest_since
        yield say(
            "Yields {verb}: the {name} by {change:size}, the most since the week ending {since}.",
            since=_week(since),
            **words,
        )
    elif largest.change:
        yield say("Rates had an ordinary week: the {name} {verb} {change:size}.", **words)
    else:
        yield say("Rates stood still.")


def _week(since: np.datetime64) -> Reading:
    return day(since, "latest earlier week with at least as large a move that way")


def _stock_moves(analysis: Analysis) -> list[Move]:
    named = [m.cash or m.name for m in analysis.desk.with_role("index")] + [
        m.name for m in analysis.desk.with_role("cash")
    ]
    return [m for m in (analysis.move(name) for name in named) if m is not None and m.change is not None]


def _stocks_point(moves: list[Move], analysis: Analysis) -> Iterator[Sentence]:
    if moves:
        told = [say("{name} {change:signed}", name=name_of(analysis.bars(m.market)), change=moved(m)) for m in moves]
        yield say("Stocks over the week: {moves}{tail}.", moves=and_list(told), tail=_since(moves, analysis))


def _since(moves: list[Move], analysis: Analysis) -> Sentence | str:
    """Return since when these weeks, or the rarest of them, are the largest of their kind; nothing where none is notable."""
    since = same_since(moves)
    if since is not None:
        return say(
            ", each the most since the week ending {since}"
            if len(moves) > 1
            else ", the most since the week ending {since}",
            since=_week(since),
        )
    rare = max((m for m in moves if is_notable(m)), key=lambda m: m.percentile or 0.0, default=None)
    if rare is None:
        return ""
    best = "best" if (rare.change or 0.0) > 0 else "worst"
    whose = say(" for {name}", name=name_of(analysis.bars(rare.market))) if len(moves) > 1 else ""
    if rare.largest_since is None:
        return say(", the {best} week on record{whose}", best=best, whose=whose)
    return say(
        ", the {best}{whose} since the week ending {since}", best=best, whose=whose, since=_week(rare.largest_since)
    )


def _link_point(analysis: Analysis) -> Iterator[Sentence]:
    if not analysis.pairs:
        return
    strong = [p for p in analysis.pairs if supports_rates(p)]
    pairing = max(strong or analysis.pairs, key=lambda p: abs(p.correlation.changes.value or 0.0))
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
        yield say("Rates as the driver are not identified: the closest daily link, {a} with {b}, is {r} over {window} sessions, within chance.",
                  a=names[0], b=names[1], r=r, window=window)  # fmt: skip


def _chart_points(analysis: Analysis) -> Iterator[Sentence]:
    """Tell the weightiest fact of each of the markets with most to say, then what argues against the first."""
    names = [m.name for m in analysis.desk.with_role("index", "filter") if m.name in analysis.looks]
    led = [(name, fact) for name in names if (fact := leading(name, analysis)) is not None]
    led.sort(key=lambda each: -_weight(each[1], analysis))
    told = [
        (name, fact, clause) for name, fact in led if (clause := sentence_of(fact, analysis.looks[name])) is not None
    ]
    for name, _, clause in told[:MOST_CHARTS]:
        yield say("{name}: {clause}.", name=name_of(analysis.bars(name)), clause=clause)
    indices = {m.name for m in analysis.desk.with_role("index")}
    for name, fact, _ in sorted(told[:MOST_CHARTS], key=lambda each: each[0] not in indices):
        contrary = against(recent_facts(analysis.looks[name], analysis.desk.windows.recent), fact.direction)
        clauses = [clause for each in contrary if (clause := sentence_of(each, analysis.looks[name])) is not None]
        if clauses:
            yield say(
                "What argues against it in {name}: {clause}.", name=name_of(analysis.bars(name)), clause=clauses[0]
            )
            return


def _weight(fact: Fact, analysis: Analysis) -> float:
    return weight(fact, len(analysis.bars(fact.market)) - 1 - fact.at)
