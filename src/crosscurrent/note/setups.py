"""The section on setups: each trade with its entry, stop, targets and what would prove it wrong."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.bars.bars import Bars
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.note import Section, Table
from crosscurrent.note.readings import day, measured, price
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.setups.setup import Setup

__all__ = ["setups"]


def setups(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where a plan has found a setup."""
    if not analysis.setups:
        return
    paragraphs = tuple(tuple(_told(s, analysis.bars(s.market))) for s in analysis.setups)
    yield Section("setups", say("Setups, and what would prove them wrong"), paragraphs, (_table(analysis),))


def _told(setup: Setup, bars: Bars) -> Iterator[Sentence]:
    side = "above" if setup.side == "long" else "below"
    verb = "A long" if setup.side == "long" else "A short"
    yield say("{verb} in {name} wants a close {side} {entry} ({reason}), with the stop at {stop}.", verb=verb, name=name_of(bars), side=side,
              entry=price(setup.entry.price, bars, f"entry: {setup.entry.reason}"), reason=Name(setup.entry.reason),
              stop=price(setup.stop, bars, "stop: beyond structure by half an ATR"))  # fmt: skip
    targets = [
        say("{target} ({reason}, {r} times the risk)", target=price(t.price, bars, f"target: {t.reason}"), reason=Name(t.reason),
            r=measured(t.r, "ratio", bars, "distance to the target against distance to the stop"))
        for t in setup.targets
    ]  # fmt: skip
    yield (
        say("The first target is {target}.", target=targets[0])
        if len(targets) == 1
        else say("Targets are {targets}.", targets=and_list(targets))
    )
    beyond = "below" if setup.side == "long" else "above"
    yield say("A close {beyond} {price} ({reason}) would prove the idea wrong; without a fill it lapses after {expiry}.", beyond=beyond,
              price=price(setup.invalidation.price, bars, f"invalidation: {setup.invalidation.reason}"),
              reason=Name(setup.invalidation.reason), expiry=day(setup.expiry, "last session in which the setup stands", setup.market))  # fmt: skip
    yield from _filter(setup)


def _filter(setup: Setup) -> Iterator[Sentence]:
    words = {
        "aligned": "The T-note, as filter, is aligned with it.",
        "against": "The T-note, as filter, speaks against it.",
        "neutral": "The T-note, as filter, takes no side.",
    }
    if setup.supports or setup.opposes or setup.filter != "neutral":
        yield say(words[setup.filter])


def _table(analysis: Analysis) -> Table:
    rows = []
    for setup in analysis.setups:
        bars = analysis.bars(setup.market)
        rows.append((
            say("{market} {side}", market=Name(setup.market), side=setup.side), _cell(setup.entry.price, bars, "entry"),
            _cell(setup.stop, bars, "stop"), and_list([_cell(t.price, bars, f"target: {t.reason}") for t in setup.targets]),
            say("{r}", r=measured(setup.targets[0].r, "ratio", bars, "first target against risk")),
            _cell(setup.invalidation.price, bars, "invalidation"), say("{day}", day=day(setup.expiry, "expiry", setup.market)),
        ))  # fmt: skip
    return Table("Setups", ("Setup", "Entry", "Stop", "Targets", "First R", "Invalid beyond", "Until"), tuple(rows))


def _cell(value: float, bars: Bars, definition: str) -> Sentence:
    return say("{price}", price=price(value, bars, definition))
