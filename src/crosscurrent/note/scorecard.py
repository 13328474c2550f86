"""The section that opens a note: how the last one's setups ended, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.last import LastNote, Tally
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.note import Paragraph, Section
from crosscurrent.note.readings import counted, day, measured, price
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Setup
from crosscurrent.units import Reading

__all__ = ["scorecard"]


def scorecard(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where an earlier note of the desk is on record."""
    last = analysis.last
    if last is None:
        return
    opening = say(
        "The last note, of {day}, was headed “{title}”.",
        day=day(last.as_of, "date of the last note"),
        title=Name(last.title),
    )
    became = (opening, *_became(last, analysis))
    paragraphs: tuple[Paragraph, ...] = (became, tuple(_changed(last, analysis)), tuple(_tallied(last.tally)))
    yield Section("scorecard", say("What became of the last note"), tuple(p for p in paragraphs if p))


def _became(last: LastNote, analysis: Analysis) -> Iterator[Sentence]:
    if not last.setups:
        yield say("It planned no trade.")
    for setup, outcome in last.setups:
        if analysis.snapshot.has(setup.market):
            yield from _ended(setup, outcome, analysis.bars(setup.market))


def _ended(setup: Setup, outcome: Outcome, bars: Bars) -> Iterator[Sentence]:
    start = say("the {plan} {side} in {name}", plan=setup.plan.replace("_", " "), side=setup.side, name=name_of(bars))
    if outcome.fill is None:
        words = {"waiting": "still waits for its entry", "invalidated": "was invalidated before it was filled"}
        yield say("{start} {what}.", start=start, what=words.get(outcome.status, "was never filled"))
        return
    filled = say("{start} was filled at {fill} on {day}", start=start, fill=price(outcome.fill, bars, "fill of a published setup"),
                 day=_day(outcome.filled_on, setup))  # fmt: skip
    if not outcome.has_ended or outcome.price is None or outcome.r is None:
        yield say("{filled} and is open{so}.", filled=filled, so=_reached(setup, outcome))
        return
    words = {
        "target": "reached its last target",
        "stopped": "was stopped",
        "invalidated": "was closed by its invalidation",
        "expired": "ran out of time",
    }
    yield say("{filled} and {what} at {price} on {end}{so}: {r:signed} times the risk, after costs.", filled=filled, what=words[outcome.status],
              price=price(outcome.price, bars, "end of a published setup"), end=_day(outcome.session, setup), so=_reached(setup, outcome),
              r=measured(outcome.r, "ratio", bars, "result against the planned risk, an equal part at each target, after costs"))  # fmt: skip
    if outcome.same_bar:
        yield say("Stop and target lay inside one bar, so the stop counts.")


def _reached(setup: Setup, outcome: Outcome) -> Sentence:
    """Return how many of several targets were met on the way, where that is news."""
    if not outcome.targets_reached or outcome.status == "target":
        return Sentence(())
    met = counted(outcome.targets_reached, "targets reached", market=setup.market)
    return say(
        ", with {met:word} of {all:word} targets met",
        met=met,
        all=counted(len(setup.targets), "targets", market=setup.market),
    )


def _day(session: np.datetime64 | None, setup: Setup) -> Reading:
    return day(
        setup.session if session is None else session, "a session in the life of a published setup", setup.market
    )


def _changed(last: LastNote, analysis: Analysis) -> Iterator[Sentence]:
    """Yield what moved since the last note, and which plans are new or gone."""
    moves = []
    for market in analysis.desk.with_role("index", "filter"):
        if analysis.snapshot.has(market.name):
            moved = _moved(analysis.snapshot.adjusted(market.name), last.as_of)
            if moved is not None:
                moves.append(say("{name} {moved:signed}", name=name_of(analysis.bars(market.name)), moved=moved))
    if moves:
        yield say("Since that note: {moves}.", moves=and_list(moves))
    then, now = [_names(s for s, _ in last.setups), _names(analysis.setups)]
    for template, names in (("New: {names}.", now - then), ("No longer planned: {names}.", then - now)):
        if names:
            yield say(template, names=and_list([Name(n) for n in sorted(names)]))


def _names(setups: Iterable[Setup]) -> set[str]:
    return {f"the {s.plan.replace('_', ' ')} {s.side} in {s.market}" for s in setups}


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


def _tallied(tally: Tally) -> Iterator[Sentence]:
    if tally.ended:
        ended, reached = (
            counted(tally.ended, "published trades that ended"),
            counted(tally.reached, "of them, with the first target"),
        )
        yield say("Of {n:word} published trades that have ended, {k:word} took the first target.", n=ended, k=reached)
        if tally.ended < tally.fewest:
            yield say("That is too few to claim anything.")
    if tally.after_the_fact:
        yield say(
            "Setups that were recorded after the bars that judge them had closed are told here and counted nowhere."
        )
