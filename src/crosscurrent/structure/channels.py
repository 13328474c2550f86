"""Channels: a trendline, and its parallel through the far side of what it carries."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Segment
from crosscurrent.facts.stage import BEARISH, BULLISH, CONFIRMED, EXPIRED, FAILED, FORMING, NO_STRICTNESS
from crosscurrent.facts.table import HEAD, FactTable, Layout, grown
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.line_state import (
    AT,
    FROM,
    FROM_PRICE,
    KIND,
    LINE,
    LINE_THEN,
    SLOPE,
    STAGE,
    SUBJECT,
    TO,
    TO_PRICE,
    TOUCH,
    TOUCHES,
    line_value,
)
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.trendlines import Trendlines, lines_on

__all__ = ["Channels", "find_channels"]

RULES = ("broken by a close beyond its line", "broken by a close beyond the parallel", "its line no longer stands")
OF_LINE, OF_PARALLEL, LINE_GONE = range(len(RULES))

# What a sweep writes: when, stage, rule, which way it broke (0 if it did not), the parallel's distance and touches, its extreme's
# bar and price, the place of the event that completed it.
WHEN, STAGE_THEN, RULE_THEN, BROKE, DEPTH, FAR_TOUCHES, FAR_AT, FAR_PRICE, EVENT, WIDE = range(10)


@dataclass(frozen=True, slots=True)
class Channels(Detector):
    r"""Find channels: price travels between a trendline and its parallel, touching both again and again.

             /\  /    line on the highs, its parallel through the farthest low since the line began
          /\/  \/
         /  \  /      Both must have been touched twice, the parallel from afar each time, and a channel must be
        /    \/       wide enough to travel in.

    Known at the close at which its line is known, or at the later touch of the line by which the parallel has its second touch. It
    fails by a close beyond either side and expires with its line. Direction is that of its slope, of a failed one that of the break.
    One channel a line. Silent while the ATR warms up.

    Parameters
    ----------
    lines
        The trendlines it rests on, with their tolerances.
    narrowest
        Least width, in ATR.
    shortest
        Least span, in bars: three weeks, as for other formations.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 14, on trend channels.
    """

    lines: Trendlines = Trendlines()  # noqa: RUF009 (frozen, so shared safely)
    narrowest: float = 2.0
    shortest: int = 15

    layout = Layout(
        kinds=("channel",),
        readings=(
            "price",
            "parallel",
            "slope_atr",
            "width_atr",
            "touches",
            "parallel_touches",
            "span",
            "next_price",
            "next_parallel",
        ),
        prices=frozenset({"price", "parallel", "next_price", "next_parallel"}),
        anchors=3,
        rules=RULES,
    )
    bases = ("traded", "adjusted")
    phrases = {"channel": "a channel between {price} and {parallel}, {width_atr} wide"}

    def sweep(self, tape: Tape) -> FactTable:
        """Return channels and their ends."""
        return FactTable.from_rows(self.layout, np.concatenate([self._told(tape, side)[0] for side in (1, -1)]))

    def forming(self, tape: Tape) -> FactTable:
        """Return the channels that stand at the last bar, with both prices one bar on."""
        return FactTable.from_rows(self.layout, np.concatenate([self._told(tape, side)[1] for side in (1, -1)]))

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return both sides."""
        start, *_, far = fact.anchors
        stands = fact.stage in ("forming", "confirmed")
        line, parallel = float(fact.readings["price"]), float(fact.readings["parallel"])
        return (
            Segment(start.session, start.price, fact.session, line, "line", fact.kind, extends=stands),
            Segment(far.session, far.price, fact.session, parallel, "parallel", "", extends=stands),
        )

    def _told(self, tape: Tape, sign: int) -> tuple[Floats, Floats]:
        """Return rows of the history and of what stands, of one side."""
        return tape.once(("channels", self, sign), lambda: self._found(tape, sign))

    def _found(self, tape: Tape, sign: int) -> tuple[Floats, Floats]:
        bars, rules = tape.bars, self.lines.rules
        events = lines_on(tape, self.lines)[0 if sign > 0 else 1].events
        far, close = (bars.low, bars.close) if sign > 0 else (-bars.high, -bars.close)
        found = find_channels(
            events, far, close, tape.atr, self.narrowest, self.shortest, rules.tolerance, rules.away, rules.beyond
        )  # fmt: skip
        stands = np.ones(len(found), bool)
        ended = found[found[:, STAGE_THEN] != CONFIRMED, EVENT]
        stands &= ~np.isin(found[:, EVENT], ended)
        now = found[stands].copy()
        now[:, WHEN], now[:, STAGE_THEN] = len(bars) - 1, FORMING
        return self._rows(found, events, sign, tape), self._rows(now, events, sign, tape, is_now=True)

    def _rows(self, found: Floats, events: Floats, sign: int, tape: Tape, is_now: bool = False) -> Floats:
        line, at = events[found[:, EVENT].astype(np.int64), LINE_THEN:], found[:, WHEN].astype(np.int64)
        unit, slope = tape.atr[at], sign * line[:, SLOPE]
        value = sign * line[:, FROM_PRICE] + slope * (at - line[:, FROM])
        parallel = value - sign * found[:, DEPTH]
        rows = np.full((len(found), self.layout.width), np.nan)
        trend = np.where(slope > 0, BULLISH, np.where(slope < 0, BEARISH, -sign))
        broke = sign * found[:, BROKE]
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = at, 0, found[:, STAGE_THEN], np.where(broke != 0, broke, trend)
        rows[:, 4], rows[:, 5] = NO_STRICTNESS, 2 * line[:, SUBJECT] + (sign < 0)
        ahead = (value + slope, parallel + slope) if is_now else (np.nan, np.nan)
        readings = (
            value, parallel, slope / unit, found[:, DEPTH] / unit, line[:, TOUCHES], found[:, FAR_TOUCHES], at - line[:, FROM], *ahead,
        )  # fmt: skip
        for place, column in enumerate(readings):
            rows[:, HEAD + place] = column
        anchors = (
            line[:, FROM],
            sign * line[:, FROM_PRICE],
            line[:, TO],
            sign * line[:, TO_PRICE],
            found[:, FAR_AT],
            sign * found[:, FAR_PRICE],
        )
        rows[:, -7] = found[:, RULE_THEN]
        for place, column in enumerate(anchors):
            rows[:, place - 6] = column
        return rows


