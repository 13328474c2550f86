"""One inequality of a candle's rule, written as a margin, so that a miss can be named and measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.structure.candles.shape import Shape

__all__ = ["GAP_TOLERANCE", "MOST_MISSED", "OPENING_TOLERANCE", "TIE", "Inequality", "mirrored_words"]

GAP_TOLERANCE = 0.25
"""By how much bodies may overlap where the strict rule wants a gap between them, in ATR: in 23-hour futures a body starts where the
last one ended, so a gap hardly exists, and a short body that comes back over its neighbour's end still stands apart from it."""
OPENING_TOLERANCE = 0.1
"""By how much an open may fall short where the strict rule wants it beyond the last close, in ATR: the median distance from a
close to the next open is 0.03 to 0.13 in futures."""
TIE = 1e-9
"""Margins nearer to nothing than this, in ATR, are ties: prices on a tick grid tie often, and their last bit must not decide."""

MOST_MISSED = {"atr": 0.1, "range": 0.25}
"""By how much at most a near miss may miss its one inequality: shadows by a share of the bar's range, all else by one of
the ATR."""

_SWAPS = (
    ("upper", "lower"), ("above", "below"), ("high", "low"), ("highest", "lowest"), ("highs", "lows"), ("rise", "fall"),
    ("white", "black"), ("top", "bottom"),
)  # fmt: skip
_MIRROR = {a: b for pair in _SWAPS for a, b in (pair, pair[::-1])}


@dataclass(frozen=True, slots=True, eq=False)
class Inequality:
    """A condition as its margin: above zero when it holds, and by how much; below when it fails, and by how much.

    Parameters
    ----------
    rule
        The sentence that names it, in the bullish orientation, without a digit.
    margin
        From a shape to prices; homogeneous in them, so that it scales.
    unit
        What bounds a miss: the `atr`, or the `range` of the judged bar.
    relaxed
        By how much the futures rule lets it fail, in ATR.
    is_essential
        Without it there is no such candle, so missing it is no near miss.
    is_open
        Whether a tie fails it.
    """

    rule: str
    margin: Callable[[Shape], Floats]
    unit: Literal["atr", "range"] = "atr"
    relaxed: float = 0.0
    is_essential: bool = False
    is_open: bool = True

    @property
    def may_be_missed(self) -> bool:
        """Whether missing it makes a near miss: what the futures rule has relaxed already is not relaxed twice."""
        return not self.is_essential and self.relaxed == 0

    def holds(self, margin: Floats, atr: Floats, relaxed: bool) -> NDArray[np.bool_]:
        """Whether margins are enough, by the futures rule when `relaxed`; NaN is never enough."""
        tie = (TIE if self.is_open else -TIE) - (self.relaxed if relaxed else 0.0)
        return margin > tie * atr if self.is_open else margin >= tie * atr

    def told(self, is_mirrored: bool) -> str:
        """Return the sentence, in the words of a bearish candle when mirrored."""
        return mirrored_words(self.rule) if is_mirrored else self.rule


def mirrored_words(sentence: str) -> str:
    """Return the sentence upside down: upper becomes lower, white becomes black."""
    return re.sub(r"[a-z]+", lambda word: _MIRROR.get(word[0], word[0]), sentence)
