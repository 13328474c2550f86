"""Trendlines on highs and on lows: drawn, touched, broken, retested, and broken in vain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Pane, Point, Segment
from crosscurrent.facts.table import FactTable, Layout
from crosscurrent.structure.break_volume import volume_ratio_on
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.line_facts import READINGS, RULES, line_table, standing_table
from crosscurrent.structure.line_finder import find_lines
from crosscurrent.structure.line_state import BREAK, LineRules, LineSweep
from crosscurrent.structure.swings import reversals_on, sided_on
from crosscurrent.structure.tape import State, Tape

__all__ = ["Trendlines", "line_marks", "lines_on", "standing_lines", "watched_breaks"]

OF_PRICE = LineRules()


@dataclass(frozen=True, slots=True)
class Trendlines(Detector):
    r"""Find trendlines: the straight edges along which a market's rallies end or its declines are caught.

          \ 1
           \/\   2                     Two swing highs, no close above the line through them: resistance.
               \/ \    touch           A touch comes back to it from afar and closes on its side; a close above it
                   \/\  /\      /\ /   by more than `beyond` is the break; a return that holds, the retest; a close
                       \/  \  _/  \    back below within a few sessions, a failed break (here a bull trap).
                        \   \/ break

    A line is known when its second swing is known; everything else at the close that shows it. Lines on lows are
    the same upside down.
    Few lines stand at a time: near twins are one, and a new line must be stronger than the weakest that stands. Strength (one to ten)
    is the mean of three marks: touches, span, time since the last touch. Readings in ATR are in that of the bar; `touches`, `span`,
    `since_touch` and `since_break` count; `after_break` is one for a return to a broken line, zero for a return to a standing one;
    `volume_ratio` compares a break's volume with the mean of the twenty bars before.

    The third anchor is the latest touch. Silent while the ATR warms up. A broken line's own life ends (`failed`) with its break.

    Parameters
    ----------
    rules
        Tolerances, spans and numbers; see `LineRules`.
    sides
        Bars on each side of a swing.
    reversals
        Scales, in ATR, of swings by reversal that may be known before those by sides.

    References
    ----------
    Edwards & Magee, Technical Analysis of Stock Trends, ch. 14. Bulkowski, Encyclopedia of Chart Patterns, on throwbacks.
    """

    rules: LineRules = OF_PRICE
    sides: tuple[int, ...] = (2, 5)
    reversals: tuple[float, ...] = (1.5, 3.0)

    layout = Layout(
        kinds=("trendline", "trendline_touch", "trendline_break", "trendline_retest", "failed_break"),
        readings=READINGS,
        prices=frozenset({"price", "next_price"}),
        anchors=3,
        rules=RULES,
    )
    bases = ("traded", "adjusted")
    phrases = {
        "trendline": "a trendline at {price}, with {touches} touches over {span} sessions",
        "trendline_touch": "a touch of the trendline at {price}, its {touches} so far",
        "trendline_break": "a close {beyond_atr} beyond the trendline at {price}",
        "trendline_retest": "a retest of the trendline at {price}, after an excursion of {excursion_atr}",
        "failed_break": "a close back inside the trendline at {price}, {since_break} sessions after it was broken",
    }

    def sweep(self, tape: Tape) -> FactTable:
        """Return the life of every line on both sides."""
        table = line_table(self.layout, lines_on(tape, self), tape.bars.close, tape.atr)
        is_break = table.kind == self.layout.kind("trendline_break")
        if is_break.any():
            table.reading("volume_ratio")[is_break] = volume_ratio_on(tape)[table.at[is_break]]
        return table

    def forming(self, tape: Tape) -> FactTable:
        """Return the lines that stand at the last bar, the strongest first, with their price at the next bar."""
        return standing_table(self.layout, lines_on(tape, self), tape.bars.close, tape.atr)

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the line from its first swing, and a point where the fact happened."""
        return line_marks(fact)


def lines_on(tape: Tape, detector: Trendlines) -> tuple[LineSweep, LineSweep]:
    """Return the tape's resistance and support lines as their sweeps left them."""

    def go_on(tape: Tape, carried: State) -> tuple[tuple[LineSweep, LineSweep], State]:
        bars = tape.bars
        swings = [sided_on(tape, n) for n in detector.sides] + [
            tape.since(reversals_on(tape, k)) for k in detector.reversals
        ]
        found = find_lines(
            bars.high, bars.low, bars.close, tape.atr, np.concatenate(swings), detector.rules, carried, tape.start
        )
        return found, (*found[0].state, *found[1].state)

    return tape.resumed(("lines", detector), tuple, go_on)


def standing_lines(tape: Tape, detector: Trendlines | None = None) -> FactTable:
    """Return the lines that stand at the last bar, strongest first (`rank` from one), `next_price` one bar on: stage FORMING."""
    detector = detector or Trendlines()
    return detector.forming(tape) if detector.can_read(tape) else FactTable.empty(detector.layout)


def watched_breaks(tape: Tape, detector: Trendlines | None = None) -> FactTable:
    """Return the lines broken of late and still watched: a close back past `next_price` would fail the break, or end the watch.

    Kind `trendline_break`, stage FORMING, `since_break` bars old; a break fails within `rules.failed_within` bars.
    """
    detector = detector or Trendlines()
    if not detector.can_read(tape):
        return FactTable.empty(detector.layout)
    return standing_table(detector.layout, lines_on(tape, detector), tape.bars.close, tape.atr, BREAK)


def line_marks(fact: Fact, pane: Pane = "price", value: str = "price") -> tuple[Mark, ...]:
    """Return a line from its first swing to the bar of the fact, carried on where it still stands, with its touches."""
    start, second, *touched = fact.anchors
    stands = fact.stage in ("forming", "confirmed") and fact.kind.endswith(("trendline", "touch"))
    end = float(fact.readings[value])
    segment = Segment(start.session, start.price, fact.session, end, "line", fact.kind, pane, extends=stands)
    return segment, *(Point(a.session, a.price, "touch", "", pane) for a in (start, second, *touched))