@numba.njit(cache=True, nogil=True)
def find_channels(
    events: Floats, far: Floats, close: Floats, yardstick: Floats, narrowest: float, shortest: int, tolerance: float, away: float,
    beyond: float,
) -> Floats:  # fmt: skip
    """Return channels and their ends, of the lines of one side (resistance, or support on negated series)."""
    found, n = np.empty((64, WIDE)), 0
    ends = _ends(events)
    has_one = np.zeros(len(ends), np.bool_)
    for e in range(len(events)):
        opens = (events[e, KIND] == LINE and events[e, STAGE] == CONFIRMED) or events[e, KIND] == TOUCH
        subject, t = int(events[e, LINE_THEN + SUBJECT]), int(events[e, AT])
        if not opens or has_one[subject] or t - events[e, LINE_THEN + FROM] < shortest:
            continue
        line = events[e : e + 1, LINE_THEN:]
        depth, at = _deepest(line, t, far)
        touches = _parallel_touches(line, t, far, close, yardstick, depth, tolerance, away)
        if (
            touches < 2
            or depth < narrowest * yardstick[t]
            or line_value(line, 0, t) - depth - close[t] > beyond * yardstick[t]
        ):
            continue
        has_one[subject] = True
        if n + 2 > len(found):
            found = grown(found)
        found[n, DEPTH], found[n, FAR_TOUCHES], found[n, FAR_AT], found[n, FAR_PRICE] = depth, touches, at, far[at]
        found[n, WHEN], found[n, STAGE_THEN], found[n, RULE_THEN], found[n, BROKE], found[n, EVENT] = (
            t,
            CONFIRMED,
            -1,
            0,
            e,
        )
        n += 1
        n = _end(found, n, line, t, close, yardstick, events, ends[subject], beyond)
    return found[:n].copy()


@numba.njit(cache=True, nogil=True)
def _ends(events: Floats) -> np.ndarray:
    """Return for each line the event that ended it, -1 for one that stands."""
    born = 0
    for e in range(len(events)):
        born = max(born, int(events[e, LINE_THEN + SUBJECT]) + 1)
    ends = np.full(born, -1, np.int64)
    for e in range(len(events)):
        if events[e, KIND] == LINE and events[e, STAGE] != CONFIRMED:
            ends[int(events[e, LINE_THEN + SUBJECT])] = e
    return ends


@numba.njit(cache=True, nogil=True)
def _deepest(line: Floats, t: int, far: Floats) -> tuple[float, int]:
    """Return how far beneath a line price has been since it began, and at which bar."""
    depth, at = -np.inf, 0
    for s in range(int(line[0, FROM]), t + 1):
        if line_value(line, 0, s) - far[s] > depth:
            depth, at = line_value(line, 0, s) - far[s], s
    return depth, at


@numba.njit(cache=True, nogil=True)
def _parallel_touches(
    line: Floats, t: int, far: Floats, close: Floats, yardstick: Floats, depth: float, tolerance: float, away: float
) -> int:
    """Count how often price has come to the parallel, having been away in between."""
    touches, gone = 0, away
    for s in range(int(line[0, FROM]), t + 1):
        value, unit = line_value(line, 0, s) - depth, yardstick[s]
        if far[s] <= value + tolerance * unit:
            touches += gone >= away
            gone = 0.0
        else:
            gone = max(gone, (close[s] - value) / unit)
    return touches


@numba.njit(cache=True, nogil=True)
def _end(
    found: Floats,
    n: int,
    line: Floats,
    t: int,
    close: Floats,
    yardstick: Floats,
    events: Floats,
    end: int,
    beyond: float,
) -> int:
    """Write down how the channel found last ends, if it has by now: by a close past the parallel, or with its line."""
    last = int(events[end, AT]) if end >= 0 else len(close) - 1
    for s in range(t + 1, last + 1):
        if line_value(line, 0, s) - found[n - 1, DEPTH] - close[s] > beyond * yardstick[s]:
            found[n] = found[n - 1]
            found[n, WHEN], found[n, STAGE_THEN], found[n, RULE_THEN], found[n, BROKE] = s, FAILED, OF_PARALLEL, -1
            return n + 1
    if end < 0:
        return n
    failed = events[end, STAGE] == FAILED
    found[n] = found[n - 1]
    found[n, WHEN], found[n, STAGE_THEN] = last, FAILED if failed else EXPIRED
    found[n, RULE_THEN], found[n, BROKE] = OF_LINE if failed else LINE_GONE, 1 if failed else 0
    return n + 1
