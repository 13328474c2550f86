"""The section on setups: each trade with its entry, stop, targets and what would prove it wrong."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.bars.bars import Bars
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.arguments import leading, record_clause
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.note import Section, Table
from crosscurrent.note.readings import day, measured, price
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.setups.setup import Setup

__all__ = ["setups"]

MOST_EVENTS = 2
ENTRIES = {
    "close_above": "wants a close above {entry}", "close_below": "wants a close below {entry}", "trade_above": "wants trade through {entry}",
    "trade_below": "wants trade through {entry}", "retest_from_above": "waits for a return to {entry}",
    "retest_from_below": "waits for a return to {entry}",
}  # fmt: skip


def setups(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where a plan has found a setup, or has a reason why it found none."""
    told = _first_of_each(analysis.setups)
    leads = {s.market: s for s in reversed(told)}  # what speaks for a market's first setup speaks against its second
    paragraphs = [(*_told(s, analysis.bars(s.market)), *(_judged(s) if leads[s.market] is s else ())) for s in told]
    paragraphs += [
        (say("No setup in {name}: {reason}.", name=name_of(analysis.bars(each.market)), reason=Name(each.reason)),)
        for each in analysis.planned if not each.setups and each.reason
    ]  # fmt: skip
    if paragraphs:
        tables = (_table(analysis),) if analysis.setups else ()
        yield Section("setups", say("Setups, and what would prove them wrong"), tuple(paragraphs), tables)


def _first_of_each(found: tuple[Setup, ...]) -> tuple[Setup, ...]:
    """Return the first setup of each market and side: the others stand in the table."""
    firsts: dict[tuple[str, str], Setup] = {}
    for setup in found:
        firsts.setdefault((setup.market, setup.side), setup)
    return tuple(firsts.values())


def _told(setup: Setup, bars: Bars) -> Iterator[Sentence]:
    entry = price(setup.entry.price, bars, f"entry: {setup.entry.reason}")
    wants = say(ENTRIES[setup.entry.condition], entry=entry)
    yield say("{side} in {name} ({plan}) {wants} ({reason}), with the stop at {stop}.", side=f"A {setup.side}", name=name_of(bars),
              plan=setup.plan.replace("_", " "), wants=wants, reason=Name(setup.entry.reason),
              stop=price(setup.stop, bars, "stop: beyond structure by a margin in ATR"))  # fmt: skip
    targets = [
        say("{target} ({reason}, {r} times the risk)", target=price(t.price, bars, f"target: {t.reason}"), reason=Name(t.reason),
            r=measured(t.r, "ratio", bars, "distance to the target against distance to the stop"))
        for t in setup.targets
    ]  # fmt: skip
    first = "The only target is {targets}." if len(targets) == 1 else "Targets are {targets}."
    yield say(first, targets=and_list(targets))
    beyond = "below" if setup.side == "long" else "above"
    yield say("A close {beyond} {price} ({reason}) would prove the idea wrong; without a fill it lapses after {expiry}.", beyond=beyond,
              price=price(setup.invalidation.price, bars, f"invalidation: {setup.invalidation.reason}"),
              reason=Name(setup.invalidation.reason), expiry=day(setup.expiry, "last session in which the setup stands", setup.market))  # fmt: skip
    if setup.parting and setup.side == "short":
        told = [
            say("{way} {price} starts the {side}", way=s.way, price=price(s.price, bars, "entry"), side=s.side)
            for s in setup.parting.starts
        ]
        yield say("These are two sides of one price: {told}.", told=and_list(told))


def _judged(setup: Setup) -> Iterator[Sentence]:
    """Tell what supports and opposes the setup, and the filter."""
    yield from _reasons(setup)
    yield from _filter(setup)
    yield from _events(setup)


def _events(setup: Setup) -> Iterator[Sentence]:
    """Tell what stands in the calendar before the setup lapses, the weightiest days first: there price may jump a stop."""
    weighty = sorted(setup.ahead, key=lambda e: (-e.weight, e.session))[:MOST_EVENTS]
    told = [Name(e.why) for e in sorted(weighty, key=lambda e: e.session)]
    if told:
        yield say(
            "Before it lapses the calendar holds {told}, and a release may carry price past a stop.",
            told=and_list(told),
        )


def _reasons(setup: Setup) -> Iterator[Sentence]:
    """Tell the weightiest of what supports and of what opposes the setup."""
    for template, found in (
        ("For a {side} in {market}: {why}.", setup.supports),
        ("Against it in {market}: {why}.", setup.opposes),
    ):
        told = [say("{why}{record}", why=Name(e.why), record=record_clause(e.record)) for e in leading(found)]
        if told:
            yield say(template, why=and_list(told), side=setup.side, market=Name(setup.market))


def _filter(setup: Setup) -> Iterator[Sentence]:
    held = setup.filtered_by
    if held is None:
        return
    market, link = Name(held.stance.market), "moves with it" if (held.dependence or 0.0) > 0 else "moves against it"
    leans = "takes no side" if held.stance.direction == "neutral" else f"leans {held.stance.direction}"
    verdict = {
        "aligned": "which is on this trade's side",
        "against": "which is against this trade",
        "neutral": "so it neither helps nor hinders",
    }
    if not held.is_linked:
        yield say(
            "As filter for {name} {market} says nothing: the two are not clearly linked at present.",
            market=market,
            name=Name(setup.market),
        )
    else:
        yield say(
            "As filter for {name} {market} {leans} and {name} {link}, {verdict}.",
            market=market,
            name=Name(setup.market),
            leans=leans,
            link=link,
            verdict=verdict[setup.filter],
        )


def _table(analysis: Analysis) -> Table:
    rows = []
    for setup in analysis.setups:
        bars = analysis.bars(setup.market)
        rows.append((
            say("{market} {side}, {plan}", market=Name(setup.market), side=setup.side, plan=setup.plan.replace("_", " ")),
            _cell(setup.entry.price, bars, "entry"),
            _cell(setup.stop, bars, "stop"), and_list([_cell(t.price, bars, f"target: {t.reason}") for t in setup.targets]),
            say("{r}", r=measured(setup.targets[0].r, "ratio", bars, "first target against risk")),
            _cell(setup.invalidation.price, bars, "invalidation"), say("{day}", day=day(setup.expiry, "expiry", setup.market)),
        ))  # fmt: skip
    return Table("Setups", ("Setup", "Entry", "Stop", "Targets", "First R", "Invalid beyond", "Until"), tuple(rows))


def _cell(value: float, bars: Bars, definition: str) -> Sentence:
    return say("{price}", price=price(value, bars, definition))
