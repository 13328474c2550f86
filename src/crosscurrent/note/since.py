"""What changed since the last note: the moves, what was true then and no longer is, and which plans are new.

What was true then is not read from the last note: everything is cut at its close and asked again, which gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.evidence.rates_filter import rates_filter, stance
from crosscurrent.indicators.averages import sma
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.last import LastNote
from crosscurrent.note.names import and_list, short_name
from crosscurrent.note.readings import counted, measured
from crosscurrent.note.say import Name, Sentence, Word, say
from crosscurrent.setups.landmarks import AVERAGES
from crosscurrent.setups.setup import Setup
from crosscurrent.structure.look import Look
from crosscurrent.units import Reading

__all__ = ["since"]

LEANS = {"bullish": "leans bullish", "bearish": "leans bearish", "neutral": "takes no side"}
LEANED = {"bullish": "leaned bullish", "bearish": "leaned bearish", "neutral": "took no side"}
LINKS = {"with": "moves with it", "against": "moves against it", "none": "shows no clear link with it"}
LINKS_OF_SEVERAL = {"with": "move with it", "against": "move against it", "none": "show no clear link with it"}
LINKED = {"with": "moved with it", "against": "moved against it", "none": "showed no clear link with it"}


def since(analysis: Analysis, last: LastNote) -> Iterator[Sentence]:
    """Yield what moved, what turned, and which plans are new or planned again; nothing where nothing did."""
    yield from _moves(analysis, last)
    then = {name: look.until(last.as_of) for name, look in analysis.looks.items()}
    known = {name: look for name, look in then.items() if len(look.traded)}
    yield from _filter(analysis, known)
    yield from chain.from_iterable(_averages(analysis.looks[name], look) for name, look in known.items())
    yield from _plans(last, analysis)


def _moves(analysis: Analysis, last: LastNote) -> Iterator[Sentence]:
    moves = []
    for market in analysis.desk.with_role("index", "filter"):
        if analysis.snapshot.has(market.name):
            moved = _moved(analysis.snapshot.adjusted(market.name), last.as_of)
            if moved is not None:
                moves.append(say("{name} {moved:signed}", name=short_name(analysis.bars(market.name)), moved=moved))
    if moves:
        yield say("Since that note: {moves}.", moves=and_list(moves))


def _moved(bars: Bars, since: np.datetime64) -> Reading | None:
    """Return the change since a day, free of roll gaps, against the price that traded then."""
    at = bars.index_of(since)
    if at < 0 or at == len(bars) - 1 or bars.instrument.quoted_as != "price":
        return None
    base = float(bars.close[at] + bars.shift[at])
    change = 100.0 * float(bars.close[-1] - bars.close[at]) / base if base > 0 else float("nan")
    window = f"{bars.session[at]} to {bars.session[-1]}"
    return (
        measured(change, "pct", bars, "change since the last note, close to close", window)
        if np.isfinite(change)
        else None
    )


def _filter(analysis: Analysis, then: dict[str, Look]) -> Iterator[Sentence]:
    """Tell where the filter leaned then and leans now, and which markets' link with it has changed."""
    beside = next((m.name for m in analysis.desk.with_role("filter") if m.name in then), None)
    if beside is None:
        return
    before, now = (stance(look).direction for look in (then[beside], analysis.looks[beside]))
    name = short_name(analysis.bars(beside))
    if before != now:
        yield say("The filter, {name}, {then} then and {now} now.", name=name, then=LEANED[before], now=LEANS[now])
    else:
        yield say("The filter, {name}, still {now}.", name=name, now=LEANS[now])
    yield from _links(analysis, then, beside)


def _links(analysis: Analysis, then: dict[str, Look], beside: str) -> Iterator[Sentence]:
    """Tell which markets' link with the filter has changed, those that changed alike together."""
    changed: dict[tuple[str, str], list[Word]] = {}
    for market in analysis.desk.with_role("index"):
        if market.name in then:
            was, is_ = (_link(looks[market.name], looks[beside]) for looks in (then, analysis.looks))
            if was != is_:
                changed.setdefault((was, is_), []).append(short_name(analysis.bars(market.name)))
    for (was, is_), names in changed.items():
        words = LINKS if len(names) == 1 else LINKS_OF_SEVERAL
        yield say("{names} {was} then and {now} now.", names=and_list(names), was=LINKED[was], now=words[is_])


def _link(look: Look, beside: Look) -> str:
    held = rates_filter(look, beside)
    if not held.is_linked or held.dependence is None:
        return "none"
    return "with" if held.dependence > 0 else "against"


def _averages(now: Look, then: Look) -> Iterator[Sentence]:
    """Tell the averages that the close has crossed between the two notes."""
    bars, crossed = now.traded.bars, dict[str, list[Word]]()
    for length in AVERAGES:
        was, is_ = (_side(look.traded.bars, length) for look in (then, now))
        if was * is_ < 0:
            days = counted(length, "length of the average", "sessions", bars.market)
            crossed.setdefault("is back above" if is_ > 0 else "has fallen below", []).append(say("{n}-day", n=days))
    for what, lengths in crossed.items():
        noun = "average" if len(lengths) == 1 else "averages"
        yield say(
            "{name} {what} its {days} {noun}.", name=short_name(bars), what=what, days=and_list(lengths), noun=noun
        )


def _side(bars: Bars, length: int) -> float:
    """Return on which side of an average the last close lies: 1, -1, or 0 where neither can be said."""
    value = float(sma(bars.close, length)[-1]) if len(bars) else float("nan")
    return float(np.sign(bars.close[-1] - value)) if np.isfinite(value) else 0.0


def _plans(last: LastNote, analysis: Analysis) -> Iterator[Sentence]:
    """Tell which plans are new, and which of the last note's are planned again."""
    held = {s.market for s in analysis.setups}
    then, now = _named((s for s, _ in last.setups if s.market in held), analysis), _named(analysis.setups, analysis)
    new, again = ([name for name in now if (name in then) == is_old] for is_old in (False, True))
    for names, one, several in (
        (new, "New is {names}.", "New are {names}."),
        (again, "Planned again is {names}.", "Planned again are {names}."),
    ):
        if names:
            yield say(one if len(names) == 1 else several, names=and_list([Name(name) for name in names]))


def _named(setups: Iterable[Setup], analysis: Analysis) -> tuple[str, ...]:
    named = (f"the {s.plan.replace('_', ' ')} {s.side} in {short_name(analysis.bars(s.market)).text}" for s in setups)
    return tuple(dict.fromkeys(named))
