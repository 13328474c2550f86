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
from crosscurrent.structure.kernel import kernel
from crosscurrent.structure.line_state import (
    AT,
    FROM,
    FROM_PRICE,
    KIND,
    LINE,
    LINE_THEN,
    SLOPE,
    STAGE,
    STATE,
    SUBJECT,
    TO,
    TO_PRICE,
    TOUCH,
    TOUCHES,
    line_value,
)
from crosscurrent.structure.tape import State, Tape
from crosscurrent.structure.trendlines import Trendlines, lines_on

__all__ = ["Channels", "find_channels"]

RULES = ("broken by a close beyond its line", "broken by a close beyond the parallel", "its line no longer stands")
OF_LINE, OF_PARALLEL, LINE_GONE = range(len(RULES))

# A channel while it is followed: whether it still is one, the parallel's distance and touches, its extreme's bar and price; then its
# line as it was. A line keeps its place until it ends, so that it has no second channel.
PHASE, DEPTH, FAR_TOUCHES, FAR_AT, FAR_PRICE, LINE_OF = range(6)
FREE, STANDING, OVER = range(3)

# What a sweep writes: when, stage, rule, which way it broke (0 if it did not); then the channel.
WHEN, STAGE_THEN, RULE_THEN, BROKE, CHANNEL_THEN = range(5)


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
        return self._table([self._found(tape, side)[0] for side in (1, -1)], tape)

    def forming(self, tape: Tape) -> FactTable:
        """Return the channels that stand at the last bar, with both prices one bar on."""
        return self._table([_as_found(self._found(tape, side)[1], len(tape) - 1) for side in (1, -1)], tape)

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return both sides."""
        start, *_, far = fact.anchors
        stands = fact.stage in ("forming", "confirmed")
        line, parallel = float(fact.readings["price"]), float(fact.readings["parallel"])
        return (
            Segment(start.session, start.price, fact.session, line, "line", fact.kind, extends=stands),
            Segment(far.session, far.price, fact.session, parallel, "parallel", "", extends=stands),
        )

    def _found(self, tape: Tape, sign: int) -> tuple[Floats, Floats]:
        """Return what happened on one side, and the channels followed at the last bar."""
        return tape.resumed(
            ("channels", self, sign), self._none_yet, lambda tape, carried: self._followed(tape, carried, sign)
        )

    def _none_yet(self) -> State:
        return (np.zeros((4 * self.lines.rules.keep, LINE_OF + STATE)),)

    def _followed(self, tape: Tape, carried: State, sign: int) -> tuple[tuple[Floats, Floats], State]:
        bars, rules, (channels,) = tape.bars, self.lines.rules, carried
        events = lines_on(tape, self.lines)[0 if sign > 0 else 1].events
        far, close = (bars.low, bars.close) if sign > 0 else (-bars.high, -bars.close)
        found = find_channels(
            events, channels, far, close, tape.atr, tape.start, self.narrowest, self.shortest, rules.tolerance, rules.away, rules.beyond
        )  # fmt: skip
        return (found, channels), carried

    def _table(self, of_sides: list[Floats], tape: Tape) -> FactTable:
        on_highs, on_lows = of_sides
        first = len(on_highs)
        rows = np.empty((first + len(on_lows), self.layout.width))
        if len(rows):
            _write_rows(rows[:first], on_highs, 1, tape.atr)
            _write_rows(rows[first:], on_lows, -1, tape.atr)
        return FactTable.from_rows(self.layout, rows)


def _as_found(channels: Floats, t: int) -> Floats:
    """Return the channels that stand as what happens at a bar."""
    found = np.empty((len(channels), CHANNEL_THEN + channels.shape[1]))
    return found[: _record_standing(found, channels, t)]


@kernel
def _record_standing(found: Floats, channels: Floats, t: int) -> int:
    n = 0
    for slot in range(len(channels)):
        if channels[slot, PHASE] == STANDING:
            n = _record(found, n, channels[slot], t, FORMING, -1, 0)
    return n


@kernel
def _write_rows(rows: Floats, found: Floats, sign: int, yardstick: Floats) -> None:
    """Write what happened on one side as rows of a table."""
    for i in range(len(rows)):
        row, channel, t, stage = rows[i], found[i, CHANNEL_THEN:], int(found[i, WHEN]), found[i, STAGE_THEN]
        slope, broke = sign * channel[LINE_OF + SLOPE], sign * found[i, BROKE]
        trend = BULLISH if slope > 0 else BEARISH if slope < 0 else -sign
        row[0], row[1], row[2], row[3] = t, 0, stage, broke if broke != 0 else trend
        row[4], row[5], row[-7] = NO_STRICTNESS, 2 * channel[LINE_OF + SUBJECT] + (sign < 0), found[i, RULE_THEN]
        _read(row[HEAD:-7], channel, sign, t, yardstick[t], stage == FORMING)
        _anchor(row[-6:], channel, sign)


@kernel
def _read(readings: Floats, channel: Floats, sign: int, t: int, unit: float, is_now: bool) -> None:
    """Write down the readings; only of the present the prices one bar on."""
    line, depth = channel[LINE_OF:], channel[DEPTH]
    slope, span = sign * line[SLOPE], t - line[FROM]
    value = sign * line[FROM_PRICE] + slope * span
    parallel = value - sign * depth
    readings[0], readings[1], readings[2], readings[3] = value, parallel, slope / unit, depth / unit
    readings[4], readings[5], readings[6] = line[TOUCHES], channel[FAR_TOUCHES], span
    readings[7], readings[8] = (value + slope, parallel + slope) if is_now else (np.nan, np.nan)


@kernel
def _anchor(pairs: Floats, channel: Floats, sign: int) -> None:
    """Write down the line's two swings and the parallel's extreme."""
    line = channel[LINE_OF:]
    pairs[0], pairs[1], pairs[2], pairs[3] = line[FROM], sign * line[FROM_PRICE], line[TO], sign * line[TO_PRICE]
    pairs[4], pairs[5] = channel[FAR_AT], sign * channel[FAR_PRICE]


@numba.njit(cache=True, nogil=True)
def find_channels(
    events: Floats, channels: Floats, far: Floats, close: Floats, yardstick: Floats, begin: int, narrowest: float, shortest: int,
    tolerance: float, away: float, beyond: float,
) -> Floats:  # fmt: skip
    """Return what happens from bar `begin` on to channels of one side (resistance, or support on negated series).

    `events` are those of its lines from there on; `channels` are carried from bar to bar.
    """
    found, n, e = np.empty((64, CHANNEL_THEN + channels.shape[1])), 0, 0
    for t in range(begin, len(close)):
        if n + len(channels) > len(found):
            found = grown(found)
        n = _break_out(found, n, channels, t, close[t], beyond * yardstick[t])
        while e < len(events) and events[e, AT] == t:
            if events[e, KIND] != LINE and events[e, KIND] != TOUCH:
                e += 1
                continue
            if n == len(found):
                found = grown(found)
            line, subject = events[e : e + 1, LINE_THEN:], events[e, LINE_THEN + SUBJECT]
            slot = _place_of(channels, subject)
            if events[e, KIND] == LINE and events[e, STAGE] != CONFIRMED:
                n = _end(found, n, channels, slot, t, events[e, STAGE] == FAILED)
            elif slot < 0 and t - line[0, FROM] >= shortest:
                depth, at = _deepest(line, t, far)
                is_outside = line_value(line.T, 0, t) - depth - close[t] > beyond * yardstick[t]
                if depth >= narrowest * yardstick[t] and not is_outside:
                    touches = _parallel_touches(line, t, far, close, yardstick, depth, tolerance, away)
                    if touches >= 2:
                        slot = _place_of(channels, -1.0)
                        _open(channels[slot], line[0], depth, touches, at, far[at])
                        n = _record(found, n, channels[slot], t, CONFIRMED, -1, 0)
            e += 1
    return found[:n].copy()


@kernel
def _place_of(channels: Floats, subject: float) -> int:
    """Return the place of a line that has had a channel, or with -1 a free one; -1 where there is none."""
    for slot in range(len(channels)):
        is_free = channels[slot, PHASE] == FREE
        if (is_free and subject < 0) or (not is_free and channels[slot, LINE_OF + SUBJECT] == subject):
            return slot
    return -1


@kernel
def _open(channel: Floats, line: Floats, depth: float, touches: int, at: int, price: float) -> None:
    """Write down a new channel."""
    channel[PHASE], channel[DEPTH], channel[FAR_TOUCHES], channel[FAR_AT] = STANDING, depth, touches, at
    channel[FAR_PRICE] = price
    for i in range(STATE):
        channel[LINE_OF + i] = line[i]


@kernel
def _record(found: Floats, n: int, channel: Floats, t: int, stage: int, rule: int, broke: int) -> int:
    """Write down an event with its channel; return how many there are."""
    found[n, WHEN], found[n, STAGE_THEN], found[n, RULE_THEN], found[n, BROKE] = t, stage, rule, broke
    for i in range(len(channel)):
        found[n, CHANNEL_THEN + i] = channel[i]
    return n + 1


@kernel
def _break_out(found: Floats, n: int, channels: Floats, t: int, close: float, beyond: float) -> int:
    """End the channels whose parallel a close has passed."""
    for slot in range(len(channels)):
        if channels[slot, PHASE] == STANDING:
            parallel = line_value(channels[slot : slot + 1, LINE_OF:].T, 0, t) - channels[slot, DEPTH]
            if parallel - close > beyond:
                n = _record(found, n, channels[slot], t, FAILED, OF_PARALLEL, -1)
                channels[slot, PHASE] = OVER
    return n


@kernel
def _end(found: Floats, n: int, channels: Floats, slot: int, t: int, is_broken: bool) -> int:
    """End the channel of a line that has ended, if it stands, and forget the line."""
    if slot < 0:
        return n
    if channels[slot, PHASE] == STANDING:
        stage, rule = (FAILED, OF_LINE) if is_broken else (EXPIRED, LINE_GONE)
        n = _record(found, n, channels[slot], t, stage, rule, 1 if is_broken else 0)
    channels[slot, PHASE] = FREE
    return n


@kernel
def _deepest(line: Floats, t: int, far: Floats) -> tuple[float, int]:
    """Return how far beneath a line price has been since it began, and at which bar."""
    price, slope, start = line[0, FROM_PRICE], line[0, SLOPE], int(line[0, FROM])
    depth, at = -np.inf, 0
    for s in range(start, t + 1):
        beneath = price + slope * (s - start) - far[s]
        depth, at = (beneath, s) if beneath > depth else (depth, at)
    return depth, at


@kernel
def _parallel_touches(
    line: Floats, t: int, far: Floats, close: Floats, yardstick: Floats, depth: float, tolerance: float, away: float
) -> int:
    """Count how often price has come to the parallel, having been away in between."""
    price, slope, start = line[0, FROM_PRICE], line[0, SLOPE], int(line[0, FROM])
    touches, gone = 0, away
    for s in range(start, t + 1):
        value, unit = price + slope * (s - start) - depth, yardstick[s]
        # Chosen between values instead of branches, as in `_touched_and_unbroken`.
        is_near, further = far[s] <= value + tolerance * unit, (close[s] - value) / unit
        touches += is_near and gone >= away
        farthest = further if further > gone else gone
        gone = 0.0 if is_near else farthest
    return touches
