"""The pattern-completion plan: on the close that would confirm a forming pattern, or complete a candle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosscurrent.setups.ground import Ground, Idea
from crosscurrent.setups.setup import Side
from crosscurrent.setups.triggers import Trigger
from crosscurrent.structure.candles import CANDLES

__all__ = ["PatternCompletion"]

CANDLE_BARS = {candle.kind: candle.bars for candle in CANDLES}


@dataclass(frozen=True, slots=True)
class PatternCompletion:
    r"""Trade with the close that makes a pattern of what is only forming.

        \  /\                   pattern: entry at the close beyond its boundary, stop back inside it by a margin, target as measured
         \/  \    /\  .
              \  /  \/          candle: entry at the close that completes it, in the next session or not at all; stop beyond its bars

    Parameters
    ----------
    near
        How far from the close the completing close may be, in ATR.
    step
        How far it must be at least: a close that an ordinary hour brings about says nothing.
    bars
        How many bars a candle must have to be traded.
    margin, candle_margin
        How far beyond a pattern's boundary, and beyond a candle's bars, the stop lies, in ATR.
    patience
        After how many sessions a pattern's setup expires; a candle's after one.

    References
    ----------
    Bulkowski, Encyclopedia of Chart Patterns. Nison, Japanese Candlestick Charting Techniques, on confirmation by the close.
    """

    near: float = 1.5
    step: float = 0.2
    bars: int = 3
    margin: float = 0.5
    candle_margin: float = 0.25
    patience: int = 10

    name = "pattern_completion"

    def ideas(self, ground: Ground) -> Iterator[Idea]:
        """Yield for each side the strongest forming pattern within reach, else the strongest candle."""
        goals = {
            (f.kind, f.basis, f.subject): float(f.readings["target"]) for f in ground.eve.look.forming() if f.is_pattern
        }
        within = [
            t
            for t in ground.triggers
            if t.is_made and self.step <= abs(t.price - ground.close) / ground.unit <= self.near
        ]
        for side, direction in (("long", "bullish"), ("short", "bearish")):
            mine = [t for t in within if t.direction == direction and (t.beyond == "above") == (side == "long")]
            patterns = [t for t in mine if (t.kind, t.basis, t.subject) in goals]
            candles = [t for t in mine if CANDLE_BARS.get(t.kind, 0) >= self.bars]
            if patterns:
                best = max(patterns, key=lambda t: t.strength)
                yield self._of_pattern(best, side, goals[best.kind, best.basis, best.subject])  # type: ignore[arg-type]
            elif candles:
                yield self._of_candle(max(candles, key=lambda t: (t.strength, t.kind)), side, ground)  # type: ignore[arg-type]

    def _of_pattern(self, trigger: Trigger, side: Side, target: float) -> Idea:
        named = trigger.kind.replace("_", " ")
        return Idea(self.name, side, trigger.price, "close_above" if side == "long" else "close_below", f"the {named} is confirmed",
                    trigger.price, self.margin, self.patience, (target, f"measured target of the {named}"))  # fmt: skip

    def _of_candle(self, trigger: Trigger, side: Side, ground: Ground) -> Idea:
        named = trigger.kind.replace("_", " ")
        return Idea(self.name, side, trigger.price, "close_above" if side == "long" else "close_below", f"the {named} is completed",
                    ground.extreme(side, CANDLE_BARS[trigger.kind] - 1), self.candle_margin, 1)  # fmt: skip
