"""The closes that would complete a candle that the last bars have begun."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.facts.stage import BULLISH, NEUTRAL
from crosscurrent.setups.triggers.trigger import AT_LAST_CLOSE, Eve, Trigger
from crosscurrent.structure.candles import CANDLES, Candle, completion
from crosscurrent.structure.candles.geometry import GEOMETRY
from crosscurrent.structure.candles.reversals import REVERSALS

__all__ = ["COMPLETED", "candles", "completed"]

BY_SHADOWS = {candle.kind for candle in (*REVERSALS, *GEOMETRY)}
"""Candles that the highs and lows of the next bar decide, which no close alone completes."""
UNCHANGED = ("bullish_harami", "bearish_harami")
"""Candles that an unchanged close completes if any does: a body inside the last one begins where that ended."""
COMPLETED = tuple(
    candle
    for candle in CANDLES
    if candle.bars > 1 and candle.direction != NEUTRAL and candle.kind not in BY_SHADOWS | {*UNCHANGED}
)
"""Candles that a close completes."""


def candles(eve: Eve) -> Iterator[Trigger]:
    """Yield for each candle of two or three bars the close that completes it, by the futures rule; the open is assumed.

    A candle that an unchanged close completes already is left out: it needs no price.
    """
    if eve.look.traded.bars.is_close_only:
        return
    for candle in COMPLETED:
        yield from completed(candle, eve)


def completed(candle: Candle, eve: Eve) -> Iterator[Trigger]:
    """Yield the close that completes one candle, where one does."""
    closes = completion(candle, eve.look.traded)
    if closes is None or closes[0] <= eve.close <= closes[1]:
        return
    is_above = closes[0] > eve.close
    edge, far = closes if is_above else closes[::-1]
    limit = (
        f", {'up' if is_above else 'down'} to {eve.look.traded.bars.instrument.notation.format(far)}"
        if np.isfinite(far)
        else ""
    )
    direction = "bullish" if candle.direction == BULLISH else "bearish"
    named = candle.kind.replace("_", " ")
    yield Trigger(
        edge, candle.kind, direction, "above" if is_above else "below",
        f"{'a close above' if is_above else 'a close below'} completes {_with_article(named)}{limit}", strength=4.0 + (candle.bars > 2),
        assumption=AT_LAST_CLOSE,
    )  # fmt: skip


def _with_article(named: str) -> str:
    if named.startswith("three"):
        return named
    return f"an {named}" if named[0] in "aeiou" else f"a {named}"
