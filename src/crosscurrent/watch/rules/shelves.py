"""Shelves of the ladder that the next session touched."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.bars.bars import Bars
from crosscurrent.setups.ladder import Ladder
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.seen import Seen

__all__ = ["shelves_touched"]


def shelves_touched(before: Seen, now: Seen) -> Iterator[Alert]:
    """Yield each resistance and support of the last look's ladders that the session they were for traded at.

    Rungs that a close makes true are facts, and told as such. A ladder is for one session: later ones have ladders of their own.
    """
    for ladder in before.analysis.ladders:
        if now.analysis.snapshot.has(ladder.market):
            yield from _touched(ladder, now.analysis.bars(ladder.market), now.desk)


def _touched(ladder: Ladder, bars: Bars, desk: str) -> Iterator[Alert]:
    at = bars.index_of(ladder.session) + 1
    if at >= len(bars):
        return
    show = bars.instrument.notation.format
    for shelf in (*ladder.resistance, *ladder.support):
        if bars.low[at] <= shelf.price <= bars.high[at]:
            end = "closed above it" if bars.close[at] > shelf.price else "closed below it"
            text = f"{bars.instrument.name} traded at {show(shelf.price, 'prose')} ({shelf.name}: {shelf.reasons[0]}) and {end}."
            yield Alert(desk, ladder.market, "rung_touched", str(bars.session[at]), text, f"{shelf.price:.10g}")
