"""What waits around a close: the landmarks beyond and behind it, nearest first."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.note.names import and_list
from crosscurrent.note.readings import counted, day, price
from crosscurrent.note.say import Sentence, say
from crosscurrent.setups.landmarks import Landmark, landmarks, spread_out
from crosscurrent.structure.look import Look

__all__ = ["ahead"]

WORTH_TELLING = 2.0
REACH = 5.0
"""Landmarks farther than this from the close, in ATR, are of no use to the next sessions."""


def ahead(look: Look, bars: Bars) -> tuple[Sentence, ...]:
    """Tell the landmarks beyond and behind the close, nearest first: what would follow, and where the story is wrong."""
    unit = float(look.traded.atr[-1])
    if not np.isfinite(unit) or unit <= 0:
        return ()
    close, marks = float(bars.close[-1]), landmarks(look)
    near = [m for m in marks if m.weight >= WORTH_TELLING and 0.1 * unit < abs(m.price - close) <= REACH * unit]
    above = spread_out([m for m in near if m.price > close], 0.4 * unit)[:3]
    below = spread_out([m for m in reversed(near) if m.price < close], 0.4 * unit)[:3]
    sentences = []
    if above:
        sentences.append(say("Above the close wait {marks}.", marks=and_list([_landmark(m, bars) for m in above])))
    else:
        sentences.append(say("Nothing that its chart remembers stands near above the close."))
    if below:
        sentences.append(say("Below it stand {marks}.", marks=and_list([_landmark(m, bars) for m in below])))
    return tuple(sentences)


def _landmark(mark: Landmark, bars: Bars) -> Sentence:
    told = price(mark.price, bars, mark.reason)
    if mark.kind == "average":
        length = counted(mark.length or 0, "length of the average", "sessions", bars.market)
        return say("the {length}-day average at {price}", length=length, price=told)
    if mark.kind == "measured":
        return say("the {what}'s measured target at {price}", what=mark.what.replace("_", " "), price=told)
    if mark.kind in ("swing_high", "swing_low") and mark.session is not None:
        which = "high" if mark.kind == "swing_high" else "low"
        return say(
            "the {which} of {day:short} at {price}",
            which=which,
            price=told,
            day=day(mark.session, "session of the swing"),
        )
    if mark.kind in ("record_high", "record_low", "year_high", "year_low") and mark.session is not None:
        which = mark.kind.replace("_", " ").replace("year", "year's")
        return say(
            "the {which} of {day} at {price}", which=which, price=told, day=day(mark.session, "session of the extreme")
        )
    if mark.kind == "line" and mark.session is not None:
        return say(
            "the line from {day:short}, next session at {price}",
            price=told,
            day=day(mark.session, "first swing of the line"),
        )
    return say("a level at {price}", price=told)
