"""Facts that a close revealed: breaks, failed breaks, candles, patterns, crosses."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.facts.fact import Fact
from crosscurrent.note.choose import recent_facts
from crosscurrent.note.tell import tell
from crosscurrent.structure.look import Look
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.seen import Seen

__all__ = ["facts_revealed"]


def facts_revealed(before: Seen, now: Seen) -> Iterator[Alert]:
    """Yield what the closes since the last look revealed of what a note would tell; near misses are no alert."""
    for market, look in now.analysis.looks.items():
        known = before.last(market)
        if known is None:
            continue
        new = int((look.traded.bars.session > known).sum())
        for fact in recent_facts(look, new) if new else ():
            if fact.strictness != "near_miss":
                yield from _told(now, fact, look)


def _told(now: Seen, fact: Fact, look: Look) -> Iterator[Alert]:
    sweep = next(s for s in look.sweeps if fact.kind in s.detector.layout.kinds)
    sentence = tell(fact, look.traded.bars, sweep.detector.layout.prices)
    if sentence is not None:
        about = f"{fact.basis}:{fact.subject}:{fact.stage}:{fact.direction}"
        text = str(sentence)
        yield Alert(now.desk, look.market, fact.kind, str(fact.session), f"{text[:1].upper()}{text[1:]}.", about)
