"""Scenarios: for each market a main and an alternative path with the price between them; then what contradicts across markets."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.evidence.rates_filter import stance
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.arguments import contradicting
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.note import Section
from crosscurrent.note.readings import day, price
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.setups.ladder import Ladder, Shelf

__all__ = ["scenarios"]

MOST_SHELVES = 2


def scenarios(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where a market has prices on both sides to choose between."""
    paths = [tuple(_paths(each, analysis)) for each in analysis.ladders if each.resistance and each.support]
    against = tuple(_contradictions(analysis))
    if paths:
        paragraphs = (*paths, *((against,) if against else ()))
        yield Section("scenarios", say("Two paths for each, and the price between them"), paragraphs)


def _paths(found: Ladder, analysis: Analysis) -> Iterator[Sentence]:
    leaning = stance(analysis.looks[found.market]).direction
    is_down = leaning == "bearish"
    ahead, behind = (found.support, found.resistance) if is_down else (found.resistance, found.support)
    beyond, back = ("below", "above") if is_down else ("above", "below")
    verb = "lean" if found.bars.instrument.is_future else "leans"
    lean = (
        say("{verb} on neither side", verb=verb)
        if leaning == "neutral"
        else say("{verb} {way}", verb=verb, way=leaning)
    )
    name = name_of(found.bars)
    yield say("{name} {lean}: the main path leads to {ahead}, as long as it closes {beyond} {between}.", name=name, lean=lean,
              ahead=and_list([_shelf(s, found) for s in ahead[:MOST_SHELVES]]), beyond=beyond, between=_shelf(behind[0], found))  # fmt: skip
    if len(behind) > 1:
        yield say(
            "A close {back} that takes {name} to the alternative, towards {next}.",
            back=back,
            name=name,
            next=_shelf(behind[1], found),
        )


def _shelf(shelf: Shelf, found: Ladder) -> Sentence:
    return say("{price}", price=price(shelf.price, found.bars, f"{shelf.name}: {'; '.join(shelf.reasons)}"))


def _contradictions(analysis: Analysis) -> Iterator[Sentence]:
    """Tell what the filter market shows against each market's first setup, weighed through their present link."""
    told: set[str] = set()
    for setup in analysis.setups:
        if setup.market in told or setup.filtered_by is None or not setup.filtered_by.is_linked:
            continue
        told.add(setup.market)
        found = [
            say("the {why} of {when}", why=Name(e.why), when=day(e.session, "session of the evidence", e.market))
            for e in contradicting(setup)
        ]  # fmt: skip
        if found:
            yield say("A contradiction stands: in {filter} {what} spoke against a {side} in {market}.", filter=Name(setup.filtered_by.stance.market),
                      what=and_list(found), side=setup.side, market=Name(setup.market))  # fmt: skip
