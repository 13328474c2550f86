"""Every candle of the field, each as inequalities with margins: strict, by the futures rule, or a near miss."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point, Segment
from crosscurrent.facts.stage import BULLISH, CONFIRMED, FORMING, FUTURES
from crosscurrent.facts.table import HEAD, FactTable, Layout
from crosscurrent.structure.candles.candle import Candle
from crosscurrent.structure.candles.completion import completion
from crosscurrent.structure.candles.engulfing import ENGULFING
from crosscurrent.structure.candles.eve import Eve
from crosscurrent.structure.candles.geometry import GEOMETRY
from crosscurrent.structure.candles.hammers import HAMMERS
from crosscurrent.structure.candles.judge import Rulebook
from crosscurrent.structure.candles.piercing import PIERCING
from crosscurrent.structure.candles.readable import readable_bars
from crosscurrent.structure.candles.reversals import REVERSALS
from crosscurrent.structure.candles.shape import DEPTH, SEEN, Shape
from crosscurrent.structure.candles.soldiers import SOLDIERS
from crosscurrent.structure.candles.stars import STARS
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["CANDLES", "Candles"]

CANDLES: tuple[Candle, ...] = (*HAMMERS, *STARS, *ENGULFING, *PIERCING, *SOLDIERS, *REVERSALS, *GEOMETRY)
"""Every candle; a new one is a declaration in its family's file, a new family one more name here."""

_KINDS = tuple(dict.fromkeys(candle.kind for candle in CANDLES))
_RULES = tuple(dict.fromkeys(i.told(c.is_mirrored) for c in CANDLES if c.has_near_misses for i in c.rule()))
Places = NDArray[np.int64]
_RULE = HEAD + 7
"""The place of the rule in a row; the anchors follow."""
_RULEBOOK = Rulebook.of(CANDLES)
_KIND = np.array([_KINDS.index(candle.kind) for candle in CANDLES])
_DIRECTION = np.array([candle.direction for candle in CANDLES])
_MOST_BARS = max(candle.bars for candle in CANDLES)
_SAID = {
    "dark_cloud": "a dark cloud cover", "in_neck": "an in-neck line", "three_white_soldiers": "three white soldiers",
    "three_black_crows": "three black crows", "closing_price_reversal": "a closing-price reversal",
}  # fmt: skip


_EVE = Eve.of(tuple(candle for candle in CANDLES if candle.bars == _MOST_BARS))


def _said(kind: str) -> str:
    return _SAID.get(kind, f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('_', ' ')}")


def _places_of_rules() -> NDArray[np.intp]:
    """Return the place in `_RULES` of each inequality of each candle; the last column, -1, is that of no inequality."""
    places = np.full((len(CANDLES), 1 + max(len(candle.rule()) for candle in CANDLES)), -1)
    for row, candle in zip(places, CANDLES, strict=True):
        if candle.has_near_misses:
            row[: len(candle.rule())] = [_RULES.index(i.told(candle.is_mirrored)) for i in candle.rule()]
    return places


_TOLD = _places_of_rules()


@dataclass(frozen=True, slots=True)
class Candles(Detector):
    r"""Find candles: one to three bars whose bodies and shadows have a name.

          |                      strict      every inequality as the field's books and TA-Lib have it,
         [#]    |      |                     and the trend that the candle is said to end;
         [#]    |     [ ]        futures     the same with gaps between bodies relaxed by a tolerance in ATR;
          |    [ ]    [ ]        near_miss   all but one inequality, missed by at most a quarter of the bar's range or a
                |      |                     tenth of an ATR: `rule` says which, `missed_by` by what share of the
                                     last bar's range.

    Known at the close of the candle's last bar. Silent while the averages and the ATR warm up; where a bar has no range; across
    a roll on traded prices, because what a roll has drawn nobody has traded, and on an index future's last day, which
    closes at the morning's settlement; and while most of the last bars close where they opened, because such data hold a
    defect, not dojis. Readings: body and shadows of the last bar as shares of its range; low and high of the whole candle.

    References
    ----------
    Nison, Japanese Candlestick Charting Techniques. Morris, Candlestick Charting Explained. TA-Lib, `ta_CDL*`.
    """

    layout = Layout(
        kinds=_KINDS,
        readings=("missed_by", "body", "upper_shadow", "lower_shadow", "low", "high", "trigger"),
        prices=frozenset({"low", "high", "trigger"}),
        anchors=_MOST_BARS,
        rules=_RULES,
    )
    lookback = 64
    mirror = {a.kind: b.kind for a in CANDLES for b in CANDLES if a.inequalities is b.inequalities and a is not b}
    phrases = {kind: f"{_said(kind)} between {{low}} and {{high}}" for kind in _KINDS}

    def sweep(self, tape: Tape) -> FactTable:
        """Return every candle of the history."""
        bars, first = tape.bars, _first_seen(tape)
        if len(bars) - first <= DEPTH or not self.can_read(tape):
            return FactTable.empty(self.layout)
        found = _RULEBOOK.judge(_shape_on(tape), readable_bars(tape, first, _MOST_BARS))
        found[:, 1] += first + DEPTH
        return FactTable.from_rows(self.layout, _rows(found[found[:, 1] >= tape.start], bars))

    def forming(self, tape: Tape) -> FactTable:
        """Return the candles of three bars that the next close would complete by the futures rule, opening at the last one.

        `trigger` is the close from which on it would.
        """
        if len(tape) <= DEPTH or not self.can_read(tape):
            return FactTable.empty(self.layout)
        possible = _EVE.possible(_shape_on(tape))
        found = [(c, closes) for c in possible if (closes := completion(c, tape)) is not None]
        if not found:
            return FactTable.empty(self.layout)
        rows = [_forming_row(candle, closes, tape.bars) for candle, closes in found]
        return FactTable.from_rows(self.layout, np.array(rows).reshape(-1, self.layout.width))

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the candle's name at its last bar, and a line along the bars before it."""
        last = fact.anchors[-1]
        name = fact.kind.replace("_", " ") + (" (near miss)" if fact.strictness == "near_miss" else "")
        along = (Segment(a.session, a.price, b.session, b.price, fact.kind) for a, b in pairwise(fact.anchors))
        return (*along, Point(last.session, last.price, fact.kind, name))


