"""Arguments and their records: what the note reasons with, and what came of it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.own_structure import argued, kind_words
from crosscurrent.evidence.record import Record
from crosscurrent.facts.fact import Fact
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.note import Table
from crosscurrent.note.readings import counted, share
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.setups.setup import Setup

__all__ = ["contradicting", "how_records_are_made", "leading", "reasons", "record_clause", "record_table"]

MOST_REASONS = 2
TOLD_APART = ("rates_filter", "events_ahead")
"""Rules whose evidence has a sentence of its own."""
WAYS = {"bullish": "up", "bearish": "down", "neutral": "neither"}
CAME_TRUE = "an ATR further from the next open before an ATR back, within twenty sessions"
MEANT = {
    "n": "earlier facts of the kind (averages of every length together) and direction, outcome known by the last close",
    "rate": f"share of them after which price went {CAME_TRUE}",
    "null": f"null: the share of all bars of the market in the same state of volatility, same side, after which price went {CAME_TRUE}",
    "edge": "share that came true less that of matched random entries",
}


@dataclass(frozen=True, slots=True)
class _Argument:
    """What is argued, which way, and what came of its like."""

    what: str
    direction: str
    record: Record | None


def _argument(what: str, kind: str, direction: str, record: Record | None) -> _Argument:
    """Return an argument under the name of what its record counts: averages of every length, crosses on every day."""
    return _Argument(what if record is None else kind_words(kind), direction, record)


def leading(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the weightiest evidence, as much of it as is told; what has a sentence of its own is left to that."""
    return tuple(sorted((e for e in found if e.rule not in TOLD_APART), key=lambda e: -e.weight)[:MOST_REASONS])


def contradicting(setup: Setup) -> tuple[Evidence, ...]:
    """Return the filter's own evidence that, through the link, points against a setup; its standing trend is no event."""
    held = setup.filtered_by
    if held is None or held.dependence is None:
        return ()
    wanted = "bullish" if (setup.side == "long") == (held.dependence > 0) else "bearish"
    found = [e for e in held.stance.evidence if e.direction != wanted and e.kind != "trend"]
    return tuple(sorted(found, key=lambda e: (-e.weight, e.kind))[:MOST_REASONS])


def reasons(analysis: Analysis) -> Iterator[Evidence]:
    """Yield every piece of evidence that the note names for or against a setup."""
    for setup in analysis.setups:
        yield from (*leading(setup.supports), *leading(setup.opposes), *contradicting(setup))


def record_table(market: str, told: Iterable[Fact], analysis: Analysis) -> tuple[Table, ...]:
    """Return the record of every argument about a market that the note uses, once each; no table where it knows of no record."""
    known = analysis.experience
    found = [_argument(argued(f), f.kind, f.direction, known.record_of(f)) for f in told]
    found += [_argument(e.why, e.kind, e.direction, e.record) for e in reasons(analysis) if e.market == market]
    if not any(a.record for a in found):
        return ()
    rows = tuple(_row(argument, market) for argument in dict.fromkeys(found))
    caption = f"What came of such arguments before: {CAME_TRUE}"
    return (Table(caption, ("Argument", "Says", "Cases", "Came true", "Interval", "By chance", "Edge"), rows),)


def _row(argument: _Argument, market: str) -> tuple[Sentence, ...]:
    head = (say("{what}", what=Name(argument.what)), say(WAYS[argument.direction]))
    record, nothing = argument.record, say("–")
    if record is None:
        return (*head, say("no record yet"), *[nothing] * 4)
    where = say(" (desk)" if record.scope == "desk" else "")
    cases = say("{n}{where}", n=counted(record.n, MEANT["n"], market=market), where=where)
    if not record.is_enough:
        return (*head, cases, say("too few to tell"), *[nothing] * 3)
    return (
        *head, cases, say("{r:fine}", r=share(record.rate, MEANT["rate"])), say("{low} to {high}", **_interval(record)),
        say("{r:fine}", r=share(record.null, MEANT["null"])), say("{r:signed}", r=share(record.edge, MEANT["edge"])),
    )  # fmt: skip


def _interval(record: Record) -> dict[str, Sentence]:
    ends = {"low": record.low, "high": record.high}
    return {
        name: say("{r}", r=share(value, f"{name} end of the 95 % interval: {MEANT['rate']}"))
        for name, value in ends.items()
    }


def record_clause(record: Record | None) -> Sentence:
    """Return what came of an argument's like, as a clause to stand behind it."""
    if record is None:
        return say(" (no record yet)")
    if not record.is_enough:
        return say(" (too few before it to tell)")
    words = {name: share(value, MEANT[name]) for name, value in (("rate", record.rate), ("null", record.null))}
    return say(" (true in {rate} of {n}, by chance in {null})", n=counted(record.n, MEANT["n"]), **words)


def how_records_are_made(analysis: Analysis) -> Iterator[Sentence]:
    """Tell for the method what the record of an argument counts, or that there is none."""
    if not any(e.record for e in reasons(analysis)):
        yield say("No record against chance stands behind the setups yet: read them as plans, not as odds.")
        return
    yield say("An argument's record counts earlier facts of its kind and direction in its market whose outcome was known by the date above (where "
              "their dates are too few, of all charted markets): it came true when price went an ATR further from the next open before it "
              "went an ATR back. Chance is the same count over all bars of the market in the same state of volatility. An interval that holds the "
              "chance is no edge, and of many arguments a few miss it by luck.")  # fmt: skip
    yield say("The setups themselves have no record yet: read them as plans, not as odds.")
