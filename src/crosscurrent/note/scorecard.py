"""The section that opens a note: how the last one's setups ended, and what changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.last import Tally
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.note import Paragraph, Section
from crosscurrent.note.readings import counted, day, measured, price
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.note.since import since
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Setup
from crosscurrent.units import Reading

__all__ = ["scorecard"]

BECAME = {
    "target": ("reached its last target", "reached their last targets"),
    "stopped": ("was stopped", "were stopped"),
    "invalidated": ("was closed by its invalidation", "were closed by their invalidation"),
    "expired": ("ran out of time", "ran out of time"),
    "open": ("is open", "are open"),
    "unfilled": ("came to nothing before its entry", "came to nothing before their entry"),
    "waiting": ("still waits for its entry", "still wait for their entry"),
}
"""How a setup ended, of one and of several, in the order in which they are told."""
FAR = 0.25
"""From so far beyond the entry on, in multiples of the planned risk, a fill is named as the reason of what it cost."""


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
    told = [(setup, outcome) for setup, outcome in last.setups if analysis.snapshot.has(setup.market)]
    paragraphs: tuple[Paragraph, ...] = (
        (opening, *_summed(told)),
        tuple(s for setup, outcome in told for s in _ended(setup, outcome, analysis.bars(setup.market))),
        tuple(since(analysis, last)),
        tuple(_tallied(last.tally)),
    )
    yield Section("scorecard", say("What became of the last note"), tuple(p for p in paragraphs if p))


def _summed(told: list[tuple[Setup, Outcome]]) -> Iterator[Sentence]:
    """Tell how many of the setups ended how, and what they paid together."""
    if not told:
        yield say("It planned no trade that can be followed.")
        return
    ends = Counter(_end(outcome) for _, outcome in told)
    parts = [_counted(end, n, len(told)) for end, n in ((end, ends[end]) for end in BECAME) if n]
    if len(told) == 1:
        yield say("Its one setup {end}.", end=parts[0])
    else:
        yield say(
            "Of its {n:word} setups, {ends}.", n=counted(len(told), "setups of the last note"), ends=and_list(parts)
        )
    paid = [outcome.r for _, outcome in told if outcome.r is not None]
    if len(paid) > 1:
        what = "sum of the results of the trades that ended, each against its planned risk, after costs"
        yield say("The {n:word} trades that have ended paid {r:signed} times the risk together, after costs.",
                  n=counted(len(paid), "trades that have ended"), r=counted(sum(paid), what, "ratio"))  # fmt: skip


def _end(outcome: Outcome) -> str:
    is_over = outcome.fill is None and outcome.status != "waiting"
    return "unfilled" if is_over else outcome.status


def _counted(end: str, n: int, of: int) -> Sentence:
    one, several = BECAME[end]
    if of == 1:
        return say(one)
    return say(f"{{n:word}} {several if n > 1 else one}", n=counted(n, "setups of the last note that ended so"))


def _ended(setup: Setup, outcome: Outcome, bars: Bars) -> Iterator[Sentence]:
    """Tell the life of one setup."""
    start = say("the {plan} {side} in {name}", plan=setup.plan.replace("_", " "), side=setup.side, name=name_of(bars))
    if outcome.fill is None:
        yield _unfilled(start, setup, outcome, bars)
        return
    filled = say("{start} was filled at {fill} on {day}{far}", start=start, fill=price(outcome.fill, bars, "fill of a published setup"),
                 day=_day(outcome.filled_on, setup), far=_beyond(setup, outcome, bars))  # fmt: skip
    if outcome.price is None or outcome.r is None:
        yield say(
            "{filled} and is open{so}; the stop stays at {stop}.",
            filled=filled,
            so=_reached(setup, outcome),
            stop=_stop(setup, bars),
        )
        return
    yield say("{filled} and {what} at {price} on {end}{so}: {r:signed} times the risk, after costs.", filled=filled,
              what=BECAME[outcome.status][0], price=price(outcome.price, bars, "end of a published setup"),
              end=_day(outcome.session, setup), so=_reached(setup, outcome),
              r=measured(outcome.r, "ratio", bars, "result against the planned risk, an equal part at each target, after costs"))  # fmt: skip
    if outcome.same_bar:
        yield say("In that bar the order of events is not known, so the stop counts.")


def _unfilled(start: Sentence, setup: Setup, outcome: Outcome, bars: Bars) -> Sentence:
    if outcome.status == "waiting":
        entry = price(setup.entry.price, bars, f"entry: {setup.entry.reason}")
        return say(
            "{start} still waits for its entry at {entry}, until {day}.",
            start=start,
            entry=entry,
            day=_day(setup.expiry, setup),
        )
    what = (
        "was called off by a close beyond its invalidation" if outcome.status == "invalidated" else "was never filled"
    )
    return say("{start} {what}.", start=start, what=what)


def _beyond(setup: Setup, outcome: Outcome, bars: Bars) -> Sentence:
    """Return by how much a fill at a close was worse than the entry, where that changed what the trade risked."""
    worse = 0.0 if outcome.fill is None else setup.sign * (outcome.fill - setup.entry.price) / setup.risk
    if worse < FAR or not setup.entry.condition.startswith("close"):
        return Sentence(())
    return say(" (a close {far} times the risk beyond the entry)",
               far=measured(worse, "ratio", bars, "distance from entry to fill against the planned risk"))  # fmt: skip


def _stop(setup: Setup, bars: Bars) -> Reading:
    return price(setup.stop, bars, "stop of a published setup, in the contract that was current then")


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