def _first_seen(tape: Tape) -> int:
    """Return the first bar that candles at new bars reach back to."""
    return max(tape.start - SEEN, 0)


def _shape_on(tape: Tape) -> Shape:
    """Return the shape of the bars from the first that is seen."""
    bars, first = tape.bars, _first_seen(tape)
    columns = (bars.open, bars.high, bars.low, bars.close, tape.atr)
    return tape.once("shape", lambda: Shape.of(*(column[first:] for column in columns)))


def _rows(found: Floats, bars: Bars) -> Floats:
    """Return fact rows of what the rulebook has found, the judged bar told by its place among all."""
    rows = np.empty((len(found), Candles.layout.width))
    _tell(rows, found, _KIND, _DIRECTION, _RULEBOOK.bars, _TOLD, bars.open, bars.high, bars.low, bars.close)
    return rows


@numba.njit(cache=True, nogil=True)
def _tell(
    rows: Floats, found: Floats, kind: Places, direction: Places, length: Places, told: Places,
    open_: Floats, high: Floats, low: Floats, close: Floats,
) -> None:  # fmt: skip
    """Write the fact row of each find: body and shadows of the last bar as shares of its range, the candle's low and high."""
    for i in range(len(found)):
        row, which, t = rows[i], int(found[i, 0]), int(found[i, 1])
        first, span = t - length[which] + 1, high[t] - low[t]
        row[0], row[1], row[2], row[3], row[4], row[5] = t, kind[which], CONFIRMED, direction[which], found[i, 2], -1
        row[HEAD], row[HEAD + 1] = found[i, 4], abs(close[t] - open_[t]) / span
        row[HEAD + 2] = (high[t] - max(open_[t], close[t])) / span
        row[HEAD + 3] = (min(open_[t], close[t]) - low[t]) / span
        row[HEAD + 4], row[HEAD + 5], row[HEAD + 6] = low[first : t + 1].min(), high[first : t + 1].max(), np.nan
        row[_RULE], row[_RULE + 1 :] = told[which, int(found[i, 3])], np.nan
        row[_RULE + 1 :: 2] = -1
        of = low if direction[which] > 0 else high if direction[which] < 0 else close
        for place in range(length[which]):
            row[_RULE + 1 + 2 * place], row[_RULE + 2 + 2 * place] = first + place, of[first + place]


def _forming_row(candle: Candle, closes: tuple[float, float], bars: Bars) -> Floats:
    """Return the row of a candle that the next close may complete, anchored at the bars it has."""
    at, row = len(bars) - 1, np.full(Candles.layout.width, np.nan)
    had = np.arange(at - candle.bars + 2, at + 1)
    row[:HEAD] = at, _KINDS.index(candle.kind), FORMING, candle.direction, FUTURES, -1
    row[HEAD + 4], row[HEAD + 5] = bars.low[had].min(), bars.high[had].max()
    row[HEAD + 6] = closes[0] if candle.direction == BULLISH else closes[1]
    row[_RULE], row[_RULE + 1 :: 2] = -1, -1
    row[_RULE + 1 : _RULE + 1 + 2 * len(had) : 2] = had
    row[_RULE + 2 : _RULE + 2 + 2 * len(had) : 2] = (bars.low if candle.direction == BULLISH else bars.high)[had]
    return row
