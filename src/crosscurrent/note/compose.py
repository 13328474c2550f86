"""Compose the note from the analysis, and refuse to build one that holds an impossible number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import BrokenRule
from crosscurrent.indicators.volatility import atr
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.disclosure import Pack, disclose
from crosscurrent.note.headline import headline, summary
from crosscurrent.note.key_points import key_points
from crosscurrent.note.note import Note, Section
from crosscurrent.note.readings import counted, day_of
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.units import Reading

__all__ = ["REACH", "compose", "impossible"]

YEAR = 252
REACH = 12.0
"""A price is impossible when it lies farther than this, in ATR, beyond all that traded within a year."""


def compose(analysis: Analysis, pack: Pack, sections: Iterable[Callable[[Analysis], Iterator[Section]]]) -> Note:
    """Return the note, every number in it grounded and possible; otherwise it does not build (`BrokenRule`, `BadSetting`)."""
    desk = analysis.desk
    note = Note(
        desk=desk.name, as_of=analysis.as_of, written_for=desk.publisher, title=headline(analysis), summary=summary(analysis),
        key_points=key_points(analysis), sections=tuple(s for make in sections for s in make(analysis)), gaps=tuple(_gaps(analysis)),
        method=tuple(_method(analysis)), byline=desk.byline, disclosure=disclose(pack, desk.fields, day_of(analysis.as_of)),
        sources=(analysis.source,), setups=analysis.setups,
    )  # fmt: skip
    for sentence in note.sentences():
        for reading in sentence.readings:
            _must_be_possible(reading, analysis)
    return note


def _must_be_possible(reading: Reading, analysis: Analysis) -> None:
    if reading.unit in ("price", "yield") and analysis.snapshot.has(reading.market):
        bars = analysis.bars(reading.market)
        if impossible(float(reading.value), bars):  # type: ignore[arg-type]
            raise BrokenRule("a price in the note lies where its market never traded", market=reading.market,
                             definition=reading.definition, value=reading.value)  # fmt: skip


def impossible(value: float, bars: Bars) -> bool:
    """Whether a price lies farther than `REACH` ATR beyond everything that traded within the last year.

    The year is read on the bars given; where the ATR is not yet known, half of the year's range stands in for it.
    """
    recent = bars.last(YEAR)
    if not len(recent):
        return True
    low, high = float(recent.low.min()), float(recent.high.max())
    unit = float(atr(bars.high, bars.low, bars.close)[-1])
    room = REACH * unit if np.isfinite(unit) and unit > 0 else 0.5 * (high - low)
    return not low - room <= value <= high + room


def _gaps(analysis: Analysis) -> Iterator[Sentence]:
    for missing in analysis.missing:
        yield say("{what}: {why}.", what=Name(missing.what), why=Name(missing.why.rstrip(".")))
    for market in analysis.desk.markets:
        if analysis.snapshot.has(market.name):
            yield from _bars_gaps(analysis.bars(market.name), analysis)


def _bars_gaps(bars: Bars, analysis: Analysis) -> Iterator[Sentence]:
    name = Name(bars.market)
    if bars.is_close_only and bars.instrument.quoted_as == "price":
        yield say(
            "{name} has closes alone: what needs a range (candles, swings, patterns, setups) is silent on it.",
            name=name,
        )
    if bars.instrument.is_future:
        source = analysis.snapshot.adjusted(bars.market).roll_source
        if source == "estimated":
            yield say("{name}: the gaps between contracts are estimated from {reference}, since only one contract is known at a time.", name=name,
                      reference=Name(str(bars.instrument.reference)))  # fmt: skip
        elif source == "unadjusted":
            yield say("{name}: the gaps between contracts are not known, so lines and returns across a roll are those of the unadjusted "
                      "series.", name=name)  # fmt: skip


def _method(analysis: Analysis) -> Iterator[Sentence]:
    yield say("Everything here was known at the closes of the date above: each fact carries the close that revealed it, and what was said of a "
              "past close is never changed afterwards.")  # fmt: skip
    yield say("Prices of futures are told as charted; returns, patterns and lines across a roll on a series free of roll gaps, in the prices of "
              "the contract then current, and where the two disagree both are named.")  # fmt: skip
    yield say("Correlations are of levels or of daily changes and always say which; an interval is given for changes only, and for levels the "
              "share of unrelated series that show less, since levels of unrelated markets often look related.")  # fmt: skip
    yield say("Distances and tolerances are measured in ATR, Wilder's average range over {n} sessions, the same for every market and date.",
              n=counted(14, "length of the ATR", "sessions"))  # fmt: skip
    yield say("No record against chance stands behind the setups yet: read them as plans, not as odds.")
