"""Every candle of the field, each as inequalities with margins: strict, by the futures rule, or a near miss."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.fact import Fact
from crosscurrent.facts.marks import Mark, Point, Segment
from crosscurrent.facts.stage import BEARISH, BULLISH, CONFIRMED, NEAR_MISS
from crosscurrent.facts.table import HEAD, FactTable, Layout
from crosscurrent.structure.candles.candle import Candle, Judge, words
from crosscurrent.structure.candles.hammers import HAMMERS
from crosscurrent.structure.candles.shape import DEPTH, Shape
from crosscurrent.structure.candles.stars import STARS
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.tape import Tape

__all__ = ["CANDLES", "Candles"]

CANDLES: tuple[Candle, ...] = (
    *HAMMERS,
    *STARS,
)
"""Every candle; a new one is a declaration in its family's file."""

_KINDS = tuple(dict.fromkeys(candle.kind for candle in CANDLES))
_RULES = tuple(dict.fromkeys(i.told(c.is_mirrored) for c in CANDLES for i in c.rule()))
_READINGS = ("missed_by", "body", "upper_shadow", "lower_shadow", "low", "high")
_MOST_BARS = 3


@dataclass(frozen=True, slots=True)
class Candles(Detector):
    r"""Find candles: one to three bars whose bodies and shadows have a name.

          |                      strict      every inequality as the field's books and TA-Lib have it,
         [#]    |      |                     and the trend that the candle is said to end;
         [#]    |     [ ]        futures     the same with gaps between bodies relaxed by a tolerance in ATR;
          |    [ ]    [ ]        near_miss   all but one inequality, missed by at most a quarter of its unit: `missed_by` and
                |      |                     `rule` say by how much and which.

    Known at the close of the candle's last bar. Silent while the averages and the ATR warm up; where a bar has no range; across a
    roll on traded prices, because what a roll has drawn nobody has traded; and while most of the last bars close where they opened,
    because such data hold a defect, not dojis. Readings: body and shadows of the last bar as shares of its range; low and
    high of the whole candle.

    Parameters
    ----------
    repeated
        A body of at most this share of its range repeats the open.
    checked
        How many bars are asked whether most of them do.

    References
    ----------
    Nison, Japanese Candlestick Charting Techniques. Morris, Candlestick Charting Explained. TA-Lib, `ta_CDL*`.
    """

    repeated: float = 0.05
    checked: int = 60

    layout = Layout(
        kinds=_KINDS, readings=_READINGS, prices=frozenset({"low", "high"}), anchors=_MOST_BARS, rules=_RULES,
    )  # fmt: skip
    lookback = 64
    mirror = {a.kind: b.kind for a in CANDLES for b in CANDLES if a.inequalities is b.inequalities and a is not b}
    phrases = {c.kind: f"{words(c)} between {{low}} and {{high}}" for c in CANDLES}

    def sweep(self, tape: Tape) -> FactTable:
        """Return every candle of the history."""
        bars = tape.bars
        if len(bars) <= DEPTH or not self.can_read(tape):
            return FactTable.empty(self.layout)
        judge = Judge(Shape.of(bars.open, bars.high, bars.low, bars.close, tape.atr))
        readable = self._readable(bars)
        found = [_rows(candle, judge, bars, readable[candle.bars]) for candle in CANDLES]
        return FactTable.from_rows(self.layout, np.concatenate(found))

    def marks(self, fact: Fact) -> tuple[Mark, ...]:
        """Return the candle's name at its last bar, and a line along the bars before it."""
        last = fact.anchors[-1]
        name = fact.kind.replace("_", " ") + (" (near miss)" if fact.strictness == "near_miss" else "")
        along = (Segment(a.session, a.price, b.session, b.price, fact.kind) for a, b in pairwise(fact.anchors))
        return (*along, Point(last.session, last.price, fact.kind, name))

    def _readable(self, bars: Bars) -> dict[int, NDArray[np.bool_]]:
        """Whether candles of one, two, three bars may be read at each bar."""
        rolled = bars.rolled if bars.basis == "traded" else np.zeros(len(bars), bool)
        bare = bars.high <= bars.low
        broken = bare | repeats_its_open(bars, self.repeated, self.checked)
        readable = {1: ~broken}
        for n in range(2, _MOST_BARS + 1):
            broken = broken.copy()
            broken[n - 1 :] |= bare[: len(bars) - n + 1]
            broken[n - 2 :] |= rolled[: len(bars) - n + 2]
            readable[n] = ~broken
        return {n: mask[DEPTH:] for n, mask in readable.items()}


def repeats_its_open(bars: Bars, share: float, checked: int) -> NDArray[np.bool_]:
    """Whether most of the last bars close where they opened: a defect that must not be read as dojis."""
    repeats = np.abs(bars.close - bars.open) <= share * (bars.high - bars.low)
    count = np.concatenate([[0], np.cumsum(repeats)])
    defective = np.zeros(len(bars), bool)
    defective[checked - 1 :] = 2 * (count[checked:] - count[:-checked]) > checked
    return defective


def _rows(candle: Candle, judge: Judge, bars: Bars, readable: NDArray[np.bool_]) -> Floats:
    """Return fact rows of one candle."""
    judgement = judge.judge(candle)
    here = np.flatnonzero((judgement.strictness >= 0) & readable)
    at, is_near = here + DEPTH, judgement.strictness[here] == NEAR_MISS
    rows = np.full((len(here), Candles.layout.width), np.nan)
    rows[:, 0], rows[:, 1], rows[:, 2] = at, _KINDS.index(candle.kind), CONFIRMED
    rows[:, 3], rows[:, 4], rows[:, 5] = candle.direction, judgement.strictness[here], -1
    rows[:, HEAD] = np.where(is_near, judgement.missed_by[here], np.nan)
    rows[:, HEAD + 1 : HEAD + 4] = _parts(bars, at)
    rows[:, HEAD + 4] = np.min([bars.low[at - lag] for lag in range(candle.bars)], axis=0)
    rows[:, HEAD + 5] = np.max([bars.high[at - lag] for lag in range(candle.bars)], axis=0)
    told = np.array([_RULES.index(i.told(candle.is_mirrored)) for i in candle.rule()])
    rows[:, HEAD + 6] = np.where(is_near, told[judgement.missed[here]], -1)
    rows[:, HEAD + 7 :: 2] = -1
    price = {BULLISH: bars.low, BEARISH: bars.high}.get(candle.direction, bars.close)
    for place in range(candle.bars):
        rows[:, HEAD + 7 + 2 * place] = at - (candle.bars - 1 - place)
        rows[:, HEAD + 8 + 2 * place] = price[at - (candle.bars - 1 - place)]
    return rows


def _parts(bars: Bars, at: NDArray[np.intp]) -> Floats:
    """Return body, upper and lower shadow of these bars as shares of their ranges."""
    open_, high, low, close = bars.open[at], bars.high[at], bars.low[at], bars.close[at]
    parts = (np.abs(close - open_), high - np.maximum(open_, close), np.minimum(open_, close) - low)
    return np.column_stack(parts) / (high - low)[:, None]
